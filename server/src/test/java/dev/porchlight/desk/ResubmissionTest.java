package dev.porchlight.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.ForwardingConnector;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.connector.realtor.ConnectionsPlus;
import dev.porchlight.testing.Answer;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two who mend the same receipt at once, and a defect that stands where somebody looks for it.
class ResubmissionTest {
  @TempDir Path folder;

  /// Connections Plus: two who read a mended body meet there, and nothing can be written.
  private static final class Meeting extends ForwardingConnector {
    private final CyclicBarrier both = new CyclicBarrier(2);

    Meeting() {
      super(new ConnectionsPlus());
    }

    @Override
    public Reading read(Body body) {
      if (new String(body.bytes(), StandardCharsets.UTF_8).contains("L-mended")) {
        try {
          both.await(TestHub.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
          // The rebuild reads alone.
          both.reset();
        }
      }
      return super.read(body);
    }

    @Override
    public Written write(Message message, WriteOptions options) {
      throw new IllegalStateException("a defect, as the test wants it");
    }
  }

  @Test
  void of_two_who_mend_a_receipt_at_once_one_does_and_what_cannot_be_written_is_shown_as_a_defect()
      throws Exception {
    try (var crm = FakeCrm.open();
        var hub =
            TestHub.in(folder)
                .connectors(all -> ForwardingConnector.among(all, new Meeting()))
                .withoutRebuildCheck()
                .start();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "connections-plus");
      var bad = portal.sender().post("not json").json().path("communications_guid").asString();
      var statuses =
          threads
              .invokeAll(
                  List.<Callable<Answer>>of(
                      () -> mend(hub, bad, "L-mended-1"), () -> mend(hub, bad, "L-mended-2")))
              .stream()
              .map(f -> f.resultNow().status())
              .sorted();
      assertThat(statuses).containsExactly(200, 409);
      assertThat(hub.leads()).hasSize(1);

      var lead = hub.leads().getFirst().path("lead_id").asString();
      var failed = hub.awaitAttempts(lead, endpoint, 1);
      var shown = hub.api().get("/deliveries/" + failed.path("id").asString());
      assertThat(shown.status()).isEqualTo(200);
      assertThat(shown.text()).contains("a defect of ours");
    }
  }

  private static Answer mend(TestHub hub, String receipt, String lead) {
    return hub.api()
        .post(
            "/receipts/" + receipt + "/resubmit",
            LeadBodies.buyer(lead, InventedPerson.of(1)).toString());
  }
}
