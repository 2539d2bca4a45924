package dev.porchlight.desk.events;

import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.Body;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.FilterException;
import dev.porchlight.person.Identity;
import dev.porchlight.routing.ServiceAreas;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import dev.porchlight.value.Saying;
import dev.porchlight.value.Saying.Change;
import dev.porchlight.value.Trail;
import dev.porchlight.watch.ListingAttributes;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

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
  private static final int LONGEST_SOURCE_NAME = 48;

  /// The log's kind of line that ends what an event said of somebody, but for leads; its subject is
  /// the event. Lines of one unit stand together, so all from the event's own line to this one are
  /// the event's.
  static final String DONE = "saying.done";

  private final Desk desk;
  private final LeadSayings leads;

  Sayings(Desk desk) {
    this.desk = desk;
    leads = new LeadSayings(desk);
  }

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
      for (var place : Place.of(Nodes.in(settings), recipients)) {
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
    for (var place : Place.of(Nodes.in(batch.settings()), recipients)) {
      var here = new Occasion(batch, event, publisher, place);
      var identity = prepared.identity();
      switch (prepared.saying()) {
        case Saying.OfLead said -> {
          var lead = prepared.leads().get(place.recipient().id());
          if (lead == null) {
            return false;
          }
          leads.apply(here, said, lead, owing);
        }
        case Saying.OfContact said -> ContactSayings.apply(here, said, identity);
        case Saying.OfSavedListing said -> VisitorSayings.apply(here, said, identity);
        case Saying.OfSavedSearch said ->
            VisitorSayings.apply(here, said, identity, prepared.usable());
        case Saying.OfConsent said -> ConsentSayings.apply(here, said, identity);
        case Saying.OfServiceArea said -> area(here, said);
      }
    }
    if (!(prepared.saying() instanceof Saying.OfLead)) {
      batch.append(DONE, event.id(), publisher.id());
    }
    return true;
  }

  private static void area(Occasion here, Saying.OfServiceArea said) {
    ServiceAreas.put(
        here.batch(),
        new ServiceAreas.Area(
            here.place().company(),
            said.names().getFirst(),
            0,
            here.event().time(),
            said.change() == Change.DELETE,
            said.kind(),
            said.locality(),
            said.region(),
            said.country(),
            said.postalCode(),
            said.provider(),
            said.provider() == null
                ? null
                : Parties.in(here.batch().settings())
                    .findByUri(said.provider(), here.event().base())
                    .map(Party::id)
                    .orElse(null),
            said.weight(),
            said.sortOrder(),
            said.toConsumerSite(),
            said.members(),
            here.event().id()));
  }
}
