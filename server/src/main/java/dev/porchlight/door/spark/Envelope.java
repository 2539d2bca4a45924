package dev.porchlight.door.spark;

import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Every reply of the door is `{"D":{…}}`, never empty: clients parse the body before they look at
/// the status.
final class Envelope {
  private static final List<Map.Entry<String, String>> HEADERS =
      List.of(Map.entry("Cache-Control", "private, no-store"));

  private Envelope() {}

  /// The content of `D` of a success, to add to.
  static ObjectNode success() {
    return Json.object().put("Success", true);
  }

  /// The content of `D` of a success with results; a list even for one.
  static ObjectNode results(Collection<? extends JsonNode> results) {
    var d = success();
    d.putArray("Results").addAll(results);
    return d;
  }

  /// The content of `D` of a failure.
  static ObjectNode failure(SparkFault fault, String message) {
    return Json.object().put("Success", false).put("Code", fault.code()).put("Message", message);
  }

  static Reply.Full reply(int status, ObjectNode d) {
    var body = Json.object();
    body.set("D", d);
    return unwrapped(status, body);
  }

  /// What was read.
  static Reply.Full ok(Collection<? extends JsonNode> results) {
    return reply(200, results(results));
  }

  /// A write that made nothing new.
  static Reply.Full done() {
    return reply(200, success());
  }

  /// A write that made a resource.
  ///
  /// @param uri begins with `/v1/`
  static Reply.Full created(String uri, String id) {
    return reply(201, results(List.of(Json.object().put("Id", id).put("ResourceUri", uri))));
  }

  /// A body without the envelope: of the grant alone.
  static Reply.Full unwrapped(int status, ObjectNode body) {
    return new Reply.Full(
        status, HEADERS, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
  }
}
