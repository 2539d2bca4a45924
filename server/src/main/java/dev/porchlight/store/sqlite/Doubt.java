package dev.porchlight.store.sqlite;

import dev.porchlight.store.Engine.Failure;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether the disk is in doubt. Once it is, nothing is synced again until the next start: a second
/// sync of the same pages can succeed although they never reached the disk. May be shared by
/// threads.
final class Doubt {
  private final DataFolder folder;
  private volatile @Nullable String why;

  /// @param folder that tells the next start of it
  Doubt(DataFolder folder) {
    this.folder = folder;
  }

  /// Why nothing may be synced any more; empty while all is well.
  Optional<String> why() {
    return Optional.ofNullable(why);
  }

  /// Whether a failure puts the disk in doubt; then it is from now on.
  boolean isRaisedBy(SQLException failure) {
    if (SqliteFailures.classify(failure) != Failure.IN_DOUBT) {
      return false;
    }
    why = "a sync or write failed: " + failure.getMessage();
    folder.halt(failure.getMessage());
    return true;
  }
}
