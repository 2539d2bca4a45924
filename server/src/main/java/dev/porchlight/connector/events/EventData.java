package dev.porchlight.connector.events;

import dev.porchlight.connector.json.BodyJson.Null;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Members;
import dev.porchlight.connector.json.Times;
import dev.porchlight.value.Moment;
import dev.porchlight.value.Topic;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What an event says, as far as it is about people.
///
/// @param root the whole event
/// @param data its data
/// @param findings what breaks the contract's table
record EventData(Topic topic, Map<String, Object> root, Members data, Findings findings) {
  static EventData of(Topic topic, Map<String, Object> root, Map<?, ?> data, Findings findings) {
    return new EventData(topic, root, members(typed(data), "/data", findings), findings);
  }

  static Members members(Map<String, Object> map, String pointer, Findings findings) {
    return new Members(map, pointer, "", _ -> true, findings);
  }

  @SuppressWarnings("unchecked") // BodyJson makes no others
  static Map<String, Object> typed(Map<?, ?> object) {
    return (Map<String, Object>) object;
  }

  String group() {
    return topic.group();
  }

  /// Empty where there is none.
  String action() {
    return Objects.requireNonNullElse(topic.action(), "");
  }

  /// The consumer of a website's event; what is null there is absent.
  Members visitor() {
    if (!(data.raw("agent") instanceof Map<?, ?> agent)) {
      if (data.raw("agent") != null) {
        data.refuse("agent", "the agent of a website's event is the visitor");
      }
      data.pass("agent");
      return members(Map.of(), "/data/agent", findings);
    }
    data.pass("agent");
    var said = new LinkedHashMap<String, Object>();
    typed(agent)
        .forEach((name, value) -> {
          if (value != Null.NULL) {
            said.put(name, value);
          }
        });
    return members(said, "/data/agent", findings);
  }

  static @Nullable Moment time(Members object, String name) {
    var text = object.text(name);
    if (text == null) {
      return null;
    }
    var time = Times.parse(text);
    if (time == null) {
      object.refuse(name, "a time is RFC 3339 text");
      return null;
    }
    if (!time.byContract()) {
      object.note(
          name,
          "a time is RFC 3339 text with a zone",
          time.moment().zoneAssumed() ? "read as UTC" : "read as " + time.moment().at());
    }
    return time.moment();
  }
}
