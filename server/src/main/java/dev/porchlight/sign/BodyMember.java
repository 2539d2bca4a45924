package dev.porchlight.sign;

import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Finds a top-level text member of a JSON object in the bytes as received, so that it can be
/// emptied or removed there without printing anything again. A parser tells where tokens begin and
/// end; what lies between two tokens can only be blanks, one comma or one colon, so the rest is
/// looking left and right.
sealed interface BodyMember {
  /// No such member.
  record Missing() implements BodyMember {}

  /// Not to be used, for that reason.
  record Unusable(Verdict.Reason reason) implements BodyMember {}

  /// The member.
  ///
  /// @param value decoded
  /// @param nameStart index of the quote before the name
  /// @param valueStart index of the quote before the value
  /// @param valueEnd index behind the quote after the value
  record Found(String value, int nameStart, int valueStart, int valueEnd) implements BodyMember {
    /// The body in which the value is the empty string.
    byte[] emptied(byte[] body) {
      return cut(body, valueStart + 1, valueEnd - 1);
    }

    /// The body without the member and one comma: the one before it, or, where it is the first, the
    /// one after it with the blanks behind that comma, which leaves what a printer would have
    /// written.
    byte[] without(byte[] body) {
      int before = nameStart - 1;
      while (isBlank(body[before])) {
        before--;
      }
      if (body[before] == ',') {
        return cut(body, before, valueEnd);
      }
      int after = valueEnd;
      while (isBlank(body[after])) {
        after++;
      }
      if (body[after] != ',') {
        return cut(body, nameStart, valueEnd);
      }
      after++;
      while (isBlank(body[after])) {
        after++;
      }
      return cut(body, nameStart, after);
    }
  }

  JsonFactory JSON = JsonFactory.builder().build();

  static BodyMember find(byte[] body, String name) {
    if (body.length > 0 && (body[0] & 0x80) != 0) {
      return new Unusable(Verdict.Reason.BODY_UNREADABLE); // a byte order mark; offsets would lie
    }
    BodyMember result = new Missing();
    try (var parser = JSON.createParser(ObjectReadContext.empty(), body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return new Unusable(Verdict.Reason.BODY_UNREADABLE);
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean wanted = parser.currentName().equals(name);
        long nameStart = parser.currentTokenLocation().getByteOffset();
        var token = parser.nextToken();
        if (!wanted) {
          parser.skipChildren();
          continue;
        }
        if (!(result instanceof Missing)) {
          return new Unusable(Verdict.Reason.AMBIGUOUS);
        }
        if (token == JsonToken.VALUE_NULL) {
          continue;
        }
        if (token != JsonToken.VALUE_STRING) {
          return new Unusable(Verdict.Reason.BODY_UNREADABLE);
        }
        result = found(parser, body, nameStart);
      }
      return parser.nextToken() == null ? result : new Unusable(Verdict.Reason.BODY_UNREADABLE);
    } catch (JacksonException e) {
      return new Unusable(Verdict.Reason.BODY_UNREADABLE);
    }
  }

  private static BodyMember found(JsonParser parser, byte[] body, long nameStart) {
    long valueStart = parser.currentTokenLocation().getByteOffset();
    var value = parser.getString();
    long valueEnd = parser.currentLocation().getByteOffset();
    boolean plausible =
        nameStart > 0
            && valueStart > nameStart
            && valueEnd > valueStart + 1
            && valueEnd <= body.length
            && body[(int) nameStart] == '"'
            && body[(int) valueStart] == '"'
            && body[(int) valueEnd - 1] == '"';
    // Otherwise the body is not in UTF-8, and the parser counts characters of another encoding.
    return plausible
        ? new Found(value, (int) nameStart, (int) valueStart, (int) valueEnd)
        : new Unusable(Verdict.Reason.BODY_UNREADABLE);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private static byte[] cut(byte[] body, int from, int to) {
    var rest = Arrays.copyOf(body, body.length - (to - from));
    System.arraycopy(body, to, rest, from, body.length - to);
    return rest;
  }
}
