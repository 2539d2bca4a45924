package dev.porchlight.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.HubConfig;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// On SQLite; with the files themselves.
final class SqliteErasureTest extends ErasureContract {
  @Override
  HubConfig on(HubConfig config) {
    return config;
  }

  private List<String> inFiles(List<String> texts) {
    var places = new ArrayList<String>();
    try (var files = Files.walk(folder.resolve("data"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        var content = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        texts.stream()
            .filter(t -> Dump.holds(content, t))
            .forEach(t -> places.add(file.getFileName() + " holds " + t));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return places;
  }

  @Test
  void nothing_is_left_in_the_files_of_a_hub_that_runs_on() {
    try (var hub = TestHub.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      for (int i = 0; i < 20; i++) {
        portal.post(LeadBodies.minimal("L-" + i, "buyer", ZEPHYRINE).put("message", OLD_MESSAGE));
      }
      erase(hub, person(hub, EMAIL));
      await()
          .atMost(TestHub.PATIENCE)
          .untilAsserted(() -> assertThat(inFiles(List.of(EMAIL, "pond for herons"))).isEmpty());
    }
  }

  @Test
  void nothing_is_left_in_the_files_after_a_truncating_checkpoint() {
    var texts = List.of("pond for herons", EMAIL, "Quillfeather");
    try (var hub = TestHub.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      for (int i = 0; i < 20; i++) {
        // Short enough to be stored as it is.
        portal.post(LeadBodies.minimal("L-" + i, "buyer", ZEPHYRINE).put("message", OLD_MESSAGE));
      }
      assertThat(inFiles(texts)).isNotEmpty();
      erase(hub, person(hub, EMAIL));
    }
    assertThat(inFiles(texts)).isEmpty();
  }

  @Test
  void an_erasure_that_was_cut_off_is_finished_by_the_next_start() throws InterruptedException {
    try (var hub = TestHub.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      for (int i = 0; i < 105; i++) {
        portal.post(LeadBodies.minimal("L-" + i, "buyer", ZEPHYRINE));
      }
      var person = person(hub, EMAIL);
      var store = hub.hub().store();
      var closer = new AtomicReference<Thread>();
      store.follow(lines -> {
        // On the writer's thread, after the first unit: nothing more is taken from here on.
        if (lines.stream().anyMatch(l -> l.kind().equals("lead.erased")) && closer.get() == null) {
          var thread = new Thread(store::close);
          closer.set(thread);
          thread.start();
          while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
          }
        }
      });
      assertThat(hub.api().post("/persons/" + person + "/erase", "{}").status()).isEqualTo(503);
      Objects.requireNonNull(closer.get()).join();
      hub.crash(() -> {});
      hub.await(
          "the erasure to be finished", () -> hub.items("/persons?erased=true").stream().findAny());
      assertThat(Dump.find(hub.hub().store(), VALUES)).isEmpty();
      var records = hub.api().read("/persons/" + person).path("erasures");
      assertThat(records).hasSize(1);
      assertThat(records.at("/0/counts/leads").asInt()).isEqualTo(105);
    }
  }
}
