package dev.porchlight.store.sqlite;

import dev.porchlight.filter.Dialect;
import dev.porchlight.store.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/// One SQLite file, `porchlight.db`, in a folder of its own: WAL, synced at each commit.
///
/// SQLite's calls hold the thread that carries them, so none is made from a virtual thread: the
/// writer, the checkpointer and a few readers are platform threads, and callers only wait for them.
/// Checkpoints are passive and run beside the writer, which therefore never pays for one.
public final class SqliteEngine implements Engine {
  /// So many free pages stay in the file, 8 MiB.
  private static final int SPARE_PAGES = 2048;

  private static final int PAGES_GIVEN_BACK = 64;
  private static final Logger LOG = LoggerFactory.getLogger(SqliteEngine.class);

  private static final int READERS = 4;
  private static final int COPY_PAGES = 256;
  private static final int COPY_RETRY_MILLIS = 10;
  private static final int COPY_RETRIES = 500;
  private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(50);

  private final Path file;
  private final Clock clock;
  private final FileChannel lockFile;
  private final DataFolder folder;
  private final Rewriting rewriting;
  private final Doubt doubt;
  private final SqliteReaders readers;
  private final Checkpointer checkpointer;
  private volatile boolean closing;

  private Connection writer;
  private final boolean passing;

  /// Opens the file in that folder, making both where they are missing, and brings its schema up to
  /// date.
  ///
  /// @throws IllegalStateException with a sentence for the user: another process has it open, a
  ///   newer release wrote it, this SQLite is too old
  public static SqliteEngine open(Path folder, Clock clock) {
    return open(folder, clock, false);
  }

  /// A store that passes: nothing of it is synced, and closing it deletes the folder with all that
  /// is in it.
  public static SqliteEngine passing(Path folder, Clock clock) {
    return open(folder, clock, true);
  }

  private static SqliteEngine open(Path folder, Clock clock, boolean passing) {
    MovedMark.complaint(folder)
        .ifPresent(sentence -> {
          throw new IllegalStateException(sentence);
        });
    try {
      makeFolder(folder);
      var lockFile =
          FileChannel.open(
              folder.resolve("porchlight.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      lock(lockFile, folder);
      try {
        return new SqliteEngine(
            folder.resolve("porchlight.db"), clock, lockFile, DataFolder.prepare(folder), passing);
      } catch (IOException | SQLException | RuntimeException e) {
        lockFile.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The data folder " + folder + " can't be used", e);
    } catch (SQLException e) {
      int code = e.getErrorCode() & 0xff;
      boolean damaged =
          code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code;
      throw new IllegalStateException(
          "The database in "
              + folder
              + " can't be opened: "
              + e.getMessage()
              + (damaged ? ". Keep a copy of the folder, then restore a backup" : ""),
          e);
    }
  }

  /// Makes the folder, for its owner alone where the file system can say so: it holds people's
  /// data.
  private static void makeFolder(Path folder) throws IOException {
    if (Files.notExists(folder)
        && folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(folder);
    }
  }

  static void lock(FileChannel channel, Path folder) throws IOException {
    try {
      if (channel.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      LOG.debug("Locked by this very process", e);
    }
    channel.close();
    throw new IllegalStateException("Another hub has the data folder " + folder + " open");
  }

  private SqliteEngine(
      Path file, Clock clock, FileChannel lockFile, DataFolder folder, boolean passing)
      throws IOException, SQLException {
    this.file = file;
    this.passing = passing;
    this.clock = clock;
    this.lockFile = lockFile;
    this.folder = folder;
    rewriting = new Rewriting(file);
    doubt = new Doubt(folder);
    checkpointer = new Checkpointer(() -> connect(false), rewriting, doubt);
    FreshFile.OURS.put(file, passing);
    writer = connect(false);
    var reading = new ArrayList<Connection>();
    try {
      SqliteSchema.upToDate(writer, file, passing);
      folder.examine(writer, clock);
      for (int i = 0; i < READERS; i++) {
        reading.add(connect(true));
      }
      readers = new SqliteReaders(reading);
    } catch (IOException | SQLException | RuntimeException e) {
      for (var connection : reading) {
        connection.close();
      }
      writer.close();
      throw e;
    }
    checkpointer.start();
  }

  private Connection connect(boolean readOnly) throws SQLException {
    var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    // The order matters: auto_vacuum holds only when it is set before the first page is written.
    execute(connection, "PRAGMA busy_timeout = 5000");
    execute(connection, "PRAGMA auto_vacuum = INCREMENTAL");
    if (passing) {
      execute(connection, "PRAGMA synchronous = OFF");
      execute(connection, "PRAGMA journal_mode = WAL");
    } else {
      execute(connection, "PRAGMA journal_mode = WAL");
      execute(connection, "PRAGMA synchronous = FULL");
    }
    execute(connection, "PRAGMA secure_delete = ON");
    execute(connection, "PRAGMA cache_size = " + (readOnly ? -8192 : -65536));
    // The checkpointer does it, on its own thread.
    execute(connection, "PRAGMA wal_autocheckpoint = 0");
    if (readOnly) {
      execute(connection, "PRAGMA query_only = ON");
    }
    return connection;
  }

  @Override
  public Connection writer() throws SQLException {
    if (writer.isClosed()) {
      writer = connect(false);
    }
    return writer;
  }

  @Override
  public Optional<Head> begin(Connection connection) throws SQLException {
    var inDoubt = doubt.why();
    if (inDoubt.isPresent()) {
      throw new SQLException(inDoubt.get(), null, SQLiteErrorCode.SQLITE_IOERR.code);
    }
    execute(connection, "BEGIN IMMEDIATE");
    return Optional.empty();
  }

  @Override
  public void probe(Connection connection) throws SQLException {
    try {
      execute(connection, "DROP TABLE IF EXISTS store_probe");
      execute(connection, "CREATE TABLE store_probe AS SELECT zeroblob(65536) AS body");
      execute(connection, "DROP TABLE store_probe");
    } catch (SQLException e) {
      boolean _ = doubt.isRaisedBy(e);
      throw e;
    }
  }

  @Override
  public boolean alone() {
    return true;
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    try {
      execute(connection, "COMMIT");
    } catch (SQLException e) {
      var failed = new SqliteFailures.OfCommitException(e);
      boolean _ = doubt.isRaisedBy(failed);
      throw failed;
    }
    folder.keepNote(connection);
    checkpointer.committed();
  }

  /// A pragma of one page each: the driver takes one step of a statement that gives no columns, and
  /// one of many pages frees one at each step.
  @Override
  public boolean giveBackSpace(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      try (var free = statement.executeQuery("PRAGMA freelist_count")) {
        if (!free.next() || free.getLong(1) < SPARE_PAGES + PAGES_GIVEN_BACK) {
          return false;
        }
      }
      for (int i = 0; i < PAGES_GIVEN_BACK; i++) {
        statement.execute("PRAGMA incremental_vacuum(1)");
      }
      return true;
    }
  }

  @Override
  public void leaveNoTrace(Connection connection) throws SQLException {
    rewriting.need(connection);
  }

  @Override
  public void rollback(Connection connection) {
    end(connection);
  }

  static void end(Connection connection) {
    try {
      execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      // SQLite has ended the transaction by itself after some errors.
      LOG.debug("Nothing to roll back", e);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public Dialect dialect() {
    return Dialect.SQLITE;
  }

  @Override
  public Failure classify(SQLException failure) {
    return SqliteFailures.classify(failure);
  }

  @Override
  public <T> T read(Function<Handle, T> query) {
    return readers.read(query);
  }

  @Override
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /// Copies all that is committed now into a new file, while writing goes on: in steps of a
  /// megabyte, resting after each as long as it took, so that the disk is never busy with it alone.
  ///
  /// One read transaction is held from the first step to the last, so the copy is of one moment and
  /// no commit makes it begin again. Until it ends the write-ahead log only grows.
  void copyTo(Path copy) throws SQLException {
    try (var connection = connect(true)) {
      checkpointer.copying(true);
      execute(connection, "BEGIN");
      try (var statement = connection.createStatement();
          var results = statement.executeQuery("SELECT COUNT(*) FROM setting LIMIT 1")) {
        results.next();
      }
      long[] since = {System.nanoTime()};
      int result =
          connection
              .unwrap(SQLiteConnection.class)
              .getDatabase()
              .backup(
                  "main",
                  copy.toString(),
                  (_, _) -> {
                    LockSupport.parkNanos(Math.min(System.nanoTime() - since[0], LONGEST_REST));
                    since[0] = System.nanoTime();
                  },
                  COPY_RETRY_MILLIS,
                  COPY_RETRIES,
                  COPY_PAGES);
      if (result != SQLiteErrorCode.SQLITE_OK.code && result != SQLiteErrorCode.SQLITE_DONE.code) {
        throw new SQLException("copying ended with " + SQLiteErrorCode.getErrorCode(result));
      }
      execute(connection, "ROLLBACK");
    } finally {
      checkpointer.copying(false);
    }
  }

  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    readers.closing();
    checkpointer.close();
    readers.close();
    try {
      var inDoubt = doubt.why();
      if (inDoubt.isPresent()) {
        // Closing the last connection would checkpoint, and so sync, what is in doubt. It is left
        // open; the next start looks after it.
        LOG.warn("The database is left as it is: {}", inDoubt.get());
      } else if (!writer.isClosed()) {
        try {
          rewriting.run(writer, Rewriting.WHEN_STOPPING);
        } catch (SQLException e) {
          LOG.warn("The database file was not written anew; the next start does it", e);
        }
        try {
          execute(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
        } finally {
          writer.close();
        }
      }
    } catch (SQLException e) {
      LOG.warn("The database file was not closed in order: {}", e.getMessage());
    }
    folder.close();
    try {
      lockFile.close();
    } catch (IOException e) {
      LOG.warn("The lock file was not closed: {}", e.getMessage());
    }
    if (passing) {
      delete(Objects.requireNonNull(file.getParent()));
    }
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (var path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      LOG.warn("The folder {} was not deleted: {}", folder, e.getMessage());
    }
  }

  /// The names of the files that hold the data: the database, its write-ahead log, its shared
  /// memory.
  public static List<String> files() {
    return List.of(
        "porchlight.db",
        "porchlight.db-wal",
        "porchlight.db-shm",
        "porchlight.head",
        "porchlight.halted");
  }
}
