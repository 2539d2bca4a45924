package dev.porchlight.listing;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.value.Json;
import dev.porchlight.value.ListingChange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Keeps listings as events about them come. A listing is known, within an account root, by the
/// system that it comes from and its number there, else by its number at whoever published it.
public final class ListingEvents {
  /// What a listing's own time may be ahead of the publishing: clocks differ.
  private static final Duration AHEAD = Duration.ofDays(1);

  private static final int LONGEST_KEPT = 4096;
  private static final String MODIFIED = "modificationTimestamp";

  private ListingEvents() {}

  /// An event about a listing.
  ///
  /// @param id ours of the event
  /// @param publisher the id of the party that published it
  /// @param newListing the id to give the listing where it is a new one
  public record Said(
      ListingChange change,
      String id,
      String topic,
      String publisher,
      Instant time,
      Instant published,
      String newListing) {
    public Said {
      change = bounded(change, published, time);
    }

    private @Nullable Boolean deleted() {
      return switch (change.kind()) {
        case UPDATE -> false;
        case DELETE -> true;
        case COMPENSATION -> null;
      };
    }

    private ListingState.Stamp stamp() {
      return new ListingState.Stamp(
          Objects.requireNonNullElse(change.modifiedAt(), time), time, id);
    }

    private List<String> keys() {
      var keys = new ArrayList<String>();
      if (change.system() != null && change.key() != null) {
        keys.add(Listings.key(change.system(), change.key()));
      }
      if (change.listingId() != null) {
        keys.add("id\n" + publisher + "\n" + change.listingId());
      }
      return keys;
    }
  }

  /// Whether that says of itself that it was made long after it was published; then it does not
  /// count as newer than what comes later.
  public static boolean isAhead(ListingChange change, Instant published) {
    var modified = change.modifiedAt();
    return modified != null && modified.isAfter(published.plus(AHEAD));
  }

  /// The change, with the event's time where its own is too far ahead to be true: what is shown of
  /// a listing, asked of it and decided by it is one and the same.
  public static ListingChange bounded(ListingChange change, Instant published, Instant time) {
    if (!isAhead(change, published)) {
      return change;
    }
    var members = new TreeMap<>(change.members());
    members.computeIfPresent(MODIFIED, (_, _) -> Json.write(time.toString()));
    return new ListingChange(
        change.kind(), change.system(), change.key(), change.listingId(), time, members);
  }

  /// What became of a listing.
  ///
  /// @param adopted it had been made by hand, and had that id already
  /// @param newest nothing that the event says is older than what was known
  public record Outcome(String listing, boolean adopted, boolean changed, boolean newest) {}

  /// Folds an event into its listing within a unit.
  ///
  /// @param adopt the listing made by hand that this event is about, as was found out when it was
  ///   published; null to find that out
  public static Outcome fold(
      Batch batch, String root, String office, Said said, @Nullable String adopt, boolean replay) {
    var known = known(batch, root, said);
    String id = known;
    boolean adopted = false;
    if (id == null) {
      var made = replay ? Optional.ofNullable(adopt) : byHand(batch.sql(), root, said);
      adopted = made.isPresent();
      id = made.orElse(said.newListing());
    }
    for (var key : said.keys()) {
      if (batch.find(ListingRecord.Key.TABLE, root, key) == null) {
        batch.put(ListingRecord.Key.TABLE, new ListingRecord.Key(root, key, id));
      }
    }
    var before = batch.find(ListingRecord.TABLE, id);
    var folded =
        (before == null ? ListingState.EMPTY : before.state())
            .after(said.change().members(), said.deleted(), said.stamp());
    boolean changed = before == null || !folded.changes().isEmpty();
    int version = (before == null ? 0 : before.version()) + (changed ? 1 : 0);
    long seq = before == null ? 0 : before.seq();
    if (changed) {
      seq = batch.append("listing.changed", id, said.id());
      batch.put(
          ListingRecord.Version.TABLE,
          new ListingRecord.Version(
              id, version, said.id(), said.topic(), said.published(), changes(folded.changes())));
    }
    batch.put(
        ListingRecord.TABLE,
        new ListingRecord(
            id,
            root,
            before == null ? office : before.officeId(),
            folded.state(),
            version,
            before == null ? said.published() : before.createdAt(),
            changed || before == null ? said.published() : before.updatedAt(),
            seq));
    names(batch, id, root, office, said);
    var members = folded.state().members();
    boolean newest =
        said.change().members().entrySet().stream()
            .allMatch(e -> {
              var member = members.get(e.getKey());
              return member != null
                  && (member.stamp().equals(said.stamp()) || member.json().equals(e.getValue()));
            });
    return new Outcome(id, adopted, changed, newest);
  }

  /// Folds an event whose body is to be kept no longer into what is kept of its listing instead.
  /// Only after all events before it.
  ///
  /// @param at the event's place in the log
  /// @return the listing
  public static Optional<String> age(Batch batch, String root, Said said, long at) {
    var key = batch.find(ListingRecord.Key.TABLE, root, said.keys().getFirst());
    var now = key == null ? null : batch.find(ListingRecord.TABLE, key.listingId());
    if (key == null || now == null) {
      return Optional.empty();
    }
    var before = batch.find(ListingRecord.BASE, key.listingId());
    var folded =
        (before == null ? ListingState.EMPTY : before.state())
            .after(said.change().members(), said.deleted(), said.stamp());
    boolean changed = before == null || !folded.changes().isEmpty();
    batch.put(
        ListingRecord.BASE,
        new ListingRecord(
            now.id(),
            root,
            now.officeId(),
            folded.state(),
            (before == null ? 0 : before.version()) + (changed ? 1 : 0),
            before == null ? said.published() : before.createdAt(),
            before == null || changed ? said.published() : before.updatedAt(),
            before == null || changed ? changedAt(batch, now.id(), said.id(), at) : before.seq()));
    return Optional.of(now.id());
  }

  /// The line of the log that told of a change: in the event's own unit.
  private static long changedAt(Batch batch, String listing, String event, long at) {
    return batch
        .sql()
        .createQuery(
            "SELECT MIN(seq) FROM log WHERE seq > :s AND seq <= :e AND kind = 'listing.changed'"
                + " AND subject = :l AND ref = :r")
        .bind("s", at)
        .bind("e", at + 1000)
        .bind("l", listing)
        .bind("r", event)
        .mapTo(Long.class)
        .findOne()
        .orElse(at);
  }

  /// For a rebuild: listings as the events left them whose bodies are no longer kept.
  public static List<ListingRecord> bases(Handle h, List<String> listings) {
    return listings.isEmpty()
        ? List.of()
        : h.createQuery(
                "SELECT "
                    + ListingRecord.BASE.columnList()
                    + " FROM listing_base WHERE listing_id IN (<l>)")
            .bindList("l", listings)
            .map((r, _) -> ListingRecord.BASE.read(new Row(r)))
            .list();
  }

  /// For a rebuild: a listing stands so.
  public static void restore(Batch batch, ListingRecord record) {
    batch.find(ListingRecord.TABLE, record.id());
    batch.put(ListingRecord.TABLE, record);
  }

  private static @Nullable String known(Batch batch, String root, Said said) {
    for (var value : said.keys()) {
      var key = batch.find(ListingRecord.Key.TABLE, root, value);
      if (key != null && (value.startsWith("key\n") || fits(batch, key.listingId(), said))) {
        return key.listingId();
      }
    }
    return null;
  }

  /// Whether a listing found by its publisher's number is not another one of another system.
  private static boolean fits(Batch batch, String listing, Said said) {
    if (said.change().system() == null || said.change().key() == null) {
      return true;
    }
    var record = batch.find(ListingRecord.TABLE, listing);
    return record == null
        || record.state().members().get("originatingSystemKey") == null
        || record.state().members().get("originatingSystemName") == null;
  }

  /// A listing that people have made, with the names that this event says.
  private static Optional<String> byHand(Handle h, String root, Said said) {
    var change = said.change();
    var found = Optional.<String>empty();
    if (change.system() != null && change.key() != null) {
      found =
          h.createQuery(
                  "SELECT id FROM listing WHERE mls_id = :i AND LOWER(mls_name) = :n AND root_id ="
                      + " :r")
              .bind("i", change.key())
              .bind("n", Listings.folded(change.system()))
              .bind("r", root)
              .mapTo(String.class)
              .findFirst();
    }
    return found;
  }

  /// Gives the listing's row the names that the event has and the row has not, where no other
  /// listing has them.
  private static void names(Batch batch, String id, String root, String office, Said said) {
    var there = batch.find(Listing.TABLE, id);
    var change = said.change();
    var url =
        Optional.ofNullable(change.members().get("url"))
            .map(Json::tree)
            .filter(n -> n.isString() && n.stringValue().length() <= 1024)
            .map(n -> n.stringValue())
            .orElse(null);
    var named =
        there == null
            ? new Listing(
                id, root, office, null, null, null, null, said.published(), said.published())
            : there;
    var system = change.system();
    if (named.mlsId() == null
        && system != null
        && change.key() != null
        && isFree(
            batch,
            root,
            id,
            "mls_id = :a AND LOWER(mls_name) = :b",
            change.key(),
            Listings.folded(system))) {
      named = named.named(system, change.key(), named.url());
    }
    if (named.url() == null && url != null && isFree(batch, root, id, "url = :a", url, null)) {
      named = named.named(named.mlsName(), named.mlsId(), url);
    }
    if (!named.equals(there)) {
      batch.put(Listing.TABLE, named);
    }
  }

  private static boolean isFree(
      Batch batch, String root, String id, String where, @Nullable String a, @Nullable String b) {
    var query =
        batch
            .sql()
            .createQuery("SELECT id FROM listing WHERE " + where + " AND root_id = :r")
            .bind("a", a)
            .bind("r", root);
    if (b != null) {
      query.bind("b", b);
    }
    return query.mapTo(String.class).findFirst().filter(other -> !other.equals(id)).isEmpty();
  }

  private static String changes(List<ListingState.Change> changes) {
    var json = Json.mapper().createArrayNode();
    for (var change : changes) {
      var one = json.addObject().put("member", change.member());
      if (change.from() != null) {
        one.set("from", kept(change.from()));
      }
      if (change.to() != null) {
        one.set("to", kept(change.to()));
      }
    }
    return json.toString();
  }

  /// A list of pictures may have a megabyte: of long lists it is kept how long they were.
  private static JsonNode kept(String json) {
    var tree = Json.tree(json);
    return json.length() > LONGEST_KEPT && tree.isArray()
        ? Json.mapper().getNodeFactory().numberNode(tree.size())
        : tree;
  }

  /// A listing before and after an event that changed it.
  ///
  /// @param before its members; null when it was not there, or gone
  /// @param after its members; null when it is gone
  public record Around(
      String root, @Nullable Map<String, String> before, @Nullable Map<String, String> after) {}

  /// What an event made of a listing: as it is now without what came later. Empty when it did not
  /// change it.
  public static Optional<Around> around(Handle h, String listing, String event) {
    var record = find(h, listing);
    if (record.isEmpty()) {
      return Optional.empty();
    }
    var versions =
        h.createQuery(
                "SELECT "
                    + ListingRecord.Version.TABLE.columnList()
                    + " FROM listing_version WHERE listing_id = :i AND version >="
                    + " (SELECT MAX(version) FROM listing_version WHERE listing_id = :i"
                    + " AND event_id = :e) ORDER BY version DESC")
            .bind("i", listing)
            .bind("e", event)
            .map((r, _) -> ListingRecord.Version.TABLE.read(new Row(r)))
            .list();
    if (versions.isEmpty()) {
      return Optional.empty();
    }
    var members = new TreeMap<>(record.get().state().values());
    boolean gone = record.get().state().isDeleted();
    for (var later : versions.subList(0, versions.size() - 1)) {
      gone = undo(later, members, gone);
    }
    var after = gone ? null : new TreeMap<>(members);
    var version = versions.getLast();
    gone = undo(version, members, gone);
    return Optional.of(
        new Around(record.get().rootId(), gone || version.version() == 1 ? null : members, after));
  }

  /// Takes a version's changes back; whether the listing was gone before it.
  private static boolean undo(
      ListingRecord.Version version, Map<String, String> members, boolean gone) {
    boolean before = gone;
    for (var change : Json.tree(version.changes())) {
      var member = change.path("member").asString();
      var from = change.get("from");
      if (member.equals("deleted")) {
        before = from != null && from.asBoolean();
      } else if (from == null) {
        members.remove(member);
      } else {
        members.put(member, from.toString());
      }
    }
    return before;
  }

  /// What events have said of a listing; empty where none has.
  public static Optional<ListingRecord> find(Handle h, String id) {
    return h.createQuery(
            "SELECT "
                + ListingRecord.TABLE.columnList()
                + " FROM listing_state WHERE listing_id = :i")
        .bind("i", id)
        .map((r, _) -> ListingRecord.TABLE.read(new Row(r)))
        .findFirst();
  }

  /// What an event changed of a listing.
  public static Optional<ListingRecord.Version> findVersion(Handle h, String id, String event) {
    return h.createQuery(
            "SELECT "
                + ListingRecord.Version.TABLE.columnList()
                + " FROM listing_version WHERE listing_id = :i AND event_id = :e")
        .bind("i", id)
        .bind("e", event)
        .map((r, _) -> ListingRecord.Version.TABLE.read(new Row(r)))
        .findFirst();
  }

  /// The last changes of a listing, newest first.
  public static List<ListingRecord.Version> versions(Handle h, String id, int limit) {
    return h.createQuery(
            "SELECT "
                + ListingRecord.Version.TABLE.columnList()
                + " FROM listing_version WHERE listing_id = :i ORDER BY version DESC LIMIT :l")
        .bind("i", id)
        .bind("l", limit)
        .map((r, _) -> ListingRecord.Version.TABLE.read(new Row(r)))
        .list();
  }
}
