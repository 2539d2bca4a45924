package dev.porchlight.console.search;

import dev.porchlight.access.Permission;
import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Finding;
import dev.porchlight.console.Section;
import dev.porchlight.console.Visit;
import dev.porchlight.console.leads.StoryTeller;
import dev.porchlight.console.listings.ListingSection;
import dev.porchlight.console.replays.ReplaySection;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.events.PublishedEvents;
import dev.porchlight.desk.onward.Replays;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.FilterException;
import dev.porchlight.listing.Listings;
import dev.porchlight.person.Contact;
import dev.porchlight.person.ContactCatalogue;
import dev.porchlight.person.Contacts;
import dev.porchlight.person.Identity;
import dev.porchlight.person.Persons;
import dev.porchlight.person.VisiblePersons;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `/console/search`: everything that somebody may see, by a name, an e-mail address, a phone
/// number or an id. Each kind is looked up by its indexes, none is walked through.
public final class SearchSection implements Section {
  private static final int LONGEST = 200;
  private static final int OF_EACH = 10;
  private static final int LEADS_OF_EACH = 3;

  private static final Pattern ID = Pattern.compile("[0-9A-Za-z_-]{8,80}");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{26}");

  /// An id within what stands around it: the `Message-ID` of a mail, the URI of an event.
  private static final Pattern WITHIN =
      Pattern.compile("(?:.*[</])?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:@.*|>)?");

  private final Store store;
  private final StoryTeller teller;
  private final Leads leads;
  private final Receipts receipts;
  private final Deliveries deliveries;
  private final Persons persons;
  private final Listings listings;
  private final VisiblePersons people;
  private final Contacts contacts;
  private final Replays replays;
  private final PublishedEvents events;

  public SearchSection(
      Store store,
      StoryTeller teller,
      Leads leads,
      Receipts receipts,
      Deliveries deliveries,
      Persons persons,
      Listings listings,
      Replays replays) {
    this.store = store;
    this.replays = replays;
    events = new PublishedEvents(store);
    this.teller = teller;
    this.leads = leads;
    this.receipts = receipts;
    this.deliveries = deliveries;
    this.persons = persons;
    this.listings = listings;
    people = new VisiblePersons(store);
    contacts = new Contacts(store);
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
    var query = visit.query("q").map(q -> q.substring(0, Math.min(LONGEST, q.length()))).orElse("");
    var groups = new ArrayList<Group>();
    var note = "";
    if (!query.isEmpty()) {
      var within = WITHIN.matcher(query);
      var id = within.matches() ? within.group(1) : query;
      Map<String, Contact> known = new LinkedHashMap<>();
      try {
        known.putAll(contacts(visit, query));
      } catch (StoreUnavailableException e) {
        if (!e.isTooLong()) {
          throw e;
        }
        note = visit.texts().of("search.long");
      }
      add(visit, groups, "contacts", known.values().stream().map(c -> hit(visit, c)));
      add(visit, groups, "leads", leads(visit, query, known.values()));
      add(visit, groups, "receipts", receipt(visit, query));
      add(visit, groups, "deliveries", deliveries(visit, id));
      add(visit, groups, "replays", replay(visit, id).stream());
      add(visit, groups, "events", event(visit, id).stream());
      add(
          visit,
          groups,
          "listings",
          listings.named(visit.scope(), query, OF_EACH).stream()
              .map(l ->
                  new Hit(
                      "/console/listings/" + l.id(),
                      ListingSection.shown(l),
                      Clean.line(l.url()))));
      add(visit, groups, "sources", sources(visit, query));
      add(visit, groups, "endpoints", endpoints(visit, query));
      add(visit, groups, "parties", parties(visit, query));
      add(visit, groups, "members", nodes(visit, query));
    }
    return visit.page("search/found.jte", new View(Clean.line(query), groups, note));
  }

  private static void add(Visit visit, List<Group> groups, String name, Stream<Hit> found) {
    var hits = found.limit(OF_EACH).toList();
    if (!hits.isEmpty()) {
      var t = visit.texts();
      var title = t.has("nav." + name) ? t.of("nav." + name) : t.of("search." + name);
      groups.add(new Group(name, title, hits));
    }
  }

  private Map<String, Contact> contacts(Visit visit, String query) {
    var found = new LinkedHashMap<String, Contact>();
    if (DIGITS.matcher(query).matches()) {
      persons.find(visit.scope(), query).ifPresent(c -> found.put(c.id(), c));
    } else if (Identity.isEmail(query)) {
      put(visit, found, people(visit, new VisiblePersons.Query(query, null, null, "", OF_EACH)));
      put(found, named(visit, Finding.filter("PrimaryEmail", query)));
    } else if (Finding.isPhone(query)) {
      numbers(query)
          .forEach(n ->
              put(
                  visit,
                  found,
                  people(visit, new VisiblePersons.Query(null, n, null, "", OF_EACH))));
      put(found, named(visit, Finding.filter("PrimaryPhoneNumber", query)));
    } else {
      put(visit, found, people.find(visit.scope(), query).stream().toList());
      put(found, contacts.beginning(owners(visit), query, OF_EACH));
    }
    return found;
  }

  /// A number as it was typed, and with each country that a source assumes.
  private Set<String> numbers(String typed) {
    return Stream.concat(
            Stream.of("ZZ"), Sources.in(store.settings()).all().stream().map(Source::region))
        .distinct()
        .flatMap(region -> Stream.ofNullable(Identity.phone(typed, region)))
        .collect(Collectors.toSet());
  }

  private List<VisiblePersons.Person> people(Visit visit, VisiblePersons.Query query) {
    return people.list(visit.scope(), query);
  }

  private void put(Visit visit, Map<String, Contact> found, List<VisiblePersons.Person> people) {
    people.stream()
        .flatMap(p -> p.contacts().stream())
        .limit(OF_EACH)
        .forEach(
            k -> persons.find(visit.scope(), k.id()).ifPresent(c -> found.putIfAbsent(c.id(), c)));
  }

  private static void put(Map<String, Contact> found, List<Contacts.Listed> listed) {
    listed.forEach(l -> found.putIfAbsent(l.contact().id(), l.contact()));
  }

  private List<Contacts.Listed> named(Visit visit, String filter) {
    var owners = owners(visit);
    if (owners.isEmpty()) {
      return List.of();
    }
    try {
      return contacts
          .list(
              new Contacts.Wanted(
                  owners,
                  true,
                  Filter.parse(filter, ContactCatalogue.CATALOGUE, visit.now()).expression(),
                  null,
                  List.of(),
                  new Contacts.Page.At(0, OF_EACH),
                  false))
          .contacts();
    } catch (FilterException _) {
      // What was typed has characters that no name has.
      return List.of();
    }
  }

  private Set<String> owners(Visit visit) {
    return Finding.owners(visit.scope(), Nodes.in(store.settings()));
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

  private Stream<Hit> leads(Visit visit, String query, Collection<Contact> known) {
    var found = new LinkedHashMap<String, LeadRecord>();
    if (ID.matcher(query).matches()) {
      leads.find(visit.scope(), query).ifPresent(l -> found.put(l.id(), l));
    }
    leads(visit, query, null, OF_EACH).forEach(l -> found.putIfAbsent(l.id(), l));
    leads.listCalled(visit.scope(), query, OF_EACH).forEach(l -> found.putIfAbsent(l.id(), l));
    for (var contact : known) {
      if (found.size() >= OF_EACH) {
        break;
      }
      leads(visit, null, contact.id(), LEADS_OF_EACH).forEach(l -> found.putIfAbsent(l.id(), l));
    }
    var sources = Sources.in(store.settings());
    var gists = teller.gists(visit.texts(), List.copyOf(found.values()));
    return found.values().stream()
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

  private List<LeadRecord> leads(
      Visit visit, @Nullable String external, @Nullable String contact, int most) {
    return leads.list(
        visit.scope(), new Leads.Query(null, external, contact, null, Long.MAX_VALUE, most));
  }

  private Stream<Hit> receipt(Visit visit, String query) {
    if (!ID.matcher(query).matches()) {
      return Stream.empty();
    }
    return Stream.concat(
            receipts.find(visit.scope(), query).stream(),
            receipts.findOwed(visit.scope(), query).stream())
        .distinct()
        .map(r -> new Hit("/console/receipts/" + r.id(), r.id(), visit.time(r.at()).relative()));
  }

  /// Those of that id, and of the event of that `webhook-id`.
  private Stream<Hit> deliveries(Visit visit, String id) {
    if (!ID.matcher(id).matches()) {
      return Stream.empty();
    }
    return Stream.concat(
            deliveries.find(visit.scope(), id).stream(),
            deliveries.listOfEvent(visit.scope(), id, OF_EACH).stream())
        .map(d ->
            new Hit(
                "/console/deliveries/" + d.delivery().id(),
                Clean.line(d.delivery().kind()),
                joined(
                    visit.texts().of("delivery.state." + d.state().state().word()),
                    visit.time(d.delivery().plannedAt()).relative())));
  }

  private Optional<Hit> replay(Visit visit, String id) {
    return ID.matcher(id).matches()
        ? replays
            .find(id)
            .filter(r -> ReplaySection.sees(visit, store, replays, r))
            .map(r -> new Hit("/console/replays/" + r.id(), r.id(), ""))
        : Optional.empty();
  }

  private Optional<Hit> event(Visit visit, String id) {
    if (!ID.matcher(id).matches()) {
      return Optional.empty();
    }
    var seen = visit.scope().everything() ? null : seenParties(visit).map(Party::id).toList();
    return events
        .find(seen, id)
        .map(e -> new Hit("/console/events/" + e.id(), Clean.line(e.topic()), e.id()));
  }

  private Stream<Party> seenParties(Visit visit) {
    var nodes = Nodes.in(store.settings());
    return Parties.in(store.settings()).all().stream()
        .filter(p -> visit.scope().containsNode(nodes, p.node()));
  }

  private Stream<Hit> parties(Visit visit, String query) {
    return seenParties(visit)
        .filter(p -> isMeant(query, p.id(), p.name()))
        .map(p -> new Hit("/console/events/parties/" + p.id(), Clean.line(p.name()), p.id()));
  }

  /// Members, teams, offices and what is above, for those who administer them.
  private Stream<Hit> nodes(Visit visit, String query) {
    var nodes = Nodes.in(store.settings());
    return visit.may(Permission.ADMIN)
        ? nodes.all().stream()
            .filter(n ->
                isMeant(query, n.id(), n.name())
                    || n.email() != null && query.equalsIgnoreCase(n.email()))
            .filter(n -> visit.scope().containsNode(nodes, n.id()))
            .map(n ->
                new Hit(
                    "/console/settings/nodes/" + n.id(),
                    Clean.line(n.name()),
                    n.email() == null ? "" : Clean.line(n.email())))
        : Stream.empty();
  }

  private Stream<Hit> sources(Visit visit, String query) {
    var nodes = Nodes.in(store.settings());
    return Sources.in(store.settings()).all().stream()
        .filter(s -> visit.scope().containsNode(nodes, s.node()))
        .filter(s -> isMeant(query, s.id(), s.name()))
        .map(s -> new Hit("/console/sources/" + s.id(), Clean.line(s.name()), s.contract()));
  }

  private Stream<Hit> endpoints(Visit visit, String query) {
    var nodes = Nodes.in(store.settings());
    Function<Endpoint, Hit> hit =
        e -> new Hit("/console/endpoints/" + e.id(), Clean.line(e.name()), e.contract());
    return Endpoints.in(store.settings()).all().stream()
        .filter(e -> visit.scope().containsNode(nodes, e.node()))
        .filter(e -> isMeant(query, e.id(), e.name()))
        .map(hit);
  }

  private static boolean isMeant(String query, String id, String name) {
    return id.equals(query)
        || name.toLowerCase(Locale.ROOT).contains(query.toLowerCase(Locale.ROOT));
  }

  private static String joined(String... parts) {
    return Stream.of(parts)
        .filter(p -> !p.isBlank())
        .map(Clean::line)
        .collect(Collectors.joining(" · "));
  }
}
