package dev.porchlight.console.endpoints;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Sheet;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.EventCatalogue;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.filter.FilterException;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `/console/endpoints/{id}/change`: everything of an endpoint that can be changed after it was
/// made.
final class EndpointChange {
  private static final String ENDPOINT = "/endpoints/{id}";
  private static final int MOST_LISTED = 200;
  private static final String NONE = "none";

  /// What every endpoint has.
  private static final List<String> KEPT =
      List.of("name", "url", "contract", "node", "api_key_header");

  private final Store store;
  private final Deeds deeds;
  private final List<String> contracts;

  /// @param contracts those that can be written
  EndpointChange(Store store, Deeds deeds, List<String> contracts) {
    this.store = store;
    this.deeds = deeds;
    this.contracts = contracts;
  }

  /// @param words what a filter may name
  record View(String path, String name, Sheet sheet, List<String> words) {}

  /// The API's members as the sheet has them.
  private static ObjectNode shown(JsonNode known) {
    var shown = Json.object();
    known.properties().forEach(p -> shown.set(p.getKey(), p.getValue()));
    var how = known.path("authorization");
    shown.put("auth", how.path("kind").asString(NONE));
    shown.put("auth_user", how.path("user").asString(how.path("client_id").asString("")));
    shown.put("token_url", how.path("token_url").asString(""));
    shown.put("token_scope", how.path("scope").asString(""));
    shown.put(
        "x_signature",
        known.has("x_signature")
            ? Boolean.toString(known.path("x_signature").asBoolean(false))
            : "");
    shown.put(
        "signature", known.path("signature").isObject() ? known.path("signature").toString() : "");
    return shown;
  }

  private Sheet sheet(Visit visit, boolean filled, JsonNode known, Sheet.@Nullable Misread wrong) {
    var t = visit.texts();
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    var kinds = new TreeSet<>(EndpointSetup.listKinds());
    known.path("kinds").forEach(k -> kinds.add(k.asString("")));
    var contractChoices = new ArrayList<Choice>();
    var all = new TreeSet<>(contracts);
    all.add(known.path("contract").asString(contracts.getFirst()));
    all.forEach(c -> contractChoices.add(new Choice(c, EndpointSection.label(t, c))));
    var fallbacks = new ArrayList<>(contractChoices);
    fallbacks.addFirst(new Choice("", t.of("endpoint.fallback.none")));
    return new Sheet(visit, "endpoint.set.", "endpoint.set.hint.", filled, shown(known))
        .needed("name", 200)
        .pick("contract", contractChoices, "")
        .needed("url", 2048)
        .tick("append_channel", false)
        .pick(
            "node",
            Choice.ofNodes(
                visit, nodes, n -> n.kind() != Node.Kind.MEMBER && n.kind() != Node.Kind.TEAM),
            "")
        .heading("chosen")
        .ticks("kinds", kinds.stream().map(k -> new Choice(k, k)).toList())
        .ticks(
            "sources",
            Sources.in(settings).all().stream()
                .filter(s -> visit.scope().containsNode(nodes, s.node()))
                .limit(MOST_LISTED)
                .map(s -> new Choice(s.id(), Clean.line(s.name())))
                .toList())
        .ticks("owners", Choice.ofNodes(visit, nodes, n -> n.kind() == Node.Kind.MEMBER))
        .tick("tests", false)
        .filter("filter", "fields", wrong)
        .heading("access")
        .line("api_key_header", 64)
        .secret("api_key", 1024)
        .tick("api_key_none", false)
        .pick(
            "auth",
            List.of(
                new Choice(NONE, t.of("endpoint.set.auth.none")),
                new Choice("bearer", t.of("endpoint.auth.bearer")),
                new Choice("basic", t.of("endpoint.auth.basic")),
                new Choice("oauth2", t.of("endpoint.auth.oauth2"))),
            NONE)
        .line("auth_user", 1024)
        .secret("auth_secret", 1024)
        .line("token_url", 2048)
        .line("token_scope", 1024)
        .area("tls_certificate", 3)
        .secretArea("tls_key", 3)
        .area("tls_authorities", 3)
        .tick("tls_none", false)
        .heading("pace")
        .number("max_concurrent")
        .number("max_per_second")
        .number("disabled_after_hours")
        .pick(
            "order",
            List.of(
                new Choice("usual", t.of("endpoint.order.usual")),
                new Choice("block", t.of("endpoint.order.block")),
                new Choice("pass", t.of("endpoint.order.pass")),
                new Choice("newest", t.of("endpoint.order.newest"))),
            "usual")
        .tick("final_refusals", false)
        .heading("written")
        .pick(
            "assumed_role",
            List.of(
                new Choice("", t.of("endpoint.role.none")),
                new Choice("buyer", t.of("endpoint.role.buyer")),
                new Choice("seller", t.of("endpoint.role.seller"))),
            "")
        .pick("fallback_contract", fallbacks, "")
        .tick("received_bytes", true)
        .pick(
            "x_signature",
            List.of(
                new Choice("", t.of("endpoint.signature.contract")),
                new Choice("true", t.of("yes")),
                new Choice("false", t.of("no"))),
            "")
        .tick("digital_signature", false)
        .area("signature", 2);
  }

  private View view(Visit visit, String name, Sheet sheet) {
    return new View(
        "/console/endpoints/" + visit.path("id"),
        Clean.line(name),
        sheet,
        Arrays.stream(EventCatalogue.values()).map(EventCatalogue::word).toList());
  }

  Reply show(Visit visit) throws Exception {
    var known = deeds.act(visit, "GET", ENDPOINT, visit.path("id"), Json.object());
    return known.isFine()
        ? visit.page(
            "endpoints/change.jte",
            view(visit, known.text("name"), sheet(visit, false, known.body(), null)))
        : visit.missing();
  }

  Reply save(Visit visit) throws Exception {
    var id = visit.path("id");
    var known = deeds.act(visit, "GET", ENDPOINT, id, Json.object());
    if (!known.isFine()) {
      return visit.missing();
    }
    var sheet = sheet(visit, true, known.body(), misread(visit.form().text("filter")));
    var body = sheet.body();
    // What the form did not send stays; the API refuses to take these away.
    for (var name : KEPT) {
      if (!visit.form().has(name)) {
        body.remove(name);
      }
    }
    try {
      compose(sheet, body);
    } catch (IllegalArgumentException _) {
      sheet.refuse("signature", visit.texts().of("endpoint.set.json"));
      return visit.refused("endpoints/change.jte", view(visit, known.text("name"), sheet));
    }
    if (visit.form().has("name") && visit.form().text("name").isEmpty()) {
      sheet.refuse("name", visit.texts().of("name.needed"));
      return visit.refused("endpoints/change.jte", view(visit, known.text("name"), sheet));
    }
    var done = deeds.act(visit, "PATCH", ENDPOINT, id, body);
    if (done.isFine()) {
      return visit.done("/endpoints/" + id, "endpoint.changed");
    }
    sheet.refuse(done);
    return visit.refused("endpoints/change.jte", view(visit, known.text("name"), sheet));
  }

  private static Sheet.@Nullable Misread misread(String typed) {
    try {
      if (!typed.isEmpty()) {
        EventCatalogue.read(typed);
      }
    } catch (FilterException e) {
      var error = e.errors().getFirst();
      return Sheet.Misread.at(typed, error.position(), error.token(), error.message());
    } catch (IllegalArgumentException _) {
      // Said beside the field, since it has no place.
    }
    return null;
  }

  /// Puts together the members that have parts.
  private static void compose(Sheet sheet, ObjectNode body) {
    var secret = body.path("auth_secret").asString("");
    var certificate = body.path("tls_certificate").asString("");
    var key = body.path("tls_key").asString("");
    var authorities = body.path("tls_authorities").asString("");
    sheet.bodyWithout(
        "api_key_none",
        "auth",
        "auth_user",
        "auth_secret",
        "token_url",
        "token_scope",
        "tls_certificate",
        "tls_key",
        "tls_authorities",
        "tls_none",
        "x_signature",
        "signature");
    if (!sheet.filled("api_key_none").isEmpty()) {
      body.putNull("api_key");
    }
    var way = sheet.filled("auth");
    if (way.equals(NONE) || way.isEmpty()) {
      body.putNull("authorization");
    } else {
      var how = body.putObject("authorization").put("kind", way);
      var user = sheet.filled("auth_user");
      switch (way) {
        case "basic" -> how.put("user", user);
        case "oauth2" -> {
          how.put("client_id", user);
          how.put("token_url", sheet.filled("token_url"));
          if (!sheet.filled("token_scope").isEmpty()) {
            how.put("scope", sheet.filled("token_scope"));
          }
        }
        default -> {}
      }
      if (!secret.isEmpty()) {
        how.put(
            way.equals("basic") ? "password" : way.equals("bearer") ? "token" : "client_secret",
            secret);
      }
    }
    if (!sheet.filled("tls_none").isEmpty()) {
      body.putNull("tls");
    } else if (!(certificate + key + authorities).isEmpty()) {
      var tls = body.putObject("tls");
      if (!certificate.isEmpty() || !key.isEmpty()) {
        tls.put("certificate", certificate).put("key", key);
      }
      if (!authorities.isEmpty()) {
        tls.put("authorities", authorities);
      }
    }
    var signs = sheet.filled("x_signature");
    if (signs.isEmpty()) {
      body.putNull("x_signature");
    } else if (signs.equals("true") || signs.equals("false")) {
      body.put("x_signature", signs.equals("true"));
    } else {
      body.put("x_signature", signs); // The API says what is wrong with it.
    }
    var signature = sheet.filled("signature");
    if (signature.isEmpty()) {
      body.putNull("signature");
    } else {
      body.set("signature", Json.tree(signature));
    }
  }
}
