package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How an app comes to a grant by messages to inboxes, over the wire.
class HandshakeTest {
  private static final String LISTING = "realestate/listing";

  @TempDir Path folder;
  private Pods pods;
  private Pods.Pod office;
  private Pods.Pod app;
  private Pods.Pod shop;

  @BeforeEach
  void start() {
    pods = new Pods(folder, Database.SQLITE);
    office = pods.party("Harbor Realty", "office");
    app = pods.party("Harbor CRM", "app");
    shop = pods.party("App store", "app");
  }

  @AfterEach
  void stop() {
    pods.close();
  }

  private ObjectNode message(String type, String... scopes) {
    var message = Json.object().put("type", type).put("object", app.profile);
    message.put("agent", "https://evil.example.org/profile/card#me");
    if (scopes.length > 0) {
      var list = message.putObject("context").putArray("scope");
      List.of(scopes).forEach(list::add);
    }
    return message;
  }

  private static String empty(ObjectNode message) {
    message.putObject("context").putArray("scope");
    return message.toString();
  }

  private ObjectNode subscribe(String status, String... scopes) {
    return message("SubscribeAction", scopes).put("actionStatus", status);
  }

  private JsonNode grants() {
    return office.get("settings/subscriptions").json().path("items");
  }

  private static List<String> types(Pods.Pod pod) {
    return pod.all().stream()
        .map(i -> i.path("topic").asString(i.path("type").asString()))
        .toList();
  }

  private int publish() {
    return office.publish(Pods.listing(office.profile, "1", _ -> {})).status();
  }

  private void taken(Pods.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    assertThat(answer.header("Location")).isEqualTo(answer.json().path("id").asString());
  }

  @Test
  void an_app_asks_the_owner_authorizes_the_app_confirms_and_either_ends_it() {
    // Nothing is granted by asking, nor by confirming what nobody has authorized.
    var confirm = subscribe("ActiveActionStatus");
    assertThat(app.post(office, confirm).status()).isEqualTo(403);
    var ask = message("AuthorizeAction", "profile:read", "read:realestate/listing#update");
    taken(app.post(office, ask));
    assertThat(app.post(office, confirm).status()).isEqualTo(403);
    assertThat(grants()).isEmpty();
    var asked = office.all().getFirst();
    assertThat(asked.path("type").asString()).isEqualTo("AuthorizeAction");
    assertThat(asked.path("agent").asString()).isEqualTo(app.profile);
    assertThat(asked.path("object").asString()).isEqualTo(app.profile);
    assertThat(asked.at("/context/scope")).hasSize(1);
    assertThat(asked.at("/context/scope/0").asString()).isEqualTo("read:" + LISTING);
    assertThat(asked.path("@id").asString()).startsWith(office.url + "inbox/");
    assertThat(pods.send("GET", asked.path("@id").asString(), office.key, null, null).json())
        .isEqualTo(asked);
    // Twice the same is once.
    taken(app.post(office, ask));
    assertThat(office.all()).hasSize(1);
    // The owner says yes, and to what; the app is told, and confirms.
    assertThat(office.post(office, message("AuthorizeAction")).status()).isEqualTo(400);
    taken(office.post(office, message("AuthorizeAction", "read:" + LISTING)));
    assertThat(types(office)).containsExactly("AuthorizeAction", "AuthorizeAction");
    var offer = app.all().getFirst();
    assertThat(offer.path("type").asString()).isEqualTo("SubscribeAction");
    assertThat(offer.path("actionStatus").asString()).isEqualTo("PotentialActionStatus");
    assertThat(offer.path("agent").asString()).isEqualTo(office.profile);
    assertThat(offer.at("/context/scope")).hasSize(1);
    publish();
    assertThat(grants()).isEmpty();
    assertThat(app.inbox()).hasSize(1);
    assertThat(app.post(office, subscribe("ActiveActionStatus", "write:" + LISTING)).status())
        .isEqualTo(403);
    taken(app.post(office, confirm));
    taken(app.post(office, confirm));
    assertThat(grants()).hasSize(1);
    assertThat(grants().at("/0/agent").asString()).isEqualTo(app.profile);
    assertThat(grants().at("/0/subscribes/0").asString()).isEqualTo(LISTING);
    assertThat(grants().at("/0/publishes")).isEmpty();
    publish();
    assertThat(types(app))
        .containsExactly(
            "SubscribeAction", "yodata/subscription#authorize", "realestate/listing#update");
    // Both were told of the grant, once.
    var told = app.all().get(1);
    assertThat(told.at("/data/type").asString()).isEqualTo("AuthorizeAction");
    assertThat(told.at("/data/object/agent").asString()).isEqualTo(app.profile);
    assertThat(told.path("agent").asString()).isEqualTo(office.profile);
    assertThat(types(office)).containsOnlyOnce("yodata/subscription#authorize");
    // More is asked for, offered by the owner in the app's own inbox, and confirmed in part.
    taken(app.post(office, message("AuthorizeAction", "read:" + LISTING, "write:" + LISTING)));
    assertThat(grants().at("/0/publishes")).isEmpty();
    taken(
        office.post(
            app,
            subscribe(
                "PotentialActionStatus",
                "realestate/listing:read",
                "write:" + LISTING,
                "write:realestate/lead#add")));
    taken(
        app.post(
            office, subscribe("CompletedActionStatus", "read:" + LISTING, "write:" + LISTING)));
    assertThat(grants()).hasSize(1);
    assertThat(grants().at("/0/publishes/0").asString()).isEqualTo(LISTING);
    assertThat(types(app)).containsOnlyOnce("yodata/subscription#update");
    // The owner ends it: nothing more comes, and the app knows.
    taken(office.post(office, message("RejectAction").put("target", office.profile)));
    taken(office.post(office, message("RejectAction")));
    assertThat(grants()).isEmpty();
    assertThat(types(app).subList(5, 7))
        .containsExactly("RejectAction", "yodata/subscription#revoke");
    publish();
    assertThat(app.all()).hasSize(7);
    for (var pod : List.of(office, app)) {
      for (var item : pod.all()) {
        var topic = item.path("topic").asString("");
        EventSchemas.check(
            topic.isEmpty()
                ? "HandshakeItem"
                : topic.startsWith("yodata/") ? "GrantChange" : "Copy",
            item);
      }
    }
    assertThat(app.post(office, confirm).status()).isEqualTo(403);
    assertThat(app.publish(Pods.listing(office.profile, "1", _ -> {})).status()).isEqualTo(403);
  }

  @Test
  void what_was_revoked_by_the_api_is_not_brought_back_and_whom_it_concerns_is_told() {
    taken(office.post(office, message("AuthorizeAction", "read:" + LISTING)));
    taken(app.post(office, subscribe("ActiveActionStatus")));
    var id = pods.hub.items("/grants").getFirst().path("id").asString();
    pods.hub.api().delete("/grants/" + id);
    assertThat(types(app)).endsWith("yodata/subscription#revoke");
    assertThat(app.post(office, subscribe("ActiveActionStatus")).status()).isEqualTo(403);
    assertThat(grants()).isEmpty();
    // Grants made by hand are ended by a RejectAction too, of the app as well.
    pods.grant(office, app, null, LISTING);
    assertThat(types(app)).endsWith("yodata/subscription#authorize");
    pods.grant(office, shop, null, "yodata/subscription");
    taken(app.post(office, message("RejectAction")));
    assertThat(types(office)).contains("RejectAction").endsWith("yodata/subscription#revoke");
    assertThat(grants()).hasSize(1);
    // Who follows that group follows all of the owner's grants.
    assertThat(types(shop))
        .containsExactly("yodata/subscription#authorize", "yodata/subscription#revoke");
    // A party that is removed leaves, and its counterparts are told.
    pods.grant(office, app, null, LISTING);
    pods.hub.api().delete("/parties/" + app.id);
    assertThat(types(office)).endsWith("yodata/subscription#revoke");
    assertThat(shop.all().getLast().at("/data/object/agent").asString()).isEqualTo(app.profile);
  }

  @Test
  void messages_that_are_none_or_not_theirs_are_refused() {
    var ask = message("AuthorizeAction", "read:" + LISTING);
    assertThat(pods.send("POST", office.url + "inbox/", null, "application/json", "{}").status())
        .isEqualTo(401);
    assertThat(pods.send("POST", office.url + "inbox/", app.key, "text/plain", "{}").status())
        .isEqualTo(415);
    assertThat(
            pods.send(
                    "POST",
                    pods.hub.address() + "/pods/nobody/inbox/",
                    app.key,
                    "application/ld+json",
                    ask.toString())
                .status())
        .isEqualTo(404);
    for (var bad :
        List.of(
            "",
            "[]",
            "{",
            "{}",
            "{\"type\": \"AddAction\"}",
            message("AuthorizeAction").toString(),
            message("AuthorizeAction", "realestate/listing").toString(),
            message("AuthorizeAction", "own:realestate/listing").toString(),
            message("AuthorizeAction", "read:*").toString(),
            message("SubscribeAction", "read:" + LISTING).toString(),
            ask.deepCopy().put("object", office.profile).toString(),
            ask.deepCopy().put("object", "{app}").toString(),
            ask.deepCopy().put("target", app.profile).toString(),
            empty(message("AuthorizeAction")),
            empty(subscribe("ActiveActionStatus")),
            message("RejectAction").toString())) {
      var answer = pods.send("POST", office.url + "inbox/", app.key, "application/json", bad);
      assertThat(answer.status()).as(bad + answer.text()).isEqualTo(400);
      assertThat(answer.error()).isNotEmpty();
    }
    assertThat(office.all()).isEmpty();
    // Somebody else's word counts for nothing: an app store may ask for an app, and no more.
    taken(shop.post(office, ask));
    assertThat(office.all().getFirst().path("agent").asString()).isEqualTo(shop.profile);
    assertThat(shop.post(office, message("RejectAction")).status()).isEqualTo(403);
    assertThat(shop.post(app, subscribe("PotentialActionStatus", "read:" + LISTING)).status())
        .isEqualTo(400);
    taken(office.post(office, ask));
    assertThat(shop.post(office, subscribe("ActiveActionStatus")).status()).isEqualTo(403);
    assertThat(office.post(office, subscribe("ActiveActionStatus")).status()).isEqualTo(403);
    assertThat(grants()).isEmpty();
    // Another account is another world.
    String above = null;
    for (var kind : List.of("mls", "company", "office")) {
      var node = Json.object().put("kind", kind).put("name", "Elsewhere");
      if (above != null) {
        node.put("parent", above);
      }
      above = pods.hub.api().make("/nodes", node).path("id").asString();
    }
    var place = above;
    var stranger = pods.party("Stranger", "app", b -> b.put("node", place));
    var wish = ask.deepCopy().put("object", stranger.profile);
    assertThat(stranger.post(office, wish).status()).isEqualTo(403);
    assertThat(office.post(office, wish).status()).isEqualTo(403);
    // Grants are told of by the hub alone.
    var forged =
        Json.object()
            .put("topic", "yodata/subscription#authorize")
            .put("recipient", office.profile);
    forged.putObject("data");
    assertThat(office.publish(forged).status()).isEqualTo(403);
  }

  @Test
  void messages_are_pushed_as_events_are() {
    try (var crm = FakeCrm.open(pods.hub.clock())) {
      var endpoint = pods.hub.addEndpoint(crm.url("/push"), "realestate-events");
      pods.hub.api().patch("/parties/" + app.id, Json.object().put("endpoint", endpoint.id()));
      taken(office.post(office, message("AuthorizeAction", "read:" + LISTING)));
      var received = crm.await(1).getFirst();
      assertThat(received.json()).isEqualTo(app.all().getFirst());
      assertThat(received.isSignedWith(endpoint.secret())).isTrue();
    }
  }
}
