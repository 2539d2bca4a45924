package dev.porchlight.value;

import org.jspecify.annotations.Nullable;

/// What the enquirer wants. `UNKNOWN` is a value of its own: a sender that does not say is never
/// taken for a buyer.
public enum Intent {
  /// To buy a home.
  BUYER("buyer"),
  /// To sell a home.
  SELLER("seller"),
  /// To rent or to let; the portals that say so do not say which.
  RENT("rent"),
  /// To have a property managed.
  MANAGE("manage"),
  /// To ask the agency a question.
  QUESTION("question"),
  UNKNOWN("unknown");

  private final String word;

  Intent(String word) {
    this.word = word;
  }

  /// The word on the wire, for example `buyer`.
  public String word() {
    return word;
  }

  /// The value with that word on the wire, or null when there is none.
  public static @Nullable Intent of(String word) {
    for (var value : values()) {
      if (value.word.equals(word)) {
        return value;
      }
    }
    return null;
  }
}
