package dev.porchlight.connector;

/// A body as it came.
///
/// @param bytes as received; not copied, never changed
/// @param contentType the header's value, empty when there was none
/// @param channel which of the source's paths took it: `lead`, `lead-delivery`, or empty for the
///   source's own address
public record Body(byte[] bytes, String contentType, String channel) {}
