package dev.porchlight.delivery;

import dev.porchlight.value.Json;
import java.util.List;

/// Which endpoints an event was not planned for, though it happened within reach of them, and by
/// which rule. Never changes.
///
/// @param seq the event's place in the log
/// @param body a JSON list of `{"endpoint": id, "rule": word, "why": sentence}`
public record LeftOut(long seq, String leadId, String kind, int version, String body) {
  /// One endpoint.
  ///
  /// @param rule `kind`, `source`, `owner`, `test` or `filter`
  /// @param why a sentence, true of the endpoint as it was then
  public record Rule(String endpoint, String rule, String why) {}

  static LeftOut of(Event event, List<Rule> rules) {
    var list = Json.object().putArray("list");
    for (var rule : rules) {
      var item = list.addObject();
      item.put("endpoint", rule.endpoint());
      item.put("rule", rule.rule());
      item.put("why", rule.why());
    }
    return new LeftOut(event.seq(), event.leadId(), event.kind(), event.version(), list.toString());
  }

  /// One by one.
  public List<Rule> rules() {
    return Json.tree(body)
        .valueStream()
        .map(n ->
            new Rule(
                n.path("endpoint").asString(), n.path("rule").asString(), n.path("why").asString()))
        .toList();
  }
}
