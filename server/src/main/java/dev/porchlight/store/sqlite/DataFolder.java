package dev.porchlight.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What lies beside the database and outlives its accidents.
///
/// - `porchlight.head`: how far the log has come, noted after each commit, itself without a sync. A
///   database that comes back with a shorter log has lost something, and says so.
/// - `porchlight.halted`: why the store halted, until the next start has looked at the database.
///
/// What is found at a start becomes a line of the log, which the doctor shows: `store.lost` (its
/// ref: the last line that there had been) and `store.halted` (its ref: why).
final class DataFolder {
  private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);

  /// Up to this size a database is checked whenever it was not closed in order, in bytes.
  private static final long QUICKLY_CHECKED = 64L * 1024 * 1024;

  private static final int CHUNK = 1024 * 1024;

  private final Path folder;
  private final boolean closedInOrder;
  private @Nullable FileChannel note;

  /// Only the writer's thread; closed with its connection.
  private @Nullable PreparedStatement lastSeq;

  /// Whether the next start has something to see to: the store halted, or its log ends before where
  /// it had been.
  ///
  /// @param head where the log ends
  static boolean isInDoubt(Path folder, long head) throws IOException {
    var left = new DataFolder(folder, true);
    return left.halted().isPresent() || left.note().filter(before -> before > head).isPresent();
  }

  private DataFolder(Path folder, boolean closedInOrder) {
    this.folder = folder;
    this.closedInOrder = closedInOrder;
  }

  /// Makes the folder safe to open, before SQLite does.
  ///
  /// A log left by a process that died may end in frames that are in memory but not on the disk: a
  /// sync that failed leaves its pages looking clean. SQLite would go on behind them, and a power
  /// cut would then take what follows, though promised. So the log is written again, byte for byte,
  /// and synced.
  static DataFolder prepare(Path folder) throws IOException {
    var log = folder.resolve("porchlight.db-wal");
    boolean inOrder = Files.notExists(log) || Files.size(log) == 0;
    if (!inOrder) {
      writeAgain(log);
    }
    return new DataFolder(folder, inOrder);
  }

  private static void writeAgain(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var chunk = ByteBuffer.allocateDirect(CHUNK);
      long at = 0;
      while (channel.read(chunk, at) > 0) {
        chunk.flip();
        while (chunk.hasRemaining()) {
          at += channel.write(chunk, at);
        }
        chunk.clear();
      }
      channel.force(true);
    }
  }

  /// Looks at a database that is open and current: notes what was lost, and makes the names of the
  /// files last.
  ///
  /// @throws IllegalStateException with a sentence for the user, when it is damaged
  void examine(Connection writer, Clock clock) throws SQLException, IOException {
    long head = head(writer);
    var before = note();
    boolean lost = before.isPresent() && before.get() > head;
    var halted = halted();
    if (lost
        || halted.isPresent()
        || !closedInOrder && Files.size(folder.resolve("porchlight.db")) <= QUICKLY_CHECKED) {
      check(writer);
    }
    if (lost) {
      LOG.error(
          "The log once reached {} and now ends at {}: the newest entries are gone",
          before.get(),
          head);
      append(writer, clock, "store.lost", Long.toString(before.get()));
    }
    if (halted.isPresent()) {
      append(writer, clock, "store.halted", halted.get());
      Files.deleteIfExists(folder.resolve("porchlight.halted"));
    }
    keepNote(writer);
    sync(folder);
    var parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      sync(parent);
    }
  }

  private void check(Connection writer) throws SQLException {
    try (var statement = writer.createStatement();
        var results = statement.executeQuery("PRAGMA integrity_check(1)")) {
      results.next();
      var found = results.getString(1);
      if (!found.equals("ok")) {
        throw new IllegalStateException(
            "The database in "
                + folder
                + " is damaged ("
                + found.lines().reduce((_, last) -> last).orElse("")
                + "): keep a copy of the folder, then restore a backup");
      }
    }
  }

  private static long head(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var results = statement.executeQuery("SELECT COALESCE(MAX(seq), 0) FROM log")) {
      results.next();
      return results.getLong(1);
    }
  }

  private static void append(Connection writer, Clock clock, String kind, String ref)
      throws SQLException {
    var sql =
        "INSERT INTO log (seq, at, kind, subject, ref) SELECT COALESCE(MAX(seq), 0) + 1,"
            + " MAX(COALESCE(MAX(at), 0), ?), ?, 'log', ? FROM log";
    try (var statement = writer.prepareStatement(sql)) {
      var now = clock.instant();
      statement.setLong(1, now.getEpochSecond() * 1_000_000 + now.getNano() / 1000);
      statement.setString(2, kind);
      statement.setString(3, ref);
      statement.executeUpdate();
    }
  }

  /// Notes how far the log has come, after a commit. Never fails: a lost note only makes a loss
  /// harder to see.
  void keepNote(Connection writer) {
    try {
      long head = lastSeq(writer);
      if (note == null) {
        note =
            FileChannel.open(
                folder.resolve("porchlight.head"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
      }
      note.write(ByteBuffer.wrap(line(head).getBytes(StandardCharsets.US_ASCII)), 0);
    } catch (SQLException | IOException e) {
      LOG.debug("The log's head was not noted", e);
    }
  }

  /// Asked after each commit, so the question is kept ready.
  private long lastSeq(Connection writer) throws SQLException {
    if (lastSeq == null || lastSeq.getConnection() != writer) {
      lastSeq = writer.prepareStatement("SELECT MAX(seq) FROM log");
    }
    try (var results = lastSeq.executeQuery()) {
      return results.next() ? results.getLong(1) : 0;
    }
  }

  /// 20 decimal digits, the checksum's eight hexadecimal ones.
  private static String line(long head) {
    var digits = Long.toString(head);
    var sum = Long.toHexString(checksum(head));
    return "0".repeat(20 - digits.length())
        + digits
        + " "
        + "0".repeat(8 - sum.length())
        + sum
        + System.lineSeparator();
  }

  void close() {
    try {
      if (note != null) {
        note.close();
      }
    } catch (IOException e) {
      LOG.debug("The note was not closed", e);
    }
  }

  private Optional<Long> note() {
    try {
      var words = Files.readString(folder.resolve("porchlight.head")).strip().split(" ", -1);
      long head = Long.parseLong(words[0]);
      return words.length == 2 && words[1].equals("%08x".formatted(checksum(head)))
          ? Optional.of(head)
          : Optional.empty();
    } catch (IOException | NumberFormatException e) {
      LOG.debug("There is no readable note of the log's head", e);
      return Optional.empty();
    }
  }

  private static long checksum(long head) {
    var sum = new CRC32();
    sum.update(Long.toString(head).getBytes(StandardCharsets.US_ASCII));
    return sum.getValue();
  }

  /// Leaves word for the next start that the disk is in doubt. Never fails.
  void halt(@Nullable String reason) {
    try {
      Files.writeString(
          folder.resolve("porchlight.halted"),
          Instant.now() + " " + reason + System.lineSeparator());
    } catch (IOException e) {
      LOG.warn("No word of the halt could be left", e);
    }
  }

  private Optional<String> halted() throws IOException {
    var file = folder.resolve("porchlight.halted");
    return Files.exists(file)
        ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip())
        : Optional.empty();
  }

  /// Makes the names in a folder last. Where folders can't be opened this does nothing.
  static void sync(Path folder) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(folder, StandardOpenOption.READ);
    } catch (IOException e) {
      LOG.debug("The folder {} can't be opened", folder, e);
      return;
    }
    try (channel) {
      channel.force(true);
    }
  }
}
