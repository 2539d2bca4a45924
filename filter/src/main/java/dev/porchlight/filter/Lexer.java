package dev.porchlight.filter;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Cuts a filter into tokens, one at a time, going over each character once. [#kind] and its
/// companions describe the current token; [#advance] goes to the next.
final class Lexer {
  enum Kind {
    END("the end of the filter"),
    OPEN("an opening parenthesis"),
    CLOSE("a closing parenthesis"),
    COMMA("a comma"),
    MINUS("a minus sign"),
    ATTRIBUTE("an attribute"),
    WORD("a function"),
    LITERAL("a value"),
    NULL("null"),
    EQ("an operator"),
    NE("an operator"),
    GT("an operator"),
    GE("an operator"),
    LT("an operator"),
    LE("an operator"),
    BT("an operator"),
    AND("a conjunction"),
    OR("a conjunction"),
    NOT("Not"),
    ADD("an arithmetic operator"),
    SUB("an arithmetic operator"),
    MUL("an arithmetic operator"),
    DIV("an arithmetic operator"),
    MOD("an arithmetic operator");

    private final String description;

    Kind(String description) {
      this.description = description;
    }

    String description() {
      return description;
    }
  }

  private static final int SHOWN = 100;
  private static final BigDecimal LARGEST = BigDecimal.ONE.scaleByPowerOfTen(128);
  private static final int NUMBER_LENGTH = 200;

  private final String text;
  private Kind kind = Kind.END;
  private int start;
  private int end;
  private Value.@Nullable Scalar value;
  private String word = "";
  private long steps;

  Lexer(String text) {
    this.text = text;
  }

  Kind kind() {
    steps++;
    return kind;
  }

  /// How much has been done so far: characters gone over, and looks at tokens. Whoever read
  /// anything twice would look at its tokens twice.
  long steps() {
    return steps + end;
  }

  /// Where the current token begins.
  int start() {
    return start;
  }

  /// The value of a literal.
  Value.Scalar value() {
    if (value == null) {
      throw new IllegalStateException("not a literal: " + kind);
    }
    return value;
  }

  /// The text of an attribute or a word.
  String word() {
    return word;
  }

  /// The current token as it was written.
  String token() {
    return shown(start, end);
  }

  String shown(int from, int to) {
    int stop = Math.min(to, from + SHOWN);
    if (stop < to && stop > from && Character.isHighSurrogate(text.charAt(stop - 1))) {
      stop--;
    }
    return text.substring(from, stop).stripTrailing();
  }

  FilterException fail(int from, int to, String message) {
    return new FilterException(
        List.of(
            new FilterError(
                FilterError.INVALID, shown(from, to), from, FilterError.Status.FATAL, message)));
  }

  FilterException fail(String message) {
    return fail(start, end, message);
  }

  void advance() {
    int at = end;
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    start = at;
    end = at;
    value = null;
    if (at == text.length()) {
      kind = Kind.END;
      return;
    }
    char c = text.charAt(at);
    end = at + 1;
    switch (c) {
      case '(' -> kind = Kind.OPEN;
      case ')' -> kind = Kind.CLOSE;
      case ',' -> kind = Kind.COMMA;
      case '\'' -> quoted();
      case '"' -> custom();
      case '-' -> {
        if (end < text.length() && isDigit(text.charAt(end))) {
          number();
        } else {
          kind = Kind.MINUS;
        }
      }
      default -> {
        if (isDigit(c)) {
          number();
        } else if (isLetter(c)) {
          classify();
        } else {
          throw stray(c);
        }
      }
    }
  }

  private FilterException stray(char c) {
    if (Character.isHighSurrogate(c) && end < text.length()) {
      end++;
    }
    return fail(
        switch (c) {
          case '\n', '\r' -> "A line break is not allowed here. Separate words with blanks.";
          case '=', '!', '<', '>' ->
              "There are no symbol operators. Write Eq, Ne, Gt, Ge, Lt or Le.";
          case '+', '*', '/', '%' ->
              "There are no symbol operators. Write Add, Sub, Mul, Div or Mod.";
          case '&', '|' -> "There are no symbol operators. Write And or Or.";
          case '.', '_' -> "An attribute is a capital letter, then letters and digits only.";
          case ';', '[', ']', '{', '}' ->
              "This character has no meaning here. Lists are separated by commas and need no"
                  + " brackets.";
          default -> "This character has no meaning here. Text goes between single quotes.";
        });
  }

  private void quoted() {
    StringBuilder unescaped = null;
    int from = end;
    while (end < text.length()) {
      char c = text.charAt(end);
      if (c == '\'') {
        String run = text.substring(from, end);
        end++;
        kind = Kind.LITERAL;
        value = new Value.Text(unescaped == null ? run : unescaped.append(run).toString());
        if (end < text.length() && text.charAt(end) == '\'') {
          throw fail("A quote inside a text is written \\', not as two quotes.");
        }
        return;
      }
      if (c == '\\' && end + 1 < text.length() && text.charAt(end + 1) == '\'') {
        if (unescaped == null) {
          unescaped = new StringBuilder();
        }
        unescaped.append(text, from, end);
        from = end + 1;
        end += 2;
        continue;
      }
      if (c == 0) {
        throw fail("A text cannot hold the character U+0000.");
      }
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && end + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(end + 1));
        if (!pair) {
          throw fail("A text holds half of a character (an unpaired surrogate).");
        }
        end++;
      }
      end++;
    }
    throw fail("A quote is opened here and never closed. A quote inside a text is written \\'.");
  }

  private void custom() {
    label();
    if (end < text.length() && text.charAt(end) == '.') {
      end++;
      if (end < text.length() && text.charAt(end) == '"') {
        end++;
        label();
        kind = Kind.ATTRIBUTE;
        word = text.substring(start, end);
        return;
      }
    }
    throw fail(
        "A custom field is \"Group label\".\"Field label\". Text goes between single quotes.");
  }

  private void label() {
    int from = end;
    while (end < text.length() && text.charAt(end) != '"') {
      char c = text.charAt(end);
      if (c == '.' || c == '\n' || c == '\r' || (c == '$' && end == from)) {
        end++;
        throw fail("A label of a custom field cannot begin with $ nor hold a dot or a line break.");
      }
      end++;
    }
    if (end == text.length()) {
      throw fail("A double quote is opened here and never closed.");
    }
    if (end++ == from) {
      throw fail("A label of a custom field cannot be empty.");
    }
  }

  private void classify() {
    while (end < text.length() && isWordPart(text.charAt(end))) {
      end++;
    }
    word = text.substring(start, end);
    Kind keyword = word.length() <= 3 ? keyword() : null;
    if (keyword != null) {
      kind = keyword;
    } else if (word.startsWith("Null") || word.startsWith("NULL") || word.startsWith("null")) {
      if (word.length() > 4) {
        throw fail("A word that begins with Null is read as null; no attribute can be named so.");
      }
      kind = Kind.NULL;
    } else if (word.equals("true") || word.equals("false")) {
      kind = Kind.LITERAL;
      value = new Value.Flag(word.equals("true"));
    } else {
      boolean attribute = isUpper(word.charAt(0));
      if (attribute && end < text.length() && isUnderscoreOrDot(text.charAt(end))) {
        end++;
        throw fail("An attribute is a capital letter, then letters and digits only.");
      }
      kind = attribute ? Kind.ATTRIBUTE : Kind.WORD;
    }
  }

  private static boolean isUnderscoreOrDot(char c) {
    return c == '_' || c == '.';
  }

  private @Nullable Kind keyword() {
    char a = lower(0);
    char b = lower(1);
    if (word.length() == 2) {
      return switch (a) {
        case 'e' -> b == 'q' ? Kind.EQ : null;
        case 'n' -> b == 'e' ? Kind.NE : null;
        case 'g' -> b == 't' ? Kind.GT : b == 'e' ? Kind.GE : null;
        case 'l' -> b == 't' ? Kind.LT : b == 'e' ? Kind.LE : null;
        case 'b' -> b == 't' ? Kind.BT : null;
        case 'o' -> b == 'r' ? Kind.OR : null;
        default -> null;
      };
    }
    char c = lower(2);
    return switch (a) {
      case 'a' -> b == 'n' && c == 'd' ? Kind.AND : b == 'd' && c == 'd' ? Kind.ADD : null;
      case 'n' -> b == 'o' && c == 't' ? Kind.NOT : null;
      case 's' -> b == 'u' && c == 'b' ? Kind.SUB : null;
      case 'm' -> b == 'u' && c == 'l' ? Kind.MUL : b == 'o' && c == 'd' ? Kind.MOD : null;
      case 'd' -> b == 'i' && c == 'v' ? Kind.DIV : null;
      default -> null;
    };
  }

  private char lower(int index) {
    return index < word.length() ? (char) (word.charAt(index) | 0x20) : 0;
  }

  /// Reads what begins with a digit, or with a minus sign and a digit: a number, a date, a datetime
  /// or a time.
  private void number() {
    int digits = text.charAt(start) == '-' ? start + 1 : start;
    end = digits;
    skipDigits();
    char next = peek();
    boolean unsigned = digits == start;
    kind = Kind.LITERAL;
    if (unsigned && next == '-' && end - digits == 4) {
      date();
    } else if (unsigned && next == ':' && end - digits == 2) {
      value = new Value.TimeOfDay(time(start));
    } else if (next == '.') {
      decimal();
    } else {
      try {
        value = new Value.Whole(Long.parseLong(text, start, end, 10));
      } catch (NumberFormatException _) {
        throw fail("This integer does not fit in 64 bits.");
      }
    }
    if (end < text.length()
        && (isWordPart(text.charAt(end)) || ":.-".indexOf(text.charAt(end)) >= 0)) {
      int from = start;
      while (end < text.length()
          && (isWordPart(text.charAt(end)) || ":.-".indexOf(text.charAt(end)) >= 0)) {
        end++;
      }
      throw fail(
          from,
          end,
          "This is no number, date or time. Write 5, 5.25, 2026-01-31, 2026-01-31T09:30:00Z or"
              + " 09:30, and text between single quotes.");
    }
  }

  private void decimal() {
    end++;
    int fraction = end;
    skipDigits();
    if (end == fraction) {
      throw fail("A decimal needs a digit after its point.");
    }
    if (peek() == 'E' || peek() == 'e') {
      int digits = end + 1;
      if (digits < text.length() && text.charAt(digits) == '-') {
        digits++;
      }
      int stop = digits;
      while (stop < text.length() && isDigit(text.charAt(stop))) {
        stop++;
      }
      if (stop == digits || stop > digits + 2) {
        end = Math.max(stop, end + 1);
        throw fail("An exponent is E or e, a minus sign if need be, and one or two digits.");
      }
      end = stop;
    }
    if (end - start > NUMBER_LENGTH) {
      throw fail(
          "This number is too long: a decimal has at most " + NUMBER_LENGTH + " characters.");
    }
    value = new Value.Decimal(new BigDecimal(text.substring(start, end)));
  }

  /// A number that arithmetic may go on with.
  static boolean tooLarge(BigDecimal number) {
    return number.abs().compareTo(LARGEST) > 0;
  }

  private void date() {
    int year = two(start) * 100 + two(start + 2);
    int month = two(start + 5);
    end = start + 10;
    if (end > text.length()
        || year < 0
        || month < 0
        || text.charAt(start + 7) != '-'
        || two(start + 8) < 0) {
      end = Math.min(end, text.length());
      throw fail("A date is written YYYY-MM-DD.");
    }
    LocalDate day;
    try {
      day = LocalDate.of(year, month, two(start + 8));
    } catch (DateTimeException _) {
      throw fail("There is no such day.");
    }
    if (peek() != 'T') {
      value = new Value.Day(day);
      return;
    }
    end++;
    LocalTime time = time(end);
    value = new Value.Moment(day.atTime(time).toInstant(zone()));
  }

  private LocalTime time(int from) {
    int hour = two(from);
    int minute = two(from + 3);
    end = Math.min(from + 5, text.length());
    if (hour < 0 || minute < 0 || text.charAt(from + 2) != ':') {
      throw fail("A time is written hh:mm, hh:mm:ss or hh:mm:ss.fff.");
    }
    int second = 0;
    int nano = 0;
    if (peek() == ':') {
      second = two(end + 1);
      end = Math.min(end + 3, text.length());
      if (second < 0) {
        throw fail("A time is written hh:mm, hh:mm:ss or hh:mm:ss.fff.");
      }
      if (peek() == '.') {
        end++;
        int fraction = end;
        skipDigits();
        int digits = end - fraction;
        if (digits == 0 || digits > 50) {
          throw fail("A fraction of a second has 1 to 50 digits.");
        }
        for (int i = 0; i < 9; i++) {
          nano = nano * 10 + (i < digits ? text.charAt(fraction + i) - '0' : 0);
        }
      }
    }
    try {
      return LocalTime.of(hour, minute, second, nano);
    } catch (DateTimeException _) {
      throw fail("There is no such time of day.");
    }
  }

  private ZoneOffset zone() {
    char sign = peek();
    if (sign == 'Z') {
      end++;
      return ZoneOffset.UTC;
    }
    if (sign != '+' && sign != '-') {
      return ZoneOffset.UTC;
    }
    int hours = two(end + 1);
    int at = end + 3;
    if (at < text.length() && text.charAt(at) == ':') {
      at++;
    }
    int minutes = two(at);
    if (hours < 0 || minutes < 0) {
      end = Math.min(at + 2, text.length());
      throw fail("A zone is written Z, +hh:mm or +hhmm.");
    }
    end = at + 2;
    if (minutes > 59 || hours * 60 + minutes > 18 * 60) {
      throw fail("A zone is at most 18 hours from UTC.");
    }
    int total = hours * 60 + minutes;
    return ZoneOffset.ofTotalSeconds((sign == '-' ? -total : total) * 60);
  }

  /// The number that two digits make, or a negative one when there are no two digits.
  private int two(int at) {
    if (at + 1 >= text.length() || !isDigit(text.charAt(at)) || !isDigit(text.charAt(at + 1))) {
      return Integer.MIN_VALUE / 1000;
    }
    return (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
  }

  private void skipDigits() {
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
  }

  private char peek() {
    return end < text.length() ? text.charAt(end) : 0;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  private static boolean isLetter(char c) {
    return isUpper(c) || (c >= 'a' && c <= 'z');
  }

  private static boolean isWordPart(char c) {
    return isLetter(c) || isDigit(c);
  }
}
