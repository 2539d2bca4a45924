package dev.porchlight.desk.rebuild;

import dev.porchlight.connector.Reading;
import dev.porchlight.delivery.Planner;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.KeptReading;
import dev.porchlight.desk.LeadSteps;
import dev.porchlight.desk.RawBody;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.Tables;
import dev.porchlight.desk.erasure.LeadErasure;
import dev.porchlight.desk.events.PublishedEvent;
import dev.porchlight.desk.events.Publishing;
import dev.porchlight.desk.feed.Telling;
import dev.porchlight.person.Consents;
import dev.porchlight.person.Others;
import dev.porchlight.person.PersonErasure;
import dev.porchlight.person.Persons;
import dev.porchlight.routing.ServiceAreas;
import dev.porchlight.store.Batch;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Runs all decisions again, in the log's order, in an empty store, with the times and chances kept
/// beside each receipt, and compares what comes out with what is there: receipts and violations,
/// leads and their versions, persons and contacts, planned deliveries. What members typed is typed
/// again where the log has it.
///
/// Where something was erased there is no body to decide by: what the erasure has left is taken
/// over, and what such receipts did to persons who are kept, and what other decisions saw of
/// persons who are not, is done again from the little that is kept of it for that purpose.
///
/// Settings are taken over version by version, each at the place in the log from which it held.
/// Credentials, secrets and attempts are no decisions and are left out.
public final class Rebuild {
  private static final int PAGE = 200;
  private static final int SHOWN = 50;
  private static final int ROUNDS = 10;

  /// One table to compare, with its key.
  private record Compared(String table, List<String> key, List<String> columns) {
    String all() {
      return Stream.concat(key.stream(), columns.stream()).collect(Collectors.joining(", "));
    }
  }

  private static final List<Compared> COMPARED =
      List.of(
          new Compared(
              "receipt",
              List.of("id"),
              List.of(
                  "state",
                  "message",
                  "guid",
                  "lead_id",
                  "version",
                  "reason",
                  "settled_seq",
                  "erased_at")),
          new Compared(
              "violation", List.of("receipt_id", "n"), List.of("pointer", "rule", "action")),
          new Compared("lead_key", List.of("source_id", "value"), List.of("lead_id", "at")),
          new Compared(
              "lead",
              List.of("id"),
              List.of(
                  "source_id",
                  "external_id",
                  "derived",
                  "guid",
                  "office_id",
                  "person_id",
                  "contact_id",
                  "test",
                  "version",
                  "evidence",
                  "answers",
                  "created_at",
                  "updated_at",
                  "seq",
                  "key_value",
                  "erased_at")),
          new Compared("receipt_person", List.of("receipt_id"), List.of("enquirer")),
          new Compared(
              "lead_version",
              List.of("lead_id", "version"),
              List.of("receipt_id", "at", "fingerprint", "fact", "said_at", "as_of", "emptied")),
          new Compared("lead_deadline", List.of("lead_id"), List.of("at")),
          new Compared("lead_fingerprint", List.of("lead_id", "fingerprint"), List.of("version")),
          new Compared(
              "person",
              List.of("id"),
              List.of("company_id", "families", "created_at", "erased_at")),
          new Compared("person_email", List.of("company_id", "email"), List.of("person_id")),
          new Compared("person_phone", List.of("company_id", "phone"), List.of("persons")),
          new Compared("person_key", List.of("person_id", "kind", "value"), List.of()),
          new Compared("identity_seen", List.of("ref", "person_id"), List.of("what")),
          new Compared(
              "possible_duplicate",
              List.of("person_a", "person_b"),
              List.of("receipt_id", "evidence", "at")),
          new Compared(
              "contact",
              List.of("id"),
              List.of(
                  "person_id",
                  "office_id",
                  "owner_id",
                  "owned_seq",
                  "connected",
                  "body",
                  "created_at",
                  "modified_at",
                  "seq",
                  "deleted_at")),
          new Compared("contact_search", List.of("owner_id", "owned_seq"), Persons.INDEXED),
          new Compared("contact_tag", List.of("owner_id", "tag", "contact_id"), List.of("written")),
          new Compared("contact_edit", List.of("seq"), List.of("contact_id", "body", "principal")),
          new Compared(
              "consent",
              List.of("person_id", "seq"),
              List.of("channel", "given", "at", "address", "event_id", "uri", "providers")),
          new Compared(
              "lead_step",
              List.of("lead_id", "seq"),
              List.of(
                  "step",
                  "at",
                  "event_id",
                  "uri",
                  "agent",
                  "recipient",
                  "participant",
                  "reason",
                  "comment",
                  "answers")),
          new Compared("contact_name", List.of("company_id", "name"), List.of("contact_id")),
          new Compared(
              "service_area",
              List.of("company_id", "name", "seq"),
              List.of("at", "deleted", "kind", "place", "provider", "weight", "members")),
          new Compared("person_contact", List.of("person_id", "office_id"), List.of("contact_id")),
          new Compared(
              "event",
              List.of("id"),
              List.of(
                  "seq",
                  "uri",
                  "publisher_id",
                  "topic",
                  "fingerprint",
                  "time",
                  "recipient",
                  "violations",
                  "adopted")),
          new Compared(
              "event_copy",
              List.of("receiver_id", "seq"),
              List.of("event_id", "token", "agent_id", "grant_id", "redaction")),
          new Compared("listing_key", List.of("root_id", "value"), List.of("listing_id")),
          new Compared(
              "listing_state",
              List.of("listing_id"),
              List.of(
                  "root_id",
                  "office_id",
                  "state",
                  "deleted",
                  "version",
                  "created_at",
                  "updated_at",
                  "seq")),
          new Compared(
              "listing_version",
              List.of("listing_id", "version"),
              List.of("event_id", "topic", "at", "changes")),
          new Compared(
              "delivery",
              List.of("id"),
              List.of(
                  "seq",
                  "endpoint_id",
                  "order_key",
                  "event_id",
                  "kind",
                  "lead_id",
                  "version",
                  "office_id",
                  "planned_at",
                  "why")),
          new Compared("left_out", List.of("seq"), List.of("lead_id", "kind", "version", "body")));

  private final Store live;
  private final Desk desk;
  private final Publishing publishing;
  private final Supplier<EngineStore> empty;

  /// @param empty makes an empty store for the rebuild, which is closed and thrown away in the end
  public Rebuild(Store live, Desk desk, Publishing publishing, Supplier<EngineStore> empty) {
    this.live = live;
    this.desk = desk;
    this.publishing = publishing;
    this.empty = empty;
  }

  /// What came out.
  ///
  /// @param decisions how many were run again
  /// @param rows how many rows were compared
  /// @param differences the first of them, one sentence each
  public record Result(long decisions, long rows, int differenceCount, List<String> differences) {}

  /// Rebuilds and compares. Works beside a running hub: where rows differ because the hub went on
  /// meanwhile, the rebuild follows and looks at those again.
  public Result check() {
    try (var rebuilt = empty.get()) {
      var progress = new Progress();
      follow(rebuilt, progress);
      var differing = new TreeMap<String, Difference>();
      long rows = 0;
      for (var compared : COMPARED) {
        rows += compare(compared, rebuilt, differing);
      }
      for (int round = 0; round < ROUNDS && !differing.isEmpty(); round++) {
        if (!follow(rebuilt, progress)) {
          break;
        }
        differing.values().removeIf(d -> isGone(d, rebuilt));
      }
      return new Result(
          progress.decisions,
          rows,
          differing.size(),
          differing.values().stream().limit(SHOWN).map(Difference::sentence).toList());
    }
  }

  private static final class Progress {
    private long seq;
    private long decisions;
  }

  /// Replays what the log has gained; false when there was nothing.
  private boolean follow(EngineStore rebuilt, Progress progress) {
    boolean any = false;
    while (true) {
      var lines = lines(progress.seq);
      if (lines.isEmpty()) {
        return any;
      }
      any = true;
      var steps = lines.stream().map(this::step).toList();
      rebuilt.write(
          WorkQueue.REPLAY,
          batch -> {
            steps.forEach(s -> s.run(batch));
            return true;
          });
      progress.decisions +=
          steps.stream()
              .filter(s ->
                  s instanceof Step.Decide || s instanceof Step.Publish || s instanceof Step.Edit)
              .count();
      progress.seq = lines.getLast().seq();
    }
  }

  private List<LogEntry> lines(long after) {
    return live.read(h ->
        h.createQuery(
                "SELECT seq, at, kind, subject, ref FROM log WHERE seq > :after"
                    + " ORDER BY seq LIMIT "
                    + PAGE)
            .bind("after", after)
            .map((r, _) ->
                new LogEntry(
                    r.getLong(1),
                    Row.instant(r.getLong(2)),
                    r.getString(3),
                    r.getString(4),
                    r.getString(5)))
            .list());
  }

  /// What one line of the log asks the rebuild to do.
  sealed interface Step {
    void run(Batch batch);

    record Nothing() implements Step {
      @Override
      public void run(Batch batch) {}
    }

    record Set(long seq, String kind, String id, @Nullable String body) implements Step {
      @Override
      public void run(Batch batch) {
        batch.resumeAt(seq);
        batch.change(kind, id, body);
      }
    }

    record Edit(
        long seq,
        Instant at,
        String kind,
        String contact,
        String body,
        String principal,
        Others erased)
        implements Step {
      @Override
      public void run(Batch batch) {
        batch.resumeAt(seq);
        Persons.replay(batch, kind, contact, body, principal, at, erased);
      }
    }

    /// Takes over what an erasure has left, in the place of a decision that can't be run again.
    ///
    /// @param remembers does again what it did to persons who are kept
    record TakeOver(long seq, List<Copied> rows, Consumer<Batch> remembers) implements Step {
      @Override
      public void run(Batch batch) {
        batch.resumeAt(seq);
        rows.forEach(r -> r.replace(batch));
        remembers.accept(batch);
      }
    }

    /// Erases a person where they are still there.
    record ErasePerson(long seq, Instant at, String person, String ref) implements Step {
      @Override
      public void run(Batch batch) {
        batch.resumeAt(seq);
        LeadErasure.forgetPerson(batch, person);
        PersonErasure.erase(batch, person, ref, at);
      }
    }

    /// Publishes an event again.
    record Publish(long seq, PublishedEvent event, byte[] raw, Publishing publishing)
        implements Step {
      @Override
      public void run(Batch batch) {
        batch.resumeAt(seq);
        if (event.isMessage()) {
          publishing.replayMessage(batch, event, raw);
        } else {
          publishing.replay(batch, event, raw);
        }
      }
    }

    /// @param kept what is kept of a body that was dropped, which then is empty; else null
    record Decide(
        long seq,
        Receipt receipt,
        byte[] raw,
        @Nullable Reading kept,
        String became,
        Desk desk,
        Others erasedOthers)
        implements Step {
      @Override
      public void run(Batch batch) {
        batch.resumeAt(seq);
        var there = batch.find(Tables.RECEIPT, receipt.id());
        switch (became) {
          case "owed" ->
              Desk.owe(
                  batch, receipt, RawBody.of(receipt.id(), raw), receipt.guid(), receipt.reason());
          case "refused" -> {
            long at = batch.append("receipt.refused", receipt.sourceId(), receipt.id());
            batch.put(
                Tables.RECEIPT,
                receipt.became(
                    Receipt.State.REFUSED, null, 0, receipt.guid(), receipt.reason(), at));
            batch.put(Tables.RAW, RawBody.of(receipt.id(), raw));
          }
          default -> {
            var source =
                Sources.in(batch.settings())
                    .find(receipt.sourceId())
                    .orElseThrow(
                        () -> new IllegalStateException("no source " + receipt.sourceId()));
            if (kept == null) {
              desk.replay(batch, blank(receipt), raw, there != null, source, erasedOthers);
            } else {
              desk.replay(batch, blank(receipt), kept, there != null, source, erasedOthers);
            }
          }
        }
      }

      private static Receipt blank(Receipt r) {
        return new Receipt(
            r.id(),
            r.draw(),
            r.sourceId(),
            r.officeId(),
            r.channel(),
            r.contentType(),
            r.headers(),
            r.size(),
            Receipt.State.OWED,
            "",
            r.id(),
            null,
            0,
            "",
            r.signature(),
            r.corrects(),
            0,
            null);
      }
    }
  }

  private Step step(LogEntry line) {
    if (line.kind().startsWith("setting.")) {
      return live.read(h ->
          h.createQuery(
                  "SELECT kind, id, body FROM setting WHERE kind = :k AND id = :i AND seq = :s")
              .bind("k", line.kind().substring("setting.".length()))
              .bind("i", line.subject())
              .bind("s", line.seq())
              .map((r, _) ->
                  (Step) new Step.Set(line.seq(), r.getString(1), r.getString(2), r.getString(3)))
              .one());
    }
    if (Persons.REPLAYED.contains(line.kind())) {
      return edit(line);
    }
    if (Consents.LINES.contains(line.kind())) {
      return said(line, "consent", "person_id = ? AND seq = ?", line.subject(), line.seq());
    }
    if (line.kind().startsWith(LeadSteps.LINES)) {
      return leadStep(line);
    }
    return switch (line.kind()) {
      case "contact.named" -> said(line, "contact_name", "contact_id = ?", line.subject());
      case ServiceAreas.LINE ->
          said(
              line,
              "service_area",
              "company_id = ? AND name = ? AND seq = ?",
              line.subject(),
              line.ref(),
              line.seq());
      case "receipt.done",
          "receipt.repeat",
          "receipt.quarantined",
          "receipt.owed",
          "receipt.refused" ->
          decide(line);
      // Time decided these, a schedule, or a person who asked for a replay, not a receipt.
      case "lead.undelivered", "receipt.unread", "delivery.planned", Telling.PLANNED ->
          live.read(h ->
              new Step.TakeOver(
                  line.seq(),
                  List.of(Copied.of(h, "delivery", "id = ?", line.ref())),
                  batch -> {}));
      case Planner.TOLD ->
          live.read(h ->
              new Step.TakeOver(
                  line.seq(),
                  List.of(
                      Copied.of(h, "delivery", "seq = ?", line.seq()),
                      Copied.of(h, "left_out", "seq = ?", line.seq())),
                  batch -> {}));
      case "event.published", "message.sent" -> publish(line);
      case "lead.erased" -> live.read(h -> Copied.erasedLead(h, line));
      case "event.erased" ->
          live.read(h -> Copied.erasedEvent(h, line).orElseGet(Step.Nothing::new));
      case "receipt.erased" -> live.read(h -> Copied.erasedReceipt(h, line));
      case "person.erased" ->
          new Step.ErasePerson(line.seq(), line.at(), line.subject(), line.ref());
      default -> new Step.Nothing();
    };
  }

  /// What an event said is taken over as it was kept.
  private Step said(LogEntry line, String table, String where, Object... values) {
    return live.read(h ->
        new Step.TakeOver(line.seq(), List.of(Copied.of(h, table, where, values)), batch -> {}));
  }

  /// And done again to the lead.
  private Step leadStep(LogEntry line) {
    return live.read(h -> {
      var rows = Copied.of(h, "lead_step", "lead_id = ? AND seq = ?", line.subject(), line.seq());
      var steps =
          h.createQuery(
                  "SELECT "
                      + LeadSteps.TABLE.columnList()
                      + " FROM lead_step WHERE lead_id = ? AND seq = ?")
              .bind(0, line.subject())
              .bind(1, line.seq())
              .map((r, _) -> LeadSteps.TABLE.read(new Row(r)))
              .list();
      return new Step.TakeOver(
          line.seq(), List.of(rows), batch -> steps.forEach(s -> LeadSteps.answered(batch, s)));
    });
  }

  private Step publish(LogEntry line) {
    return live.read(h -> {
      var gone = Copied.erasedEvent(h, line);
      if (gone.isPresent()) {
        return gone.get();
      }
      var event =
          h.createQuery(
                  "SELECT " + PublishedEvent.TABLE.columnList() + " FROM event WHERE id = :id")
              .bind("id", line.subject())
              .map((r, _) -> PublishedEvent.TABLE.read(new Row(r)))
              .one();
      var raw =
          h.createQuery(
                  "SELECT "
                      + PublishedEvent.RAW.columnList()
                      + " FROM event_raw WHERE event_id = :id")
              .bind("id", line.subject())
              .map((r, _) -> PublishedEvent.RAW.read(new Row(r)))
              .one();
      return (Step) new Step.Publish(line.seq(), event, raw.bytes(), publishing);
    });
  }

  private Step decide(LogEntry line) {
    return live.read(h -> {
      var kept =
          h.createQuery(
                  "SELECT " + Tables.RAW.columnList() + " FROM receipt_raw WHERE receipt_id = :id")
              .bind("id", line.ref())
              .map((r, _) -> Tables.RAW.read(new Row(r)))
              .findOne();
      // After the body: where an erasure comes between, it shows here.
      var receipt =
          h.createQuery("SELECT " + Tables.RECEIPT.columnList() + " FROM receipt WHERE id = :id")
              .bind("id", line.ref())
              .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
              .one();
      var others = PersonErasure.seenOfErased(h, receipt.id());
      if (receipt.erasedAt() != null) {
        return Copied.erasedReceipt(h, line, receipt, others);
      }
      // Where it was dropped for its age, what is kept of its lead says the same.
      var read = kept.isPresent() ? Optional.<Reading.Facts>empty() : KeptReading.of(h, receipt);
      if (kept.isEmpty() && read.isEmpty()) {
        throw new IllegalStateException(
            "the raw body of receipt "
                + line.ref()
                + " is no longer kept: a rebuild is possible from after log entry "
                + line.seq());
      }
      return (Step)
          new Step.Decide(
              line.seq(),
              receipt,
              kept.map(RawBody::bytes).orElseGet(() -> new byte[0]),
              read.orElse(null),
              line.kind().substring("receipt.".length()),
              desk,
              others);
    });
  }

  private Step edit(LogEntry line) {
    return live.read(h -> edit(h, line));
  }

  private static Step edit(Handle h, LogEntry line) {
    return h.createQuery("SELECT contact_id, body, principal FROM contact_edit WHERE seq = :s")
        .bind("s", line.seq())
        .map((r, _) ->
            PersonErasure.isErasedEdit(r.getString(2))
                ? Copied.erasedEdit(h, line.seq(), r.getString(1))
                : new Step.Edit(
                    line.seq(),
                    line.at(),
                    line.kind(),
                    r.getString(1),
                    r.getString(2),
                    r.getString(3),
                    PersonErasure.seenOfErased(h, line.seq())))
        .one();
  }

  /// A row that is not the same in both stores.
  private record Difference(
      Compared compared, List<String> key, @Nullable String live, @Nullable String rebuilt) {
    String sentence() {
      var place = compared.table() + " " + String.join(" / ", key);
      if (live == null) {
        return place + ": the rebuild has it, the live store does not";
      }
      if (rebuilt == null) {
        return place + ": the live store has it, the rebuild does not";
      }
      return place + ": live " + live + ", rebuilt " + rebuilt;
    }
  }

  private record KeyedRow(List<String> key, String values) {}

  private long compare(Compared compared, Store rebuilt, Map<String, Difference> differing) {
    List<String> after = List.of();
    long rows = 0;
    while (true) {
      var here = page(compared, live, after, PAGE * 5);
      var there = page(compared, rebuilt, after, PAGE * 5);
      if (here.isEmpty() && there.isEmpty()) {
        return rows;
      }
      // Only as far as both pages reach can a row be said to be missing.
      var end = end(here, there);
      var left = rowsUpTo(here, end);
      var right = rowsUpTo(there, end);
      rows += left.size();
      for (var entry : left.entrySet()) {
        var other = right.remove(entry.getKey());
        if (other == null || !other.values().equals(entry.getValue().values())) {
          differing.put(
              compared.table() + " " + entry.getKey(),
              new Difference(
                  compared,
                  entry.getValue().key(),
                  entry.getValue().values(),
                  other == null ? null : other.values()));
        }
      }
      right.forEach((k, row) ->
          differing.put(
              compared.table() + " " + k, new Difference(compared, row.key(), null, row.values())));
      after = end;
    }
  }

  private static List<String> end(List<KeyedRow> here, List<KeyedRow> there) {
    boolean hereFull = here.size() == PAGE * 5;
    boolean thereFull = there.size() == PAGE * 5;
    if (here.isEmpty()) {
      return there.getLast().key();
    }
    if (there.isEmpty()) {
      return here.getLast().key();
    }
    var a = here.getLast().key();
    var b = there.getLast().key();
    boolean aIsLess = compareKeys(a, b) < 0;
    if (hereFull && thereFull) {
      return aIsLess ? a : b;
    }
    if (hereFull) {
      return a;
    }
    if (thereFull) {
      return b;
    }
    return aIsLess ? b : a;
  }

  private static int compareKeys(List<String> a, List<String> b) {
    for (int i = 0; i < a.size(); i++) {
      // Numbers come padded with zeros: texts sort as numbers do when they are equally long.
      int order = compareCodePoints(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static int compareCodePoints(String a, String b) {
    var x = a.codePoints().toArray();
    var y = b.codePoints().toArray();
    return java.util.Arrays.compare(x, y);
  }

  private static TreeMap<String, KeyedRow> rowsUpTo(List<KeyedRow> rows, List<String> end) {
    return rows.stream()
        .filter(r -> compareKeys(r.key(), end) <= 0)
        .collect(
            Collectors.toMap(
                r -> String.join("\u0000", r.key()), r -> r, (a, _) -> a, TreeMap::new));
  }

  private static boolean isNumber(String column) {
    return Set.of("n", "version", "seq", "owned_seq").contains(column);
  }

  /// The value of a key's column as the database has it.
  private static Object inDatabase(String column, String text) {
    if (isNumber(column)) {
      return Long.valueOf(text);
    }
    return text;
  }

  private static List<KeyedRow> page(
      Compared compared, Store store, List<String> after, int limit) {
    var keys = compared.key();
    var where = new StringBuilder();
    if (!after.isEmpty()) {
      where.append(" WHERE (").append(String.join(", ", keys)).append(") > (");
      for (int i = 0; i < after.size(); i++) {
        where.append(i == 0 ? ":k" : ", :k").append(i);
      }
      where.append(")");
    }
    var sql =
        "SELECT "
            + compared.all()
            + " FROM "
            + compared.table()
            + where
            + " ORDER BY "
            + String.join(", ", keys)
            + " LIMIT "
            + limit;
    return store.read(h -> {
      var query = h.createQuery(sql);
      for (int i = 0; i < after.size(); i++) {
        query.bind("k" + i, inDatabase(keys.get(i), after.get(i)));
      }
      return query.map((r, _) -> row(compared, r)).list();
    });
  }

  private static KeyedRow row(Compared compared, java.sql.ResultSet r)
      throws java.sql.SQLException {
    var key = new ArrayList<String>();
    int column = 1;
    for (int i = 0; i < compared.key().size(); i++) {
      key.add(
          isNumber(compared.key().get(i))
              ? "%010d".formatted(r.getLong(column++))
              : r.getString(column++));
    }
    var values = new StringBuilder();
    for (var name : compared.columns()) {
      values.append(name).append('=').append(r.getString(column++)).append(' ');
    }
    return new KeyedRow(key, values.toString().strip());
  }

  private boolean isGone(Difference d, Store rebuilt) {
    return one(d, live).equals(one(d, rebuilt));
  }

  private static String one(Difference d, Store store) {
    var keys = d.compared().key();
    var where = new StringBuilder();
    for (int i = 0; i < keys.size(); i++) {
      where.append(i == 0 ? " WHERE " : " AND ").append(keys.get(i)).append(" = :k").append(i);
    }
    var sql = "SELECT " + d.compared().all() + " FROM " + d.compared().table() + where;
    return store.read(h -> {
      var query = h.createQuery(sql);
      for (int i = 0; i < keys.size(); i++) {
        query.bind("k" + i, inDatabase(keys.get(i), d.key().get(i)));
      }
      return query.map((r, _) -> row(d.compared(), r).values()).findOne().orElse("nothing");
    });
  }
}
