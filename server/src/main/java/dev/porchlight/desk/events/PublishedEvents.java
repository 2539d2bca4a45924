package dev.porchlight.desk.events;

import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Published events, for those who may see the parties that published them or whose data they are.
public final class PublishedEvents {
  /// How many lines of the log can belong to one event.
  private static final int MOST_LINES = 500;

  /// What lines are about that tell what became of what an event said.
  private static final Set<String> SAID = Set.of("contact", "search", "cart", "listing", "area");

  private static final String SEEN =
      "(e.publisher_id IN (<parties>) OR EXISTS (SELECT 1 FROM event_copy c WHERE"
          + " c.event_id = e.id AND c.grant_id = '' AND c.receiver_id IN (<parties>)))";

  private final Store store;

  public PublishedEvents(Store store) {
    this.store = store;
  }

  /// What to list, newest first.
  ///
  /// @param group the topic's group, or a whole topic; null for all
  /// @param publisher the id of a party; null for all
  /// @param violating only those that break their contract
  /// @param before only those before that log entry
  public record Query(
      @Nullable String group,
      @Nullable String publisher,
      boolean violating,
      long before,
      int limit) {}

  /// @param parties the ids of those that may be seen; null for all
  public List<PublishedEvent> list(@Nullable Collection<String> parties, Query query) {
    if (parties != null && parties.isEmpty()) {
      return List.of();
    }
    var sql =
        new StringBuilder("SELECT ")
            .append(PublishedEvent.TABLE.columnList("e"))
            .append(" FROM event e WHERE e.topic <> '' AND e.seq < :before");
    if (query.group() != null) {
      // A group's topics go on with #, which $ follows.
      sql.append(" AND (e.topic = :g OR e.topic >= :from AND e.topic < :to)");
    }
    if (query.publisher() != null) {
      sql.append(" AND e.publisher_id = :p");
    }
    if (query.violating()) {
      sql.append(" AND e.violations <> '[]'");
    }
    if (parties != null) {
      sql.append(" AND ").append(SEEN);
    }
    sql.append(" ORDER BY e.seq DESC LIMIT :limit");
    return store.read(h -> {
      var q =
          h.createQuery(sql.toString()).bind("before", query.before()).bind("limit", query.limit());
      if (query.group() != null) {
        q.bind("g", query.group())
            .bind("from", query.group() + "#")
            .bind("to", query.group() + "$");
      }
      if (query.publisher() != null) {
        q.bind("p", query.publisher());
      }
      if (parties != null) {
        q.bindList("parties", List.copyOf(parties));
      }
      return q.map((r, _) -> PublishedEvent.TABLE.read(new Row(r))).list();
    });
  }

  /// The event with that id of ours.
  ///
  /// @param parties the ids of those that may be seen; null for all
  public Optional<PublishedEvent> find(@Nullable Collection<String> parties, String id) {
    if (parties != null && parties.isEmpty()) {
      return Optional.empty();
    }
    return store.read(h -> {
      var q =
          h.createQuery(
                  "SELECT "
                      + PublishedEvent.TABLE.columnList("e")
                      + " FROM event e WHERE e.id = :id"
                      + (parties == null ? "" : " AND " + SEEN))
              .bind("id", id);
      if (parties != null) {
        q.bindList("parties", List.copyOf(parties));
      }
      return q.map((r, _) -> PublishedEvent.TABLE.read(new Row(r))).findOne();
    });
  }

  /// Who got it.
  public List<PublishedEvent.Copy> listCopies(String event) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + PublishedEvent.Copy.TABLE.columnList()
                    + " FROM event_copy WHERE event_id = :e ORDER BY receiver_id")
            .bind("e", event)
            .map((r, _) -> PublishedEvent.Copy.TABLE.read(new Row(r)))
            .list());
  }

  /// A line of the log that an event brought about.
  public record Line(long seq, String kind, String subject, String ref) {}

  /// What an event brought about, in the log's order: the receipts that it became, and what was
  /// done for it.
  public List<Line> listConsequences(PublishedEvent event) {
    return store.read(h -> consequences(h, event));
  }

  private static List<Line> consequences(Handle h, PublishedEvent event) {
    var lines =
        h
            .createQuery(
                "SELECT seq, kind, subject, ref FROM log WHERE seq > :s AND seq <= :t"
                    + " ORDER BY seq")
            .bind("s", event.seq())
            .bind("t", event.seq() + MOST_LINES)
            .map((r, _) -> new Line(r.getLong(1), r.getString(2), r.getString(3), r.getString(4)))
            .list()
            .stream()
            .takeWhile(l -> !l.kind().equals("event.published"))
            .toList();
    long done =
        lines.stream()
            .filter(l -> l.kind().equals(Sayings.DONE) && l.subject().equals(event.id()))
            .mapToLong(Line::seq)
            .findFirst()
            .orElse(event.seq());
    return lines.stream()
        .filter(l -> !l.kind().equals(Sayings.DONE))
        .filter(l -> l.seq() < done && isSaid(l.kind()) || isOf(h, event, l))
        .toList();
  }

  private static boolean isSaid(String kind) {
    return SAID.contains(kind.substring(0, Math.max(0, kind.indexOf('.'))));
  }

  private static boolean isOf(Handle h, PublishedEvent event, Line line) {
    if (line.kind().startsWith("receipt.")) {
      return h.createQuery("SELECT headers FROM receipt WHERE id = :r")
          .bind("r", line.ref())
          .mapTo(String.class)
          .findOne()
          .filter(t -> t.contains(event.id()))
          .isPresent();
    }
    return line.ref().equals(event.id()) || line.subject().equals(event.id());
  }
}
