package dev.porchlight.value;

import org.jspecify.annotations.Nullable;

/// On which side of a deal somebody who searches for a property stands.
public enum Role {
  BUYER("buyer"),
  SELLER("seller"),
  LANDLORD("landlord"),
  TENANT("tenant");

  private final String word;

  Role(String word) {
    this.word = word;
  }

  /// The word on the wire.
  public String word() {
    return word;
  }

  /// The value with that word on the wire, or null when there is none.
  public static @Nullable Role of(String word) {
    for (var value : values()) {
      if (value.word.equals(word)) {
        return value;
      }
    }
    return null;
  }
}
