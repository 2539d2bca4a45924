package dev.porchlight.routing;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;

/// Decides who answers. A function of values.
public final class Routing {
  private Routing() {}

  /// Who answers a lead that landed at that node, when its person has no contact there yet.
  public static Answerer decide(Nodes nodes, Node landing) {
    if (landing.kind() == Node.Kind.MEMBER && !landing.isEnded()) {
      return new Answerer(
          landing.id(), landing.name(), "The source lands its leads at " + landing.name() + ".");
    }
    var office =
        nodes
            .officeOf(landing.id())
            .orElseThrow(() -> new IllegalArgumentException(landing.id() + " is above offices"));
    var desk = nodes.frontDeskOf(office);
    return new Answerer(
        desk.id(),
        desk.name(),
        "The front desk of " + office.name() + " answers: no routing rule assigns the lead.");
  }
}
