package dev.porchlight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.connector.Messages;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.testing.SettableClock;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.AnyLead;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whatever lead one hub has, through whichever door, another reads from its Seeker Leads API: none
/// of them ends in quarantine there, however little of the person the contract can carry.
@Timeout(120)
class AnyDoorHubToHubTest {
  private static final int ANY = 150;

  @TempDir Path ours;
  @TempDir Path theirs;

  @Test
  void each_lead_of_one_hub_is_a_lead_at_the_other() throws Exception {
    var clock = SettableClock.at(TestHub.START);
    try (var provider = TestHub.in(theirs).clock(clock).start();
        var reader = TestHub.in(ours).clock(clock).start()) {
      for (var sample : AnyDoorTable.samples()) {
        var source = "in-" + provider.items("/sources").size();
        assertThat(
                provider.addSource(source, sample.contract()).sender().post(sample.body()).status())
            .as(sample.title())
            .isEqualTo(200);
      }
      var events = provider.addSource("events", "porchlight");
      var leads = new ArrayList<>(AnyLead.any().list().ofSize(ANY).sample());
      leads.addAll(hardToCarry());
      for (int n = 0; n < leads.size(); n++) {
        var written =
            AnyDoor.connector("porchlight").write(Messages.of(leads.get(n)), WriteOptions.NONE);
        var body = new String(((Written.Bytes) written).body(), StandardCharsets.UTF_8);
        events
            .sender()
            .post(body.replace("0199-lead", "lead-" + n).getBytes(StandardCharsets.UTF_8));
      }
      int there = count(provider, "lead");
      assertThat(there).isGreaterThan(ANY);

      var client =
          provider
              .api()
              .make("/clients", Json.object().put("name", "us").put("contract", "seeker-leads"));
      var poll =
          Json.object()
              .put("url", provider.address().resolve("/seeker-leads/v1").toString())
              .put("token", client.path("token").asString())
              .put("since", clock.instant().minus(Duration.ofDays(1)).toString());
      reader.addSource("seeker", "seeker-leads", b -> b.set("poll", poll));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> reader.api().read("/sources/seeker").at("/poll/items").asInt() == there);

      assertThat(reader.items("/receipts?state=quarantined")).isEmpty();
      assertThat(count(reader, "lead")).isEqualTo(there);
      assertThat(count(reader, "violation")).as("and all of it by the contract").isZero();
    }
  }

  /// Of whom the contract can carry nothing.
  private static List<Lead> hardToCarry() {
    var nobody = Enquirer.NOBODY;
    var name = "Æ".repeat(101);
    return List.of(
        Lead.of(enquirer(nobody, name, null)),
        Lead.of(enquirer(nobody, name, "no address")),
        Lead.of(enquirer(nobody, null, "no address")),
        Lead.of(enquirer(nobody, "Å".repeat(100), null)));
  }

  private static Enquirer enquirer(Enquirer e, @Nullable String name, @Nullable String email) {
    return new Enquirer(
        name,
        name,
        null,
        email,
        null,
        e.emailStatus(),
        e.phoneStatus(),
        List.of(),
        e.gender(),
        e.language(),
        e.isOwner());
  }

  private static int count(TestHub hub, String table) {
    return hub.hub()
        .store()
        .read(h -> h.createQuery("SELECT COUNT(*) FROM " + table).mapTo(Integer.class).one());
  }
}
