package dev.porchlight.store.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.porchlight.filter.Dialect;
import dev.porchlight.store.Engine;
import dev.porchlight.store.KnownSql;
import dev.porchlight.store.StoreUnavailableException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One PostgreSQL database, for several hubs at once.
///
/// A batch first takes a lock that the whole database has one of, in a statement of its own, so
/// that all that it reads afterwards is what the batch before it left, whichever hub ran that. So
/// batches follow one another as they do in a file: nothing can be skipped in the log, and finding
/// or making a row needs no tricks.
///
/// Each batch also leaves a mark, a random name in a row of this process. Where the connection is
/// lost at the commit nobody knows whether it took place. Then a new connection takes that same
/// lock: once it has it the old transaction is over, one way or the other, and the mark says which.
/// Only then is anybody answered.
///
/// The time is the database's: this machine's clock, set right by what the database says where the
/// two differ by more than [#DRIFT].
public final class PostgresEngine implements Engine {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresEngine.class);

  /// The driver logs addresses that it can't read, passwords and all.
  private static final java.util.logging.Logger DRIVER =
      java.util.logging.Logger.getLogger("org.postgresql");

  static {
    DRIVER.setLevel(java.util.logging.Level.OFF);
  }

  /// The newest schema that this release knows.
  static final int SCHEMA = 1;

  /// `hubs`: the first half of the locks that say which numbers are at work.
  private static final int NUMBERS = 0x68756273;

  private static final String NUMBERED =
      """
      SELECT count(*) FROM pg_locks
       WHERE locktype = 'advisory' AND classid = :class AND objid = :number AND objsubid = 2
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """;

  /// `porchlig`: the one lock of the writers.
  static final long LOCK = 0x706f7263686c6967L;

  private static final String HOST = "([\\w.-]+|\\[[0-9a-fA-F:.]+])(:\\d+)?";
  private static final Pattern SHOWABLE =
      Pattern.compile("jdbc:postgresql:(//(" + HOST + "(," + HOST + ")*)?/)?[\\w.%-]*");

  private static final int OLDEST = 15;
  private static final int READERS = 8;
  private static final long READ_SECONDS = 2;
  private static final long LOOK_UP_NANOS = TimeUnit.SECONDS.toNanos(8);
  private static final Duration DRIFT = Duration.ofMillis(20);
  private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /// The state of a failed commit of which nothing can be found out.
  private static final String UNKNOWN = "08007";

  private static final String WRITER_SETTINGS =
      """
      SET lock_timeout = 2000;
      SET idle_in_transaction_session_timeout = 5000;
      SET statement_timeout = 9000;
      SET synchronous_commit = on;
      SET default_transaction_isolation = 'read committed';
      SET default_transaction_read_only = off
      """;

  private static final String READER_SETTINGS =
      """
      SET statement_timeout = %d;
      SET idle_in_transaction_session_timeout = 5000;
      SET default_transaction_isolation = 'repeatable read';
      SET default_transaction_read_only = on
      """
          .formatted(READ_SECONDS * 1000);

  private static final String TIME =
      "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";

  private static final String MARK =
      """
      INSERT INTO batch_mark (hub, batch, at) VALUES (?, ?, %s)
      ON CONFLICT (hub) DO UPDATE SET batch = excluded.batch, at = excluded.at;
      SELECT (SELECT seq FROM log ORDER BY seq DESC LIMIT 1),
             (SELECT at FROM log ORDER BY seq DESC LIMIT 1),
             (SELECT MAX(seq) FROM setting),
             %s
      """
          .formatted(TIME, TIME);

  private final String url;
  private final Clock clock;
  private final String hub = UUID.randomUUID().toString();
  private final Semaphore readers = new Semaphore(READERS, true);
  private final HikariDataSource pool;
  private final Jdbi jdbi;

  /// Only the writer's thread.
  private @Nullable Connection writer;

  private @Nullable PreparedStatement mark;
  private String batch = "";

  /// Below 0 for none.
  private int number = -1;

  private volatile Duration offset = Duration.ZERO;
  private volatile long measuredAt;
  private volatile boolean closing;

  /// Opens a database and brings its schema up to date.
  ///
  /// @param url `jdbc:postgresql://host:port/database?user=...&password=...`
  /// @throws IllegalStateException with a sentence for the user: it can't be reached, it is too
  ///   old, a newer release wrote it
  public static PostgresEngine open(String url, Clock clock) {
    try {
      return new PostgresEngine(url, clock);
    } catch (SQLException e) {
      throw new IllegalStateException(
          "The database " + address(url) + " can't be opened: " + reason(e, url), e);
    } catch (FlywayException e) {
      throw new IllegalStateException(
          "The tables can't be made in the database " + address(url) + ": " + deepest(e), e);
    }
  }

  /// What lies behind a failed change of the schema, on one line.
  static String deepest(FlywayException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("").strip();
  }

  /// What the driver says, on one line and without the address, which it may quote.
  static String reason(SQLException e, String url) {
    var said = String.valueOf(e.getMessage());
    return said.contains(url)
        ? "this is no address of a PostgreSQL database"
        : said.lines().findFirst().orElse("").strip();
  }

  /// The address without what may hold a password: what follows the question mark, and all of it
  /// where it is not of the usual form, since some put passwords before an `@`.
  static String address(String url) {
    var shown = url.replaceFirst("(?s)\\?.*", "");
    return SHOWABLE.matcher(shown).matches() ? shown : "jdbc:postgresql://…";
  }

  private PostgresEngine(String url, Clock clock) throws SQLException {
    this.url = url;
    this.clock = clock;
    try (var connection = connect()) {
      check(connection);
      refuseUnfinished(connection);
      migrate(connection, url);
      execute(
          connection,
          "DELETE FROM batch_mark WHERE at < " + TIME + " - " + TimeUnit.DAYS.toMicros(1));
      connection.commit();
    }
    var config = new HikariConfig();
    config.setPoolName("store-readers");
    config.setJdbcUrl(url);
    config.setDataSourceProperties(properties());
    config.setMaximumPoolSize(READERS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(3000);
    config.setInitializationFailTimeout(-1);
    config.setAutoCommit(false);
    config.setConnectionInitSql(READER_SETTINGS);
    // Else the pool leaves those settings uncommitted, and the first rollback takes them back.
    config.setIsolateInternalQueries(true);
    pool = new HikariDataSource(config);
    jdbi = KnownSql.on(pool);
    // The pool ends what is open when it takes a connection back.
    jdbi.getConfig(Handles.class).setForceEndTransactions(false);
  }

  private static Properties properties() {
    var properties = new Properties();
    properties.setProperty("ApplicationName", "porchlight");
    properties.setProperty("connectTimeout", "3");
    properties.setProperty("loginTimeout", "5");
    // Longer than any statement may take: whoever says nothing for so long is gone.
    properties.setProperty("socketTimeout", "10");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("reWriteBatchedInserts", "true");
    // Details quote whole rows, and so people; what a failure says is logged and shown by /health.
    properties.setProperty("logServerErrorDetail", "false");
    return properties;
  }

  private Connection connect() throws SQLException {
    var connection = new Driver().connect(url, properties());
    if (connection == null) {
      throw new SQLException("this is no address of a PostgreSQL database");
    }
    try {
      execute(connection, WRITER_SETTINGS);
      measure(connection);
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  static void check(Connection connection) throws SQLException {
    int version = Integer.parseInt(text(connection, "SHOW server_version_num")) / 10_000;
    if (version < OLDEST) {
      throw new IllegalStateException(
          "PostgreSQL " + version + " is too old; " + OLDEST + " or newer is needed");
    }
    var encoding = text(connection, "SHOW server_encoding");
    if (!encoding.equals("UTF8")) {
      throw new IllegalStateException(
          "The database keeps texts as " + encoding + "; make one with the encoding UTF8");
    }
    if (!text(connection, "SHOW fsync").equals("on")) {
      LOG.warn("PostgreSQL runs with fsync off: what is acknowledged can be lost in a power cut");
    }
  }

  private void refuseUnfinished(Connection connection) throws SQLException {
    var unfinished = PostgresTarget.unfinished(connection);
    if (unfinished.isPresent()) {
      throw new IllegalStateException(
          "The database "
              + address(url)
              + " holds a move that was not finished ("
              + unfinished.get()
              + "): run `porchlight move` with --replace-unfinished first, or go on with the data"
              + " folder, which is as it was");
    }
  }

  /// The version of the schema that a database has; 0 when it has none.
  static int schema(Connection connection) throws SQLException {
    return text(
                connection,
                "SELECT COALESCE(CAST(to_regclass('flyway_schema_history') AS TEXT), '')")
            .isEmpty()
        ? 0
        : Integer.parseInt(
            text(
                connection,
                "SELECT COALESCE(MAX(CAST(version AS INTEGER)), 0)"
                    + " FROM flyway_schema_history WHERE success"));
  }

  static void migrate(Connection connection, String url) throws SQLException {
    int found = schema(connection);
    connection.commit();
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
          .dataSource(url, null, null)
          .locations("classpath:dev/porchlight/store/postgres")
          .loggers("slf4j")
          .load()
          .migrate();
    }
  }

  static String text(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var results = statement.executeQuery(sql)) {
      return results.next() ? results.getString(1) : "";
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Says on this database that the hub of that number is at work, for as long as the connection of
  /// its writer stands; to be called before the engine is given to a store. See [#concern].
  public PostgresEngine numbered(int hub) {
    number = hub;
    try {
      var _ = writer();
    } catch (SQLException e) {
      LOG.debug("The number is said with the next connection", e);
    }
    return this;
  }

  /// Where more than one hub at work has this one's number: ids could be drawn twice.
  @Override
  public Optional<String> concern() {
    if (number < 0) {
      return Optional.empty();
    }
    int hubs =
        read(h ->
            h.createQuery(NUMBERED)
                .bind("class", NUMBERS)
                .bind("number", number)
                .mapTo(int.class)
                .one());
    return hubs <= 1
        ? Optional.empty()
        : Optional.of(
            hubs
                + " hubs with the number "
                + number
                + " work on this database: give each its own by --hub-number or"
                + " PORCHLIGHT_HUB_NUMBER.");
  }

  private void announce(Connection connection) throws SQLException {
    if (number >= 0) {
      execute(connection, "SELECT pg_advisory_lock_shared(" + NUMBERS + ", " + number + ")");
      connection.commit();
    }
  }

  @Override
  public Connection writer() throws SQLException {
    if (writer == null || writer.isClosed()) {
      mark = null;
      writer = connect();
      announce(writer);
    }
    return writer;
  }

  @Override
  public Optional<Head> begin(Connection connection) throws SQLException {
    // Alone: a statement sees what was committed when it began, so none may begin before the lock.
    execute(connection, "SELECT pg_advisory_xact_lock(" + LOCK + ")");
    batch = UUID.randomUUID().toString();
    if (mark == null) {
      mark = connection.prepareStatement(MARK);
    }
    mark.setString(1, hub);
    mark.setString(2, batch);
    long before = System.nanoTime();
    mark.execute();
    if (!mark.getMoreResults()) {
      throw new SQLException("the end of the log was not told");
    }
    try (var results = mark.getResultSet()) {
      results.next();
      measured(results.getLong(4), before);
      return Optional.of(
          new Head(results.getLong(1), instant(results.getLong(2)), results.getLong(3)));
    }
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static final Optional<Together> TOGETHER = Optional.of(PostgresEngine::byManyKeys);

  @Override
  public Optional<Together> together() {
    return TOGETHER;
  }

  /// One look by the key's index for each: so too while the tables are small and nothing is known
  /// of them, since what is planned then is kept.
  private static String byManyKeys(String table, String columns, List<String> keys) {
    var names = IntStream.range(0, keys.size()).mapToObj(i -> "k" + i).toList();
    return "SELECT t.* FROM unnest("
        + String.join(", ", Collections.nCopies(keys.size(), "?"))
        + ") AS k("
        + String.join(", ", names)
        + ") CROSS JOIN LATERAL (SELECT "
        + columns
        + " FROM "
        + table
        + " WHERE "
        + IntStream.range(0, keys.size())
            .mapToObj(i -> keys.get(i) + " = k." + names.get(i))
            .collect(Collectors.joining(" AND "))
        + " LIMIT 1) t";
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      if (isAnswer(e)) {
        throw e;
      }
      LOG.warn("The connection was lost at a commit; its outcome is looked up: {}", e.getMessage());
      closeQuietly(connection);
      if (wasCommitted(batch, e)) {
        LOG.info("The commit had taken place");
      } else {
        throw new SQLException("the connection was lost before the commit", "08006", e);
      }
    }
  }

  /// Whether the database itself said that it did not commit, and lives.
  private static boolean isAnswer(SQLException e) {
    return e instanceof PSQLException p
        && p.getServerErrorMessage() != null
        && "ERROR".equals(p.getServerErrorMessage().getSeverity());
  }

  /// Finds out what became of a batch of ours.
  ///
  /// @throws SQLException with the state [#UNKNOWN] when that can't be found out in time
  private boolean wasCommitted(String name, SQLException lost) throws SQLException {
    long until = System.nanoTime() + LOOK_UP_NANOS;
    SQLException last = lost;
    while (System.nanoTime() - until < 0) {
      try (var connection = connect()) {
        // Held by the lost transaction until it is over.
        execute(connection, "SELECT pg_advisory_xact_lock(" + LOCK + ")");
        try (var statement =
            connection.prepareStatement("SELECT batch FROM batch_mark WHERE hub = ?")) {
          statement.setString(1, hub);
          try (var results = statement.executeQuery()) {
            return results.next() && name.equals(results.getString(1));
          }
        } finally {
          connection.rollback();
        }
      } catch (SQLException e) {
        last = e;
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
    throw new SQLException(
        "the connection was lost at a commit, and whether it took place is not known",
        UNKNOWN,
        last);
  }

  /// Ends the connection, and with it whatever is open on it: this is done where something went
  /// wrong, which is rare, and a fresh one carries nothing over.
  @Override
  public void rollback(Connection connection) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      LOG.debug("Nothing to roll back", e);
    }
    closeQuietly(connection);
  }

  static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("Closing failed", e);
    }
  }

  @Override
  public void probe(Connection connection) throws SQLException {
    begin(connection);
    commit(connection);
  }

  @Override
  public Dialect dialect() {
    return Dialect.POSTGRESQL;
  }

  @Override
  public Failure classify(SQLException failure) {
    var state = failure.getSQLState();
    if (state == null) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof IOException) {
          return Failure.LOST;
        }
      }
      return Failure.OURS;
    }
    return switch (state) {
      case UNKNOWN -> Failure.NO_ROOM;
      // Told to go, thrown out for idling, a deadlock with someone else's lock on our tables.
      case "57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04", "40001", "40P01" ->
          Failure.LOST;
      // Waited for too long, a standby, no right to, an inner error.
      case "55P03", "57014", "25006", "42501", "XX000" -> Failure.NO_ROOM;
      // Pages or indexes that are damaged.
      case "XX001", "XX002" -> Failure.IN_DOUBT;
      default ->
          switch (state.substring(0, Math.min(2, state.length()))) {
            case "08" -> Failure.LOST;
            // No resources (a full disk is 53100), the system, log-in, no such database.
            case "53", "58", "28", "3D" -> Failure.NO_ROOM;
            default -> Failure.OURS;
          };
    };
  }

  @Override
  public boolean alone() {
    return false;
  }

  @Override
  public <T> T read(Function<Handle, T> query) {
    if (closing) {
      throw StoreUnavailableException.closed();
    }
    try {
      // Fair: without it some of many callers starve at the pool.
      if (!readers.tryAcquire(READ_SECONDS * 5, TimeUnit.SECONDS)) {
        throw new StoreUnavailableException("too many reads are waiting");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while reading", e);
    }
    try (var handle = jdbi.open()) {
      if (System.nanoTime() - measuredAt > MEASURE_NANOS) {
        measure(handle.getConnection());
      }
      return query.apply(handle);
    } catch (ConnectionException e) {
      throw new StoreUnavailableException("the database can't be reached", e);
    } catch (JdbiException e) {
      throw reading(e);
    } catch (SQLException e) {
      throw new StoreUnavailableException("the database can't be read", e);
    } finally {
      readers.release();
    }
  }

  /// What a failed read means for its caller: our mistake, or a database that can't answer.
  private RuntimeException reading(JdbiException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException s && classify(s) != Failure.OURS) {
        return "57014".equals(s.getSQLState())
            ? StoreUnavailableException.tooLong(e)
            : new StoreUnavailableException("the database can't be read", e);
      }
    }
    return e;
  }

  private void measure(Connection connection) throws SQLException {
    long before = System.nanoTime();
    measured(Long.parseLong(text(connection, "SELECT " + TIME)), before);
  }

  /// Takes over what the database said its time was, somewhere between then and now.
  private void measured(long micros, long askedAt) {
    long now = System.nanoTime();
    var way = Duration.ofNanos(now - askedAt);
    var found = Duration.between(Instant.now(), instant(micros).plus(way.dividedBy(2)));
    if (found.minus(offset).abs().compareTo(DRIFT.plus(way)) > 0) {
      LOG.info("The database's clock is {} ms from this machine's", found.toMillis());
      offset = found;
    }
    measuredAt = now;
  }

  @Override
  public Instant now() {
    return clock.instant().plus(offset).truncatedTo(ChronoUnit.MICROS);
  }

  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    try {
      // Reads under way are let finish.
      if (!readers.tryAcquire(READERS, READ_SECONDS * 2, TimeUnit.SECONDS)) {
        LOG.warn("Reads still under way are cut");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pool.close();
    if (writer != null) {
      rollback(writer);
    }
  }
}
