/// Health, metrics and the doctor: how the hub is, for those who run it.
@org.jspecify.annotations.NullMarked
package dev.porchlight.ops;
