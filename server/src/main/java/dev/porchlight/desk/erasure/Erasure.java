package dev.porchlight.desk.erasure;

import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Reading;
import dev.porchlight.delivery.Erased;
import dev.porchlight.desk.KeptBody;
import dev.porchlight.desk.Messages;
import dev.porchlight.desk.RawBody;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.Tables;
import dev.porchlight.person.PersonErasure;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Particulars;
import dev.porchlight.watch.FeedNotice;
import dev.porchlight.watch.Holdings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Erases persons, and single leads whose time is over.
///
/// What takes time (reading what is kept, taking out what is personal, searching bodies that became
/// no lead) is done outside the writer. The unit then checks that nothing was added meanwhile; if
/// something was, it does nothing and all is looked at again, and after a few times in vain the
/// unit looks for itself. So an erasure cuts at one place in the log: what is before it is erased,
/// what comes after it is of a person nobody has met.
///
/// A person of more than [#LEADS_AT_ONCE] leads is erased in several units, the first of which
/// records that it was begun; a start of a hub goes on where one stopped, and so does any other hub
/// of the database after a while.
public final class Erasure {
  private static final Logger LOG = LoggerFactory.getLogger(Erasure.class);
  private static final int LEADS_AT_ONCE = 100;
  private static final int TRIES = 8;
  private static final int PAGE = 100;

  /// Who is named where nobody asked but a time had come.
  public static final String BY_RETENTION = "retention";

  private static final String OPEN = "('owed', 'quarantined', 'refused', 'aside')";
  private static final String OPENED = "('receipt.owed', 'receipt.quarantined', 'receipt.refused')";

  private final Store store;
  private final int hub;
  private final Function<String, Connector> connectors;
  private final Messages messages;
  private final Erasures erasures;
  private final List<ErasurePlace> places;

  /// @param hub the hub's number, 0 to 99
  public Erasure(
      Store store,
      int hub,
      Function<String, Connector> connectors,
      Messages messages,
      Erasures erasures,
      List<ErasurePlace> places) {
    this.store = store;
    this.hub = hub;
    this.connectors = connectors;
    this.messages = messages;
    this.erasures = erasures;
    this.places = List.copyOf(places);
  }

  /// All that was found out before the unit.
  ///
  /// @param seq the log's end when it was begun
  /// @param typed whether the person is kept by what a member typed; their edits are counted, so
  ///   one that came since is seen
  /// @param leadCount how many of the person's leads are still to be erased
  private record Prepared(
      long seq,
      PersonErasure.Outline person,
      boolean typed,
      int leadCount,
      List<LeadErasure.Plan> leads,
      Set<String> open,
      Map<ErasurePlace, String> stamps,
      List<Consumer<Batch>> elsewhere) {
    boolean isAll() {
      return leads.size() == leadCount;
    }
  }

  private sealed interface Outcome {
    /// Something was added meanwhile.
    record Again() implements Outcome {}

    record Partly() implements Outcome {}

    record Kept() implements Outcome {}

    record Done(Erasures.Erased erased) implements Outcome {}
  }

  /// Erases a person; does nothing for one who is erased.
  ///
  /// @param principal who asks for it
  /// @return the record; empty when there is no such person
  public Optional<Erasures.Erased> erase(String person, String principal) {
    return erase(person, principal, WorkQueue.EDITS, false);
  }

  /// @param unlessKept do nothing when a second lead, or what a member typed, keeps the person
  private Optional<Erasures.Erased> erase(
      String person, String principal, WorkQueue queue, boolean unlessKept) {
    var draw = Draw.fresh(store.now(), hub);
    var id = draw.uuid("erasure");
    var search = new Search();
    int tries = 0;
    while (true) {
      var found = store.read(h -> PersonErasure.look(h, person));
      if (found.isEmpty()) {
        return Optional.empty();
      }
      var prepared =
          found.get().erasedAt() == null ? prepare(store::read, person, search, true) : null;
      boolean last = tries++ >= TRIES;
      var outcome =
          store.write(
              queue,
              batch -> unit(batch, person, id, principal, prepared, search, last, unlessKept));
      switch (outcome) {
        case Outcome.Kept _ -> {
          return Optional.empty();
        }
        case Outcome.Done(var erased) -> {
          return Optional.of(erased);
        }
        case Outcome.Partly _ -> tries = 0;
        case Outcome.Again _ -> LOG.debug("Something was added to a person who is being erased");
      }
    }
  }

  /// Goes on with what was begun before a stop of this hub or of another. Where that one is still
  /// at it, both do some of it.
  ///
  /// @param begun only what was begun before
  void resume(Instant begun) {
    for (var open : erasures.listOpen()) {
      if (open.begunAt().isBefore(begun)) {
        try {
          erase(open.subject(), open.principal());
        } catch (StoreUnavailableException e) {
          throw e;
        } catch (RuntimeException e) {
          // One that can't be ended must not keep all others.
          LOG.error("Erasure {} can't be ended; it is tried again", open.id(), e);
        }
      }
    }
  }

  /// Reads: at a connection of its own, or within the unit.
  private interface Reader {
    <T> T read(Function<Handle, T> query);
  }

  /// @param outside it is not in the unit, so it may take its time
  private Prepared prepare(Reader reader, String id, Search search, boolean outside) {
    long seq =
        reader.read(
            h -> h.createQuery("SELECT COALESCE(MAX(seq), 0) FROM log").mapTo(Long.class).one());
    var person =
        reader
            .read(h -> PersonErasure.look(h, id))
            .orElseThrow(() -> new IllegalStateException("no person " + id));
    boolean typed = reader.read(h -> PersonErasure.isTyped(h, id));
    var particulars = new Particulars();
    var all = reader.read(h -> leadsOf(h, id));
    var left = all.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
    var now = left.subList(0, Math.min(left.size(), LEADS_AT_ONCE));
    reader.read(h -> {
      PersonErasure.gather(h, id, particulars);
      LeadErasure.gatherKept(h, id, particulars);
      return true;
    });
    for (var lead : left) {
      reader.read(h -> {
        LeadErasure.gather(h, lead, particulars);
        return true;
      });
    }
    var plans = new ArrayList<LeadErasure.Plan>();
    for (var lead : now) {
      reader.read(h -> LeadErasure.look(h, lead, particulars, rereading)).ifPresent(plans::add);
    }
    if (left.size() > now.size()) {
      return new Prepared(seq, person, typed, left.size(), plans, Set.of(), Map.of(), List.of());
    }
    boolean shared = reader.read(h -> PersonErasure.sharesPhone(h, id, person.companyId()));
    var open =
        search.go(
            reader, person.companyId(), shared ? particulars.withoutNumbers() : particulars, seq);
    var ids = new HashSet<>(all.keySet());
    ids.add(id);
    ids.addAll(person.contacts());
    all.keySet().forEach(l -> ids.addAll(reader.read(h -> receiptsOf(h, l))));
    ids.addAll(open);
    var subject = new ErasurePlace.Subject(person.companyId(), Set.copyOf(ids), particulars);
    if (outside) {
      places.forEach(place -> place.search(subject));
    }
    var stamps = new LinkedHashMap<ErasurePlace, String>();
    var elsewhere = new ArrayList<Consumer<Batch>>();
    for (var place : places) {
      stamps.put(place, reader.read(place::stamp));
      elsewhere.add(reader.read(h -> place.look(h, subject)));
    }
    return new Prepared(seq, person, typed, left.size(), plans, open, stamps, elsewhere);
  }

  /// The leads of a person, and whether each is still to be erased.
  private static Map<String, Boolean> leadsOf(Handle h, String person) {
    var leads = new LinkedHashMap<String, Boolean>();
    h.createQuery("SELECT id, erased_at FROM lead WHERE person_id = :p ORDER BY seq")
        .bind("p", person)
        .map((r, _) -> Map.entry(r.getString(1), new Row(r).timeOrNull(2) == null))
        .forEach(e -> leads.put(e.getKey(), e.getValue()));
    return leads;
  }

  private static List<String> receiptsOf(Handle h, String lead) {
    return h.createQuery("SELECT id FROM receipt WHERE lead_id = :l")
        .bind("l", lead)
        .mapTo(String.class)
        .list();
  }

  private String region(String source) {
    return Sources.in(store.settings()).find(source).map(Source::region).orElse("");
  }

  private final LeadErasure.Rereading rereading =
      new LeadErasure.Rereading() {
        @Override
        public Optional<String> enquirer(Receipt receipt, byte[] raw) {
          return reread(receipt, raw);
        }

        @Override
        public String region(String source) {
          return Erasure.this.region(source);
        }
      };

  private Optional<String> reread(Receipt receipt, byte[] raw) {
    var source = Sources.in(store.settings()).find(receipt.sourceId());
    if (source.isEmpty()) {
      return Optional.empty();
    }
    try {
      var reading = KeptBody.read(connectors.apply(source.get().contract())::read, receipt, raw);
      return switch (reading) {
        case Reading.Unreadable _ -> Optional.empty();
        case Reading.Facts facts ->
            switch (facts.facts().getFirst()) {
              case Lead lead -> Optional.of(LeadJson.write(lead).path("enquirer").toString());
            };
      };
    } catch (RuntimeException e) {
      LOG.error("Receipt {} could not be read again", receipt.id(), e);
      return Optional.empty();
    }
  }

  /// Looks through the bodies that became no lead for those that reach a person. What it has looked
  /// through it does not look through again.
  private final class Search {
    private final Set<String> found = new LinkedHashSet<>();
    private long seq = -1;

    /// @param until the log's end
    Set<String> go(Reader reader, String company, Particulars person, long until) {
      var offices = Scope.at(store.settings(), company).sql("office_id");
      if (seq < 0) {
        var after = "";
        while (true) {
          var from = after;
          var page =
              reader.read(h ->
                  h.createQuery(
                          "SELECT id FROM receipt WHERE state IN "
                              + OPEN
                              + " AND id > :a AND "
                              + offices
                              + " ORDER BY id LIMIT "
                              + PAGE)
                      .bind("a", from)
                      .mapTo(String.class)
                      .list());
          if (page.isEmpty()) {
            break;
          }
          page.forEach(id -> look(reader, id, person));
          after = page.getLast();
        }
      } else {
        long from = seq;
        reader
            .read(h ->
                h.createQuery(
                        "SELECT l.ref FROM log l JOIN receipt r ON r.id = l.ref WHERE l.seq > :s"
                            + " AND l.kind IN "
                            + OPENED
                            + " AND r."
                            + offices)
                    .bind("s", from)
                    .mapTo(String.class)
                    .list())
            .forEach(id -> look(reader, id, person));
      }
      seq = until;
      return Set.copyOf(found);
    }

    private void look(Reader reader, String id, Particulars person) {
      reader
          .read(h -> RawBody.ofReceipt(h, id))
          .map(raw -> new String(raw, StandardCharsets.UTF_8))
          .filter(person::reach)
          .ifPresent(_ -> found.add(id));
    }
  }

  private Outcome unit(
      Batch batch,
      String person,
      String newId,
      String principal,
      @Nullable Prepared before,
      Search search,
      boolean last,
      boolean unlessKept) {
    var now = PersonErasure.look(batch.sql(), person).orElseThrow();
    var known = record(batch, person);
    if (now.erasedAt() != null) {
      return new Outcome.Done(
          known.orElseThrow(() -> new IllegalStateException("no record of an erasure")));
    }
    var prepared = before;
    if (prepared == null || !fits(batch, prepared)) {
      if (!last) {
        return new Outcome.Again();
      }
      prepared = prepare(within(batch), person, search, false);
    }
    if (unlessKept
        && (prepared.leadCount() > 1
            || prepared.typed()
            || PersonErasure.isRemarkedOn(batch.sql(), person)
            || prepared.leads().stream()
                .anyMatch(l -> Pins.holds(batch, Pins.Kind.LEAD, l.lead().id())))) {
      return new Outcome.Kept();
    }
    var id = known.map(Erasures.Erased::id).orElse(newId);
    var counts = known.map(Erasures.Erased::counts).orElse(Erasures.Counts.NONE);
    for (var lead : prepared.leads()) {
      counts = counts.plus(LeadErasure.erase(batch, lead, id, !prepared.isAll()));
      batch.afterCommit(() -> messages.forget(lead.lead().id()));
    }
    if (prepared.isAll()) {
      for (var receipt : prepared.open()) {
        counts = counts.plus(LeadErasure.eraseReceipt(batch, receipt, id));
      }
      LeadErasure.forgetPerson(batch, person);
      prepared.elsewhere().forEach(e -> e.accept(batch));
      for (var contact : prepared.person().contacts()) {
        FeedNotice.ids(batch.sql(), contact).forEach(notice -> Erased.erase(batch, notice));
        Holdings.delete(batch, contact);
        Erased.erase(batch, contact);
      }
      var own = PersonErasure.erase(batch, person, id, batch.now());
      counts =
          counts.plus(
              new Erasures.Counts(0, 0, 0, own.contacts(), own.edits(), own.keys(), 0, 0, 0));
    }
    var record =
        new Erasures.Erased(
            id,
            "person",
            person,
            now.companyId(),
            known.map(Erasures.Erased::principal).orElse(principal),
            known.map(Erasures.Erased::begunAt).orElse(batch.now()),
            prepared.isAll() ? batch.now() : null,
            counts);
    batch.find(Erasures.TABLE, id);
    batch.put(Erasures.TABLE, record);
    return prepared.isAll() ? new Outcome.Done(record) : new Outcome.Partly();
  }

  private static Optional<Erasures.Erased> record(Batch batch, String person) {
    return batch
        .sql()
        .createQuery(
            "SELECT "
                + Erasures.TABLE.columnList()
                + " FROM erasure WHERE subject = :s ORDER BY id DESC LIMIT 1")
        .bind("s", person)
        .map((r, _) -> Erasures.TABLE.read(new Row(r)))
        .findOne();
  }

  private static Reader within(Batch batch) {
    return new Reader() {
      @Override
      public <T> T read(Function<Handle, T> query) {
        return query.apply(batch.sql());
      }
    };
  }

  /// Whether all that was found out still holds.
  private static boolean fits(Batch batch, Prepared prepared) {
    var h = batch.sql();
    var person = prepared.person();
    var now = PersonErasure.look(h, person.id()).orElseThrow();
    int left = (int) leadsOf(h, person.id()).values().stream().filter(l -> l).count();
    if (!now.equals(person) || left != prepared.leadCount()) {
      return false;
    }
    if (prepared.isAll()) {
      int opened =
          h.createQuery("SELECT COUNT(*) FROM log WHERE seq > :s AND kind IN " + OPENED)
              .bind("s", prepared.seq())
              .mapTo(Integer.class)
              .one();
      if (opened > 0
          || prepared.stamps().entrySet().stream()
              .anyMatch(s -> !s.getKey().stamp(h).equals(s.getValue()))) {
        return false;
      }
    }
    return prepared.leads().stream().allMatch(plan -> LeadErasure.fits(batch, plan));
  }

  /// Erases a lead whose time is over, and its person too when nothing else keeps them: no other
  /// lead, and nothing that a member typed.
  ///
  /// @return whether anything was erased
  boolean expire(String lead) {
    var found =
        store.read(h ->
            h.createQuery("SELECT " + Tables.LEAD.columnList() + " FROM lead WHERE id = :l")
                .bind("l", lead)
                .map((r, _) -> Tables.LEAD.read(new Row(r)))
                .findOne());
    if (found.isEmpty() || found.get().erasedAt() != null) {
      return false;
    }
    var person = found.get().personId();
    boolean keeps =
        store.read(h ->
            leadsOf(h, person).values().stream().filter(l -> l).count() > 1
                || PersonErasure.isTyped(h, person));
    if (!keeps) {
      return erase(person, BY_RETENTION, WorkQueue.RETENTION, true).isPresent();
    }
    var particulars = new Particulars();
    var plan =
        store.read(h -> {
          PersonErasure.gather(h, person, particulars);
          LeadErasure.gather(h, lead, particulars);
          return LeadErasure.look(h, lead, particulars, rereading);
        });
    if (plan.isEmpty()) {
      return false;
    }
    var draw = Draw.fresh(store.now(), hub);
    var company =
        Nodes.in(store.settings())
            .companyOf(found.get().officeId())
            .map(n -> n.id())
            .orElse(found.get().officeId());
    return store.write(
        WorkQueue.RETENTION,
        batch -> {
          if (!LeadErasure.fits(batch, plan.get()) || Pins.holds(batch, Pins.Kind.LEAD, lead)) {
            return false;
          }
          var id = draw.uuid("erasure");
          var counts = LeadErasure.erase(batch, plan.get(), id, true);
          put(batch, id, found.get().sourceId(), company, counts);
          batch.afterCommit(() -> messages.forget(lead));
          return true;
        });
  }

  /// Erases a receipt that is no lead's and whose time is over.
  boolean expireReceipt(Receipt receipt) {
    var draw = Draw.fresh(store.now(), hub);
    var company =
        Nodes.in(store.settings())
            .companyOf(receipt.officeId())
            .map(n -> n.id())
            .orElse(receipt.officeId());
    return store.write(
        WorkQueue.RETENTION,
        batch -> {
          if (Pins.holds(batch, Pins.Kind.RECEIPT, receipt.id())) {
            return false;
          }
          var id = draw.uuid("erasure");
          var counts = LeadErasure.eraseReceipt(batch, receipt.id(), id);
          if (counts.receipts() == 0) {
            return false;
          }
          put(batch, id, receipt.sourceId(), company, counts);
          return true;
        });
  }

  private static void put(
      Batch batch, String id, String source, String company, Erasures.Counts counts) {
    batch.put(
        Erasures.TABLE,
        new Erasures.Erased(
            id, "retention", source, company, BY_RETENTION, batch.now(), batch.now(), counts));
  }

  /// What the log says is erased, here or by another hub, is forgotten in memory.
  public void follow(List<dev.porchlight.store.LogEntry> lines) {
    lines.stream()
        .filter(l -> l.kind().equals("lead.erased"))
        .forEach(l -> messages.forget(l.subject()));
  }
}
