package dev.porchlight.web;

import java.io.Serial;

/// The server has no room for this request now; nothing of it was done. To be answered 503.
public final class BusyException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  public BusyException(String message) {
    super(message);
  }
}
