package dev.porchlight.desk;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.Message;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Store;
import dev.porchlight.trace.TraceContext;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Trail;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Puts together what a connector needs to write a delivery. What was just accepted is kept in
/// memory for a while, since that is what is delivered next; so is what was read ahead. Safe for
/// use by many threads.
public final class Messages {
  private static final int MOST_KEPT = 2048;
  private static final int LARGEST_KEPT = 64 * 1024;

  /// What a version of a lead says and how it came.
  ///
  /// @param ingestedAt the time of the log entry that tells of it
  record Version(
      LeadRecord record,
      Lead lead,
      int version,
      Instant receivedAt,
      String rawMessage,
      String rawContentType,
      byte @Nullable [] raw,
      String trail,
      Instant ingestedAt,
      String traceparent) {}

  private final Store store;
  private final Map<String, Version> recent =
      new LinkedHashMap<>(MOST_KEPT, 0.75f, false) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Version> eldest) {
          return size() > MOST_KEPT;
        }
      };

  private final ReadAhead ahead = new ReadAhead(System::nanoTime, ReadAhead.MOST);

  public Messages(Store store) {
    this.store = store;
  }

  void keep(Version version) {
    if (version.raw() != null && version.raw().length <= LARGEST_KEPT) {
      synchronized (recent) {
        recent.put(key(version.record().id(), version.version()), version);
      }
    }
  }

  private static String key(String lead, int version) {
    return lead + " " + version;
  }

  /// Forgets a lead that was erased.
  public void forget(String lead) {
    synchronized (recent) {
      recent.keySet().removeIf(key -> key.startsWith(lead + " "));
    }
    ahead.forget(lead);
  }

  /// Reads what these deliveries tell of, many with one question, so that [#find] need not ask for
  /// each: while a backlog goes out, that is the dearest part of a delivery. Leaves out what is
  /// kept already, and as many as there is no room for.
  public void readAhead(List<Delivery> deliveries) {
    List<String> unknown;
    synchronized (recent) {
      unknown =
          deliveries.stream()
              .filter(d -> !recent.containsKey(key(d.leadId(), d.version())))
              .map(Delivery::id)
              .toList();
    }
    ahead.read(unknown, ids -> store.read(h -> KeptVersion.listOf(h, ids)));
  }

  /// The message of a delivery; empty when the lead was erased.
  ///
  /// @throws IllegalStateException when the lead is not there
  /// @throws UnreadableLeadException when what is kept of it can't be read
  public Optional<Message> find(Delivery delivery) {
    Version version;
    synchronized (recent) {
      version = recent.get(key(delivery.leadId(), delivery.version()));
    }
    var read = ahead.take(delivery.id());
    var found = version == null ? read.orElseGet(() -> load(delivery)).version(delivery) : version;
    return found.record().erasedAt() == null
        ? Optional.of(message(delivery, found))
        : Optional.empty();
  }

  /// What a lead says as it stands, apart from any delivery.
  ///
  /// @param at when the hub took the lead in
  Message standing(LeadRecord record, Lead lead, Leads.Version newest, Instant at) {
    var delivery =
        new Delivery(
            "",
            record.seq(),
            "",
            record.contactId(),
            "",
            "lead.created",
            record.id(),
            newest.version(),
            record.officeId(),
            at,
            "");
    return message(
        delivery, new Version(record, lead, newest.version(), at, "", "", null, "", at, ""));
  }

  private Message message(Delivery delivery, Version v) {
    var settings = store.settings();
    var source = Sources.in(settings).find(v.record().sourceId());
    var answers = Json.tree(v.record().answers());
    var owner =
        delivery.kind().equals(Endpoint.ASSIGNED)
            ? owner(v.record().contactId())
            : answers.path("member").asString();
    return new Message(
        delivery.eventId(),
        delivery.kind(),
        delivery.plannedAt(),
        delivery.seq(),
        v.record().id(),
        v.version(),
        v.record().externalId(),
        v.receivedAt(),
        source.map(Source::name).orElse(""),
        source.map(Source::contract).orElse(""),
        v.record().contactId(),
        Nodes.in(settings)
            .find(owner)
            .map(Node::name)
            .orElse(answers.path("member_name").asString()),
        v.lead(),
        v.raw(),
        v.rawContentType(),
        v.rawMessage(),
        source.flatMap(s -> s.expiry(v.record().createdAt())).orElse(null),
        source.map(Source::portal).orElse(null),
        v.trail(),
        v.ingestedAt(),
        v.traceparent(),
        source.map(Source::region).orElse(null));
  }

  /// Who answers now.
  private String owner(String contact) {
    return store.read(h -> Persons.findAny(h, contact)).map(Contact::ownerId).orElse("");
  }

  /// The hubs that a receipt's headers name.
  static String trail(Receipt receipt) {
    return receipt.headers().contains(Trail.HEADER_KEPT)
        ? Json.tree(receipt.headers()).path(Trail.HEADER_KEPT).asString("")
        : "";
  }

  /// Where in which trace a receipt came in; empty for none.
  static String traceparent(Receipt receipt) {
    return receipt.headers().contains(TraceContext.HEADER)
        ? TraceContext.parse(Json.tree(receipt.headers()).path(TraceContext.HEADER).asString(""))
            .map(TraceContext::text)
            .orElse("")
        : "";
  }

  private KeptVersion load(Delivery delivery) {
    return store
        .read(h -> KeptVersion.find(h, delivery))
        .orElseThrow(() -> new IllegalStateException("no lead " + delivery.leadId()));
  }
}
