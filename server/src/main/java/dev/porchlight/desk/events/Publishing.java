package dev.porchlight.desk.events;

import dev.porchlight.access.RateLimits;
import dev.porchlight.access.party.Grant;
import dev.porchlight.access.party.Grants;
import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.EventContract;
import dev.porchlight.connector.InboxMessage;
import dev.porchlight.delivery.Planner;
import dev.porchlight.delivery.Terms;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.RawBody;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Unit;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.value.Violation;
import dev.porchlight.watch.ListingCart;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
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
  private final Pushes pushes;
  private final Sayings sayings;

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
    pushes = new Pushes(planner, lanes);
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

  /// The settings changed between the preparation and the unit: to be prepared anew.
  static final class OutOfDateException extends RuntimeException {
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
        var read = PreparedEvent.of(publisher, said, body, base, draw, null);
        for (int tries = 1; ; tries++) {
          var prepared = GrantFilters.asked(store.settings(), publisher, read);
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
      Party publisher, EventContract.Event said, PreparedEvent prepared, String trail) {
    var saying = said.saying();
    var settings = store.settings();
    return saying == null
        ? null
        : sayings.prepare(
            settings,
            publisher,
            EventTargets.owners(Parties.in(settings), publisher, prepared),
            saying,
            prepared.raw().bytes(),
            prepared.event().id(),
            trail);
  }

  /// Takes an event with all that follows from it.
  private final class PublishUnit implements Unit<Outcome> {
    private final PreparedEvent prepared;
    private final boolean owing;

    PublishUnit(PreparedEvent prepared, boolean owing) {
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
      decide(batch, PreparedEvent.of(owner.get(), said, body, "", draw, null), false);
    }
  }

  /// An event of the hub's own, in the name of one of those whose data it is; nobody has to grant
  /// it that.
  ///
  /// @param except the id of the party from which it comes, which gets no copy; empty for none
  /// @return what publishes it within a unit; empty when it can't be read
  public Optional<Consumer<Batch>> own(Party publisher, byte[] body, Draw draw, String except) {
    return contract.read(body) instanceof EventContract.Event said
        ? Optional.of(
                GrantFilters.asked(
                    store.settings(),
                    publisher,
                    PreparedEvent.of(publisher, said, body, EventTargets.OWN + except, draw, null)))
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
      pushes.push(
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
      decide(
          batch, PreparedEvent.of(publisher, said, body, event.base(), event.draw(), adopt), false);
    } else {
      throw new IllegalStateException("event " + event.id() + " can no longer be read");
    }
  }

  private Outcome decide(Batch batch, PreparedEvent prepared, boolean owing) {
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
    var refusal = EventTargets.find(parties, publisher.get(), prepared, batch, targets, violations);
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
            EventTargets.owners(parties, publisher.get(), prepared),
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

  /// Folds the event into its listing in the account root of each target.
  ///
  /// @return what became of the listing, by the target's id
  private static Map<String, ListingEvents.Outcome> listings(
      Batch batch,
      PreparedEvent prepared,
      LinkedHashSet<Party> targets,
      Map<String, String> adopted) {
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

  static Optional<String> office(Nodes nodes, String node) {
    return nodes.officesWithin(node).stream().sorted().findFirst();
  }

  private void copies(
      Batch batch,
      PreparedEvent prepared,
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
            && GrantFilters.passes(grant, prepared, at, passed)) {
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
        pushes.push(
            batch,
            prepared.event().draw(),
            copy,
            listing == null ? prepared.event().id() : Pushes.subject(prepared, listing),
            // In order per listing; else per owner and group.
            listing != null
                ? Terms.LISTING + listing.listing()
                : "events " + owner.id() + " " + topic.group(),
            Pushes.why(copy, owner));
      }
    }
  }

  Pushes pushes() {
    return pushes;
  }

  private static void add(
      Map<String, PublishedEvent.Copy> copies,
      Map<String, Party> owners,
      PreparedEvent prepared,
      long seq,
      Party receiver,
      Party owner,
      @Nullable Grant grant) {
    if (copies.containsKey(receiver.id())
        || prepared.event().base().equals(EventTargets.OWN + receiver.id())) {
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
}
