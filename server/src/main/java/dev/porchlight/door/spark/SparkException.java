package dev.porchlight.door.spark;

import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A request that is refused: what is wrong, and whatever else the envelope and the headers say.
final class SparkException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final SparkFault fault;
  private final transient Map<String, List<JsonNode>> lists;
  private final transient List<Map.Entry<String, String>> headers;

  private SparkException(
      SparkFault fault,
      String message,
      Map<String, List<JsonNode>> lists,
      List<Map.Entry<String, String>> headers) {
    super(message, null, false, false);
    this.fault = fault;
    this.lists = lists;
    this.headers = headers;
  }

  SparkException(SparkFault fault) {
    this(fault, fault.message());
  }

  /// @param message for the developer of the client
  SparkException(SparkFault fault, String message) {
    this(fault, message, Map.of(), List.of());
  }

  /// Blames one attribute of the body, in `D.Errors`.
  static SparkException attribute(SparkFault fault, String attribute, String message) {
    return new SparkException(fault, message).with("Errors", invalidAttribute(attribute, message));
  }

  /// An item of `D.Errors` that blames an attribute.
  static JsonNode invalidAttribute(String attribute, String message) {
    return Json.object()
        .put("Type", "InvalidAttribute")
        .put("Attribute", attribute)
        .put("Message", message);
  }

  /// A copy whose envelope has one more item in a list of that name: `Errors`, `SparkQLErrors`,
  /// `Details`.
  SparkException with(String list, JsonNode item) {
    var more = new java.util.TreeMap<>(lists);
    var items = new ArrayList<>(more.getOrDefault(list, List.of()));
    items.add(item);
    more.put(list, items);
    return new SparkException(fault, String.valueOf(getMessage()), more, headers);
  }

  /// A copy with one more header in the reply.
  SparkException header(String name, String value) {
    var more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new SparkException(fault, String.valueOf(getMessage()), lists, more);
  }

  SparkFault fault() {
    return fault;
  }

  Reply.Full reply() {
    var d = Envelope.failure(fault, String.valueOf(getMessage()));
    lists.forEach((name, items) -> d.putArray(name).addAll(items));
    var reply = Envelope.reply(fault.status(), d);
    if (fault.status() == 401) {
      reply = reply.with("WWW-Authenticate", "Bearer realm=\"Spark\"");
    }
    for (var header : headers) {
      reply = reply.with(header.getKey(), header.getValue());
    }
    return reply;
  }
}
