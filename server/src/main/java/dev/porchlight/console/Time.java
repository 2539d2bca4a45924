package dev.porchlight.console;

/// A point in time: exact for machines and on hover, relative for readers.
public record Time(String iso, String exact, String relative) {}
