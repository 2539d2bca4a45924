package dev.porchlight.door.seekerleads;

import dev.porchlight.access.Client;
import dev.porchlight.access.Clients;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointHealth;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Notification;
import dev.porchlight.delivery.Terms;
import dev.porchlight.door.seekerleads.RefusedException.Kind;
import dev.porchlight.store.Batch;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Where clients want new leads announced: endpoints of the delivery engine that belong to a client
/// and get the leads of all offices it is granted.
final class Subscriptions {
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();
  private static final String KEY = "api_key";
  private static final String KEY_HEADER = "x-api-key";
  private static final int LONGEST_URL = 2048;
  private static final int LONGEST_KEY = 1024;
  private static final int EVENTS = 10;

  /// Each costs a delivery of every lead, and a place in every hub's memory.
  private static final int MOST = 20;

  private final SeekerLeadsApi.Parts parts;

  Subscriptions(SeekerLeadsApi.Parts parts) {
    this.parts = parts;
  }

  private static String owner(String endpoint) {
    return "endpoint " + endpoint;
  }

  /// What a unit came to.
  private sealed interface Outcome {
    record Set(Endpoint endpoint) implements Outcome {}

    record Refused(RefusedException why) implements Outcome {}
  }

  private Endpoint write(Function<Batch, Outcome> unit) throws RefusedException {
    var endpoint =
        switch (parts.store().write(WorkQueue.EDITS, unit::apply)) {
          case Outcome.Set(var set) -> set;
          case Outcome.Refused(var why) -> throw why;
        };
    parts.engine().wake();
    return endpoint;
  }

  /// `POST /webhook/subscriptions`.
  Reply make(Caller caller) throws RefusedException, BodyException, IOException {
    var body = body(caller);
    var url =
        text(body, "url").orElseThrow(() -> RefusedException.bad("The member `url` is needed."));
    var objection =
        url.length() > LONGEST_URL
            ? Optional.of("it is too long")
            : parts.urlObjection().apply(url);
    if (objection.isPresent()) {
      throw RefusedException.bad("The `url` can't be used: " + objection.get());
    }
    var key = key(body);
    var now = parts.store().now();
    var id = Draw.fresh(now, parts.hub()).uuid("endpoint");
    var sealed = key.map(k -> parts.secrets().seal(owner(id), KEY, k));
    var made =
        write(batch -> {
          var client = Clients.in(batch.settings()).find(caller.client().id());
          if (client.filter(Client::isLive).isEmpty()) {
            return new Outcome.Refused(
                new RefusedException(Kind.UNAUTHORIZED, "The client was revoked."));
          }
          var others =
              Endpoints.in(batch.settings()).all().stream()
                  .filter(e -> isOf(e, client.get()))
                  .toList();
          if (others.stream().anyMatch(e -> e.url().equals(url))) {
            return new Outcome.Refused(
                RefusedException.bad("There is a subscription with this `url` already."));
          }
          if (others.size() >= MOST) {
            return new Outcome.Refused(
                RefusedException.bad("There are " + MOST + " subscriptions; remove one first."));
          }
          var endpoint = endpoint(id, url, client.get(), batch.now());
          batch.change(Endpoint.SETTING, id, endpoint.body());
          sealed.ifPresent(s -> parts.secrets().put(batch, s, null));
          return new Outcome.Set(endpoint);
        });
    return SeekerLeadsApi.json(201, view(made));
  }

  private static Endpoint endpoint(String id, String url, Client client, Instant now) {
    return new Endpoint(
        id,
        "Subscription of " + client.name(),
        client.nodes().getFirst(),
        url,
        false,
        SeekerLeadsApi.CONTRACT,
        KEY_HEADER,
        Set.of("lead.created"),
        Set.of(),
        true,
        null,
        null,
        false,
        true,
        false,
        false,
        Terms.USUAL,
        new Endpoint.Subscription(client.id(), Set.copyOf(client.nodes()), now, now));
  }

  private static boolean isOf(Endpoint endpoint, Client client) {
    return endpoint.subscription() != null && endpoint.subscription().client().equals(client.id());
  }

  private Endpoint known(Caller caller) throws RefusedException {
    return Endpoints.in(parts.store().settings())
        .find(caller.request().pathVariable("id"))
        .filter(e -> isOf(e, caller.client()))
        .orElseThrow(Subscriptions::missing);
  }

  private static RefusedException missing() {
    return new RefusedException(Kind.NOT_FOUND, "There is no such subscription.");
  }

  /// `PUT /webhook/subscriptions/{id}`.
  Reply change(Caller caller) throws RefusedException, BodyException, IOException {
    var known = known(caller);
    var body = body(caller);
    var status = text(body, "status");
    if (status.isPresent() && !Set.of("ACTIVE", "INACTIVE").contains(status.get())) {
      throw RefusedException.bad("`status` must be ACTIVE or INACTIVE.");
    }
    var url = text(body, "url");
    if (url.isPresent() && !url.get().equals(known.url())) {
      throw RefusedException.bad("The `url` is fixed; a new one needs a new subscription.");
    }
    var sealed = key(body).map(k -> parts.secrets().seal(owner(known.id()), KEY, k));
    var changed =
        write(batch -> {
          var there = there(batch, known.id());
          if (there == null) {
            return new Outcome.Refused(missing());
          }
          var endpoint = there.endpoint();
          var subscription = there.subscription();
          var next =
              endpoint.with(
                  new Endpoint.Subscription(
                      subscription.client(),
                      subscription.nodes(),
                      subscription.createdAt(),
                      batch.now()),
                  status.map("INACTIVE"::equals).orElse(endpoint.disabled()));
          batch.change(Endpoint.SETTING, endpoint.id(), next.body());
          if (endpoint.disabled() && !next.disabled()) {
            EndpointHealth.forgive(batch, endpoint.id());
          }
          sealed.ifPresent(s -> parts.secrets().put(batch, s, null));
          return new Outcome.Set(next);
        });
    return SeekerLeadsApi.json(200, view(changed));
  }

  private record There(Endpoint endpoint, Endpoint.Subscription subscription) {}

  private static @Nullable There there(Batch batch, String id) {
    var endpoint = Endpoints.in(batch.settings()).find(id).orElse(null);
    return endpoint == null || endpoint.subscription() == null
        ? null
        : new There(endpoint, endpoint.subscription());
  }

  /// `DELETE /webhook/subscriptions/{id}`.
  Reply remove(Caller caller) throws RefusedException {
    var known = known(caller);
    var removed =
        write(batch -> {
          var there = there(batch, known.id());
          if (there == null) {
            return new Outcome.Refused(missing());
          }
          batch.change(Endpoint.SETTING, known.id(), null);
          EndpointHealth.forget(batch, known.id());
          parts.secrets().removeAll(batch, owner(known.id()));
          return new Outcome.Set(there.endpoint());
        });
    return SeekerLeadsApi.json(200, view(removed).put("message", "The subscription was removed."));
  }

  /// `GET /webhook/subscriptions/{id}/audit`.
  Reply audit(Caller caller) throws RefusedException {
    var known = known(caller);
    int limit = Questions.limit(caller.request(), EVENTS);
    // First the attempts: the last success is never older than those shown.
    var latest = parts.deliveries().listNotifications(known.id(), limit);
    var success = parts.deliveries().findLastDelivered(known.id());
    var json = view(known);
    json.put("lastSuccessTimestamp", success.map(n -> n.at().toString()).orElse(null));
    var events = json.putArray("recentEvents");
    latest.forEach(n -> events.add(event(n)));
    return SeekerLeadsApi.json(200, json);
  }

  private static ObjectNode event(Notification notification) {
    var json = Json.object();
    json.put("leadId", notification.leadId());
    json.put("timestamp", notification.at().toString());
    json.put("success", notification.delivered());
    json.put("httpStatus", notification.status());
    return json;
  }

  private static ObjectNode view(Endpoint endpoint) {
    var subscription = endpoint.subscription();
    if (subscription == null) {
      throw new IllegalArgumentException("endpoint " + endpoint.id() + " is no subscription");
    }
    var json = Json.object();
    json.put("subscriptionId", endpoint.id());
    json.put("url", endpoint.url());
    json.put("status", endpoint.disabled() ? "INACTIVE" : "ACTIVE");
    json.put("createdAt", subscription.createdAt().toString());
    json.put("updatedAt", subscription.updatedAt().toString());
    return json;
  }

  private static ObjectNode body(Caller caller)
      throws RefusedException, BodyException, IOException {
    var bytes = caller.request().body(SeekerLeadsApi.MAX_BODY, SeekerLeadsApi.PATIENCE);
    if (bytes.length == 0) {
      return Json.object();
    }
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (STRICT.readTree(text) instanceof ObjectNode object) {
        return object;
      }
      throw RefusedException.bad("The body is not a JSON object.");
    } catch (CharacterCodingException e) {
      throw RefusedException.bad("The body is not UTF-8.");
    } catch (JacksonException e) {
      throw RefusedException.bad("The body is not JSON, or names a member twice.");
    }
  }

  private static Optional<String> text(ObjectNode body, String name) throws RefusedException {
    var node = body.get(name);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isString()) {
      throw RefusedException.bad("`" + name + "` must be a string.");
    }
    return Optional.of(node.stringValue());
  }

  private static Optional<String> key(ObjectNode body) throws RefusedException {
    var key = text(body, "apiKey");
    if (key.isPresent()
        && (key.get().isEmpty()
            || key.get().length() > LONGEST_KEY
            || key.get().chars().anyMatch(c -> c < '!' || c > '~'))) {
      throw RefusedException.bad("`apiKey` must have 1 to 1,024 visible ASCII characters.");
    }
    return key;
  }
}
