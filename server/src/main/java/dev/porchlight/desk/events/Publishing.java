package dev.porchlight.desk.events;

import dev.porchlight.access.Grant;
import dev.porchlight.access.Grants;
import dev.porchlight.access.Parties;
import dev.porchlight.access.Party;
import dev.porchlight.access.RateLimits;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.EventContract;
import dev.porchlight.connector.InboxMessage;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Event;
import dev.porchlight.delivery.Planner;
import dev.porchlight.delivery.Redelivery;
import dev.porchlight.delivery.Terms;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.RawBody;
import dev.porchlight.filter.Evaluator;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.FilterException;
import dev.porchlight.filter.Value;
import dev.porchlight.geo.Shapes;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.listing.StandardFields;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Unit;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.value.ListingChange;
import dev.porchlight.value.Saying;
import dev.porchlight.value.Topic;
import dev.porchlight.value.Violation;
import dev.porchlight.watch.ListingCart;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes events that parties publish: who may, who gets a copy, what they say of listings, and what
/// is owed to endpoints is decided and on disk in one unit before the publisher is answered.
///
/// The decision is a function of the event, the draw and the settings, so that a rebuild makes the
/// same copies with the same ids. May be shared by threads.
public final class Publishing {
  private static final Logger LOG = LoggerFactory.getLogger(Publishing.class);

  /// The kind of a delivery of an event.
  public static final String KIND = "event.published";

  private static final int TRIES = 5;

  private final Store store;
  private final int hub;
  private final EventContract contract;
  private final Planner planner;
  private final Sayings sayings;
  private final Consumer<List<Planner.Claim>> lanes;

  /// @param lanes takes the lanes that may be started on at once
  public Publishing(
      Store store,
      int hub,
      EventContract contract,
      Planner planner,
      Desk desk,
      Consumer<List<Planner.Claim>> lanes) {
    this.sayings = new Sayings(desk);
    this.store = store;
    this.hub = hub;
    this.contract = contract;
    this.planner = planner;
    this.lanes = lanes;
  }

  /// What came of it.
  public sealed interface Outcome {
    /// It is on disk with the plan of its copies, now or since an earlier request.
    record Published(String uri) implements Outcome {}

    /// It can't be published as it is.
    record Invalid(String reason) implements Outcome {}

    /// A party did not grant it.
    record NotGranted(String reason) implements Outcome {}

    /// Its id was published with another content.
    record Conflict(String reason) implements Outcome {}
  }

  /// An event that was read, before it is decided on.
  ///
  /// @param passed what filters of grants have said of it by now
  private record Prepared(
      PublishedEvent event,
      EventContract.Event said,
      RawBody raw,
      @Nullable Map<String, String> adopt,
      Map<String, Boolean> passed,
      Sayings.@Nullable Prepared people) {
    Prepared saying(Sayings.@Nullable Prepared other) {
      return new Prepared(event, said, raw, adopt, passed, other);
    }

    Prepared knowing(Map<String, Boolean> other) {
      return new Prepared(event, said, raw, adopt, other, people);
    }
  }

  /// The settings changed between the preparation and the unit: to be prepared anew.
  private static final class OutOfDateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OutOfDateException() {
      super("a recipient or a grant has come since", null, false, false);
    }
  }

  /// For how many seconds a party has to wait before it publishes again, by what it has published
  /// at this hub and at others that share its database; 0 when it need not.
  ///
  /// @param most so many in any five minutes
  public int wait(Party publisher, int most) {
    var now = store.now();
    var last =
        store.read(h ->
            h.createQuery(
                    "SELECT at FROM event WHERE publisher_id = :p AND at > :since"
                        // Not what the hub says in their name.
                        + " AND base LIKE 'http%'"
                        + " ORDER BY at DESC LIMIT 1 OFFSET :o")
                .bind("p", publisher.id())
                .bind("since", Row.micros(now.minus(RateLimits.WINDOW)))
                .bind("o", most - 1)
                .map((r, _) -> new Row(r).time(1))
                .findOne());
    // Rounded up to whole seconds.
    return last.map(at ->
            (int) Duration.between(now, at.plus(RateLimits.WINDOW)).plusMillis(999).toSeconds())
        .map(seconds -> Math.max(1, seconds))
        .orElse(0);
  }

  /// Publishes a body.
  ///
  /// @param base where the hub was reached
  /// @param trail the hubs that it has come through, as a header names them; may be empty
  /// @throws dev.porchlight.store.StoreUnavailableException when nothing is on disk
  public Outcome publish(Party publisher, byte[] body, String base, String trail) {
    switch (contract.read(body)) {
      case EventContract.Refused(var reason) -> {
        return new Outcome.Invalid(reason);
      }
      case EventContract.Event said -> {
        if (contract.isAboutGrants(said)) {
          return new Outcome.NotGranted(
              "Changes of grants are told by the hub alone; post an AuthorizeAction to the inbox.");
        }
        var draw = Draw.fresh(store.now(), hub);
        var read = prepare(publisher, said, body, base, draw, null);
        for (int tries = 1; ; tries++) {
          var prepared = asked(publisher, read);
          try {
            return store.write(
                WorkQueue.LEADS,
                new PublishUnit(prepared.saying(people(publisher, said, prepared, trail)), false));
          } catch (OutOfDateException e) {
            if (tries == TRIES) {
              throw e;
            }
          }
        }
      }
    }
  }

  /// What the event says of people, worked out for those whom it names by now.
  private Sayings.@Nullable Prepared people(
      Party publisher, EventContract.Event said, Prepared prepared, String trail) {
    var saying = said.saying();
    var settings = store.settings();
    return saying == null
        ? null
        : sayings.prepare(
            settings,
            publisher,
            recipients(Parties.in(settings), publisher, prepared),
            saying,
            prepared.raw().bytes(),
            prepared.event().id(),
            trail);
  }

  /// Takes an event with all that follows from it.
  private final class PublishUnit implements Unit<Outcome> {
    private final Prepared prepared;
    private final boolean owing;

    PublishUnit(Prepared prepared, boolean owing) {
      this.prepared = prepared;
      this.owing = owing;
    }

    @Override
    public Outcome run(Batch batch) {
      return decide(batch, prepared, owing);
    }

    @Override
    public int size() {
      return prepared.raw().body().length * 3 + 4096;
    }

    @Override
    public Optional<Unit<Outcome>> instead() {
      return owing || prepared.people() == null
          ? Optional.empty()
          : Optional.of(new PublishUnit(prepared, true));
    }
  }

  /// Asks the filters of the grants by which it may go out: a unit reads none, and has all of it
  /// prepared anew for a grant that has come since.
  private Prepared asked(Party publisher, Prepared prepared) {
    if (prepared.said().listing() == null) {
      return prepared;
    }
    var settings = store.settings();
    var topic = prepared.said().topic();
    var at = prepared.event().draw().at();
    var passed = new HashMap<String, Boolean>();
    for (var target : recipients(Parties.in(settings), publisher, prepared)) {
      for (var grant : Grants.in(settings).ofOwner(target.id())) {
        if (grant.isLive(at) && grant.subscribes(topic)) {
          boolean _ = asks(grant, prepared, at, passed);
        }
      }
    }
    return prepared.knowing(passed);
  }

  private static Prepared prepare(
      Party publisher,
      EventContract.Event said,
      byte[] body,
      String base,
      Draw draw,
      @Nullable Map<String, String> adopt) {
    var id = draw.uuid("event");
    var violations = new ArrayList<>(said.violations());
    var uri = uri(publisher, said.id(), id, violations);
    var time = said.producedAt();
    if (time != null && time.isAfter(draw.at())) {
      violations.add(
          new Violation(
              "/time", "an event is not of the future", "the time of publishing is taken"));
      time = null;
    }
    var listing = said.listing();
    if (listing != null && ListingEvents.isAhead(listing, draw.at())) {
      violations.add(
          new Violation(
              "/data/object/modificationTimestamp",
              "a listing's change is not more than a day ahead",
              "the event's time is taken for it"));
    }
    if (said.saying() instanceof Saying.OfConsent consent
        && consent.at() != null
        && consent.at().isAfter(draw.at())) {
      violations.add(
          new Violation(
              "/data/agent/subscriptionChangeDateTime",
              "a consent is given or withdrawn before it is told",
              "the event's time is taken for it"));
    }
    if (said.saying() instanceof Saying.OfSavedSearch search
        && !Sayings.isUsable(search, draw.at())) {
      violations.add(
          new Violation(
              "/data/object", "a search that can be put as a filter", "carried, but not saved"));
    }
    var event =
        new PublishedEvent(
            id,
            0,
            uri,
            publisher.id(),
            draw,
            base,
            said.topic().text(),
            said.fingerprint(),
            (time == null ? draw.at() : time).truncatedTo(java.time.temporal.ChronoUnit.MICROS),
            "",
            Json.write(violations),
            "{}");
    return new Prepared(event, said, RawBody.of(id, body), adopt, Map.of(), null);
  }

  /// What makes an address below a place one of another place, or of no place of its own: a query,
  /// a fragment, dot segments, and slashes in disguise, encoded however often.
  private static final Pattern LEADS_ASTRAY =
      Pattern.compile("[?#\\\\]|%(?:25)*+(?:2[fF]|5[cC])|/(?:\\.|%(?:25)*+2[eE]){1,2}(?:[/;]|$)");

  /// The producer's id where it lies in its own pod, so that nobody can shadow another's event;
  /// else one of ours.
  private static String uri(
      Party publisher, @Nullable String sent, String id, List<Violation> violations) {
    var place = publisher.url() + "publish/";
    if (sent != null) {
      if (sent.startsWith(place)
          && sent.length() > place.length()
          && !LEADS_ASTRAY.matcher(sent).find(place.length() - 1)) {
        return sent;
      }
      violations.add(
          new Violation("/id", "an event's id lies below " + place, "replaced by one of ours"));
    }
    return place + id.replace("-", "");
  }

  /// Publishes, in the owner's name, that a grant has changed.
  void announce(Batch batch, Grant grant, String change, Draw draw) {
    var parties = Parties.in(batch.settings());
    var owner = parties.find(grant.owner());
    var party = parties.find(grant.party());
    if (owner.isEmpty() || party.isEmpty()) {
      return;
    }
    var body =
        contract.grantChange(
            change,
            grant.id(),
            owner.get().profile(),
            owner.get().url(),
            party.get().profile(),
            new InboxMessage.Scope(grant.publishes(), grant.subscribes()),
            grant.until(),
            draw.at());
    // A few hundred bytes of our own; they are kept and read again as all events are.
    if (contract.read(body) instanceof EventContract.Event said) {
      decide(batch, prepare(owner.get(), said, body, "", draw, null), false);
    }
  }

  /// What stands where the address of the hub stands with others' events: it is the hub's own. The
  /// id of a party that gets no copy may follow.
  private static final String OWN = "hub ";

  /// An event of the hub's own, in the name of one of those whose data it is; nobody has to grant
  /// it that.
  ///
  /// @param except the id of the party from which it comes, which gets no copy; empty for none
  /// @return what publishes it within a unit; empty when it can't be read
  public Optional<Consumer<Batch>> own(Party publisher, byte[] body, Draw draw, String except) {
    return contract.read(body) instanceof EventContract.Event said
        ? Optional.of(asked(publisher, prepare(publisher, said, body, OWN + except, draw, null)))
            .map(prepared -> batch -> decide(batch, prepared, false))
        : Optional.empty();
  }

  /// Puts a message into inboxes within a unit.
  ///
  /// @param words the message as JSON, by the id that it goes by
  /// @return that id
  String send(
      Batch batch, Party sender, Draw draw, UnaryOperator<String> words, List<Party> receivers) {
    var id = draw.uuid("event");
    var uri = sender.url() + "publish/" + id.replace("-", "");
    var raw = RawBody.of(id, words.apply(uri).getBytes(StandardCharsets.UTF_8));
    send(
        batch,
        new PublishedEvent(
            id,
            0,
            uri,
            sender.id(),
            draw,
            "",
            "",
            "",
            draw.at(),
            String.join(",", receivers.stream().map(Party::id).toList()),
            "[]",
            "{}"),
        raw);
    return uri;
  }

  private void send(Batch batch, PublishedEvent message, RawBody raw) {
    long seq = batch.append("message.sent", message.id(), message.publisher());
    batch.put(PublishedEvent.TABLE, message.at(seq));
    batch.put(PublishedEvent.RAW, raw);
    var parties = Parties.in(batch.settings());
    var sender = parties.find(message.publisher()).orElseThrow();
    for (var id : message.recipient().split(",")) {
      var copy = copy(message, seq, id, sender, null);
      batch.put(PublishedEvent.Copy.TABLE, copy);
      push(
          batch,
          message.draw(),
          copy,
          message.id(),
          "messages",
          sender.name() + " sent a message to the inbox that the endpoint gets.");
    }
  }

  /// Sends a message again within a batch that a rebuild has open.
  public void replayMessage(Batch batch, PublishedEvent message, byte[] body) {
    send(batch, message, RawBody.of(message.id(), body));
  }

  /// Publishes again within a batch that a rebuild has open.
  public void replay(Batch batch, PublishedEvent event, byte[] body) {
    var publisher = Parties.in(batch.settings()).find(event.publisher()).orElseThrow();
    if (contract.read(body) instanceof EventContract.Event said) {
      var adopt = new LinkedHashMap<String, String>();
      Json.tree(event.adopted())
          .properties()
          .forEach(e -> adopt.put(e.getKey(), e.getValue().asString()));
      // What it says of people stands in lines of the log of its own.
      decide(batch, prepare(publisher, said, body, event.base(), event.draw(), adopt), false);
    } else {
      throw new IllegalStateException("event " + event.id() + " can no longer be read");
    }
  }

  private Outcome decide(Batch batch, Prepared prepared, boolean owing) {
    var event = prepared.event();
    var said = prepared.said();
    var settings = batch.settings();
    var parties = Parties.in(settings);
    var publisher = parties.find(event.publisher()).filter(Party::isLive);
    if (publisher.isEmpty()) {
      return new Outcome.NotGranted("The publishing party is removed.");
    }
    var before = findByUri(batch, event.uri());
    if (before.isPresent()) {
      return before.get().fingerprint().equals(event.fingerprint())
          ? new Outcome.Published(event.uri())
          : new Outcome.Conflict(
              "An event with the id " + event.uri() + " was published with another content.");
    }
    var targets = new LinkedHashSet<Party>();
    var violations = new ArrayList<>(List.of(Json.read(event.violations(), Violation[].class)));
    var refusal = targets(parties, publisher.get(), prepared, batch, targets, violations);
    if (refusal != null) {
      return refusal;
    }
    long seq = batch.append("event.published", event.id(), event.publisher());
    var adopted = new TreeMap<String, String>();
    var listings = listings(batch, prepared, targets, adopted);
    batch.put(
        PublishedEvent.TABLE,
        new PublishedEvent(
            event.id(),
            seq,
            event.uri(),
            event.publisher(),
            event.draw(),
            event.base(),
            event.topic(),
            event.fingerprint(),
            event.time(),
            said.recipients().isEmpty() ? targets.getFirst().profile() : "",
            Json.write(violations),
            Json.write(adopted)));
    batch.put(PublishedEvent.RAW, prepared.raw());
    copies(batch, prepared, seq, targets, listings);
    if (prepared.people() != null
        && !sayings.apply(
            batch,
            event,
            publisher.get(),
            recipients(parties, publisher.get(), prepared),
            prepared.people(),
            owing)) {
      throw new OutOfDateException();
    }
    return new Outcome.Published(event.uri());
  }

  private static Optional<PublishedEvent> findByUri(Batch batch, String uri) {
    return batch
        .sql()
        .createQuery("SELECT " + PublishedEvent.TABLE.columnList() + " FROM event WHERE uri = :u")
        .bind("u", uri)
        .map((r, _) -> PublishedEvent.TABLE.read(new Row(r)))
        .findFirst();
  }

  /// Whose data the event is, as far as they are parties of the hub.
  private static Collection<Party> recipients(Parties parties, Party publisher, Prepared prepared) {
    var found = new LinkedHashSet<Party>();
    if (prepared.said().recipients().isEmpty()) {
      Optional.ofNullable(publisher.defaultRecipient())
          .flatMap(parties::find)
          .ifPresent(found::add);
    }
    prepared
        .said()
        .recipients()
        .forEach(uri -> parties.findByUri(uri, prepared.event().base()).ifPresent(found::add));
    found.removeIf(p -> !p.isLive() || p.isApp());
    return found;
  }

  /// Finds whose event it is, each once, in the order in which the event names them.
  private static @Nullable Outcome targets(
      Parties parties,
      Party publisher,
      Prepared prepared,
      Batch batch,
      LinkedHashSet<Party> targets,
      List<Violation> violations) {
    var said = prepared.said();
    var base = prepared.event().base();
    var recipients = new ArrayList<>(said.recipients());
    if (recipients.isEmpty()) {
      var byDefault =
          Optional.ofNullable(publisher.defaultRecipient())
              .flatMap(parties::find)
              .filter(Party::isLive);
      if (byDefault.isEmpty()) {
        return new Outcome.Invalid("The event has no `recipient`.");
      }
      recipients.add(byDefault.get().profile());
    }
    for (var uri : recipients) {
      var party = parties.findByUri(uri, base).filter(Party::isLive);
      if (party.isPresent() && party.get().isApp()) {
        return new Outcome.Invalid("The recipient " + uri + " is an app: name whose data it is.");
      }
      if (party.isEmpty() || !mayPublish(batch, publisher, party.get(), said.topic(), prepared)) {
        return notGranted(said.topic(), uri);
      }
      targets.add(party.get());
    }
    for (var uri : said.sources()) {
      var party = parties.findByUri(uri, base).filter(p -> p.isLive() && !p.isApp());
      if (party.isEmpty()) {
        violations.add(
            new Violation(
                "/source", "a source is a party of the hub, and no app", "no copy is sent to it"));
      } else if (!mayPublish(batch, publisher, party.get(), said.topic(), prepared)) {
        return notGranted(said.topic(), uri);
      } else {
        targets.add(party.get());
      }
    }
    return null;
  }

  private static Outcome notGranted(Topic topic, String uri) {
    return new Outcome.NotGranted("Publishing " + topic.text() + " is not granted by " + uri + ".");
  }

  private static boolean mayPublish(
      Batch batch, Party publisher, Party target, Topic topic, Prepared prepared) {
    return target.id().equals(publisher.id())
        || prepared.event().base().startsWith(OWN)
        || Grants.in(batch.settings()).ofOwner(target.id()).stream()
            .anyMatch(g ->
                g.party().equals(publisher.id())
                    && g.isLive(prepared.event().draw().at())
                    && g.publishes(topic));
  }

  /// Folds the event into its listing in the account root of each target.
  ///
  /// @return what became of the listing, by the target's id
  private static Map<String, ListingEvents.Outcome> listings(
      Batch batch, Prepared prepared, LinkedHashSet<Party> targets, Map<String, String> adopted) {
    var change = prepared.said().listing();
    var byRoot = new LinkedHashMap<String, ListingEvents.Outcome>();
    var byTarget = new LinkedHashMap<String, ListingEvents.Outcome>();
    if (change == null || !change.isNamed()) {
      return byTarget;
    }
    var nodes = Nodes.in(batch.settings());
    var event = prepared.event();
    for (var target : targets) {
      var office = office(nodes, target.node());
      var root = nodes.rootOf(target.node()).map(Node::id);
      if (office.isEmpty() || root.isEmpty()) {
        continue;
      }
      var known = byRoot.get(root.get());
      if (known == null) {
        var n = byRoot.size();
        var draw = event.draw();
        known =
            ListingEvents.fold(
                batch,
                root.get(),
                office.get(),
                new ListingEvents.Said(
                    change,
                    event.id(),
                    event.topic(),
                    event.publisher(),
                    event.time(),
                    draw.at(),
                    // One more for each root that the event reaches.
                    new Draw(draw.at().plusNanos(1000L * n), draw.seed(), draw.counter()).digits()),
                prepared.adopt() == null ? null : prepared.adopt().get(root.get()),
                prepared.adopt() != null);
        byRoot.put(root.get(), known);
        if (known.adopted()) {
          adopted.put(root.get(), known.listing());
        }
        // What people hold is no decision, and not made again.
        if (prepared.adopt() == null) {
          for (var number : change.numbers()) {
            ListingCart.arrived(batch, root.get(), number, known.listing());
          }
        }
      }
      byTarget.put(target.id(), known);
    }
    return byTarget;
  }

  private static Optional<String> office(Nodes nodes, String node) {
    return nodes.officesWithin(node).stream().sorted().findFirst();
  }

  private void copies(
      Batch batch,
      Prepared prepared,
      long seq,
      LinkedHashSet<Party> targets,
      Map<String, ListingEvents.Outcome> listings) {
    var parties = Parties.in(batch.settings());
    var topic = prepared.said().topic();
    var at = prepared.event().draw().at();
    // No receiver gets one event twice, by whatever ways it could: the first way counts.
    var copies = new LinkedHashMap<String, PublishedEvent.Copy>();
    var owners = new LinkedHashMap<String, Party>();
    // Each filter is asked once, however many grants have it.
    var passed = new HashMap<>(prepared.passed());
    for (var target : targets) {
      add(copies, owners, prepared, seq, target, target, null);
    }
    for (var target : targets) {
      for (var grant : Grants.in(batch.settings()).ofOwner(target.id())) {
        var receiver = parties.find(grant.party()).filter(Party::isLive);
        if (receiver.isPresent()
            && grant.isLive(at)
            && grant.subscribes(topic)
            && passes(grant, prepared, at, passed)) {
          add(copies, owners, prepared, seq, receiver.get(), target, grant);
        }
      }
    }
    // Whom a grant is about gets to know of its changes, whatever it follows.
    parties
        .findByUri(contract.grantedParty(prepared.said()), prepared.event().base())
        .filter(Party::isLive)
        .ifPresent(p -> add(copies, owners, prepared, seq, p, targets.getFirst(), null));
    for (var copy : copies.values()) {
      batch.put(PublishedEvent.Copy.TABLE, copy);
      var owner = owners.get(copy.receiver());
      if (owner != null) {
        var listing = listings.get(owner.id());
        push(
            batch,
            prepared.event().draw(),
            copy,
            listing == null ? prepared.event().id() : subject(prepared, listing),
            // In order per listing; else per owner and group.
            listing != null
                ? Terms.LISTING + listing.listing()
                : "events " + owner.id() + " " + topic.group(),
            why(copy, owner));
      }
    }
  }

  /// Plans the push of a copy, where its receiver has an endpoint.
  ///
  /// @param subject what endpoints that want the newest state alone tell events apart by
  private void push(
      Batch batch,
      Draw draw,
      PublishedEvent.Copy copy,
      String subject,
      String orderKey,
      String why) {
    var endpoint =
        Parties.in(batch.settings())
            .find(copy.receiver())
            .map(Party::endpoint)
            .flatMap(Endpoints.in(batch.settings())::find);
    if (endpoint.isEmpty()) {
      return;
    }
    var node = endpoint.get().node();
    var delivery =
        new Event(
            copy.event(),
            KIND,
            draw.at(),
            copy.seq(),
            subject,
            1,
            office(Nodes.in(batch.settings()), node).orElse(node),
            "",
            false,
            orderKey,
            "",
            _ -> Value.UNSET);
    var plan = planner.plan(batch, delivery, endpoint.get(), why, draw);
    if (!plan.claims().isEmpty()) {
      batch.afterCommit(() -> lanes.accept(plan.claims()));
    }
  }

  /// Sees to it, within a unit, that a copy is pushed once more to where its receiver's inbox is
  /// pushed now: under the same id, whether it was pushed there before or not.
  void pushAgain(Batch batch, PublishedEvent event, PublishedEvent.Copy copy) {
    var endpoint =
        Parties.in(batch.settings())
            .find(copy.receiver())
            .map(Party::endpoint)
            .flatMap(Endpoints.in(batch.settings())::find);
    if (endpoint.isEmpty()) {
      return;
    }
    var delivery = Planner.deliveryId(event.draw(), endpoint.get().id());
    if (Planner.isPlanned(batch, delivery)) {
      Redelivery.again(batch, delivery, state -> state != DeliveryState.State.PENDING);
      return;
    }
    var node = endpoint.get().node();
    Planner.planLate(
        batch,
        new Event(
            event.id(),
            KIND,
            event.draw().at(),
            event.seq(),
            event.id(),
            1,
            office(Nodes.in(batch.settings()), node).orElse(node),
            "",
            false,
            "replay " + copy.receiver(),
            "",
            _ -> Value.UNSET),
        endpoint.get(),
        "The party whose inbox the endpoint gets asked for a replay.",
        event.draw());
  }

  /// What a push is about, for endpoints that want the newest state alone: an event takes the place
  /// of an earlier one that says the same members of the same listing, so that nothing is lost by
  /// leaving that out. One that comes late takes nobody's place.
  private static String subject(Prepared prepared, ListingEvents.Outcome listing) {
    var change = prepared.said().listing();
    return change == null || !listing.newest()
        ? prepared.event().id()
        : Draw.named(
            "listing members",
            listing.listing(),
            prepared.event().topic() + "\n" + String.join("\n", change.members().keySet()));
  }

  private static String why(PublishedEvent.Copy copy, Party owner) {
    return copy.grant().isEmpty()
        ? "The event was published to the party whose inbox the endpoint gets."
        : "The party whose inbox the endpoint gets follows " + owner.name() + " by a grant.";
  }

  private static void add(
      Map<String, PublishedEvent.Copy> copies,
      Map<String, Party> owners,
      Prepared prepared,
      long seq,
      Party receiver,
      Party owner,
      @Nullable Grant grant) {
    if (copies.containsKey(receiver.id()) || prepared.event().base().equals(OWN + receiver.id())) {
      return;
    }
    copies.put(receiver.id(), copy(prepared.event(), seq, receiver.id(), owner, grant));
    owners.put(receiver.id(), owner);
  }

  private static PublishedEvent.Copy copy(
      PublishedEvent event, long seq, String receiver, Party agent, @Nullable Grant grant) {
    return new PublishedEvent.Copy(
        receiver,
        seq,
        event.id(),
        event.draw().uuid("copy " + receiver).replace("-", ""),
        agent.id(),
        grant == null ? "" : grant.id(),
        grant == null ? "[]" : Json.write(grant.redaction()));
  }

  /// What was asked before the unit; a rebuild asks within its own.
  private static boolean passes(
      Grant grant, Prepared prepared, Instant at, Map<String, Boolean> known) {
    var filter = grant.filter();
    if (filter != null
        && prepared.said().listing() != null
        && prepared.adopt() == null
        && !known.containsKey(filter)) {
      throw new OutOfDateException();
    }
    return asks(grant, prepared, at, known);
  }

  /// Whether what the event says of its listing meets the grant's filter. An event about no listing
  /// meets none.
  ///
  /// @param known what filters have said of this event
  private static boolean asks(
      Grant grant, Prepared prepared, Instant at, Map<String, Boolean> known) {
    var filter = grant.filter();
    var listing = prepared.said().listing();
    if (filter == null || listing == null) {
      return filter == null;
    }
    var said = known.get(filter);
    if (said == null) {
      said = meets(grant, filter, listing, prepared, at);
      known.put(filter, said);
    }
    return said;
  }

  private static boolean meets(
      Grant grant, String text, ListingChange listing, Prepared prepared, Instant at) {
    try {
      var filter = Filter.parse(text, StandardFields.CATALOGUE, at);
      return Evaluator.of(filter.expression(), Shapes.GEOMETRY)
          .matches(
              StandardFields.row(
                  ListingEvents.bounded(listing, at, prepared.event().time()).members()));
    } catch (FilterException e) {
      // It was read when the grant was made; nothing goes out by one that can't be read any more.
      LOG.warn("The filter of the grant {} can't be read: nothing meets it", grant.id(), e);
      return false;
    }
  }
}
