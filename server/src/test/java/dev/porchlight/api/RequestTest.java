package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.web.Route;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// What strangers may send to the API, and what it says to that.
@OnEveryDatabase
final class RequestTest {
  @Parameter Database database;

  @Test
  void bodiesThatAreNoObjectOfKnownMembersAreRefused(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      world.source("portal", "connections-plus", null);
      var endpoint = world.endpoint("crm", "porchlight", null);
      var paths =
          List.of(
              "POST /api/v1/nodes",
              "POST /api/v1/sources",
              "PATCH /api/v1/sources/portal",
              "POST /api/v1/sources/portal/rotate-key",
              "POST /api/v1/tokens",
              "POST /api/v1/endpoints",
              "PATCH /api/v1/endpoints/" + endpoint,
              "POST /api/v1/endpoints/" + endpoint + "/rotate-secret");
      var bodies =
          List.of(
              utf8("[]"),
              utf8("\"text\""),
              utf8("null"),
              utf8("7"),
              utf8("{"),
              utf8("{\"name\": \"x\"} {}"),
              utf8("{\"name\": \"x\", \"name\": \"y\"}"),
              utf8("{\"unheard_of\": 1}"),
              utf8(" "),
              utf8("{\"name\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}"),
              utf8("{\"a\":".repeat(5_000)),
              "{\"name\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1),
              "{\"name\": \"x\"}".getBytes(StandardCharsets.UTF_16BE),
              new byte[] {0, 1, 2, (byte) 0xff});
      for (var path : paths) {
        var parts = path.split(" ");
        for (var body : bodies) {
          var reply = world.admin().send(parts[0], parts[1], body, Map.of());
          assertThat(reply.status())
              .as(path + " " + new String(body, 0, Math.min(50, body.length)))
              .isEqualTo(400);
          assertThat(reply.problem()).isEqualTo("body-invalid");
        }
        if (parts[0].equals("PATCH")) {
          world.admin().send(parts[0], parts[1], new byte[0], Map.of()).expect(400);
        }
        // Refused by its length, before any of it is sent.
        var large =
            world.raw(
                parts[0],
                parts[1],
                Map.of("Authorization", "Bearer " + World.ADMIN, "Content-Length", "1048577"),
                new byte[0]);
        assertThat(large.expect(413).problem()).isEqualTo("body-too-large");
      }
      assertThat(world.admin().get("/api/v1/sources").json().path("items")).hasSize(1);
    }
  }

  @Test
  void valuesThatCannotBeAreRefused(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      world.source("portal", "connections-plus", null);
      var office = world.node("office");
      var url = world.crmUrl();
      var endpoint = "\"url\": \"" + url + "\", \"contract\": \"porchlight\"";
      var bad = new java.util.LinkedHashMap<String, List<String>>();
      bad.put(
          "nodes",
          List.of(
              "{}",
              "{\"kind\": \"planet\", \"name\": \"x\"}",
              "{\"kind\": \"member\", \"name\": \"x\"}",
              "{\"kind\": \"office\", \"name\": \"x\", \"parent\": \"" + office + "\"}",
              "{\"kind\": \"mls\", \"name\": \"x\", \"parent\": \"" + office + "\"}",
              member(office, "\"" + "x".repeat(201) + "\""),
              member(office, "\"a\\r\\nX-Header: b\""),
              member(office, "7"),
              member(office, "\"x\", \"email\": \"" + "x".repeat(255) + "\"")));
      bad.put(
          "clients",
          List.of(
              "{\"contract\": \"seeker-leads\"}",
              "{\"name\": \"a\", \"contract\": \"lead-delivery\"}",
              // To name nobody is not the same as to leave the choice to the hub.
              "{\"name\": \"a\", \"contract\": \"seeker-leads\", \"nodes\": []}"));
      bad.put(
          "sources",
          List.of(
              source("Upper", ""),
              source("a/b", ""),
              source("-a", ""),
              source("a".repeat(65), ""),
              source("a\\r\\nb", ""),
              source("x", ", \"node\": \"nowhere\""),
              source("x", ", \"node\": \"" + world.node("company") + "\""),
              source("x", ", \"region\": \"us\""),
              source("x", ", \"api_key\": \"short\""),
              source("x", ", \"api_key\": \"with a blank in it\""),
              source("x", ", \"api_key\": \"" + "x".repeat(257) + "\""),
              source("x", ", \"signature\": []"),
              source("x", ", \"signature\": {}"),
              source("x", ", \"signature\": {\"header\": \"X-S\", \"algorithm\": 5}"),
              source("x", ", \"signature\": {\"header\": {}, \"algorithm\": \"hmac-sha256\"}"),
              source(
                  "x",
                  ", \"signature\": {\"header\": \"X S\", \"algorithm\": \"hmac-sha256\","
                      + " \"keys\": [\"a-key-for-signatures\"]}"),
              source(
                  "x",
                  ", \"signature\": {\"header\": \"X-S\", \"algorithm\": \"hmac-sha256\","
                      + " \"tolerance_seconds\": 1e99, \"keys\": [\"a-key-for-signatures\"]}"),
              "{\"name\": \"x\", \"contract\": \"lead-delivery-standard\"}",
              "{\"name\": \"x\", \"contract\": \"verbatim\"}",
              "{\"name\": \"x\"}"));
      bad.put(
          "tokens",
          List.of(
              "{\"name\": \"x\", \"scopes\": [\"root\"]}",
              "{\"name\": \"x\", \"scopes\": \"read\"}",
              "{\"name\": \"x\", \"scopes\": [1]}",
              "{\"name\": \"x\", \"node\": \"nowhere\"}",
              "{\"name\": \"a\\u0000b\"}",
              "{\"name\": \"a\\ud800b\"}",
              "{\"name\": \"" + "x".repeat(201) + "\"}"));
      bad.put(
          "endpoints",
          List.of(
              "{\"name\": \"x\", \"contract\": \"porchlight\"}",
              "{" + endpoint + "}",
              "{\"name\": \"a\\nb\", " + endpoint + "}",
              "{\"name\": \"a\\ud800b\", " + endpoint + "}",
              "{\"name\": \"x\", \"kinds\": [\"\\udc00\"], " + endpoint + "}",
              "{\"name\": \"x\", \"fallback_contract\": \"porchlight\", " + endpoint + "}",
              "[".repeat(100_000),
              "{\"name\": \"x\", \"contract\": \"fax\", \"url\": \"" + url + "\"}",
              "{\"name\": \"x\", \"contract\": \"porchlight\", \"url\": \"ftp://example.com/\"}",
              "{\"name\": \"x\", \"contract\": \"porchlight\", \"url\":"
                  + " \"https://u:p@example.com/\"}",
              "{\"name\": \"x\", \"contract\": \"porchlight\", \"url\": \"https://[::1]/\"}",
              "{\"name\": \"x\", \"contract\": \"porchlight\", \"url\": \"https://example.com/"
                  + "x".repeat(2048)
                  + "\"}",
              "{\"name\": \"x\", \"api_key_header\": \"X-A\\r\\nX-B\", " + endpoint + "}",
              "{\"name\": \"x\", \"api_key_header\": \"Host\", " + endpoint + "}",
              "{\"name\": \"x\", \"api_key\": \"a\\r\\nX-B: c\", " + endpoint + "}",
              "{\"name\": \"x\", \"kinds\": [\"lead.lost\"], " + endpoint + "}",
              "{\"name\": \"x\", \"sources\": [\"nobody\"], " + endpoint + "}",
              "{\"name\": \"x\", \"assumed_role\": \"unknown\", " + endpoint + "}",
              "{\"name\": \"x\", \"assumed_role\": \"tenant\", " + endpoint + "}",
              "{\"name\": \"x\", \"tests\": \"true\", " + endpoint + "}",
              "{\"name\": \"x\", \"node\": \"nowhere\", " + endpoint + "}"));
      bad.put(
          "sources/portal/rotate-key",
          List.of(
              "{\"overlap_hours\": -1}",
              "{\"overlap_hours\": 169}",
              "{\"overlap_hours\": 1.5}",
              "{\"overlap_hours\": 99999999999999}",
              "{\"overlap_hours\": \"1\"}",
              "{\"api_key\": \"short\"}"));
      for (var entry : bad.entrySet()) {
        for (var body : entry.getValue()) {
          var reply = world.admin().post("/api/v1/" + entry.getKey(), body);
          assertThat(reply.status()).as(entry.getKey() + " " + body).isEqualTo(400);
          assertThat(reply.problem()).as(body).isEqualTo("body-invalid");
        }
      }
      var sentences =
          Map.of(
              "[".repeat(100_000),
              "nested deeper than 64 levels",
              "{\"name\": \"a\\ud800b\", " + endpoint + "}",
              "The text at `/name` holds half of a surrogate pair",
              "{\"name\": \"x\", \"contract\": \"porchlight\", \"url\": \"ftp://example.com/\"}",
              "or with http:// for a network that the hub allows",
              "{\"name\": \"x\", \"contract\": \"porchlight\", \"tls\": {\"certificate\": \"x\","
                  + " \"key\": \"y\"}, \"url\": \"http://127.0.0.1/\"}",
              "a URL of https: only",
              "{\"name\": \"x\", \"fallback_contract\": \"porchlight\", " + endpoint + "}",
              "another than the contract itself");
      sentences.forEach((body, said) ->
          assertThat(world.admin().post("/api/v1/endpoints", body).json().path("detail").asString())
              .contains(said));
      assertThat(world.admin().get("/api/v1/endpoints").json().path("items")).isEmpty();
      assertThat(world.admin().get("/api/v1/tokens").json().path("items")).isEmpty();
      assertThat(world.admin().get("/api/v1/sources").json().path("items")).hasSize(1);
    }
  }

  private static String member(String office, String name) {
    return "{\"kind\": \"member\", \"parent\": \"" + office + "\", \"name\": " + name + "}";
  }

  private static String source(String name, String more) {
    return "{\"name\": \"" + name + "\", \"contract\": \"connections-plus\"" + more + "}";
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void anotherMethodIs405WithAllow(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      for (var route : world.hub.routes()) {
        if (!route.template().startsWith("/api/v1/")) {
          continue;
        }
        var path = route.template().replaceAll("\\{[a-z]+}", "some");
        var has =
            world.hub.routes().stream()
                .filter(r -> r.template().equals(route.template()))
                .map(dev.porchlight.web.Route::method)
                .toList();
        for (var method : List.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")) {
          if (!has.contains(method)) {
            var reply = world.as("").send(method, path, new byte[0], Map.of()).expect(405);
            assertThat(List.of(reply.header("allow").split(", "))).containsAll(has);
            assertThat(reply.problem()).isEqualTo("method-not-allowed");
          }
        }
      }
    }
  }

  @Test
  void secretsAreShownOnceOnly(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var admin = world.admin();
      var source =
          admin
              .post(
                  "/api/v1/sources",
                  source(
                      "portal",
                      ", \"signature\": {\"header\": \"X-S\", \"algorithm\": \"hmac-sha256\","
                          + " \"keys\": [\"a-key-for-signatures\"]}"))
              .expect(201)
              .json();
      assertThat(source.toString()).doesNotContain("a-key-for-signatures");
      var rotated = admin.post("/api/v1/sources/portal/rotate-key", "").expect(201).json();
      var endpoint =
          admin
              .post(
                  "/api/v1/endpoints",
                  "{\"name\": \"crm\", \"contract\": \"porchlight\", \"url\": \"%s\","
                          .formatted(world.crmUrl())
                      + " \"api_key\": \"their-own-key\"}")
              .expect(201)
              .json();
      var id = endpoint.path("id").asString();
      var secret =
          admin.post("/api/v1/endpoints/" + id + "/rotate-secret", "{}").expect(201).json();
      var token = admin.post("/api/v1/tokens", "{\"name\": \"t\"}").expect(201).json();
      var trial = admin.post("/api/v1/endpoints/" + id + "/test", "").expect(200).text();
      var secrets =
          List.of(
              "a-key-for-signatures",
              "their-own-key",
              source.path("api_key").asString(),
              rotated.path("api_key").asString(),
              endpoint.path("secret").asString(),
              secret.path("secret").asString(),
              token.path("token").asString());
      assertThat(secrets).allMatch(s -> s.length() > 10).doesNotHaveDuplicates();
      var everything = new StringBuilder(trial);
      for (var path :
          List.of(
              "sources",
              "sources/portal",
              "endpoints",
              "endpoints/" + id,
              "tokens",
              "nodes",
              "doctor")) {
        everything.append(admin.get("/api/v1/" + path).expect(200).text());
      }
      everything.append(admin.patch("/api/v1/endpoints/" + id, "{}").expect(200).text());
      everything.append(admin.patch("/api/v1/sources/portal", "{}").expect(200).text());
      everything.append(admin.delete("/api/v1/endpoints/" + id).expect(200).text());
      assertThat(everything.toString()).doesNotContain(secrets.toArray(String[]::new));
    }
  }

  @Test
  void aRawBodyIsNeverServedAsWhatItClaimsToBe(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var source = world.source("portal", "connections-plus", null);
      world
          .raw(
              "POST",
              "/in/portal",
              Map.of(
                  "X-API-Key",
                  source.key(),
                  "Content-Type",
                  "text/html; charset=caf\u00e9",
                  "Content-Length",
                  "25"),
              utf8("<script>alert(1)</script>"))
          .expect(400);
      var raw =
          world
              .admin()
              .get("/api/v1/receipts/" + world.first("/api/v1/receipts") + "/raw")
              .expect(200);
      assertThat(raw.text()).isEqualTo("<script>alert(1)</script>");
      assertThat(raw.header("content-type")).isEqualTo("application/octet-stream");
      assertThat(raw.header("x-received-content-type")).matches("text/html; charset=caf[?]+");
      assertThat(raw.header("content-disposition")).startsWith("attachment");
      assertThat(raw.header("x-content-type-options")).isEqualTo("nosniff");
      assertThat(raw.header("cache-control")).isEqualTo("no-store");
    }
  }

  @Test
  void filtersThatAListDoesNotHaveAreRefusedOnEveryList(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var lists =
          world.hub.routes().stream()
              .filter(r -> r.method().equals("GET") && r.template().startsWith("/api/v1/"))
              .map(Route::template)
              .filter(t -> !t.contains("{"))
              .filter(t -> isList(world.admin().get(t)))
              .toList();
      assertThat(lists).contains("/api/v1/leads", "/api/v1/sources", "/api/v1/deliveries");
      for (var list : lists) {
        var unknown = world.admin().get(list + "?stat=owed");
        assertThat(unknown.status()).as(list).isEqualTo(400);
        assertThat(unknown.problem()).as(list).isEqualTo("parameter-invalid");
        assertThat(unknown.text()).as(list).contains("`stat`").contains("limit");
        assertThat(world.admin().get(list + "?limit=1&limit=2").status()).as(list).isEqualTo(400);
      }
    }
  }

  /// A list answers at once; a single thing that isn't set yet is not found.
  private static boolean isList(World.Reply reply) {
    return reply.status() == 200 && reply.json().has("items");
  }
}
