package dev.porchlight.console.listings;

import dev.porchlight.access.Permission;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Section;
import dev.porchlight.console.Time;
import dev.porchlight.console.Tone;
import dev.porchlight.console.Visit;
import dev.porchlight.console.leads.StoryTeller;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.events.NumberedListings;
import dev.porchlight.listing.Listing;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.listing.ListingRecord;
import dev.porchlight.listing.Listings;
import dev.porchlight.listing.StandardFields;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// `/console/listings`: listings, newest first or by a name that senders give them, each with what
/// changed by which event.
public final class ListingSection implements Section {
  static final String PATH = "/console/listings";
  private static final int AT_ONCE = 50;
  private static final int VERSIONS = 50;
  private static final int LEADS = 20;
  private static final int LONGEST = 1024;

  private final Store store;
  private final Listings listings;
  private final Leads leads;
  private final StoryTeller teller;
  private final ListingNames names;

  public ListingSection(
      Store store, Listings listings, Leads leads, StoryTeller teller, Deeds deeds) {
    this.store = store;
    this.listings = listings;
    this.leads = leads;
    this.teller = teller;
    names = new ListingNames(listings, deeds);
  }

  record Row(
      String href,
      String name,
      String where,
      String price,
      List<Badge> standing,
      String office,
      Time at) {}

  record Listed(List<Row> rows, Pager pager, String query) {}

  record Change(String member, String from, String to) {}

  /// @param href of the event
  record Version(int number, Time at, String topic, String href, List<Change> changes) {}

  /// Leads that name it, and the way to more of them.
  record Tie(List<Tied> leads, Pager pager) {}

  record Tied(String href, String name, String wants, Time at) {}

  /// @param members what events say of it, by name
  /// @param mayName whether whoever looks may change its names
  record One(
      String path,
      String name,
      List<Badge> standing,
      List<Fact> names,
      List<Fact> fields,
      List<Fact> members,
      List<Version> versions,
      Tie tie,
      boolean mayName) {}

  @Override
  public String name() {
    return "listings";
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/listings", Permission.READ, this::list);
    paths.get("/listings/{id}", Permission.READ, this::show);
    paths.get("/listings/{id}/names", Permission.WORK, names::show);
    paths.post("/listings/{id}/names", Permission.WORK, names::save);
  }

  private Reply list(Visit visit) {
    var query = visit.query("q").filter(q -> q.length() <= LONGEST).orElse("");
    var before = visit.query("before").filter(b -> b.matches("[0-9]{26}")).orElse("");
    var found =
        query.isEmpty()
            ? listings.newest(visit.scope(), before, AT_ONCE + 1)
            : listings.named(visit.scope(), query, AT_ONCE);
    var shown = found.subList(0, Math.min(AT_ONCE, found.size()));
    return visit.page(
        "listings/list.jte",
        new Listed(
            shown.stream().map(l -> row(visit, l)).toList(),
            new Pager(
                before.isEmpty() ? "" : PATH,
                query.isEmpty() && found.size() > AT_ONCE
                    ? PATH + "?before=" + shown.getLast().id()
                    : ""),
            Clean.line(query)));
  }

  private Row row(Visit visit, Listing listing) {
    var record = record(listing.id());
    var fields = record.map(ListingSection::fields);
    return new Row(
        PATH + "/" + listing.id(),
        shown(listing),
        fields.map(ListingSection::where).orElse(""),
        fields.map(f -> price(visit, f)).orElse(""),
        standing(visit, record, fields),
        office(listing),
        visit.time(record.map(ListingRecord::updatedAt).orElse(listing.modifiedAt())));
  }

  private Optional<ListingRecord> record(String id) {
    return store.read(h -> ListingEvents.find(h, id));
  }

  private static JsonNode fields(ListingRecord record) {
    return StandardFields.json(record.state().values());
  }

  private static String where(JsonNode fields) {
    return Stream.of("UnparsedAddress", "StreetNumber", "StreetName", "City", "StateOrProvince")
        .map(n -> fields.path(n).asString(""))
        .filter(s -> !s.isEmpty())
        .map(Clean::line)
        .limit(4)
        .collect(Collectors.joining(" "));
  }

  private static String price(Visit visit, JsonNode fields) {
    var price = fields.path("ListPrice");
    return price.isNumber() ? visit.texts().number(price.decimalValue()) : "";
  }

  private static List<Badge> standing(
      Visit visit, Optional<ListingRecord> record, Optional<JsonNode> fields) {
    var badges = new ArrayList<Badge>();
    if (record.filter(r -> r.state().isDeleted()).isPresent()) {
      badges.add(new Badge(Tone.BAD, visit.texts().of("listing.deleted")));
    }
    fields
        .map(f -> f.path("StandardStatus").asString(""))
        .filter(s -> !s.isEmpty())
        .ifPresent(
            s -> badges.add(new Badge(s.equals("Active") ? Tone.GOOD : Tone.PLAIN, Clean.line(s))));
    return badges;
  }

  private String office(Listing listing) {
    return Clean.line(
        Nodes.in(store.settings()).find(listing.officeId()).map(Node::name).orElse(""));
  }

  /// Its number at its MLS, at the portal, where it is shown, or ours.
  public static String shown(Listing listing) {
    return Clean.line(
        listing.mlsId() != null
            ? listing.mlsName() + " " + listing.mlsId()
            : listing.classifiedId() != null
                ? listing.classifiedId()
                : listing.url() != null ? listing.url() : listing.id());
  }

  private Reply show(Visit visit) {
    return listings
        .find(visit.scope(), visit.path("id"))
        .<Reply>map(l -> visit.page("listings/one.jte", one(visit, l)))
        .orElseGet(visit::missing);
  }

  private One one(Visit visit, Listing listing) {
    var t = visit.texts();
    var record = record(listing.id());
    var fields = record.map(ListingSection::fields);
    var names = new ArrayList<Fact>();
    names.add(new Fact(t.of("listing.id"), listing.id()));
    names.add(new Fact(t.of("listing.office"), office(listing)));
    add(names, t.of("listing.mls"), listing.mlsName());
    add(names, t.of("listing.number"), listing.mlsId());
    add(names, t.of("listing.classified"), listing.classifiedId());
    if (listing.url() != null) {
      names.add(new Fact(t.of("listing.url"), Clean.line(listing.url()), Clean.web(listing.url())));
    }
    names.add(new Fact(t.of("listing.since"), visit.time(listing.createdAt()).exact()));
    return new One(
        PATH + "/" + listing.id(),
        shown(listing),
        standing(visit, record, fields),
        names,
        fields.map(ListingSection::facts).orElse(List.of()),
        record
            .map(r ->
                r.state().values().entrySet().stream()
                    .map(e -> new Fact(Clean.line(e.getKey()), Clean.line(e.getValue())))
                    .toList())
            .orElse(List.of()),
        store.read(h -> ListingEvents.versions(h, listing.id(), VERSIONS)).stream()
            .map(v -> version(visit, v))
            .toList(),
        tied(visit, listing),
        visit.may(Permission.WORK));
  }

  private static void add(List<Fact> facts, String label, @Nullable String value) {
    if (value != null) {
      facts.add(new Fact(label, Clean.line(value)));
    }
  }

  private static List<Fact> facts(JsonNode fields) {
    return fields.properties().stream()
        .map(e -> new Fact(Clean.line(e.getKey()), text(e.getValue())))
        .toList();
  }

  private static String text(JsonNode value) {
    if (value.isString()) {
      return Clean.line(value.stringValue());
    }
    return Clean.line(
        value.isNumber()
            ? plain(value.decimalValue())
            : value.isMissingNode() ? "" : value.toString());
  }

  /// Not written out where a stranger's exponent would make it endless.
  private static String plain(BigDecimal number) {
    return Math.abs((long) number.scale()) < 100 ? number.toPlainString() : number.toString();
  }

  private static Version version(Visit visit, ListingRecord.Version version) {
    return new Version(
        version.version(),
        visit.time(version.at()),
        Clean.line(version.topic()),
        "/console/events/" + version.event(),
        Json.tree(version.changes())
            .valueStream()
            .map(c ->
                new Change(
                    Clean.line(c.path("member").asString("")),
                    text(c.path("from")),
                    text(c.path("to"))))
            .toList());
  }

  private Tie tied(Visit visit, Listing listing) {
    long before =
        visit
            .query("before")
            .filter(b -> b.matches("[0-9]{1,18}"))
            .map(Long::parseLong)
            .orElse(Long.MAX_VALUE);
    var numbered = NumberedListings.leads(store, leads, visit.scope(), listing, before, LEADS);
    // What is older than all that was looked at comes with the next page, in its order.
    long end = numbered.next().orElse(0L);
    var found =
        Stream.concat(
                leads.listAbout(visit.scope(), listing, before, LEADS + 1).stream(),
                numbered.rows().stream())
            .filter(l -> l.seq() >= end)
            .distinct()
            .sorted(Comparator.comparing(LeadRecord::seq).reversed())
            .limit(LEADS + 1)
            .toList();
    var shown = found.subList(0, Math.min(LEADS, found.size()));
    var path = PATH + "/" + listing.id();
    var gists = teller.gists(visit.texts(), shown);
    return new Tie(
        shown.stream()
            .map(l -> {
              var gist = Objects.requireNonNull(gists.get(l.id()));
              return new Tied(
                  "/console/leads/" + l.id(), gist.name(), gist.wants(), visit.time(l.createdAt()));
            })
            .toList(),
        new Pager(
            before == Long.MAX_VALUE ? "" : path,
            (found.size() > LEADS ? Optional.of(shown.getLast().seq()) : numbered.next())
                .map(p -> path + "?before=" + p)
                .orElse("")));
  }
}
