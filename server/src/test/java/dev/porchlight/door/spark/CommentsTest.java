package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// What is remarked about contacts.
@OnEveryDatabase
class CommentsTest {
  @Parameter Database database;
  @TempDir Path folder;

  private SparkWorld world() {
    return new SparkWorld(database.start(folder));
  }

  private static String body(String text) {
    var body = Json.object();
    body.putObject("D").putArray("Comments").addObject().put("Comment", text);
    return body.toString();
  }

  private static List<String> texts(SparkWorld.Reply reply) {
    return reply
        .succeeded(200)
        .d()
        .path("Results")
        .valueStream()
        .map(c -> c.path("Comment").asString())
        .toList();
  }

  @Test
  void a_comment_is_made_listed_and_taken_off_by_its_address() {
    try (var world = world()) {
      var key = world.key("private");
      var contact = ContactsTest.make(world, key, "Ana", "ana@example.org");
      var path = "/v1/contacts/" + contact + "/comments";
      assertThat(texts(world.get(key, path))).isEmpty();
      var text = "Called, \"no answer\"\nTry on Monday 🦚";
      var made = world.as(key, "POST", path, body(text)).succeeded(201).result();
      var account = world.get(key, "/v1/my/account").result();
      var id = made.path("Id").asString();
      assertThat(id).matches("[0-9]{26}");
      assertThat(made.path("ResourceUri").asString()).isEqualTo(path + "/" + id);
      assertThat(made.path("Comment").asString()).isEqualTo(text);
      assertThat(made.path("UserId")).isEqualTo(account.path("Id"));
      assertThat(made.path("UserUri")).isEqualTo(account.path("ResourceUri"));
      assertThat(made.path("UserType").asString()).isEqualTo("Member");
      assertThat(made.path("ReferenceId").asString()).isEqualTo(contact);
      assertThat(made.path("ReferenceType").asString()).isEqualTo("Contact");
      assertThat(made.path("ReferenceUri").asString()).isEqualTo("/v1/contacts/" + contact);
      assertThat(made.path("CreatedTimestamp").asString())
          .matches("[0-9-]{10}T[0-9:]{8}Z")
          .isEqualTo(made.path("ModificationTimestamp").asString());
      assertThat(world.get(key, path).result()).isEqualTo(made);
      assertThat(world.get(key, path + "/" + id).result()).isEqualTo(made);

      // Flat bodies too; the newest comes first.
      world.hub.clock().advance(Duration.ofMinutes(1));
      world.as(key, "POST", path, "{\"D\":{\"Comment\":\"second\"}}").succeeded(201);
      assertThat(texts(world.get(key, path))).containsExactly("second", text);
      var page = world.get(key, path + "?_limit=1&_page=2&_pagination=1&_select=Comment");
      assertThat(texts(page)).containsExactly(text);
      assertThat(page.result().propertyNames())
          .containsExactlyInAnyOrder("ResourceUri", "Id", "Comment");
      assertThat(page.d().path("Pagination").path("TotalRows").intValue()).isEqualTo(2);
      world.get(key, path + "?_limit=26").failed(400, 1053);
      world.get(key, path + "?_skiptoken=").failed(400, 1053);
      world.get(key, path + "?_filter=Comment%20Eq%20%27x%27").failed(400, 1040);

      world.as(key, "DELETE", path + "/" + id, "").succeeded(200);
      assertThat(texts(world.get(key, path))).containsExactly("second");
      world.as(key, "DELETE", path + "/" + id, "").failed(404, 404);
      world.get(key, path + "/" + id).failed(404, 404);
    }
  }

  @Test
  void a_wrong_comment_is_refused_and_nothing_is_written() {
    try (var world = world()) {
      var key = world.key("private");
      var contact = ContactsTest.make(world, key, "Ana", "ana@example.org");
      var path = "/v1/contacts/" + contact + "/comments";
      for (var missing :
          new String[] {
            "{\"D\":{}}",
            "{\"D\":{\"Comments\":[]}}",
            "{\"D\":{\"Comments\":[{}]}}",
            body(" \n "),
            "{\"D\":{\"Comment\":null}}"
          }) {
        world.as(key, "POST", path, missing).failed(400, 1050);
      }
      for (var wrong :
          new String[] {
            "{\"D\":{\"Comments\":\"x\"}}",
            "{\"D\":{\"Comments\":[\"x\"]}}",
            "{\"D\":{\"Comments\":[{\"Comment\":\"a\"},{\"Comment\":\"b\"}]}}",
            "{\"D\":{\"Comment\":1}}",
            body("a\0b"),
            "{\"D\":{\"Comment\":\"\\ud83e\"}}",
            body("😀".repeat(10_001))
          }) {
        world.as(key, "POST", path, wrong).failed(400, 1053);
      }
      assertThat(texts(world.get(key, path))).isEmpty();
      var longest = "😀".repeat(10_000);
      world.as(key, "POST", path, body(longest)).succeeded(201);
      assertThat(texts(world.get(key, path))).containsExactly(longest);
    }
  }

  @Test
  void comments_are_with_their_contact_and_are_nobody_elses() {
    try (var world = world()) {
      var key = world.key("private");
      var other = world.member("Robin Okafor");
      var robin = world.key("private", b -> b.put("member", other));
      var contact = ContactsTest.make(world, key, "Ana", "ana@example.org");
      var bo = ContactsTest.make(world, key, "Bo", "bo@example.org");
      var path = "/v1/contacts/" + contact + "/comments";
      var made = world.as(key, "POST", path, body("Rings at noon")).succeeded(201).result();
      var uri = made.path("ResourceUri").asString();
      world.get(robin, path).failed(404, 404);
      world.get(robin, uri).failed(404, 404);
      world.as(robin, "POST", path, body("x")).failed(404, 404);
      world.as(robin, "DELETE", uri, "").failed(404, 404);
      // Nor is it there below another contact.
      var below = "/v1/contacts/" + bo + "/comments/" + made.path("Id").asString();
      world.get(key, below).failed(404, 404);
      world.as(key, "DELETE", below, "").failed(404, 404);
      world.as(key, "POST", "/v1/contacts/none/comments", body("x")).failed(404, 404);
      // `tags` is never an id.
      assertThat(world.get(key, "/v1/contacts/tags/comments").succeeded(200).d().path("Results"))
          .isEmpty();

      // The new owner has them too.
      world
          .as(key, "PUT", "/v1/contacts/" + contact, "{\"D\":{\"OwnerId\":\"" + other + "\"}}")
          .succeeded(200);
      world.get(key, path).failed(404, 404);
      assertThat(texts(world.get(robin, path))).containsExactly("Rings at noon");

      // With the contact they go.
      var store = world.hub.hub().store();
      assertThat(dev.porchlight.person.Comment.count(store, contact)).isEqualTo(1);
      world.as(robin, "DELETE", "/v1/contacts/" + contact, "").succeeded(200);
      world.get(robin, path).failed(404, 404);
      assertThat(dev.porchlight.person.Comment.count(store, contact)).isZero();
    }
  }

  @Test
  void comments_at_once_are_all_there_and_none_survives_its_contact() throws Exception {
    try (var world = world()) {
      var key = world.key("private");
      var contact = ContactsTest.make(world, key, "Ana", "ana@example.org");
      var path = "/v1/contacts/" + contact + "/comments";
      var work = new java.util.ArrayList<Callable<Integer>>();
      for (int i = 0; i < 30; i++) {
        var text = "comment " + i;
        work.add(() -> world.as(key, "POST", path, body(text)).status());
        if (i == 15) {
          work.add(() -> world.as(key, "DELETE", "/v1/contacts/" + contact, "").status());
        }
      }
      try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var done : pool.invokeAll(work)) {
          assertThat(done.get()).isIn(200, 201, 404);
        }
      }
      assertThat(dev.porchlight.person.Comment.count(world.hub.hub().store(), contact)).isZero();
    }
  }

  @Test
  void notes_are_the_newest_comments() {
    try (var world = world()) {
      var key = world.key("private");
      var ana = ContactsTest.make(world, key, "Ana", "ana@example.org");
      ContactsTest.make(world, key, "Bo", "bo@example.org");
      for (int i = 1; i <= 30; i++) {
        world.hub.clock().advance(Duration.ofSeconds(1));
        world
            .as(key, "POST", "/v1/contacts/" + ana + "/comments", body("remark " + i))
            .succeeded(201);
      }
      var one = world.get(key, "/v1/contacts/" + ana + "?_expand=Notes").result().path("Notes");
      assertThat(one).hasSize(25);
      assertThat(one.get(0).path("Note").asString()).isEqualTo("remark 30");
      assertThat(one.get(24).path("Note").asString()).isEqualTo("remark 6");
      var uri = one.get(0).path("ResourceUri").asString();
      assertThat(world.get(key, uri).result().path("Comment").asString()).isEqualTo("remark 30");
      var list = world.get(key, "/v1/contacts?_expand=Notes").succeeded(200).d().path("Results");
      assertThat(list.get(0).path("Notes").valueStream().map(n -> n.path("Note").asString()))
          .containsExactly("remark 30", "remark 29", "remark 28");
      assertThat(list.get(1).path("Notes").isArray()).isTrue();
      assertThat(list.get(1).path("Notes")).isEmpty();
      assertThat(world.get(key, "/v1/contacts/" + ana).result().has("Notes")).isFalse();
      // What is remarked about consumers is not for them.
      var consumer = world.key("portal", b -> b.put("contact", ana));
      var own = world.get(consumer, "/v1/my/contact?_expand=Notes").result();
      assertThat(own.path("Notes").isArray()).isTrue();
      assertThat(own.path("Notes")).isEmpty();
    }
  }
}
