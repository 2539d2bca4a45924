package dev.porchlight.connector.events;

import dev.porchlight.connector.InboxMessage;
import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Times;
import dev.porchlight.value.Json;
import dev.porchlight.value.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads and writes the handshake's messages, reads replay requests, writes events about grants.
final class InboxMessages {
  private static final int MOST_SCOPES = 100;
  private static final int MOST_ITEMS = 10_000;
  private static final int MOST_CONDITIONS = 20;
  private static final Set<String> READING = Set.of("read", "subscribe");
  private static final Set<String> WRITING = Set.of("write", "append", "publish");

  private InboxMessages() {}

  private static final class WrongException extends Exception {
    private static final long serialVersionUID = 1;

    WrongException(String reason) {
      super(reason, null, false, false);
    }
  }

  static InboxMessage read(byte[] body) {
    if (body.length == 0) {
      return new InboxMessage.Unreadable("There is no body.");
    }
    try {
      if (!(BodyJson.parse(body, new Findings()) instanceof Map<?, ?> map)) {
        return new InboxMessage.Unreadable("The body is not a JSON object.");
      }
      var type = text(map, map.containsKey("type") ? "type" : "@type");
      return switch (type) {
        case "AuthorizeAction" -> handshake(InboxMessage.Step.AUTHORIZE, map);
        case "SubscribeAction" -> handshake(status(text(map, "actionStatus")), map);
        case "RejectAction" -> handshake(InboxMessage.Step.REJECT, map);
        case "ReplayRequestAction" -> replay(map);
        default ->
            throw new WrongException(
                "An inbox takes messages of the types AuthorizeAction, SubscribeAction,"
                    + " RejectAction and ReplayRequestAction; events are published.");
      };
    } catch (BodyJson.Unfit e) {
      return new InboxMessage.Unreadable(e.reason());
    } catch (WrongException e) {
      return new InboxMessage.Unreadable(String.valueOf(e.getMessage()));
    }
  }

  private static InboxMessage.Step status(String status) throws WrongException {
    return switch (status) {
      case "PotentialActionStatus" -> InboxMessage.Step.OFFER;
      case "ActiveActionStatus", "CompletedActionStatus" -> InboxMessage.Step.CONFIRM;
      default ->
          throw new WrongException(
              "The `actionStatus` of a SubscribeAction is PotentialActionStatus,"
                  + " ActiveActionStatus or CompletedActionStatus.");
    };
  }

  private static InboxMessage handshake(InboxMessage.Step step, Map<?, ?> map)
      throws WrongException {
    var scope = scope(map);
    if (step != InboxMessage.Step.REJECT
        && map.get("context") instanceof Map<?, ?> context
        && context.get("scope") instanceof List<?> list
        && list.isEmpty()) {
      throw new WrongException("The `scope` is empty: name at least one.");
    }
    return new InboxMessage.Handshake(step, text(map, "object"), text(map, "target"), scope);
  }

  /// A text, or the id of an object.
  private static String text(Map<?, ?> map, String name) {
    var value = map.get(name);
    if (value instanceof Map<?, ?> named) {
      value = named.containsKey("id") ? named.get("id") : named.get("@id");
    }
    return value instanceof String text ? text.strip() : "";
  }

  /// Scopes are written `mode:what` or `what:mode`.
  private static InboxMessage.@Nullable Scope scope(Map<?, ?> map) throws WrongException {
    if (!(map.get("context") instanceof Map<?, ?> context) || !context.containsKey("scope")) {
      return null;
    }
    var written =
        context.get("scope") instanceof List<?> list ? list : List.of(context.get("scope"));
    if (written.size() > MOST_SCOPES) {
      throw new WrongException("There are more than " + MOST_SCOPES + " scopes.");
    }
    var publishes = new LinkedHashSet<String>();
    var subscribes = new LinkedHashSet<String>();
    for (var one : written) {
      if (!(one instanceof String text)) {
        throw new WrongException("A scope is a text such as `read:realestate/listing`.");
      }
      int colon = text.indexOf(':');
      var first = colon < 0 ? "" : text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      int last = text.lastIndexOf(':');
      var end = last < 0 ? "" : text.substring(last + 1).strip().toLowerCase(Locale.ROOT);
      boolean modeFirst = READING.contains(first) || WRITING.contains(first);
      var mode = modeFirst ? first : end;
      var what = modeFirst ? text.substring(colon + 1) : last < 0 ? "" : text.substring(0, last);
      // Anybody may read who somebody is.
      if (what.strip().equalsIgnoreCase("profile") && READING.contains(mode)) {
        continue;
      }
      var topic = Topic.parse(what.strip());
      if (topic.isEmpty() || !READING.contains(mode) && !WRITING.contains(mode)) {
        throw new WrongException(
            "The scope `"
                + (text.length() > 100 ? text.substring(0, 100) : text)
                + "` is none: write `read:` or `write:` and a group such as `realestate/listing`.");
      }
      if (READING.contains(mode)) {
        subscribes.add(topic.get().group());
      } else {
        publishes.add(topic.get().text());
      }
    }
    return new InboxMessage.Scope(List.copyOf(publishes), List.copyOf(subscribes));
  }

  private static InboxMessage replay(Map<?, ?> map) throws WrongException {
    var target = text(map, "target");
    if (!target.endsWith("/")) {
      throw new WrongException("The `target` is a container: its address ends with a slash.");
    }
    var items = new ArrayList<String>();
    if (map.get("items") instanceof List<?> list) {
      for (var item : list) {
        if (!(item instanceof String text) || text.isBlank()) {
          throw new WrongException("The `items` are names of items.");
        }
        items.add(text.strip());
      }
    }
    if (items.size() > MOST_ITEMS) {
      throw new WrongException("At most " + MOST_ITEMS + " items a request.");
    }
    var start = time(map, "startDate");
    var end = time(map, "endDate");
    if (items.isEmpty() && (start == null || end == null)) {
      throw new WrongException("Name `startDate` and `endDate`, or `items`.");
    }
    if (start != null && end != null && !start.isBefore(end)) {
      throw new WrongException("The `startDate` lies before the `endDate`.");
    }
    return new InboxMessage.ReplayRequest(target, start, end, items, filter(map.get("filter")));
  }

  private static @Nullable Instant time(Map<?, ?> map, String name) throws WrongException {
    var written = text(map, name);
    if (written.isEmpty()) {
      return null;
    }
    var read = Times.parse(written);
    if (read == null) {
      throw new WrongException("The `" + name + "` is a time such as 2026-01-02T03:04:05.000Z.");
    }
    return read.moment().at();
  }

  private static Map<String, InboxMessage.Condition> filter(@Nullable Object written)
      throws WrongException {
    var filter = new LinkedHashMap<String, InboxMessage.Condition>();
    if (written == null || written == BodyJson.Null.NULL) {
      return filter;
    }
    if (!(written instanceof Map<?, ?> map) || map.size() > MOST_CONDITIONS) {
      throw new WrongException(
          "The `filter` is an object of at most " + MOST_CONDITIONS + " members.");
    }
    for (var entry : map.entrySet()) {
      var name = String.valueOf(entry.getKey());
      if (name.equals("$contains") && entry.getValue() instanceof Map<?, ?> members) {
        // The operator may stand before the members too.
        for (var member : members.entrySet()) {
          filter.put(
              String.valueOf(member.getKey()),
              new InboxMessage.Condition(values(member.getValue()), true));
        }
      } else if (entry.getValue() instanceof Map<?, ?> operator) {
        if (operator.size() != 1 || !operator.containsKey("$contains")) {
          throw new WrongException("A `filter` knows the operator `$contains` alone.");
        }
        filter.put(name, new InboxMessage.Condition(values(operator.get("$contains")), true));
      } else {
        filter.put(name, new InboxMessage.Condition(values(entry.getValue()), false));
      }
    }
    return filter;
  }

  private static List<String> values(@Nullable Object written) throws WrongException {
    var values = new ArrayList<String>();
    for (var one : written instanceof List<?> list ? list : Collections.singletonList(written)) {
      if (one == null || one instanceof Map || one instanceof List) {
        throw new WrongException("A `filter` compares texts, numbers, true, false and null.");
      }
      values.add(BodyJson.text(one));
    }
    if (values.size() > MOST_SCOPES) {
      throw new WrongException("A `filter` names at most " + MOST_SCOPES + " values a member.");
    }
    return values;
  }

  static String handshake(
      String id,
      InboxMessage.Step step,
      String sender,
      String app,
      String owner,
      InboxMessage.@Nullable Scope scope,
      Instant at) {
    var json = Json.object();
    json.put(
        "type",
        switch (step) {
          case AUTHORIZE -> "AuthorizeAction";
          case OFFER, CONFIRM -> "SubscribeAction";
          case REJECT -> "RejectAction";
        });
    switch (step) {
      case OFFER -> json.put("actionStatus", "PotentialActionStatus");
      case CONFIRM -> json.put("actionStatus", "ActiveActionStatus");
      case AUTHORIZE, REJECT -> {}
    }
    json.put("agent", sender);
    json.put("object", app);
    json.put("target", owner);
    if (scope != null) {
      var list = json.putObject("context").putArray("scope");
      scope.subscribes().forEach(s -> list.add("read:" + s));
      scope.publishes().forEach(s -> list.add("write:" + s));
    }
    json.put("time", at.toString());
    json.put("timestamp", at.toEpochMilli());
    json.put("id", id);
    return json.toString();
  }

  static byte[] grantChange(
      String change,
      String grant,
      String owner,
      String pod,
      String party,
      InboxMessage.Scope scope,
      @Nullable Instant until,
      Instant at) {
    var json = Json.object();
    json.put("topic", RealEstateEvents.GRANTS + "#" + change);
    json.put("recipient", owner);
    var data = json.putObject("data");
    data.put(
        "type",
        switch (change) {
          case "authorize" -> "AuthorizeAction";
          case "update" -> "UpdateAction";
          case "revoke" -> "RevokeAction";
          default -> throw new IllegalArgumentException("a grant is not changed by " + change);
        });
    data.put("agent", owner);
    var object = data.putObject("object");
    object.put("type", "Subscription");
    object.put("version", "1");
    object.putObject("identifier").put("porchlight", grant);
    object.put("agent", party);
    object.put("host", pod);
    var subscribes = object.putArray("subscribes");
    scope.subscribes().forEach(subscribes::add);
    var publishes = object.putArray("publishes");
    scope.publishes().forEach(publishes::add);
    if (until != null) {
      object.put("until", until.toString());
    }
    object.put("lastModifiedDate", Long.toString(at.toEpochMilli()));
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  static String grantedParty(String data) {
    return Json.tree(data).at("/object/agent").asString("");
  }
}
