package dev.porchlight.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

/// `porchlight.moved` in a data folder: its data live elsewhere now, so no hub starts on it by
/// mistake, and no lead is taken into a store that nobody looks at any more.
public final class MovedMark {
  private static final String NAME = "porchlight.moved";

  private MovedMark() {}

  /// Why the folder is not to be used, in a sentence; empty when it is.
  public static Optional<String> complaint(Path folder) {
    var file = folder.resolve(NAME);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    String where;
    try {
      where = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      where = "another database";
    }
    return Optional.of(
        "The data in "
            + folder
            + " were moved to "
            + where
            + ": start hubs with that as their database_url. To use this folder again, without"
            + " what was taken in since, delete "
            + file);
  }

  static void write(Path folder, String where, Instant at) throws IOException {
    var draft = folder.resolve(NAME + ".new");
    try (var channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var text = ByteBuffer.wrap((where + " at " + at + "\n").getBytes(StandardCharsets.UTF_8));
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    }
    Files.move(draft, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    DataFolder.sync(folder);
  }
}
