package dev.porchlight.web;

import java.io.Serial;

/// A body that could not be taken whole. Carries what to answer; the connection ends after the
/// reply.
public final class BodyException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /// Why.
  public enum Why {
    TOO_LARGE(413),
    TOO_SLOW(408),
    BROKEN_OFF(400);

    private final int status;

    Why(int status) {
      this.status = status;
    }

    /// The HTTP status that says so.
    public int status() {
      return status;
    }
  }

  private final Why why;

  public BodyException(Why why, String message) {
    super(message);
    this.why = why;
  }

  public Why why() {
    return why;
  }
}
