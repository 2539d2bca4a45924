package dev.porchlight.api;

import dev.porchlight.access.Secrets;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointHealth;
import dev.porchlight.delivery.EndpointTest;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Engine;
import dev.porchlight.delivery.Renderer;
import dev.porchlight.delivery.SentBody;
import dev.porchlight.delivery.Terms;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.erasure.Pins;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Endpoints and deliveries.
final class EndpointResources {
  private static final Set<String> MEMBERS =
      Set.of(
          "name",
          "url",
          "contract",
          "node",
          "append_channel",
          "api_key",
          "api_key_header",
          "kinds",
          "sources",
          "tests",
          "assumed_role",
          "fallback_contract",
          "received_bytes",
          "x_signature",
          "digital_signature",
          "disabled");
  private static final Set<String> ALL_MEMBERS =
      Stream.of(MEMBERS, TermsMembers.MEMBERS)
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());
  private static final String EVENT = "event.published";
  private final Store store;
  private final int hub;
  private final Secrets secrets;
  private final EndpointSetup setup;
  private final Function<String, Optional<String>> objection;
  private final Deliveries deliveries;
  private final Leads leads;
  private final Engine engine;
  private final EndpointTest test;
  private final BiFunction<Delivery, Endpoint, Renderer.Rendered> renderer;

  /// @param objection why a URL can't be an endpoint's; empty when it can
  EndpointResources(
      Store store,
      int hub,
      Secrets secrets,
      EndpointSetup setup,
      Function<String, Optional<String>> objection,
      Deliveries deliveries,
      Leads leads,
      Engine engine,
      EndpointTest test,
      BiFunction<Delivery, Endpoint, Renderer.Rendered> renderer) {
    this.store = store;
    this.hub = hub;
    this.secrets = secrets;
    this.setup = setup;
    this.objection = objection;
    this.deliveries = deliveries;
    this.leads = leads;
    this.engine = engine;
    this.test = test;
    this.renderer = renderer;
  }

  private boolean sees(Call call, String node) {
    return call.scope().containsNode(Nodes.in(store.settings()), node);
  }

  Reply list(Call call) {
    call.filters();
    var ailing = deliveries.listAiling();
    var endpoints = Endpoints.in(store.settings());
    return call.list(
        endpoints.all(),
        e -> sees(call, e.node()) && !endpoints.isDerived(e.id()),
        e -> {
          var view = Views.endpoint(e, store.now());
          TermsMembers.show(e, ailing.get(e.id()), view);
          return view;
        },
        Endpoint::id);
  }

  private Endpoint endpoint(Call call) {
    return Endpoints.in(store.settings())
        .find(call.path("id"))
        .filter(e -> sees(call, e.node()))
        .orElseThrow(() -> AccountResources.missing("endpoint"));
  }

  /// One that was made itself, and so can be changed.
  private Endpoint made(Call call) {
    var endpoint = endpoint(call);
    if (Endpoints.in(store.settings()).isDerived(endpoint.id())) {
      throw new FaultException(
          Fault.STATE_CONFLICT,
          "It follows from the node's settings of mail: change those, or the endpoint it copies.");
    }
    return endpoint;
  }

  Reply get(Call call) {
    var endpoint = endpoint(call);
    var view = Views.endpoint(endpoint, store.now());
    TermsMembers.show(endpoint, deliveries.listAiling().get(endpoint.id()), view);
    MissedMember.show(store, endpoint, view);
    return Call.ok(view);
  }

  Reply make(Call call) throws Exception {
    var body = call.members(ALL_MEMBERS);
    var draw = Draw.fresh(store.now(), hub);
    var id = draw.uuid("endpoint");
    var name = body.needName("name");
    var url = setup.url(body.needText("url"));
    var contract = setup.contract(body.needText("contract"));
    var secret = setup.secret(id, false);
    var sealed = new ArrayList<>(List.of(secret.sealed()));
    body.text("api_key")
        .map(EndpointSetup::apiKey)
        .ifPresent(k -> sealed.add(setup.seal(id, EndpointSetup.API_KEY, k)));
    var authorization = AuthorizationMember.read(body, null, objection);
    sealed(id, authorization).ifPresent(sealed::add);
    var tls = tls(body, url);
    var kept = tls.seal(secrets, EndpointSetup.owner(id));
    return call.change(batch -> {
      var node = body.text("node");
      var blank =
          new Endpoint(
              id,
              name,
              node.isEmpty()
                  ? EndpointSetup.home(call.scope(), Nodes.in(batch.settings()))
                  : node.get(),
              url,
              false,
              contract,
              "X-API-Key",
              Set.of(),
              Set.of(),
              false,
              null,
              null,
              true,
              null,
              false,
              false,
              Terms.USUAL,
              null);
      var endpoint = with(call, batch, blank, body, authorization, tls);
      setup.make(batch, call.scope(), endpoint, sealed);
      kept.put(batch);
      var view = Views.endpoint(endpoint, store.now());
      view.put("secret", secret.shown());
      return new Call.Answer(201, view);
    });
  }

  /// What is shown at the address: before it is read, whether it can be shown there.
  private TlsMember tls(Members body, String url) {
    if (body.object("tls").isPresent() && !url.startsWith("https:")) {
      throw new FaultException(Fault.BODY_INVALID, "Certificates go with a URL of https: only.");
    }
    return TlsMember.read(body, store.now());
  }

  /// What every endpoint has can be changed, and not taken away.
  private static void checkKept(Members body) {
    for (var name : List.of("name", "url", "contract", "node", "api_key_header")) {
      if (body.has(name) && body.object().path(name).isNull()) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "The member `"
                + name
                + "` must be left out, or say something: it can't be taken away.");
      }
    }
  }

  private Optional<Secrets.Sealed> sealed(
      String endpoint, Optional<AuthorizationMember.Given> authorization) {
    return authorization
        .map(AuthorizationMember.Given::secret)
        .map(s -> setup.seal(endpoint, AuthorizationMember.SECRET, s));
  }

  /// The endpoint with what the body says of it.
  private Endpoint with(
      Call call,
      Batch batch,
      Endpoint e,
      Members body,
      Optional<AuthorizationMember.Given> authorization,
      TlsMember tls) {
    var nodes = Nodes.in(batch.settings());
    boolean inbox = body.text("contract").orElse(e.contract()).equals(PartyResources.CONTRACT);
    // A pod's inbox is planned for by itself; leads go there only where they are asked for.
    var kinds =
        body.texts("kinds").orElse(inbox && e.kinds().isEmpty() ? Set.of(EVENT) : e.kinds());
    if (!(inbox && kinds.equals(Set.of(EVENT)))) {
      EndpointSetup.kinds(kinds, inbox ? "; or " + EVENT + " alone" : "");
    }
    var role =
        body.text("assumed_role")
            .map(t ->
                Call.member(
                    "assumed_role",
                    "buyer or seller",
                    t,
                    w -> Intent.valueOf(w.toUpperCase(Locale.ROOT))));
    if (role.isPresent() && role.get() != Intent.BUYER && role.get() != Intent.SELLER) {
      throw new FaultException(
          Fault.BODY_INVALID, "The member `assumed_role` must be buyer or seller.");
    }
    return new Endpoint(
        e.id(),
        body.filled("name").isPresent() ? body.needName("name") : e.name(),
        body.filled("node").orElse(e.node()),
        body.filled("url").map(setup::url).orElse(e.url()),
        body.flag("append_channel").orElse(e.appendChannel()),
        body.filled("contract").map(setup::contract).orElse(e.contract()),
        body.filled("api_key_header").orElse(e.apiKeyHeader()),
        kinds,
        body.texts("sources").orElse(e.sources()),
        body.flag("tests").orElse(e.tests()),
        role.orElse(body.has("assumed_role") ? null : e.assumedRole()),
        body.text("fallback_contract")
            .map(setup::contract)
            .orElse(body.has("fallback_contract") ? null : e.fallbackContract()),
        body.flag("received_bytes").orElse(e.receivedBytes()),
        body.flag("x_signature").orElse(body.has("x_signature") ? null : e.bodySignatureHeader()),
        body.flag("digital_signature").orElse(e.digitalSignature()),
        body.flag("disabled").orElse(e.disabled()),
        TermsMembers.read(body, e.terms(), nodes, n -> sees(call, nodes, n), authorization, tls),
        e.subscription());
  }

  private static boolean sees(Call call, Nodes nodes, String node) {
    return call.scope().containsNode(nodes, node);
  }

  Reply change(Call call) throws Exception {
    var known = made(call);
    var body = call.members(ALL_MEMBERS);
    var apiKey =
        body.text("api_key")
            .map(EndpointSetup::apiKey)
            .map(k -> setup.seal(known.id(), EndpointSetup.API_KEY, k));
    var authorization = AuthorizationMember.read(body, known.terms().authorization(), objection);
    var shown = sealed(known.id(), authorization);
    checkKept(body);
    var tls = tls(body, body.filled("url").orElse(known.url()));
    var kept = tls.seal(secrets, EndpointSetup.owner(known.id()));
    var given = new HashSet<String>();
    if (body.has("api_key")) {
      given.add(EndpointSetup.API_KEY);
    }
    if (shown.isPresent()) {
      given.add(EndpointSetup.AUTHORIZATION);
    }
    if (tls.givesCertificate()) {
      given.add(EndpointSetup.CERTIFICATE);
    }
    var missed = Json.object();
    if (body.flag("disabled").filter(d -> !d).isPresent()) {
      MissedMember.show(store, known, missed);
    }
    var reply =
        call.change(batch -> {
          var now =
              Endpoints.in(batch.settings())
                  .find(known.id())
                  .orElseThrow(() -> AccountResources.missing("endpoint"));
          var changed = with(call, batch, now, body, authorization, tls);
          setup.change(batch, call.scope(), now, changed, given);
          if (apiKey.isPresent()) {
            secrets.put(batch, apiKey.get(), null);
          } else if (body.has("api_key")) {
            secrets.remove(batch, EndpointSetup.owner(now.id()), "api_key");
          }
          if (shown.isPresent()) {
            secrets.put(batch, shown.get(), null);
          } else if (changed.terms().authorization() == null) {
            secrets.remove(batch, EndpointSetup.owner(now.id()), AuthorizationMember.SECRET);
          }
          kept.put(batch);
          var view = Views.endpoint(changed, store.now());
          view.setAll(missed);
          return new Call.Answer(200, view);
        });
    engine.wake();
    return reply;
  }

  Reply remove(Call call) throws Exception {
    var known = made(call);
    var reply =
        call.change(batch -> {
          if (Endpoints.in(batch.settings()).find(known.id()).isEmpty()) {
            throw AccountResources.missing("endpoint");
          }
          batch.change(Endpoint.SETTING, known.id(), null);
          EndpointHealth.forget(batch, known.id());
          secrets.removeAll(batch, EndpointSetup.owner(known.id()));
          return new Call.Answer(200, Views.endpoint(known, store.now()));
        });
    engine.wake();
    return reply;
  }

  /// A new secret, signed with from now on; the others sign beside it until the overlap is over.
  Reply rotateSecret(Call call) throws Exception {
    var endpoint = made(call);
    var body = call.members(Set.of("overlap_hours", "kind"));
    var kind = body.text("kind").orElse("shared");
    if (!Set.of("shared", "ed25519").contains(kind)) {
      throw new FaultException(Fault.BODY_INVALID, "The member `kind` must be shared or ed25519.");
    }
    var overlap =
        Duration.ofHours(
            body.number("overlap_hours", 0, EndpointSetup.LONGEST_OVERLAP_HOURS).orElse(24));
    boolean pair = kind.equals("ed25519");
    var secret = setup.secret(endpoint.id(), pair);
    var old = setup.listSigning(endpoint.id());
    return call.change(batch -> {
      var end = setup.rotate(batch, endpoint.id(), secret, old, overlap, call.principal().id());
      var view = Json.object();
      view.put("endpoint", endpoint.id());
      view.put(pair ? "public_key" : "secret", secret.shown());
      view.put("old_secrets_end_at", end.toString());
      return new Call.Answer(201, view);
    });
  }

  /// Sends a sample to the endpoint and shows the whole exchange. Nothing is recorded.
  Reply test(Call call) {
    var exchange = test.run(endpoint(call));
    var view = Json.object();
    view.put("url", exchange.url());
    var headers = view.putObject("request_headers");
    exchange.headers().forEach(headers::put);
    view.put("request_body", new String(exchange.body(), StandardCharsets.UTF_8));
    if (!exchange.shown().isEmpty()) {
      view.put("request_text", exchange.shown());
    }
    view.put("delivered", exchange.delivered());
    if (exchange.status() != null) {
      view.put("status", exchange.status());
    }
    if (!exchange.error().isEmpty()) {
      view.put("error", exchange.error());
    }
    view.put("answer_head", new String(exchange.answer(), StandardCharsets.UTF_8));
    view.put("duration_ms", exchange.duration().toNanos() / 1_000_000.0);
    return Call.ok(view);
  }

  Reply listDeliveries(Call call) {
    call.filters("endpoint", "lead", "state", "email", "from", "to", "words");
    var cursor = call.request().queryValue("cursor").orElse("");
    long before = Long.MAX_VALUE;
    var beforeId = "";
    if (!cursor.isEmpty()) {
      int colon = cursor.indexOf(':');
      if (colon < 0 || !cursor.substring(colon + 1).matches("[0-9a-f-]{36}")) {
        throw Call.invalid("cursor", "what `next_cursor` was");
      }
      before = Call.seq("cursor", cursor.substring(0, colon));
      beforeId = cursor.substring(colon + 1);
    }
    var state =
        call.request()
            .queryValue("state")
            .map(s ->
                Call.parameter(
                    "state",
                    "pending, delivered, dead, unwritable or dropped",
                    s,
                    DeliveryState.State::of))
            .orElse(null);
    var request = call.request();
    var words = request.queryValue("words").orElse("");
    if (!words.isEmpty() && (words.length() > 200 || !Deliveries.mayLookFor(words))) {
      throw Call.invalid("words", "at most 200 characters, with a word of 3 or more among them");
    }
    var from = call.time("from");
    var to = call.time("to");
    long since = from == null ? 0 : deliveries.firstAt(from);
    long end = to == null ? Long.MAX_VALUE : deliveries.firstAt(to);
    if (end <= before) {
      before = end;
      beforeId = "";
    }
    var found =
        deliveries.search(
            call.scope(),
            new Deliveries.Query(
                request.queryValue("endpoint").orElse(null),
                request.queryValue("lead").orElse(null),
                state,
                request
                    .queryValue("email")
                    .map(e -> leads.listOfEmail(call.scope(), e))
                    .orElse(null),
                since,
                words,
                before,
                beforeId,
                call.limit()));
    var ailing = deliveries.listAiling();
    return Call.ok(page(found, s -> Views.delivery(s, store, ailing)));
  }

  /// A page goes on wherever what was found does, however little it holds.
  static ObjectNode page(Deliveries.Found found, Function<Deliveries.Standing, ObjectNode> view) {
    var page = Json.object();
    var items = page.putArray("items");
    found.standings().forEach(s -> items.add(view.apply(s)));
    page.put("next_cursor", found.next().map(p -> p.seq() + ":" + p.id()).orElse(null));
    return page;
  }

  Reply getDelivery(Call call) {
    var standing =
        deliveries
            .find(call.scope(), call.path("id"))
            .orElseThrow(() -> AccountResources.missing("delivery"));
    var view = Views.delivery(standing, store, deliveries.listAiling());
    PinResources.show(new Pins(store), Pins.Kind.DELIVERY, standing.delivery().id(), view);
    var made = deliveries.listAttempts(standing.delivery().id());
    var explanation = deliveries.explain(standing, made);
    explanation.endedBy().ifPresent(by -> view.put("ended_by", by.word()));
    var sentences = view.putArray("explanation");
    explanation.sentences().forEach(sentences::add);
    var attempts = view.putArray("attempts");
    made.forEach(a -> attempts.add(Views.attempt(a)));
    var sent = Views.sent(SentBody.of(store, renderer, standing.delivery(), made));
    if (sent != null) {
      view.set("sent", sent);
    }
    return Call.ok(view);
  }

  Reply retryDelivery(Call call) {
    deliveries
        .find(call.scope(), call.path("id"))
        .filter(s -> Endpoints.in(store.settings()).find(s.delivery().endpointId()).isEmpty())
        .ifPresent(s -> {
          throw new FaultException(Fault.STATE_CONFLICT, "Its endpoint was removed.");
        });
    var standing =
        deliveries
            .retry(call.scope(), call.path("id"))
            .orElseThrow(() -> AccountResources.missing("delivery"));
    engine.wake();
    return Call.reply(202, Views.delivery(standing, store, deliveries.listAiling()));
  }
}
