package dev.porchlight.store.backup;

import java.io.Serial;

/// A backup can't be made, or one is not fit to be restored. The message is a sentence for the
/// user.
public final class BackupException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  public BackupException(String sentence) {
    super(sentence);
  }

  public BackupException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
