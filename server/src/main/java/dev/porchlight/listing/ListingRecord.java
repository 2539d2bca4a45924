package dev.porchlight.listing;

import dev.porchlight.store.Row;
import dev.porchlight.store.Table;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is kept of a listing that events speak of.
///
/// @param version how many events have changed it
/// @param seq the log entry of the last of them
public record ListingRecord(
    String id,
    String rootId,
    String officeId,
    ListingState state,
    int version,
    Instant createdAt,
    Instant updatedAt,
    long seq) {
  static final Table<ListingRecord> TABLE = table("listing_state");

  /// What is kept of listings after those events whose bodies are no longer kept.
  static final Table<ListingRecord> BASE = table("listing_base");

  private static Table<ListingRecord> table(String name) {
    return Table.<ListingRecord>named(name)
        .key("listing_id", ListingRecord::id)
        .column("root_id", ListingRecord::rootId)
        .column("office_id", ListingRecord::officeId)
        .column("state", r -> write(r.state()))
        .column("deleted", r -> r.state().isDeleted())
        .column("version", ListingRecord::version)
        .column("created_at", ListingRecord::createdAt)
        .column("updated_at", ListingRecord::updatedAt)
        .column("seq", ListingRecord::seq)
        .readBy(r ->
            new ListingRecord(
                r.text(1),
                r.text(2),
                r.text(3),
                parse(r.text(4)),
                r.integer(6),
                r.time(7),
                r.time(8),
                r.number(9)));
  }

  /// One change of a listing.
  ///
  /// @param event the event that made it
  /// @param changes JSON: a list of member, what it was, what it became
  public record Version(
      String listingId, int version, String event, String topic, Instant at, String changes) {
    /// Whether it says that the listing is gone.
    public boolean isDeletion() {
      return Json.tree(changes)
          .valueStream()
          .anyMatch(c ->
              c.path("member").asString("").equals("deleted") && c.path("to").asBoolean(false));
    }

    static final Table<Version> TABLE =
        Table.<Version>named("listing_version")
            .key("listing_id", Version::listingId)
            .key("version", Version::version)
            .column("event_id", Version::event)
            .column("topic", Version::topic)
            .column("at", Version::at)
            .column("changes", Version::changes)
            .readBy(r ->
                new Version(r.text(1), r.integer(2), r.text(3), r.text(4), r.time(5), r.text(6)));
  }

  /// One name that events give a listing.
  record Key(String rootId, String value, String listingId) {
    static final Table<Key> TABLE =
        Table.<Key>named("listing_key")
            .key("root_id", Key::rootId)
            .key("value", Key::value)
            .column("listing_id", Key::listingId)
            .readBy(r -> new Key(r.text(1), r.text(2), r.text(3)));
  }

  private static String write(ListingState state) {
    var json = Json.object();
    var members = json.putObject("members");
    state
        .members()
        .forEach((name, member) -> {
          var one = members.putObject(name);
          one.put("v", member.json());
          stamp(one, member.stamp());
        });
    var deletion = state.deletion();
    if (deletion != null) {
      stamp(json.putObject("deletion").put("deleted", deletion.deleted()), deletion.stamp());
    }
    return json.toString();
  }

  private static void stamp(ObjectNode to, ListingState.Stamp stamp) {
    to.put("m", Row.micros(stamp.modified()));
    to.put("t", Row.micros(stamp.time()));
    to.put("e", stamp.event());
  }

  private static ListingState parse(String text) {
    var json = Json.tree(text);
    var members = new TreeMap<String, ListingState.Member>();
    json.path("members")
        .properties()
        .forEach(e ->
            members.put(
                e.getKey(),
                new ListingState.Member(e.getValue().path("v").asString(), stamp(e.getValue()))));
    return new ListingState(members, deletion(json.get("deletion")));
  }

  private static ListingState.@Nullable Deletion deletion(@Nullable JsonNode node) {
    return node == null
        ? null
        : new ListingState.Deletion(node.path("deleted").asBoolean(), stamp(node));
  }

  private static ListingState.Stamp stamp(JsonNode node) {
    return new ListingState.Stamp(
        Row.instant(node.path("m").asLong()),
        Row.instant(node.path("t").asLong()),
        node.path("e").asString());
  }
}
