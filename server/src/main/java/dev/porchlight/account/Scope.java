package dev.porchlight.account;

import dev.porchlight.store.Settings;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a principal may see: the things of these offices, or everything. Every query that answers a
/// stranger takes one; what lies outside is answered as if it were not there.
///
/// @param everything no limit
/// @param offices ids of 26 digits; unused when `everything`
/// @param root the node at or below which all of it lies: an office or one above; null for no node
public record Scope(boolean everything, Set<String> offices, @Nullable String root) {
  public static final Scope EVERYTHING = new Scope(true, Set.of(), null);

  public Scope {
    offices = Set.copyOf(offices);
    for (var office : offices) {
      if (!office.matches("[0-9]{26}")) {
        throw new IllegalArgumentException("not an id of 26 digits: " + office);
      }
    }
  }

  /// What lands in these offices, and no node.
  public Scope(boolean everything, Set<String> offices) {
    this(everything, offices, null);
  }

  /// The offices at or below a node, as the tree stands now.
  public static Scope at(Settings settings, String node) {
    var nodes = Nodes.in(settings);
    return new Scope(
        false, nodes.officesWithin(node), nodes.officeOf(node).map(Node::id).orElse(node));
  }

  /// Whether that node may be seen, and what belongs to it.
  public boolean containsNode(Nodes nodes, String node) {
    return everything || root != null && nodes.isWithin(node, root);
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
