package dev.porchlight.api;

import dev.porchlight.value.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the body of a request as a JSON object, and says what is wrong with it.
final class JsonBody {
  /// As at the doors of leads.
  private static final int DEEPEST = 64;

  /// Reads bodies: a member named twice is a mistake that must not pass in silence.
  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private JsonBody() {}

  /// The members of an object that has no others than these.
  static Members members(byte[] body, Set<String> known) {
    JsonNode tree;
    try {
      tree =
          STRICT.readTree(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      throw new FaultException(Fault.BODY_INVALID, "The body is not UTF-8.");
    } catch (StreamConstraintsException e) {
      throw new FaultException(
          Fault.BODY_INVALID,
          "The body is nested deeper than "
              + DEEPEST
              + " levels, or holds a number or a name that is too long.");
    } catch (JacksonException e) {
      throw new FaultException(
          Fault.BODY_INVALID, "The body is not JSON, or names a member twice.");
    }
    checkTexts("", tree);
    if (!(tree instanceof ObjectNode object)) {
      throw new FaultException(Fault.BODY_INVALID, "The body is not a JSON object.");
    }
    for (var name : object.propertyNames()) {
      if (!known.contains(name)) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "There is no member `"
                + name
                + (known.isEmpty()
                    ? "` here, nor any other: the body is `{}`, or none."
                    : "` here; there are "
                        + String.join(", ", known.stream().sorted().toList())
                        + "."));
      }
    }
    return new Members(object);
  }

  /// What no text holds is refused rather than kept as something else.
  private static void checkTexts(String pointer, JsonNode node) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(e -> {
            checkText(pointer, e.getKey());
            checkTexts(pointer + "/" + e.getKey(), e.getValue());
          });
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        checkTexts(pointer + "/" + i, array.get(i));
      }
    } else if (node.isString()) {
      checkText(pointer, node.stringValue());
    }
  }

  private static void checkText(String pointer, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "The text at `"
                + (pointer.isEmpty() ? "/" : pointer)
                + "` holds "
                + (c == 0 ? "NUL" : "half of a surrogate pair")
                + ", which is no character.");
      }
    }
  }

  /// An object without a look at what it holds; empty where there is none.
  static ObjectNode object(byte[] body) {
    try {
      return body.length > 0 && STRICT.readTree(body) instanceof ObjectNode object
          ? object
          : Json.object();
    } catch (JacksonException _) {
      return Json.object();
    }
  }
}
