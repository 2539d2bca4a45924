package dev.porchlight.door.events;

import dev.porchlight.web.Reply;
import java.io.Serial;

/// A request that is refused, in the contract's form.
final class RefusedException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final int status;
  private final int retryAfter;

  RefusedException(int status, String reason) {
    this(status, reason, 0);
  }

  /// @param retryAfter in how many seconds to try again; 0 when that would not help
  RefusedException(int status, String reason, int retryAfter) {
    super(reason);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  int status() {
    return status;
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  Reply.Full reply() {
    var reply = EventsDoor.refused(status, reason());
    return retryAfter > 0 ? reply.with("Retry-After", Integer.toString(retryAfter)) : reply;
  }
}
