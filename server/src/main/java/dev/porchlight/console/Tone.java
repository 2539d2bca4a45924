package dev.porchlight.console;

/// How good the news is; always beside a word that says the same.
public enum Tone {
  GOOD,
  WAITING,
  BAD,
  PLAIN;

  /// The class in the style sheet.
  public String css() {
    return switch (this) {
      case GOOD -> "good";
      case WAITING -> "waiting";
      case BAD -> "bad";
      case PLAIN -> "plain";
    };
  }
}
