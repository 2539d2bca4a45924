package dev.porchlight.desk.onward;

import dev.porchlight.access.party.Grants;
import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Messages;
import dev.porchlight.desk.Tables;
import dev.porchlight.desk.UnreadableLeadException;
import dev.porchlight.desk.events.PublishedEvent;
import dev.porchlight.desk.events.Publishing;
import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.store.log.LogPlace;
import dev.porchlight.store.log.LogWalk;
import dev.porchlight.store.log.StandingWork;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.value.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publishes the hub's own leads as events into the pods of those whose leads they are, for whoever
/// these have granted the group `realestate/lead`: who answers, their office, what is above it.
///
/// It goes through the log line by line, and how far it came is written with the events, so each
/// lead is told of once, whichever hub does it. What came in as an event of that group is not told
/// again, since its followers have it; and what a website's event brought does not go back to its
/// publisher. Tests are not told of.
public final class Announcing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcing.class);
  private static final LogPlace PLACE = new LogPlace("announced");
  private static final Topic TOPIC = new Topic("realestate/lead", null);
  private static final int PAGE = 500;
  private static final int AT_ONCE = 20;

  private final Store store;
  private final Publishing publishing;
  private final Messages messages;
  private final Connector contract;
  private final LogWalk walk;
  private final StandingWork work;

  /// Starts.
  ///
  /// @param contract writes leads as events
  public Announcing(Store store, Publishing publishing, Messages messages, Connector contract) {
    this.store = store;
    this.publishing = publishing;
    this.messages = messages;
    this.contract = contract;
    walk = new LogWalk(store, LOG, PLACE, PAGE, AT_ONCE);
    work = StandingWork.inSteps("announcing", LOG, this::step);
    work.start(store, Announcing::isOfInterest);
  }

  private static boolean isOfInterest(String kind) {
    return switch (kind) {
      case "lead.created", "lead.updated", "contact.edited", "contact.transferred" -> true;
      default -> false;
    };
  }

  /// Goes one page of the log on; whether there may be more.
  private boolean step() {
    boolean anybody = isAnybodyToTell(store.settings());
    return walk.goOn(line -> anybody && isOfInterest(line.kind()) ? tellings(line) : List.of());
  }

  /// Publishes an event, unless its lead was erased since it was read, or it is there.
  private static void tell(Batch batch, String lead, String event, Consumer<Batch> work) {
    var now = batch.find(Tables.LEAD, lead);
    if (now != null && now.erasedAt() == null && batch.find(PublishedEvent.TABLE, event) == null) {
      work.accept(batch);
    }
  }

  private static boolean isAnybodyToTell(Settings settings) {
    return Parties.in(settings).all().stream().anyMatch(p -> isFollowed(settings, p));
  }

  /// Whether a party's leads go anywhere: to followers, or to where its own inbox is pushed.
  private static boolean isFollowed(Settings settings, Party party) {
    var parties = Parties.in(settings);
    return party.isLive()
        && !party.isApp()
        && (party.endpoint() != null
            || Grants.in(settings).ofOwner(party.id()).stream()
                .anyMatch(g ->
                    g.revokedAt() == null
                        && g.subscribes(TOPIC)
                        && parties.find(g.party()).filter(Party::isLive).isPresent()));
  }

  private List<Consumer<Batch>> tellings(LogEntry line) {
    var to = new ArrayList<Consumer<Batch>>();
    var settings = store.settings();
    switch (line.kind()) {
      case "lead.created", "lead.updated" ->
          store
              .read(h -> version(h, line))
              .flatMap(v -> telling(settings, line, line.kind(), line.subject(), v))
              .ifPresent(to::add);
      default -> {
        // What a party said of who answers, its followers have heard from it.
        if (!store.read(h -> principal(h, line.seq())).startsWith("party ")) {
          for (var change : store.read(h -> Changes.in(h, settings, line))) {
            if (change.event().kind().equals(Endpoint.ASSIGNED)) {
              var event = change.event();
              telling(
                      settings,
                      line,
                      event.kind(),
                      event.leadId(),
                      new Version(event.version(), "", ""))
                  .ifPresent(to::add);
            }
          }
        }
      }
    }
    return to;
  }

  /// A version of a lead, and how it came.
  ///
  /// @param message what its sender's contract calls the body
  /// @param event the event that it came by; empty for none
  private record Version(int version, String message, String event) {}

  private static Optional<Version> version(Handle h, LogEntry line) {
    return h.createQuery(
            "SELECT v.version, r.message, r.headers FROM lead_version v JOIN receipt r"
                + " ON r.id = v.receipt_id WHERE v.lead_id = :l AND v.receipt_id = :r")
        .bind("l", line.subject())
        .bind("r", line.ref())
        .map((r, _) -> new Version(r.getInt(1), r.getString(2), event(r.getString(3))))
        .findFirst();
  }

  private static String event(String headers) {
    return headers.contains(PublishedEvent.SAID_BY)
        ? Json.tree(headers).path(PublishedEvent.SAID_BY).asString("")
        : "";
  }

  private static String principal(Handle h, long seq) {
    return h.createQuery("SELECT principal FROM contact_edit WHERE seq = :s")
        .bind("s", seq)
        .mapTo(String.class)
        .findOne()
        .orElse("");
  }

  private Optional<Consumer<Batch>> telling(
      Settings settings, LogEntry line, String kind, String lead, Version version) {
    var record = store.read(h -> record(h, lead));
    if (record.isEmpty()
        || record.get().erasedAt() != null
        || record.get().test()
        || !version.event().isEmpty() && version.message().startsWith(TOPIC.group() + "#")) {
      return Optional.empty();
    }
    var owners = owners(settings, record.get());
    if (owners.isEmpty()) {
      return Optional.empty();
    }
    var draw =
        new Draw(
            line.at(),
            Draw.named("announced", Long.toString(line.seq()), lead).replace("-", ""),
            0);
    var delivery =
        new Delivery(
            "",
            line.seq(),
            "",
            record.get().contactId(),
            "evt_" + draw.uuid("event"),
            kind,
            lead,
            version.version(),
            record.get().officeId(),
            line.at(),
            "");
    Optional<Message> message;
    try {
      message = messages.find(delivery);
    } catch (UnreadableLeadException e) {
      LOG.error("Lead {} is not announced: a defect of ours", lead, e);
      message = Optional.empty();
    }
    if (message.isEmpty()
        || !(contract.write(message.get(), WriteOptions.NONE)
            instanceof Written.Bytes(var body, _, _))) {
      return Optional.empty();
    }
    var except = version.event().isEmpty() ? "" : store.read(h -> publisher(h, version.event()));
    return publishing
        .own(owners.getFirst(), addressed(body, owners), draw, except)
        .map(work -> batch -> tell(batch, lead, draw.uuid("event"), work));
  }

  private static Optional<LeadRecord> record(Handle h, String lead) {
    return h.createQuery("SELECT " + Tables.LEAD.columnList() + " FROM lead WHERE id = :l")
        .bind("l", lead)
        .map((r, _) -> Tables.LEAD.read(new Row(r)))
        .findOne();
  }

  private static String publisher(Handle h, String event) {
    return h.createQuery("SELECT publisher_id FROM event WHERE id = :e")
        .bind("e", event)
        .mapTo(String.class)
        .findOne()
        .orElse("");
  }

  /// The parties whose lead it is and who are followed, from who answers upwards.
  private static List<Party> owners(Settings settings, LeadRecord lead) {
    var nodes = Nodes.in(settings);
    var member = Json.tree(lead.answers()).path("member").asString("");
    return Parties.in(settings).all().stream()
        .filter(p -> isFollowed(settings, p))
        .filter(p ->
            nodes.isWithin(lead.officeId(), p.node())
                || nodes.find(member).isPresent() && nodes.isWithin(member, p.node()))
        .sorted(
            Comparator.<Party>comparingLong(p -> depth(nodes, p))
                .reversed()
                .thenComparing(Party::id))
        .toList();
  }

  private static long depth(Nodes nodes, Party party) {
    return nodes.all().stream().filter(n -> nodes.isWithin(party.node(), n.id())).count();
  }

  /// The event with whom it goes to: the first as its recipient, the others as sources.
  private static byte[] addressed(byte[] body, List<Party> owners) {
    var head = Json.object().put("recipient", owners.getFirst().profile());
    if (owners.size() > 1) {
      var sources = head.putArray("source");
      owners.stream().skip(1).forEach(p -> sources.add(p.profile()));
    }
    var text = head.toString();
    return (text.substring(0, text.length() - 1)
            + ","
            + new String(body, StandardCharsets.UTF_8).substring(1))
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    work.close();
  }
}
