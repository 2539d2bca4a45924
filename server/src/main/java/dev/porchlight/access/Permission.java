package dev.porchlight.access;

import java.util.Locale;

/// What a token may do; each one includes those before it.
public enum Permission {
  /// Ask for what one endpoint is owed, and nothing else.
  FEED,
  /// See.
  READ,
  /// Retry, resubmit, reassign.
  WORK,
  /// Change nodes, sources, endpoints, tokens.
  ADMIN;

  /// The word in the API.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// @throws IllegalArgumentException for another word
  public static Permission of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /// Whether holding this is enough where that is needed.
  public boolean includes(Permission needed) {
    return compareTo(needed) >= 0;
  }
}
