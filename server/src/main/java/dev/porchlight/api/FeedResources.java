package dev.porchlight.api;

import dev.porchlight.access.Secrets;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Feed;
import dev.porchlight.delivery.Renderer.Rendered;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.function.BiFunction;
import tools.jackson.databind.node.ObjectNode;

/// What an endpoint is owed, for those who ask for it instead of being called.
final class FeedResources {
  private static final int MOST_BYTES = 1024 * 1024;

  private final Store store;
  private final Secrets secrets;
  private final Feed feed;
  private final BiFunction<Delivery, Endpoint, Rendered> renderer;

  /// @param renderer writes a delivery as it would be sent
  FeedResources(
      Store store, Secrets secrets, Feed feed, BiFunction<Delivery, Endpoint, Rendered> renderer) {
    this.store = store;
    this.secrets = secrets;
    this.feed = feed;
    this.renderer = renderer;
  }

  private Endpoint endpoint(Call call) {
    var only = call.principal().endpoint();
    return Endpoints.in(store.settings())
        .find(call.path("id"))
        .filter(e -> only == null || only.equals(e.id()))
        .filter(e -> call.scope().containsNode(Nodes.in(store.settings()), e.node()))
        .orElseThrow(() -> AccountResources.missing("endpoint"));
  }

  /// The events behind a place in the log, each as it would be sent. A page ends early when its
  /// bodies grow beyond a mebibyte.
  Reply list(Call call) {
    var endpoint = endpoint(call);
    call.parameters("limit", "after");
    long after = call.request().queryValue("after").map(t -> Call.seq("after", t)).orElse(0L);
    int limit = call.limit();
    var found = feed.list(endpoint.id(), after, limit + 1);
    if (found.isEmpty() && after > feed.end()) {
      throw new FaultException(
          Fault.STATE_CONFLICT,
          "The log ends before `after`: that place is of another log, or of this one before a"
              + " backup of it was restored. Begin again without it; event ids tell what is"
              + " known.");
    }
    // Who looks about with a token for more than this takes nothing by that.
    if (after > 0 && call.principal().endpoint() != null) {
      feed.askedOn(endpoint.id(), after);
    }
    var reply = Json.object();
    var items = reply.putArray("items");
    long place = after;
    int bytes = 0;
    for (var standing : found) {
      // What stands at one place goes together.
      if ((items.size() >= limit || bytes > MOST_BYTES) && standing.delivery().seq() != place) {
        break;
      }
      var item = items.addObject();
      bytes += show(item, standing.delivery(), endpoint);
      item.put("state", standing.state().state().word());
      place = standing.delivery().seq();
    }
    reply.put("after", place);
    reply.put("more", items.size() < found.size());
    return Call.ok(reply);
  }

  /// How long the body is.
  private int show(ObjectNode item, Delivery delivery, Endpoint endpoint) {
    item.put("sequence", delivery.seq());
    item.put("event_id", delivery.eventId());
    item.put("kind", delivery.kind());
    item.put("delivery", delivery.id());
    item.put("planned_at", delivery.plannedAt().toString());
    return switch (renderer.apply(delivery, endpoint)) {
      case Rendered.CannotWrite(var reason) -> {
        item.put("unwritable", reason);
        yield 0;
      }
      case Rendered.Ready ready -> {
        item.put("content_type", ready.contentType());
        var headers = item.putObject("headers");
        ready.headers().forEach(headers::put);
        try {
          item.put(
              "body",
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(ready.body())).toString());
        } catch (CharacterCodingException e) {
          item.put("body_base64", Base64.getEncoder().encodeToString(ready.body()));
        }
        item.set("losses", Json.tree(ready.losses()));
        yield ready.body().length;
      }
    };
  }

  /// How many events a day had, and a digest over their ids, signed as a delivery is.
  Reply digest(Call call) {
    var endpoint = endpoint(call);
    call.filters();
    LocalDate day;
    try {
      day = LocalDate.parse(call.path("day"));
    } catch (DateTimeException e) {
      throw AccountResources.missing("day");
    }
    if (day.getYear() < 2000 || day.getYear() > 9998) {
      throw AccountResources.missing("day");
    }
    var sum = feed.sum(endpoint.id(), day);
    var view = Json.object();
    view.put("endpoint", endpoint.id());
    view.put("day", day.toString());
    view.put("first_sequence", sum.first());
    view.put("end_sequence", sum.end());
    view.put("events", sum.events());
    view.put("sha256", sum.sha256());
    view.put("complete", sum.complete());
    var reply = Call.ok(view);
    var keys = keys(endpoint);
    if (!keys.isEmpty()) {
      var headers =
          StandardWebhooks.headers(
              "dig_" + endpoint.id() + "_" + day, store.now(), reply.body(), keys);
      for (var header : headers.entrySet()) {
        reply = reply.with(header.getKey(), header.getValue());
      }
    }
    return reply;
  }

  private List<StandardWebhooks.Key> keys(Endpoint endpoint) {
    return secrets.list(EndpointSetup.owner(endpoint.id())).stream()
        .filter(s -> s.id().startsWith("signing "))
        .map(s -> StandardWebhooks.parseKey(s.text()).key())
        .toList();
  }
}
