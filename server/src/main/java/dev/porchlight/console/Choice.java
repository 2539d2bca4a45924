package dev.porchlight.console;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import java.util.List;
import java.util.function.Predicate;

/// One of several that a field of a form offers.
public record Choice(String value, String text) {
  private static final int MOST_NODES = 500;

  /// The nodes that whoever fills the form sees, of which one is to be chosen: 500 at most.
  ///
  /// @param fits which of them
  public static List<Choice> ofNodes(Visit visit, Nodes nodes, Predicate<Node> fits) {
    return nodes.all().stream()
        .filter(fits)
        .filter(n -> visit.scope().containsNode(nodes, n.id()))
        .limit(MOST_NODES)
        .map(n -> new Choice(n.id(), Clean.line(n.name())))
        .toList();
  }
}
