package dev.porchlight.console.contacts;

import dev.porchlight.access.Permission;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Tone;
import dev.porchlight.console.Visit;
import dev.porchlight.console.contacts.ContactView.Beside;
import dev.porchlight.console.contacts.ContactView.Choice;
import dev.porchlight.console.contacts.ContactView.Happened;
import dev.porchlight.console.contacts.ContactView.LeadLine;
import dev.porchlight.console.contacts.ContactView.More;
import dev.porchlight.console.contacts.ContactView.Note;
import dev.porchlight.console.contacts.ContactView.Said;
import dev.porchlight.console.contacts.ContactView.Search;
import dev.porchlight.console.contacts.ContactView.Told;
import dev.porchlight.console.contacts.ContactView.Twin;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.person.Comment;
import dev.porchlight.person.Consents;
import dev.porchlight.person.Contact;
import dev.porchlight.person.ContactBody;
import dev.porchlight.person.ContactDetail;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.Persons;
import dev.porchlight.person.VisiblePersons;
import dev.porchlight.store.Store;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.value.PhoneNumber;
import dev.porchlight.watch.FeedEvents;
import dev.porchlight.watch.Happening;
import dev.porchlight.watch.NewsFeed;
import dev.porchlight.watch.SavedSearch;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Puts the page of a contact together. May be shared by threads.
final class ContactTeller {
  private static final int MOST_LEADS = 50;

  /// Of how many leads, the newest, it is told what they said.
  private static final int MOST_SAID = 20;

  private static final int MOST_NOTES = 50;
  private static final int MOST_SEARCHES = 50;
  private static final int MOST_TWINS = 10;

  /// In how many feeds, the newest, it is looked for what happened.
  private static final int MOST_FEEDS = 1_000;

  private static final int MOST_HAPPENED = 20;
  private static final int LONGEST = 10_000;

  private final Store store;
  private final Leads leads;
  private final Persons persons;
  private final VisiblePersons people;
  private final FeedEvents events;

  ContactTeller(Store store, Leads leads, Persons persons) {
    this.store = store;
    this.leads = leads;
    this.persons = persons;
    people = new VisiblePersons(store);
    events = new FeedEvents(store);
  }

  /// A lead, and what it says.
  private record Stated(LeadRecord record, Optional<Lead> lead) {}

  ContactView tell(Visit visit, Contact contact, Form form, String trouble) {
    var t = visit.texts();
    var body = contact.body();
    var nodes = Nodes.in(store.settings());
    var sources = Sources.in(store.settings());
    var records =
        Part.of(
            visit,
            contact,
            "leads",
            MOST_LEADS,
            (after, most) ->
                leads.list(
                    visit.scope(),
                    new Leads.Query(null, null, contact.id(), null, seq(after), most)),
            l -> Long.toString(l.seq()));
    var notes =
        Part.of(
            visit,
            contact,
            "notes",
            MOST_NOTES,
            (after, most) -> Comment.listBefore(store, contact.id(), after, most),
            Comment::id);
    var searches =
        Part.of(
            visit,
            contact,
            "searches",
            MOST_SEARCHES,
            (after, most) -> SavedSearch.listAfter(store, contact.id(), after, most),
            SavedSearch::id);
    var happened = events.listAfter(feeds(contact.id()), Part.after(visit, "feed"), MOST_HAPPENED);
    int skipped = skipped(visit);
    var twins =
        Part.of(
            visit,
            contact,
            "twins",
            MOST_TWINS,
            (_, most) ->
                persons.listPossibleDuplicates(visit.scope(), contact.personId(), skipped, most),
            _ -> Integer.toString(skipped + MOST_TWINS));
    var stated =
        newest(visit, contact, records).stream()
            .filter(r -> r.erasedAt() == null)
            .limit(MOST_SAID)
            .map(r -> new Stated(r, leads.getNewest(r).lead()))
            .toList();
    return new ContactView(
        ContactSection.PATH + contact.id(),
        Clean.line(body.shownName()),
        badges(t, contact),
        reach(t, body),
        details(body),
        new Choice(contact.ownerId(), name(nodes, contact.ownerId())),
        owners(nodes, contact),
        told(t, sources, body, stated),
        stated.size() < MOST_SAID ? 0 : MOST_SAID,
        records.items().stream().map(r -> line(visit, sources, r, stated)).toList(),
        body.tags(),
        Clean.lines(Objects.requireNonNullElse(body.card().note(), ""), LONGEST),
        notes.items().stream()
            .map(c ->
                new Note(
                    c.id(),
                    Clean.lines(c.text(), LONGEST),
                    name(nodes, c.userId()),
                    visit.time(c.createdAt()),
                    c.userId().equals(visit.member().id())))
            .toList(),
        searches(t, searches.items(), contact.id()),
        happened.items().stream().map(i -> happened(visit, i)).toList(),
        twins.items().stream().map(d -> twin(visit, contact, d)).toList(),
        new More(
            records.pager(),
            notes.pager(),
            searches.pager(),
            Part.pager(visit, contact, "feed", happened.next()),
            twins.pager()),
        form.field("tag", t.of("contact.tag.new")).longest(100).needed(),
        form.field("text", t.of("contact.note.new")).longest(LONGEST).needed(),
        visit.may(Permission.WORK),
        mayErase(visit, nodes, contact),
        trouble);
  }

  /// A part of a list that may be long.
  private record Part<T>(List<T> items, Pager pager) {
    private static final Pattern PLACE = Pattern.compile("[0-9a-f-]{1,60}");

    /// @param name of the list: of its parameter in the address, and of its place on the page
    /// @param list gives some from behind a place on; from the beginning where that is empty
    static <T> Part<T> of(
        Visit visit,
        Contact contact,
        String name,
        int most,
        BiFunction<String, Integer, List<T>> list,
        Function<T, String> place) {
      var found = list.apply(after(visit, name), most + 1);
      var shown = found.subList(0, Math.min(most, found.size()));
      return new Part<>(
          List.copyOf(shown),
          pager(visit, contact, name, found.size() > most ? place.apply(shown.getLast()) : ""));
    }

    /// Behind which place this page's part of a list begins.
    static String after(Visit visit, String name) {
      return visit.query(name).filter(p -> PLACE.matcher(p).matches()).orElse("");
    }

    /// @param next the place behind which the next part begins; empty where there is none
    static Pager pager(Visit visit, Contact contact, String name, String next) {
      var path = ContactSection.PATH + contact.id();
      return new Pager(
          after(visit, name).isEmpty() ? "" : path + "#" + name,
          next.isEmpty() ? "" : path + "?" + name + "=" + next + "#" + name);
    }
  }

  private static long seq(String place) {
    return place.matches("[0-9]{1,18}") ? Long.parseLong(place) : Long.MAX_VALUE;
  }

  private static int skipped(Visit visit) {
    return visit
        .query("twins")
        .filter(n -> n.matches("[0-9]{1,6}"))
        .map(Integer::parseInt)
        .orElse(0);
  }

  /// The newest leads, whichever are shown.
  private List<LeadRecord> newest(Visit visit, Contact contact, Part<LeadRecord> shown) {
    return shown.pager().first().isEmpty()
        ? shown.items()
        : leads.list(
            visit.scope(),
            new Leads.Query(null, null, contact.id(), null, Long.MAX_VALUE, MOST_SAID));
  }

  static boolean mayErase(Visit visit, Nodes nodes, Contact contact) {
    return visit.may(Permission.ADMIN)
        && nodes
            .companyOf(contact.officeId())
            .filter(c -> visit.scope().containsNode(nodes, c.id()))
            .isPresent();
  }

  private static String name(Nodes nodes, String id) {
    return Clean.line(nodes.find(id).map(Node::name).orElse(""));
  }

  private List<Badge> badges(Texts t, Contact contact) {
    var badges = new ArrayList<Badge>();
    if (!contact.connected()) {
      badges.add(new Badge(Tone.WAITING, t.of("contact.unconnected")));
    }
    // Of each channel what was said last.
    var seen = EnumSet.noneOf(Consents.Channel.class);
    for (var said : Consents.list(store, contact.personId())) {
      if (seen.add(said.channel())) {
        badges.add(
            new Badge(
                said.given() ? Tone.GOOD : Tone.BAD,
                t.of(
                    (said.given() ? "contact.wants." : "contact.wantsno.")
                        + said.channel().word())));
      }
    }
    return badges;
  }

  private static List<Fact> reach(Texts t, ContactBody body) {
    var facts = new ArrayList<Fact>();
    body.emails()
        .forEach(e -> facts.add(new Fact(t.of("who.email"), Clean.line(e), Clean.mailto(e))));
    body.phones().forEach(p -> facts.add(new Fact(t.of("who.phone"), Clean.line(p), Clean.tel(p))));
    return facts;
  }

  /// What members typed beyond what leads can say, under the names that filters have for it.
  private static List<Fact> details(ContactBody body) {
    return ContactDetail.ALL.stream()
        .flatMap(d -> body.detail(d).map(v -> new Fact(d.attribute(), Clean.line(v))).stream())
        .toList();
  }

  private static List<Choice> owners(Nodes nodes, Contact contact) {
    return nodes.all().stream()
        .filter(n -> ContactEdits.mayOwn(nodes, n.id(), contact.officeId()))
        .filter(n -> !n.id().equals(contact.ownerId()))
        .map(n -> new Choice(n.id(), Clean.line(n.name())))
        .toList();
  }

  private static List<Told> told(Texts t, Sources sources, ContactBody body, List<Stated> stated) {
    var all = new ArrayList<Told>();
    all.add(
        told(t, sources, body, stated, "display_name", List.of(body.shownName()), e -> full(e)));
    all.add(
        told(
            t,
            sources,
            body,
            stated,
            "given_name",
            list(body.givenName()),
            e -> list(e.firstName())));
    all.add(
        told(
            t,
            sources,
            body,
            stated,
            "family_name",
            list(body.familyName()),
            e -> list(e.lastName())));
    all.add(told(t, sources, body, stated, "emails", body.emails(), e -> list(e.email())));
    all.add(
        told(
            t,
            sources,
            body,
            stated,
            "phones",
            body.phones(),
            e -> e.everyPhone().stream().map(PhoneNumber::number).toList()));
    return all.stream().filter(f -> !f.value().isEmpty() || !f.said().isEmpty()).toList();
  }

  private static List<String> full(Enquirer who) {
    var parts =
        Stream.of(who.firstName(), who.lastName())
            .filter(Objects::nonNull)
            .collect(Collectors.joining(" "));
    return parts.isBlank() ? list(who.fullName()) : List.of(parts);
  }

  private static List<String> list(@Nullable String text) {
    return text == null ? List.of() : List.of(text);
  }

  private static Told told(
      Texts t,
      Sources sources,
      ContactBody body,
      List<Stated> stated,
      String member,
      List<String> stands,
      Function<Enquirer, List<String>> said) {
    var typed =
        body.typed().contains(member)
            || member.equals("emails")
                && (body.typed().contains("primary_email")
                    || body.typed().contains("secondary_emails"))
            || member.equals("phones") && body.typed().contains("primary_phone");
    var all = new ArrayList<Said>();
    for (var lead : stated) {
      for (var text : said.apply(lead.lead().orElse(Lead.NOTHING).enquirer())) {
        all.add(
            new Said(
                Clean.line(text),
                ContactSection.LEAD + lead.record().id(),
                source(t, sources, lead.record()),
                stands.stream().noneMatch(text::equalsIgnoreCase)));
      }
    }
    return new Told(
        t.of("told." + member), Clean.line(String.join(", ", stands)), typed, List.copyOf(all));
  }

  private static String source(Texts t, Sources sources, LeadRecord record) {
    return Clean.line(
        sources.find(record.sourceId()).map(Source::name).orElse(t.of("source.gone")));
  }

  private static LeadLine line(
      Visit visit, Sources sources, LeadRecord record, List<Stated> stated) {
    var t = visit.texts();
    var wants =
        stated.stream()
            .filter(s -> s.record().id().equals(record.id()))
            .findFirst()
            .map(s ->
                s.lead()
                    .map(l -> t.of("wants." + l.intent().word()))
                    .orElseGet(() -> t.of("who.unreadable", record.id())))
            .orElse(record.erasedAt() == null ? t.of("contact.lead") : t.of("who.erased"));
    return new LeadLine(
        ContactSection.LEAD + record.id(),
        wants,
        source(t, sources, record),
        visit.time(record.createdAt()));
  }

  private List<Search> searches(Texts t, List<SavedSearch> found, String contact) {
    var feeds = NewsFeed.ofSearches(store, found, contact);
    return found.stream()
        .map(s ->
            new Search(
                Clean.line(s.name()),
                Clean.line(s.filter()),
                feeds.getOrDefault(s.id(), List.of()).stream().map(f -> badge(t, f)).toList()))
        .toList();
  }

  private static Badge badge(Texts t, NewsFeed feed) {
    if (!feed.active()) {
      return new Badge(Tone.PLAIN, t.of("contact.feed.stopped"));
    }
    return new Badge(
        Tone.GOOD, t.of(feed.curated() ? "contact.feed.curated" : "contact.feed.active"));
  }

  /// The feeds of a contact.
  List<NewsFeed> feeds(String contact) {
    return NewsFeed.list(store, contact, 0, MOST_FEEDS);
  }

  /// The event of that id in one of the contact's feeds.
  Optional<FeedEvents.Item> findHappened(String contact, String id) {
    return events.find(feeds(contact), id);
  }

  private static Happened happened(Visit visit, FeedEvents.Item i) {
    var shown = Json.tree(i.block().shown());
    var place =
        Stream.of("UnparsedAddress", "City", "ListPrice", "MlsStatus")
            .map(n -> shown.path(n).asString(""))
            .filter(v -> !v.isBlank())
            .collect(Collectors.joining(" · "));
    return new Happened(
        i.id(),
        i.happenings().stream()
            .map(Happening::word)
            .map(w -> visit.texts().of("happened." + w))
            .collect(Collectors.joining(", ")),
        Clean.line(place.isEmpty() ? i.block().listingId() : place),
        Clean.line(i.feed().name()),
        visit.time(i.block().at()),
        i.approved(),
        i.viewed());
  }

  private Twin twin(Visit visit, Contact contact, Persons.PossibleDuplicate duplicate) {
    var t = visit.texts();
    var other =
        people.find(visit.scope(), duplicate.personId()).stream()
            .flatMap(p -> p.contacts().stream())
            .flatMap(k -> persons.find(visit.scope(), k.id()).stream())
            .findFirst();
    var evidence = Clean.line(duplicate.evidence());
    if (other.isEmpty()) {
      return new Twin(t.of("contact.twin.gone"), evidence, null, List.of());
    }
    var here = contact.body();
    var there = other.get().body();
    var nodes = Nodes.in(store.settings());
    return new Twin(
        Clean.line(there.shownName()),
        evidence,
        ContactSection.PATH + other.get().id(),
        List.of(
            beside(t.of("told.display_name"), here.shownName(), there.shownName()),
            beside(t.of("told.emails"), joined(here.emails()), joined(there.emails())),
            beside(t.of("told.phones"), joined(here.phones()), joined(there.phones())),
            beside(t.of("contact.tags"), joined(here.tags()), joined(there.tags())),
            beside(
                t.of("contact.owner"),
                name(nodes, contact.ownerId()),
                name(nodes, other.get().ownerId())),
            beside(
                t.of("contact.added"),
                visit.time(contact.createdAt()).exact(),
                visit.time(other.get().createdAt()).exact())));
  }

  private static String joined(List<String> texts) {
    return String.join(", ", texts);
  }

  private static Beside beside(String field, String here, String there) {
    return new Beside(
        field, Clean.line(here), Clean.line(there), !here.isEmpty() && here.equals(there));
  }
}
