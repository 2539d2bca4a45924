/// The body as it was received, byte for byte; writing only.
@org.jspecify.annotations.NullMarked
package dev.porchlight.connector.verbatim;
