package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The OpenAPI document and the hub say the same.
final class OpenApiTest {
  @Test
  void documentsTheVeryRoutesThatTheHubHas(@TempDir Path folder) throws Exception {
    try (var world = new World(folder)) {
      var routes =
          world.hub.routes().stream()
              .filter(r ->
                  r.template()
                      .matches("/(api/v1/.*|in/.*|lead|lead-delivery|health.*|metrics|.*yaml)"))
              .map(r -> r.method() + " " + r.template())
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(world.documents.operations()).isEqualTo(routes);
    }
  }

  @Test
  void itsExamplesAreWhatItAllows(@TempDir Path folder) throws Exception {
    try (var world = new World(folder)) {
      assertThat(world.documents.checkExamples()).isGreaterThan(8);
    }
  }

  @Test
  void everyOperationAnswersAsDocumented(@TempDir Path folder) throws Exception {
    try (var world = new World(folder)) {
      var admin = world.admin();
      var nobody = world.as("");

      // Accounts.
      admin.get("/api/v1/nodes").expect(200);
      var office = world.node("office");
      admin.get("/api/v1/nodes/" + office).expect(200);
      admin.get("/api/v1/nodes/none").expect(404);
      var member =
          admin
              .post(
                  "/api/v1/nodes",
                  """
                  {"kind": "member", "name": "Robin Okafor", "parent": "%s",
                   "email": "robin@example.com"}
                  """
                      .formatted(office))
              .expect(201)
              .id();
      admin.get("/api/v1/mail-server").expect(404);
      admin.post("/api/v1/mail-server/test", "{\"to\": \"desk@example.com\"}").expect(409);
      admin.get("/api/v1/retention").expect(200);
      admin.patch("/api/v1/retention", "{\"events_kept_days\": -1}").expect(400);
      admin.patch("/api/v1/retention", "{\"events_kept_days\": 30}").expect(200);
      admin.patch("/api/v1/retention", "{\"events_kept_days\": null}").expect(200);
      admin
          .patch(
              "/api/v1/mail-server",
              """
              {"host": "mail.example.com", "user": "hub", "password": "secret",
               "from": "hub@example.com"}
              """)
          .expect(200);
      admin.patch("/api/v1/mail-server", "{\"port\": 2587}").expect(400);
      admin.patch("/api/v1/mail-server", "{\"from\": \"nobody\"}").expect(400);
      admin.get("/api/v1/mail-server").expect(200);
      // Nobody listens there, and that is what it answers.
      admin
          .patch(
              "/api/v1/mail-server",
              "{\"host\": \"127.0.0.1\", \"port\": 1, \"password\": \"secret\"}")
          .expect(200);
      admin.post("/api/v1/mail-server/test", "{\"to\": \"desk@example.com\"}").expect(200);
      admin.send("DELETE", "/api/v1/mail-server", new byte[0], Map.of()).expect(200);
      admin
          .patch("/api/v1/nodes/" + office + "/mail", "{\"fallback\": \"desk@example.com\"}")
          .expect(200);
      admin.patch("/api/v1/nodes/" + office + "/mail", "{\"address\": \"@\"}").expect(400);
      admin.get("/api/v1/nodes/" + office + "/mail").expect(200);
      var source = world.source("portal", "connections-plus", null);
      var other = world.source("mail", "lead-delivery", member);
      admin.get("/api/v1/sources").expect(200);
      admin.post("/api/v1/sources/portal/mail-address", "{}").expect(201);
      admin.post("/api/v1/sources/none/mail-address", "{}").expect(404);
      admin.post("/api/v1/sources/portal/pause", "").expect(200);
      admin.get("/api/v1/sources/portal").expect(200);
      admin.post("/api/v1/sources/portal/resume", "").expect(200);
      admin.post("/api/v1/sources/none/resume", "").expect(404);
      admin
          .send("DELETE", "/api/v1/sources/portal/mail-address", new byte[0], Map.of())
          .expect(200);
      admin.get("/api/v1/sources/portal").expect(200);
      admin
          .patch(
              "/api/v1/sources/mail",
              """
              {"region": "CA", "signature": {"header": "X-Signature", "algorithm": "hmac-sha256",
               "keys": ["a-key-for-signatures"], "timestamp_header": "X-Time",
               "content": "{body}"}}
              """)
          .expect(200);
      admin.patch("/api/v1/sources/mail", "{\"signature\": null}").expect(200);
      admin
          .post(
              "/api/v1/sources",
              """
              {"name": "seeker", "contract": "seeker-leads", "poll": {
               "url": "http://127.0.0.1:9/seeker-leads/v1", "token_url": "http://127.0.0.1:9/token",
               "client_id": "us", "client_secret": "ours", "since": "2026-01-01T00:00:00Z"}}
              """)
          .expect(201);
      admin.patch("/api/v1/sources/seeker", "{\"poll\": {\"interval_seconds\": 60}}").expect(200);
      admin.patch("/api/v1/sources/seeker", "{\"poll\": null}").expect(200);
      admin.patch("/api/v1/sources/seeker", "{\"poll\": {}}").expect(400);
      var key =
          admin
              .post("/api/v1/sources/mail/rotate-key", "{\"overlap_hours\": 1}")
              .expect(201)
              .json()
              .path("api_key")
              .asString();
      admin.get("/api/v1/tokens").expect(200);
      var token = admin.post("/api/v1/tokens", "{\"name\": \"t\"}").expect(201).id();
      admin.delete("/api/v1/tokens/" + token).expect(200);

      // Clients and listings.
      admin.get("/api/v1/clients").expect(200);
      var client =
          admin
              .post("/api/v1/clients", "{\"name\": \"Harbor CRM\", \"contract\": \"seeker-leads\"}")
              .expect(201)
              .id();
      admin
          .post(
              "/api/v1/clients",
              "{\"name\": \"c\", \"contract\": \"seeker-leads\", \"sandbox\": true}")
          .expect(201);
      admin.get("/api/v1/clients/" + client).expect(200);
      admin.post("/api/v1/clients/" + client + "/rotate-secret", "").expect(201);
      admin.delete("/api/v1/clients/" + client).expect(200);
      admin.post("/api/v1/clients/" + client + "/rotate-secret", "").expect(409);
      admin.post("/api/v1/clients", "{\"name\": \"c\", \"contract\": \"none\"}").expect(400);
      var names =
          "{\"classified_id\": \"24A1B2C3D4E5\", \"mls_name\": \"Example MLS\", \"mls_id\":"
              + " \"X-1\"}";
      var listing = admin.post("/api/v1/listings", names).expect(201).id();
      admin.post("/api/v1/listings", names).expect(409);
      admin.post("/api/v1/listings", "{\"classified_id\": \"24O1B2C3D4E5\"}").expect(400);
      admin.get("/api/v1/listings?classified_id=24A1B2C3D4E5").expect(200);
      admin.get("/api/v1/listings/" + listing).expect(200);
      admin.put("/api/v1/listings/" + listing, names.replace("X-1", "X-2")).expect(200);
      admin.put("/api/v1/listings/" + listing, "{}").expect(400);
      admin.delete("/api/v1/listings/" + listing).expect(200);

      // Parties and grants.
      var owner =
          admin
              .post("/api/v1/parties", "{\"name\": \"Gotham City Realty\", \"kind\": \"office\"}")
              .expect(201)
              .json();
      assertThat(owner.path("pod").asString())
          .isEqualTo(world.hub.address() + "/pods/gotham-city-realty/");
      var app =
          admin
              .post(
                  "/api/v1/parties",
                  "{\"name\": \"Feed\", \"kind\": \"app\", \"default_recipient\": \"%s\","
                          .formatted(owner.path("profile").asString())
                      + " \"host\": \"Feed.example.org\"}")
              .expect(201);
      assertThat(app.json().path("profile").asString())
          .isEqualTo("https://feed.example.org/profile/card#me");
      admin.post("/api/v1/parties", "{\"name\": \"feed\", \"kind\": \"app\"}").expect(409);
      admin.post("/api/v1/parties", "{\"name\": \"x\", \"kind\": \"king\"}").expect(400);
      admin.post("/api/v1/parties", "{\"name\": \"***\", \"kind\": \"app\"}").expect(400);
      assertThat(admin.get("/api/v1/parties").expect(200).text())
          .doesNotContain(app.json().path("api_key").asString());
      assertThat(admin.get("/api/v1/parties/feed").expect(200).json().path("keys")).hasSize(1);
      admin.get("/api/v1/parties/none").expect(404);
      admin.patch("/api/v1/parties/feed", "{\"default_recipient\": null}").expect(200);
      admin.patch("/api/v1/parties/feed", "{\"default_recipient\": \"feed\"}").expect(400);
      admin.post("/api/v1/parties/feed/rotate-key", "{\"overlap_hours\": 0}").expect(201);
      var granted =
          """
          {"owner": "gotham-city-realty", "party": "feed", "publishes": ["realestate/listing#update"],
           "subscribes": ["realestate/listing#update"], "filter": "City Eq 'Gotham City'",
           "redaction": ["/object/buyerAgent"], "until": "2126-01-01T00:00:00Z"}
          """;
      var grant = admin.post("/api/v1/grants", granted).expect(201).json();
      assertThat(grant.at("/subscribes/0").asString()).isEqualTo("realestate/listing");
      for (var bad :
          new String[] {
            granted.replace("City Eq", "Town Eq"),
            granted.replace("\"feed\"", "\"gotham-city-realty\""),
            granted.replace("\"gotham-city-realty\"", "\"feed\""),
            granted.replace("realestate/listing#update", "everything"),
            granted.replace("/object", "object"),
            granted.replace("2126", "1926"),
            "{\"owner\": \"gotham-city-realty\", \"party\": \"feed\"}"
          }) {
        admin.post("/api/v1/grants", bad).expect(400);
      }
      admin.get("/api/v1/grants?owner=gotham-city-realty&party=feed").expect(200);
      assertThat(admin.get("/api/v1/grants?owner=feed").json().path("items")).isEmpty();
      admin.get("/api/v1/grants/" + grant.path("id").asString()).expect(200);
      admin.delete("/api/v1/grants/" + grant.path("id").asString()).expect(200);
      var second = admin.post("/api/v1/grants", granted).expect(201).id();
      admin.delete("/api/v1/parties/feed").expect(200);
      assertThat(admin.get("/api/v1/grants/" + second).json().path("revoked_at").asString(""))
          .isNotEmpty();
      admin.post("/api/v1/parties/feed/rotate-key", "").expect(409);
      // Its name is nobody else's from then on.
      admin.post("/api/v1/parties", "{\"name\": \"Feed\", \"kind\": \"app\"}").expect(409);

      // Events.
      world.publish(
          "gotham-city-realty",
          owner.path("api_key").asString(),
          """
          {"topic": "realestate/servicearea#create", "recipient": "%s", "time": "yesterday",
           "data": {"type": "CreateAction", "object": {"type": "ServiceArea", "kind": "City",
           "identifier": {"areas": 7}, "addressLocality": "Gotham City", "addressRegion": "NJ",
           "provider": {"id": "%s"}, "additionalProperty": {"weight": 3, "sortOrder": 0,
           "sentToConsumerSite": true}}}}
          """
              .formatted(owner.path("profile").asString(), owner.path("profile").asString()));
      var area = admin.get("/api/v1/service-areas").expect(200).json().at("/items/0");
      assertThat(area.path("name").asString()).isEqualTo("areas:7");
      assertThat(area.path("weight").asInt()).isEqualTo(3);
      assertThat(area.path("sent_to_consumer_site").asBoolean()).isTrue();
      admin.get("/api/v1/events?violations=perhaps").expect(400);
      assertThat(admin.get("/api/v1/events?topic=realestate/listing").json().path("items"))
          .isEmpty();
      var event =
          admin
              .get(
                  "/api/v1/events?topic=realestate/servicearea&violations=true"
                      + "&publisher=gotham-city-realty")
              .expect(200)
              .json()
              .at("/items/0");
      assertThat(event.at("/violations/0/pointer").asString()).isEqualTo("/time");
      admin.get("/api/v1/events/" + event.path("id").asString()).expect(200);
      admin.get("/api/v1/events/none").expect(404);

      // Doors.
      var endpoint = world.endpoint("crm", "lead-delivery", null);
      var lead = world.lead(source, "L-1", "Sam", "Doe", "sam@example.com");
      world.door(
          "/in/portal/lead", source.key(), World.buyer("L-2", "Jo", "Poe", "jo@example.com"));
      world
          .door("/lead", source.key(), World.buyer("L-3", "Al", "Roe", "al@example.com"))
          .expect(200);
      var standard =
          """
          {"lead_id": "D-1", "contact": {"email": "kim@example.com"},
           "timestamp": "2026-01-02T03:04:05Z"}
          """;
      world.door("/in/mail/lead-delivery", key, standard).expect(200);
      world.door("/lead-delivery", other.key(), standard).expect(200);
      world.door("/in/portal", source.key(), "[]").expect(400);
      world.door("/in/portal", "wrong", "{}").expect(401);
      world.door("/lead", null, "{}").expect(401);
      world.send("GET", "/lead", new byte[0], Map.of()).expect(405);

      // Leads and what became of them.
      admin.get("/api/v1/leads?test=false&source=portal&limit=2").expect(200);
      admin.get("/api/v1/leads/" + lead).expect(200);
      admin.post("/api/v1/leads/" + lead + "/answered", "").expect(200);
      admin.post("/api/v1/leads/" + lead + "/link", "").expect(201);
      admin.post("/api/v1/leads/" + lead + "/pin", "").expect(200);
      admin.get("/api/v1/leads/" + lead).expect(200);
      admin.post("/api/v1/leads/" + lead + "/unpin", "").expect(200);
      admin.get("/api/v1/receipts?state=done").expect(200);
      var quarantined = world.first("/api/v1/receipts?state=quarantined");
      admin.post("/api/v1/receipts/" + quarantined + "/pin", "").expect(200);
      admin.get("/api/v1/receipts/" + quarantined).expect(200);
      admin.post("/api/v1/receipts/" + quarantined + "/unpin", "").expect(200);
      var raw = admin.get("/api/v1/receipts/" + quarantined + "/raw").expect(200);
      assertThat(raw.text()).isEqualTo("[]");
      admin.post("/api/v1/receipts/" + quarantined + "/resubmit", "").expect(422);
      admin.post("/api/v1/receipts/" + quarantined + "/aside", "{}").expect(400);
      admin
          .post("/api/v1/receipts/" + quarantined + "/aside", "{\"reason\": \"Nobody will.\"}")
          .expect(200);
      admin.get("/api/v1/receipts/" + quarantined).expect(200);
      admin.post("/api/v1/receipts/" + quarantined + "/reopen", "{}").expect(200);
      admin.post("/api/v1/receipts/" + quarantined + "/reopen", "{}").expect(409);
      admin
          .post(
              "/api/v1/receipts/" + quarantined + "/resubmit",
              World.buyer("L-4", "Bo", "Loe", "bo@example.com"))
          .expect(200);
      admin.post("/api/v1/receipts/" + quarantined + "/resubmit", "{}").expect(409);
      admin.get("/api/v1/persons").expect(200);
      admin.get("/api/v1/persons?email=nobody%40example.org&erased=false").expect(200);
      admin.get("/api/v1/persons?erased=maybe").expect(400);
      admin.get("/api/v1/persons/none").expect(404);
      admin.post("/api/v1/persons/none/erase", "").expect(404);
      admin.get("/api/v1/contacts").expect(200);
      var contact = world.first("/api/v1/contacts?limit=1");
      admin.get("/api/v1/contacts/" + contact).expect(200);
      admin.get("/api/v1/contacts/" + contact + "/notes?limit=1").expect(200);
      admin.get("/api/v1/contacts/none/notes").expect(404);
      admin
          .patch(
              "/api/v1/contacts/" + contact,
              """
              {"display_name": "B. Loe", "given_name": "Bo", "family_name": null,
               "emails": ["bo@example.com"], "phones": ["+1 804 555 0199"], "tags": ["warm"],
               "owner": "%s"}
              """
                  .formatted(member))
          .expect(200);

      // Deliveries.
      await()
          .until(() ->
              admin
                      .get("/api/v1/deliveries?state=delivered&endpoint=" + endpoint)
                      .json()
                      .path("items")
                      .size()
                  == 5);
      var delivery = world.first("/api/v1/deliveries?lead=" + lead);
      admin.post("/api/v1/deliveries/" + delivery + "/pin", "").expect(200);
      admin.get("/api/v1/deliveries/" + delivery).expect(200);
      admin.post("/api/v1/deliveries/" + delivery + "/unpin", "").expect(200);
      admin.get("/api/v1/leads/" + lead).expect(200);
      admin.post("/api/v1/deliveries/" + delivery + "/retry", "").expect(202);
      admin
          .get(
              "/api/v1/deliveries?words=nothing&email=sam%40example.com&from=2026-01-02T03:04:05Z"
                  + "&to=2126-01-02T03:04:05Z")
          .expect(200);
      admin.get("/api/v1/deliveries?words=ab").expect(400);
      admin.get("/api/v1/deliveries?from=yesterday").expect(400);
      var again = "{\"endpoint\": \"%s\", \"states\": [\"delivered\"]".formatted(endpoint);
      admin.post("/api/v1/replays", again + ", \"dry_run\": true}").expect(200);
      var replay = admin.post("/api/v1/replays", again + ", \"per_second\": 1}").expect(201).id();
      admin.post("/api/v1/replays", "{\"endpoint\": \"none\"}").expect(400);
      admin.get("/api/v1/replays").expect(200);
      admin.get("/api/v1/replays/" + replay).expect(200);
      admin.get("/api/v1/replays/none").expect(404);
      admin.patch("/api/v1/replays/" + replay, "{\"state\": \"stopped\"}").expect(200);
      admin.patch("/api/v1/replays/" + replay, "{\"state\": \"running\"}").expect(409);
      admin.patch("/api/v1/replays/" + replay, "{\"state\": \"begun\"}").expect(400);
      admin.get("/api/v1/endpoints/" + endpoint + "/feed?after=1&limit=2").expect(200);
      admin.get("/api/v1/endpoints/" + endpoint + "/feed?after=x").expect(400);
      admin.get("/api/v1/endpoints/" + endpoint + "/digests/2026-01-02").expect(200);
      admin.get("/api/v1/endpoints/" + endpoint + "/digests/yesterday").expect(404);
      admin.get("/api/v1/endpoints").expect(200);
      admin.get("/api/v1/endpoints/" + endpoint).expect(200);
      admin
          .patch(
              "/api/v1/endpoints/" + endpoint,
              """
              {"name": "the CRM", "append_channel": true, "api_key": "their-key",
               "kinds": ["lead.created"], "sources": ["%s"], "tests": true,
               "assumed_role": "buyer", "fallback_contract": "verbatim", "x_signature": true,
               "digital_signature": true, "received_bytes": false}
              """
                  .formatted(source.id()))
          .expect(200);
      var trial = admin.post("/api/v1/endpoints/" + endpoint + "/test", "").expect(200).json();
      assertThat(trial.path("delivered").asBoolean()).isTrue();
      assertThat(trial.toString()).doesNotContain("their-key");
      admin.post("/api/v1/endpoints/" + endpoint + "/rotate-secret", "{}").expect(201);
      admin
          .patch("/api/v1/endpoints/" + endpoint, "{\"assumed_role\": null, \"api_key\": null}")
          .expect(200);
      admin.delete("/api/v1/endpoints/" + endpoint).expect(200);
      admin.delete("/api/v1/endpoints/" + endpoint).expect(404);

      // The Spark door's keys.
      admin.post("/api/v1/nodes/" + member + "/password", "{}").expect(201);
      admin.get("/api/v1/nodes/" + member + "/role").expect(200);
      admin.put("/api/v1/nodes/" + member + "/role", "{\"role\": \"agent\"}").expect(200);
      admin.put("/api/v1/nodes/" + member + "/role", "{\"role\": \"boss\"}").expect(400);
      admin.put("/api/v1/nodes/" + office + "/role", "{\"role\": \"agent\"}").expect(400);
      admin.get("/api/v1/nodes/" + member + "/role").expect(200);
      admin.post("/api/v1/nodes/" + member + "/sign-in-link", "").expect(201);
      admin.delete("/api/v1/nodes/" + member + "/role").expect(200);
      admin.post("/api/v1/nodes/" + member + "/sign-in-link", "").expect(409);
      admin.patch("/api/v1/nodes/" + member, "{\"ended\": true}").expect(200);
      admin.post("/api/v1/nodes/" + member + "/password", "{}").expect(409);
      admin.patch("/api/v1/nodes/" + office, "{\"ended\": true}").expect(409);
      admin.patch("/api/v1/nodes/" + member, "{\"ended\": false, \"name\": \"\"}").expect(400);
      admin.patch("/api/v1/nodes/" + member, "{\"ended\": false}").expect(200);
      admin.get("/api/v1/audit?limit=2").expect(200);
      admin.get("/api/v1/search?q=portal").expect(200);
      admin
          .post("/api/v1/nodes/" + member + "/password", "{\"password\": \"ten letters\"}")
          .expect(201);
      admin.post("/api/v1/nodes/" + member + "/password", "{\"password\": \"short\"}").expect(400);
      var made =
          admin
              .post(
                  "/api/v1/spark-keys",
                  """
                  {"name": "site", "role": "idx", "member": "%s", "acts_within": "%s",
                   "ways": ["session", "oauth2"], "redirect_uris": ["https://site.example.org/back"],
                   "replication": true, "addresses": ["192.0.2.0/24"], "user_agents": ["Site"]}
                  """
                      .formatted(member, office))
              .expect(201)
              .json();
      assertThat(made.path("rate_limit").intValue()).isEqualTo(4000);
      var sparkKey = made.path("id").asString();
      admin.post("/api/v1/spark-keys", "{\"name\": \"x\", \"role\": \"king\"}").expect(400);
      assertThat(admin.get("/api/v1/spark-keys").expect(200).text())
          .doesNotContain(made.path("api_secret").asString(), made.path("token").asString());
      admin.get("/api/v1/spark-keys/" + sparkKey).expect(200);
      admin.get("/api/v1/spark-keys/none").expect(404);
      admin
          .patch("/api/v1/spark-keys/" + sparkKey, "{\"rate_limit\": 7, \"acts_within\": null}")
          .expect(200);
      admin.patch("/api/v1/spark-keys/" + sparkKey, "{\"rate_limit\": 0}").expect(400);
      admin.delete("/api/v1/spark-keys/" + sparkKey).expect(200);

      // How it is.
      var check = admin.post("/api/v1/rebuild-check", "").expect(200).json();
      assertThat(check.path("differences")).isEmpty();
      admin.get("/api/v1/doctor").expect(200);
      admin.post("/api/v1/backups", "{}").expect(201);
      admin.post("/api/v1/backups", "{\"include_key\": 1}").expect(400);
      assertThat(admin.get("/api/v1/backups").expect(200).json().path("items")).hasSize(1);
      for (var path : new String[] {"/health", "/health/live", "/health/ready", "/metrics"}) {
        nobody.get(path).expect(200);
      }
      assertThat(nobody.get("/openapi.yaml").header("content-type")).isEqualTo("application/yaml");
      assertThat(nobody.get("/asyncapi.yaml").text()).startsWith("asyncapi: 2.6.0");
      assertThat(nobody.get("/realestate-events.asyncapi.yaml").text())
          .startsWith("asyncapi: 2.6.0");
      assertThat(nobody.get("/seeker-leads.openapi.yaml").text()).startsWith("openapi: 3.1.0");
      nobody.get("/nothing/here").expect(404);
      nobody.send("PUT", "/api/v1/leads", "{}".getBytes(StandardCharsets.UTF_8), Map.of());

      // Last, an erasure, and what is left.
      var erasable = world.first("/api/v1/persons");
      admin.get("/api/v1/persons/" + erasable).expect(200);
      admin.post("/api/v1/persons/" + erasable + "/erase", "").expect(200);
      admin.get("/api/v1/persons/" + erasable).expect(200);
      var erasedLead = world.first("/api/v1/leads");
      admin.get("/api/v1/leads/" + erasedLead).expect(200);
      admin.get("/api/v1/receipts?limit=200").expect(200);
      assertThat(world.documents.called()).isEqualTo(world.documents.operations());
    }
  }
}
