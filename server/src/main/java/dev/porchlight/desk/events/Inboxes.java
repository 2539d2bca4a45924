package dev.porchlight.desk.events;

import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.connector.EventContract;
import dev.porchlight.desk.RawBody;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.log.LogTimes;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.ObjectNode;

/// What parties have been sent. May be shared by threads.
public final class Inboxes {
  /// The kinds of log line that tell of something in an inbox; their subject is the event.
  public static final Set<String> ARRIVALS =
      Set.of("event.published", "message.sent", "inbox.replayed");

  private final Store store;
  private final EventContract contract;

  public Inboxes(Store store, EventContract contract) {
    this.store = store;
    this.contract = contract;
  }

  /// An item at its place in an inbox: that of its copy, or where it came once more.
  public record Item(long place, PublishedEvent.Copy copy) {}

  /// Some of an inbox, in the order of arrival.
  ///
  /// @param receiver the id of the party whose inbox it is
  /// @param after only what came behind that place in the log
  public List<Item> list(String receiver, long after, int limit) {
    return store.read(h -> {
      var items = new ArrayList<>(list(h, COPIES, "", receiver, after, limit));
      var again = list(h, AGAIN, "", receiver, after, limit);
      if (again.isEmpty()) {
        return items;
      }
      items.addAll(again);
      items.sort(Comparator.comparingLong(Item::place));
      return List.copyOf(items.subList(0, Math.min(items.size(), limit)));
    });
  }

  /// The first items of an inbox that were published then or later.
  public List<Item> list(String receiver, Instant since, int limit) {
    return store.read(h ->
        list(
            h,
            COPIES + " JOIN event e ON e.id = c.event_id",
            " AND e.at >= " + Row.micros(since),
            receiver,
            // Nothing published then stands before that place.
            LogTimes.firstAt(h, since) - 1,
            limit));
  }

  /// Some items of an inbox where they came first.
  List<Item> listCopies(String receiver, long after, long last, int limit) {
    return store.read(h -> list(h, COPIES, " AND c.seq <= " + last, receiver, after, limit));
  }

  /// The items that came first at these places.
  List<Item> listCopies(String receiver, List<Long> places) {
    if (places.isEmpty()) {
      return List.of();
    }
    var in = String.join(", ", places.stream().map(p -> Long.toString(p)).toList());
    return store.read(
        h -> list(h, COPIES, " AND c.seq IN (" + in + ")", receiver, 0, places.size()));
  }

  /// When the event of a copy was published.
  Instant publishedAt(PublishedEvent.Copy copy) {
    return store.read(h ->
        h.createQuery("SELECT at FROM event WHERE id = :i")
            .bind("i", copy.event())
            .map((r, _) -> new Row(r).time(1))
            .one());
  }

  private static final String COPIES = "event_copy c";
  private static final String AGAIN =
      "event_again a JOIN event_copy c ON c.event_id = a.event_id AND c.receiver_id ="
          + " a.receiver_id";

  private static List<Item> list(
      Handle h, String from, String where, String receiver, long after, int limit) {
    // Both tables have these two columns; what came again has its own place.
    var rows = from.startsWith("event_again") ? "a" : "c";
    return h.createQuery(
            "SELECT "
                + PublishedEvent.Copy.TABLE.columnList("c")
                + ", "
                + rows
                + ".seq FROM "
                + from
                + " WHERE "
                + rows
                + ".receiver_id = :r AND "
                + rows
                + ".seq > :a"
                + where
                + " ORDER BY "
                + rows
                + ".seq LIMIT :l")
        .bind("r", receiver)
        .bind("a", after)
        .bind("l", limit)
        .map((r, _) -> new Item(r.getLong(8), PublishedEvent.Copy.TABLE.read(new Row(r))))
        .list();
  }

  /// Where an inbox ends by now: a place in the log; 0 when it is empty.
  public long last(String receiver) {
    return store.read(
        h -> Math.max(last(h, "event_copy", receiver), last(h, "event_again", receiver)));
  }

  /// Whether the log is that long by now.
  public boolean reaches(long place) {
    return place == 0
        || store.read(h ->
            h.createQuery("SELECT COALESCE(MAX(seq), 0) >= :p FROM log")
                .bind("p", place)
                .mapTo(Boolean.class)
                .one());
  }

  private static long last(Handle h, String table, String receiver) {
    return h.createQuery("SELECT COALESCE(MAX(seq), 0) FROM " + table + " WHERE receiver_id = :r")
        .bind("r", receiver)
        .mapTo(Long.class)
        .one();
  }

  /// The parties in whose inboxes some events are.
  public Set<String> receivers(List<String> events) {
    return store.read(h ->
        h.createQuery("SELECT DISTINCT receiver_id FROM event_copy WHERE event_id IN (<e>)")
            .bindList("e", events)
            .mapTo(String.class)
            .collect(java.util.stream.Collectors.toSet()));
  }

  /// The copy whose `@id` ends in that.
  public Optional<PublishedEvent.Copy> find(String receiver, String token) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + PublishedEvent.Copy.TABLE.columnList()
                    + " FROM event_copy WHERE token = :t AND receiver_id = :r")
            .bind("t", token)
            .bind("r", receiver)
            .map((r, _) -> PublishedEvent.Copy.TABLE.read(new Row(r)))
            .findFirst());
  }

  /// The copy of an event that is pushed to an endpoint.
  public Optional<PublishedEvent.Copy> findPushed(String event, String endpoint) {
    return store
        .read(h ->
            h.createQuery(
                    "SELECT "
                        + PublishedEvent.Copy.TABLE.columnList()
                        + " FROM event_copy WHERE event_id = :e")
                .bind("e", event)
                .map((r, _) -> PublishedEvent.Copy.TABLE.read(new Row(r)))
                .list())
        .stream()
        .filter(c ->
            Parties.in(store.settings())
                .find(c.receiver())
                .filter(p -> endpoint.equals(p.endpoint()))
                .isPresent())
        .findFirst();
  }

  /// The address of a copy.
  public String address(PublishedEvent.Copy copy) {
    return party(copy.receiver()).url() + "inbox/" + copy.token();
  }

  private Party party(String id) {
    return Parties.in(store.settings()).find(id).orElseThrow();
  }

  /// A copy as its receiver gets it: JSON. Empty when it has just gone.
  public Optional<String> write(PublishedEvent.Copy copy) {
    return store.read(h -> raw(h, copy.event()).map(raw -> write(h, copy, raw)));
  }

  private String write(Handle h, PublishedEvent.Copy copy, byte[] raw) {
    var event =
        h.createQuery("SELECT " + PublishedEvent.TABLE.columnList() + " FROM event WHERE id = :i")
            .bind("i", copy.event())
            .map((r, _) -> PublishedEvent.TABLE.read(new Row(r)))
            .one();
    if (event.isMessage()) {
      var message = (ObjectNode) Json.tree(new String(raw, StandardCharsets.UTF_8));
      return message.put("@id", address(copy)).toString();
    }
    if (!(contract.read(raw) instanceof EventContract.Event said)) {
      throw new IllegalStateException("event " + copy.event() + " can no longer be read");
    }
    var publisher = party(event.publisher());
    return contract.copy(
        said,
        new EventContract.Envelope(
            event.uri(),
            address(copy),
            party(copy.agent()).profile(),
            publisher.profile(),
            event.recipient(),
            event.time(),
            event.draw().at()),
        copy.pointers());
  }

  private static Optional<byte[]> raw(Handle h, String event) {
    return h.createQuery(
            "SELECT " + PublishedEvent.RAW.columnList() + " FROM event_raw WHERE event_id = :i")
        .bind("i", event)
        .map((r, _) -> PublishedEvent.RAW.read(new Row(r)))
        .findOne()
        .map(RawBody::bytes);
  }
}
