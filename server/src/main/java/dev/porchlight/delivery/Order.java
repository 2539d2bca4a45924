package dev.porchlight.delivery;

import java.util.Locale;

/// What becomes of the later deliveries of an order key when an earlier one fails.
public enum Order {
  /// They wait until it is delivered or dead.
  BLOCK,
  /// They wait through the waits of up to an hour, then pass.
  PASS,
  /// Like *pass*, and a state that is not delivered when a newer one of the same subject is planned
  /// is dropped as superseded.
  NEWEST;

  /// The word in the API.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
