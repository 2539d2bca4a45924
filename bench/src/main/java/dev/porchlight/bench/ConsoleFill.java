package dev.porchlight.bench;

import dev.porchlight.HubConfig;
import dev.porchlight.filter.Folding;
import dev.porchlight.person.Card;
import dev.porchlight.person.ContactBody;
import dev.porchlight.value.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// A store as the console sees it after a year: leads with all that hangs on them, written into the
/// database directly, in the form that the hub gives them. They lie over sixty days, a fiftieth of
/// them within the last hour. Two of three leads are by a contact of their own, the third by one
/// that is known; each is one request and one delivery; every tenth has a listing and an event of
/// its own.
final class ConsoleFill {
  /// Members of each office; in the second office one has all the contacts.
  static final int MEMBERS = 10;

  /// So many ids begin with the same time.
  private static final int CHUNK = 4_000;

  private static final int AT_ONCE = 100_000;
  private static final long DAYS = 60;
  private static final int NAMES = 10_007;
  private static final long HOUR = 3_600_000_000L;
  private static final long NUMBERED = 100_000_000_000L;

  private final DoorsHub hub;
  private final boolean postgres;
  private final People people = new People(NAMES, 1, NAMES);
  private final List<String> members;
  private final String publisher;
  private final String company;
  private final long end;
  private final long recent;
  final int size;

  /// @param members by office, ten of each
  /// @param publisher the party whose events these are
  /// @param end when the last of the leads came
  ConsoleFill(
      DoorsHub hub, String engine, int size, List<String> members, String publisher, Instant end) {
    this.hub = hub;
    company = hub.company;
    this.end = end.toEpochMilli() * 1000;
    postgres = engine.equals("postgres");
    this.size = size;
    this.members = List.copyOf(members);
    this.publisher = publisher;
    recent = size / 50;
  }

  void fill() throws Exception {
    // One of each by the hub itself, of which the others are copies.
    try (var http = HttpClient.newHttpClient()) {
      var answer =
          http.send(
              HttpRequest.newBuilder(URI.create(hub.door("bench-000")))
                  .header("X-API-Key", "bench-key-000")
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(Sample.body(1)))
                  .build(),
              HttpResponse.BodyHandlers.discarding());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException("the first lead was answered " + answer.statusCode());
      }
    }
    DoorsHub.await(
        "the first lead",
        () -> hub.count("SELECT COUNT(*) FROM delivery_state WHERE state = 'delivered'") == 1);
    hub.without(this::write);
  }

  private void write(HubConfig config) throws SQLException {
    try (var sql = new Bulk(config)) {
      long head = Long.parseLong(sql.texts("SELECT MAX(seq) FROM log").getFirst());
      var roots = sql.texts("SELECT id FROM setting WHERE kind = 'node' AND body LIKE '%\"MLS\"%'");
      var root = roots.isEmpty() ? company : roots.getFirst();
      sql.atOnce(() -> prepare(sql));
      sql.withoutIndexes(() -> {
        for (int n = 1; n <= size; n += AT_ONCE) {
          int first = n;
          int last = Math.min(size, n + AT_ONCE - 1);
          DeliveriesRun.say("  " + (n - 1));
          sql.atOnce(() -> {
            for (int from = first; from <= last; from += CHUNK) {
              for (var s : statements(head, root, from, Math.min(last, from + CHUNK - 1))) {
                sql.execute(s);
              }
            }
          });
        }
      });
    }
  }

  /// What the rows are made of.
  private void prepare(Bulk sql) throws SQLException {
    sql.execute(
        "CREATE TEMPORARY TABLE bench_door (n INTEGER PRIMARY KEY, office TEXT, source TEXT,"
            + " endpoint TEXT)");
    for (int n = 0; n < Doors.COUNT; n++) {
      sql.insert(
          "INSERT INTO bench_door VALUES (?, ?, ?, ?)",
          n,
          hub.offices.get(n),
          hub.sources.get(n),
          hub.endpoints.get(n));
    }
    sql.execute("CREATE TEMPORARY TABLE bench_member (n INTEGER PRIMARY KEY, id TEXT)");
    for (int n = 0; n < members.size(); n++) {
      sql.insert("INSERT INTO bench_member VALUES (?, ?)", n, members.get(n));
    }
    sql.execute(
        "CREATE TEMPORARY TABLE bench_name (n INTEGER PRIMARY KEY, given TEXT, family TEXT, town"
            + " TEXT, g TEXT, f TEXT, t TEXT)");
    for (int n = 0; n < NAMES; n++) {
      var one = people.get(n);
      sql.insert(
          "INSERT INTO bench_name VALUES (?, ?, ?, ?, ?, ?, ?)",
          n,
          one.given(),
          one.family(),
          one.town(),
          Folding.fold(one.given()),
          Folding.fold(one.family()),
          Folding.fold(one.town()));
    }
    // The one of each that the others are copies of.
    copy(sql, "receipt", "state = 'done'");
    copy(sql, "receipt_raw", "receipt_id IN (SELECT id FROM receipt WHERE state = 'done')");
    copy(sql, "lead", "1 = 1");
    copy(sql, "lead_version", "1 = 1");
  }

  private static void copy(Bulk sql, String table, String which) throws SQLException {
    sql.execute(
        "CREATE TEMPORARY TABLE bench_"
            + table
            + " AS SELECT * FROM "
            + table
            + " WHERE "
            + which
            + " LIMIT 1");
  }

  /// When the lead of that number came, in microseconds.
  long at(long n) {
    long begin = end - DAYS * 24 * HOUR;
    long early = size - recent;
    return n <= early
        ? begin + n * ((end - HOUR - begin) / early)
        : end - HOUR + (n - early) * (HOUR / Math.max(1, recent));
  }

  private String atSql() {
    long begin = end - DAYS * 24 * HOUR;
    long early = size - recent;
    return "(CASE WHEN c.n <= %d THEN %d + c.n * %d ELSE %d + (c.n - %d) * %d END)"
        .formatted(
            early,
            begin,
            (end - HOUR - begin) / early,
            end - HOUR,
            early,
            HOUR / Math.max(1, recent));
  }

  /// Ids begin with the time of their making.
  private String prefix(long n) {
    long first = (n - 1) / CHUNK * CHUNK + 1;
    var hex = String.format(Locale.ROOT, "%012x", at(first) / 1000);
    return hex.substring(0, 8) + "-" + hex.substring(8);
  }

  private String uuid(String prefix, int kind) {
    return "'" + prefix + "-700" + kind + "-8000-' || (" + NUMBERED + " + c.n)";
  }

  private String id(long n, int kind) {
    return prefix(n) + "-700" + kind + "-8000-" + (NUMBERED + n);
  }

  String lead(long n) {
    return id(n, 0);
  }

  String receipt(long n) {
    return id(n, 1);
  }

  String delivery(long n) {
    return id(n, 2);
  }

  String event(long n) {
    return id(n - n % 10, 3);
  }

  String quarantined(long n) {
    return id(n - n % 500, 6);
  }

  /// The contact of the lead of that number.
  String contact(long n) {
    return "20260101000000" + (NUMBERED + known(n));
  }

  String listing(long n) {
    return "20260202000000" + (NUMBERED + n - n % 10);
  }

  /// The number of the lead by which the contact of a lead came.
  static long known(long n) {
    return n % 3 == 0 && n > 100 ? n - 100 : n;
  }

  static String email(long n) {
    return "someone" + known(n) + "@example.com";
  }

  static String phone(long n) {
    return "+1701%07d".formatted(known(n));
  }

  People.Person name(long n) {
    return people.get((int) (known(n) % NAMES));
  }

  private String bytes(String text) {
    return postgres ? "convert_to(" + text + ", 'UTF8')" : "CAST(" + text + " AS BLOB)";
  }

  private String padded(String number) {
    return postgres
        ? "LPAD(CAST(" + number + " AS TEXT), 7, '0')"
        : "printf('%07d', " + number + ")";
  }

  /// A contact's body, with SQL in the place of what differs.
  private static String body() {
    var body =
        new ContactBody(
            "@G @F",
            "@G",
            "@F",
            List.of("@E"),
            List.of("@P"),
            List.of("VIP"),
            Set.of(),
            new Card(null, List.of(), List.of(), null, Map.of(), null, false, Map.of(), List.of()));
    return "'"
        + Json.write(body)
            .replace("@G", "' || b.given || '")
            .replace("@F", "' || b.family || '")
            .replace("@E", "someone' || c.n || '@example.com")
            .replace("@P", "' || @PHONE || '")
        + "'";
  }

  private List<String> statements(long head, String root, int from, int to) {
    var rows =
        "WITH RECURSIVE c(n) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT n + 1 FROM c WHERE n < %d) "
            .formatted(from, to);
    var prefix = prefix(from);
    var at = atSql();
    var lead = uuid(prefix, 0);
    var receipt = uuid(prefix, 1);
    var delivery = uuid(prefix, 2);
    var event = uuid(prefix, 3);
    var person = "'p-' || (" + NUMBERED + " + c.n)";
    var contact = "'20260101000000' || (" + NUMBERED + " + c.n)";
    var listing = "'20260202000000' || (" + NUMBERED + " + c.n)";
    // Whose contact the lead is by, by number.
    var known = "(CASE WHEN c.n % 3 = 0 AND c.n > 100 THEN c.n - 100 ELSE c.n END)";
    var settled = head + " + 3 * c.n - 2";
    var made = head + " + 3 * c.n - 1";
    var done = head + " + 3 * c.n";
    var door = " JOIN bench_door o ON o.n = c.n % 100 ";
    var member =
        " JOIN bench_member m ON m.n = c.n % 100 * 10 + CASE WHEN c.n % 100 = 1 THEN 0 ELSE"
            + " (c.n / 100) % 10 END ";
    var name = " JOIN bench_name b ON b.n = c.n % " + NAMES + " ";
    var nameOfKnown = " JOIN bench_name b ON b.n = " + known + " % " + NAMES + " ";
    var fresh = " WHERE (c.n % 3 <> 0 OR c.n <= 100) ";
    var phone = "'+1701' || " + padded("c.n");
    var state =
        "CASE WHEN c.n % 50 = 0 THEN 'dead' WHEN c.n % 200 = 1 THEN 'unwritable' WHEN c.n % 1000 ="
            + " 7 THEN 'pending' ELSE 'delivered' END";
    var later = Long.toString(end + 30 * 24 * HOUR);
    var all = new ArrayList<String>();
    all.add(
        rows
            + "INSERT INTO log SELECT "
            + settled
            + ", "
            + at
            + ", 'receipt.done', "
            + lead
            + ", "
            + receipt
            + " FROM c");
    all.add(
        rows
            + "INSERT INTO log SELECT "
            + made
            + ", "
            + at
            + ", 'lead.created', "
            + lead
            + ", "
            + receipt
            + " FROM c");
    all.add(
        rows
            + "INSERT INTO log SELECT "
            + done
            + ", "
            + at
            + ", 'delivery.delivered', "
            + lead
            + ", "
            + delivery
            + " FROM c");
    // The digits of a draw are six.
    var like =
        ", r.seed, c.n % 1000000, o.source, o.office, r.channel, r.content_type, r.headers, r.size,"
            + " ";
    var first = "CROSS JOIN bench_receipt r";
    all.add(
        rows
            + "INSERT INTO receipt SELECT "
            + receipt
            + ", "
            + at
            + like
            + "'done', r.message, 'g-' || c.n, "
            + lead
            + ", 1, '', '', NULL, "
            + made
            + ", NULL FROM c"
            + door
            + first);
    all.add(
        rows
            + "INSERT INTO receipt SELECT "
            + uuid(prefix, 6)
            + ", "
            + at
            + like
            + "CASE WHEN c.n % 500 = 0 THEN 'quarantined' WHEN c.n % 50 = 1 THEN 'repeat' ELSE"
            + " 'refused' END, r.message, 'h-' || c.n, CASE WHEN c.n % 50 = 1 THEN "
            + lead
            + " ELSE NULL END, 0, 'Why it is so.', '', NULL, "
            + made
            + ", NULL FROM c"
            + door
            + first
            + " WHERE c.n % 500 = 0 OR c.n % 50 = 1 OR c.n % 300 = 2");
    all.add(
        rows
            + "INSERT INTO receipt_raw SELECT "
            + receipt
            + ", r.codec, r.body FROM c CROSS JOIN bench_receipt_raw r");
    for (int n = 0; n < 2; n++) {
      all.add(
          rows
              + "INSERT INTO violation SELECT "
              + receipt
              + ", "
              + n
              + ", '/contact/phone', 'format', 'taken as it is' FROM c WHERE c.n % 20 = 0");
    }
    all.add(
        rows
            + "INSERT INTO lead SELECT "
            + lead
            + ", o.source, 'B-' || c.n, 0, 'g-' || c.n,"
            + " o.office, 'p-' || ("
            + NUMBERED
            + " + "
            + known
            + "), '20260101000000' || ("
            + NUMBERED
            + " + "
            + known
            + "), 0, 1, '', l.answers, "
            + at
            + ", "
            + at
            + ", "
            + made
            + ", '', NULL FROM c"
            + door
            + "CROSS JOIN bench_lead l");
    all.add(
        rows
            + "INSERT INTO lead_version SELECT "
            + lead
            + ", 1, "
            + receipt
            + ", "
            + at
            + ", 'f', replace(replace(replace(replace(v.fact, '\"Ana\"', '\"' || b.given || '\"'),"
            + " '\"Invented\"', '\"' || b.family || '\"'), 'ana0000000001', 'someone' || "
            + known
            + "), 'MLS-0815', 'X-' || (c.n - c.n % 10)), NULL, 0, 0 FROM c"
            + nameOfKnown
            + "CROSS JOIN bench_lead_version v");
    all.add(
        rows
            + "INSERT INTO person SELECT "
            + person
            + ", '"
            + company
            + "', '[]', "
            + at
            + ", NULL FROM c"
            + fresh);
    all.add(
        rows
            + "INSERT INTO person_email SELECT '"
            + company
            + "', 'someone' || c.n || '@example.com', "
            + person
            + " FROM c"
            + fresh);
    all.add(
        rows
            + "INSERT INTO person_phone SELECT '"
            + company
            + "', "
            + phone
            + ", '{\"list\":[{\"person\":\"' || "
            + person
            + " || '\"}]}' FROM c"
            + fresh);
    all.add(
        rows
            + "INSERT INTO person_contact SELECT "
            + person
            + ", o.office, "
            + contact
            + " FROM c"
            + door
            + fresh);
    all.add(
        rows
            + "INSERT INTO contact SELECT "
            + contact
            + ", "
            + person
            + ", o.office, m.id, "
            + made
            + ", 1, "
            + body().replace("@PHONE", phone)
            + ", "
            + at
            + ", "
            + at
            + ", "
            + made
            + ", NULL FROM c"
            + door
            + member
            + name
            + fresh);
    all.add(
        rows
            + "INSERT INTO contact_search (owner_id, owned_seq, contact_id, connected, created_at,"
            + " modified_at, display_name, primary_email, primary_phone_number, given_name,"
            + " family_name, home_locality) SELECT m.id, "
            + made
            + ", "
            + contact
            + ", 1, "
            + at
            + ", "
            + at
            + ", b.g || ' ' || b.f, 'someone' || c.n || '@example.com', "
            + phone
            + ", b.g, b.f, b.t FROM c"
            + member
            + name
            + fresh);
    all.add(
        rows
            + "INSERT INTO contact_tag SELECT m.id, 'vip', "
            + contact
            + ", 'VIP' FROM c"
            + member
            + fresh
            + "AND c.n % 7 = 0");
    all.add(
        rows
            + "INSERT INTO delivery SELECT "
            + delivery
            + ", "
            + made
            + ", o.endpoint, 'c-' || "
            + known
            + ", 'evt_' || c.n, 'lead.created', "
            + lead
            + ", 1, o.office, "
            + at
            + ", 'The lead landed there.' FROM c"
            + door);
    all.add(
        rows
            + "INSERT INTO delivery_state SELECT "
            + delivery
            + ", o.endpoint, "
            + made
            + ", "
            + state
            + ", 1, 1, 0, CASE WHEN c.n % 1000 = 7 THEN "
            + later
            + " ELSE NULL END, CASE WHEN c.n % 1000 = 7 THEN NULL ELSE "
            + at
            + " END, CASE WHEN c.n % 50 = 0 THEN 'It was answered 422' ELSE '' END, '[]' FROM c"
            + door);
    all.add(
        rows
            + "INSERT INTO lane SELECT o.endpoint, 'c-' || "
            + known
            + ", "
            + later
            + ", 1, 0, 0, NULL, NULL, "
            + made
            + " FROM c"
            + door
            + "WHERE c.n % 1000 = 7");
    all.add(
        rows
            + "INSERT INTO attempt SELECT "
            + delivery
            + ", 1, "
            + at
            + ", 900, CASE WHEN c.n % 50 = 0 THEN 'refused' ELSE 'delivered' END, CASE WHEN c.n"
            + " % 50 = 0 THEN 422 ELSE 200 END, '', "
            + bytes(
                "CASE WHEN c.n % 50 = 0 THEN 'listing unknown ticket' || c.n ELSE '{\"id\":\"crm-'"
                    + " || c.n || '\",\"status\":\"accepted\"}' END")
            + ", 1500, "
            + bytes("'a digest, thirty-two bytes long..'")
            + " FROM c WHERE c.n % 200 <> 1");
    for (var word : List.of("'accepted'", "'crm'")) {
      all.add(
          rows
              + "INSERT INTO answer_word SELECT "
              + word
              + ", "
              + made
              + ", "
              + delivery
              + ", 1, o.endpoint FROM c"
              + door
              + "WHERE c.n % 50 <> 0 AND c.n % 200 <> 1");
    }
    for (var word : List.of("'listing'", "'unknown'", "'ticket' || c.n")) {
      all.add(
          rows
              + "INSERT INTO answer_word SELECT "
              + word
              + ", "
              + made
              + ", "
              + delivery
              + ", 1, o.endpoint FROM c"
              + door
              + "WHERE c.n % 50 = 0");
    }
    var tenth = " WHERE c.n % 10 = 0";
    all.add(
        rows
            + "INSERT INTO listing SELECT "
            + listing
            + ", '"
            + root
            + "', o.office, NULL, 'Example MLS', 'X-' || c.n, 'https://www.example.com/' || c.n, "
            + at
            + ", "
            + at
            + " FROM c"
            + door
            + tenth);
    var stamp = ",\"m\":' || " + at + " || ',\"t\":' || " + at + " || ',\"e\":\"e\"}";
    all.add(
        rows
            + "INSERT INTO listing_state SELECT "
            + listing
            + ", '"
            + root
            + "', o.office, '{\"members\":{\"ListPrice\":{\"v\":\"350000\""
            + stamp
            + ",\"StandardStatus\":{\"v\":\"\\\"Active\\\"\""
            + stamp
            + "}}', 0, 1, "
            + at
            + ", "
            + at
            + ", "
            + done
            + " FROM c"
            + door
            + tenth);
    all.add(
        rows
            + "INSERT INTO listing_version SELECT "
            + listing
            + ", 1, "
            + event
            + ", 'realestate/listing#update', "
            + at
            + ", '[{\"member\":\"ListPrice\",\"from\":360000,\"to\":350000}]' FROM c"
            + tenth);
    all.add(
        rows
            + "INSERT INTO event SELECT "
            + event
            + ", "
            + done
            + ", 'https://example.org/events/' || c.n, '"
            + publisher
            + "', "
            + at
            + ", '0123456789abcdef0123456789abcdef', c.n % 1000, '', CASE WHEN c.n % 100 = 0 THEN"
            + " 'realestate/website#view' ELSE 'realestate/listing#update' END, 'f' || c.n, "
            + at
            + ", '', CASE WHEN c.n % 2000 = 0 THEN"
            + " '[{\"pointer\":\"/a\",\"rule\":\"type\",\"action\":\"kept\"}]' ELSE '[]' END, '{}'"
            + " FROM c"
            + tenth);
    all.add(
        rows
            + "INSERT INTO event_copy SELECT '"
            + publisher
            + "', "
            + done
            + ", "
            + event
            + ", 't-' || c.n, '"
            + publisher
            + "', '', '[]' FROM c"
            + tenth);
    all.add(
        rows
            + "INSERT INTO audit SELECT "
            + uuid(prefix, 4)
            + ", "
            + at
            + ", 'member ' || m.id, 'GET /console/leads/{id}', "
            + lead
            + ", '192.0.2.1' FROM c"
            + member
            + "WHERE c.n % 5 = 0");
    return all;
  }
}
