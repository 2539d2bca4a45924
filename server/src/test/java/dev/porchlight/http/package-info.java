@org.jspecify.annotations.NullMarked
package dev.porchlight.http;
