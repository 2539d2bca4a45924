package dev.porchlight.console;

import org.jspecify.annotations.Nullable;

/// One thing known, by its name.
///
/// @param href where it leads; null for nowhere
public record Fact(String label, String value, @Nullable String href) {
  public Fact(String label, String value) {
    this(label, value, null);
  }
}
