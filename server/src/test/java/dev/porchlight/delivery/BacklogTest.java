package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A receiver that is slower than the senders.
class BacklogTest {
  private static final int LEADS = 800;
  private static final int SENDERS = 16;
  private static final Pattern LEAD = Pattern.compile("\"L-(\\d+)\"");

  @TempDir Path folder;

  private static int lanes(TestHub hub, String which) {
    return hub.hub()
        .store()
        .read(h ->
            h.createQuery("SELECT COUNT(*) FROM lane WHERE owner " + which)
                .mapTo(Integer.class)
                .one());
  }

  private static void post(TestHub.SourceAtHub portal) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int sender = 0; sender < SENDERS; sender++) {
        int first = sender;
        threads.submit(() ->
            IntStream.iterate(first, n -> n < LEADS, n -> n + SENDERS)
                .forEach(n ->
                    assertThat(
                            portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n))).status())
                        .isEqualTo(200)));
      }
    }
  }

  @Test
  void what_cannot_be_started_on_soon_is_left_to_whoever_has_time_and_all_arrives_once() {
    var latch = new CountDownLatch(1);
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      crm.alwaysAnswers(new Reaction.Held(latch, new Reaction.Status(200, Map.of(), "")));
      var portal = hub.addSource("portal", "connections-plus");
      hub.addEndpoint(crm.url("/crm"), "porchlight");
      post(portal);
      assertThat(lanes(hub, "IS NULL")).as("lanes that any hub may take").isPositive();
      assertThat(lanes(hub, "IS NOT NULL")).as("lanes that this hub holds").isPositive();
      latch.countDown();
      hub.await(
          "all to be delivered",
          () ->
              lanes(hub, "IS NULL") + lanes(hub, "IS NOT NULL") == 0
                  ? Optional.of(true)
                  : Optional.empty());
      assertThat(crm.requests()).hasSize(LEADS);
      assertThat(crm.requests().stream().map(r -> r.header("webhook-id")).distinct())
          .hasSize(LEADS);
    }
  }

  /// Counts how many requests it has at once.
  private static HttpServer counting(AtomicInteger now, AtomicInteger most, Map<String, String> got)
      throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          var lead = LEAD.matcher(body);
          got.merge(lead.find() ? lead.group(1) : "", body, (_, _) -> "twice");
          // A receiver takes a moment: whoever does not wait for it is seen.
          LockSupport.parkNanos(1_000_000);
          now.decrementAndGet();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void what_waited_comes_each_with_what_it_says_and_never_more_at_once_than_is_allowed()
      throws IOException {
    var now = new AtomicInteger();
    var most = new AtomicInteger();
    var got = new ConcurrentHashMap<String, String>();
    var server = counting(now, most, got);
    try (var hub = TestHub.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(
              "http://127.0.0.1:" + server.getAddress().getPort() + "/crm",
              "porchlight",
              b -> b.put("disabled", true).put("max_concurrent", 2));
      post(portal);
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", false));
      hub.await(
          "all to be written down",
          () ->
              lanes(hub, "IS NULL") + lanes(hub, "IS NOT NULL") == 0
                  ? Optional.of(true)
                  : Optional.empty());
      assertThat(most).hasValue(2);
      assertThat(got).hasSize(LEADS).doesNotContainValue("twice");
      got.forEach((lead, body) ->
          assertThat(body).as(lead).contains(InventedPerson.of(Integer.parseInt(lead)).email()));
    } finally {
      server.stop(0);
    }
  }

  private long count(String which) throws SQLException {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/porchlight.db"));
        var statement = connection.createStatement();
        var found = statement.executeQuery("SELECT COUNT(*) FROM " + which)) {
      return found.getLong(1);
    }
  }

  @Test
  void a_hub_that_is_stopped_writes_down_what_was_taken_and_lets_go_of_what_waits()
      throws Exception {
    var latch = new CountDownLatch(1);
    var taken = new Reaction.Status(200, Map.of(), "");
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      crm.alwaysAnswers(new Reaction.Held(latch, taken));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(
              crm.url("/crm"), "porchlight", b -> b.put("disabled", true).put("max_concurrent", 4));
      for (int n = 0; n < 40; n++) {
        portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n)));
      }
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", false));
      crm.await(4);
      crm.alwaysAnswers(taken);
      var closing = Thread.ofPlatform().start(() -> hub.hub().close());
      await()
          .until(() ->
              Arrays.stream(closing.getStackTrace())
                  .anyMatch(f -> f.getClassName().endsWith("ThreadPerTaskExecutor")));
      latch.countDown();
      closing.join();
      assertThat(count("attempt WHERE outcome <> 'delivered'")).isZero();
      assertThat(count("attempt")).isEqualTo(crm.requests().size());
      assertThat(count("lane WHERE owner IS NOT NULL")).isZero();
      assertThat(count("lane")).isPositive();
      hub.restart();
      hub.await(
          "the rest",
          () ->
              lanes(hub, "IS NULL") + lanes(hub, "IS NOT NULL") == 0
                  ? Optional.of(true)
                  : Optional.empty());
      assertThat(crm.requests().stream().map(r -> r.header("webhook-id")))
          .hasSize(40)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void what_comes_into_a_lane_under_way_goes_before_others_that_wait() {
    var latch = new CountDownLatch(1);
    var taken = new Reaction.Status(200, Map.of(), "");
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      crm.alwaysAnswers(new Reaction.Held(latch, taken));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(crm.url("/crm"), "porchlight", b -> b.put("max_concurrent", 1));
      portal.post(LeadBodies.buyer("L-first", InventedPerson.of(1)));
      crm.await(1);
      for (int n = 2; n < 30; n++) {
        portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n)));
      }
      portal.post(LeadBodies.buyer("L-second", InventedPerson.of(1)));
      crm.alwaysAnswers(taken);
      latch.countDown();
      hub.awaitDelivery("L-29", endpoint, "delivered");
      assertThat(crm.requests())
          .extracting(r -> r.json().path("data").path("lead_id").asString())
          .startsWith("L-first", "L-second");
    }
  }
}
