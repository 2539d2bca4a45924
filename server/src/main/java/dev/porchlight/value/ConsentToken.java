package dev.porchlight.value;

/// A proof of consent that came with a lead.
///
/// @param kind who issued it, for example `jornaya_tcpa`
/// @param token as sent
public record ConsentToken(String kind, String token) {}
