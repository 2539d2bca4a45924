package dev.porchlight.connector.own;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Times;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Gender;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.PhoneNumber;
import dev.porchlight.value.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads an event of ours. One instance a body.
final class EventReader {
  /// What stands in `data` beside the lead.
  private static final Set<String> ENVELOPE =
      Set.of(
          "id",
          "version",
          "sequence",
          "source",
          "source_contract",
          "contact_id",
          "owner",
          "received_at");

  /// Of a member: extras are named by where they stood, and so at length.
  private static final int LONGEST_NAME = 1000;

  private static final Set<String> KINDS = Set.of("in_listing", "home_to_sell", "search");

  private final Findings findings;

  private EventReader(Findings findings) {
    this.findings = findings;
  }

  static Reading read(Body body) {
    var findings = new Findings();
    try {
      return BodyJson.parse(body, findings) instanceof Map<?, ?> root
          ? new EventReader(findings).read(root)
          : unreadable("The body is not a JSON object.", findings);
    } catch (BodyJson.Unfit e) {
      return new Reading.Unreadable(e.reason(), e.isTooDeep(), findings.violations());
    }
  }

  private static Reading unreadable(String reason, Findings findings) {
    return new Reading.Unreadable(reason, false, findings.violations());
  }

  private Reading read(Map<?, ?> root) {
    var type = root.get("type") instanceof String text ? text : "";
    if (!type.startsWith("lead.")) {
      return unreadable(
          "The event is of no type that tells of a lead; `lead.created` and `lead.updated` do.",
          findings);
    }
    if (!(root.get("data") instanceof Map<?, ?> sent)) {
      return unreadable("The event has no `data`.", findings);
    }
    if (!(meant(sent, "/data", "/data") instanceof Map<?, ?> data)) {
      throw new IllegalStateException("an object stays one");
    }
    Lead lead;
    try {
      lead = LeadJson.read(Json.tree(BodyJson.text(data)));
    } catch (IllegalArgumentException e) {
      return unreadable("`data` is no lead of ours: " + e.getMessage() + ".", findings);
    }
    if (!lead.enquirer().isSomebody() && lead.message() == null && !lead.erased()) {
      return unreadable(
          "Nothing in the body names or reaches a person, or was written by one.", findings);
    }
    unknown("/data", data, LeadJson.write(lead), true);
    @SuppressWarnings("unchecked") // BodyJson makes no others
    var all = (Map<String, Object>) root;
    return new Reading.Facts(
        type,
        List.of(known(lead, data.get("id"))),
        findings.violations(),
        BodyJson.fingerprint(all, ""));
  }

  /// The lead under the id by which the other hub knows it.
  private Lead known(Lead lead, @Nullable Object id) {
    var extras = new TreeMap<>(lead.extras());
    extras.putAll(findings.extras());
    var theirs = id instanceof String text && !text.isBlank() ? text.strip() : null;
    if (theirs == null) {
      findings.violation("/data/id", "required", "the lead is known by the first sender's id");
      return lead.with(b -> b.extras(extras));
    }
    var ids = new TreeMap<>(lead.externalIds());
    if (lead.leadId() != null && !lead.leadId().equals(theirs)) {
      ids.putIfAbsent("lead_id", lead.leadId());
    }
    return lead.with(b -> b.leadId(theirs).externalIds(ids).extras(extras));
  }

  /// The value without what this release does not understand: words of a later one, times and
  /// numbers that can't be meant. That is noted and kept among the extras.
  ///
  /// @param path the pointer with `*` for each place in an array
  private Object meant(Object value, String pointer, String path) {
    return switch (value) {
      case Map<?, ?> object -> {
        var out = new LinkedHashMap<String, Object>();
        object.forEach((key, member) -> {
          var step = "/" + BodyJson.escape(String.valueOf(key));
          if (String.valueOf(key).length() > LONGEST_NAME) {
            findings.violation(
                pointer + step, "a name of at most " + LONGEST_NAME + " characters", "not taken");
          } else if (member != null && isMeant(member, pointer + step, path + step)) {
            out.put(String.valueOf(key), meant(member, pointer + step, path + step));
          }
        });
        yield out;
      }
      case List<?> array -> {
        var out = new ArrayList<Object>();
        for (int i = 0; i < array.size(); i++) {
          if (isMeant(array.get(i), pointer + "/" + i, path + "/*")) {
            out.add(meant(array.get(i), pointer + "/" + i, path + "/*"));
          }
        }
        yield out;
      }
      default -> value;
    };
  }

  private boolean isMeant(Object value, String pointer, String path) {
    var rule =
        switch (value) {
          case BodyJson.Num number when number.value() == null ->
              "a number of a size that can be meant";
          case String text -> rule(path, text);
          case Map<?, ?> money
              when money.get("amount") instanceof BodyJson.Num amount && amount.value() == null ->
              "an amount of a size that can be meant";
          case Map<?, ?> interest
              when path.equals("/data/interest")
                  && interest.get("kind") instanceof String kind
                  && !KINDS.contains(kind) ->
              "an interest of a kind that this release knows";
          default -> null;
        };
    if (rule == null) {
      return true;
    }
    findings.violation(pointer, rule, "not taken, kept as an extra");
    findings.extra(pointer, value);
    return false;
  }

  private static @Nullable String rule(String path, String text) {
    boolean known =
        switch (path) {
          case "/data/intent" -> Intent.of(text) != null;
          case "/data/enquirer/gender" -> Gender.of(text) != null;
          case "/data/enquirer/phones/*/kind" -> PhoneNumber.Kind.of(text) != null;
          case "/data/interest/roles/*" -> Role.of(text) != null;
          default -> true;
        };
    if (!known) {
      return "a word that this release knows";
    }
    return switch (path) {
      case "/data/enquirer/language" -> Enquirer.isLanguage(text) ? null : "two letters";
      case "/data/timestamp", "/data/delete_after" -> {
        var time = Times.parse(text);
        yield time == null || time.moment().zoneAssumed()
            ? "a date and time of RFC 3339, with its zone"
            : null;
      }
      default -> null;
    };
  }

  /// Keeps what was sent and not taken: what a later release writes, or somebody by hand.
  private void unknown(String pointer, Map<?, ?> sent, JsonNode taken, boolean top) {
    sent.forEach((key, value) -> {
      var name = String.valueOf(key);
      var where = pointer + "/" + BodyJson.escape(name);
      var there = taken.get(name);
      if ((top && ENVELOPE.contains(name)) || value == null || isNothing(value)) {
        return;
      }
      if (there == null) {
        findings.extra(where, value);
      } else if (value instanceof Map<?, ?> below && there instanceof ObjectNode) {
        unknown(where, below, there, false);
      } else if (value instanceof List<?> items && there instanceof ArrayNode array) {
        for (int i = 0; i < items.size() && i < array.size(); i++) {
          if (items.get(i) instanceof Map<?, ?> item) {
            unknown(where + "/" + i, item, array.get(i), false);
          }
        }
      }
    });
  }

  private static boolean isNothing(Object value) {
    return value == BodyJson.Null.NULL
        || Boolean.FALSE.equals(value)
        || (value instanceof Map<?, ?> map && map.isEmpty())
        || (value instanceof List<?> list && list.isEmpty());
  }
}
