package dev.porchlight.delivery;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether an endpoint gets an event, and the sentence that says why or why not. A function of the
/// settings and the event.
final class Choice {
  private static final Logger LOG = LoggerFactory.getLogger(Choice.class);
  private static final int SHOWN = 300;

  private Choice() {}

  /// Whether what happens at that office is within an endpoint's reach at all.
  static boolean reaches(Endpoint endpoint, Event event, Nodes nodes) {
    return endpoint.covers(nodes, event.officeId());
  }

  /// The first rule that leaves an event out that is within reach; empty when it is wanted.
  static Optional<LeftOut.Rule> objection(Endpoint endpoint, Event event, Nodes nodes) {
    var terms = endpoint.terms();
    boolean taken =
        endpoint.kinds().isEmpty()
            ? Event.USUAL.contains(event.kind())
            : endpoint.names(event.kind());
    if (!taken) {
      return leftOut(
          endpoint,
          "kind",
          "It takes "
              + (endpoint.kinds().isEmpty() ? "leads" : listed(endpoint.kinds()))
              + ", and this is "
              + event.kind()
              + ".");
    }
    if (!endpoint.sources().isEmpty() && !endpoint.sources().contains(event.sourceId())) {
      return leftOut(endpoint, "source", "It takes other sources only.");
    }
    if (event.test() && !endpoint.tests()) {
      return leftOut(endpoint, "test", "It takes no test leads, and this is one.");
    }
    if (!terms.owners().isEmpty() && !terms.owners().contains(event.ownerId())) {
      var owner = nodes.find(event.ownerId()).map(Node::name).orElse("somebody else");
      return leftOut(
          endpoint, "owner", "It takes the contacts of other members; " + owner + " answers here.");
    }
    boolean holds;
    try {
      holds = EventFilters.matches(terms.filter(), event.fields());
    } catch (RuntimeException e) {
      // It could be read when it was set. What the others are owed must not wait for it.
      LOG.error("The filter of endpoint {} fails, by a defect of ours", endpoint.id(), e);
      return leftOut(
          endpoint, "filter", "Its filter can't be read any more: " + shown(terms.filter()));
    }
    if (!holds) {
      return leftOut(endpoint, "filter", "Its filter does not hold here: " + shown(terms.filter()));
    }
    return Optional.empty();
  }

  private static String listed(Set<String> words) {
    return words.stream().sorted().collect(Collectors.joining(" and "));
  }

  private static String shown(String filter) {
    return filter.length() <= SHOWN ? filter : filter.substring(0, SHOWN) + "…";
  }

  private static Optional<LeftOut.Rule> leftOut(Endpoint endpoint, String rule, String why) {
    return Optional.of(new LeftOut.Rule(endpoint.id(), rule, why));
  }

  /// Why it gets an event that it wants.
  static String why(Endpoint endpoint, Event event, Nodes nodes) {
    var node = nodes.get(endpoint.node());
    var terms = endpoint.terms();
    var what =
        switch (event.kind().substring(0, event.kind().indexOf('.'))) {
          case "contact" -> "The contact is in ";
          case "listing" -> "The listing is offered in ";
          default -> "The lead landed in ";
        };
    var place =
        !nodes.isWithin(event.officeId(), node.id())
            ? what + "an office that the subscription's client is granted"
            : node.id().equals(event.officeId())
                ? what + node.name() + ", to which the endpoint belongs"
                : what.replace(" in ", " below ") + node.name() + ", to which the endpoint belongs";
    return place
        + "; it takes "
        + (endpoint.kinds().isEmpty() ? "every event of leads" : event.kind())
        + " from "
        + (endpoint.sources().isEmpty() ? "every source" : "this source")
        + (event.test() ? ", tests too" : "")
        + (terms.owners().isEmpty() ? "" : ", for contacts of this owner")
        + (terms.filter().isEmpty() ? "" : ", where its filter holds, as it does here")
        + ".";
  }
}
