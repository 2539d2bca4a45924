package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.erasure.Dump;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said about a person while they are erased, by somebody who still saw them, is not
/// written any more.
class ErasedMeanwhileTest {
  @TempDir Path folder;

  private static void awaitWaiting(EngineStore store, int units) {
    await().pollInterval(Duration.ofMillis(5)).until(() -> store.waiting() >= units);
  }

  @Test
  void nothing_is_written_about_a_person_behind_their_erasure() throws Exception {
    try (var world = new SparkWorld(TestHub.start(folder))) {
      var store = world.hub.hub().store();
      var mls = ContactsTest.idOf(world.hub.items("/nodes?limit=200"), "mls");
      var agent = world.key("private");
      var ana = ContactsTest.make(world, agent, "Ana Quillfeather", "quill@example.org");
      var consumer = world.key("vow", b -> b.put("contact", ana));
      // A consumer's first request notes that they signed in.
      world.get(consumer, "/v1/consumers/me").succeeded(200);
      var person = world.hub.items("/persons").getFirst().path("id").asString();
      var at = "/v1/contacts/" + ana;
      var writings = new LinkedHashMap<String, Callable<SparkWorld.Reply>>();
      writings.put(
          "a comment",
          () ->
              world.as(
                  agent,
                  "POST",
                  at + "/comments",
                  "{\"D\":{\"Comments\":[{\"Comment\":\"has a heronry\"}]}}"));
      writings.put(
          "a message",
          () ->
              world.as(
                  agent,
                  "POST",
                  "/v1/messages",
                  "{\"D\":{\"Messages\":[{\"Body\":\"asks for a heronry\",\"SenderId\":\""
                      + ana
                      + "\"}]}}"));
      writings.put("a note", () -> world.as(agent, "PUT", at, "{\"D\":{\"Note\":\"heronry\"}}"));
      writings.put(
          "a saved search",
          () ->
              world.as(
                  agent,
                  "POST",
                  at + "/savedsearches",
                  SavedSearchesTest.search("heronry", "City Eq 'Fargo'")));
      writings.put(
          "a cart",
          () -> world.as(agent, "POST", at + "/listingcarts", ListingCartsTest.cart("heronry")));
      writings.put(
          "an account",
          () -> world.as(agent, "POST", at + "/portal", "{\"D\":{\"LoginName\":\"heronry\"}}"));
      writings.put(
          "another contact of theirs",
          () -> world.as(consumer, "PUT", "/v1/consumers/" + ana + "/agents/" + mls, ""));
      var entered = new CountDownLatch(1);
      var release = new CountDownLatch(1);
      var answers = new LinkedHashMap<String, Future<SparkWorld.Reply>>();
      try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
        var busy =
            pool.submit(() ->
                store.write(
                    WorkQueue.EDITS,
                    _ -> {
                      entered.countDown();
                      try {
                        return release.await(30, TimeUnit.SECONDS);
                      } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                    }));
        entered.await();
        var erased =
            pool.submit(() -> world.hub.api().post("/persons/" + person + "/erase", "{}").status());
        awaitWaiting(store, 1);
        var said = new ArrayList<>(writings.entrySet());
        for (int i = 0; i < said.size(); i++) {
          // Each still sees the contact, and waits behind the erasure.
          answers.put(said.get(i).getKey(), pool.submit(said.get(i).getValue()));
          awaitWaiting(store, 2 + i);
        }
        release.countDown();
        assertThat(busy.get()).isTrue();
        assertThat(erased.get()).isEqualTo(200);
        for (var answer : answers.entrySet()) {
          assertThat(answer.getValue().get().status())
              .as(answer.getKey() + ": " + answer.getValue().get())
              .isIn(400, 404);
        }
      }
      assertThat(Dump.find(store, List.of("heronry", "quill"))).isEmpty();
      assertThat(world.hub.items("/persons"))
          .allSatisfy(p -> assertThat(p.has("erased_at")).isTrue());
    }
  }
}
