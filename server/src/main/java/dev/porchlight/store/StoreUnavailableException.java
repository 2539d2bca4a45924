package dev.porchlight.store;

import java.io.Serial;

/// Nothing can be stored or read right now; nothing has been promised. The caller answers 503.
public final class StoreUnavailableException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  public StoreUnavailableException(String message) {
    super(message);
  }
}
