package dev.porchlight.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/// What the disk does by itself at the rate at which a part syncs: no answer can come sooner, and a
/// disk that pauses makes all wait.
final class DiskAlone {
  private static final int BYTES = 16 * 1024;

  private DiskAlone() {}

  /// Appends and syncs at a rate, and says in a sentence how long that took.
  ///
  /// @param folder where the store is
  /// @param rate a second
  static String measured(Path folder, double rate, int seconds) throws IOException {
    var file = Files.createTempFile(folder, "disk", ".probe");
    int count = (int) (rate * seconds);
    double[] micros = new double[count];
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long begun = System.nanoTime();
      for (int i = 0; i < count; i++) {
        long wait = begun + (long) (i / rate * 1e9) - System.nanoTime();
        if (wait > 0) {
          LockSupport.parkNanos(wait);
        }
        channel.write(ByteBuffer.wrap(new byte[BYTES]));
        long before = System.nanoTime();
        channel.force(false);
        micros[i] = (System.nanoTime() - before) / 1e3;
      }
    } finally {
      Files.delete(file);
    }
    Arrays.sort(micros);
    return "The disk alone, just before: %d KiB appended and synced %d times a second for %d s took"
            .formatted(BYTES / 1024, (int) rate, seconds)
        + " %s ms at p50, %s ms at p99 and %s ms at most."
            .formatted(
                Page.millis(micros[count / 2]),
                Page.millis(micros[count * 99 / 100]),
                Page.millis(micros[count - 1]));
  }
}
