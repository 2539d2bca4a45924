package dev.porchlight.api;

import dev.porchlight.access.Secrets;
import dev.porchlight.account.NodeMail;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.EndpointTest;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Engine;
import dev.porchlight.net.MailAddress;
import dev.porchlight.net.MailServer;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.value.Language;
import dev.porchlight.web.Reply;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The server that takes the hub's mail on, and where mail about a node's leads goes.
final class MailResources {
  private static final int LONGEST_HOST = 253;
  private static final int LONGEST_ADDRESS = 254;
  private static final int LONGEST_PASSWORD = 1024;
  private static final Set<String> SERVER =
      Set.of(
          "host",
          "port",
          "security",
          "user",
          "password",
          "from",
          "certificate_authorities",
          "links",
          "return_domain");
  private static final Set<String> NODE =
      Set.of("address", "copies", "fallback", "time_zone", "language");
  private static final int LONGEST_LINK = 500;

  private final Store store;
  private final Secrets secrets;
  private final Engine engine;
  private final int hub;
  private final EndpointTest endpointTest;

  /// @param hub the hub's number
  MailResources(Store store, int hub, Secrets secrets, Engine engine, EndpointTest endpointTest) {
    this.store = store;
    this.hub = hub;
    this.secrets = secrets;
    this.engine = engine;
    this.endpointTest = endpointTest;
  }

  private static void needEverything(Call call) {
    if (!call.scope().everything()) {
      throw new FaultException(Fault.NOT_ALLOWED, "This token does not see everything.");
    }
  }

  Reply getServer(Call call) {
    needEverything(call);
    return MailServer.in(store.settings())
        .map(s -> Call.ok(view(s)))
        .orElseThrow(() -> AccountResources.missing("mail server"));
  }

  /// Sets it, or changes what is named.
  Reply changeServer(Call call) throws Exception {
    needEverything(call);
    var body = call.members(SERVER);
    var password =
        body.line("password", LONGEST_PASSWORD)
            .map(p -> secrets.seal(MailServer.OWNER, MailServer.PASSWORD, p));
    var reply =
        call.change(batch -> {
          var known = MailServer.in(batch.settings()).orElse(null);
          var server = server(body, known);
          boolean elsewhere =
              known != null
                  && known.user() != null
                  && (!known.host().equals(server.host())
                      || known.security() != server.security()
                      || known.port() != server.port());
          if (elsewhere && server.user() != null && password.isEmpty()) {
            throw new FaultException(
                Fault.BODY_INVALID,
                "A password is not sent to another server unless it is given again.");
          }
          batch.change(MailServer.SETTING, MailServer.ID, server.body());
          if (password.isPresent()) {
            secrets.put(batch, password.get(), null);
          } else if (server.user() == null && known != null && known.user() != null) {
            secrets.remove(batch, MailServer.OWNER, MailServer.PASSWORD);
          }
          return new Call.Answer(200, view(server));
        });
    engine.wake();
    return reply;
  }

  private static MailServer server(Members body, @Nullable MailServer known) {
    var security =
        body.text("security")
            .map(t -> Call.member("security", "starttls, tls or none", t, MailServer.Security::of))
            .orElse(known == null ? MailServer.Security.STARTTLS : known.security());
    int usual =
        switch (security) {
          case STARTTLS -> 587;
          case TLS -> 465;
          case NONE -> 25;
        };
    var from = body.line("from", LONGEST_ADDRESS).orElse(known == null ? "" : known.from());
    if (!MailAddress.isAddress(from)) {
      throw new FaultException(
          Fault.BODY_INVALID, "The member `from` must be a plain e-mail address.");
    }
    try {
      return new MailServer(
          body.line("host", LONGEST_HOST).orElse(known == null ? "" : known.host()),
          body.number("port", 1, 65535).orElse(known == null ? usual : known.port()),
          security,
          body.line("user", LONGEST_ADDRESS)
              .orElse(known == null || body.has("user") ? null : known.user()),
          from,
          body.text("certificate_authorities")
              .orElse(
                  known == null || body.has("certificate_authorities")
                      ? null
                      : known.authorities()),
          body.line("links", LONGEST_LINK)
              .orElse(known == null || body.has("links") ? null : known.links()),
          body.line("return_domain", LONGEST_HOST)
              .orElse(known == null || body.has("return_domain") ? null : known.returns()));
    } catch (IllegalArgumentException e) {
      throw new FaultException(Fault.BODY_INVALID, "Not so: " + e.getMessage() + ".");
    }
  }

  Reply removeServer(Call call) throws Exception {
    needEverything(call);
    return call.change(batch -> {
      var known =
          MailServer.in(batch.settings())
              .orElseThrow(() -> AccountResources.missing("mail server"));
      batch.change(MailServer.SETTING, MailServer.ID, null);
      secrets.remove(batch, MailServer.OWNER, MailServer.PASSWORD);
      return new Call.Answer(200, view(known));
    });
  }

  /// Sends a made-up lead to an address, and says how the server took it. Nothing is recorded.
  Reply test(Call call) throws Exception {
    needEverything(call);
    var body = call.members(Set.of("to"));
    var to = body.line("to", LONGEST_ADDRESS).orElse("");
    if (!MailAddress.isAddress(to)) {
      throw new FaultException(
          Fault.BODY_INVALID, "The member `to` must be a plain e-mail address.");
    }
    var settings = store.settings();
    if (MailServer.in(settings).isEmpty()) {
      throw new FaultException(Fault.STATE_CONFLICT, "There is no mail server to try.");
    }
    var exchange =
        endpointTest.run(
            Endpoints.mailTo(
                Draw.fresh(store.now(), hub).uuid("mail test"),
                Nodes.in(settings).defaultOffice().id(),
                to));
    var view = Json.object();
    view.put("to", to);
    view.put("delivered", exchange.delivered());
    view.put("reason", exchange.error());
    view.put("answer", new String(exchange.answer(), StandardCharsets.UTF_8));
    view.put("duration_ms", exchange.duration().toMillis());
    return Call.ok(view);
  }

  private static ObjectNode view(MailServer server) {
    var json = Json.object();
    json.put("host", server.host());
    json.put("port", server.port());
    json.put("security", server.security().word());
    if (server.user() != null) {
      json.put("user", server.user());
    }
    json.put("from", server.from());
    if (server.authorities() != null) {
      json.put("certificate_authorities", server.authorities());
    }
    if (server.links() != null) {
      json.put("links", server.links());
    }
    if (server.returns() != null) {
      json.put("return_domain", server.returns());
    }
    return json;
  }

  private String node(Call call) {
    var nodes = Nodes.in(store.settings());
    return nodes
        .find(call.path("id"))
        .filter(n -> call.scope().containsNode(nodes, n.id()))
        .orElseThrow(() -> AccountResources.missing("node"))
        .id();
  }

  Reply getNode(Call call) {
    var node = node(call);
    return Call.ok(view(node, NodeMail.of(store.settings(), node)));
  }

  Reply changeNode(Call call) throws Exception {
    var node = node(call);
    var body = call.members(NODE);
    return call.change(batch -> {
      var known = NodeMail.of(batch.settings(), node);
      var mail =
          new NodeMail(
              address(body, "address", known.address()),
              body.flag("copies").orElse(body.has("copies") ? null : known.copies()),
              address(body, "fallback", known.fallback()),
              zone(body, known.timeZone()),
              language(body, known.language()));
      batch.change(NodeMail.SETTING, node, mail.body());
      return new Call.Answer(200, view(node, mail));
    });
  }

  private static @Nullable String address(Members body, String name, @Nullable String known) {
    var given = body.line(name, LONGEST_ADDRESS);
    if (given.isPresent() && !MailAddress.isAddress(given.get())) {
      throw new FaultException(
          Fault.BODY_INVALID, "The member `" + name + "` must be a plain e-mail address.");
    }
    return given.orElse(body.has(name) ? null : known);
  }

  private static @Nullable String zone(Members body, @Nullable String known) {
    var given = body.line("time_zone", LONGEST_HOST);
    if (given.isPresent() && !ZoneId.getAvailableZoneIds().contains(given.get())) {
      throw new FaultException(
          Fault.BODY_INVALID,
          "The member `time_zone` must be the name of a zone, such as America/Chicago.");
    }
    return given.orElse(body.has("time_zone") ? null : known);
  }

  private static @Nullable String language(Members body, @Nullable String known) {
    var given = body.text("language");
    if (given.isPresent() && Language.find(given.get()).isEmpty()) {
      throw new FaultException(
          Fault.BODY_INVALID,
          "The member `language` must be one of "
              + Arrays.stream(Language.values())
                  .map(Language::tag)
                  .collect(Collectors.joining(", "))
              + ".");
    }
    return given.orElse(body.has("language") ? null : known);
  }

  private static ObjectNode view(String node, NodeMail mail) {
    var json = Json.object();
    json.put("node", node);
    json.put("address", mail.address());
    json.put("copies", mail.copies());
    json.put("fallback", mail.fallback());
    json.put("time_zone", mail.timeZone());
    json.put("language", mail.language());
    return json;
  }
}
