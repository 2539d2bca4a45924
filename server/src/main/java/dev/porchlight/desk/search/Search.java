package dev.porchlight.desk.search;

import dev.porchlight.access.Permission;
import dev.porchlight.access.Principal;
import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.events.PublishedEvent;
import dev.porchlight.desk.events.PublishedEvents;
import dev.porchlight.desk.onward.Replay;
import dev.porchlight.desk.onward.Replays;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.FilterException;
import dev.porchlight.listing.Listings;
import dev.porchlight.person.Contact;
import dev.porchlight.person.ContactCatalogue;
import dev.porchlight.person.Contacts;
import dev.porchlight.person.Finding;
import dev.porchlight.person.Identity;
import dev.porchlight.person.Persons;
import dev.porchlight.person.VisiblePersons;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds everything that somebody may see by a name, an e-mail address, a phone number or an id.
/// Each kind is looked up by its indexes, none is walked through. May be shared by threads.
public final class Search {
  /// Characters of what is looked for; what is beyond is not.
  public static final int LONGEST = 200;

  private static final int OF_EACH = 10;
  private static final int LEADS_OF_EACH = 3;

  private static final Pattern ID = Pattern.compile("[0-9A-Za-z_-]{8,80}");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{26}");

  /// An id within what stands around it: the `Message-ID` of a mail, the URI of an event.
  private static final Pattern WITHIN =
      Pattern.compile("(?:.*[</])?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:@.*|>)?");

  private final Store store;
  private final Leads leads;
  private final Receipts receipts;
  private final Deliveries deliveries;
  private final Persons persons;
  private final Listings listings;
  private final VisiblePersons people;
  private final Contacts contacts;
  private final Replays replays;
  private final PublishedEvents events;

  public Search(
      Store store,
      Leads leads,
      Receipts receipts,
      Deliveries deliveries,
      Persons persons,
      Listings listings,
      Replays replays) {
    this.store = store;
    this.leads = leads;
    this.receipts = receipts;
    this.deliveries = deliveries;
    this.persons = persons;
    this.listings = listings;
    this.replays = replays;
    people = new VisiblePersons(store);
    contacts = new Contacts(store);
    events = new PublishedEvents(store);
  }

  /// What is found by those words by whoever acts; members and offices by who administers them.
  public Found find(Principal who, String words) {
    var query = words.replace("\0", "").strip();
    query = query.substring(0, Math.min(LONGEST, query.length()));
    if (query.isEmpty()) {
      return Found.NOTHING;
    }
    var scope = who.scope();
    var within = WITHIN.matcher(query);
    var id = within.matches() ? within.group(1) : query;
    Map<String, Contact> known = new LinkedHashMap<>();
    boolean tooLong = false;
    try {
      find(scope, query, known);
    } catch (StoreUnavailableException e) {
      if (!e.isTooLong()) {
        throw e;
      }
      tooLong = true;
    }
    return new Found(
        some(known.values().stream()),
        some(leads(scope, query, known.values())),
        some(receipts(scope, query)),
        some(deliveries(scope, id)),
        some(replays(scope, id)),
        some(events(scope, id)),
        listings.named(scope, query, OF_EACH),
        some(sources(scope, query)),
        some(endpoints(scope, query)),
        some(parties(scope, query)),
        who.permission().includes(Permission.ADMIN) ? some(nodes(scope, query)) : List.of(),
        tooLong);
  }

  private static <T> List<T> some(Stream<T> all) {
    return all.limit(OF_EACH).toList();
  }

  /// Adds what is found as it is found: what the indexes gave stays where the rest takes too long.
  private void find(Scope scope, String query, Map<String, Contact> found) {
    if (DIGITS.matcher(query).matches()) {
      persons.find(scope, query).ifPresent(c -> found.put(c.id(), c));
    } else if (Identity.isEmail(query)) {
      put(
          scope,
          found,
          people.list(scope, new VisiblePersons.Query(query, null, null, "", OF_EACH)));
      put(found, named(scope, Finding.filter("PrimaryEmail", query)));
    } else if (Finding.isPhone(query)) {
      numbers(query)
          .forEach(n ->
              put(
                  scope,
                  found,
                  people.list(scope, new VisiblePersons.Query(null, n, null, "", OF_EACH))));
      put(found, named(scope, Finding.filter("PrimaryPhoneNumber", query)));
    } else {
      put(scope, found, people.find(scope, query).stream().toList());
      put(found, contacts.beginning(owners(scope), query, OF_EACH));
    }
  }

  /// A number as it was typed, and with each country that a source assumes.
  private Set<String> numbers(String typed) {
    return Stream.concat(
            Stream.of("ZZ"), Sources.in(store.settings()).all().stream().map(Source::region))
        .distinct()
        .flatMap(region -> Stream.ofNullable(Identity.phone(typed, region)))
        .collect(Collectors.toSet());
  }

  private void put(Scope scope, Map<String, Contact> found, List<VisiblePersons.Person> people) {
    people.stream()
        .flatMap(p -> p.contacts().stream())
        .limit(OF_EACH)
        .forEach(k -> persons.find(scope, k.id()).ifPresent(c -> found.putIfAbsent(c.id(), c)));
  }

  private static void put(Map<String, Contact> found, List<Contacts.Listed> listed) {
    listed.forEach(l -> found.putIfAbsent(l.contact().id(), l.contact()));
  }

  private List<Contacts.Listed> named(Scope scope, String filter) {
    var owners = owners(scope);
    if (owners.isEmpty()) {
      return List.of();
    }
    try {
      return contacts
          .list(
              new Contacts.Wanted(
                  owners,
                  true,
                  Filter.parse(filter, ContactCatalogue.CATALOGUE, store.now()).expression(),
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

  private Set<String> owners(Scope scope) {
    return Finding.owners(scope, Nodes.in(store.settings()));
  }

  private Stream<LeadRecord> leads(Scope scope, String query, Collection<Contact> known) {
    var found = new LinkedHashMap<String, LeadRecord>();
    if (ID.matcher(query).matches()) {
      leads.find(scope, query).ifPresent(l -> found.put(l.id(), l));
    }
    leads(scope, query, null, OF_EACH).forEach(l -> found.putIfAbsent(l.id(), l));
    leads.listCalled(scope, query, OF_EACH).forEach(l -> found.putIfAbsent(l.id(), l));
    for (var contact : known) {
      if (found.size() >= OF_EACH) {
        break;
      }
      leads(scope, null, contact.id(), LEADS_OF_EACH).forEach(l -> found.putIfAbsent(l.id(), l));
    }
    return found.values().stream();
  }

  private List<LeadRecord> leads(
      Scope scope, @Nullable String external, @Nullable String contact, int most) {
    return leads.list(scope, new Leads.Query(null, external, contact, null, Long.MAX_VALUE, most));
  }

  private Stream<Receipt> receipts(Scope scope, String query) {
    return ID.matcher(query).matches()
        ? Stream.concat(
                receipts.find(scope, query).stream(), receipts.findOwed(scope, query).stream())
            .distinct()
        : Stream.empty();
  }

  /// Those of that id, and of the event of that `webhook-id`.
  private Stream<Deliveries.Standing> deliveries(Scope scope, String id) {
    return ID.matcher(id).matches()
        ? Stream.concat(
            deliveries.find(scope, id).stream(),
            deliveries.listOfEvent(scope, id, OF_EACH).stream())
        : Stream.empty();
  }

  private Stream<Replay> replays(Scope scope, String id) {
    return ID.matcher(id).matches()
        ? replays
            .find(id)
            .filter(
                r -> scope.everything() || replays.node(r).filter(n -> sees(scope, n)).isPresent())
            .stream()
        : Stream.empty();
  }

  private Stream<PublishedEvent> events(Scope scope, String id) {
    if (!ID.matcher(id).matches()) {
      return Stream.empty();
    }
    var seen = scope.everything() ? null : seenParties(scope).map(Party::id).toList();
    return events.find(seen, id).stream();
  }

  private boolean sees(Scope scope, String node) {
    return scope.containsNode(Nodes.in(store.settings()), node);
  }

  private Stream<Party> seenParties(Scope scope) {
    return Parties.in(store.settings()).all().stream().filter(p -> sees(scope, p.node()));
  }

  private Stream<Party> parties(Scope scope, String query) {
    return seenParties(scope).filter(p -> isMeant(query, p.id(), p.name()));
  }

  private Stream<Node> nodes(Scope scope, String query) {
    return Nodes.in(store.settings()).all().stream()
        .filter(n ->
            isMeant(query, n.id(), n.name())
                || n.email() != null && query.equalsIgnoreCase(n.email()))
        .filter(n -> sees(scope, n.id()));
  }

  private Stream<Source> sources(Scope scope, String query) {
    return meant(Sources.in(store.settings()).all(), query, Source::id, Source::name)
        .filter(s -> sees(scope, s.node()));
  }

  private Stream<Endpoint> endpoints(Scope scope, String query) {
    return meant(Endpoints.in(store.settings()).all(), query, Endpoint::id, Endpoint::name)
        .filter(e -> sees(scope, e.node()));
  }

  private static <T> Stream<T> meant(
      Collection<T> all, String query, Function<T, String> id, Function<T, String> name) {
    return all.stream().filter(t -> isMeant(query, id.apply(t), name.apply(t)));
  }

  private static boolean isMeant(String query, String id, String name) {
    return id.equals(query)
        || name.toLowerCase(Locale.ROOT).contains(query.toLowerCase(Locale.ROOT));
  }
}
