package dev.porchlight.console;

/// One of several that a field of a form offers.
public record Choice(String value, String text) {}
