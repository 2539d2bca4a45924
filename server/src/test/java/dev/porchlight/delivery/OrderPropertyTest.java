package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import dev.porchlight.client.HubClient;
import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.FakeSender;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.SettableClock;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.awaitility.Awaitility;

/// Whatever a receiver answers, and whichever hub took a lead or died: what arrives of one contact
/// arrives in the order of the log where the endpoint says *block*.
class OrderPropertyTest {
  private static final int CONTACTS = 3;
  private static final int LEADS = 24;

  private static Reaction reaction(int fault) {
    return switch (fault) {
      case 0 -> new Reaction.Status(500, Map.of(), "");
      case 1 -> new Reaction.CutOff();
      case 2 -> new Reaction.Status(429, Map.of("Retry-After", "7"), "");
      default -> new Reaction.Status(200, Map.of(), "");
    };
  }

  @Property(tries = 3, shrinking = ShrinkingMode.OFF)
  void what_arrives_of_a_contact_is_in_the_order_of_the_log(
      @ForAll @Size(min = 20, max = 60) List<@IntRange(min = 0, max = 6) Integer> faults,
      @ForAll boolean dies)
      throws Exception {
    var clock = SettableClock.at(TestHub.START);
    var url = TestPostgres.newDatabase();
    var folder = Files.createTempDirectory("porchlight-order");
    try (var crm = FakeCrm.open(clock)) {
      crm.answers(faults.stream().map(f -> reaction(f)).toArray(Reaction[]::new));
      var config = HubConfig.local(folder, TestHub.ADMIN_TOKEN);
      var one = hub(config.withDatabase(url, 1), clock);
      var two = hub(config.withDatabase(url, 2), clock);
      try (var _ = clock.follow(one::wake);
          var _ = clock.follow(two::wake);
          var api = new HubClient(one.address().toString(), TestHub.ADMIN_TOKEN)) {
        var made =
            api.post(
                "/sources",
                Json.object().put("name", "portal").put("contract", "connections-plus"));
        api.post(
            "/endpoints",
            Json.object()
                .put("name", "crm")
                .put("url", crm.url("/crm"))
                .put("contract", "porchlight")
                .put("order", "block"));
        var key = made.path("api_key").asString();
        var senders =
            List.of(
                FakeSender.to(one.address(), "portal", key),
                FakeSender.to(two.address(), "portal", key));
        Awaitility.await()
            .until(() ->
                senders.getLast().post(LeadBodies.buyer("L-0", InventedPerson.of(0))).status()
                    == 200);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
          IntStream.range(1, LEADS)
              .forEach(n ->
                  threads.submit(() ->
                      assertThat(
                              senders
                                  .get(n % 2)
                                  .post(LeadBodies.buyer("L-" + n, InventedPerson.of(n % CONTACTS)))
                                  .status())
                          .isEqualTo(200)));
        }
        if (dies) {
          one.store().close();
        }
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> {
              clock.advance(Duration.ofSeconds(5));
              return two.store()
                      .read(h ->
                          h.createQuery(
                                  "SELECT COUNT(*) FROM delivery_state WHERE state = 'delivered'")
                              .mapTo(Integer.class)
                              .one())
                  == LEADS;
            });
      } finally {
        one.close();
        two.close();
      }
      var byContact =
          crm.requests().stream()
              .collect(
                  Collectors.groupingBy(
                      r -> r.json().path("data").path("contact_id").stringValue(),
                      Collectors.mapping(
                          r -> Long.valueOf(r.header("Porchlight-Sequence")),
                          Collectors.toList())));
      assertThat(byContact).hasSize(CONTACTS);
      byContact.forEach((contact, sequences) -> assertThat(sequences).as(contact).isSorted());
      assertThat(byContact.values().stream().mapToInt(s -> new HashSet<>(s).size()).sum())
          .isEqualTo(LEADS);
    }
  }

  private static Hub hub(HubConfig config, SettableClock clock) throws IOException {
    return Hub.start(config, clock, UnaryOperator.identity());
  }
}
