package dev.porchlight.desk.events;

import dev.porchlight.desk.RawBody;
import dev.porchlight.store.Table;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.value.Violation;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/// An event as it was published, with what was drawn for it; or a message to inboxes, which has no
/// topic.
///
/// @param seq its log entry
/// @param uri the `id` that it goes by, the same for every receiver
/// @param base where the hub was reached, for parties that are named as they are seen from there
/// @param time when it happened
/// @param recipient who stood in for a recipient; empty where the event names one; of a message,
///   the ids of those who got it, with commas between
/// @param violations JSON
/// @param adopted JSON: by account root, the listing made by hand that it turned out to be about
public record PublishedEvent(
    String id,
    long seq,
    String uri,
    String publisher,
    Draw draw,
    String base,
    String topic,
    String fingerprint,
    Instant time,
    String recipient,
    String violations,
    String adopted) {
  /// The name, among the headers kept with a receipt, of the event that it came by.
  public static final String SAID_BY = ":event";

  public static final Table<PublishedEvent> TABLE =
      Table.<PublishedEvent>named("event")
          .key("id", PublishedEvent::id)
          .column("seq", PublishedEvent::seq)
          .column("uri", PublishedEvent::uri)
          .column("publisher_id", PublishedEvent::publisher)
          .column("at", e -> e.draw().at())
          .column("seed", e -> e.draw().seed())
          .column("counter", e -> e.draw().counter())
          .column("base", PublishedEvent::base)
          .column("topic", PublishedEvent::topic)
          .column("fingerprint", PublishedEvent::fingerprint)
          .column("time", PublishedEvent::time)
          .column("recipient", PublishedEvent::recipient)
          .column("violations", PublishedEvent::violations)
          .column("adopted", PublishedEvent::adopted)
          .readBy(r ->
              new PublishedEvent(
                  r.text(1),
                  r.number(2),
                  r.text(3),
                  r.text(4),
                  new Draw(r.time(5), r.text(6), r.integer(7)),
                  r.text(8),
                  r.text(9),
                  r.text(10),
                  r.time(11),
                  r.text(12),
                  r.text(13),
                  r.text(14)));

  /// The body as it came.
  public static final Table<RawBody> RAW =
      Table.<RawBody>named("event_raw")
          .key("event_id", RawBody::receiptId)
          .column("codec", RawBody::codec)
          .column("body", RawBody::body)
          .readBy(r -> new RawBody(r.text(1), r.integer(2), r.bytes(3)));

  /// One receiver's copy.
  ///
  /// @param token what its `@id` ends in
  /// @param agent the party whose grant brought it
  /// @param grant that grant; empty where the receiver owns the event
  /// @param redaction JSON: what the grant leaves out
  public record Copy(
      String receiver,
      long seq,
      String event,
      String token,
      String agent,
      String grant,
      String redaction) {
    public static final Table<Copy> TABLE =
        Table.<Copy>named("event_copy")
            .key("receiver_id", Copy::receiver)
            .key("seq", Copy::seq)
            .column("event_id", Copy::event)
            .column("token", Copy::token)
            .column("agent_id", Copy::agent)
            .column("grant_id", Copy::grant)
            .column("redaction", Copy::redaction)
            .readBy(r ->
                new Copy(
                    r.text(1), r.number(2), r.text(3), r.text(4), r.text(5), r.text(6), r.text(7)));

    List<String> pointers() {
      return List.of(Json.read(redaction, String[].class));
    }
  }

  /// The same at its place in the log.
  PublishedEvent at(long place) {
    return new PublishedEvent(
        id,
        place,
        uri,
        publisher,
        draw,
        base,
        topic,
        fingerprint,
        time,
        recipient,
        violations,
        adopted);
  }

  /// What is left of it once its body is gone: nothing that its publisher has written, so that its
  /// id may come again.
  public PublishedEvent emptied() {
    return new PublishedEvent(
        id,
        seq,
        "urn:uuid:" + id,
        publisher,
        draw,
        base,
        topic,
        "",
        time,
        recipient,
        "[]",
        adopted);
  }

  /// Whether it is a message to inboxes, and no event.
  public boolean isMessage() {
    return topic.isEmpty();
  }

  /// Where it breaks its contract.
  public List<Violation> listViolations() {
    return Arrays.asList(Json.read(violations, Violation[].class));
  }
}
