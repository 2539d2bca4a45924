package dev.porchlight.desk;

import dev.porchlight.access.Parties;
import dev.porchlight.access.Party;
import dev.porchlight.connector.EventContract;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What parties have been sent. May be shared by threads.
public final class Inboxes {
  /// The kinds of log line that tell of something in an inbox; their subject is the event.
  public static final Set<String> ARRIVALS = Set.of("event.published", "message.sent");

  private final Store store;
  private final EventContract contract;

  public Inboxes(Store store, EventContract contract) {
    this.store = store;
    this.contract = contract;
  }

  /// Some of an inbox, in the order of arrival.
  ///
  /// @param receiver the id of the party whose inbox it is
  /// @param after only what came behind that place in the log
  /// @param since only what was published then or later; null for all
  public List<PublishedEvent.Copy> list(
      String receiver, long after, @Nullable Instant since, int limit) {
    return store.read(h -> {
      var query =
          h.createQuery(
                  "SELECT "
                      + PublishedEvent.Copy.TABLE.columnList("c")
                      + " FROM event_copy c"
                      + (since == null ? "" : " JOIN event e ON e.id = c.event_id AND e.at >= :t")
                      + " WHERE c.receiver_id = :r AND c.seq > :a ORDER BY c.seq LIMIT :l")
              .bind("r", receiver)
              .bind("a", after)
              .bind("l", limit);
      if (since != null) {
        query.bind("t", Row.micros(since));
      }
      return query.map((r, _) -> PublishedEvent.Copy.TABLE.read(new Row(r))).list();
    });
  }

  /// Where an inbox ends by now: a place in the log; 0 when it is empty.
  public long last(String receiver) {
    return store.read(h ->
        h.createQuery("SELECT COALESCE(MAX(seq), 0) FROM event_copy WHERE receiver_id = :r")
            .bind("r", receiver)
            .mapTo(Long.class)
            .one());
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
