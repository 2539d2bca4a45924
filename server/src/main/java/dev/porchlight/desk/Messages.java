package dev.porchlight.desk;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.Message;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.trace.TraceContext;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Trail;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Puts together what a connector needs to write a delivery. What was just accepted is kept in
/// memory for a while, since that is what is delivered next; so is what was read ahead. Safe for
/// use by many threads.
public final class Messages {
  private static final int KEPT = 2048;
  private static final int KEPT_SIZE = 64 * 1024;

  /// Of what is read ahead.
  private static final int AHEAD = 1024;

  private static final int AHEAD_SIZE = 16 * 1024 * 1024;
  private static final int TOGETHER = 32;

  /// What was read before that is read again: something may have become of the lead since.
  private static final Duration FRESH = Duration.ofSeconds(10);

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
      new LinkedHashMap<>(KEPT, 0.75f, false) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Version> eldest) {
          return size() > KEPT;
        }
      };

  /// Rows as read, by delivery; each is taken out once.
  private final Map<String, Ahead> ahead = new LinkedHashMap<>();

  private int aheadSize;

  /// How often something was forgotten: what was read before that is not put by after it.
  private long forgotten;

  public Messages(Store store) {
    this.store = store;
  }

  void keep(Version version) {
    if (version.raw() != null && version.raw().length <= KEPT_SIZE) {
      synchronized (recent) {
        recent.put(version.record().id() + " " + version.version(), version);
      }
    }
  }

  /// Forgets a lead that was erased.
  public void forget(String lead) {
    synchronized (recent) {
      recent.keySet().removeIf(key -> key.startsWith(lead + " "));
      for (var held : List.copyOf(ahead.values())) {
        if (held.kept().record().id().equals(lead)) {
          take(held.kept().delivery());
        }
      }
      forgotten++;
    }
  }

  /// Reads what these deliveries tell of, many with one question, so that [#find] need not ask for
  /// each: while a backlog goes out, that is the dearest part of a delivery. Leaves out what is
  /// kept already.
  public void readAhead(List<Delivery> deliveries) {
    List<String> wanted;
    long before;
    synchronized (recent) {
      before = forgotten;
      wanted =
          deliveries.stream()
              .filter(d -> !recent.containsKey(key(d)))
              .map(Delivery::id)
              .filter(id -> !ahead.containsKey(id))
              .toList();
    }
    if (wanted.size() < 2) {
      return;
    }
    var found =
        store.read(h -> {
          var all = new ArrayList<Kept>();
          for (int i = 0; i < wanted.size(); i += TOGETHER) {
            var some = new ArrayList<>(wanted.subList(i, Math.min(wanted.size(), i + TOGETHER)));
            while (some.size() < TOGETHER) {
              // Always as many, so that it is one statement, which is kept.
              some.add(some.getLast());
            }
            all.addAll(
                h.createQuery(OF_DELIVERIES)
                    .bindList("ids", some)
                    .map((r, _) -> Kept.read(r))
                    .list());
          }
          return all;
        });
    long now = System.nanoTime();
    synchronized (recent) {
      if (forgotten != before) {
        return;
      }
      for (var kept : found) {
        if (kept.size() <= KEPT_SIZE
            && ahead.putIfAbsent(kept.delivery(), new Ahead(kept, now)) == null) {
          aheadSize += kept.size();
        }
      }
      while (ahead.size() > AHEAD || aheadSize > AHEAD_SIZE) {
        take(ahead.keySet().iterator().next());
      }
    }
  }

  private @Nullable Ahead take(String delivery) {
    var taken = ahead.remove(delivery);
    aheadSize -= taken == null ? 0 : taken.kept().size();
    return taken;
  }

  private static String key(Delivery delivery) {
    return delivery.leadId() + " " + delivery.version();
  }

  /// The message of a delivery; empty when the lead was erased.
  ///
  /// @throws IllegalStateException when the lead is not there
  /// @throws UnreadableLeadException when what is kept of it can't be read
  public Optional<Message> find(Delivery delivery) {
    Version version;
    Ahead read;
    synchronized (recent) {
      version = recent.get(key(delivery));
      read = take(delivery.id());
    }
    Version found;
    if (version != null) {
      found = version;
    } else if (read != null && System.nanoTime() - read.at() < FRESH.toNanos()) {
      found = version(read.kept(), delivery);
    } else {
      found = load(delivery);
    }
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

  private Version load(Delivery delivery) {
    var lead = delivery.leadId();
    return store
        .read(h ->
            h.createQuery(KEPT_VERSION)
                .bind("id", lead)
                .bind("v", delivery.version())
                .bind("seq", delivery.seq())
                .bind("delivery", delivery.id())
                .map((r, _) -> Kept.read(r))
                .findOne())
        .map(kept -> version(kept, delivery))
        .orElseThrow(() -> new IllegalStateException("no lead " + lead));
  }

  private static Version version(Kept kept, Delivery delivery) {
    var row = kept.row();
    return new Version(
        kept.record(),
        LeadJson.find(row.fact()).orElseThrow(() -> new UnreadableLeadException(delivery.leadId())),
        delivery.version(),
        row.at(),
        kept.receipt().message(),
        kept.receipt().contentType(),
        kept.raw() == null ? null : kept.raw().bytes(),
        trail(kept.receipt()),
        kept.ingestedAt() == null ? row.at() : kept.ingestedAt(),
        traceparent(kept.receipt()));
  }

  private static String columns(String delivery) {
    return String.join(
        ", ",
        Tables.LEAD.columnList("l"),
        Tables.LEAD_VERSION.columnList("v"),
        Tables.RECEIPT.columnList("r"),
        "g.at",
        delivery,
        Tables.RAW.columnList("w"));
  }

  /// One question in place of five: while a backlog goes out, this is asked for each delivery that
  /// was not read ahead.
  private static final String KEPT_VERSION =
      "SELECT "
          + columns("CAST(:delivery AS TEXT)")
          + " FROM lead l JOIN lead_version v ON v.lead_id = l.id AND v.version = :v"
          + " JOIN receipt r ON r.id = v.receipt_id"
          + " LEFT JOIN log g ON g.seq = :seq"
          + " LEFT JOIN receipt_raw w ON w.receipt_id = v.receipt_id WHERE l.id = :id";

  static final String OF_DELIVERIES =
      "SELECT "
          + columns("d.id")
          + " FROM delivery d JOIN lead l ON l.id = d.lead_id"
          + " JOIN lead_version v ON v.lead_id = l.id AND v.version = d.version"
          + " JOIN receipt r ON r.id = v.receipt_id"
          + " LEFT JOIN log g ON g.seq = d.seq"
          + " LEFT JOIN receipt_raw w ON w.receipt_id = v.receipt_id WHERE d.id IN (<ids>)";

  /// @param at of [System#nanoTime]
  private record Ahead(Kept kept, long at) {}

  private record Kept(
      LeadRecord record,
      Tables.LeadVersionRow row,
      Receipt receipt,
      @Nullable Instant ingestedAt,
      String delivery,
      @Nullable RawBody raw) {
    static Kept read(ResultSet r) throws SQLException {
      int version = 1 + Tables.LEAD.columnCount();
      int receipt = version + Tables.LEAD_VERSION.columnCount();
      int log = receipt + Tables.RECEIPT.columnCount();
      return new Kept(
          Tables.LEAD.read(new Row(r)),
          Tables.LEAD_VERSION.read(new Row(r, version)),
          Tables.RECEIPT.read(new Row(r, receipt)),
          new Row(r).timeOrNull(log),
          r.getString(log + 1),
          r.getString(log + 2) == null ? null : Tables.RAW.read(new Row(r, log + 2)));
    }

    /// In memory, roughly, in bytes.
    int size() {
      return row.fact().length() + (raw == null ? 0 : raw.body().length);
    }
  }
}
