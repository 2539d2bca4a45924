package dev.porchlight.value;

import org.jspecify.annotations.Nullable;

/// One of the numbers under which an enquirer can be called.
///
/// @param number as sent
/// @param verified whether the sender checked that the number is the enquirer's; null when it does
///   not say
public record PhoneNumber(String number, @Nullable Kind kind, @Nullable Boolean verified) {

  /// What rings.
  public enum Kind {
    MOBILE("mobile"),
    LANDLINE("landline");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /// The word on the wire.
    public String word() {
      return word;
    }

    /// The value with that word on the wire, or null when there is none.
    public static @Nullable Kind of(String word) {
      for (var value : values()) {
        if (value.word.equals(word)) {
          return value;
        }
      }
      return null;
    }
  }

  /// True when there is nothing but the number.
  public boolean isBare() {
    return kind == null && verified == null;
  }
}
