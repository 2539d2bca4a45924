package dev.porchlight.connector.json;

import dev.porchlight.connector.json.BodyJson.Null;
import dev.porchlight.connector.json.BodyJson.Num;
import dev.porchlight.value.Money;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The members of one object of a body, read tolerantly: each way to take one gives a value or
/// null, and notes what broke the contract. What nobody took ends up among the extras. For one
/// thread.
///
/// `declares` knows the members of the contract's message by their dotted paths; what it does not
/// declare is not taken by name. With null the object is native: no contract is broken by what is
/// empty, null, padded with blanks or a number in a string, so that passes without a word.
public final class Members {
  private static final Pattern WITH_COMMAS = Pattern.compile("\\d{1,3}(,\\d{3})+(\\.\\d+)?");
  private static final Pattern PLAIN =
      Pattern.compile("[+-]?(\\d{1,120}(\\.\\d{0,120})?|\\.\\d{1,120})");

  private final Map<String, Object> members;
  private final String pointer;
  private final String path;
  private final @Nullable Predicate<String> declares;
  private final Findings findings;
  private final Set<String> taken = new HashSet<>();

  /// The members of an object.
  ///
  /// @param pointer where it is in the body, as a JSON pointer
  /// @param path where it is in the contract, dotted, with a dot at the end unless empty
  public Members(
      Map<String, Object> members,
      String pointer,
      String path,
      @Nullable Predicate<String> declares,
      Findings findings) {
    this.members = members;
    this.pointer = pointer;
    this.path = path;
    this.declares = declares;
    this.findings = findings;
  }

  public boolean isEmpty() {
    return members.isEmpty();
  }

  public boolean has(String key) {
    return members.containsKey(key);
  }

  public String pointer(String key) {
    return pointer + "/" + BodyJson.escape(key);
  }

  /// Takes a member and forgets it.
  public void pass(String key) {
    taken.add(key);
  }

  /// Keeps a member among the extras, whatever it holds.
  public void keep(String key) {
    var value = members.get(key);
    if (value != null) {
      taken.add(key);
      if (declares != null || !isNothing(value)) {
        findings.extra(pointer(key), value);
      }
    }
  }

  /// Keeps all that nobody took.
  public void keepRest() {
    for (var key : members.keySet()) {
      if (!taken.contains(key)) {
        keep(key);
      }
    }
  }

  /// The text of a member, without the blanks around it; a number or a truth as a word.
  public @Nullable String text(String key) {
    return switch (take(key)) {
      case null -> null;
      case Null _ -> {
        nothing(key, "a string", "null");
        yield null;
      }
      case String sent -> {
        var text = sent.strip();
        if (text.isEmpty()) {
          nothing(key, "a value or no member", "an empty string");
          yield null;
        }
        // What someone wrote often ends in a line break; that is how people write, and no fault.
        if (text.length() != sent.length() && !key.equals("message")) {
          wink(key, "no blanks around a value", "trimmed");
        }
        yield text;
      }
      case Num(var digits) -> {
        wink(key, "a string", "the number is taken as text");
        yield digits;
      }
      case Boolean flag -> {
        note(key, "a string", "the value is taken as text");
        yield flag.toString();
      }
      default -> {
        wrong(key, "a string");
        yield null;
      }
    };
  }

  /// A text, a number or a truth as a word, whichever it is.
  public @Nullable String word(String key) {
    if (members.get(key) instanceof Boolean flag) {
      taken.add(key);
      return flag.toString();
    }
    return text(key);
  }

  /// A ZIP code; one that was sent as a number gets its leading zeros back.
  public @Nullable String zip(String key) {
    if (declared(key)
        && members.get(key) instanceof Num(var digits)
        && digits.length() < 5
        && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      taken.add(key);
      note(key, "a string of five digits", "the number is taken, its leading zeros put back");
      return "0".repeat(5 - digits.length()) + digits;
    }
    return text(key);
  }

  /// A number, from a string too.
  public @Nullable BigDecimal number(String key) {
    var value = take(key);
    return switch (value) {
      case null -> null;
      case Null _ -> {
        nothing(key, "a number", "null");
        yield null;
      }
      case Num number -> {
        var exact = number.value();
        if (exact == null) {
          note(key, "a number of a size that can be meant", "not taken, kept as an extra");
          findings.extra(pointer(key), value);
        }
        yield exact;
      }
      case String sent -> {
        var text = sent.strip();
        if (text.isEmpty()) {
          nothing(key, "a number", "an empty string");
          yield null;
        }
        var exact = numberIn(text);
        if (exact == null) {
          wrong(key, "a number");
          yield null;
        }
        wink(key, "a number", "the number in the string is taken");
        yield exact;
      }
      default -> {
        wrong(key, "a number");
        yield null;
      }
    };
  }

  /// A number whose contract says integer: other numbers are taken exactly as they are.
  public @Nullable BigDecimal integer(String key) {
    var number = number(key);
    if (number != null && declares != null && number.stripTrailingZeros().scale() > 0) {
      note(key, "an integer", "taken as sent");
    }
    return number;
  }

  /// A number whose contract says US dollars.
  public @Nullable Money dollars(String key) {
    var amount = number(key);
    return amount == null ? null : Money.dollars(amount);
  }

  /// A truth, from the common words for it too.
  public @Nullable Boolean flag(String key) {
    var value = take(key);
    return switch (value) {
      case null -> null;
      case Null _ -> {
        nothing(key, "true or false", "null");
        yield null;
      }
      case Boolean flag -> flag;
      case String sent -> {
        var word = sent.strip().toLowerCase(Locale.ROOT);
        if (word.isEmpty()) {
          nothing(key, "true or false", "an empty string");
          yield null;
        }
        var flag =
            switch (word) {
              case "true", "yes", "y", "1" -> Boolean.TRUE;
              case "false", "no", "n", "0" -> Boolean.FALSE;
              default -> null;
            };
        if (flag == null) {
          wrong(key, "true or false");
          yield null;
        }
        wink(key, "true or false", "the word in the string is taken");
        yield flag;
      }
      case Num(var digits) when digits.equals("0") || digits.equals("1") -> {
        wink(
            key,
            "true or false",
            digits.equals("1") ? "1 is taken as true" : "0 is taken as false");
        yield digits.equals("1");
      }
      default -> {
        wrong(key, "true or false");
        yield null;
      }
    };
  }

  /// The members of an object below this one; of none when there is none.
  public Members object(String key) {
    var value = take(key);
    switch (value) {
      case null -> {}
      case Map<?, ?> object -> {
        @SuppressWarnings("unchecked") // BodyJson makes no others
        var below = (Map<String, Object>) object;
        return new Members(below, pointer(key), path + key + ".", declares, findings);
      }
      case Null _ -> nothing(key, "an object", "null");
      case String sent when sent.isBlank() -> nothing(key, "an object", "an empty string");
      default -> wrong(key, "an object");
    }
    return new Members(Map.of(), pointer(key), path + key + ".", declares, findings);
  }

  /// The strings of an array by their places; what is none is noted and kept among the extras.
  public SortedMap<Integer, String> texts(String key) {
    var texts = new TreeMap<Integer, String>();
    int at = 0;
    for (var item : array(key)) {
      if (item instanceof String text && !text.isBlank()) {
        texts.put(at, text.strip());
      } else {
        refuseItem(key, at, item, "a string");
      }
      at++;
    }
    return texts;
  }

  /// The objects of an array; what is none is noted and kept among the extras.
  public List<Members> objects(String key) {
    var objects = new ArrayList<Members>();
    int at = 0;
    for (var item : array(key)) {
      if (item instanceof Map<?, ?> object) {
        @SuppressWarnings("unchecked") // BodyJson makes no others
        var below = (Map<String, Object>) object;
        objects.add(
            new Members(below, pointer(key) + "/" + at, path + key + ".", declares, findings));
      } else {
        refuseItem(key, at, item, "an object");
      }
      at++;
    }
    return objects;
  }

  /// Notes that an item of an array breaks its rule so far that it is kept as an extra only.
  public void refuseItem(String key, int at, Object item, String rule) {
    var where = pointer(key) + "/" + at;
    findings.violation(where, rule, "not taken, kept as an extra");
    findings.extra(where, item);
  }

  /// Notes that this object breaks its rule so far that it is kept as an extra only, whole.
  public void refuseWhole(String rule) {
    findings.violation(pointer, rule, "not taken, kept as an extra");
    findings.extra(pointer, members);
    taken.addAll(members.keySet());
  }

  private List<?> array(String key) {
    return switch (take(key)) {
      case null -> List.of();
      case List<?> list -> list;
      case Null _ -> {
        nothing(key, "an array", "null");
        yield List.of();
      }
      default -> {
        wrong(key, "an array");
        yield List.of();
      }
    };
  }

  /// The member as it was sent, taken or not, declared or not; null when it is absent.
  public @Nullable Object raw(String key) {
    return members.get(key);
  }

  /// True when the member is there and is `null`.
  public boolean isNull(String key) {
    return members.get(key) == Null.NULL;
  }

  /// The members of an object that this message does not declare here, or null when it is none:
  /// read freely, and not taken yet.
  public @Nullable Members foreign(String key) {
    if (!(members.get(key) instanceof Map<?, ?> object)) {
      return null;
    }
    @SuppressWarnings("unchecked") // BodyJson makes no others
    var below = (Map<String, Object>) object;
    return new Members(below, pointer(key), "", null, findings);
  }

  /// Notes where the contract is broken, and what we did.
  public void note(String key, String rule, String action) {
    findings.violation(pointer(key), rule, action);
  }

  /// Notes that a value breaks its rule so far that it is kept as an extra only.
  public void refuse(String key, String rule) {
    note(key, rule, "not taken, kept as an extra");
    var value = members.get(key);
    if (value != null) {
      findings.extra(pointer(key), value);
    }
  }

  /// The raw member, or null when it is absent or the contract's message does not declare it.
  private @Nullable Object take(String key) {
    if (!declared(key)) {
      return null;
    }
    var value = members.get(key);
    if (value != null) {
      taken.add(key);
    }
    return value;
  }

  private boolean declared(String key) {
    return declares == null || declares.test(path + key);
  }

  private void nothing(String key, String rule, String what) {
    wink(key, rule, what + " is taken as absent");
  }

  private void wrong(String key, String rule) {
    refuse(key, rule);
  }

  /// A note where a contract is broken; the native form has none to break in such small things.
  public void wink(String key, String rule, String action) {
    if (declares != null) {
      note(key, rule, action);
    }
  }

  private static boolean isNothing(Object value) {
    return value == Null.NULL
        || (value instanceof String s && s.isBlank())
        || (value instanceof Map<?, ?> m && m.isEmpty())
        || (value instanceof List<?> l && l.isEmpty());
  }

  /// `450000`, `-1.5`, `450,000.00`, `$450,000`; null for what is none of these.
  private static @Nullable BigDecimal numberIn(String text) {
    var bare = text.startsWith("$") ? text.substring(1).strip() : text;
    if (bare.length() > 150) {
      return null;
    }
    if (WITH_COMMAS.matcher(bare).matches()) {
      bare = bare.replace(",", "");
    }
    return PLAIN.matcher(bare).matches() ? BodyJson.number(bare) : null;
  }
}
