package dev.porchlight.value;

/// One place where a body breaks its contract.
///
/// @param pointer where, as a JSON pointer into the body as received; empty for the whole body
/// @param rule what the contract asks for, in words
/// @param action what we did about it, in words
public record Violation(String pointer, String rule, String action) {}
