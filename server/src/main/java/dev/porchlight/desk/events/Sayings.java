package dev.porchlight.desk.events;

import dev.porchlight.access.Grant;
import dev.porchlight.access.Grants;
import dev.porchlight.access.Parties;
import dev.porchlight.access.Party;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.Body;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.LeadSteps;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.Tables;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.FilterException;
import dev.porchlight.listing.Listing;
import dev.porchlight.listing.Listings;
import dev.porchlight.person.Card;
import dev.porchlight.person.Consents;
import dev.porchlight.person.Contact;
import dev.porchlight.person.ContactEdit;
import dev.porchlight.person.Identity;
import dev.porchlight.person.Persons;
import dev.porchlight.routing.Answerer;
import dev.porchlight.routing.Routing;
import dev.porchlight.routing.ServiceAreas;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Table;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import dev.porchlight.value.Property;
import dev.porchlight.value.Saying;
import dev.porchlight.value.Saying.Change;
import dev.porchlight.value.Saying.Step;
import dev.porchlight.value.Topic;
import dev.porchlight.value.Trail;
import dev.porchlight.watch.Holdings;
import dev.porchlight.watch.ListingAttributes;
import dev.porchlight.watch.ListingCart;
import dev.porchlight.watch.SavedSearch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Does what published events say of people: leads go through the desk, contacts are added, changed
/// and deleted, listings and searches kept, consents recorded, service areas learnt. It is done
/// where the data of the event's recipients lives, once in each company, in the unit that takes the
/// event.
///
/// A lead becomes a receipt of its own; each other thing is a line of the log of its own with what
/// is needed to do it again. So a rebuild needs the event for none of them.
final class Sayings {
  private static final String CONTRACT = "realestate-events";
  private static final String REGION = "US";
  private static final String OURS = "porchlight:";
  private static final int LONGEST_SOURCE_NAME = 48;
  private static final int LARGEST_ANNOTATIONS = 10_000;
  private static final int MOST = 50;
  private static final String FAVORITES = "Favorites";
  private static final Topic LISTINGS = Topic.parse("realestate/listing#update").orElseThrow();
  private static final int MOST_PUBLISHERS = 500;

  /// The log's kind of line that ends what an event said of somebody, but for leads; its subject is
  /// the event. Lines of one unit stand together, so all from the event's own line to this one are
  /// the event's.
  static final String DONE = "saying.done";

  private record ContactNameRow(String companyId, String name, String contactId) {}

  private static final Table<ContactNameRow> CONTACT_NAME =
      Table.<ContactNameRow>named("contact_name")
          .key("company_id", ContactNameRow::companyId)
          .key("name", ContactNameRow::name)
          .column("contact_id", ContactNameRow::contactId)
          .readBy(r -> new ContactNameRow(r.text(1), r.text(2), r.text(3)));

  private final Desk desk;

  Sayings(Desk desk) {
    this.desk = desk;
  }

  /// Where an event's data lives.
  ///
  /// @param n how many other companies come before
  /// @param landing the recipient's node, or an office below it
  record Place(int n, Party recipient, String company, Node landing, Node office) {}

  /// What was worked out of an event before its unit.
  ///
  /// @param identity of the person it is about
  /// @param usable whether its filter, if it has one, can be used
  /// @param leads what becomes of it as a lead, by the id of the recipient
  record Prepared(
      Saying saying, Identity identity, boolean usable, Map<String, Desk.Prepared> leads) {}

  /// Works out what can be worked out before.
  ///
  /// @param recipients whose data it is
  /// @param trail the hubs that it has come through, as a header names them; may be empty
  Prepared prepare(
      Settings settings,
      Party publisher,
      Collection<Party> recipients,
      Saying saying,
      byte[] body,
      String event,
      String trail) {
    var leads = new HashMap<String, Desk.Prepared>();
    if (saying instanceof Saying.OfLead) {
      var headers = Json.object().put(PublishedEvent.SAID_BY, event);
      if (!trail.isEmpty()) {
        headers.put(Trail.HEADER_KEPT, trail);
      }
      for (var place : places(Nodes.in(settings), recipients)) {
        leads.put(
            place.recipient().id(),
            desk.prepare(
                source(settings, publisher, place),
                new Body(body, "application/json", ""),
                new Desk.Circumstances(headers.toString(), "", null)));
      }
    }
    boolean usable =
        !(saying instanceof Saying.OfSavedSearch search) || isUsable(search, Instant.EPOCH);
    return new Prepared(saying, Identity.of(who(saying), REGION), usable, leads);
  }

  private static Enquirer who(Saying saying) {
    return switch (saying) {
      case Saying.OfLead _, Saying.OfServiceArea _ -> Enquirer.NOBODY;
      case Saying.OfContact said -> said.person();
      case Saying.OfSavedListing said -> said.visitor();
      case Saying.OfSavedSearch said -> said.visitor();
      case Saying.OfConsent said -> said.consumer();
    };
  }

  /// The search's filter where it can be used; else empty.
  static boolean isUsable(Saying.OfSavedSearch said, Instant at) {
    try {
      return said.filter().isEmpty()
          || Filter.parse(said.filter(), ListingAttributes.CATALOGUE, at) != null;
    } catch (FilterException e) {
      return false;
    }
  }

  /// Where the recipients' data lives, the first recipient of each company.
  private static List<Place> places(Nodes nodes, Collection<Party> recipients) {
    var places = new ArrayList<Place>();
    var companies = new HashSet<String>();
    for (var recipient : recipients) {
      var landing =
          nodes
              .officeOf(recipient.node())
              .map(_ -> nodes.get(recipient.node()))
              .or(() ->
                  nodes.officesWithin(recipient.node()).stream()
                      .sorted()
                      .findFirst()
                      .map(nodes::get));
      var office = landing.flatMap(l -> nodes.officeOf(l.id()));
      if (landing.isEmpty() || office.isEmpty()) {
        continue;
      }
      var company = nodes.companyOf(office.get().id()).orElse(office.get()).id();
      if (companies.add(company)) {
        places.add(new Place(places.size(), recipient, company, landing.get(), office.get()));
      }
    }
    return places;
  }

  /// The source of what a party publishes to another: it is made with the first lead.
  private static Source source(Settings settings, Party publisher, Place place) {
    var id = Draw.named("events", publisher.id(), place.recipient().id());
    var known = Sources.in(settings).find(id);
    if (known.isPresent()) {
      return known.get();
    }
    var name =
        "events-"
            + publisher.pod().substring(0, Math.min(publisher.pod().length(), LONGEST_SOURCE_NAME));
    return new Source(
        id,
        Sources.in(settings).findByName(name).isPresent() ? "events-" + id : name,
        CONTRACT,
        place.landing().id(),
        REGION,
        null);
  }

  /// Does it.
  ///
  /// @param owing leads are kept as owed, since deciding on them failed or took too long
  /// @return false when a recipient has come since it was prepared
  boolean apply(
      Batch batch,
      PublishedEvent event,
      Party publisher,
      Collection<Party> recipients,
      Prepared prepared,
      boolean owing) {
    for (var place : places(Nodes.in(batch.settings()), recipients)) {
      switch (prepared.saying()) {
        case Saying.OfLead said -> {
          var lead = prepared.leads().get(place.recipient().id());
          if (lead == null) {
            return false;
          }
          lead(batch, event, publisher, place, said, lead, owing);
        }
        case Saying.OfContact said -> contact(batch, event, publisher, place, said, prepared);
        case Saying.OfSavedListing said -> saved(batch, event, publisher, place, said, prepared);
        case Saying.OfSavedSearch said -> saved(batch, event, publisher, place, said, prepared);
        case Saying.OfConsent said -> consent(batch, event, publisher, place, said, prepared);
        case Saying.OfServiceArea said -> area(batch, event, place, said);
      }
    }
    if (!(prepared.saying() instanceof Saying.OfLead)) {
      batch.append(DONE, event.id(), publisher.id());
    }
    return true;
  }

  /// Something drawn for that company alone.
  private static Draw draw(PublishedEvent event, Place place) {
    var draw = event.draw();
    return new Draw(draw.at().plusNanos(1000L * place.n()), draw.seed(), draw.counter());
  }

  private static String principal(Party publisher) {
    return "party " + publisher.id();
  }

  // ------------------------------------------------------------------------------------ leads

  private void lead(
      Batch batch,
      PublishedEvent event,
      Party publisher,
      Place place,
      Saying.OfLead said,
      Desk.Prepared prepared,
      boolean owing) {
    var known = known(batch, place.company(), said.names());
    boolean content = said.told() && (said.step() == Step.ADD || said.step() == Step.UPDATE);
    // The desk knows it again by the first name that it came under, and by no other.
    boolean again =
        content
            && known
                .filter(l -> l.sourceId().equals(prepared.source().id()))
                .filter(l -> l.externalId().equals(said.names().getFirst()))
                .isPresent();
    if (known.isPresent() && !again) {
      step(batch, event, publisher, place, said, known.get());
      return;
    }
    var source = prepared.source();
    if (Sources.in(batch.settings()).find(source.id()).isEmpty()) {
      batch.change(Source.SETTING, source.id(), source.body());
    }
    var receipt =
        owing
            ? desk.owe(batch, prepared, "Deciding took too long or failed by a defect of ours.")
            : desk.decide(batch, prepared);
    if (known.isEmpty()
        && said.step() != Step.ADD
        && said.step() != Step.UPDATE
        && receipt.leadId() != null) {
      // What was first heard of as it changed hands.
      Optional.ofNullable(batch.find(Tables.LEAD, receipt.leadId()))
          .ifPresent(lead -> step(batch, event, publisher, place, said, lead));
    }
  }

  /// The lead that goes by one of these names in that company.
  private static Optional<LeadRecord> known(Batch batch, String company, List<String> names) {
    var nodes = Nodes.in(batch.settings());
    for (var name : names) {
      var found =
          name.startsWith(OURS)
              ? Optional.ofNullable(batch.find(Tables.LEAD, name.substring(OURS.length())))
              : Optional.<LeadRecord>empty();
      if (found.isEmpty()) {
        found =
            batch
                .sql()
                .createQuery("SELECT id FROM lead WHERE external_id = :n ORDER BY seq")
                .bind("n", name)
                .mapTo(String.class)
                .list()
                .stream()
                .map(id -> batch.find(Tables.LEAD, id))
                .filter(Objects::nonNull)
                .filter(l -> isOf(nodes, company, l))
                .findFirst();
      }
      if (found.filter(l -> isOf(nodes, company, l)).isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static boolean isOf(Nodes nodes, String company, LeadRecord lead) {
    return lead.erasedAt() == null
        && nodes.find(lead.officeId()).isPresent()
        && nodes.companyOf(lead.officeId()).map(Node::id).orElse(lead.officeId()).equals(company);
  }

  private static void step(
      Batch batch,
      PublishedEvent event,
      Party publisher,
      Place place,
      Saying.OfLead said,
      LeadRecord lead) {
    var answers = answerer(batch, event, said, lead).filter(a -> !answers(lead, a));
    LeadSteps.keep(
        batch,
        new LeadSteps.LeadStep(
            lead.id(),
            0,
            said.step().word(),
            event.time(),
            event.id(),
            event.uri(),
            publisher.id(),
            text(said.agent()),
            text(said.recipient()),
            text(said.participant()),
            text(said.reason()),
            text(said.comment()),
            answers.map(Json::write).orElse("")));
    if (answers.isPresent()) {
      Persons.findContact(batch, lead.contactId())
          .ifPresent(c -> give(batch, c, answers.get().member(), publisher, draw(event, place)));
    }
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static boolean answers(LeadRecord lead, Answerer answerer) {
    return Json.tree(lead.answers()).path("member").asString("").equals(answerer.member());
  }

  /// Who answers after a step; empty where that is left as it is.
  private static Optional<Answerer> answerer(
      Batch batch, PublishedEvent event, Saying.OfLead said, LeadRecord lead) {
    var nodes = Nodes.in(batch.settings());
    var desk = Routing.decide(nodes, nodes.get(lead.officeId()));
    return switch (said.step()) {
      case ADD, ACCEPT, UPDATE -> Optional.empty();
      case ASSIGN ->
          member(batch, event, lead, said.recipient())
              .map(a -> because(a, "The lead was assigned to them by an event."));
      case REJECT ->
          member(batch, event, lead, said.agent())
              .filter(a -> answers(lead, a))
              .map(a -> because(desk, a.memberName() + " rejected the lead by an event."));
      case RETRACT ->
          Optional.of(
              because(
                  member(batch, event, lead, said.recipient()).orElse(desk),
                  "The lead was taken back by an event."));
    };
  }

  private static Answerer because(Answerer answerer, String reason) {
    return new Answerer(answerer.member(), answerer.memberName(), reason);
  }

  /// Who answers for a party, where that is one of the lead's company.
  private static Optional<Answerer> member(
      Batch batch, PublishedEvent event, LeadRecord lead, @Nullable String uri) {
    var nodes = Nodes.in(batch.settings());
    if (uri == null) {
      return Optional.empty();
    }
    return Parties.in(batch.settings())
        .findByUri(uri, event.base())
        .filter(p -> p.isLive() && !p.isApp())
        .flatMap(p -> places(nodes, List.of(p)).stream().findFirst())
        .filter(p -> isOf(nodes, p.company(), lead))
        .map(p -> Routing.decide(nodes, p.landing()));
  }

  /// The contact goes with the lead.
  private static void give(
      Batch batch, Contact contact, String member, Party publisher, Draw draw) {
    if (contact.ownerId().equals(member) || Persons.isErased(batch, contact.personId())) {
      return;
    }
    if (Persons.mayOwn(Nodes.in(batch.settings()), member, contact.officeId())) {
      Persons.edit(batch, contact, owned(member), principal(publisher), batch.now());
    } else {
      Persons.transfer(
          batch,
          contact,
          new Persons.Transfer(draw, member, new Identity(null, null, "")),
          principal(publisher),
          batch.now());
    }
  }

  private static ContactEdit owned(String member) {
    return new ContactEdit(
        Set.of(), null, null, null, List.of(), List.of(), List.of(), member, null);
  }

  // --------------------------------------------------------------------------------- contacts

  private void contact(
      Batch batch,
      PublishedEvent event,
      Party publisher,
      Place place,
      Saying.OfContact said,
      Prepared prepared) {
    var named = named(batch, place.company(), said.names());
    if (said.change() == Change.DELETE) {
      if (named.isPresent()) {
        Persons.delete(batch, named.get(), principal(publisher), batch.now());
        Holdings.delete(batch, named.get().id());
      } else {
        batch.append("contact.unknown", event.id(), publisher.id());
      }
      return;
    }
    var found = named.or(() -> met(batch, place, prepared.identity()));
    if (found.isEmpty() && !isSomebody(said) && said.details().isEmpty()) {
      batch.append("contact.unknown", event.id(), publisher.id());
      return;
    }
    var owner =
        said.owner() == null
            ? Optional.<String>empty()
            : Parties.in(batch.settings())
                .findByUri(said.owner(), event.base())
                .filter(p -> p.isLive() && !p.isApp())
                .flatMap(p -> places(Nodes.in(batch.settings()), List.of(p)).stream().findFirst())
                .filter(p -> p.company().equals(place.company()))
                .map(p -> Routing.decide(Nodes.in(batch.settings()), p.landing()).member());
    var contact =
        found
            .map(c -> changed(batch, c, said, publisher))
            .orElseGet(
                () -> made(batch, event, publisher, place, said, owner.orElse(null), prepared));
    name(batch, event, place.company(), said.names(), contact);
  }

  private static boolean isSomebody(Saying.OfContact said) {
    return said.person().isSomebody();
  }

  private static Optional<Contact> named(Batch batch, String company, List<String> names) {
    for (var name : names) {
      var row = batch.find(CONTACT_NAME, company, name);
      var contact =
          row == null ? Optional.<Contact>empty() : Persons.findContact(batch, row.contactId());
      if (contact.isPresent() && !Persons.isErased(batch, contact.get().personId())) {
        return contact;
      }
    }
    return Optional.empty();
  }

  /// The contact, in the recipient's office, of a person who is known already.
  private static Optional<Contact> met(Batch batch, Place place, Identity identity) {
    return Persons.findKnown(batch, place.company(), identity)
        .flatMap(p -> Persons.findContact(batch, p, place.office().id()));
  }

  private static void name(
      Batch batch, PublishedEvent event, String company, List<String> names, Contact contact) {
    boolean any = false;
    for (var name : names) {
      var row = batch.find(CONTACT_NAME, company, name);
      if (row == null || !row.contactId().equals(contact.id())) {
        batch.put(CONTACT_NAME, new ContactNameRow(company, name, contact.id()));
        any = true;
      }
    }
    if (any) {
      batch.append("contact.named", contact.id(), event.id());
    }
  }

  private static Contact made(
      Batch batch,
      PublishedEvent event,
      Party publisher,
      Place place,
      Saying.OfContact said,
      @Nullable String owner,
      Prepared prepared) {
    return Persons.add(
        batch,
        new Persons.Making(
            draw(event, place),
            owner == null
                ? Routing.decide(Nodes.in(batch.settings()), place.landing()).member()
                : owner,
            true,
            edit(said, List.of(), List.of(), List.of(), true),
            prepared.identity()),
        principal(publisher));
  }

  private static Contact changed(
      Batch batch, Contact contact, Saying.OfContact said, Party publisher) {
    var body = contact.body();
    return Persons.edit(
        batch,
        contact,
        edit(said, body.emails(), body.phones(), body.tags(), false),
        principal(publisher),
        batch.now());
  }

  /// What the event says, before what was there; what it does not say stays.
  private static ContactEdit edit(
      Saying.OfContact said,
      List<String> emails,
      List<String> phones,
      List<String> tags,
      boolean fresh) {
    var typed = new LinkedHashSet<String>();
    var person = said.person();
    var shown = person.fullName();
    if (shown == null && fresh && person.firstName() == null && person.lastName() == null) {
      shown = person.email() != null ? person.email() : person.phone();
    }
    typed(typed, "display_name", shown);
    typed(typed, "given_name", person.firstName());
    typed(typed, "family_name", person.lastName());
    typed(typed, "emails", said.emails().isEmpty() ? null : "");
    typed(typed, "phones", said.phones().isEmpty() ? null : "");
    typed(typed, "tags", said.tags().isEmpty() ? null : "");
    typed.addAll(said.details().keySet());
    return new ContactEdit(
        typed,
        shown,
        person.firstName(),
        person.lastName(),
        said.emails().isEmpty() ? List.of() : joined(said.emails(), emails),
        said.phones().isEmpty() ? List.of() : joined(said.phones(), phones),
        said.tags().isEmpty() ? List.of() : joined(said.tags(), tags),
        null,
        said.details().isEmpty()
            ? null
            : new Card(
                null,
                List.of(),
                List.of(),
                null,
                said.details(),
                null,
                false,
                Map.of(),
                List.of()));
  }

  private static void typed(Set<String> typed, String member, @Nullable String value) {
    if (value != null) {
      typed.add(member);
    }
  }

  private static List<String> joined(List<String> first, List<String> others) {
    var all = new ArrayList<>(first);
    for (var other : others) {
      if (all.size() < MOST && all.stream().noneMatch(other::equalsIgnoreCase)) {
        all.add(other);
      }
    }
    return all;
  }

  /// The contact of somebody who did something, made where there is none.
  private static Optional<Contact> someone(
      Batch batch,
      PublishedEvent event,
      Party publisher,
      Place place,
      Enquirer who,
      Identity identity) {
    var known = met(batch, place, identity);
    if (known.isPresent()) {
      return known;
    }
    if (identity.email() == null && identity.phone() == null) {
      return Optional.empty();
    }
    var said =
        new Saying.OfContact(
            Change.ADD,
            List.of(),
            new Enquirer(
                line(who.firstName()),
                line(who.lastName()),
                line(who.fullName()),
                identity.email() == null ? null : who.email(),
                line(who.phone()),
                null,
                null),
            identity.email() == null ? List.of() : List.of(Objects.requireNonNull(who.email())),
            line(who.phone()) == null ? List.of() : List.of(Objects.requireNonNull(who.phone())),
            List.of(),
            new TreeMap<>(),
            null);
    return Optional.of(
        made(
            batch,
            event,
            publisher,
            place,
            said,
            null,
            new Prepared(said, identity, true, Map.of())));
  }

  /// A text that a contact can hold; longer ones are left out.
  private static @Nullable String line(@Nullable String text) {
    return text == null
            || text.isBlank()
            || text.length() > MOST
            || text.chars().anyMatch(Character::isISOControl)
        ? null
        : text;
  }

  // -------------------------------------------------------------------- what visitors keep

  private static void saved(
      Batch batch,
      PublishedEvent event,
      Party publisher,
      Place place,
      Saying.OfSavedListing said,
      Prepared prepared) {
    var contact = someone(batch, event, publisher, place, said.visitor(), prepared.identity());
    var root = Nodes.in(batch.settings()).rootOf(place.office().id()).map(Node::id);
    if (contact.isEmpty() || root.isEmpty()) {
      return;
    }
    var draw = draw(event, place);
    var number = said.listing().mlsName() == null ? said.listing().mlsId() : null;
    var listing =
        listing(batch, root.get(), said.listing())
            .or(() -> numbered(batch, root.get(), publisher, number))
            .or(() -> listed(batch, root.get(), place, said.listing(), draw));
    if (listing.isEmpty() && number == null) {
      return;
    }
    var cart =
        ListingCart.find(batch, contact.get().id(), ListingCart.Type.FAVORITES)
            .orElseGet(() -> {
              var made =
                  ListingCart.of(
                      draw,
                      contact.get().id(),
                      contact.get().id(),
                      FAVORITES,
                      ListingCart.Type.FAVORITES);
              made.put(batch, true);
              return made;
            });
    var full =
        listing.isPresent()
            ? cart.add(batch, List.of(listing.get())).isEmpty()
            : !cart.await(batch, root.get(), Objects.requireNonNull(number));
    if (full) {
      batch.append("cart.full", cart.id(), event.id());
    }
  }

  private static Optional<String> listing(Batch batch, String root, Property said) {
    return Listings.findNamed(
        batch.sql(), root, null, said.mlsName(), said.mlsId(), said.listingUrl());
  }

  /// The listing that is told by its number at whoever publishes it, and nothing else.
  private static Optional<String> numbered(
      Batch batch, String root, Party publisher, @Nullable String number) {
    return number == null
        ? Optional.empty()
        : Listings.findNumbered(
            batch.sql(),
            root,
            publisher.id(),
            Grants.in(batch.settings()).all().stream()
                .filter(g -> g.publishes(LISTINGS))
                .map(Grant::party)
                .distinct()
                .limit(MOST_PUBLISHERS)
                .toList(),
            number);
  }

  /// A listing that nobody has spoken of yet, under the names by which the event tells it.
  private static Optional<String> listed(
      Batch batch, String root, Place place, Property said, Draw draw) {
    boolean numbered = said.mlsName() != null && said.mlsId() != null;
    if (!numbered && said.listingUrl() == null) {
      return Optional.empty();
    }
    var id = draw.digits();
    var taken =
        Listings.put(
            batch,
            new Listing(
                id,
                root,
                place.office().id(),
                null,
                numbered ? said.mlsName() : null,
                numbered ? said.mlsId() : null,
                said.listingUrl() != null && said.listingUrl().length() <= 1024
                    ? said.listingUrl()
                    : null,
                draw.at(),
                draw.at()));
    return taken.isEmpty() ? Optional.of(id) : Optional.empty();
  }

  private static void saved(
      Batch batch,
      PublishedEvent event,
      Party publisher,
      Place place,
      Saying.OfSavedSearch said,
      Prepared prepared) {
    var contact = someone(batch, event, publisher, place, said.visitor(), prepared.identity());
    // What no filter says can't be searched for.
    if (contact.isEmpty() || said.filter().isEmpty() || !prepared.usable()) {
      return;
    }
    var holder = contact.get().id();
    var wanted = said.name() == null ? "Saved search" : said.name();
    // The same name again is the same search, as its visitor wants it now.
    var known = SavedSearch.findNamed(batch, holder, wanted);
    if (known.isEmpty() && SavedSearch.count(batch, holder) >= SavedSearch.MOST) {
      batch.append("search.full", holder, event.id());
      return;
    }
    var draw = draw(event, place);
    var search =
        new SavedSearch(
            known.map(SavedSearch::id).orElse(draw.digits()),
            holder,
            holder,
            wanted,
            said.description(),
            said.filter(),
            null,
            known.map(SavedSearch::tags).orElse(List.of()),
            said.criteria().length() <= LARGEST_ANNOTATIONS ? said.criteria() : null,
            0,
            known.map(SavedSearch::createdAt).orElse(draw.at()),
            draw.at());
    search.put(batch, known.isEmpty());
  }

  // --------------------------------------------------------------------- consent, service areas

  private static void consent(
      Batch batch,
      PublishedEvent event,
      Party publisher,
      Place place,
      Saying.OfConsent said,
      Prepared prepared) {
    var identity = prepared.identity();
    var at = said.at() == null || said.at().isAfter(event.draw().at()) ? event.time() : said.at();
    var named = named(batch, place.company(), said.names()).map(Contact::personId);
    var who = new LinkedHashMap<Consents.Channel, String>();
    if (said.consumer().email() != null) {
      who.put(Consents.Channel.EMAIL, said.consumer().email());
    }
    if (said.consumer().phone() != null) {
      who.put(Consents.Channel.PHONE, said.consumer().phone());
    }
    if (who.isEmpty() && named.isPresent()) {
      for (var channel : Consents.Channel.values()) {
        who.put(channel, "");
      }
    }
    for (var channel : who.entrySet()) {
      var single =
          channel.getKey() == Consents.Channel.EMAIL
              ? new Identity(identity.email(), null, identity.family())
              : new Identity(null, identity.phone(), identity.family());
      var person =
          Persons.findKnown(batch, place.company(), single)
              .or(() -> named)
              .or(() -> Persons.findKnown(batch, place.company(), identity))
              .or(() ->
                  someone(batch, event, publisher, place, said.consumer(), identity)
                      .map(Contact::personId));
      if (person.isEmpty() || Persons.isErased(batch, person.get())) {
        batch.append("consent.unknown", event.id(), publisher.id());
        continue;
      }
      Consents.keep(
          batch,
          new Consents.Consent(
              person.get(),
              0,
              channel.getKey(),
              said.given(),
              at,
              channel.getValue(),
              event.id(),
              event.uri(),
              publisher.id(),
              Json.write(said.providers())));
    }
    if (who.isEmpty()) {
      batch.append("consent.unknown", event.id(), publisher.id());
    }
  }

  private static void area(
      Batch batch, PublishedEvent event, Place place, Saying.OfServiceArea said) {
    ServiceAreas.put(
        batch,
        new ServiceAreas.Area(
            place.company(),
            said.names().getFirst(),
            0,
            event.time(),
            said.change() == Change.DELETE,
            said.kind(),
            said.locality(),
            said.region(),
            said.country(),
            said.postalCode(),
            said.provider(),
            said.weight(),
            said.sortOrder(),
            said.toConsumerSite(),
            said.members(),
            event.id()));
  }
}
