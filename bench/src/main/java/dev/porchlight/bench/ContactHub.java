package dev.porchlight.bench;

import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.filter.Expression;
import dev.porchlight.filter.Filter;
import dev.porchlight.person.ContactBody;
import dev.porchlight.person.ContactCatalogue;
import dev.porchlight.person.Contacts;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The process of a hub with very many contacts. Takes a command a line, answers each with a line
/// of JSON.
public final class ContactHub {
  private static final String TOKEN = "bench-admin-token";
  private static final int HIGHEST_RATE = 1_000_000;

  private static final String COLUMNS =
      "SELECT k.id, k.person_id, k.office_id, k.owner_id, k.owned_seq, k.connected, k.body,"
          + " k.created_at, k.modified_at, k.seq, k.deleted_at, c.modified_at";

  private static final Map<String, String> LONG_FILTERS =
      Map.of(
          "mixed",
          repeated(
              " And ",
              "HomeLocality Eq 'Fargo*','Bismarck'",
              "ModificationTimestamp Ge 2026-01-31T09:30:00Z",
              "(FamilyName Eq 'Olsen' Or length(GivenName) Mul 2 Gt 7)",
              "trim(tolower(FamilyName)) Ne 'x'",
              "Tags Eq 'buyer'"),
          "a list",
          "FamilyName Eq "
              + IntStream.range(0, 98)
                  .mapToObj("'name%03d'"::formatted)
                  .collect(Collectors.joining(",")),
          "dates",
          repeated(
              " Or ",
              "ModificationTimestamp Bt days(-30),now()",
              "ModificationTimestamp Eq 2026-01-31T09:30:00.123Z"));

  private final People people;
  private final Hub hub;
  private final Contacts contacts;
  private final Connection connection;
  private final Map<String, String> keys = new HashMap<>();

  private ContactHub(People people, HubConfig config, String url) throws Exception {
    this.people = people;
    hub = Hub.start(config);
    contacts = new Contacts(hub.store());
    connection = DriverManager.getConnection(url);
    if (url.startsWith("jdbc:sqlite:")) {
      try (var statement = connection.createStatement()) {
        statement.execute("PRAGMA cache_size = -8192");
        statement.execute("PRAGMA query_only = ON");
      }
    }
  }

  /// Runs until its input ends.
  ///
  /// @param arguments the folder under which the stores are made
  public static void main(String[] arguments) throws Exception {
    var root = Path.of(arguments[0]);
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    ContactHub side = null;
    Database database = null;
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      var words = line.split(" ", -1);
      ObjectNode answer;
      switch (words[0]) {
        case "open" -> {
          var people =
              new People(
                  Integer.parseInt(words[2]),
                  Integer.parseInt(words[3]),
                  Integer.parseInt(words[4]));
          if (words[1].equals("postgres") && database == null) {
            database = new Database(root);
          }
          long began = System.nanoTime();
          side =
              open(root, people, database != null && words[1].equals("postgres") ? database : null);
          answer = side.opened().put("filled", (System.nanoTime() - began) / 1e9);
          if (database != null) {
            answer.put("database", database.words());
          }
        }
        case "close" -> {
          if (side != null) {
            side.close();
          }
          answer = Json.object();
        }
        default -> {
          if (side == null) {
            throw new IllegalArgumentException("nothing is open: " + line);
          }
          answer = side.command(words);
        }
      }
      System.out.println(answer);
      System.out.flush();
    }
  }

  private static ContactHub open(Path root, People people, @Nullable Database database)
      throws Exception {
    var folder = Files.createTempDirectory(root, "porchlight-contacts");
    var data = folder.resolve("data");
    var url = database == null ? "jdbc:sqlite:" + data.resolve("porchlight.db") : database.create();
    var local = HubConfig.local(data, TOKEN);
    var config = database == null ? local : local.withDatabase(url, 0);
    String office;
    try (var hub = Hub.start(config)) {
      office = owners(hub, people);
    }
    var fill = new PeopleFill(people, office);
    if (database == null) {
      fill.sqlite(url);
    } else {
      fill.postgres(url);
    }
    return new ContactHub(people, config, url);
  }

  /// Makes the owners, members of the default office.
  private static String owners(Hub hub, People people) {
    var store = hub.store();
    var office =
        Nodes.in(store.settings()).all().stream()
            .filter(n -> n.kind() == Node.Kind.OFFICE)
            .findFirst()
            .orElseThrow()
            .id();
    for (int from = 0; from < people.owners(); from += 250) {
      int first = from;
      store.write(
          WorkQueue.EDITS,
          batch -> {
            for (int n = first; n < Math.min(people.owners(), first + 250); n++) {
              Nodes.put(
                  batch,
                  new Node(People.owner(n), Node.Kind.MEMBER, office, "Member " + n, null, null));
            }
            return true;
          });
    }
    return office;
  }

  private ObjectNode opened() {
    return Json.object().put("url", hub.address().toString());
  }

  private ObjectNode command(String[] words) throws Exception {
    return switch (words[0]) {
      case "key" -> Json.object().put("token", key(words[1], Boolean.parseBoolean(words[2])));
      case "pair" ->
          pair(
              ContactCase.all().get(Integer.parseInt(words[1])),
              Boolean.parseBoolean(words[2]),
              Integer.parseInt(words[3]),
              Integer.parseInt(words[4]));
      case "parse" -> parse();
      case "heap" -> heap();
      case "sizes" -> sizes();
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  /// A key that acts for a node: a member, or `mls`.
  private String key(String node, boolean replication) throws Exception {
    var known = keys.get(node + replication);
    if (known != null) {
      return known;
    }
    var member =
        node.equals("mls")
            ? Nodes.in(hub.store().settings()).all().stream()
                .filter(n -> n.kind() == Node.Kind.MLS)
                .findFirst()
                .orElseThrow()
                .id()
            : node;
    var body =
        Json.object()
            .put("name", "bench " + node + replication)
            .put("role", "private")
            .put("member", member)
            .put("replication", replication)
            .put("rate_limit", HIGHEST_RATE);
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(hub.address().resolve("/api/v1/spark-keys"))
              .header("Authorization", "Bearer " + TOKEN)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
              .build();
      var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 201) {
        throw new IllegalStateException(answer.body());
      }
      var token = Json.tree(answer.body()).path("token").stringValue();
      keys.put(node + replication, token);
      return token;
    }
  }

  private interface Way {
    long ask(ContactCase.Asked asked);
  }

  /// Asks the store and by hand, each question both, in turns the one and the other first.
  private ObjectNode pair(ContactCase one, boolean largest, int seed, int count) {
    var random = new Random(seed);
    var times = Json.object();
    var store = times.putArray("store");
    var hand = times.putArray("hand");
    for (int i = 0; i < count; i++) {
      var asked = one.maker().about(people, largest, random);
      var found = new long[2];
      for (int turn = 0; turn < 2; turn++) {
        boolean byHand = (i + turn) % 2 == 0;
        Way way = byHand ? this::byHand : this::byStore;
        long began = System.nanoTime();
        found[turn] = way.ask(asked);
        (byHand ? hand : store).add(System.nanoTime() - began);
      }
      if (found[0] != found[1]) {
        throw new IllegalStateException(one.name() + ": " + found[0] + " and " + found[1]);
      }
    }
    return times;
  }

  /// How long filters of about 1,000 characters take to read, once warm: each number is of 200
  /// readings.
  private ObjectNode parse() {
    var now = hub.store().now();
    var found = Json.object();
    LONG_FILTERS.forEach((name, text) -> {
      var times = new Times();
      for (int round = 0; round < 1_000; round++) {
        long began = System.nanoTime();
        for (int i = 0; i < 200; i++) {
          if (Filter.parse(text, ContactCatalogue.CATALOGUE, now).expression()
              instanceof Expression.Everything) {
            throw new IllegalStateException(text);
          }
        }
        if (round >= 500) {
          times.add((System.nanoTime() - began) / 200);
        }
      }
      found
          .putObject(name)
          .put("characters", text.length())
          .put("p50", times.quantile(0.5))
          .put("p99", times.quantile(0.99));
    });
    return found;
  }

  private static String repeated(String conjunction, String... parts) {
    var text = new StringBuilder(parts[0]);
    for (int i = 1; ; i++) {
      var next = conjunction + parts[i % parts.length];
      if (text.length() + next.length() > 1_000) {
        return text.toString();
      }
      text.append(next);
    }
  }

  private long byStore(ContactCase.Asked asked) {
    return contacts
        .list(
            new Contacts.Wanted(
                Set.of(asked.owner()),
                true,
                Filter.parse(asked.filter(), ContactCatalogue.CATALOGUE, hub.store().now())
                    .expression(),
                null,
                asked.orders(),
                asked.page(),
                asked.count()))
        .contacts()
        .size();
  }

  /// The same by somebody who knows the tables, run as the hub runs its reads: a reader's thread, a
  /// transaction, statements kept, all columns read, bodies too.
  private long byHand(ContactCase.Asked asked) {
    return hub.store()
        .read(h -> {
          if (asked.count()) {
            var _ =
                bound(
                        h.createQuery(
                            "SELECT COUNT(*) FROM contact_search c WHERE c.owner_id = ? AND"
                                + " c.connected = 1"
                                + (asked.sql().isEmpty() ? "" : " AND " + asked.sql())),
                        asked,
                        List.of())
                    .mapTo(Long.class)
                    .one();
          }
          List<Object> place =
              switch (asked.page()) {
                case Contacts.Page.After(long token, int limit) -> List.of(token, limit);
                case Contacts.Page.At(long skip, int limit) -> List.of(limit, skip);
                case Contacts.Page.Holding _ -> throw new IllegalArgumentException("not by hand");
              };
          return (long)
              bound(h.createQuery(sql(asked)), asked, place)
                  .map((r, _) -> {
                    for (int column = 1; column <= 12; column++) {
                      if (column < 5) {
                        var _ = r.getString(column);
                      } else if (column != 7) {
                        var _ = r.getLong(column);
                      }
                    }
                    return Json.read(r.getString(7), ContactBody.class);
                  })
                  .list()
                  .size();
        });
  }

  private static Query bound(Query query, ContactCase.Asked asked, List<Object> place) {
    int at = 0;
    query.bind(at++, asked.owner());
    for (var value : asked.binds()) {
      query.bind(at++, value);
    }
    for (var value : place) {
      query.bind(at++, value);
    }
    return query;
  }

  private static String sql(ContactCase.Asked asked) {
    var where =
        " FROM contact_search c WHERE c.owner_id = ? AND c.connected = 1"
            + (asked.sql().isEmpty() ? "" : " AND " + asked.sql());
    if (asked.page() instanceof Contacts.Page.After) {
      return COLUMNS
          + where.replace(
              "contact_search c", "contact_search c JOIN contact k ON k.id = c.contact_id")
          + " AND c.owned_seq > ? ORDER BY c.owned_seq LIMIT ?";
    }
    return COLUMNS
        + " FROM (SELECT c.contact_id"
        + where
        + " ORDER BY "
        + asked.by()
        + " LIMIT ? OFFSET ?) p JOIN contact k ON k.id = p.contact_id JOIN contact_search c ON"
        + " c.owner_id = k.owner_id AND c.owned_seq = k.owned_seq ORDER BY "
        + asked.by();
  }

  /// What lives in the heap, after collecting, in bytes.
  private static ObjectNode heap() {
    System.gc();
    return Json.object()
        .put("used", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
  }

  /// What tables and indexes take per contact, in bytes, where SQLite tells.
  private ObjectNode sizes() throws SQLException {
    var sizes = Json.object();
    try (var statement = connection.createStatement();
        var results =
            statement.executeQuery(
                connection.getMetaData().getDatabaseProductName().equals("SQLite")
                    ? "SELECT name, SUM(pgsize) FROM dbstat WHERE aggregate = TRUE AND"
                        + " name LIKE 'contact%' GROUP BY name ORDER BY name"
                    : "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relname LIKE"
                        + " 'contact%' AND relkind IN ('r', 'i') ORDER BY relname")) {
      while (results.next()) {
        sizes.put(results.getString(1), results.getLong(2) / (double) people.contacts());
      }
    }
    return sizes;
  }

  private void close() throws IOException, SQLException {
    connection.close();
    hub.close();
  }
}
