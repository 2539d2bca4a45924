package dev.porchlight.connector.realtor;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Bodies that a schema allows, odd ones included, and the form in which two of them say the same.
final class AnyBody {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private final Random random;

  AnyBody(Random random) {
    this.random = random;
  }

  ObjectNode object(JsonNode schema, boolean top) {
    var out = NODES.objectNode();
    var required =
        StreamSupport.stream(schema.path("required").spliterator(), false)
            .map(JsonNode::stringValue)
            .toList();
    for (var entry : schema.get("properties").properties()) {
      if (required.contains(entry.getKey()) || random.nextInt(3) > 0) {
        out.set(
            entry.getKey(),
            top && entry.getKey().equals("lead_id")
                ? NODES.stringNode("L-" + random.nextInt(99))
                : value(entry.getValue()));
      }
    }
    if (random.nextInt(3) == 0) {
      out.put("x_unknown", 7).putObject("x_more~/").putArray("list").add(1.50).addNull();
    }
    return out;
  }

  private JsonNode value(JsonNode schema) {
    if (schema.has("enum")) {
      var values = schema.get("enum");
      return values.get(random.nextInt(values.size()));
    }
    return switch (schema.get("type").stringValue()) {
      case "object" ->
          random.nextInt(9) == 0 && !schema.has("required")
              ? NODES.objectNode()
              : object(schema, false);
      case "boolean" -> NODES.booleanNode(random.nextBoolean());
      case "integer" ->
          NODES.numberNode(
              pick(
                  new BigDecimal(random.nextInt(9000)),
                  new BigDecimal("3.0"),
                  new BigDecimal("-1"),
                  BigDecimal.ZERO));
      case "number" ->
          NODES.numberNode(
              schema.has("maximum")
                  ? pick(
                      BigDecimal.ZERO,
                      BigDecimal.ONE,
                      new BigDecimal("0.50"),
                      new BigDecimal(random.nextInt(1000)).movePointLeft(3))
                  : pick(
                      BigDecimal.ZERO,
                      new BigDecimal("0.0"),
                      new BigDecimal("1E+3"),
                      new BigDecimal(random.nextInt()).movePointLeft(random.nextInt(5))));
      default ->
          NODES.stringNode(
              switch (schema.path("format").asString("")) {
                case "email" ->
                    pick(
                        "ana@example.com",
                        "a.b+c'd@mail.example.org",
                        "x_y@sub-domain.example.net",
                        "ana@move.com",
                        "\"a.b\"@example.com");
                case "uri" ->
                    pick(
                        "https://www.example.com/a/b?c=d#e",
                        "http://example.org",
                        "mailto:a@example.com");
                case "date-time" ->
                    pick(
                        "2026-03-14T09:26:53Z",
                        "2026-03-14t09:26:53.123456789z",
                        "2026-03-14T23:26:53.5-11:30",
                        "2026-01-01T00:00:00+00:00",
                        "1999-12-31T23:59:59-00:00");
                default ->
                    pick(
                        "",
                        "  ",
                        " padded ",
                        "word",
                        "Zoë 李 🏡",
                        "true",
                        "12",
                        "1 Leadstraining Ave",
                        "00003",
                        "quote\" \\ \n line");
              });
    };
  }

  /// The declared members alone: blanks trimmed; empty strings, empty objects, nulls and 0/0
  /// absent; times as instants; numbers by value; no signature.
  static JsonNode normal(JsonNode body, JsonNode schema) {
    var out = NODES.objectNode();
    for (var entry : schema.get("properties").properties()) {
      var value = body.get(entry.getKey());
      if (value == null || value.isNull() || entry.getKey().equals("digital_signature")) {
        continue;
      }
      if (value.isObject()) {
        var below = normal(value, entry.getValue());
        if (!below.isEmpty()) {
          out.set(entry.getKey(), below);
        }
      } else if (value.isNumber()) {
        var number = value.decimalValue();
        out.put(
            entry.getKey(),
            number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString());
      } else if (value.isString()) {
        var text = value.stringValue().strip();
        if (entry.getValue().path("format").asString("").equals("date-time")) {
          text =
              java.time.OffsetDateTime.parse(text.toUpperCase(java.util.Locale.ROOT))
                  .toInstant()
                  .toString();
        }
        if (!text.isEmpty()) {
          out.put(entry.getKey(), text);
        }
      } else {
        out.set(entry.getKey(), value);
      }
    }
    if (List.of("0").equals(List.of(out.path("latitude").asString("")))
        && out.path("longitude").asString("").equals("0")) {
      out.remove("latitude");
      out.remove("longitude");
    }
    return out;
  }

  @SafeVarargs
  private <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }
}
