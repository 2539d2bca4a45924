package dev.porchlight.client;

import java.io.Serial;

/// The hub refused, failed or did not answer. The message is a sentence for the user.
public final class HubException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final int status;

  /// @param status the HTTP status; 0 when nobody answered
  public HubException(int status, String sentence) {
    super(sentence);
    this.status = status;
  }

  /// The HTTP status; 0 when no hub answered.
  public int status() {
    return status;
  }

  /// The sentence.
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
