package dev.porchlight.sign;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A sealed secret or its key can't be used. The message is one or two sentences for whoever runs
/// the hub, and holds no secret.
public final class SealException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  SealException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
