package dev.porchlight.api;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The members of a body, asked for by name and type. An explicit null is the same as absent.
record Members(ObjectNode object) {
  static final int LONGEST_NAME = 200;
  private static final int MOST_TEXTS = 200;

  boolean has(String name) {
    return object.has(name);
  }

  Optional<String> text(String name) {
    var node = present(name);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isString()) {
      throw wrong(name, "a string");
    }
    return Optional.of(node.stringValue().strip()).filter(t -> !t.isEmpty());
  }

  /// A text that may be left out, and not be empty.
  ///
  /// @throws FaultException when it is there and empty
  Optional<String> filled(String name) {
    var text = text(name);
    if (text.isEmpty() && present(name) != null) {
      throw wrong(name, "left out, or say something");
    }
    return text;
  }

  String needText(String name) {
    return text(name)
        .orElseThrow(
            () -> new FaultException(Fault.BODY_INVALID, "The member `" + name + "` is needed."));
  }

  /// One line of text: no control characters, no more than `most` characters.
  Optional<String> line(String name, int most) {
    var text = text(name);
    if (text.isPresent()
        && (text.get().length() > most || text.get().chars().anyMatch(Character::isISOControl))) {
      throw wrong(name, "one line of at most " + most + " characters");
    }
    return text;
  }

  /// A name for people: one line of 1 to 200 characters.
  String needName(String name) {
    return line(name, LONGEST_NAME)
        .orElseThrow(
            () -> new FaultException(Fault.BODY_INVALID, "The member `" + name + "` is needed."));
  }

  Optional<Boolean> flag(String name) {
    var node = present(name);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isBoolean()) {
      throw wrong(name, "true or false");
    }
    return Optional.of(node.booleanValue());
  }

  Optional<Integer> number(String name, int least, int most) {
    var node = present(name);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isInt() || node.intValue() < least || node.intValue() > most) {
      throw wrong(name, "a whole number from " + least + " to " + most);
    }
    return Optional.of(node.intValue());
  }

  Optional<Set<String>> texts(String name) {
    var node = present(name);
    if (node == null) {
      return Optional.empty();
    }
    if (!(node instanceof ArrayNode array) || array.size() > MOST_TEXTS || !allTexts(array)) {
      throw wrong(name, "a list of at most " + MOST_TEXTS + " strings");
    }
    var texts = new LinkedHashSet<String>();
    array.forEach(n -> texts.add(n.stringValue()));
    return Optional.of(texts);
  }

  private static boolean allTexts(ArrayNode array) {
    for (var node : array) {
      if (!node.isString()) {
        return false;
      }
    }
    return true;
  }

  Optional<ObjectNode> object(String name) {
    var node = present(name);
    if (node == null) {
      return Optional.empty();
    }
    if (!(node instanceof ObjectNode found)) {
      throw wrong(name, "an object");
    }
    return Optional.of(found);
  }

  private @Nullable JsonNode present(String name) {
    var node = object.get(name);
    return node == null || node.isNull() ? null : node;
  }

  private static FaultException wrong(String name, String wanted) {
    return new FaultException(
        Fault.BODY_INVALID, "The member `" + name + "` must be " + wanted + ".");
  }
}
