package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// What is wrong is told by code and name, and nothing of it is done.
@OnEveryDatabase
class ContactErrorsTest {
  @Parameter Database database;
  @TempDir Path folder;

  private SparkWorld world() {
    return new SparkWorld(database.start(folder));
  }

  @Test
  void a_wrong_filter_is_told_with_its_token() {
    try (var world = world()) {
      var key = world.key("private");
      ContactsTest.make(world, key, "Ana", "ana@example.org");
      var nested = "(((DisplayName Eq 'a')))";
      var many = String.join(" Or ", Collections.nCopies(76, "GivenName Eq 'a'"));
      for (var wrong :
          new String[][] {
            {"1040", "Nickname Eq 'x'", "Nickname", "Dropped"},
            {"1040", "Note Eq 'x'", "Note", "Dropped"},
            {"1040", "RecordStatus Eq 'Connected'", "RecordStatus", "Dropped"},
            {"1040", "SecondaryEmails Eq 'x'", "SecondaryEmails", "Dropped"},
            {"1040", "\"Group\".\"Field\" Eq 'x'", "\"Group\".\"Field\"", "Dropped"},
            {"1040", "DisplayName Eq 'x", "", "Fatal"},
            {"1040", "DisplayName Eq", "", "Fatal"},
            {"1040", "DisplayName Eq 'a' And Not GivenName Eq 'b'", "Not", "Fatal"},
            {"1040", "DisplayName In 'a','b'", "In", "Fatal"},
            {"1040", "DisplayName Gt 'a'", "Gt", "Fatal"},
            {"1040", "ModificationTimestamp Eq '2026-01-01'", "'2026-01-01'", "Fatal"},
            {"1040", "DisplayName Eq 'a'\nAnd GivenName Eq 'b'", "", "Fatal"},
            {"1041", nested, "(", "Fatal"},
            {"1041", many, "", "Fatal"},
            {"1041", "DisplayName Eq '*a*b*c*'", "'*a*b*c*'", "Fatal"},
          }) {
        var reply =
            world
                .get(key, "/v1/contacts?_filter=" + SparkWorld.encode(wrong[1]))
                .failed(400, Integer.parseInt(wrong[0]));
        var error = reply.d().path("SparkQLErrors").get(0);
        assertThat(error.path("Status").asString()).as(wrong[1]).isEqualTo(wrong[3]);
        if (!wrong[2].isEmpty()) {
          assertThat(error.path("Token").asString()).as(wrong[1]).isEqualTo(wrong[2]);
        }
        assertThat(error.path("Message").asString()).isNotBlank();
      }
      // Left out where that was asked for, and reported.
      var permissive =
          world.get(
              key,
              "/v1/contacts?RequestMode=permissive&_filter="
                  + SparkWorld.encode("Nickname Eq 'x' And DisplayName Eq 'Ana'"));
      assertThat(permissive.succeeded(200).d().path("Results")).hasSize(1);
      assertThat(permissive.d().path("SparkQLErrors").get(0).path("Token").asString())
          .isEqualTo("Nickname");
    }
  }

  @Test
  void a_filter_of_ten_thousand_characters_is_answered() {
    try (var world = world()) {
      var key = world.key("private");
      ContactsTest.make(world, key, "Ana", "ana@example.org");
      var list = String.join(",", Collections.nCopies(199, "'" + "x".repeat(48) + "'"));
      var filter = "DisplayName Eq " + list + ",'Ana'";
      assertThat(filter.length()).isGreaterThan(10_000);
      assertThat(
              world
                  .get(key, "/v1/contacts?_filter=" + SparkWorld.encode(filter))
                  .succeeded(200)
                  .d()
                  .path("Results"))
          .hasSize(1);
      var tooMany = "DisplayName Eq " + String.join(",", Collections.nCopies(201, "'x'"));
      world.get(key, "/v1/contacts?_filter=" + SparkWorld.encode(tooMany)).failed(400, 1041);
      var noise = "(".repeat(10_000);
      form(world, key, "_filter=" + SparkWorld.encode(noise)).failed(400, 1041);
      form(world, key, "_filter=" + SparkWorld.encode("'".repeat(10_000))).failed(400, 1040);
      form(world, key, "_filter=" + SparkWorld.encode("Not ".repeat(20_000))).failed(400, 1041);
    }
  }

  private static SparkWorld.Reply form(SparkWorld world, SparkWorld.Key key, String form) {
    return world.send(
        "POST",
        "/v1/contacts",
        form.getBytes(StandardCharsets.UTF_8),
        Map.of(
            "X-HTTP-Method-Override",
            "GET",
            "Content-Type",
            "application/x-www-form-urlencoded",
            "Authorization",
            "Bearer " + key.token()));
  }

  @Test
  void a_parameter_out_of_bounds_is_1053() {
    try (var world = world()) {
      var key = world.key("private");
      for (var query :
          new String[] {
            "_limit=26",
            "_limit=-1",
            "_limit=ten",
            "_limit=1e1",
            "_limit=99999999999999999999",
            "_page=0",
            "_page=100001",
            "_page=1.5",
            "_skip=-1",
            "_skip=2500001",
            "_skiptoken=abc",
            "_skiptoken=99999999999999999999",
            "_pagination=yes",
            "_page=1&_skip=0",
            "_page=1&_skiptoken=",
            "_skip=1&_skiptoken=",
            "_page=1&_pagefor=1",
            "_orderby=Note",
            "_orderby=Tags",
            "_orderby=displayname",
            "_orderby=-",
            "_orderby=DisplayName%20Desc",
            "_orderby=Id,DisplayName,GivenName,FamilyName,Pets,Other,Status,Position,Children,"
                + "Assistant,Birthday"
          }) {
        world.get(key, "/v1/contacts?" + query).failed(400, 1053);
      }
      for (var fine :
          new String[] {
            "_limit=25",
            "_limit=",
            "_page=100000",
            "_skip=2500000",
            "_select=Nothing",
            "_expand=Nothing",
            "_filter=",
            "full_response=true",
            "_limit=5&_limit=26",
            "_orderby=DisplayName,DisplayName"
          }) {
        world.get(key, "/v1/contacts?" + fine).succeeded(200);
      }
      var replication = world.key("private", b -> b.put("replication", true));
      world.get(replication, "/v1/contacts?_limit=1000").succeeded(200);
      world.get(replication, "/v1/contacts?_limit=1001").failed(400, 1053);
    }
  }

  @Test
  void a_wrong_body_is_refused_and_changes_nothing() {
    try (var world = world()) {
      var key = world.key("private");
      var id = ContactsTest.make(world, key, "Ana", "ana@example.org");
      var path = "/v1/contacts/" + id;
      var before = world.get(key, path).result();
      for (var wrong :
          new String[][] {
            {"1035", "no JSON"},
            {"1035", "[]"},
            {"1035", "\"text\""},
            {"1035", "{\"D\":{}"},
            {"1035", "{\"D\":{\"Note\":\"a\",\"Note\":\"b\"}}"},
            {"1035", "[".repeat(20_000)},
            {"1050", "{}"},
            {"1050", "{\"DisplayName\":\"x\"}"},
            {"1050", "{\"D\":{}}"},
            {"1053", "{\"D\":[]}"},
            {"1053", "{\"D\":\"x\"}"},
            {"1053", "{\"D\":null}"},
            {"1053", "{\"D\":{\"Contacts\":\"x\"}}"},
            {"1053", "{\"D\":{\"Contacts\":[1]}}"},
            {"1053", "{\"D\":{\"Contacts\":[{\"Note\":\"a\"},{\"Note\":\"b\"}]}}"},
            {"1050", "{\"D\":{\"Contacts\":[]}}"},
            {"1050", "{\"D\":{\"DisplayName\":\"\"}}"},
            {"1050", "{\"D\":{\"PrimaryEmail\":null}}"},
            {"1053", "{\"D\":{\"PrimaryEmail\":\"not an address\"}}"},
            {"1053", "{\"D\":{\"PrimaryEmail\":\"<a@example.org>\"}}"},
            {"1053", "{\"D\":{\"PrimaryEmail\":\"a@example.org>\"}}"},
            {"1053", "{\"D\":{\"PrimaryEmail\":\"mailto:a@example.org\"}}"},
            {"1053", "{\"D\":{\"PrimaryEmail\":\"a@example..org\"}}"},
            {"1053", "{\"D\":{\"PrimaryEmail\":\"a@b@example.org\"}}"},
            {"1053", "{\"D\":{\"PrimaryEmail\":7}}"},
            {"1053", "{\"D\":{\"GivenName\":[\"A\"]}}"},
            {"1053", "{\"D\":{\"GivenName\":{\"a\":1}}}"},
            {"1053", "{\"D\":{\"GivenName\":\"A\\u0000B\"}}"},
            {"1053", "{\"D\":{\"GivenName\":\"A\\ud800\"}}"},
            {"1053", "{\"D\":{\"GivenName\":\"A\\nB\"}}"},
            {"1053", "{\"D\":{\"Tags\":\"a\"}}"},
            {"1053", "{\"D\":{\"Tags\":[1]}}"},
            {"1053", "{\"D\":{\"Tags\":[\"\"]}}"},
            {"1053", "{\"D\":{\"Tags\":[\"" + "x".repeat(76) + "\"]}}"},
            {"1053", "{\"D\":{\"SecondaryEmails\":\"a@example.org\"}}"},
            {"1053", "{\"D\":{\"SecondaryEmails\":[\"nope\"]}}"},
            {"1053", "{\"D\":{\"SecondaryEmails\":[\"<a@example.org>\"]}}"},
            {"1053", "{\"D\":{\"RecordStatus\":\"Unconnected\"}}"},
            {"1053", "{\"D\":{\"RecordStatus\":\"connected\"}}"},
            {"1053", "{\"D\":{\"Settings\":true}}"},
            {"1053", "{\"D\":{\"Settings\":{\"ReverseProspecting\":\"true\"}}}"},
            {"1053", "{\"D\":{\"Notify\":true}}"},
            {"1053", "{\"D\":{\"Id\":\"x\"}}"},
            {"1053", "{\"D\":{\"ResourceUri\":\"x\"}}"},
            {"1053", "{\"D\":{\"ModificationTimestamp\":\"2026-01-01T00:00:00Z\"}}"},
            {"1053", "{\"D\":{\"VowActive\":true}}"},
            {"1053", "{\"D\":{\"PortalLoginName\":\"x\"}}"},
            {"1053", "{\"D\":{\"Unknown\":\"" + "x".repeat(70_000) + "\"}}"},
            {"1053", "{\"D\":{\"MobilePhoneCountryCode\":\"123\"}}"},
          }) {
        var reply = world.as(key, "PUT", path, wrong[1]);
        reply.failed(400, Integer.parseInt(wrong[0]));
        assertThat(new String(reply.body(), StandardCharsets.UTF_8))
            .doesNotContain("Exception", "dev.porchlight");
      }
      assertThat(world.get(key, path).result()).isEqualTo(before);
      for (var form : new String[] {"text/plain", "application/x-www-form-urlencoded"}) {
        world
            .send(
                "POST",
                "/v1/contacts",
                ContactsTest.contact("A", "a@example.org").getBytes(StandardCharsets.UTF_8),
                Map.of("Authorization", "Bearer " + key.token(), "Content-Type", form))
            .failed(400, 1035);
      }
      // What looks odd and reaches somebody all the same.
      for (var odd : List.of("a..b@example.org", "o'neill+x@exa_mple.org", "zoë@exämple.org")) {
        world.as(key, "PUT", path, "{\"D\":{\"PrimaryEmail\":\"" + odd + "\"}}").succeeded(200);
      }
      world.as(key, "PUT", path, "").failed(400, 1050);
      world.as(key, "POST", "/v1/contacts", "").failed(400, 1050);
    }
  }

  @Test
  void of_what_nobody_described_a_contact_keeps_so_much_and_no_more() {
    try (var world = new SparkWorld(database.start(folder))) {
      var agent = world.key("private");
      var id = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var consumer = world.key("vow", b -> b.put("contact", id));
      var at = "/v1/contacts/" + id;
      var many = Json.object();
      for (int i = 0; i < 100; i++) {
        many.put("X" + i, "x");
      }
      var full = Json.object().set("D", many).toString();
      world.as(agent, "PUT", at, full).succeeded(200);
      world.as(agent, "PUT", at, full).succeeded(200);
      var more = "{\"D\":{\"Another\":\"x\",\"Note\":\"of no effect\"}}";
      assertThat(world.as(agent, "PUT", at, more).failed(400, 1053).d().at("/Errors/0/Attribute"))
          .isEqualTo(Json.tree("\"Another\""));
      world.as(consumer, "PUT", "/v1/my/contact", "{\"D\":{\"Another\":1}}").failed(400, 1053);
      assertThat(world.get(agent, at).result().has("Note")).isFalse();
      world.as(agent, "PUT", at, "{\"D\":{\"X0\":\"" + "y".repeat(64_000) + "\"}}").succeeded(200);
      world.as(agent, "PUT", at, "{\"D\":{\"X1\":\"" + "y".repeat(2000) + "\"}}").failed(400, 1053);
      world.as(agent, "PUT", at, "{\"D\":{\"X0\":null}}").succeeded(200);
      world.as(agent, "PUT", at, more).succeeded(200);
    }
  }

  @Test
  void all_that_is_wrong_is_named_at_once() {
    try (var world = world()) {
      var key = world.key("private");
      var reply =
          world
              .as(
                  key,
                  "POST",
                  "/v1/contacts",
                  "{\"D\":{\"GivenName\":\"" + "x".repeat(301) + "\",\"Tags\":7,\"Id\":\"1\"}}")
              .failed(400, 1050);
      assertThat(
              reply
                  .d()
                  .path("Errors")
                  .valueStream()
                  .map(e -> e.path("Type").asString() + " " + e.path("Attribute").asString()))
          .containsExactlyInAnyOrder(
              "InvalidAttribute GivenName",
              "InvalidAttribute Tags",
              "InvalidAttribute Id",
              "InvalidAttribute DisplayName",
              "InvalidAttribute PrimaryEmail");
      assertThat(world.get(key, "/v1/contacts").d().path("Results")).isEmpty();
    }
  }

  @Test
  void a_note_is_counted_in_characters_and_an_id_that_names_nothing_is_404() {
    try (var world = world()) {
      var key = world.key("private");
      var id = ContactsTest.make(world, key, "Ana", "ana@example.org");
      var path = "/v1/contacts/" + id;
      world
          .as(key, "PUT", path, "{\"D\":{\"Note\":\"" + "😀".repeat(10_001) + "\"}}")
          .failed(400, 1053);
      world
          .as(key, "PUT", path, "{\"D\":{\"Note\":\"" + "😀".repeat(10_000) + "\"}}")
          .succeeded(200);
      assertThat(world.get(key, path).result().path("Note").asString())
          .isEqualTo("😀".repeat(10_000));
      for (var unknown :
          new String[] {
            "1",
            "x",
            "%F0%9F%98%80",
            "%27%20OR%20%271%27%3D%271",
            "20200101000000000000000000",
            id + "0",
            id.substring(1),
            "9".repeat(1000),
            "9".repeat(5000)
          }) {
        for (var method : new String[] {"GET", "DELETE"}) {
          world.as(key, method, "/v1/contacts/" + unknown, "").failed(404, 404);
        }
        world
            .as(key, "PUT", "/v1/contacts/" + unknown, "{\"D\":{\"GivenName\":\"A\"}}")
            .failed(404, 404);
        world
            .as(key, "PUT", "/v1/contacts/" + unknown, "{\"D\":{\"OwnerId\":\"A\"}}")
            .failed(404, 404);
      }
      // Somebody else's is not there either.
      var ruth = world.member("Ruth");
      var ruths = world.key("private", b -> b.put("member", ruth));
      world.get(ruths, path).failed(404, 404);
      world.as(ruths, "PUT", path, "{\"D\":{\"GivenName\":\"A\"}}").failed(404, 404);
      world.as(ruths, "DELETE", path, "").failed(404, 404);
      assertThat(world.get(key, path).status()).isEqualTo(200);
      // Deleted is not there, and deleting it once more is no success.
      world.as(key, "DELETE", path + "/", "").succeeded(200);
      world.as(key, "DELETE", path, "").failed(404, 404);
      world.as(key, "PUT", path, "{\"D\":{\"GivenName\":\"A\"}}").failed(404, 404);
    }
  }

  @Test
  void deleting_while_listing_leaves_pages_whole_and_the_rest_listed() throws Exception {
    try (var world = world();
        var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      var key = world.key("private");
      var kept = new java.util.TreeSet<String>();
      var doomed = new java.util.ArrayList<String>();
      for (int i = 0; i < 60; i++) {
        var id = ContactsTest.make(world, key, "Contact " + i, "c" + i + "@example.org");
        if (i % 2 == 0) {
          kept.add(id);
        } else {
          doomed.add(id);
        }
      }
      var begun = new java.util.concurrent.CountDownLatch(1);
      var deleting =
          threads.submit(() -> {
            begun.await();
            for (var id : doomed) {
              world.as(key, "DELETE", "/v1/contacts/" + id, "").succeeded(200);
            }
            return true;
          });
      do {
        var seen = new java.util.TreeSet<String>();
        var token = "";
        do {
          var page = world.get(key, "/v1/contacts?_limit=7&_skiptoken=" + token).succeeded(200);
          begun.countDown();
          for (var contact : page.d().path("Results")) {
            // Whole: nobody is shown half deleted.
            assertThat(contact.path("PrimaryEmail").asString()).isNotEmpty();
            assertThat(seen.add(contact.path("Id").asString())).isTrue();
          }
          token = page.d().path("SkipToken").asString("");
        } while (!token.isEmpty());
        assertThat(seen).containsAll(kept);
      } while (!deleting.isDone());
      assertThat(deleting.get()).isTrue();
      var left = world.get(key, "/v1/contacts?_pagination=count").d().path("Pagination");
      assertThat(left.path("TotalRows").intValue()).isEqualTo(kept.size());
    }
  }
}
