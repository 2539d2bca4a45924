package dev.porchlight.value;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// JSON as we keep and show it: members in snake_case, absent ones left out, unknown ones ignored
/// when read, so that an older release reads what a newer one wrote.
public final class Json {
  /// How large anything may be that is read back: whatever we may have written, and so no bound but
  /// memory's, and for numbers the time that they take. Bounds on what strangers send are for those
  /// who read strangers, and are narrower than these by far.
  private static final StreamReadConstraints OURS =
      StreamReadConstraints.builder()
          .maxNestingDepth(2 * StreamWriteConstraints.DEFAULT_MAX_DEPTH)
          .maxNumberLength(10 * StreamReadConstraints.DEFAULT_MAX_NUM_LEN)
          .maxStringLength(Integer.MAX_VALUE)
          .maxNameLength(Integer.MAX_VALUE)
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(OURS).build())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .changeDefaultPropertyInclusion(v -> v.withValueInclusion(JsonInclude.Include.NON_NULL))
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private Json() {}

  /// The mapper itself, for trees and streams. It reads what we wrote, however large.
  public static JsonMapper mapper() {
    return MAPPER;
  }

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /// @throws IllegalArgumentException when that can't be written
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("can't be written as JSON", e);
    }
  }

  /// @throws IllegalArgumentException when the text is no such JSON
  public static <T> T read(String text, Class<T> type) {
    try {
      return MAPPER.readValue(text, type);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not the JSON of a " + type.getSimpleName(), e);
    }
  }

  /// @throws IllegalArgumentException when the text is not JSON
  public static JsonNode tree(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
