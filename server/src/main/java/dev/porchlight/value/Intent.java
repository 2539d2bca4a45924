package dev.porchlight.value;

/// What the enquirer wants to do with a home. `UNKNOWN` is a value of its own: a sender that does
/// not say is never taken for a buyer.
public enum Intent {
  BUYER,
  SELLER,
  UNKNOWN;

  /// The word on the wire: `buyer`, `seller`, `unknown`.
  public String word() {
    return switch (this) {
      case BUYER -> "buyer";
      case SELLER -> "seller";
      case UNKNOWN -> "unknown";
    };
  }
}
