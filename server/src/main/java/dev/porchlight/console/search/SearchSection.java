package dev.porchlight.console.search;

import dev.porchlight.access.Permission;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Section;
import dev.porchlight.console.Visit;
import dev.porchlight.console.leads.StoryTeller;
import dev.porchlight.console.listings.ListingSection;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.search.Search;
import dev.porchlight.person.Contact;
import dev.porchlight.store.Store;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `/console/search`: everything that somebody may see, by a name, an e-mail address, a phone
/// number or an id.
public final class SearchSection implements Section {
  private final Store store;
  private final StoryTeller teller;
  private final Search search;

  public SearchSection(Store store, StoryTeller teller, Search search) {
    this.store = store;
    this.teller = teller;
    this.search = search;
  }

  record Hit(String href, String name, String note) {}

  record Group(String name, String title, List<Hit> hits) {}

  /// @param note what could not be looked for; empty else
  record View(String query, List<Group> groups, String note) {}

  @Override
  public String name() {
    return "search";
  }

  @Override
  public boolean isInNavigation() {
    return false;
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/search", Permission.READ, this::answer);
  }

  private Reply answer(Visit visit) {
    var t = visit.texts();
    var query =
        visit.query("q").map(q -> q.substring(0, Math.min(Search.LONGEST, q.length()))).orElse("");
    var found = search.find(visit.principal(), query);
    found.contacts().forEach(c -> visit.shows("/contacts/{id}", c.id()));
    found.leads().forEach(l -> visit.shows("/leads/{id}", l.id()));
    var groups = new ArrayList<Group>();
    add(visit, groups, "contacts", found.contacts().stream().map(c -> hit(visit, c)));
    add(visit, groups, "leads", leads(visit, found.leads()));
    add(
        visit,
        groups,
        "receipts",
        found.receipts().stream()
            .map(r ->
                new Hit("/console/receipts/" + r.id(), r.id(), visit.time(r.at()).relative())));
    add(
        visit,
        groups,
        "deliveries",
        found.deliveries().stream()
            .map(d ->
                new Hit(
                    "/console/deliveries/" + d.delivery().id(),
                    Clean.line(d.delivery().kind()),
                    joined(
                        t.of("delivery.state." + d.state().state().word()),
                        visit.time(d.delivery().plannedAt()).relative()))));
    add(
        visit,
        groups,
        "replays",
        found.replays().stream().map(r -> new Hit("/console/replays/" + r.id(), r.id(), "")));
    add(
        visit,
        groups,
        "events",
        found.events().stream()
            .map(e -> new Hit("/console/events/" + e.id(), Clean.line(e.topic()), e.id())));
    add(
        visit,
        groups,
        "listings",
        found.listings().stream()
            .map(l ->
                new Hit(
                    "/console/listings/" + l.id(), ListingSection.shown(l), Clean.line(l.url()))));
    add(
        visit,
        groups,
        "sources",
        found.sources().stream()
            .map(s -> new Hit("/console/sources/" + s.id(), Clean.line(s.name()), s.contract())));
    add(
        visit,
        groups,
        "endpoints",
        found.endpoints().stream()
            .map(e -> new Hit("/console/endpoints/" + e.id(), Clean.line(e.name()), e.contract())));
    add(
        visit,
        groups,
        "parties",
        found.parties().stream()
            .map(p -> new Hit("/console/events/parties/" + p.id(), Clean.line(p.name()), p.id())));
    add(
        visit,
        groups,
        "members",
        found.nodes().stream()
            .map(n ->
                new Hit(
                    "/console/settings/nodes/" + n.id(),
                    Clean.line(n.name()),
                    n.email() == null ? "" : Clean.line(n.email()))));
    return visit.page(
        "search/found.jte",
        new View(Clean.line(query), groups, found.tooLong() ? t.of("search.long") : ""));
  }

  private static void add(Visit visit, List<Group> groups, String name, Stream<Hit> found) {
    var hits = found.toList();
    if (!hits.isEmpty()) {
      var t = visit.texts();
      var title = t.has("nav." + name) ? t.of("nav." + name) : t.of("search." + name);
      groups.add(new Group(name, title, hits));
    }
  }

  private Hit hit(Visit visit, Contact contact) {
    var body = contact.body();
    return new Hit(
        "/console/contacts/" + contact.id(),
        Clean.line(body.shownName()),
        joined(
            body.primaryEmail().orElse(""),
            body.primaryPhone().orElse(""),
            visit
                .texts()
                .of(
                    "search.owner",
                    Nodes.in(store.settings())
                        .find(contact.ownerId())
                        .map(Node::name)
                        .orElse(""))));
  }

  private Stream<Hit> leads(Visit visit, List<LeadRecord> found) {
    var sources = Sources.in(store.settings());
    var gists = teller.gists(visit.texts(), found);
    return found.stream()
        .map(l -> {
          var gist = Objects.requireNonNull(gists.get(l.id()));
          return new Hit(
              "/console/leads/" + l.id(),
              gist.name(),
              joined(
                  gist.wants(),
                  sources.find(l.sourceId()).map(Source::name).orElse(""),
                  visit.time(l.createdAt()).relative()));
        });
  }

  private static String joined(String... parts) {
    return Stream.of(parts)
        .filter(p -> !p.isBlank())
        .map(Clean::line)
        .collect(Collectors.joining(" · "));
  }
}
