/// What a contract must be able to do: read bodies into facts, write facts as bodies. One
/// sub-package a company or format; nobody but the hub knows those.
@org.jspecify.annotations.NullMarked
package dev.porchlight.connector;
