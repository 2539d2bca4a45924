package dev.porchlight.value;

import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What one person can be recognised by in a text: addresses, numbers, names. Gathered from JSON in
/// which they stand, whatever its members are called: what has an `@` is an address, what is seven
/// digits or more is a number, what stands under a name that ends in "name" is a name. Not for use
/// by several threads while it gathers.
public final class Particulars {
  private static final int SHORTEST_NUMBER = 7;
  private static final int TAIL = 9;
  private static final int SHORTEST_NAME = 3;

  private final Set<String> emails = new HashSet<>();
  private final Set<String> numbers = new HashSet<>();
  private final Set<String> names = new HashSet<>();

  /// Adds all that stands in there.
  public Particulars add(JsonNode json) {
    return add("", json);
  }

  private Particulars add(String member, JsonNode json) {
    if (json.isObject()) {
      json.properties().forEach(p -> add(p.getKey(), p.getValue()));
    } else if (json.isArray()) {
      json.forEach(item -> add(member, item));
    } else if (json.isString()) {
      add(member, json.stringValue());
    }
    return this;
  }

  private void add(String member, String value) {
    var text = fold(value.strip());
    var digits = digits(text);
    if (text.indexOf('@') >= 0) {
      emails.add(text);
    } else if (digits.length() >= SHORTEST_NUMBER && text.chars().noneMatch(Character::isLetter)) {
      numbers.add(tail(digits));
    } else if (fold(member).endsWith("name") && text.length() > 1) {
      names.add(text);
    }
  }

  /// Those of the addresses.
  public Set<String> emails() {
    return Set.copyOf(emails);
  }

  /// These without the numbers.
  public Particulars withoutNumbers() {
    var fewer = new Particulars();
    fewer.emails.addAll(emails);
    fewer.names.addAll(names);
    return fewer;
  }

  /// Whether an address or a number of theirs stands in the text, plain or escaped as in JSON or a
  /// URL.
  public boolean reach(String text) {
    var folded = fold(unescaped(text));
    return emails.stream().anyMatch(folded::contains)
        || !numbers.isEmpty()
            && groups(folded).anyMatch(g -> numbers.stream().anyMatch(g::contains));
  }

  /// Whether the text reaches them or has their full name.
  public boolean name(String text) {
    if (reach(text)) {
      return true;
    }
    var folded = fold(text);
    return names.stream().anyMatch(n -> n.indexOf(' ') > 0 && folded.contains(n))
        || names.stream()
            .filter(folded::contains)
            .anyMatch(
                a -> names.stream().anyMatch(b -> !a.equals(b) && folded.contains(a + " " + b)));
  }

  /// Whether the text reaches them or has any of their names.
  public boolean touch(String text) {
    var folded = fold(text);
    return name(text)
        || names.stream().anyMatch(n -> n.length() >= SHORTEST_NAME && folded.contains(n));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Particulars p
        && emails.equals(p.emails)
        && numbers.equals(p.numbers)
        && names.equals(p.names);
  }

  @Override
  public int hashCode() {
    return Objects.hash(emails, numbers, names);
  }

  private static String fold(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static String unescaped(String text) {
    return text.replace("%40", "@")
        .replace("%2B", "+")
        .replace("%2b", "+")
        .replace("%20", " ")
        .replace("\\u0040", "@")
        .replace("\\u002b", "+")
        .replace("\\u002B", "+");
  }

  private static String digits(String text) {
    var digits = new StringBuilder();
    text.chars().filter(c -> c >= '0' && c <= '9').forEach(c -> digits.append((char) c));
    return digits.toString();
  }

  /// A number's end: with and without its country's prefix it is the same.
  private static String tail(String digits) {
    return digits.length() > TAIL ? digits.substring(digits.length() - TAIL) : digits;
  }

  /// The digits of all that looks like a number.
  private static java.util.stream.Stream<String> groups(String text) {
    var all = java.util.stream.Stream.<String>builder();
    var group = new StringBuilder();
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '\n';
      if (c >= '0' && c <= '9') {
        group.append(c);
      } else if (" ()+-./".indexOf(c) < 0) {
        if (group.length() >= SHORTEST_NUMBER) {
          all.add(group.toString());
        }
        group.setLength(0);
      }
    }
    return all.build();
  }
}
