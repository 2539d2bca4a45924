package dev.porchlight.api;

import dev.porchlight.access.Secrets;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Engine;
import dev.porchlight.delivery.Terms;
import dev.porchlight.desk.Changes;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Notices;
import dev.porchlight.desk.Sources;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Endpoints and deliveries.
final class EndpointResources {
  /// Who owns the secrets of an endpoint.
  static String owner(String endpoint) {
    return "endpoint " + endpoint;
  }

  private static final int LONGEST_OVERLAP_HOURS = 24 * 7;
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
  private static final Set<String> KINDS =
      Stream.concat(
              Stream.of(
                  "lead.created",
                  "lead.updated",
                  "lead.*",
                  "endpoint.*",
                  "feed.notified",
                  "feed.*",
                  "contact.*",
                  "listing.*"),
              Stream.concat(Notices.KINDS.stream(), Changes.KINDS.stream()))
          .collect(Collectors.toUnmodifiableSet());
  private static final String EVENT = "event.published";
  private static final Set<String> OUR_HEADERS =
      Set.of(
          "content-type",
          "content-length",
          "host",
          "connection",
          "transfer-encoding",
          "user-agent",
          "x-signature",
          "webhook-id",
          "webhook-timestamp",
          "webhook-signature",
          "porchlight-sequence",
          "porchlight-delivery",
          "porchlight-path",
          "traceparent");

  private final Store store;
  private final int hub;
  private final Secrets secrets;
  private final Predicate<String> writable;
  private final Function<String, Optional<String>> objection;
  private final Deliveries deliveries;
  private final Leads leads;
  private final Engine engine;
  private final EndpointTest test;

  /// @param writable whether facts can be written in a contract
  /// @param objection why a URL can't be an endpoint's; empty when it can
  EndpointResources(
      Store store,
      int hub,
      Secrets secrets,
      Predicate<String> writable,
      Function<String, Optional<String>> objection,
      Deliveries deliveries,
      Leads leads,
      Engine engine,
      EndpointTest test) {
    this.store = store;
    this.hub = hub;
    this.secrets = secrets;
    this.writable = writable;
    this.objection = objection;
    this.deliveries = deliveries;
    this.leads = leads;
    this.engine = engine;
    this.test = test;
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
          TermsMembers.show(ailing.get(e.id()), view);
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
    TermsMembers.show(deliveries.listAiling().get(endpoint.id()), view);
    return Call.ok(view);
  }

  Reply make(Call call) throws Exception {
    var body = call.members(ALL_MEMBERS);
    var draw = Draw.fresh(store.now(), hub);
    var id = draw.uuid("endpoint");
    var name = body.needName("name");
    var url = url(body.needText("url"));
    var contract = contract(body.needText("contract"));
    var secret = StandardWebhooks.newSecret();
    var sealedSecret = secrets.seal(owner(id), "signing " + draw.uuid("secret"), secret);
    var apiKey = body.text("api_key").map(k -> secrets.seal(owner(id), "api_key", visible(k)));
    var authorization = AuthorizationMember.read(body, null, objection);
    var shown = sealed(id, authorization);
    var tls = TlsMember.read(body, store.now());
    var kept = tls.seal(secrets, owner(id));
    return call.change(batch -> {
      var node = body.text("node");
      var blank =
          new Endpoint(
              id,
              name,
              node.isEmpty() ? home(call, batch) : node.get(),
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
      batch.change(Endpoint.SETTING, id, endpoint.body());
      secrets.put(batch, sealedSecret, null);
      apiKey.ifPresent(k -> secrets.put(batch, k, null));
      shown.ifPresent(k -> secrets.put(batch, k, null));
      kept.put(batch);
      var view = Views.endpoint(endpoint, store.now());
      view.put("secret", secret);
      return new Call.Answer(201, view);
    });
  }

  private Optional<Secrets.Sealed> sealed(
      String endpoint, Optional<AuthorizationMember.Given> authorization) {
    return authorization
        .map(AuthorizationMember.Given::secret)
        .map(s -> secrets.seal(owner(endpoint), AuthorizationMember.SECRET, s));
  }

  static boolean isUsableHeader(String header) {
    return header.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
        && !OUR_HEADERS.contains(header.toLowerCase(Locale.ROOT));
  }

  private static String home(Call call, Batch batch) {
    var office = Nodes.in(batch.settings()).defaultOffice();
    if (!call.scope().contains(office.id())) {
      throw new FaultException(Fault.BODY_INVALID, "Name the node whose leads it gets.");
    }
    return office.id();
  }

  private static String visible(String key) {
    if (key.length() > 1024 || key.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new FaultException(
          Fault.BODY_INVALID, "An API key has at most 1,024 ASCII characters.");
    }
    return key;
  }

  private String url(String url) {
    var why = url.length() > 2048 ? Optional.of("it is too long") : objection.apply(url);
    if (why.isPresent()) {
      throw new FaultException(Fault.BODY_INVALID, "The URL can't be used: " + why.get());
    }
    return url;
  }

  private String contract(String name) {
    if (!writable.test(name)) {
      throw new FaultException(
          Fault.BODY_INVALID, "`" + name + "` is no contract that can be written.");
    }
    return name;
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
    var node = body.text("node").orElse(e.node());
    if (nodes.find(node).isEmpty() || !sees(call, nodes, node)) {
      throw new FaultException(Fault.BODY_INVALID, "There is no such node.");
    }
    boolean inbox = body.text("contract").orElse(e.contract()).equals(PartyResources.CONTRACT);
    // A pod's inbox is planned for by itself; leads go there only where they are asked for.
    var kinds =
        body.texts("kinds").orElse(inbox && e.kinds().isEmpty() ? Set.of(EVENT) : e.kinds());
    if (!KINDS.containsAll(kinds) && !(inbox && kinds.equals(Set.of(EVENT)))) {
      throw new FaultException(
          Fault.BODY_INVALID,
          "Kinds are "
              + String.join(", ", KINDS.stream().sorted().toList())
              + (inbox ? "; or " + EVENT + " alone" : "")
              + ".");
    }
    if (!body.text("contract").orElse(e.contract()).equals("porchlight")) {
      kinds.stream()
          .filter(k -> Changes.KINDS.contains(k) || k.equals("contact.*") || k.equals("listing.*"))
          .findFirst()
          .ifPresent(k -> {
            throw new FaultException(
                Fault.BODY_INVALID, "Only the contract `porchlight` carries " + k + ".");
          });
    }
    var sources = body.texts("sources").orElse(e.sources());
    for (var source : sources) {
      // One that was chosen before stays, though it be gone or moved since.
      if (!e.sources().contains(source)
          && Sources.in(batch.settings())
              .find(source)
              .filter(found -> sees(call, nodes, found.node()))
              .isEmpty()) {
        throw new FaultException(Fault.BODY_INVALID, "There is no source `" + source + "`.");
      }
    }
    mailGoesByMail(
        body.text("contract").orElse(e.contract()),
        body.text("fallback_contract").orElse(null),
        body.text("url").orElse(e.url()));
    var header = body.text("api_key_header").orElse(e.apiKeyHeader());
    if (!isUsableHeader(header)) {
      throw new FaultException(
          Fault.BODY_INVALID, "`" + header + "` can't be the header of an API key.");
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
    if (tls.over(e.terms().tls()) != null
        && !body.text("url").orElse(e.url()).startsWith("https:")) {
      throw new FaultException(Fault.BODY_INVALID, "Certificates go with a URL of https: only.");
    }
    return new Endpoint(
        e.id(),
        body.line("name", Members.LONGEST_NAME).orElse(e.name()),
        node,
        body.text("url").map(this::url).orElse(e.url()),
        body.flag("append_channel").orElse(e.appendChannel()),
        body.text("contract").map(this::contract).orElse(e.contract()),
        header,
        kinds,
        sources,
        body.flag("tests").orElse(e.tests()),
        role.orElse(body.has("assumed_role") ? null : e.assumedRole()),
        body.text("fallback_contract")
            .map(this::contract)
            .orElse(body.has("fallback_contract") ? null : e.fallbackContract()),
        body.flag("received_bytes").orElse(e.receivedBytes()),
        body.flag("x_signature").orElse(body.has("x_signature") ? null : e.bodySignatureHeader()),
        body.flag("digital_signature").orElse(e.digitalSignature()),
        body.flag("disabled").orElse(e.disabled()),
        TermsMembers.read(body, e.terms(), nodes, n -> sees(call, nodes, n), authorization, tls),
        e.subscription());
  }

  /// What is written as a mail goes to an address of mail, and nothing else does.
  private static void mailGoesByMail(String contract, @Nullable String fallback, String url) {
    boolean mail = url.startsWith("mailto:");
    if (mail != contract.equals("mail") || fallback != null && mail != fallback.equals("mail")) {
      throw new FaultException(
          Fault.BODY_INVALID, "The contract `mail`, and no other, goes with a URL of `mailto:`.");
    }
  }

  private static boolean sees(Call call, Nodes nodes, String node) {
    return call.scope().containsNode(nodes, node);
  }

  Reply change(Call call) throws Exception {
    var known = made(call);
    var body = call.members(ALL_MEMBERS);
    var apiKey =
        body.text("api_key").map(k -> secrets.seal(owner(known.id()), "api_key", visible(k)));
    var authorization = AuthorizationMember.read(body, known.terms().authorization(), objection);
    var shown = sealed(known.id(), authorization);
    var tls = TlsMember.read(body, store.now());
    var kept = tls.seal(secrets, owner(known.id()));
    var reply =
        call.change(batch -> {
          var now =
              Endpoints.in(batch.settings())
                  .find(known.id())
                  .orElseThrow(() -> AccountResources.missing("endpoint"));
          var changed = with(call, batch, now, body, authorization, tls);
          batch.change(Endpoint.SETTING, now.id(), changed.body());
          if (now.disabled() && !changed.disabled()) {
            Deliveries.forgetFailures(batch, now.id());
          }
          if (apiKey.isPresent()) {
            secrets.put(batch, apiKey.get(), null);
          } else if (body.has("api_key")) {
            secrets.remove(batch, owner(now.id()), "api_key");
          }
          if (shown.isPresent()) {
            secrets.put(batch, shown.get(), null);
          } else if (changed.terms().authorization() == null) {
            secrets.remove(batch, owner(now.id()), AuthorizationMember.SECRET);
          }
          kept.put(batch);
          return new Call.Answer(200, Views.endpoint(changed, store.now()));
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
          Deliveries.forgetFailures(batch, known.id());
          secrets.removeAll(batch, owner(known.id()));
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
        Duration.ofHours(body.number("overlap_hours", 0, LONGEST_OVERLAP_HOURS).orElse(24));
    var draw = Draw.fresh(store.now(), hub);
    var pair = kind.equals("ed25519") ? StandardWebhooks.newPair() : null;
    var secret = pair == null ? StandardWebhooks.newSecret() : pair.secret();
    var owner = owner(endpoint.id());
    var sealed = secrets.seal(owner, "signing " + draw.uuid("secret"), secret);
    var old = secrets.list(owner).stream().filter(s -> s.id().startsWith("signing ")).toList();
    return call.change(batch -> {
      for (var s : old) {
        var end = batch.now().plus(overlap);
        if (s.expiresAt() == null || s.expiresAt().isAfter(end)) {
          secrets.expire(batch, owner, s.id(), end);
        }
      }
      secrets.put(batch, sealed, null);
      batch.append("endpoint.secret-rotated", endpoint.id(), call.principal().id());
      var view = Json.object();
      view.put("endpoint", endpoint.id());
      if (pair == null) {
        view.put("secret", secret);
      } else {
        view.put("public_key", pair.shown());
      }
      view.put("old_secrets_end_at", batch.now().plus(overlap).toString());
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
    long since =
        request.queryValue("from").map(t -> deliveries.firstAt(time("from", t))).orElse(0L);
    long end =
        request.queryValue("to").map(t -> deliveries.firstAt(time("to", t))).orElse(Long.MAX_VALUE);
    if (end <= before) {
      before = end;
      beforeId = "";
    }
    int limit = call.limit();
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
                words.isEmpty() ? limit + 1 : limit));
    boolean more = found.standings().size() > limit;
    var shown = more ? found.standings().subList(0, limit) : found.standings();
    var next =
        more
            ? Optional.of(shown.getLast().delivery())
                .map(d -> new Deliveries.Place(d.seq(), d.id()))
            : words.isEmpty() ? Optional.<Deliveries.Place>empty() : found.next();
    var reply = Json.object();
    var items = reply.putArray("items");
    var endpoints = Endpoints.in(store.settings());
    shown.forEach(
        s -> items.add(Views.delivery(s, endpoints.find(s.delivery().endpointId()).orElse(null))));
    reply.put("next_cursor", next.map(p -> p.seq() + ":" + p.id()).orElse(null));
    return Call.ok(reply);
  }

  private static Instant time(String name, String text) {
    return Call.parameter(
        name,
        "a time such as 2026-03-14T09:30:00Z",
        text,
        t -> {
          try {
            return OffsetDateTime.parse(t).toInstant();
          } catch (DateTimeException e) {
            throw new IllegalArgumentException(e);
          }
        });
  }

  Reply getDelivery(Call call) {
    var standing =
        deliveries
            .find(call.scope(), call.path("id"))
            .orElseThrow(() -> AccountResources.missing("delivery"));
    var view =
        Views.delivery(
            standing,
            Endpoints.in(store.settings()).find(standing.delivery().endpointId()).orElse(null));
    var made = deliveries.listAttempts(standing.delivery().id());
    var explanation = deliveries.explain(standing, made);
    explanation.endedBy().ifPresent(by -> view.put("ended_by", by.word()));
    var sentences = view.putArray("explanation");
    explanation.sentences().forEach(sentences::add);
    var attempts = view.putArray("attempts");
    made.forEach(a -> attempts.add(Views.attempt(a)));
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
    return Call.reply(
        202,
        Views.delivery(
            standing,
            Endpoints.in(store.settings()).find(standing.delivery().endpointId()).orElse(null)));
  }
}
