package dev.porchlight.value;

import org.jspecify.annotations.Nullable;

/// How an enquirer wants to be addressed, as they said themselves.
public enum Gender {
  FEMALE("female"),
  MALE("male"),
  OTHER("other"),
  /// They were asked and chose not to say.
  UNDISCLOSED("undisclosed");

  private final String word;

  Gender(String word) {
    this.word = word;
  }

  /// The word on the wire.
  public String word() {
    return word;
  }

  /// The value with that word on the wire, or null when there is none.
  public static @Nullable Gender of(String word) {
    for (var value : values()) {
      if (value.word.equals(word)) {
        return value;
      }
    }
    return null;
  }
}
