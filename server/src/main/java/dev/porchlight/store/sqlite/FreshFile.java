package dev.porchlight.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/// The file of a store in which nothing has happened, as a migration of this process left it. The
/// next new store, one that passes above all, begins with a copy, which takes a hundredth of the
/// time. A process that makes no more than one store in its life, as most hubs do, keeps none.
final class FreshFile {
  /// Of this process.
  static final FreshFile OURS = new FreshFile();

  private boolean again;
  private volatile byte @Nullable [] content;

  /// Puts a copy there, unless there is something already, or there is none to copy.
  ///
  /// @param passing whether it need not be synced
  void put(Path file, boolean passing) throws IOException {
    var known = content;
    // A log beside no file is somebody else's: SQLite drops it, but not where there is a file.
    var log = file.resolveSibling(file.getFileName() + "-wal");
    if (known == null || Files.exists(file) || Files.exists(log)) {
      return;
    }
    // Under its name once it is whole: a start that is cut off begins again.
    var draft = file.resolveSibling(file.getFileName() + ".new");
    try (var channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var bytes = ByteBuffer.wrap(known);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      if (!passing) {
        channel.force(true);
      }
    }
    Files.move(draft, file);
  }

  /// Keeps what a migration has made of nothing, from the second time on.
  synchronized void keep(Connection connection) throws SQLException {
    if (!again) {
      again = true;
      return;
    }
    content = connection.unwrap(SQLiteConnection.class).serialize("main");
  }
}
