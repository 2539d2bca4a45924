package dev.porchlight.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.FakeSender;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// Hubs as processes on one database, some of which are killed or stopped.
@Tag("crash")
@Isolated
final class SeveralHubsTest {
  /// The shortest that a hub can be given.
  private static final Duration LEASE = Duration.ofSeconds(20);

  /// After a lease's end, on a machine that has other work too; less than another lease.
  private static final Duration SOON = Duration.ofSeconds(10);

  /// For what is only made ready: a process that has just started is slow at first.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int SENDERS = 16;
  private static final int EACH = 30;

  @TempDir private Path folder;

  /// Starts hubs with the numbers from 1 on an empty database, all at once.
  private List<HubProcess> start(String url, int count) throws Exception {
    var hubs = new ArrayList<HubProcess>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var starting = new ArrayList<Future<HubProcess>>();
      for (int i = 1; i <= count; i++) {
        var settings =
            Map.of(
                "PORCHLIGHT_DATA", folder.resolve("data-" + i).toString(),
                "PORCHLIGHT_DATABASE_URL", url,
                "PORCHLIGHT_HUB_NUMBER", Integer.toString(i),
                "PORCHLIGHT_SECRET_KEY_FILE", folder.resolve("hubs.key").toString(),
                "PORCHLIGHT_LEASE", Long.toString(LEASE.toSeconds()));
        var log = Files.createFile(folder.resolve("hub-" + i + ".log"));
        starting.add(threads.submit(() -> HubProcess.start(settings, log)));
      }
      Exception failed = null;
      for (var hub : starting) {
        try {
          hubs.add(hub.get());
        } catch (ExecutionException e) {
          failed = e;
        }
      }
      if (failed != null) {
        close(hubs);
        throw failed;
      }
    }
    return hubs;
  }

  private static void close(List<HubProcess> hubs) {
    hubs.forEach(HubProcess::close);
  }

  /// Of two hubs the one to send to first, and the one that is left when that is gone.
  private static final class Preferred implements Sender.Hubs<HubProcess> {
    private final HubProcess first;
    private final HubProcess other;
    private final AtomicInteger resent;

    Preferred(HubProcess first, HubProcess other, AtomicInteger resent) {
      this.first = first;
      this.other = other;
      this.resent = resent;
    }

    @Override
    public HubProcess current(@Nullable HubProcess gone) {
      if (gone == null) {
        return first;
      }
      resent.incrementAndGet();
      return other;
    }

    @Override
    public URI address(HubProcess hub) {
      return hub.address();
    }
  }

  private static void load(
      List<Sender> senders, HubProcess one, HubProcess two, AtomicInteger resent, Runnable each)
      throws Exception {
    try (var threads = Executors.newFixedThreadPool(SENDERS);
        // Else senders would try for ever where the test has failed.
        AutoCloseable _ = threads::shutdownNow) {
      var all = new ArrayList<Future<?>>();
      for (int i = 0; i < senders.size(); i++) {
        var sender = senders.get(i);
        var hubs = i % 2 == 0 ? new Preferred(one, two, resent) : new Preferred(two, one, resent);
        all.add(
            threads.submit(() -> {
              sender.send(EACH, hubs, each);
              return null;
            }));
      }
      for (var sent : all) {
        sent.get(120, TimeUnit.SECONDS);
      }
    }
  }

  private static void awaitKnown(HubProcess hub, String source, String key) {
    // 401 while it is not known, 400 for an empty body once it is.
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() ->
            FakeSender.to(hub.address(), source, key).withPath("/in/" + source).post("").status()
                == 400);
  }

  @Test
  void leads_into_two_at_once_double_nothing_and_one_goes_on_when_the_other_is_killed()
      throws Exception {
    var url = TestPostgres.newDatabase();
    var hubs = start(url, 2);
    try (var crm = new RecordingCrm();
        var db = TestPostgres.connect(url)) {
      var one = hubs.get(0);
      var two = hubs.get(1);
      var targets = Landscape.setUp(one.address(), crm);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> {
            try (var wire = new Wire(two.address())) {
              var last = targets.getLast();
              // Nothing that could become a receipt: too large.
              return wire.post(last.path(), "X-API-Key: " + last.key(), new byte[1024 * 1024 + 1])
                      .status()
                  == 413;
            }
          });
      var book = new Sender.Book();
      var random = new Random(11);
      var senders = new ArrayList<Sender>();
      for (int i = 0; i < SENDERS; i++) {
        senders.add(new Sender(i, new Random(random.nextLong()), targets, book));
      }

      var resent = new AtomicInteger();
      load(senders, one, two, resent, () -> {});
      Audit.awaitQuiet(db);
      Audit.audit(db, book, crm);
      assertThat(resent).hasValue(0);
      assertThat(crm.arrivals().stream().map(a -> a.endpoint() + " " + a.webhookId()))
          .as("each claim worked on by one hub")
          .doesNotHaveDuplicates();
      assertThat(Audit.rows(db, "SELECT DISTINCT SUBSTR(id, 21, 2) FROM contact ORDER BY 1"))
          .as("numbers of the hubs that made contacts")
          .containsExactly(List.of("01"), List.of("02"));

      var left = new AtomicInteger(SENDERS * EACH / 2);
      load(
          senders,
          one,
          two,
          resent,
          () -> {
            if (left.decrementAndGet() == 0) {
              one.kill();
            }
          });
      one.awaitEnd();
      Audit.awaitQuiet(db);
      Audit.audit(db, book, crm);
      assertThat(resent.get()).as("requests cut by the kill").isPositive();
      Landscape.checkRebuild(two.address());
    } finally {
      close(hubs);
    }
  }

  /// A lane that a hub holds.
  private record Held(String owner, Instant until) {}

  private static Held held(Connection db, String endpoint) throws SQLException {
    var rows =
        Audit.rows(
            db, "SELECT owner, leased_until FROM lane WHERE endpoint_id = '" + endpoint + "'");
    assertThat(rows).hasSize(1);
    var until = Long.parseLong(rows.getFirst().get(1));
    return new Held(rows.getFirst().getFirst(), Instant.EPOCH.plus(until, ChronoUnit.MICROS));
  }

  private static String makeEndpoint(HubProcess hub, FakeCrm crm, String source)
      throws IOException {
    var body = Json.object();
    body.put("name", "for " + source).put("url", crm.url("/crm")).put("contract", "porchlight");
    body.putArray("sources").add(source);
    try (var wire = new Wire(hub.address())) {
      var answer =
          wire.post(
              "/api/v1/endpoints",
              "Authorization: Bearer " + HubProcess.TOKEN,
              body.toString().getBytes(StandardCharsets.UTF_8));
      assertThat(answer.status()).as(answer.body()).isEqualTo(201);
      return Json.tree(answer.body()).path("id").asString();
    }
  }

  @Test
  void a_killed_hubs_lanes_go_on_within_the_lease_and_a_stopped_one_settles_nothing_afterwards()
      throws Exception {
    var url = TestPostgres.newDatabase();
    var hubs = start(url, 3);
    var killed = hubs.get(0);
    var stopped = hubs.get(1);
    var third = hubs.get(2);
    var forKilled = new CountDownLatch(1);
    var forStopped = new CountDownLatch(1);
    var forThird = new CountDownLatch(1);
    try (var crmOne = FakeCrm.open();
        var crmTwo = FakeCrm.open();
        var db = TestPostgres.connect(url)) {
      var ok = new Reaction.Status(200, Map.of(), "");
      crmOne.answers(new Reaction.Held(forKilled, ok));
      crmTwo.answers(
          new Reaction.Held(forStopped, new Reaction.Status(500, Map.of(), "")),
          new Reaction.Held(forThird, ok));
      var keys = new ArrayList<String>();
      var endpoints = new ArrayList<String>();
      for (var name : List.of("first", "second")) {
        var source =
            Landscape.make(
                killed.address(), "sources", Map.of("name", name, "contract", "connections-plus"));
        keys.add(source.path("api_key").asString());
        endpoints.add(
            makeEndpoint(
                killed, name.equals("first") ? crmOne : crmTwo, source.path("id").asString()));
      }
      awaitKnown(stopped, "second", keys.get(1));
      awaitKnown(third, "first", keys.get(0));
      awaitKnown(third, "second", keys.get(1));
      var ana = InventedPerson.of(1);
      var ben = InventedPerson.of(2);
      assertThat(post(killed, "first", keys.get(0), LeadBodies.buyer("L-1", ana))).isEqualTo(200);
      assertThat(post(stopped, "second", keys.get(1), LeadBodies.buyer("L-2", ben))).isEqualTo(200);
      crmOne.await(1);
      crmTwo.await(1);
      var first = held(db, endpoints.get(0));
      var second = held(db, endpoints.get(1));
      assertThat(first.owner()).startsWith("hub-1-");
      assertThat(second.owner()).startsWith("hub-2-");

      killed.kill();
      stopped.pause();
      var since = Instant.now();
      // What comes meanwhile waits behind what the killed one had begun.
      assertThat(post(third, "first", keys.get(0), LeadBodies.buyer("L-3", ana))).isEqualTo(200);
      assertThat(post(third, "second", keys.get(1), LeadBodies.buyer("L-4", ben))).isEqualTo(200);

      var one = crmOne.await(3);
      assertThat(one)
          .extracting(r -> r.json().path("data").path("lead_id").stringValue())
          .containsExactly("L-1", "L-1", "L-3");
      assertThat(one.get(1).header("webhook-id")).isEqualTo(one.get(0).header("webhook-id"));
      assertThat(one.get(1).at())
          .as("not while the lease of the killed one ran, but soon after")
          .isBetween(first.until(), since.plus(LEASE).plus(SOON));
      var two = crmTwo.await(2);
      assertThat(two.get(1).at())
          .as("not while the lease of the stopped one ran, but soon after")
          .isBetween(second.until(), since.plus(LEASE).plus(SOON));
      System.out.printf(
          "Lanes went on %d and %d ms after their leases%n",
          Duration.between(first.until(), one.get(1).at()).toMillis(),
          Duration.between(second.until(), two.get(1).at()).toMillis());

      // The stopped one wakes up, hears 500, and would write that down.
      forStopped.countDown();
      stopped.goOn();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> stopped.said().stream().anyMatch(l -> l.contains("nothing is recorded")));
      assertThat(held(db, endpoints.get(1)).owner()).startsWith("hub-3-");
      assertThat(attempts(db, "L-2")).isEmpty();
      forThird.countDown();
      assertThat(crmTwo.await(3).get(2).json().path("data").path("lead_id").stringValue())
          .isEqualTo("L-4");
      Audit.awaitQuiet(db);
      assertThat(attempts(db, "L-2")).containsExactly(List.of("1", "delivered"));
      assertThat(Audit.rows(db, "SELECT DISTINCT state FROM delivery_state"))
          .containsExactly(List.of("delivered"));

      // And works on as before.
      assertThat(post(stopped, "second", keys.get(1), LeadBodies.buyer("L-5", ben))).isEqualTo(200);
      assertThat(crmTwo.await(4)).hasSize(4);
      Landscape.checkRebuild(third.address());
    } finally {
      forKilled.countDown();
      forStopped.countDown();
      forThird.countDown();
      close(hubs);
    }
  }

  private static int post(
      HubProcess hub, String source, String key, tools.jackson.databind.JsonNode body) {
    return FakeSender.to(hub.address(), source, key).post(body).status();
  }

  private static List<List<String>> attempts(Connection db, String lead) throws SQLException {
    return Audit.rows(
        db,
        "SELECT a.n, a.outcome FROM attempt a JOIN delivery d ON d.id = a.delivery_id JOIN lead l"
            + " ON l.id = d.lead_id WHERE l.external_id = '"
            + lead
            + "' ORDER BY 1");
  }
}
