package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.web.Route;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// A token sees its office and nothing else, and does what its scope lets it.
@OnEveryDatabase
final class ForeignOfficeTest {
  @Parameter Database database;

  /// An office with one of everything; `things` holds ids by the word in the path.
  private record Office(
      String id, String member, World.Source source, String admin, Map<String, String> things) {}

  private static Office office(World world, String name, String id) {
    var member =
        world
            .admin()
            .post(
                "/api/v1/nodes",
                "{\"kind\": \"member\", \"name\": \"Robin\", \"parent\": \"" + id + "\"}")
            .expect(201)
            .id();
    var source = world.source(name, "connections-plus", id);
    var endpoint = world.endpoint(name, "porchlight", id);
    var token = world.token("admin", id);
    var lead = world.lead(source, "L-" + name, "Sam", "Doe", "sam@example.com");
    world.door("/in/" + name, source.key(), "[]").expect(400);
    var things = new LinkedHashMap<String, String>();
    things.put(
        "clients",
        world
            .as(token)
            .post(
                "/api/v1/clients",
                "{\"name\": \"%s\", \"contract\": \"seeker-leads\", \"nodes\": [\"%s\"]}"
                    .formatted(name, id))
            .expect(201)
            .id());
    var made =
        world
            .as(token)
            .post(
                "/api/v1/parties",
                "{\"name\": \"%s owner\", \"kind\": \"office\", \"node\": \"%s\"}"
                    .formatted(name, id))
            .expect(201);
    world.publish(
        name + "-owner",
        made.json().path("api_key").asString(),
        """
        {"topic": "realestate/servicearea#create", "recipient": "%s", "data": {"object":
         {"identifier": {"%s": 1}, "addressLocality": "%s"}}}
        """
            .formatted(made.json().path("profile").asString(), name, name));
    things.put("events", world.as(token).get("/api/v1/events").json().at("/items/0/id").asString());
    var owner = made.id();
    var app =
        world
            .as(token)
            .post(
                "/api/v1/parties",
                "{\"name\": \"%s app\", \"kind\": \"app\", \"node\": \"%s\"}".formatted(name, id))
            .expect(201)
            .id();
    things.put("parties", app);
    things.put(
        "grants",
        world
            .as(token)
            .post(
                "/api/v1/grants",
                "{\"owner\": \"%s\", \"party\": \"%s\", \"subscribes\": [\"realestate/listing\"]}"
                    .formatted(owner, app))
            .expect(201)
            .id());
    things.put(
        "listings",
        world
            .as(token)
            .post(
                "/api/v1/listings",
                "{\"node\": \"%s\", \"mls_name\": \"MLS\", \"mls_id\": \"%s\"}".formatted(id, name))
            .expect(201)
            .id());
    things.put("nodes", member);
    things.put("sources", source.id());
    things.put("endpoints", endpoint);
    things.put(
        "replays",
        world
            .as(token)
            .post("/api/v1/replays", "{\"endpoint\": \"%s\"}".formatted(endpoint))
            .expect(201)
            .id());
    things.put("tokens", world.as(token).get("/api/v1/tokens").json().at("/items/0/id").asString());
    things.put(
        "spark-keys",
        world
            .admin()
            .post("/api/v1/spark-keys", "{\"name\": \"k\", \"member\": \"" + member + "\"}")
            .expect(201)
            .id());
    things.put("leads", lead);
    things.put("receipts", world.first("/api/v1/receipts?state=quarantined&source=" + source.id()));
    things.put(
        "contacts",
        world.admin().get("/api/v1/leads/" + lead).json().path("contact_id").asString());
    var other = world.lead(source, "P-" + name, "Pat", name, "pat-" + name + "@example.com");
    things.put(
        "persons", world.admin().get("/api/v1/leads/" + other).json().path("person_id").asString());
    things.put("deliveries", world.first("/api/v1/deliveries?lead=" + lead));
    await()
        .until(() ->
            world
                .admin()
                .get("/api/v1/deliveries/" + things.get("deliveries"))
                .json()
                .path("state")
                .asString()
                .equals("delivered"));
    return new Office(id, member, source, token, things);
  }

  private static List<Route> apiRoutes(World world) {
    return world.hub.routes().stream()
        .filter(r -> r.template().startsWith("/api/v1/"))
        .sorted(java.util.Comparator.comparing(r -> r.method().equals("DELETE")))
        .toList();
  }

  @Test
  void everyRouteAnswers404ForWhatBelongsToAnotherOffice(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var first = office(world, "first", world.node("office"));
      var second = office(world, "second", world.office("Second"));
      var stranger = world.as(second.admin());
      var tried = new ArrayList<String>();
      for (var route : apiRoutes(world)) {
        if (!route.template().contains("{id}")) {
          continue;
        }
        var kind = route.template().split("/")[3];
        assertThat(first.things()).containsKey(kind);
        var body = kind.equals("receipts") || route.method().matches("GET|DELETE") ? "" : "{}";
        var foreign =
            route
                .template()
                .replace("{day}", "2026-01-01")
                .replace("{id}", first.things().get(kind));
        var own =
            route
                .template()
                .replace("{day}", "2026-01-01")
                .replace("{id}", second.things().get(kind));
        tried.add(route.method() + " " + route.template());
        for (var key : new boolean[] {false, true}) {
          Map<String, String> headers =
              key ? Map.of("Idempotency-Key", "k-" + tried.size()) : Map.of();
          var reply =
              stranger.send(
                  route.method(), foreign, body.getBytes(StandardCharsets.UTF_8), headers);
          assertThat(reply.status()).as(route + " " + reply.text()).isEqualTo(404);
          assertThat(reply.problem()).isEqualTo("not-found");
          assertThat(reply.text()).doesNotContain("sam@example.com", "first");
        }
        if (!route.method().equals("DELETE")) {
          // The same request for its own is found: the 404 was for the office.
          var reply =
              stranger.send(route.method(), own, body.getBytes(StandardCharsets.UTF_8), Map.of());
          assertThat(reply.status()).as(route + " " + reply.text()).isNotEqualTo(404);
        }
      }
      assertThat(tried).hasSizeGreaterThanOrEqualTo(19);
      // By name no more than by id.
      stranger.get("/api/v1/sources/first").expect(404);
      stranger.get("/api/v1/sources/second").expect(200);
      // Nothing of the first office has changed.
      for (var thing : first.things().entrySet()) {
        if (!thing.getKey().equals("tokens")) {
          world.admin().get("/api/v1/" + thing.getKey() + "/" + thing.getValue()).expect(200);
        }
      }
      world.as(first.admin()).get("/api/v1/tokens").expect(200);
    }
  }

  @Test
  void listsAndFiltersShowNothingOfAnotherOffice(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var first = office(world, "first", world.node("office"));
      var second = office(world, "second", world.office("Second"));
      var stranger = world.as(second.admin());
      for (var kind : first.things().keySet()) {
        var page = stranger.get("/api/v1/" + kind + "?limit=200").expect(200);
        assertThat(page.text()).contains(second.things().get(kind));
        assertThat(page.text()).doesNotContain(first.things().get(kind));
      }
      for (var path :
          List.of(
              "leads?source=first",
              "leads?source=" + first.source().id(),
              "leads?contact_id=" + first.things().get("contacts"),
              "leads?lead_id=L-first",
              "search?q=" + first.things().get("leads"),
              "search?q=" + first.things().get("contacts"),
              "search?q=L-first",
              "receipts?source=first",
              "receipts?lead=" + first.things().get("leads"),
              "deliveries?endpoint=" + first.things().get("endpoints"),
              "deliveries?lead=" + first.things().get("leads"))) {
        assertThat(stranger.get("/api/v1/" + path).expect(200).json().path("items"))
            .as(path)
            .isEmpty();
      }
      stranger.get("/api/v1/doctor").expect(403);
      stranger.post("/api/v1/rebuild-check", "").expect(403);
    }
  }

  @Test
  void idsOfAnotherOfficeInBodiesAreUnknown(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var first = office(world, "first", world.node("office"));
      var second = office(world, "second", world.office("Second"));
      var stranger = world.as(second.admin());
      var url =
          "\"name\": \"x\", \"url\": \"" + world.crmUrl() + "\", \"contract\": \"porchlight\"";
      stranger
          .post(
              "/api/v1/sources",
              "{\"name\": \"x\", \"contract\": \"connections-plus\", \"node\": \"%s\"}"
                  .formatted(first.id()))
          .expect(400);
      stranger
          .patch("/api/v1/sources/second", "{\"node\": \"" + first.member() + "\"}")
          .expect(400);
      stranger
          .post("/api/v1/endpoints", "{%s, \"node\": \"%s\"}".formatted(url, first.id()))
          .expect(400);
      stranger
          .post(
              "/api/v1/endpoints",
              "{%s, \"node\": \"%s\", \"sources\": [\"%s\"]}"
                  .formatted(url, second.id(), first.source().id()))
          .expect(400);
      stranger.post("/api/v1/endpoints", "{" + url + "}").expect(400);
      stranger
          .post("/api/v1/tokens", "{\"name\": \"x\", \"node\": \"" + first.id() + "\"}")
          .expect(400);
      stranger.post("/api/v1/tokens", "{\"name\": \"x\"}").expect(400);
      stranger
          .post("/api/v1/spark-keys", "{\"name\": \"x\", \"member\": \"" + first.member() + "\"}")
          .expect(400);
      stranger.post("/api/v1/spark-keys", "{\"name\": \"x\"}").expect(400);
      stranger
          .patch(
              "/api/v1/spark-keys/" + second.things().get("spark-keys"),
              "{\"acts_within\": \"" + first.id() + "\"}")
          .expect(400);
      stranger
          .post(
              "/api/v1/nodes",
              "{\"kind\": \"member\", \"name\": \"x\", \"parent\": \"%s\"}".formatted(first.id()))
          .expect(400);
      stranger.post("/api/v1/nodes", "{\"kind\": \"mls\", \"name\": \"x\"}").expect(403);
      var client = "\"name\": \"x\", \"contract\": \"seeker-leads\"";
      stranger
          .post("/api/v1/clients", "{%s, \"nodes\": [\"%s\"]}".formatted(client, first.id()))
          .expect(400);
      stranger.post("/api/v1/clients", "{" + client + "}").expect(400);
      stranger.post("/api/v1/clients", "{" + client + ", \"sandbox\": true}").expect(403);
      stranger
          .post(
              "/api/v1/listings",
              "{\"url\": \"https://l.example/1\", \"node\": \"%s\"}".formatted(first.id()))
          .expect(400);
      stranger
          .put(
              "/api/v1/listings/" + second.things().get("listings"),
              "{\"url\": \"https://l.example/1\", \"node\": \"%s\"}".formatted(first.id()))
          .expect(400);
      stranger
          .post(
              "/api/v1/parties",
              "{\"name\": \"x\", \"kind\": \"app\", \"node\": \"%s\"}".formatted(first.id()))
          .expect(400);
      stranger
          .post(
              "/api/v1/parties",
              "{\"name\": \"x\", \"kind\": \"app\", \"node\": \"%s\", \"default_recipient\": \"first-owner\"}"
                  .formatted(second.id()))
          .expect(400);
      for (var names : List.of("first-owner second-app", "second-owner first-app")) {
        stranger
            .post(
                "/api/v1/grants",
                "{\"owner\": \"%s\", \"party\": \"%s\", \"publishes\": [\"realestate/listing\"]}"
                    .formatted((Object[]) names.split(" ")))
            .expect(400);
      }
      stranger
          .patch(
              "/api/v1/contacts/" + second.things().get("contacts"),
              "{\"owner\": \"" + first.member() + "\"}")
          .expect(400);
      stranger
          .patch(
              "/api/v1/contacts/" + second.things().get("contacts"),
              "{\"owner\": \"" + second.member() + "\"}")
          .expect(200);
    }
  }

  @Test
  void aCompanysTokenSeesTheCompanyAndAllBelow(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var company = world.node("company");
      var token = world.as(world.token("admin", company));
      token.get("/api/v1/nodes/" + company).expect(200);
      token.get("/api/v1/nodes/" + world.node("mls")).expect(404);
      var office =
          token
              .post(
                  "/api/v1/nodes",
                  "{\"kind\": \"office\", \"name\": \"New\", \"parent\": \"%s\"}"
                      .formatted(company))
              .expect(201)
              .id();
      token.get("/api/v1/nodes/" + office).expect(200);
      var endpoint = world.endpoint("all", "porchlight", company);
      token.get("/api/v1/endpoints/" + endpoint).expect(200);
      var below = world.as(world.token("admin", office));
      below.get("/api/v1/endpoints/" + endpoint).expect(404);
      below.get("/api/v1/nodes/" + company).expect(404);
      below
          .post(
              "/api/v1/nodes",
              "{\"kind\": \"office\", \"name\": \"x\", \"parent\": \"%s\"}".formatted(company))
          .expect(400);
    }
  }

  @Test
  void eachScopeDoesWhatItMayAndNoMore(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var office = office(world, "first", world.node("office"));
      var read = world.as(world.token("read", null));
      var work = world.as(world.token("work", null));
      var feeder =
          world.as(
              world
                  .admin()
                  .post(
                      "/api/v1/tokens",
                      "{\"name\": \"f\", \"scopes\": [\"feed\"], \"endpoint\": \"%s\"}"
                          .formatted(office.things().get("endpoints")))
                  .expect(201)
                  .json()
                  .path("token")
                  .asString());
      var feeds =
          List.of("GET /api/v1/endpoints/{id}/feed", "GET /api/v1/endpoints/{id}/digests/{day}");
      var needsWork =
          List.of(
              "POST /api/v1/endpoints/{id}/test",
              "POST /api/v1/deliveries/{id}/retry",
              "POST /api/v1/replays",
              "PATCH /api/v1/replays/{id}",
              "POST /api/v1/receipts/{id}/resubmit",
              "POST /api/v1/receipts/{id}/aside",
              "POST /api/v1/receipts/{id}/reopen",
              "POST /api/v1/leads/{id}/answered",
              "POST /api/v1/receipts/{id}/pin",
              "POST /api/v1/receipts/{id}/unpin",
              "POST /api/v1/leads/{id}/pin",
              "POST /api/v1/leads/{id}/unpin",
              "POST /api/v1/deliveries/{id}/pin",
              "POST /api/v1/deliveries/{id}/unpin",
              "PATCH /api/v1/contacts/{id}",
              "POST /api/v1/listings",
              "PUT /api/v1/listings/{id}",
              "DELETE /api/v1/listings/{id}");
      var reads = List.of("POST /api/v1/leads/{id}/link");
      for (var route : apiRoutes(world)) {
        var name = route.method() + " " + route.template();
        var path =
            route.template().contains("{id}")
                ? route
                    .template()
                    .replace("{day}", "2026-01-01")
                    .replace("{id}", office.things().get(route.template().split("/")[3]))
                : route.template();
        boolean free =
            reads.contains(name)
                || route.method().equals("GET")
                    && !route
                        .template()
                        .matches(
                            "/api/v1/(tokens|clients|doctor|audit|backups|spark-keys|mail-server|retention).*");
        var byFeeder = feeder.send(route.method(), path, new byte[0], Map.of());
        assertThat(byFeeder.status() == 403)
            .as(name + " " + byFeeder.text())
            .isEqualTo(!feeds.contains(name));
        var byReader = read.send(route.method(), path, new byte[0], Map.of());
        assertThat(byReader.status() == 403).as(name + " " + byReader.text()).isEqualTo(!free);
        var byWorker = work.send(route.method(), path, new byte[0], Map.of());
        assertThat(byWorker.status() == 403)
            .as(name + " " + byWorker.text())
            .isEqualTo(!free && !needsWork.contains(name));
        for (var token :
            List.of("", "plt_nobody", "an administrators token", office.source().key())) {
          var reply = world.as(token).send(route.method(), path, new byte[0], Map.of());
          assertThat(reply.status()).as(name).isEqualTo(401);
          assertThat(reply.problem()).isEqualTo("unauthenticated");
        }
      }
    }
  }

  @Test
  void aLinkAndAnEndedTokenOpenNothingHere(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var office = office(world, "first", world.node("office"));
      var lead = office.things().get("leads");
      var url =
          world
              .as(world.token("read", null))
              .post("/api/v1/leads/" + lead + "/link", "")
              .expect(201)
              .json()
              .path("url")
              .asString();
      assertThat(url).contains("/leads/" + lead + "?token=");
      world.as(url.replaceAll(".*token=", "")).get("/api/v1/leads/" + lead).expect(401);
      var token = world.as(office.admin());
      token.get("/api/v1/leads/" + lead).expect(200);
      token.delete("/api/v1/tokens/" + office.things().get("tokens")).expect(200);
      token.get("/api/v1/leads/" + lead).expect(401);
      var first = world.admin().delete("/api/v1/tokens/" + office.things().get("tokens"));
      var again = world.admin().delete("/api/v1/tokens/" + office.things().get("tokens"));
      assertThat(again.text()).isEqualTo(first.text());
    }
  }

  @Test
  void possibleDuplicatesShowNothingOfAnotherOffice(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      // The same phone and name, but another address: maybe the same person, in another office.
      var first = world.source("first", "connections-plus", null);
      var elsewhere = world.office("Second");
      var second = world.source("second", "connections-plus", elsewhere);
      world.lead(first, "L-1", "Sam", "Doe", "sam@example.com");
      world.lead(second, "L-2", "Pat", "Quite-Other", "pat@example.com");
      // An address of one, the phone and name of the other.
      var body = World.buyer("L-3", "Pat", "Doe", "pat@example.com");
      world.door("/in/second", second.key(), body).expect(200);
      var lead = world.leadOf(second, "L-3");
      var all = world.admin().get("/api/v1/leads/" + lead).json();
      assertThat(all.path("possible_duplicates")).hasSize(1);
      assertThat(all.at("/possible_duplicates/0/receipt").asString("")).isNotEmpty();
      var office = world.as(world.token("read", elsewhere));
      assertThat(office.get("/api/v1/leads/" + lead).json().path("possible_duplicates")).isEmpty();
      var contact = all.path("contact_id").asString();
      assertThat(office.get("/api/v1/contacts/" + contact).json().path("possible_duplicates"))
          .isEmpty();
    }
  }
}
