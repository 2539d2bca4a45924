package dev.porchlight.store.sqlite;

import dev.porchlight.store.backup.BackupException;
import dev.porchlight.store.backup.BackupManifest;
import dev.porchlight.store.backup.Backups;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Backups of a SQLite store: `backups/<name>/` in the data folder, with the copied database, its
/// manifest and, if wished, the key file. A folder appears under its name only once it is whole,
/// checked and synced.
public final class SqliteBackups implements Backups {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteBackups.class);
  private static final String DATABASE = "porchlight.db";
  private static final String MANIFEST = "manifest.json";
  private static final String KEY = "secret.key";
  private static final String UNFINISHED = ".unfinished-";
  private static final long SPARE = 64L * 1024 * 1024;
  private static final int CHUNK = 1024 * 1024;

  private final SqliteEngine engine;
  private final Path data;
  private final @Nullable Path keyFile;
  private final Supplier<@Nullable String> keyFingerprint;
  private final String release;
  private final ReentrantLock oneAtATime = new ReentrantLock();

  /// @param data the data folder
  /// @param keyFile the key file; null when the key comes from the environment
  /// @param keyFingerprint of the key in use
  public SqliteBackups(
      SqliteEngine engine,
      Path data,
      @Nullable Path keyFile,
      Supplier<@Nullable String> keyFingerprint,
      String release) {
    this.engine = engine;
    this.data = data;
    this.keyFile = keyFile;
    this.keyFingerprint = keyFingerprint;
    this.release = release;
  }

  @Override
  public Backup make(boolean withKey) {
    if (withKey && (keyFile == null || Files.notExists(keyFile))) {
      throw new BackupException(
          "The key comes from the environment, so there is no key file to put into a backup");
    }
    if (!oneAtATime.tryLock()) {
      throw new BackupException("A backup is being made already");
    }
    try {
      return makeOne(withKey);
    } catch (IOException | SQLException e) {
      throw new BackupException("The backup failed: " + e.getMessage(), e);
    } finally {
      oneAtATime.unlock();
    }
  }

  private Backup makeOne(boolean withKey) throws IOException, SQLException {
    var all = Files.createDirectories(data.resolve("backups"));
    removeUnfinished(all);
    long needed = Files.size(data.resolve(DATABASE)) + SPARE;
    long room = Files.getFileStore(all).getUsableSpace();
    if (room < needed) {
      throw new BackupException(
          "There is too little room for a backup: %d MiB are free, %d MiB are needed"
              .formatted(room >> 20, needed >> 20));
    }
    var madeAt = engine.now();
    var name = freeName(all, madeAt);
    var folder = Files.createDirectory(all.resolve(UNFINISHED + name));
    try {
      ownerOnly(folder, "rwx------");
      var copy = folder.resolve(DATABASE);
      engine.copyTo(copy);
      ownerOnly(copy, "rw-------");
      settle(copy);
      var found = Inspection.of(copy);
      found
          .complain()
          .ifPresent(c -> {
            throw new BackupException("The copy is not sound, so it is not kept: " + c);
          });
      if (withKey && keyFile != null) {
        Files.copy(keyFile, folder.resolve(KEY), StandardCopyOption.COPY_ATTRIBUTES);
        force(folder.resolve(KEY));
      }
      var manifest =
          new BackupManifest(
              release,
              madeAt,
              found.schema(),
              found.head(),
              Files.size(copy),
              sha256(copy),
              found.counts(),
              withKey,
              keyFingerprint.get());
      Files.writeString(folder.resolve(MANIFEST), manifest.toJson().toPrettyString() + "\n");
      force(folder.resolve(MANIFEST));
      DataFolder.sync(folder);
      var done = Files.move(folder, all.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      DataFolder.sync(all);
      LOG.info("Backup {} holds the log up to {}", done, manifest.logHead());
      return new Backup(name, done, manifest);
    } catch (IOException | SQLException | RuntimeException e) {
      remove(folder);
      throw e;
    }
  }

  private static String freeName(Path all, Instant at) {
    var base = at.truncatedTo(ChronoUnit.SECONDS).toString().replace(":", "-");
    var name = base;
    for (int n = 2; Files.exists(all.resolve(name)); n++) {
      name = base + "-" + n;
    }
    return name;
  }

  /// Makes it one file that needs no log beside it.
  private static void settle(Path copy) throws SQLException, IOException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = DELETE");
    }
    force(copy);
  }

  @Override
  public List<Backup> list() {
    var all = data.resolve("backups");
    if (Files.notExists(all)) {
      return List.of();
    }
    var found = new ArrayList<Backup>();
    try (var folders = Files.newDirectoryStream(all)) {
      for (var folder : folders) {
        var name = String.valueOf(folder.getFileName());
        if (!name.startsWith(".") && Files.isRegularFile(folder.resolve(MANIFEST))) {
          try {
            found.add(new Backup(name, folder, manifest(folder)));
          } catch (BackupException e) {
            LOG.warn("{} is not a backup: {}", folder, e.getMessage());
          }
        }
      }
    } catch (IOException e) {
      throw new BackupException("The folder " + all + " can't be read: " + e.getMessage(), e);
    }
    found.sort(Comparator.comparing((Backup b) -> b.manifest().madeAt()).reversed());
    return found;
  }

  /// Looks a backup over: the manifest is whole, the database is byte for byte the one that was
  /// copied, sound, its log without a gap, its rows as counted.
  ///
  /// @param from the backup's folder
  /// @throws BackupException when any of it is not so, or a newer release made it
  public static BackupManifest verify(Path from) {
    var manifest = manifest(from);
    if (manifest.schema() > SqliteSchema.NEWEST) {
      throw new BackupException(
          "Release "
              + manifest.release()
              + " made this backup, with schema "
              + manifest.schema()
              + "; this one knows "
              + SqliteSchema.NEWEST
              + ": install that release or a newer one");
    }
    var database = from.resolve(DATABASE);
    try {
      if (Files.notExists(database) || Files.size(database) != manifest.bytes()) {
        throw new BackupException(database + " is missing or has another size than when made");
      }
      if (!sha256(database).equals(manifest.sha256())) {
        throw new BackupException(database + " has been changed or damaged since it was made");
      }
      var found = Inspection.of(database);
      found
          .complain()
          .ifPresent(c -> {
            throw new BackupException(database + " is not sound: " + c);
          });
      if (found.schema() != manifest.schema()
          || found.head() != manifest.logHead()
          || !found.counts().equals(manifest.counts())) {
        throw new BackupException(database + " does not hold what its manifest says");
      }
      return manifest;
    } catch (IOException | SQLException e) {
      throw new BackupException("The backup can't be read: " + e.getMessage(), e);
    }
  }

  /// Restores a backup, after [#verify], into a data folder that is missing or empty.
  ///
  /// @param keyFile where the key file belongs; made from the backup's when it has one
  /// @return what was restored
  /// @throws BackupException when the folder holds anything, the key file there is another than the
  ///   backup's, or the backup is not sound; nothing is left behind then
  public static BackupManifest restore(Path from, Path data, Path keyFile) {
    var manifest = verify(from);
    try {
      if (Files.exists(data, LinkOption.NOFOLLOW_LINKS) && !isEmptyFolder(data)) {
        throw new BackupException(
            data + " is not empty: a backup is only restored into a new data folder");
      }
      var key = from.resolve(KEY);
      boolean bringsKey = manifest.withKey() && Files.exists(key);
      if (bringsKey && Files.exists(keyFile) && Files.mismatch(key, keyFile) >= 0) {
        throw new BackupException(
            "The key file " + keyFile + " is another than the backup's: move it away first");
      }
      Files.createDirectories(data);
      var draft = data.resolve(".restoring");
      try {
        Files.copy(from.resolve(DATABASE), draft);
        ownerOnly(draft, "rw-------");
        force(draft);
        if (!sha256(draft).equals(manifest.sha256())) {
          throw new BackupException("The copy in " + data + " is not what was copied");
        }
        if (bringsKey && Files.notExists(keyFile)) {
          Files.copy(key, keyFile, StandardCopyOption.COPY_ATTRIBUTES);
          ownerOnly(keyFile, "rw-------");
          force(keyFile);
        }
        Files.move(draft, data.resolve(DATABASE), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(draft);
      }
      DataFolder.sync(data);
      var parent = data.toAbsolutePath().getParent();
      if (parent != null) {
        DataFolder.sync(parent);
      }
      return manifest;
    } catch (IOException e) {
      throw new BackupException("The backup can't be restored: " + e.getMessage(), e);
    }
  }

  private static boolean isEmptyFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (var content = Files.newDirectoryStream(folder)) {
      return !content.iterator().hasNext();
    }
  }

  private static BackupManifest manifest(Path folder) {
    var file = folder.resolve(MANIFEST);
    try {
      return BackupManifest.fromJson(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new BackupException(folder + " is not a backup: it has no " + MANIFEST, e);
    } catch (IllegalArgumentException | tools.jackson.core.JacksonException e) {
      throw new BackupException(file + " is " + e.getMessage(), e);
    }
  }

  private static void removeUnfinished(Path all) throws IOException {
    try (var folders = Files.newDirectoryStream(all, UNFINISHED + "*")) {
      folders.forEach(SqliteBackups::remove);
    }
  }

  private static void remove(Path folder) {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      LOG.warn("The unfinished backup {} was not removed: {}", folder, e.getMessage());
    }
  }

  private static void ownerOnly(Path file, String permissions) throws IOException {
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
  }

  private static void force(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static String sha256(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      var digest = MessageDigest.getInstance("SHA-256");
      var chunk = ByteBuffer.allocate(CHUNK);
      while (channel.read(chunk) >= 0) {
        digest.update(chunk.flip());
        chunk.clear();
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What a database file holds that nobody has open.
  ///
  /// @param integrity `ok`, or what is wrong
  /// @param entries how many lines the log has
  private record Inspection(
      String integrity, int schema, long entries, long head, Map<String, Long> counts) {

    static Inspection of(Path file) throws SQLException {
      // Immutable: looking at it changes no byte and leaves no file beside it.
      var url = "jdbc:sqlite:file:" + file.toUri().getRawPath() + "?mode=ro&immutable=1";
      try (var connection = DriverManager.getConnection(url)) {
        var integrity = text(connection, "PRAGMA integrity_check(1)");
        if (!integrity.equals("ok")) {
          return new Inspection(integrity, 0, 0, 0, Map.of());
        }
        var counts = new LinkedHashMap<String, Long>();
        for (var table : tables(connection)) {
          counts.put(table, number(connection, "SELECT COUNT(*) FROM \"" + table + "\""));
        }
        return new Inspection(
            integrity,
            Math.toIntExact(
                number(
                    connection,
                    "SELECT MAX(CAST(version AS INTEGER)) FROM flyway_schema_history WHERE"
                        + " success")),
            counts.getOrDefault("log", 0L),
            number(connection, "SELECT COALESCE(MAX(seq), 0) FROM log"),
            counts);
      }
    }

    Optional<String> complain() {
      if (!integrity.equals("ok")) {
        return Optional.of(integrity);
      }
      return entries == head
          ? Optional.empty()
          : Optional.of("its log ends at " + head + " and has " + entries + " entries");
    }

    private static List<String> tables(Connection connection) throws SQLException {
      var sql =
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
              + " ORDER BY name";
      var names = new ArrayList<String>();
      try (var statement = connection.createStatement();
          var results = statement.executeQuery(sql)) {
        while (results.next()) {
          names.add(results.getString(1));
        }
      }
      return names;
    }

    private static long number(Connection connection, String sql) throws SQLException {
      try (var statement = connection.createStatement();
          var results = statement.executeQuery(sql)) {
        results.next();
        return results.getLong(1);
      }
    }

    private static String text(Connection connection, String sql) throws SQLException {
      try (var statement = connection.createStatement();
          var results = statement.executeQuery(sql)) {
        results.next();
        return results.getString(1);
      }
    }
  }
}
