package dev.porchlight.access;

import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who is signed in at the console, on disk as the hash of the cookie's token. Looked up at each
/// request, so what ends a session, at whatever hub, ends it for the next request: signing out, a
/// new password, another role. May be shared by threads.
///
/// A session ends 7 days after it began and 12 hours after its last use, which is written once a
/// minute.
public final class ConsoleSessions {
  /// How long a session lasts.
  public static final Duration LIFE = Duration.ofDays(7);

  /// How long it lasts unused.
  public static final Duration IDLE = Duration.ofHours(12);

  private static final Logger LOG = LoggerFactory.getLogger(ConsoleSessions.class);
  private static final Duration WRITTEN_EVERY = Duration.ofMinutes(1);
  private static final String PREFIX = "plw_";
  private static final int LONGEST_CLIENT = 200;
  private static final int LAPSED_AT_ONCE = 20;

  /// One session.
  ///
  /// @param hash of the token
  /// @param id names it in the log; opens nothing
  /// @param client what the browser called itself, and where it was
  public record Session(
      String hash,
      String id,
      String memberId,
      Instant createdAt,
      Instant usedAt,
      String client,
      String address) {
    static final Table<Session> TABLE =
        Table.<Session>named("console_session")
            .key("hash", Session::hash)
            .column("id", Session::id)
            .column("member_id", Session::memberId)
            .column("created_at", Session::createdAt)
            .column("used_at", Session::usedAt)
            .column("client", Session::client)
            .column("address", Session::address)
            .readBy(r ->
                new Session(
                    r.text(1), r.text(2), r.text(3), r.time(4), r.time(5), r.text(6), r.text(7)));

    boolean isLive(Instant now) {
      return now.isBefore(createdAt.plus(LIFE)) && now.isBefore(usedAt.plus(IDLE));
    }

    private Session used(Instant at) {
      return new Session(hash, id, memberId, createdAt, at, client, address);
    }
  }

  private final Store store;
  private final int hub;

  public ConsoleSessions(Store store, int hub) {
    this.store = store;
    this.hub = hub;
  }

  /// Signs a member in who has proved who they are.
  ///
  /// @param client what the browser calls itself
  /// @param address where it is
  /// @return the token for the cookie
  public String start(String member, String client, String address) {
    var token = Tokens.create(PREFIX);
    var draw = Draw.fresh(store.now(), hub);
    var session =
        new Session(
            Tokens.hash(token),
            draw.uuid("console-session"),
            member,
            store.now(),
            store.now(),
            client.substring(0, Math.min(client.length(), LONGEST_CLIENT)),
            address);
    var lapsed = lapsed();
    store.write(
        WorkQueue.EDITS,
        batch -> {
          lapsed.forEach(hash -> batch.delete(Session.TABLE, hash));
          batch.put(Session.TABLE, session);
          batch.append("console-session.started", member, session.id());
          return true;
        });
    return token;
  }

  /// Some that are over: each new one takes them away, so they don't pile up.
  private List<String> lapsed() {
    return store.read(h ->
        h.createQuery(
                "SELECT hash FROM console_session WHERE created_at < :begun OR used_at < :used"
                    + " LIMIT :most")
            .bind("begun", Row.micros(store.now().minus(LIFE)))
            .bind("used", Row.micros(store.now().minus(IDLE)))
            .bind("most", LAPSED_AT_ONCE)
            .mapTo(String.class)
            .list());
  }

  /// The live session with that token. Notes that it was used.
  public Optional<Session> find(String token) {
    if (!token.startsWith(PREFIX)) {
      return Optional.empty();
    }
    var hash = Tokens.hash(token);
    var now = store.now();
    var found = read(hash).filter(s -> s.isLive(now));
    found.filter(s -> !now.isBefore(s.usedAt().plus(WRITTEN_EVERY))).ifPresent(s -> use(s, now));
    return found;
  }

  /// Whether that session still stands; for what goes on long after its request, and is no use.
  public boolean stands(Session session) {
    return read(session.hash()).filter(s -> s.isLive(store.now())).isPresent();
  }

  private Optional<Session> read(String hash) {
    return store.read(h ->
        h.createQuery(
                "SELECT " + Session.TABLE.columnList() + " FROM console_session WHERE hash = :hash")
            .bind("hash", hash)
            .map((r, _) -> Session.TABLE.read(new Row(r)))
            .findOne());
  }

  private void use(Session session, Instant now) {
    try {
      store.write(
          WorkQueue.EDITS,
          batch -> {
            var there = batch.find(Session.TABLE, session.hash());
            if (there != null && there.usedAt().isBefore(now)) {
              batch.put(Session.TABLE, there.used(now));
            }
            return true;
          });
    } catch (StoreUnavailableException e) {
      // What is asked may be answered all the same.
      LOG.debug("The use of a session can't be written: {}", e.getMessage());
    }
  }

  /// All live ones of a member, the last used first.
  public List<Session> list(String member) {
    var now = store.now();
    return store
        .read(h ->
            h.createQuery(
                    "SELECT "
                        + Session.TABLE.columnList()
                        + " FROM console_session WHERE member_id = :member"
                        + " ORDER BY used_at DESC, id")
                .bind("member", member)
                .map((r, _) -> Session.TABLE.read(new Row(r)))
                .list())
        .stream()
        .filter(s -> s.isLive(now))
        .toList();
  }

  /// Ends a session.
  public void end(Session session) {
    store.write(
        WorkQueue.EDITS,
        batch -> {
          if (batch.find(Session.TABLE, session.hash()) != null) {
            batch.delete(Session.TABLE, session.hash());
            batch.append("console-session.ended", session.memberId(), session.id());
          }
          return true;
        });
  }

  /// Ends all sessions of a member.
  public void endAll(String member) {
    store.write(
        WorkQueue.EDITS,
        batch -> {
          endAll(batch, member);
          return true;
        });
  }

  /// The same within a unit.
  static void endAll(Batch batch, String member) {
    var hashes =
        batch
            .sql()
            .createQuery("SELECT hash FROM console_session WHERE member_id = :member")
            .bind("member", member)
            .mapTo(String.class)
            .list();
    if (!hashes.isEmpty()) {
      hashes.forEach(hash -> batch.delete(Session.TABLE, hash));
      batch.append("console-session.ended", member, "");
    }
  }
}
