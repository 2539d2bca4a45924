package dev.porchlight.connector.json;

import dev.porchlight.value.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is found beside the facts while one body is read. For one thread.
public final class Findings {
  private static final int MOST_VIOLATIONS = 100;
  private static final int LONGEST_POINTER = 1000;

  private final List<Violation> violations = new ArrayList<>();
  private int untold;
  private final TreeMap<String, String> extras = new TreeMap<>();

  /// Notes where a body breaks its contract.
  public void violation(String pointer, String rule, String action) {
    if (violations.size() == MOST_VIOLATIONS) {
      untold++;
    } else {
      violations.add(new Violation(shortened(pointer), rule, action));
    }
  }

  /// Keeps what no field fits; not what is named at such length that no name is meant, which the
  /// body as received still has.
  public void extra(String pointer, Object value) {
    if (pointer.length() > LONGEST_POINTER) {
      violation(pointer, "a name of a length that can be meant", "not taken");
    } else {
      extras.put(pointer, BodyJson.text(value));
    }
  }

  /// The violations; of a body with very many the first hundred, and how many more there are.
  public List<Violation> violations() {
    if (untold == 0) {
      return violations;
    }
    var all = new ArrayList<>(violations);
    all.add(new Violation("", "one violation after another", untold + " more are not listed"));
    return all;
  }

  /// What was kept: JSON pointer to JSON text.
  public SortedMap<String, String> extras() {
    return extras;
  }

  /// Up to the last whole step that fits: a pointer to what holds the place.
  private static String shortened(String pointer) {
    return pointer.length() <= LONGEST_POINTER
        ? pointer
        : pointer.substring(0, Math.max(0, pointer.lastIndexOf('/', LONGEST_POINTER)));
  }
}
