package dev.porchlight.account;

import dev.porchlight.store.Settings;
import java.util.Set;
import java.util.stream.Collectors;

/// What a principal may see: the things of these offices, or everything. Every query that answers a
/// stranger takes one; what lies outside is answered as if it were not there.
///
/// @param everything no limit
/// @param offices ids of 26 digits; unused when `everything`
public record Scope(boolean everything, Set<String> offices) {
  public static final Scope EVERYTHING = new Scope(true, Set.of());

  public Scope {
    offices = Set.copyOf(offices);
    for (var office : offices) {
      if (!office.matches("[0-9]{26}")) {
        throw new IllegalArgumentException("not an id of 26 digits: " + office);
      }
    }
  }

  /// The offices at or below a node, as the tree stands now.
  public static Scope at(Settings settings, String node) {
    return new Scope(false, Nodes.in(settings).officesWithin(node));
  }

  /// Whether things of that office may be seen.
  public boolean contains(String office) {
    return everything || offices.contains(office);
  }

  /// The predicate in SQL, for a column that holds an office's id. Only digits are written into it.
  public String sql(String column) {
    if (everything) {
      return "1 = 1";
    }
    if (offices.isEmpty()) {
      return "1 = 0";
    }
    return offices.stream()
        .sorted()
        .map(o -> "'" + o + "'")
        .collect(Collectors.joining(", ", column + " IN (", ")"));
  }
}
