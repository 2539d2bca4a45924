package dev.porchlight.desk;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.listing.Listing;
import dev.porchlight.person.Identity;
import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Leads, for those who may see them.
public final class Leads {

  /// Of how many sources keys are looked up at once.
  private static final int SOURCES = 500;

  private final Store store;
  private final OwnLeads<LeadRecord, Long> own;

  public Leads(Store store) {
    this(store, Picked.Look.of(200));
  }

  /// @param look how those of a member with many contacts are looked for
  Leads(Store store, Picked.Look look) {
    this.store = store;
    own = new OwnLeads<>(store, look, LeadRecord::id, LeadRecord::seq);
  }

  public Optional<LeadRecord> find(Scope scope, String id) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.LEAD.columnList()
                    + " FROM lead WHERE id = :id AND "
                    + scope.sqlOfContact("office_id", "contact_id"))
            .bind("id", id)
            .map((r, _) -> Tables.LEAD.read(new Row(r)))
            .findOne());
  }

  /// Those that a sender or a receiver of its answer calls so: by the guid that we answered with,
  /// or by a name that any channel of a source has for it.
  public List<LeadRecord> listCalled(Scope scope, String name, int limit) {
    var sources = Sources.in(store.settings()).all().stream().map(Source::id).toList();
    var columns = "SELECT DISTINCT " + Tables.LEAD.columnList("l") + " FROM ";
    var within = scope.sqlOfContact("l.office_id", "l.contact_id");
    var newest = " ORDER BY l.seq DESC LIMIT :l";
    return store.read(h -> {
      var found =
          new HashSet<>(
              h.createQuery(columns + "lead l WHERE l.guid = :g AND " + within + newest)
                  .bind("g", name)
                  .bind("l", limit)
                  .map((r, _) -> Tables.LEAD.read(new Row(r)))
                  .list());
      for (int from = 0; from < sources.size(); from += SOURCES) {
        found.addAll(
            h.createQuery(
                    columns
                        + "lead_key k CROSS JOIN lead l WHERE k.source_id IN (<sources>) AND"
                        + " k.value IN (<values>) AND l.id = k.lead_id AND "
                        + within
                        + newest)
                .bindList(
                    "sources", sources.subList(from, Math.min(sources.size(), from + SOURCES)))
                .bindList("values", Intake.keys(name))
                .bind("l", limit)
                .map((r, _) -> Tables.LEAD.read(new Row(r)))
                .list());
      }
      return found.stream()
          .sorted(Comparator.comparing(LeadRecord::seq).reversed())
          .limit(limit)
          .toList();
    });
  }

  /// What to list: newest first.
  ///
  /// @param leadId only those with this id of the sender's
  /// @param test only tests, or only others; null for all
  /// @param before only those made before this place in the log
  public record Query(
      @Nullable String source,
      @Nullable String leadId,
      @Nullable String contact,
      @Nullable Boolean test,
      long before,
      int limit) {
    private Query limit(int most) {
      return new Query(source, leadId, contact, test, before, most);
    }
  }

  /// The newest that fit. Of a member with many contacts there may be more than were found: who
  /// must know asks by [#search].
  public List<LeadRecord> list(Scope scope, Query query) {
    return search(scope, query).rows();
  }

  /// The same, and behind which place in the log to go on. Those of a member with many contacts are
  /// looked for among the office's for a moment only: a page may hold less than its limit and go on
  /// all the same.
  public Picked<LeadRecord, Long> search(Scope scope, Query query) {
    if (scope.member() == null || query.leadId() != null || query.contact() != null) {
      return page(query, scope.sqlOfContact("office_id", "contact_id"), scope);
    }
    return scope.hasFewContacts(store)
        ? page(query, ofFew(scope, query), scope)
        : picked(scope, query);
  }

  private Picked<LeadRecord, Long> page(Query query, String within, Scope scope) {
    return Picked.page(
        list(query.limit(query.limit() + 1), within, scope), query.limit(), LeadRecord::seq);
  }

  /// All leads of a member are sorted, and but a few of them read.
  private static String ofFew(Scope scope, Query query) {
    return query.source() != null || query.test() != null
        ? scope.sqlOfFewContacts("office_id", "contact_id")
        : scope.sqlOfContact("office_id", "contact_id")
            + " AND id IN (SELECT id FROM lead WHERE seq < :before AND "
            + scope.sqlOfOwn("contact_id")
            + " ORDER BY seq DESC LIMIT :limit)";
  }

  private Picked<LeadRecord, Long> picked(Scope scope, Query query) {
    return own.pick(
        scope,
        query.before(),
        query.limit(),
        before ->
            list(
                new Query(query.source(), null, null, query.test(), before, own.look().atOnce()),
                scope.sqlOfItsOffice("office_id"),
                scope));
  }

  /// @param within what may be seen, in SQL
  private List<LeadRecord> list(Query query, String within, Scope scope) {
    var sql =
        new StringBuilder("SELECT ")
            .append(Tables.LEAD.columnList())
            .append(" FROM lead WHERE seq < :before AND ")
            .append(within);
    if (query.source() != null) {
      sql.append(" AND source_id = :source");
    }
    if (query.leadId() != null) {
      sql.append(" AND external_id = :external");
    }
    if (query.contact() != null) {
      sql.append(" AND contact_id = :contact");
    }
    if (query.test() != null) {
      sql.append(query.test() ? " AND test = 1" : " AND test = 0");
    }
    boolean open = query.source() == null && query.leadId() == null && query.contact() == null;
    if (open && query.test() == null) {
      sql.append(scope.sqlOfNewest("lead", "seq", "seq < :before", ":limit", "0"));
    }
    sql.append(" ORDER BY seq DESC LIMIT :limit");
    return store.read(h -> {
      var q =
          h.createQuery(sql.toString()).bind("before", query.before()).bind("limit", query.limit());
      if (query.source() != null) {
        q.bind("source", query.source());
      }
      if (query.leadId() != null) {
        q.bind("external", query.leadId());
      }
      if (query.contact() != null) {
        q.bind("contact", query.contact());
      }
      return q.map((r, _) -> Tables.LEAD.read(new Row(r))).list();
    });
  }

  /// The ids of the leads of whoever has an e-mail address, up to a thousand.
  public List<String> listOfEmail(Scope scope, String address) {
    var email = Identity.email(address.strip());
    var companies =
        Nodes.in(store.settings()).all().stream()
            .filter(n -> n.kind() == Node.Kind.COMPANY || n.kind() == Node.Kind.OFFICE)
            .map(Node::id)
            .toList();
    return email == null || companies.isEmpty()
        ? List.of()
        : store.read(h ->
            h.createQuery(
                    "SELECT l.id FROM person_email e JOIN lead l ON l.person_id = e.person_id"
                        + " WHERE e.company_id IN (<companies>) AND e.email = :email AND "
                        + scope.sqlOfContact("l.office_id", "l.contact_id")
                        + " ORDER BY l.seq DESC LIMIT 1000")
                .bindList("companies", companies)
                .bind("email", email)
                .mapTo(String.class)
                .list());
  }

  /// Those that name a listing in one of their versions, newest first; none that was erased.
  ///
  /// @param before only those made before this place in the log
  public List<LeadRecord> listAbout(Scope scope, Listing listing, long before, int limit) {
    return store.read(h -> {
      var names = new LinkedHashSet<>(LeadAbout.names(listing));
      // Events tell it by its number at an MLS in this form too.
      h.createQuery(
              "SELECT value FROM listing_key WHERE listing_id = :id AND value LIKE '"
                  + LeadAbout.MLS
                  + "%'")
          .bind("id", listing.id())
          .mapTo(String.class)
          .forEach(names::add);
      return about(h, scope, listing.rootId(), names, before, limit);
    });
  }

  /// Those that tell a listing by one of these numbers and nothing else in one of their versions,
  /// newest first; whose numbers they are is for whoever asks to find out.
  ///
  /// @param root the account root of the listing
  /// @param before only those made before this place in the log
  public List<LeadRecord> listNumbered(
      Scope scope, String root, Collection<String> numbers, long before, int limit) {
    return store.read(h ->
        about(h, scope, root, numbers.stream().map(LeadAbout::number).toList(), before, limit));
  }

  private static List<LeadRecord> about(
      Handle h, Scope scope, String root, Collection<String> names, long before, int limit) {
    return names.isEmpty()
        ? List.of()
        : h.createQuery(
                "SELECT "
                    + Tables.LEAD.columnList()
                    + " FROM lead WHERE id IN (SELECT lead_id FROM lead_about WHERE root_id ="
                    + " :root AND name IN (<names>)) AND seq < :before AND "
                    + scope.sqlOfContact("office_id", "contact_id")
                    + " ORDER BY seq DESC LIMIT :limit")
            .bind("root", root)
            .bindList("names", List.copyOf(names))
            .bind("before", before)
            .bind("limit", limit)
            .map((r, _) -> Tables.LEAD.read(new Row(r)))
            .list();
  }

  /// One version of a lead.
  ///
  /// @param fact what it says, as JSON in our own form
  public record Version(int version, String receiptId, Instant at, String fact) {
    /// What it says; nothing where that can't be read.
    public Optional<Lead> lead() {
      return LeadJson.find(fact);
    }
  }

  /// All versions, first one first.
  public List<Version> listVersions(String lead) {
    return store.read(h ->
        h.createQuery(
                "SELECT version, receipt_id, at, fact FROM lead_version"
                    + " WHERE lead_id = :id ORDER BY version")
            .bind("id", lead)
            .map((r, _) ->
                new Version(r.getInt(1), r.getString(2), Row.instant(r.getLong(3)), r.getString(4)))
            .list());
  }

  /// The newest leads of a contact, newest first, whoever may see them.
  public List<LeadRecord> listNewest(String contact, int limit) {
    return store.read(h -> listNewest(h, contact, limit));
  }

  /// The same within a unit.
  public static List<LeadRecord> listNewest(Batch batch, String contact, int limit) {
    return listNewest(batch.sql(), contact, limit);
  }

  private static List<LeadRecord> listNewest(Handle handle, String contact, int limit) {
    return handle
        .createQuery(
            "SELECT "
                + Tables.LEAD.columnList()
                + " FROM lead WHERE contact_id = :c ORDER BY seq DESC LIMIT :l")
        .bind("c", contact)
        .bind("l", limit)
        .map((r, _) -> Tables.LEAD.read(new Row(r)))
        .list();
  }

  /// What a lead says now.
  public Version getNewest(LeadRecord lead) {
    return findNewest(lead).orElseThrow();
  }

  private Optional<Version> findNewest(LeadRecord lead) {
    return store.read(h ->
        h.createQuery(
                "SELECT version, receipt_id, at, fact FROM lead_version"
                    + " WHERE lead_id = :id AND version = :v")
            .bind("id", lead.id())
            .bind("v", lead.version())
            .map((r, _) ->
                new Version(r.getInt(1), r.getString(2), Row.instant(r.getLong(3)), r.getString(4)))
            .findOne());
  }

  /// The same of several leads, by their ids; nothing of one that is gone meanwhile.
  public Map<String, Version> getNewest(List<LeadRecord> leads) {
    if (leads.isEmpty()) {
      return Map.of();
    }
    Map<String, Version> newest = new HashMap<>();
    store.read(h -> {
      h.createQuery(
              "SELECT v.version, v.receipt_id, v.at, v.fact, v.lead_id FROM lead l JOIN"
                  + " lead_version v ON v.lead_id = l.id AND v.version = l.version WHERE l.id IN"
                  + " (<ids>)")
          .bindList("ids", leads.stream().map(LeadRecord::id).toList())
          .map((r, _) ->
              Map.entry(
                  r.getString(5),
                  new Version(
                      r.getInt(1), r.getString(2), Row.instant(r.getLong(3)), r.getString(4))))
          .forEach(e -> newest.put(e.getKey(), e.getValue()));
      return newest.size();
    });
    // One that was read a moment ago has a newer version by now, or none: it is looked at by
    // itself.
    for (var lead : leads) {
      if (!newest.containsKey(lead.id())) {
        findNewest(lead).ifPresent(version -> newest.put(lead.id(), version));
      }
    }
    return newest;
  }

  /// The log's lines about a lead, first one first.
  public List<LogEntry> listHistory(String lead) {
    return store.read(h ->
        h.createQuery(
                "SELECT seq, at, kind, subject, ref FROM log WHERE subject = :id"
                    + " ORDER BY seq LIMIT 1000")
            .bind("id", lead)
            .map((r, _) ->
                new LogEntry(
                    r.getLong(1),
                    Row.instant(r.getLong(2)),
                    r.getString(3),
                    r.getString(4),
                    r.getString(5)))
            .list());
  }
}
