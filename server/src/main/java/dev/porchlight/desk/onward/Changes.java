package dev.porchlight.desk.onward;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Event;
import dev.porchlight.delivery.EventCatalogue;
import dev.porchlight.delivery.Terms;
import dev.porchlight.desk.EventFields;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.Tables;
import dev.porchlight.filter.Value;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.listing.ListingRecord;
import dev.porchlight.listing.Listings;
import dev.porchlight.listing.StandardFields;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Settings;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// Which events for endpoints a line of the log tells of, beside those of leads as they come: that
/// somebody else answers a lead, and what becomes of contacts and of listings.
///
/// A line says that something changed; who and where it is about is as it stands when the line is
/// looked at, as what is sent is as it stands then. The ids of these events are functions of their
/// line, so whoever looks at it, and when, they are the same.
public final class Changes {
  /// The kinds of event; only those get them who name them, or their family.
  public static final Set<String> KINDS =
      Set.of(
          Endpoint.ASSIGNED,
          "contact.created",
          "contact.updated",
          "contact.deleted",
          "contact.erased",
          "listing.created",
          "listing.updated",
          "listing.deleted");

  /// The kinds of line that tell of them.
  static final Set<String> LINES =
      Set.of(
          "contact.created",
          "contact.added",
          "contact.edited",
          "contact.transferred",
          "contact.deleted",
          "person.erased",
          "lead.created",
          "lead.updated",
          "listing.changed",
          "listing.set",
          "listing.removed");

  /// So many leads of a contact are told of when somebody else answers them, the newest first.
  private static final int MOST_LEADS = 1000;

  /// One event.
  ///
  /// @param event at its line's place in the log
  record Change(Event event, Draw draw) {}

  /// Where a contact came from first.
  private record Origin(String source, boolean test) {
    static final Origin NONE = new Origin("", false);
  }

  private Changes() {}

  /// Whether an endpoint asks for any.
  static boolean areAskedForBy(Endpoint endpoint) {
    return KINDS.stream().anyMatch(endpoint::names);
  }

  /// The events that a line tells of; none for what has been erased since.
  static List<Change> in(Handle h, Settings settings, LogEntry line) {
    return switch (line.kind()) {
      case "contact.created", "contact.added" -> contact(h, settings, line, "contact.created");
      case "contact.edited", "contact.transferred" ->
          Stream.concat(
                  contact(h, settings, line, "contact.updated").stream(),
                  assigned(h, settings, line).stream())
              .toList();
      case "contact.deleted" ->
          Persons.findAny(h, line.subject())
              .filter(c -> !isErased(h, c))
              .map(c -> change(h, settings, line, c, "contact.deleted"))
              .stream()
              .toList();
      case "person.erased" ->
          Persons.listAnyOf(h, line.subject()).stream()
              .map(c -> change(h, settings, line, c, "contact.erased"))
              .toList();
      case "lead.created", "lead.updated" -> enriched(h, settings, line);
      case "listing.changed" -> changed(h, settings, line);
      case "listing.set" -> set(h, settings, line);
      case "listing.removed" ->
          List.of(listing(settings, line, "listing.deleted", 0, line.ref(), _ -> Value.UNSET));
      default -> List.of();
    };
  }

  private static boolean isErased(Handle h, Contact contact) {
    return Persons.isErased(h, contact.personId());
  }

  /// Whether an event must not be told of any more, within the unit that plans it.
  static boolean isOver(Batch batch, Event event) {
    if (event.kind().startsWith("lead.")) {
      var lead = batch.find(Tables.LEAD, event.leadId());
      return lead == null || lead.erasedAt() != null;
    }
    if (!event.kind().startsWith("contact.") || event.kind().equals("contact.erased")) {
      return false;
    }
    var contact = Persons.findAny(batch.sql(), event.leadId());
    return contact.isEmpty() || isErased(batch.sql(), contact.get());
  }

  private static List<Change> contact(Handle h, Settings settings, LogEntry line, String kind) {
    return Persons.findAny(h, line.subject())
        .filter(c -> c.deletedAt() == null)
        .map(c -> change(h, settings, line, c, kind))
        .stream()
        .toList();
  }

  private static Draw draw(LogEntry line, String family, String subject) {
    return new Draw(
        line.at(),
        Draw.named("change", family, Long.toString(line.seq()), subject).replace("-", ""),
        0);
  }

  private static Change change(
      Handle h, Settings settings, LogEntry line, Contact contact, String kind) {
    var origin = origin(h, contact.id());
    var draw = draw(line, "contact", contact.id());
    var event =
        new Event(
            "evt_" + draw.uuid("event"),
            kind,
            line.at(),
            line.seq(),
            contact.id(),
            0,
            contact.officeId(),
            origin.source(),
            origin.test(),
            contact.id(),
            contact.ownerId(),
            fields(
                settings,
                line,
                kind,
                origin,
                contact.officeId(),
                contact.ownerId(),
                _ -> Value.UNSET));
    return new Change(event, draw);
  }

  private static Origin origin(Handle h, String contact) {
    return h.createQuery(
            "SELECT source_id, test FROM lead WHERE contact_id = :c ORDER BY seq LIMIT 1")
        .bind("c", contact)
        .map((r, _) -> new Origin(r.getString(1), r.getBoolean(2)))
        .findOne()
        .orElse(Origin.NONE);
  }

  /// What filters ask of an event that is no lead's.
  ///
  /// @param more what the subject itself says, by the names of [EventCatalogue]
  private static Function<String, Value> fields(
      Settings settings,
      LogEntry line,
      String kind,
      Origin origin,
      String office,
      String owner,
      Function<String, Value> more) {
    var source = Sources.in(settings).find(origin.source());
    return name ->
        switch (EventCatalogue.of(name)) {
          case KIND -> Value.text(kind);
          case TEST -> Value.flag(origin.test());
          case SOURCE_ID -> Value.text(origin.source().isEmpty() ? null : origin.source());
          case SOURCE_NAME -> Value.text(source.map(Source::name).orElse(null));
          case SOURCE_CONTRACT -> Value.text(source.map(Source::contract).orElse(null));
          case OFFICE_ID -> Value.text(office);
          case OFFICE_NAME ->
              Value.text(Nodes.in(settings).find(office).map(Node::name).orElse(null));
          case OWNER_ID -> Value.text(owner.isEmpty() ? null : owner);
          case RECEIVED -> Value.moment(line.at());
          case null, default -> more.apply(name);
        };
  }

  /// A line that gave the contact to whoever has it now tells of all its leads.
  private static List<Change> assigned(Handle h, Settings settings, LogEntry line) {
    var contact =
        Persons.findAny(h, line.subject())
            .filter(c -> c.deletedAt() == null && c.ownedSeq() == line.seq());
    if (contact.isEmpty()) {
      return List.of();
    }
    var owner = contact.get().ownerId();
    var leads =
        h.createQuery(
                "SELECT "
                    + Tables.LEAD.columnList()
                    + " FROM lead WHERE contact_id = :c AND erased_at IS NULL"
                    + " ORDER BY seq DESC LIMIT "
                    + MOST_LEADS)
            .bind("c", contact.get().id())
            .map((r, _) -> Tables.LEAD.read(new Row(r)))
            .list();
    var all = new ArrayList<Change>();
    for (var lead : leads.reversed()) {
      assigned(h, settings, line, lead, owner).ifPresent(all::add);
    }
    return all;
  }

  private static Optional<Change> assigned(
      Handle h, Settings settings, LogEntry line, LeadRecord lead, String owner) {
    var source = Sources.in(settings).find(lead.sourceId());
    var fact =
        h.createQuery("SELECT fact FROM lead_version WHERE lead_id = :l AND version = :v")
            .bind("l", lead.id())
            .bind("v", lead.version())
            .mapTo(String.class)
            .findOne();
    if (source.isEmpty() || fact.isEmpty()) {
      return Optional.empty();
    }
    var draw = draw(line, "lead", lead.id());
    var fields =
        new EventFields(
            Nodes.in(settings),
            source.get(),
            lead,
            LeadJson.find(fact.get()).orElse(Lead.NOTHING),
            Endpoint.ASSIGNED,
            owner,
            line.at());
    return Optional.of(
        new Change(
            new Event(
                "evt_" + draw.uuid("event"),
                Endpoint.ASSIGNED,
                line.at(),
                line.seq(),
                lead.id(),
                lead.version(),
                lead.officeId(),
                lead.sourceId(),
                lead.test(),
                lead.contactId(),
                owner,
                fields),
            draw));
  }

  /// A lead adds to a contact that was there before it. Where more was added since, a later line
  /// tells of that.
  private static List<Change> enriched(Handle h, Settings settings, LogEntry line) {
    var receipt =
        h.createQuery("SELECT " + Tables.RECEIPT.columnList() + " FROM receipt WHERE id = :id")
            .bind("id", line.ref())
            .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
            .findOne();
    var contact =
        h.createQuery("SELECT contact_id FROM lead WHERE id = :l")
            .bind("l", line.subject())
            .mapTo(String.class)
            .findOne()
            .flatMap(id -> Persons.findAny(h, id));
    return receipt.isPresent()
            && contact.isPresent()
            && contact.get().deletedAt() == null
            && contact.get().seq() < receipt.get().settledSeq()
            && contact.get().modifiedAt().equals(receipt.get().draw().at())
        ? List.of(change(h, settings, line, contact.get(), "contact.updated"))
        : List.of();
  }

  private static List<Change> changed(Handle h, Settings settings, LogEntry line) {
    var record = ListingEvents.find(h, line.subject());
    var version = ListingEvents.findVersion(h, line.subject(), line.ref());
    if (record.isEmpty() || version.isEmpty()) {
      return List.of();
    }
    var kind =
        version.get().isDeletion()
            ? "listing.deleted"
            : version.get().version() == 1 ? "listing.created" : "listing.updated";
    return List.of(
        listing(
            settings,
            line,
            kind,
            version.get().version(),
            record.get().officeId(),
            members(record.get())));
  }

  /// A listing that is set by hand; where an event did it, its own line before tells of it.
  private static List<Change> set(Handle h, Settings settings, LogEntry line) {
    boolean byEvent =
        h.createQuery(
                "SELECT 1 FROM log WHERE seq = :s AND kind = 'listing.changed' AND subject = :i")
            .bind("s", line.seq() - 1)
            .bind("i", line.subject())
            .mapTo(Integer.class)
            .findOne()
            .isPresent();
    var listing = Listings.find(h, line.subject());
    if (byEvent || listing.isEmpty()) {
      return List.of();
    }
    var kind =
        listing.get().createdAt().equals(listing.get().modifiedAt())
            ? "listing.created"
            : "listing.updated";
    var members =
        ListingEvents.find(h, line.subject()).map(Changes::members).orElse(_ -> Value.UNSET);
    return List.of(listing(settings, line, kind, 0, listing.get().officeId(), members));
  }

  private static Change listing(
      Settings settings,
      LogEntry line,
      String kind,
      int version,
      String office,
      Function<String, Value> members) {
    var draw = draw(line, "listing", line.subject());
    var event =
        new Event(
            "evt_" + draw.uuid("event"),
            kind,
            line.at(),
            line.seq(),
            line.subject(),
            version,
            office,
            "",
            false,
            Terms.LISTING + line.subject(),
            "",
            fields(settings, line, kind, Origin.NONE, office, "", members));
    return new Change(event, draw);
  }

  /// The fields of listings that have a name among those of events.
  private static Function<String, Value> members(ListingRecord record) {
    var row = StandardFields.row(record.state().values());
    return name ->
        switch (EventCatalogue.of(name)) {
          case VERSION -> new Value.Whole(record.version());
          case CITY, POSTAL_CODE, PROPERTY_TYPE, LIST_PRICE -> row.apply(name);
          case STATE -> row.apply("StateOrProvince");
          case MLS_ID -> row.apply("ListingId");
          case MLS_NAME -> row.apply("OriginatingSystemName");
          case LISTING_STATUS -> row.apply("MlsStatus");
          case CURRENCY -> row.apply("ListPriceCurrency");
          case BEDS -> row.apply("BedsTotal");
          case SQUARE_FEET -> row.apply("LivingArea");
          case null, default -> Value.UNSET;
        };
  }

  /// All kinds of line, as SQL lists them.
  static String linesInSql() {
    return LINES.stream().sorted().collect(Collectors.joining("', '", "'", "'"));
  }
}
