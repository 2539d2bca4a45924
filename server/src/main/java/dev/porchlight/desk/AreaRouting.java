package dev.porchlight.desk;

import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.routing.Answerer;
import dev.porchlight.routing.Routing;
import dev.porchlight.routing.ServiceAreas;
import dev.porchlight.store.Batch;
import dev.porchlight.value.Address;
import dev.porchlight.value.Draw;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Who serves the place of a home that a lead is about, as events of service areas say: the postal
/// code before the city. Among several providers each gets the share that its weight says, drawn
/// for each lead.
final class AreaRouting {
  /// Who answers, and where they are.
  record Routed(Node office, Answerer answers) {}

  private record Share(Node node, Node office, String area, int weight) {}

  private AreaRouting() {}

  /// @param address of the home
  /// @param company whose areas count, and whose members and offices may serve them
  static Optional<Routed> find(
      Batch batch, Nodes nodes, Node company, @Nullable Address address, Draw draw) {
    if (address == null) {
      return Optional.empty();
    }
    for (var place : ServiceAreas.places(address)) {
      var shares = shares(batch, nodes, company, place, address);
      if (!shares.isEmpty()) {
        return Optional.of(routed(nodes, shares, place, draw));
      }
    }
    return Optional.empty();
  }

  /// Those who can be given a lead there; each node once, by the area said of it last.
  private static List<Share> shares(
      Batch batch, Nodes nodes, Node company, ServiceAreas.Place place, Address address) {
    var all = new LinkedHashMap<String, Share>();
    for (var area : ServiceAreas.serving(batch, company.id(), place, address.state())) {
      int weight = area.weight() == null ? 1 : area.weight();
      node(batch, nodes, area)
          .filter(_ -> weight > 0)
          .ifPresent(node ->
              nodes
                  .officeOf(node.id())
                  .filter(o -> nodes.companyOf(o.id()).orElse(o).id().equals(company.id()))
                  .ifPresent(
                      o -> all.putIfAbsent(node.id(), new Share(node, o, area.name(), weight))));
    }
    return new ArrayList<>(all.values());
  }

  private static Optional<Node> node(Batch batch, Nodes nodes, ServiceAreas.Area area) {
    var parties = Parties.in(batch.settings());
    return Optional.ofNullable(area.providerId())
        .flatMap(parties::find)
        .or(() -> parties.findByUri(area.provider() == null ? "" : area.provider(), ""))
        .filter(p -> p.isLive() && !p.isApp())
        .map(Party::node)
        .flatMap(nodes::find)
        .filter(n -> !n.isEnded());
  }

  /// Which of them is drawn, each by its weight.
  static int drawn(List<Integer> weights, Draw draw) {
    long sum = weights.stream().mapToLong(Integer::longValue).sum();
    long rest =
        Math.floorMod(
            UUID.fromString(draw.uuid("service area")).getLeastSignificantBits() & 0xffff_ffffL,
            sum);
    int n = 0;
    while (rest >= weights.get(n)) {
      rest -= weights.get(n++);
    }
    return n;
  }

  private static Routed routed(
      Nodes nodes, List<Share> shares, ServiceAreas.Place place, Draw draw) {
    var share = shares.get(drawn(shares.stream().map(Share::weight).toList(), draw));
    var who = Routing.decide(nodes, share.node());
    return new Routed(
        share.office(),
        new Answerer(
            who.member(),
            who.memberName(),
            share.node().name()
                + " serves "
                + place.words()
                + " (service area "
                + share.area()
                + (shares.size() == 1
                    ? ")."
                    : "), one of " + shares.size() + " who do, each by their weight.")));
  }
}
