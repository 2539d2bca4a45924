package dev.porchlight.access.spark;

import dev.porchlight.sign.Tokens;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sessions of Spark keys: at most one a key, on disk as the hash of its token, so that a
/// restart ends none and every hub on the database knows it.
///
/// A session ends 24 hours after it began and 1 hour after its last use. The last use is exact in
/// memory and written once a minute, so that a request costs no commit: after a restart, or at
/// another hub, an idle session may end up to a minute early. What one hub ends, the others take
/// within about a second. May be shared by threads.
public final class SparkSessions {
  /// How long a session lasts.
  public static final Duration LIFE = Duration.ofHours(24);

  /// How long it lasts unused.
  public static final Duration IDLE = Duration.ofHours(1);

  private static final Duration WRITTEN_EVERY = Duration.ofMinutes(1);
  private static final Logger LOG = LoggerFactory.getLogger(SparkSessions.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String CHANGED = "spark-session.changed";
  private static final int TOKEN_BYTES = 16;

  /// A session as stored.
  private record Session(String keyId, String hash, Instant createdAt, Instant usedAt) {
    static final Table<Session> TABLE =
        Table.<Session>named("spark_session")
            .key("key_id", Session::keyId)
            .column("hash", Session::hash)
            .column("created_at", Session::createdAt)
            .column("used_at", Session::usedAt)
            .readBy(r -> new Session(r.text(1), r.text(2), r.time(3), r.time(4)));

    Session used(Instant at) {
      return new Session(keyId, hash, createdAt, at);
    }

    boolean isLive(Instant now, Instant used) {
      return now.isBefore(createdAt.plus(LIFE)) && now.isBefore(used.plus(IDLE));
    }
  }

  /// A session with its last use.
  private static final class Known {
    /// As it lies on disk, for all we know.
    private Session written;

    private Instant used;

    Known(Session session) {
      written = session;
      used = session.usedAt();
    }

    synchronized String keyId() {
      return written.keyId();
    }

    synchronized boolean isLive(Instant now) {
      return written.isLive(now, used);
    }

    /// Notes a use; gives what is to be written when it is time for that.
    synchronized Optional<Session> use(Instant at) {
      if (at.isAfter(used)) {
        used = at;
      }
      if (at.isBefore(written.usedAt().plus(WRITTEN_EVERY))) {
        return Optional.empty();
      }
      written = written.used(at);
      return Optional.of(written);
    }

    /// What was to be written is not: the next use tries again.
    synchronized void notWritten() {
      written = written.used(written.createdAt());
    }
  }

  /// A new session.
  public record Started(String token, Instant expiresAt) {}

  private final Store store;
  private final Map<String, Known> byHash = new ConcurrentHashMap<>();

  /// How often a session changed: what was read before that is not kept after it.
  private long changes;

  public SparkSessions(Store store) {
    this.store = store;
    store.follow(lines -> {
      for (LogEntry line : lines) {
        if (line.kind().equals(CHANGED)) {
          forget(line.subject());
        }
      }
    });
  }

  /// Starts a session and ends the one that the key had.
  public Started start(SparkKey key) {
    var bytes = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(bytes);
    var token = HexFormat.of().formatHex(bytes);
    var now = store.now();
    var session = new Session(key.id(), Tokens.hash(token), now, now);
    store.write(
        WorkQueue.EDITS,
        batch -> {
          batch.find(Session.TABLE, key.id());
          batch.put(Session.TABLE, session);
          batch.append(CHANGED, key.id(), "started");
          SparkGrants.signedIn(batch, key.contact(), key.id());
          batch.afterCommit(() -> forget(key.id()));
          return true;
        });
    return new Started(token, session.createdAt().plus(LIFE));
  }

  /// The id of the key whose live session has that token.
  public Optional<String> find(String token) {
    if (token.length() != 2 * TOKEN_BYTES) {
      return Optional.empty();
    }
    var hash = Tokens.hash(token);
    var now = store.now();
    var known = byHash.get(hash);
    if (known == null || !known.isLive(now)) {
      // Another hub may have made it, or used it meanwhile.
      long before = changes();
      var read = read(hash);
      if (read.isEmpty() || !read.get().isLive(now, read.get().usedAt())) {
        byHash.remove(hash);
        return Optional.empty();
      }
      known = new Known(read.get());
      keep(hash, known, before);
    }
    return Optional.of(known.keyId());
  }

  /// Notes that the session was used: to be called once the request is known to be its own.
  public void used(String token) {
    var known = byHash.get(Tokens.hash(token));
    if (known == null) {
      return;
    }
    var due = known.use(store.now());
    if (due.isEmpty()) {
      return;
    }
    var session = due.get();
    try {
      store.write(
          WorkQueue.EDITS,
          batch -> {
            var there = batch.find(Session.TABLE, session.keyId());
            if (there != null
                && there.hash().equals(session.hash())
                && there.usedAt().isBefore(session.usedAt())) {
              batch.put(Session.TABLE, session);
            }
            return true;
          });
    } catch (StoreUnavailableException e) {
      // What is asked may be answered all the same.
      known.notWritten();
      LOG.debug("The use of a session can't be written: {}", e.getMessage());
    }
  }

  /// Ends a key's session when it has that token.
  ///
  /// @return whether it was there
  public boolean end(String keyId, String token) {
    var hash = Tokens.hash(token);
    return store.write(
        WorkQueue.EDITS,
        batch -> {
          var there = batch.find(Session.TABLE, keyId);
          if (there == null || !there.hash().equals(hash)) {
            return false;
          }
          batch.delete(Session.TABLE, keyId);
          batch.append(CHANGED, keyId, "ended");
          batch.afterCommit(() -> forget(keyId));
          return true;
        });
  }

  private synchronized long changes() {
    return changes;
  }

  private synchronized void keep(String hash, Known known, long before) {
    if (changes == before) {
      byHash.put(hash, known);
    }
  }

  private synchronized void forget(String keyId) {
    changes++;
    byHash.values().removeIf(k -> k.keyId().equals(keyId));
  }

  private Optional<Session> read(String hash) {
    return store.read(h ->
        h.createQuery(
                "SELECT " + Session.TABLE.columnList() + " FROM spark_session WHERE hash = :hash")
            .bind("hash", hash)
            .map((r, _) -> Session.TABLE.read(new Row(r)))
            .findOne());
  }
}
