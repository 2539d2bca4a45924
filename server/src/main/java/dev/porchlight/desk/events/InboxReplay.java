package dev.porchlight.desk.events;

import dev.porchlight.connector.InboxMessage;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A job that brings items of an inbox once more.
///
/// @param receiver the party whose inbox it is, which asked for it
/// @param perSecond how many it brings in a second at most
/// @param place up to which item it has looked
/// @param replayed how many it has brought
/// @param endedAt null while it is open: an inbox has one open one at most
/// @param owner the hub process that works on it
public record InboxReplay(
    String id,
    String receiver,
    Wanted wanted,
    State state,
    int perSecond,
    long place,
    long replayed,
    Instant createdAt,
    @Nullable Instant endedAt,
    @Nullable String owner,
    @Nullable Instant leasedUntil) {
  /// Where it can stand.
  public enum State {
    RUNNING,
    PAUSED,
    STOPPED,
    FINISHED;

    /// The word in the store and the log.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean isOpen() {
      return this == RUNNING || this == PAUSED;
    }
  }

  /// What was asked for.
  ///
  /// @param first only from that place on
  /// @param last only up to that place
  /// @param start only what was published then or later; empty for all
  /// @param end only what was published before; empty for all
  /// @param places only these; empty for all
  public record Wanted(
      long first,
      long last,
      String start,
      String end,
      Set<Long> places,
      Map<String, InboxMessage.Condition> filter) {
    /// Whether it asks for the same; up to where the log reached then is not asked for.
    boolean asks(Wanted other) {
      return start.equals(other.start)
          && end.equals(other.end)
          && places.equals(other.places)
          && filter.equals(other.filter);
    }
  }

  static final Table<InboxReplay> TABLE =
      Table.<InboxReplay>named("inbox_replay")
          .key("id", InboxReplay::id)
          .column("receiver_id", InboxReplay::receiver)
          .column("wanted", j -> Json.write(j.wanted()))
          .column("state", j -> j.state().word())
          .column("per_second", InboxReplay::perSecond)
          .column("place", InboxReplay::place)
          .column("replayed", InboxReplay::replayed)
          .column("created_at", InboxReplay::createdAt)
          .column("ended_at", InboxReplay::endedAt)
          .column("owner", InboxReplay::owner)
          .column("leased_until", InboxReplay::leasedUntil)
          .readBy(r ->
              new InboxReplay(
                  r.text(1),
                  r.text(2),
                  Json.read(r.text(3), Wanted.class),
                  State.valueOf(r.text(4).toUpperCase(Locale.ROOT)),
                  r.integer(5),
                  r.number(6),
                  r.number(7),
                  r.time(8),
                  r.timeOrNull(9),
                  r.textOrNull(10),
                  r.timeOrNull(11)));

  boolean isElsewhere(String process, Instant now) {
    return owner != null
        && !owner.equals(process)
        && leasedUntil != null
        && leasedUntil.isAfter(now);
  }

  /// The same in another state, at another pace.
  private InboxReplay in(State now, int pace, Instant at) {
    return new InboxReplay(
        id,
        receiver,
        wanted,
        now,
        pace,
        place,
        replayed,
        createdAt,
        now.isOpen() ? null : at,
        null,
        null);
  }

  /// The same, further on.
  InboxReplay moved(long to, long more, boolean over, String by, Instant now, Instant until) {
    return new InboxReplay(
        id,
        receiver,
        wanted,
        over ? State.FINISHED : state,
        perSecond,
        to,
        replayed + more,
        createdAt,
        over ? now : null,
        over ? null : by,
        over ? null : until);
  }

  /// Pauses one that is open, lets it go on or stops it, and sets its pace, within a unit.
  ///
  /// @param wanted null for as it is
  /// @param pace null for as it is
  public static InboxReplay change(
      Batch batch, InboxReplay now, @Nullable State wanted, @Nullable Integer pace) {
    var state = wanted == null ? now.state() : wanted;
    var changed = now.in(state, pace == null ? now.perSecond() : pace, batch.clock());
    if (state != now.state()) {
      batch.append(
          "inbox.replay_" + (state == State.RUNNING ? "resumed" : state.word()),
          now.receiver(),
          now.id());
    }
    batch.put(TABLE, changed);
    return changed;
  }

  /// Within a unit.
  public static Optional<InboxReplay> find(Batch batch, String id) {
    return Optional.ofNullable(batch.find(TABLE, id));
  }

  public static Optional<InboxReplay> find(Store store, String id) {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM inbox_replay WHERE id = :id")
            .bind("id", id)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// So many behind an id, first one first.
  public static List<InboxReplay> listAfter(Store store, String after, int most) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM inbox_replay WHERE id > :after ORDER BY id LIMIT :most")
            .bind("after", after)
            .bind("most", most)
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }

  /// The newest of them, newest first.
  ///
  /// @param before only those with a lesser id; empty for all
  public static List<InboxReplay> listNewest(Store store, String before, int most) {
    return store.read(h -> {
      var query =
          h.createQuery(
              "SELECT "
                  + TABLE.columnList()
                  + " FROM inbox_replay"
                  + (before.isEmpty() ? "" : " WHERE id < :before")
                  + " ORDER BY id DESC LIMIT :most");
      if (!before.isEmpty()) {
        query.bind("before", before);
      }
      return query.bind("most", most).map((r, _) -> TABLE.read(new Row(r))).list();
    });
  }

  static List<InboxReplay> listRunning(Store store) {
    return list(store, "state = 'running'");
  }

  private static List<InboxReplay> list(Store store, String where) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM inbox_replay WHERE "
                    + where
                    + " ORDER BY id")
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }
}
