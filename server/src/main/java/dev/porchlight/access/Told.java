package dev.porchlight.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the audit tells of what somebody set, by the API or at the console.
public final class Told {
  /// Members whose values may be told where they are short. Of others it is told that they were
  /// set, and of those of what is made or taken nothing: they may be secret, or a person's. The
  /// name of a member of the account is a person's too.
  private static final List<String> VALUES =
      List.of("owner", "role", "node", "kind", "name", "disabled", "ended", "state", "per_second");

  /// Names what must be so for a change to be made: no change itself.
  private static final String CONDITION = "expected";

  private static final int LONGEST_VALUE = 60;
  private static final Pattern MEMBER = Pattern.compile("[a-z][a-z0-9_]{0,40}");

  private Told() {}

  /// What was set, and to what where that may be told.
  ///
  /// @param made whether something was made or done by it; else something that was there changed,
  ///   and all that was named is told
  /// @param namesPerson whether what `name` names is a member of the account
  public static String of(ObjectNode sent, boolean made, boolean namesPerson) {
    var all = new ArrayList<String>();
    for (var name : VALUES) {
      var value = sent.path(name);
      boolean told =
          value.isValueNode()
              && !value.isNull()
              && value.asString("").length() <= LONGEST_VALUE
              && !(namesPerson && name.equals("name"));
      if (told) {
        all.add(name + ": " + value.asString("").replaceAll("[,\\p{Cntrl}]", " "));
      } else if (sent.has(name)) {
        all.add(name);
      }
    }
    if (!made) {
      sent.propertyNames().stream()
          .filter(n -> !VALUES.contains(n) && !n.equals(CONDITION) && MEMBER.matcher(n).matches())
          .sorted()
          .forEach(all::add);
    }
    return String.join(", ", all);
  }

  /// Of a body those members that changed something: whose value is another than before, or is not
  /// shown to anybody, as of a secret.
  ///
  /// @param before how the thing was shown before
  /// @param after how it is shown now
  public static ObjectNode changed(ObjectNode sent, JsonNode before, JsonNode after) {
    var changed = sent.deepCopy();
    for (var name : List.copyOf(sent.propertyNames())) {
      if (before.path(name).equals(after.path(name)) && shows(after.path(name), sent.path(name))) {
        changed.remove(name);
      }
    }
    return changed;
  }

  /// Whether nothing of what was sent is hidden.
  private static boolean shows(JsonNode shown, JsonNode sent) {
    if (isNothing(sent)) {
      return true;
    }
    if (!sent.isObject()) {
      return !shown.isMissingNode();
    }
    return sent.propertyStream().allMatch(p -> shows(shown.path(p.getKey()), p.getValue()));
  }

  private static boolean isNothing(JsonNode sent) {
    return sent.isNull()
        || sent.isContainer() && sent.isEmpty()
        || sent.isBoolean() && !sent.asBoolean()
        || sent.isString() && sent.asString().isEmpty();
  }

  /// Whether what a body names is a member of the account.
  ///
  /// @param kind of the node, where that is known; empty else
  public static boolean namesPerson(ObjectNode sent, String kind) {
    var known = kind.isEmpty() ? sent.path("kind").asString("") : kind;
    return sent.has("name") && (known.isEmpty() || known.toLowerCase(Locale.ROOT).equals("member"));
  }
}
