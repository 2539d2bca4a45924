package dev.porchlight.connector.json;

import dev.porchlight.connector.Body;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/// A JSON value from a stranger, held as plain objects: `Map`, `List`, `String`, [Num], `Boolean`,
/// [Null]. Its own tree, and not Jackson's, because three things must be known that a tree forgets:
/// that a key came twice, how a number was written, and where text had to be mended. Numbers are
/// not computed before someone asks for one, and then only if they are of a size that can be meant:
/// `1e999999999` costs nothing.
public final class BodyJson {
  public static final int DEEPEST = 64;
  private static final int LONGEST_NUMBER = 150;
  private static final int MOST_DIGITS = 100;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(1000)
                  .maxNumberLength(1000)
                  .maxStringLength(64 << 20)
                  .maxNameLength(64 << 20)
                  .build())
          .build();

  private static final Pattern JSON_TYPE =
      Pattern.compile("application/(?:[a-z0-9.!#$&^_-]+\\+)?json", Pattern.CASE_INSENSITIVE);
  private static final Pattern UTF_8 = Pattern.compile("\"?utf-?8\"?", Pattern.CASE_INSENSITIVE);

  /// The JSON literal `null`.
  public enum Null {
    NULL
  }

  /// A number as it was written.
  public record Num(String text) {
    /// Its value, or null when it is beyond what a lead can mean (more than 100 digits written
    /// out).
    public @Nullable BigDecimal value() {
      return number(text);
    }
  }

  /// Why bytes are no JSON that we take.
  public static final class Unfit extends Exception {
    private static final long serialVersionUID = 1;
    private final boolean tooDeep;

    Unfit(String reason, boolean tooDeep) {
      super(reason, null, false, false);
      this.tooDeep = tooDeep;
    }

    /// True when the body is nested deeper than we read.
    public boolean isTooDeep() {
      return tooDeep;
    }

    /// One sentence for the sender.
    public String reason() {
      return String.valueOf(getMessage());
    }
  }

  private final JsonParser parser;
  private final Findings findings;
  // The steps to the value at hand: keys and indexes. Made into a pointer only when something is
  // found.
  private final List<Object> steps = new ArrayList<>();

  private BodyJson(JsonParser parser, Findings findings) {
    this.parser = parser;
    this.findings = findings;
  }

  /// The JSON value that a body is. A lead is not lost for what a sender calls it, so another media
  /// type than JSON's, or another charset than UTF-8, is among the findings like all that had to be
  /// mended on the way.
  ///
  /// @throws Unfit when the bytes are none
  public static Object parse(Body body, Findings findings) throws Unfit {
    if (!body.contentType().isBlank() && !isJson(body.contentType())) {
      findings.violation("", "the Content-Type of a body is application/json", "read as JSON");
    }
    return parse(body.bytes(), findings);
  }

  /// Whether a media type is JSON's. Its parameters don't matter, but a charset: JSON is in UTF-8.
  /// They are taken one by one, since a pattern that repeats a group recurses for each.
  private static boolean isJson(String type) {
    var parts = type.split(";", -1);
    return JSON_TYPE.matcher(parts[0].strip()).matches()
        && Arrays.stream(parts).skip(1).noneMatch(BodyJson::isOtherCharset);
  }

  private static boolean isOtherCharset(String parameter) {
    int equals = parameter.indexOf('=');
    return equals >= 0
        && parameter.substring(0, equals).strip().equalsIgnoreCase("charset")
        && !UTF_8.matcher(parameter.substring(equals + 1).strip()).matches();
  }

  /// The JSON value that the bytes are; what had to be mended on the way is among the findings.
  ///
  /// @throws Unfit when they are none
  public static Object parse(byte[] bytes, Findings findings) throws Unfit {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      throw new Unfit("The body is not UTF-8.", false);
    }
    if (text.startsWith("\uFEFF")) {
      findings.violation("", "JSON text has no byte order mark", "left out");
      text = text.substring(1);
    }
    try (var parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == null) {
        throw new Unfit("The body is empty.", false);
      }
      var value = new BodyJson(parser, findings).value(1);
      if (parser.nextToken() != null) {
        var at = parser.currentTokenLocation();
        throw new Unfit(
            "The body goes on after its JSON value: line %d, column %d."
                .formatted(at.getLineNr(), at.getColumnNr()),
            false);
      }
      return value;
    } catch (StreamConstraintsException _) {
      throw new Unfit("A number in the body has more than 1000 digits.", false);
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw new Unfit(
          at == null
              ? "The body is not JSON."
              : "The body is not JSON: line %d, column %d."
                  .formatted(at.getLineNr(), at.getColumnNr()),
          false);
    }
  }

  /// The text of one member as found by its path, or null; any fault ends the search, not the
  /// caller. With a key that comes twice the last counts, as in [#parse].
  public static @Nullable String peek(byte[] bytes, List<String> path) {
    String found = null;
    var text = new String(bytes, StandardCharsets.UTF_8);
    try (var parser =
        FACTORY.createParser(
            ObjectReadContext.empty(), text.startsWith("\uFEFF") ? text.substring(1) : text)) {
      int depth = 0;
      int matched = 0;
      String name = "";
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        switch (token) {
          case START_OBJECT, START_ARRAY -> {
            if (depth > 0
                && matched == depth - 1
                && matched < path.size()
                && name.equals(path.get(matched))
                && token == JsonToken.START_OBJECT) {
              matched++;
              found = null;
            }
            depth++;
            name = "";
          }
          case END_OBJECT, END_ARRAY -> {
            depth--;
            matched = Math.min(matched, Math.max(0, depth - 1));
            name = "";
          }
          case PROPERTY_NAME -> name = parser.currentName();
          case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE -> {
            if (depth == path.size() && matched == depth - 1 && name.equals(path.getLast())) {
              var id = Text.clean(parser.getString()).strip();
              found = id.isEmpty() ? null : id;
            }
          }
          default -> {}
        }
      }
    } catch (RuntimeException _) {
      return found;
    }
    return found;
  }

  private Object value(int depth) throws Unfit {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(depth);
      case START_ARRAY -> array(depth);
      case VALUE_STRING -> clean(parser.getString());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Num(parser.getString());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> Null.NULL;
      default -> throw new Unfit("The body is not JSON.", false);
    };
  }

  private Map<String, Object> object(int depth) throws Unfit {
    refuseBelow(depth);
    var object = new LinkedHashMap<String, Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      steps.addLast(parser.currentName());
      var name = clean(parser.currentName());
      parser.nextToken();
      if (object.put(name, value(depth + 1)) != null) {
        findings.violation(pointer(), "a key stands once in an object", "the last value is taken");
      }
      steps.removeLast();
    }
    return object;
  }

  private List<Object> array(int depth) throws Unfit {
    refuseBelow(depth);
    var array = new ArrayList<Object>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      steps.addLast(array.size());
      array.add(value(depth + 1));
      steps.removeLast();
    }
    return array;
  }

  private static void refuseBelow(int depth) throws Unfit {
    if (depth > DEEPEST) {
      throw new Unfit("The body is nested deeper than " + DEEPEST + " levels.", true);
    }
  }

  private String clean(String text) {
    var clean = Text.clean(text);
    if (!clean.equals(text)) {
      findings.violation(
          pointer(),
          "text is of whole characters without NUL",
          "each that is none is read as U+FFFD");
    }
    return clean;
  }

  private String pointer() {
    var pointer = new StringBuilder();
    for (var step : steps) {
      pointer.append('/').append(escape(Text.clean(step.toString())));
      if (pointer.length() > 4000) {
        break;
      }
    }
    return pointer.toString();
  }

  /// One step of a JSON pointer (RFC 6901).
  public static String escape(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }

  /// The number that the text is, or null when it is none or beyond what can be meant.
  public static @Nullable BigDecimal number(String text) {
    if (text.length() > LONGEST_NUMBER) {
      return null;
    }
    try {
      var number = new BigDecimal(text);
      if (number.signum() == 0) {
        return BigDecimal.ZERO;
      }
      return Math.abs((long) number.scale()) > MOST_DIGITS || number.precision() > MOST_DIGITS
          ? null
          : number;
    } catch (NumberFormatException _) {
      return null;
    }
  }

  /// The value as compact JSON, numbers as they were written.
  public static String text(Object value) {
    var writer = new StringWriter();
    try (var generator = FACTORY.createGenerator(ObjectWriteContext.empty(), writer)) {
      print(value, generator);
    }
    return writer.toString();
  }

  private static void print(Object value, JsonGenerator to) {
    switch (value) {
      case Map<?, ?> object -> {
        to.writeStartObject();
        for (var entry : object.entrySet()) {
          to.writeName((String) entry.getKey());
          print(entry.getValue(), to);
        }
        to.writeEndObject();
      }
      case List<?> array -> {
        to.writeStartArray();
        for (var item : array) {
          print(item, to);
        }
        to.writeEndArray();
      }
      case String string -> to.writeString(string);
      case Num(var digits) -> to.writeNumber(digits);
      case Boolean flag -> to.writeBoolean(flag);
      default -> to.writeNull();
    }
  }

  /// Hex SHA-256 of the value in a form in which equal values are equal: keys sorted, numbers by
  /// value, the top-level member `without` left out. Texts carry their length, so nothing can be
  /// shifted from one to the next.
  public static String fingerprint(Map<String, Object> root, String without) {
    var form = new StringBuilder(2048);
    canonical(root, without, form);
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(form.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void canonical(Object value, String without, StringBuilder to) {
    switch (value) {
      case Map<?, ?> object -> {
        var keys = object.keySet().toArray(new String[0]);
        Arrays.sort(keys);
        to.append('{');
        for (var key : keys) {
          var member = object.get(key);
          if (member != null && !key.equals(without)) {
            to.append(key.length()).append(':').append(key);
            canonical(member, "", to);
          }
        }
        to.append('}');
      }
      case List<?> array -> {
        to.append('[');
        for (var item : array) {
          canonical(item, "", to);
        }
        to.append(']');
      }
      case String string -> to.append('"').append(string.length()).append(':').append(string);
      case Num(var text) -> number(text, to);
      case Boolean flag -> to.append(flag ? 't' : 'f');
      default -> to.append('n');
    }
  }

  /// Significant digits and exponent, by text alone: linear, whatever the exponent.
  private static void number(String text, StringBuilder to) {
    boolean negative = text.startsWith("-");
    int e = Math.max(text.indexOf('e'), text.indexOf('E'));
    var mantissa = text.substring(negative ? 1 : 0, e < 0 ? text.length() : e);
    int point = mantissa.indexOf('.');
    var digits =
        point < 0 ? mantissa : mantissa.substring(0, point) + mantissa.substring(point + 1);
    int fraction = point < 0 ? 0 : mantissa.length() - point - 1;
    int from = 0;
    int until = digits.length();
    while (from < until && digits.charAt(from) == '0') {
      from++;
    }
    while (until > from && digits.charAt(until - 1) == '0') {
      until--;
    }
    if (from == until) {
      to.append("#0;");
      return;
    }
    to.append('#').append(negative ? "-" : "").append(digits, from, until).append('e');
    var exponent = e < 0 ? "0" : text.substring(e + 1);
    try {
      to.append(Math.addExact(Long.parseLong(exponent), digits.length() - until - (long) fraction));
    } catch (NumberFormatException | ArithmeticException _) {
      to.append('?').append(text);
    }
    to.append(';');
  }
}
