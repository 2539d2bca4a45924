package dev.porchlight.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Tells in sentences what the API says of a lead, a receipt, a delivery.
final class Story {
  private Story() {}

  /// A person's name, else their e-mail address or phone.
  static String who(JsonNode content) {
    var enquirer = content.path("enquirer");
    var name = (Text.at(enquirer, "first_name") + " " + Text.at(enquirer, "last_name")).strip();
    for (var text :
        List.of(
            name,
            Text.at(enquirer, "full_name"),
            Text.at(enquirer, "email"),
            Text.at(enquirer, "phone"))) {
      if (!text.isBlank()) {
        return text;
      }
    }
    return "someone without a name";
  }

  static List<String> lead(JsonNode lead) {
    var lines = new ArrayList<String>();
    if (!Text.at(lead, "erased_at").isEmpty()) {
      lines.add(
          "Erased "
              + Text.time(Text.at(lead, "erased_at"))
              + " by "
              + Text.at(lead, "erasure.by")
              + ": what this lead said of its person is gone.");
    }
    var content = lead.path("content");
    lines.add(
        who(content)
            + intent(content)
            + (lead.path("test").asBoolean(false) ? " (a test lead, not counted)" : ""));
    lines.add(
        "  lead "
            + Text.at(lead, "id")
            + ", lead_id "
            + Text.at(lead, "lead_id")
            + (lead.path("lead_id_derived").asBoolean(false)
                ? " (made by us, they sent none)"
                : ""));
    pinned(lines, lead);
    lines.add("");
    lines.add("Received");
    for (var receipt : lead.path("receipts")) {
      receivedAs(lines, lead, receipt);
    }
    lines.add("");
    lines.add("Read as");
    content(lines, content);
    violations(lines, lead.path("violations"), "  ");
    lines.add("");
    lines.add("Who it is");
    var contact = lead.path("contact");
    lines.add(
        "  "
            + (contact.isMissingNode()
                ? Text.at(lead, "erased_at").isEmpty()
                    ? "A contact that was deleted, or that this token does not see."
                    : "Erased."
                : Text.at(contact, "display_name")
                    + ", contact "
                    + Text.at(contact, "id")
                    + reached(contact)
                    + "."));
    say(lines, Text.at(lead, "evidence"));
    for (var duplicate : lead.path("possible_duplicates")) {
      say(
          lines,
          "Possibly the same as person "
              + Text.at(duplicate, "person_id")
              + ": "
              + Text.at(duplicate, "evidence"));
    }
    lines.add("");
    lines.add("Who answers");
    var member = Text.at(lead, "answers.member_name");
    lines.add("  " + (member.isEmpty() ? Text.at(lead, "answers.member") : member) + ".");
    say(lines, Text.at(lead, "answers.reason"));
    hands(lines, lead);
    lines.add("");
    lines.add("Deliveries");
    if (lead.path("deliveries").isEmpty()) {
      lines.add("  None: no endpoint wanted it.");
    }
    for (var delivery : lead.path("deliveries")) {
      lines.addAll(delivery(delivery, "  "));
    }
    leftOut(lines, lead.path("left_out"));
    return lines;
  }

  /// Who passed it on to whom, who answered it, and who has it now.
  private static void hands(List<String> lines, JsonNode lead) {
    for (var line : lead.path("history")) {
      var at = "  " + Text.time(Text.at(line, "at")) + ": ";
      if (line.has("to")) {
        var from = named(line, "from");
        lines.add(
            at
                + "passed on to "
                + named(line, "to")
                + (from.isEmpty() ? "" : " from " + from)
                + ", by "
                + named(line, "by")
                + ".");
      } else if (Text.at(line, "kind").equals("lead.answered")) {
        lines.add(at + "answered, says " + named(line, "by") + ".");
      }
    }
    for (var step : lead.path("steps")) {
      var agent = Text.at(step, "agent");
      lines.add(
          "  "
              + Text.time(Text.at(step, "at"))
              + ": "
              + Text.at(step, "step")
              + " by an event"
              + (agent.isEmpty() ? "" : " of " + agent)
              + ".");
    }
    if (!Text.at(lead, "owner.by").isEmpty()) {
      lines.add("  Now with " + named(lead.path("owner"), "member") + ".");
    }
    if (!Text.at(lead, "first_act_at").isEmpty()) {
      lines.add("  First act " + Text.time(Text.at(lead, "first_act_at")) + ".");
    }
  }

  private static String named(JsonNode node, String member) {
    var name = Text.at(node, member + "_name");
    return name.isEmpty() ? Text.at(node, member) : name;
  }

  private static void pinned(List<String> lines, JsonNode thing) {
    if (thing.has("pin")) {
      lines.add(
          "  pinned "
              + Text.time(Text.at(thing, "pin.pinned_at"))
              + " by "
              + Text.at(thing, "pin.pinned_by")
              + ": no retention drops it"
              + (thing.path("pin").has("reason") ? ": " + Text.at(thing, "pin.reason") : ""));
    }
  }

  private static void leftOut(List<String> lines, JsonNode rules) {
    if (rules.isEmpty()) {
      return;
    }
    lines.add("");
    lines.add("Not planned for");
    for (var rule : rules) {
      lines.add("  " + Text.at(rule, "endpoint_name") + ", " + Text.at(rule, "kind") + ":");
      lines.add("    " + Text.sentence(Text.at(rule, "why")));
    }
  }

  private static String intent(JsonNode content) {
    return switch (Text.at(content, "intent")) {
      case "buyer" -> " wants to buy";
      case "seller" -> " wants to sell";
      case "rent" -> " wants to rent or to let";
      case "manage" -> " wants a property managed";
      case "question" -> " asks a question";
      default -> " enquired (to buy or to sell was not said)";
    };
  }

  private static void receivedAs(List<String> lines, JsonNode lead, JsonNode receipt) {
    var version = Text.at(receipt, "version");
    var what =
        switch (Text.at(receipt, "state")) {
          case "repeat" -> "the same once more; nothing followed from it";
          case "owed" -> "accepted; its consequences are still to be worked out";
          case "mended" -> "kept in quarantine, and mended since";
          case "quarantined" -> "kept in quarantine";
          case "aside" -> "put aside by hand, since nobody will mend it";
          case "refused" -> "refused";
          case "erased" -> "erased";
          default ->
              version.isEmpty() || version.equals("1") ? "taken" : "taken as version " + version;
        };
    var source = Text.at(receipt, "source_name");
    lines.add(
        "  "
            + Text.time(Text.at(receipt, "received_at"))
            + " from "
            + (source.isEmpty() ? Text.at(lead, "source_name") : source)
            + (Text.at(receipt, "message").isEmpty() ? "" : " as " + Text.at(receipt, "message"))
            + ", "
            + Text.count(receipt.path("size").asLong(0), "byte", "bytes")
            + ": "
            + what
            + ".");
    lines.add("    receipt " + Text.at(receipt, "id"));
    if (!Text.at(receipt, "corrects").isEmpty()) {
      lines.add("    in the place of receipt " + Text.at(receipt, "corrects"));
    }
    if (!Text.at(receipt, "reason").isEmpty()) {
      lines.add("    " + Text.sentence(Text.at(receipt, "reason")));
    }
    for (var mark : receipt.path("history")) {
      var name = Text.at(mark, "by_name");
      var reason = Text.at(mark, "reason");
      lines.add(
          "    "
              + (Text.at(mark, "kind").equals("receipt.aside") ? "put aside " : "taken back ")
              + Text.time(Text.at(mark, "at"))
              + " by "
              + (name.isEmpty() ? Text.at(mark, "by") : name)
              + (reason.isEmpty() ? "" : ": " + Text.sentence(reason)));
    }
    if (!Text.at(receipt, "signature").isEmpty()) {
      lines.add("    signature: " + Text.at(receipt, "signature"));
    }
  }

  private static void content(List<String> lines, JsonNode content) {
    field(lines, "e-mail", Text.at(content, "enquirer.email"));
    field(lines, "phone", Text.at(content, "enquirer.phone"));
    var property = content.path("interest").path("property");
    var address = new ArrayList<String>();
    for (var part : List.of("street", "city", "state", "postal_code")) {
      var text = Text.at(property, "address." + part);
      if (!text.isEmpty()) {
        address.add(text);
      }
    }
    field(
        lines,
        Text.at(content, "interest.kind").contains("sell") ? "home" : "listing",
        String.join(", ", address));
    field(lines, "price", money(property.path("list_price")));
    field(lines, "worth", money(property.path("estimated_value")));
    field(lines, "MLS", Text.at(property, "mls_id"));
    var from = money(content.path("finance").path("budget_min"));
    var to = money(content.path("finance").path("budget_max"));
    field(lines, "budget", from + (from.isEmpty() || to.isEmpty() ? "" : " to ") + to);
    field(lines, "agent", Text.at(content, "listing_agent.name"));
    field(lines, "message", Text.at(content, "message"));
    field(
        lines,
        "sent",
        Text.time(Text.at(content, "timestamp"))
            + (content.path("zone_assumed").asBoolean(false) ? " (zone assumed)" : ""));
  }

  private static void field(List<String> lines, String name, String value) {
    if (!value.isBlank()) {
      lines.add("  " + Text.pad(name, 9) + value.strip());
    }
  }

  private static String money(JsonNode money) {
    if (!money.isObject()) {
      return "";
    }
    var amount = new BigDecimal(money.path("amount").asString("0"));
    return String.format(
        Locale.ROOT,
        amount.stripTrailingZeros().scale() > 0 ? "%,.2f %s" : "%,.0f %s",
        amount,
        Text.at(money, "currency"));
  }

  private static void violations(List<String> lines, JsonNode violations, String indent) {
    if (violations.isEmpty()) {
      lines.add(indent + "It keeps its contract.");
      return;
    }
    lines.add(
        indent
            + "It breaks its contract in "
            + Text.count(violations.size(), "place", "places")
            + ":");
    for (var violation : violations) {
      var pointer = Text.at(violation, "pointer");
      lines.add(
          indent
              + "  "
              + (pointer.isEmpty() ? "the whole body" : pointer)
              + " ("
              + Text.at(violation, "rule")
              + "): "
              + Text.sentence(Text.at(violation, "action")));
    }
  }

  private static String reached(JsonNode contact) {
    var ways = new ArrayList<String>();
    for (var kind : List.of("emails", "phones")) {
      for (var way : contact.path(kind)) {
        var text =
            way.isObject()
                ? Text.at(way, kind.equals("emails") ? "address" : "number")
                : Text.clean(way.asString(""));
        if (!text.isEmpty()) {
          ways.add(text);
        }
      }
    }
    return ways.isEmpty() ? "" : " (" + String.join(", ", ways) + ")";
  }

  private static void say(List<String> lines, String text) {
    if (!text.isEmpty()) {
      lines.add("  " + Text.sentence(text));
    }
  }

  private static String sent(JsonNode attempt) {
    var digest = Text.at(attempt, "sent_sha256");
    return digest.isEmpty()
        ? ""
        : " Sent "
            + Text.count(attempt.path("sent_bytes").asLong(0), "byte", "bytes")
            + ", SHA-256 "
            + digest
            + ".";
  }

  static List<String> delivery(JsonNode delivery, String indent) {
    var lines = new ArrayList<String>();
    var state = Text.at(delivery, "state");
    var attempts = Text.count(delivery.path("attempts_made").asLong(0), "attempt", "attempts");
    var to = Text.at(delivery, "endpoint_name");
    lines.add(
        indent
            + Text.at(delivery, "kind")
            + " to "
            + (to.isEmpty() ? "an endpoint that is gone" : to)
            + (Text.at(delivery, "endpoint_state").equals("removed") && !to.isEmpty()
                ? ", which is gone,"
                : "")
            + " ("
            + Text.at(delivery, "contract")
            + "): "
            + switch (state) {
              case "delivered" ->
                  "delivered "
                      + Text.time(Text.at(delivery, "ended_at"))
                      + " after "
                      + attempts
                      + ".";
              case "pending" ->
                  "pending after "
                      + attempts
                      + (Text.at(delivery, "next_attempt_at").isEmpty()
                          ? Text.at(delivery, "endpoint_state").equals("disabled")
                              ? "; the endpoint is disabled."
                              : "."
                          : ", next " + Text.time(Text.at(delivery, "next_attempt_at")) + ".");
              case "dead" -> "given up after " + attempts + "; `delivery retry` starts anew.";
              case "unwritable" -> "can't be written in this format.";
              case "dropped" -> "dropped by a rule.";
              default -> state + ".";
            });
    lines.add(indent + "  delivery " + Text.at(delivery, "id"));
    for (var sentence : delivery.path("explanation")) {
      lines.add(indent + "  " + Text.clean(sentence.asString("")));
    }
    if (!delivery.has("explanation") && !Text.at(delivery, "why").isEmpty()) {
      lines.add(indent + "  " + Text.sentence(Text.at(delivery, "why")));
    }
    if (!delivery.has("explanation") && !Text.at(delivery, "waits").isEmpty()) {
      lines.add(indent + "  " + Text.at(delivery, "waits"));
    }
    if (!delivery.has("explanation") && !Text.at(delivery, "reason").isEmpty()) {
      lines.add(indent + "  " + Text.sentence(Text.at(delivery, "reason")));
    }
    for (var attempt : delivery.path("attempts")) {
      var status = Text.at(attempt, "status");
      var error = Text.at(attempt, "error");
      lines.add(
          indent
              + "  attempt "
              + Text.at(attempt, "n")
              + ", "
              + Text.time(Text.at(attempt, "at"))
              + ": "
              + (status.isEmpty() ? Text.at(attempt, "outcome") : "answered " + status)
              + " in "
              + Math.round(attempt.path("duration_ms").asDouble(0))
              + " ms."
              + sent(attempt)
              + (error.isEmpty() ? "" : " " + Text.sentence(error)));
    }
    if (!Text.at(delivery, "sent.gone").isEmpty()) {
      lines.add(indent + "  what was sent can't be shown: " + Text.at(delivery, "sent.gone"));
    }
    for (var loss : delivery.path("losses")) {
      lines.add(
          indent
              + "  not carried: "
              + Text.at(loss, "field")
              + " - "
              + Text.sentence(Text.at(loss, "reason")));
    }
    return lines;
  }

  static List<String> receipt(JsonNode receipt) {
    var lines = new ArrayList<String>();
    var none = tools.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    receivedAs(lines, none, receipt);
    if (!Text.at(receipt, "lead").isEmpty()) {
      lines.add("    became lead " + Text.at(receipt, "lead"));
    }
    // Of what could not be read nobody can say whether it keeps its contract.
    if (!receipt.path("violations").isEmpty() || !Text.at(receipt, "lead").isEmpty()) {
      violations(lines, receipt.path("violations"), "  ");
    }
    return lines;
  }
}
