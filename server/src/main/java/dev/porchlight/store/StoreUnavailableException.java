package dev.porchlight.store;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// Nothing can be stored or read right now; nothing has been promised. The caller answers 503.
public final class StoreUnavailableException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final boolean tooLong;
  private final boolean closed;

  private StoreUnavailableException(
      String message, @Nullable Throwable cause, boolean tooLong, boolean closed) {
    super(message, cause);
    this.tooLong = tooLong;
    this.closed = closed;
  }

  public StoreUnavailableException(String message, Throwable cause) {
    this(message, cause, false, false);
  }

  /// The store has been closed: it will not come back.
  public static StoreUnavailableException closed() {
    return new StoreUnavailableException("the store is closed", null, false, true);
  }

  /// Whether waiting is of no use.
  public boolean isClosed() {
    return closed;
  }

  /// A read that took longer than reads may.
  public static StoreUnavailableException tooLong(Throwable cause) {
    return new StoreUnavailableException("a read took longer than 2 s", cause, true, false);
  }

  /// A read that would take longer than reads may.
  public static StoreUnavailableException tooLong() {
    return new StoreUnavailableException("a read has too much to look at", null, true, false);
  }

  /// Whether it was the question that took too long, and not the store that is unwell.
  public boolean isTooLong() {
    return tooLong;
  }

  public StoreUnavailableException(String message) {
    this(message, null, false, false);
  }
}
