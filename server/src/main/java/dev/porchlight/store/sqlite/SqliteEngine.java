package dev.porchlight.store.sqlite;

import dev.porchlight.filter.Dialect;
import dev.porchlight.store.Engine;
import dev.porchlight.store.KnownSql;
import dev.porchlight.store.StoreUnavailableException;
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
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

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

  /// The newest schema that this release knows.
  static final int SCHEMA = 1;

  private static final int READERS = 4;
  private static final long READ_SECONDS = 2;
  private static final int CHECKPOINT_EVERY = 64;
  private static final int COPY_PAGES = 256;
  private static final int COPY_RETRY_MILLIS = 10;
  private static final int COPY_RETRIES = 500;
  private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(50);

  /// 64 MiB in pages.
  private static final long LONG_LOG = 16_384;

  private final Path file;
  private final Clock clock;
  private final FileChannel lockFile;
  private final DataFolder folder;
  private final Rewriting rewriting;
  private final ExecutorService readerThreads;
  private final BlockingQueue<Reader> readers = new ArrayBlockingQueue<>(READERS);
  private final Thread checkpointer;
  private final Semaphore committed = new Semaphore(0);
  private volatile boolean closing;

  /// A backup holds an old state open: the log can't be emptied meanwhile.
  private volatile boolean copying;

  /// Why nothing may be synced any more; null while all is well.
  private volatile @Nullable String doubt;

  private Connection writer;
  private volatile int commits;
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
    FreshFile.OURS.put(file, passing);
    writer = connect(false);
    try {
      checkVersion(version());
      migrate();
      folder.examine(writer, clock);
      for (int i = 0; i < READERS; i++) {
        readers.add(new Reader(connect(true)));
      }
    } catch (IOException | SQLException | RuntimeException e) {
      closeReaders();
      writer.close();
      throw e;
    }
    readerThreads =
        Executors.newFixedThreadPool(
            READERS, Thread.ofPlatform().name("store-reader-", 0).daemon().factory());
    checkpointer = Thread.ofPlatform().name("store-checkpointer").daemon().start(this::checkpoint);
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

  private String version() throws SQLException {
    try (var statement = writer.createStatement();
        var results = statement.executeQuery("SELECT sqlite_version()")) {
      results.next();
      return results.getString(1);
    }
  }

  static void checkVersion(String version) {
    var parts = version.split("\\.", -1);
    int number =
        Integer.parseInt(parts[0]) * 1_000_000
            + Integer.parseInt(parts[1]) * 1000
            + Integer.parseInt(parts[2]);
    if (number < 3_051_003) {
      throw new IllegalStateException(
          "SQLite " + version + " can damage a database in WAL mode; 3.51.3 or newer is needed");
    }
  }

  /// The version of the schema that a database has; 0 when it has none.
  static int schema(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      try (var results =
          statement.executeQuery(
              "SELECT 1 FROM sqlite_master WHERE name = 'flyway_schema_history'")) {
        if (!results.next()) {
          return 0;
        }
      }
      try (var results =
          statement.executeQuery(
              "SELECT MAX(CAST(version AS INTEGER)) FROM flyway_schema_history WHERE success")) {
        results.next();
        return results.getInt(1);
      }
    }
  }

  private void migrate() throws SQLException {
    int found = schema(writer);
    if (found > SCHEMA) {
      throw new IllegalStateException(
          "The database was written by a newer release (schema "
              + found
              + ", this release knows "
              + SCHEMA
              + "): install that release, or restore a backup made before the upgrade");
    }
    if (found < SCHEMA) {
      Flyway.configure()
          .dataSource("jdbc:sqlite:" + file + (passing ? "?synchronous=OFF" : ""), null, null)
          .locations("classpath:dev/porchlight/store/sqlite")
          .loggers("slf4j")
          .load()
          .migrate();
    }
    if (!expected()) {
      expect();
    }
    if (found == 0) {
      FreshFile.OURS.keep(writer);
    }
  }

  private boolean expected() throws SQLException {
    try (var statement = writer.createStatement();
        var results =
            statement.executeQuery("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")) {
      return results.next();
    }
  }

  /// Tells the planner what the tables will be like: it sees them empty at first, and would then
  /// take any index that saves a sort, however many rows it leads to. Numbers of rows: in all, then
  /// per value of the first column, of the first two, and so on.
  private void expect() throws SQLException {
    // All of them or none: a start that is cut off here does it again.
    execute(writer, "BEGIN IMMEDIATE");
    // Makes the table of statistics.
    execute(writer, "ANALYZE contact_search");
    for (var expected :
        List.of(
            "'contact_search', 'contact_search', '1000000 1000 1'",
            "'contact_name', 'contact_name_contact', '1000000 2'",
            "'service_area', 'service_area_seq', '100000 1'",
            "'contact_search', 'contact_search_walk', '1000000 990000 1 1'",
            "'contact_search', 'contact_search_order', '1000000 990000 3 1'",
            "'lead', 'lead_seq', '1000000 1'",
            "'lead', 'lead_source', '1000000 10000 1'",
            "'lead', 'lead_office', '1000000 10000 1'",
            "'lead', 'lead_contact', '1000000 2 1'",
            "'lead', 'lead_person', '1000000 2'",
            "'lead', 'lead_external', '1000000 2'",
            "'lead', 'lead_guid', '1000000 1'",
            "'receipt', 'receipt_guid', '10000 1'",
            "'delivery', 'delivery_event', '1000000 4'",
            "'lead_about', 'lead_about', '1000000 500000 20 1'",
            "'lead_about', 'lead_about_lead', '1000000 2'",
            "'receipt', 'receipt_office', '1000000 10000 1'",
            "'receipt', 'receipt_source', '1000000 10000 1'",
            "'receipt', 'receipt_lead', '1000000 2 1'",
            "'receipt', 'receipt_open', '10000 2000 1'",
            "'receipt', 'receipt_office_open', '10000 100 20 1'",
            "'delivery', 'delivery_office', '1000000 10000 1'",
            "'contact_search', 'contact_search_name', '1000000 1000 990 2 1'",
            "'contact_search', 'contact_search_modified', '1000000 1000 990 2 1'",
            "'contact_search', 'contact_search_email', '1000000 1000 990 1'",
            "'contact_search', 'contact_search_phone', '1000000 1000 990 1'",
            "'contact_search', 'contact_search_family', '1000000 1000 990 4'",
            "'audit', 'audit_subject', '1000000 10 1'",
            "'audit', 'audit_principal', '1000000 10000 1'",
            "'audit', 'audit_deed', '1000000 10000 1'",
            // Each endpoint has many deliveries, each lead few.
            "'delivery', 'delivery', '1000000 1'",
            "'delivery', 'delivery_lane', '1000000 100000 4 1'",
            "'delivery', 'delivery_endpoint', '1000000 100000 1'",
            "'delivery', 'delivery_lead', '1000000 4 1'",
            "'delivery', 'delivery_seq', '1000000 2'",
            // A publisher may have many events.
            "'event', 'event_publisher', '1000000 10000 1'",
            "'event', 'event_seq', '1000000 1'",
            "'feed_schedule', 'feed_schedule_due', '100000 10'",
            "'feed_notice', 'feed_notice_holder', '1000000 100 1'",
            "'event', 'event_personal', '100000 1'",
            "'event_again', 'event_again_event', '10000 2'",
            "'event_gone', 'event_gone_aged', '1000000 500000 1'",
            "'listing_key', 'listing_key_listing', '100000 2'",
            "'feed_mark', 'feed_mark_seq', '1000000 2'",
            "'listing_cart_awaited', 'listing_cart_awaited_cart', '100000 10'",
            "'delivery_state', 'delivery_state', '1000000 1'",
            "'delivery_state', 'delivery_state_seq', '1000000 200000 1'",
            "'delivery_state', 'delivery_state_endpoint', '1000000 100000 20000 1'",
            "'answer_word', 'answer_word', '1000000 1000 2 1 1'",
            "'answer_word', 'answer_word_delivery', '1000000 30 15'",
            "'feed_page', 'feed_page', '1000000 10 1'",
            "'feed_page', 'feed_page_upto', '1000000 1000 1'",
            "'contact_tag', 'contact_tag', '2000000 2000 100 1'",
            "'contact_tag', 'contact_tag_contact', '2000000 2 1'")) {
      execute(writer, "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (" + expected + ")");
    }
    execute(writer, "COMMIT");
    // Readers are opened later and read them then.
    execute(writer, "ANALYZE sqlite_schema");
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
    var inDoubt = doubt;
    if (inDoubt != null) {
      throw new SQLException(inDoubt, null, SQLiteErrorCode.SQLITE_IOERR.code);
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
      if (classify(e) == Failure.IN_DOUBT) {
        doubt(e);
      }
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
      var failed = new CommitFailedException(e);
      if (classify(failed) == Failure.IN_DOUBT) {
        doubt(failed);
      }
      throw failed;
    }
    folder.keepNote(connection);
    int count = commits + 1;
    commits = count;
    if (count % CHECKPOINT_EVERY == 0) {
      committed.release();
    }
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
    try {
      execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      // SQLite has ended the transaction by itself after some errors.
      LOG.debug("Nothing to roll back", e);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// After this nothing is synced again: a second sync of the same pages can succeed although they
  /// never reached the disk.
  private void doubt(SQLException failure) {
    doubt = "a sync or write failed: " + failure.getMessage();
    folder.halt(failure.getMessage());
  }

  private static final class CommitFailedException extends SQLException {
    private static final long serialVersionUID = 1;

    CommitFailedException(SQLException cause) {
      super(cause.getMessage(), cause.getSQLState(), cause.getErrorCode(), cause);
    }
  }

  @Override
  public Dialect dialect() {
    return Dialect.SQLITE;
  }

  @Override
  public Failure classify(SQLException failure) {
    var code = SQLiteErrorCode.getErrorCode(failure.getErrorCode());
    if (failure instanceof SQLiteException s) {
      code = s.getResultCode();
    } else if (failure.getCause() instanceof SQLiteException s) {
      code = s.getResultCode();
    }
    if (code == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE) {
      // The index of the log could not grow: the disk is full, and nothing was written yet.
      return Failure.NO_ROOM;
    }
    return switch (code.code & 0xff) {
      case 13 -> Failure.NO_ROOM; // SQLITE_FULL
      case 5, 6 -> Failure.NO_ROOM; // SQLITE_BUSY, SQLITE_LOCKED: somebody else holds the file
      case 7 -> Failure.NO_ROOM; // SQLITE_NOMEM
      case 8, 10, 11, 14, 26 -> // READONLY, IOERR, CORRUPT, CANTOPEN, NOTADB
          Failure.IN_DOUBT;
      default -> failure instanceof CommitFailedException ? Failure.IN_DOUBT : Failure.OURS;
    };
  }

  @Override
  public <T> T read(Function<Handle, T> query) {
    if (closing) {
      throw StoreUnavailableException.closed();
    }
    Future<T> result;
    try {
      result = readerThreads.submit(() -> readHere(query));
    } catch (RejectedExecutionException e) {
      throw StoreUnavailableException.closed();
    }
    try {
      return result.get(READ_SECONDS * 5, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      result.cancel(false);
      throw new StoreUnavailableException("too many reads are waiting", e);
    } catch (InterruptedException e) {
      result.cancel(false);
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while reading", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException r -> throw r;
        case Error r -> throw r;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private <T> T readHere(Function<Handle, T> query) {
    var reader = readers.poll();
    if (reader == null) {
      throw new IllegalStateException("more reading threads than readers");
    }
    try {
      reader.until = System.nanoTime() + TimeUnit.SECONDS.toNanos(READ_SECONDS);
      reader.handle.execute("BEGIN");
      try {
        return query.apply(reader.handle);
      } finally {
        reader.until = Long.MAX_VALUE;
        rollback(reader.handle.getConnection());
      }
    } catch (JdbiException e) {
      throw reading(e);
    } finally {
      readers.add(reader);
    }
  }

  /// What a failed read means for its caller: our mistake, or a database that can't answer.
  private RuntimeException reading(JdbiException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException s) {
        if ((s.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_INTERRUPT.code) {
          return StoreUnavailableException.tooLong(e);
        }
        if (classify(s) != Failure.OURS) {
          return new StoreUnavailableException("the database can't be read", e);
        }
      }
    }
    return e;
  }

  /// A connection for reading, with the time by which its reading must be over.
  private static final class Reader extends ProgressHandler {
    private static final int STEPS = 10_000;

    private final Connection connection;
    private final Handle handle;
    private volatile long until = Long.MAX_VALUE;

    Reader(Connection connection) throws SQLException {
      this.connection = connection;
      handle = KnownSql.on(connection);
      handle.setStatementBuilder(new KeptStatements());
      ProgressHandler.setHandler(connection, STEPS, this);
    }

    @Override
    protected int progress() {
      return System.nanoTime() > until ? 1 : 0;
    }

    /// The handle leaves the connection to its owner, and one that stays open holds the file.
    void close() {
      handle.close();
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.warn("A reader of the database was not closed in order: {}", e.getMessage());
      }
    }
  }

  @Override
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /// Checkpoints and gives the length of the write-ahead log, in pages.
  private static long checkpoint(Connection connection, String how) throws SQLException {
    try (var statement = connection.createStatement();
        var results = statement.executeQuery("PRAGMA wal_checkpoint(" + how + ")")) {
      return results.next() ? results.getLong(2) : 0;
    }
  }

  /// Copies all that is committed now into a new file, while writing goes on: in steps of a
  /// megabyte, resting after each as long as it took, so that the disk is never busy with it alone.
  ///
  /// One read transaction is held from the first step to the last, so the copy is of one moment and
  /// no commit makes it begin again. Until it ends the write-ahead log only grows.
  void copyTo(Path copy) throws SQLException {
    try (var connection = connect(true)) {
      copying = true;
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
      copying = false;
    }
  }

  private void checkpoint() {
    try (var connection = connect(false)) {
      execute(connection, "PRAGMA busy_timeout = 250");
      boolean emptied = false;
      int seen = -1;
      while (!closing) {
        committed.tryAcquire(1, TimeUnit.SECONDS);
        committed.drainPermits();
        if (closing || doubt != null) {
          return;
        }
        int count = commits;
        boolean idle = count == seen && !copying;
        seen = count;
        if (idle && emptied) {
          continue;
        }
        try {
          if (idle) {
            rewriting.runAtTimes(connection);
          }
          // A log that is empty can't be cut short; emptying it takes the writer's lock, so it is
          // done only when nobody writes.
          if (checkpoint(connection, idle ? "TRUNCATE" : "PASSIVE") > LONG_LOG && !copying) {
            // Under steady writing a passive one never catches up and the log only grows: this one
            // makes the writer wait for a moment, so that it begins the log anew.
            checkpoint(connection, "RESTART");
          }
          emptied = idle;
        } catch (SQLException e) {
          if (classify(e) == Failure.IN_DOUBT) {
            LOG.error("A checkpoint failed; nothing is stored until the next start", e);
            doubt(e);
          } else {
            LOG.warn("A checkpoint failed and will be tried again: {}", e.getMessage());
          }
        }
      }
    } catch (SQLException e) {
      LOG.error("The checkpointer can't work", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    committed.release();
    try {
      checkpointer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    readerThreads.shutdown();
    try {
      readerThreads.awaitTermination(READ_SECONDS * 5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeReaders();
    try {
      if (doubt != null) {
        // Closing the last connection would checkpoint, and so sync, what is in doubt. It is left
        // open; the next start looks after it.
        LOG.warn("The database is left as it is: {}", doubt);
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

  private void closeReaders() {
    var all = new ArrayList<Reader>();
    readers.drainTo(all);
    all.forEach(Reader::close);
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
