package dev.porchlight.connector.events;

import dev.porchlight.connector.json.BodyJson.Null;
import dev.porchlight.connector.json.BodyJson.Num;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Members;
import dev.porchlight.connector.json.Text;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The names that things and parties go by.
final class Names {
  private static final int LONGEST_KEY = 150;
  private static final int MOST_NAMES = 10;

  private Names() {}

  /// The keys that the systems give which made a thing.
  static LinkedHashMap<String, String> identifiers(Members object) {
    var ids = new LinkedHashMap<String, String>();
    if (object.raw("identifier") instanceof Map<?, ?> map) {
      object.pass("identifier");
      if (map.isEmpty()) {
        object.note("identifier", "one key, named after the system that gave it", "read as none");
      }
      map.forEach((name, value) -> {
        var text = plain(value);
        var key = String.valueOf(name);
        if (text != null
            && text.length() <= LONGEST_KEY
            && !key.isBlank()
            && key.length() <= 60
            && ids.size() < MOST_NAMES) {
          ids.put(key, text);
        } else {
          object.note(
              "identifier",
              "keys are short texts, named after the systems that gave them",
              "left out");
        }
      });
    } else if (object.raw("identifier") != null && !object.isNull("identifier")) {
      object.refuse("identifier", "one key, named after the system that gave it");
      object.pass("identifier");
    }
    return ids;
  }

  /// All names that a thing goes by: its own keys first, then those that others have for it.
  static List<String> names(Map<String, Object> object) {
    var names = new LinkedHashSet<String>();
    identifiers(EventData.members(object, "", new Findings()))
        .forEach((k, v) -> names.add(k + ":" + v));
    switch (object.get("sameAs")) {
      case Map<?, ?> map ->
          map.forEach((k, v) -> {
            var text = plain(v);
            if (text != null && text.length() <= LONGEST_KEY && names.size() < MOST_NAMES) {
              names.add(k + ":" + text);
            }
          });
      case String text when text.indexOf(':') > 0 && text.length() <= 2 * LONGEST_KEY ->
          names.add(text.strip());
      case null, default -> {}
    }
    return List.copyOf(names);
  }

  static @Nullable String plain(@Nullable Object value) {
    return switch (value) {
      case String text when !text.isBlank() -> text.strip();
      case Num number -> {
        var exact = number.value();
        yield exact == null ? number.text() : exact.stripTrailingZeros().toPlainString();
      }
      case null, default -> null;
    };
  }

  /// The party that a member names; what is no URI, such as a placeholder that nobody has filled
  /// in, is noted.
  static @Nullable String party(Members from, String member, Findings findings) {
    return party(from.raw(member), from.pointer(member), findings);
  }

  static @Nullable String party(@Nullable Object value, String pointer, Findings findings) {
    var party = party(value);
    var place = pointer;
    var said = value;
    if (value instanceof Map<?, ?> object) {
      var id = object.get("id") == null ? "@id" : "id";
      place = pointer + "/" + id;
      said = object.get(id);
    }
    boolean isSaid = said != null && said != Null.NULL && !said.equals("");
    if (isSaid && (party == null || !Text.isUri(party))) {
      findings.violation(
          place,
          "a party is named by an absolute URI",
          party == null ? "left out" : "kept as text");
    }
    return party;
  }

  /// The party that a text or an object names.
  static @Nullable String party(@Nullable Object value) {
    return switch (value) {
      case String text when !text.isBlank() -> text.strip();
      case Map<?, ?> object ->
          plain(object.get("id") == null ? object.get("@id") : object.get("id"));
      case null, default -> null;
    };
  }
}
