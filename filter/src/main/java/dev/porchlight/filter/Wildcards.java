package dev.porchlight.filter;

/// What `*` and `?` mean in a quoted value that a character attribute is compared with.
public enum Wildcards {
  /// The pattern is tried on the whole value.
  WHOLE,
  /// A pattern without a blank is tried on every word of the value, one with a blank on the whole
  /// value.
  WORDS,
  /// They are characters like any other.
  NONE
}
