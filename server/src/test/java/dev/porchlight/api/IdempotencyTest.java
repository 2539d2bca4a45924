package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// A request that is repeated under one key has one effect and one answer.
@OnEveryDatabase
final class IdempotencyTest {
  @Parameter Database database;

  @Test
  void theSameRequestGetsTheSameAnswerByteForByte(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var admin = world.admin();
      var endpoint = world.endpoint("crm", "porchlight", null);
      var source = world.source("portal", "connections-plus", null);
      var lead = world.lead(source, "L-1", "Sam", "Doe", "sam@example.com");
      var contact = world.first("/api/v1/contacts");
      var person = admin.get("/api/v1/leads/" + lead).json().path("person_id").asString();
      world.door("/in/portal", source.key(), "[]").expect(400);
      var receipt = world.first("/api/v1/receipts?state=quarantined");
      var delivery = world.first("/api/v1/deliveries");
      var office = world.node("office");
      var token = admin.post("/api/v1/tokens", "{\"name\": \"t\"}").id();
      var requests = new ArrayList<List<String>>();
      requests.add(
          List.of(
              "POST",
              "/api/v1/nodes",
              "{\"kind\": \"member\", \"name\": \"m\", \"parent\": \"" + office + "\"}"));
      requests.add(
          List.of("POST", "/api/v1/sources", "{\"name\": \"s\", \"contract\": \"lead-delivery\"}"));
      requests.add(List.of("PATCH", "/api/v1/sources/portal", "{\"region\": \"CA\"}"));
      requests.add(List.of("POST", "/api/v1/sources/portal/rotate-key", ""));
      requests.add(List.of("POST", "/api/v1/sources/portal/mail-address", "{}"));
      requests.add(List.of("DELETE", "/api/v1/sources/portal/mail-address", ""));
      requests.add(List.of("POST", "/api/v1/tokens", "{\"name\": \"t\"}"));
      var sparkKey = admin.post("/api/v1/spark-keys", "{\"name\": \"k\"}").id();
      requests.add(List.of("POST", "/api/v1/nodes/" + office + "/password", "{}"));
      var member =
          admin
              .post(
                  "/api/v1/nodes",
                  "{\"kind\": \"member\", \"name\": \"r\", \"parent\": \"" + office + "\"}")
              .id();
      requests.add(List.of("PUT", "/api/v1/nodes/" + member + "/role", "{\"role\": \"manager\"}"));
      requests.add(List.of("POST", "/api/v1/nodes/" + member + "/sign-in-link", ""));
      requests.add(List.of("DELETE", "/api/v1/nodes/" + member + "/role", ""));
      requests.add(List.of("PATCH", "/api/v1/nodes/" + member, "{\"name\": \"s\"}"));
      requests.add(
          List.of(
              "PATCH",
              "/api/v1/mail-server",
              "{\"host\": \"mail.example.com\", \"from\": \"hub@example.com\"}"));
      requests.add(List.of("POST", "/api/v1/mail-server/test", "{\"to\": \"desk@example.com\"}"));
      requests.add(List.of("DELETE", "/api/v1/mail-server", ""));
      requests.add(List.of("PATCH", "/api/v1/retention", "{\"attempts_kept_days\": 7}"));
      requests.add(
          List.of(
              "PATCH",
              "/api/v1/nodes/" + office + "/mail",
              "{\"fallback\": \"desk@example.com\"}"));
      requests.add(List.of("POST", "/api/v1/spark-keys", "{\"name\": \"k\"}"));
      requests.add(List.of("PATCH", "/api/v1/spark-keys/" + sparkKey, "{\"rate_limit\": 10}"));
      requests.add(List.of("DELETE", "/api/v1/spark-keys/" + sparkKey, ""));
      requests.add(
          List.of(
              "POST",
              "/api/v1/endpoints",
              "{\"name\": \"e\", \"contract\": \"porchlight\", \"url\": \""
                  + world.crmUrl()
                  + "\"}"));
      var client =
          admin.post("/api/v1/clients", "{\"name\": \"c\", \"contract\": \"seeker-leads\"}").id();
      requests.add(
          List.of("POST", "/api/v1/clients", "{\"name\": \"d\", \"contract\": \"seeker-leads\"}"));
      requests.add(List.of("POST", "/api/v1/clients/" + client + "/rotate-secret", "{}"));
      requests.add(List.of("DELETE", "/api/v1/clients/" + client, ""));
      admin.post("/api/v1/parties", "{\"name\": \"o\", \"kind\": \"office\"}");
      var party = admin.post("/api/v1/parties", "{\"name\": \"p\", \"kind\": \"app\"}").id();
      requests.add(List.of("POST", "/api/v1/parties", "{\"name\": \"q\", \"kind\": \"app\"}"));
      requests.add(List.of("PATCH", "/api/v1/parties/" + party, "{\"name\": \"r\"}"));
      requests.add(List.of("POST", "/api/v1/parties/" + party + "/rotate-key", "{}"));
      var granted = "{\"owner\": \"o\", \"party\": \"p\", \"publishes\": [\"realestate/listing\"]}";
      var grant = admin.post("/api/v1/grants", granted).id();
      requests.add(List.of("POST", "/api/v1/grants", granted));
      requests.add(List.of("DELETE", "/api/v1/grants/" + grant, ""));
      requests.add(List.of("DELETE", "/api/v1/parties/" + party, ""));
      var listing = admin.post("/api/v1/listings", "{\"url\": \"https://l.example/1\"}").id();
      requests.add(List.of("POST", "/api/v1/listings", "{\"url\": \"https://l.example/2\"}"));
      requests.add(
          List.of("PUT", "/api/v1/listings/" + listing, "{\"url\": \"https://l.example/3\"}"));
      requests.add(List.of("DELETE", "/api/v1/listings/" + listing, ""));
      requests.add(List.of("PATCH", "/api/v1/endpoints/" + endpoint, "{\"tests\": true}"));
      requests.add(List.of("POST", "/api/v1/endpoints/" + endpoint + "/rotate-secret", "{}"));
      requests.add(List.of("POST", "/api/v1/endpoints/" + endpoint + "/test", ""));
      requests.add(List.of("POST", "/api/v1/deliveries/" + delivery + "/retry", ""));
      requests.add(List.of("POST", "/api/v1/leads/" + lead + "/answered", ""));
      // One that waits, so that nothing but the requests changes anything.
      var idle = world.endpoint("idle", "porchlight", null);
      admin.patch("/api/v1/endpoints/" + idle, "{\"disabled\": true}").expect(200);
      var replay = "{\"endpoint\": \"" + idle + "\"}";
      requests.add(List.of("POST", "/api/v1/replays", replay));
      requests.add(
          List.of(
              "PATCH",
              "/api/v1/replays/" + admin.post("/api/v1/replays", replay).expect(201).id(),
              "{\"per_second\": 2}"));
      requests.add(List.of("POST", "/api/v1/leads/" + lead + "/link", ""));
      for (var path : List.of("leads/" + lead, "receipts/" + receipt, "deliveries/" + delivery)) {
        requests.add(List.of("POST", "/api/v1/" + path + "/pin", ""));
        requests.add(List.of("POST", "/api/v1/" + path + "/unpin", ""));
      }
      requests.add(List.of("PATCH", "/api/v1/contacts/" + contact, "{\"given_name\": \"S\"}"));
      requests.add(
          List.of("POST", "/api/v1/receipts/" + receipt + "/aside", "{\"reason\": \"No.\"}"));
      requests.add(List.of("POST", "/api/v1/receipts/" + receipt + "/reopen", ""));
      requests.add(
          List.of(
              "POST",
              "/api/v1/receipts/" + receipt + "/resubmit",
              World.buyer("L-2", "Jo", "Poe", "jo@example.com")));
      requests.add(List.of("POST", "/api/v1/rebuild-check", ""));
      requests.add(List.of("POST", "/api/v1/backups", "{}"));
      requests.add(List.of("POST", "/api/v1/persons/" + person + "/erase", ""));
      requests.add(List.of("DELETE", "/api/v1/tokens/" + token, ""));
      requests.add(List.of("DELETE", "/api/v1/endpoints/" + endpoint, ""));
      // In this order, so that nothing is worked beside what is looked at.
      requests.add(List.of("POST", "/api/v1/sources/portal/resume", ""));
      requests.add(List.of("POST", "/api/v1/sources/portal/pause", ""));
      int n = 0;
      for (var r : requests) {
        if (database == Database.POSTGRESQL && r.get(1).endsWith("/backups")) {
          // That is for its own tools.
          continue;
        }
        var key = "key-" + n++;
        var first = admin.keyed(r.get(0), r.get(1), r.get(2), key);
        assertThat(first.status()).as(r + " " + first.text()).isBetween(200, 299);
        long seq = seq(world);
        var again = admin.keyed(r.get(0), r.get(1), r.get(2), key);
        assertThat(again.status()).as(r.toString()).isEqualTo(first.status());
        assertThat(again.body()).as(r.toString()).isEqualTo(first.body());
        // Deliveries of their own go on beside; the change itself was not made again.
        if (!r.get(1).contains("deliveries") && !r.get(1).contains("resubmit")) {
          assertThat(seq(world)).as(r.toString()).isEqualTo(seq);
        }
        var other = admin.keyed(r.get(0), r.get(1), "{\"other\": 1}", key).expect(422);
        assertThat(other.problem()).isEqualTo("key-reused");
      }
      // Every change was among them.
      assertThat(requests.stream().map(r -> r.get(0) + pattern(r.get(1))).toList())
          .containsAll(
              world.hub.routes().stream()
                  .filter(r -> r.template().startsWith("/api/v1/") && !r.method().equals("GET"))
                  .map(r -> r.method() + pattern(r.template()))
                  .toList());
      assertThat(world.hub.checkRebuild().differences()).isEmpty();
    }
  }

  private static String pattern(String path) {
    var parts = path.split("/");
    return parts.length < 5 ? path : path.replace("/" + parts[4], "/*");
  }

  /// How many changes there were, without those that deliveries make on their own beside.
  private static long seq(World world) {
    return world
        .hub
        .store()
        .read(h ->
            h.createQuery(
                    "SELECT COUNT(*) FROM log WHERE kind NOT LIKE 'lane%' AND kind NOT IN"
                        + " ('delivery.delivered', 'delivery.attempted', 'delivery.pending',"
                        + " 'delivery.dead', 'delivery.dropped', 'delivery.unwritable')")
                .mapTo(Long.class)
                .one());
  }

  @Test
  void twiceAtOnceHasOneEffect(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      for (int round = 0; round < 5; round++) {
        var key = "round-" + round;
        var replies =
            atOnce(
                8, () -> world.admin().keyed("POST", "/api/v1/tokens", "{\"name\": \"one\"}", key));
        assertThat(replies.stream().map(World.Reply::text).distinct()).hasSize(1);
        assertThat(replies).allMatch(r -> r.status() == 201);
      }
      assertThat(world.admin().get("/api/v1/tokens?limit=200").json().path("items")).hasSize(5);
    }
  }

  @Test
  void answersAndLinksLapseAfterADayAndDoNotPileUp(@TempDir Path folder) throws Exception {
    var offset = new AtomicReference<>(Duration.ZERO);
    InstantSource later = () -> Instant.now().plus(offset.get());
    try (var world = new World(folder, later.withZone(ZoneOffset.UTC), database.config())) {
      var lead =
          world.lead(
              world.source("portal", "connections-plus", null),
              "L-1",
              "Sam",
              "Doe",
              "sam@example.com");
      var body = "{\"name\": \"one\"}";
      for (int n = 0; n < 30; n++) {
        world.admin().keyed("POST", "/api/v1/tokens", body, "key-" + n).expect(201);
        world.admin().post("/api/v1/leads/" + lead + "/link", "").expect(201);
      }
      var first = world.admin().keyed("POST", "/api/v1/tokens", body, "key-0");
      offset.set(Duration.ofHours(23));
      assertThat(world.admin().keyed("POST", "/api/v1/tokens", body, "key-0").body())
          .isEqualTo(first.body());
      offset.set(Duration.ofHours(25));
      var again = world.admin().keyed("POST", "/api/v1/tokens", body, "key-0").expect(201);
      assertThat(again.id()).isNotEqualTo(first.id());
      world.admin().keyed("POST", "/api/v1/tokens", body, "key-x").expect(201);
      world.admin().post("/api/v1/leads/" + lead + "/link", "").expect(201);
      world.admin().post("/api/v1/leads/" + lead + "/link", "").expect(201);
      assertThat(count(world, "idempotent")).isEqualTo(2);
      assertThat(count(world, "credential WHERE kind = 'link'")).isEqualTo(2);
    }
  }

  private static int count(World world, String table) {
    return world
        .hub
        .store()
        .read(h -> h.createQuery("SELECT COUNT(*) FROM " + table).mapTo(Integer.class).one());
  }

  @Test
  void aRefusalIsNotKeptAndKeysArePerPrincipal(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var admin = world.admin();
      var body = "{\"name\": \"portal\", \"contract\": \"connections-plus\"}";
      world.source("portal", "connections-plus", null);
      admin.keyed("POST", "/api/v1/sources", body, "k").expect(409);
      admin.keyed("POST", "/api/v1/sources", body.replace("portal", "other"), "k").expect(201);
      var second = world.as(world.token("admin", null));
      second.keyed("POST", "/api/v1/sources", body.replace("portal", "third"), "k").expect(201);
      for (var bad : List.of("a b", "x".repeat(256))) {
        admin.keyed("POST", "/api/v1/tokens", "{\"name\": \"x\"}", bad).expect(400);
      }
      // A key means nothing on a reading request.
      admin.send("GET", "/api/v1/sources", new byte[0], Map.of("Idempotency-Key", "k")).expect(200);
    }
  }

  @Test
  void namesAndKeysOfSourcesAreUniqueAlsoAtOnce(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var named =
          atOnce(
              8,
              () ->
                  world
                      .admin()
                      .post(
                          "/api/v1/sources",
                          "{\"name\": \"portal\", \"contract\": \"connections-plus\"}"));
      assertThat(named).filteredOn(r -> r.status() == 201).hasSize(1);
      assertThat(named)
          .filteredOn(r -> r.status() == 409 && r.problem().equals("name-taken"))
          .hasSize(7);
      var counter = new java.util.concurrent.atomic.AtomicInteger();
      var keyed =
          atOnce(
              8,
              () ->
                  world
                      .admin()
                      .post(
                          "/api/v1/sources",
                          "{\"name\": \"p%d\", \"contract\": \"connections-plus\", \"api_key\": \"the-same-key\"}"
                              .formatted(counter.incrementAndGet())));
      assertThat(keyed).filteredOn(r -> r.status() == 201).hasSize(1);
      assertThat(keyed)
          .filteredOn(r -> r.status() == 409 && r.problem().equals("key-taken"))
          .hasSize(7);
      world
          .admin()
          .post("/api/v1/sources/portal/rotate-key", "{\"api_key\": \"the-same-key\"}")
          .expect(409);
      // What failed changed nothing: the old key still opens, nothing half made is listed.
      assertThat(world.admin().get("/api/v1/sources").json().path("items")).hasSize(2);
      assertThat(world.admin().get("/api/v1/sources/portal").json().path("keys")).hasSize(1);
    }
  }

  private static List<World.Reply> atOnce(int times, Callable<World.Reply> request)
      throws Exception {
    var start = new CountDownLatch(1);
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures =
          java.util.stream.IntStream.range(0, times)
              .mapToObj(_ ->
                  pool.submit(() -> {
                    start.await();
                    return request.call();
                  }))
              .toList();
      start.countDown();
      var replies = new ArrayList<World.Reply>();
      for (var future : futures) {
        replies.add(future.get());
      }
      return replies;
    }
  }
}
