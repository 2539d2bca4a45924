package dev.porchlight.connector.events;

import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Findings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Leaves out of a JSON value what pointers point to.
final class Redaction {
  private Redaction() {}

  static String apply(String json, List<String> pointers) {
    Object value;
    try {
      value = BodyJson.parse(json.getBytes(StandardCharsets.UTF_8), new Findings());
    } catch (BodyJson.Unfit e) {
      throw new IllegalStateException("what was read before can't be read again", e);
    }
    for (var pointer : pointers) {
      leaveOut(value, pointer.substring(1).split("/", -1), 0);
    }
    return BodyJson.text(value);
  }

  private static void leaveOut(Object value, String[] steps, int at) {
    var step = steps[at].replace("~1", "/").replace("~0", "~");
    boolean last = at == steps.length - 1;
    switch (value) {
      case Map<?, ?> object -> {
        if (last) {
          object.remove(step);
        } else {
          var next = object.get(step);
          if (next != null) {
            leaveOut(next, steps, at + 1);
          }
        }
      }
      case List<?> list -> {
        if (step.equals("*")) {
          if (last) {
            list.clear();
          } else {
            list.forEach(item -> leaveOut(item, steps, at + 1));
          }
        } else if (step.matches("[0-9]{1,6}") && Integer.parseInt(step) < list.size()) {
          // An index is not shifted by what is left out before it: the place is emptied.
          if (!last) {
            leaveOut(list.get(Integer.parseInt(step)), steps, at + 1);
          } else {
            list.remove(Integer.parseInt(step));
          }
        }
      }
      default -> {}
    }
  }
}
