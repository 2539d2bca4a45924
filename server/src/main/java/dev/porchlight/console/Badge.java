package dev.porchlight.console;

/// One word on how something stands.
public record Badge(Tone tone, String text) {}
