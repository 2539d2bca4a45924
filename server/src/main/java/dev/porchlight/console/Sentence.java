package dev.porchlight.console;

import org.jspecify.annotations.Nullable;

/// A sentence of a page.
///
/// @param language what it is written in, where that is not the page's language; else null
public record Sentence(String text, @Nullable String language) {}
