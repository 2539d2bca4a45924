package dev.porchlight.console.endpoints;

import dev.porchlight.access.Permission;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointHealth;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.store.Store;
import dev.porchlight.web.Reply;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;

/// `/console/endpoints`: where we deliver, page by page, and how each endpoint stands.
final class EndpointList {
  private static final int AT_ONCE = 50;
  private static final int LOOKED_AT = 20;
  private static final int COUNTED = 1000;

  private final Store store;
  private final Deliveries deliveries;

  EndpointList(Store store, Deliveries deliveries) {
    this.store = store;
    this.deliveries = deliveries;
  }

  Reply show(Visit visit) {
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    var ailing = deliveries.listAiling();
    int skip =
        visit.query("skip").filter(s -> s.matches("[0-9]{1,8}")).map(Integer::parseInt).orElse(0);
    var seen =
        Endpoints.in(settings).all().stream()
            .filter(e -> visit.scope().containsNode(nodes, e.node()))
            .skip(skip)
            .limit(AT_ONCE + 1)
            .toList();
    return visit.page(
        "endpoints/list.jte",
        new EndpointView.Listed(
            seen.stream().limit(AT_ONCE).map(e -> line(visit, e, ailing)).toList(),
            new Pager(
                skip == 0 ? "" : EndpointSection.LIST,
                seen.size() > AT_ONCE ? EndpointSection.LIST + "?skip=" + (skip + AT_ONCE) : ""),
            visit.may(Permission.ADMIN)));
  }

  private EndpointView.Line line(
      Visit visit, Endpoint endpoint, Map<String, EndpointHealth> ailing) {
    var newest = EndpointStanding.newest(deliveries, visit, endpoint, LOOKED_AT);
    int waiting = deliveries.counts().countLanes(endpoint.id(), COUNTED);
    return new EndpointView.Line(
        EndpointSection.PATH + endpoint.id(),
        Clean.line(endpoint.name()),
        endpoint.contract(),
        Clean.line(where(endpoint)),
        EndpointStanding.badges(visit, endpoint, ailing.get(endpoint.id()), newest),
        waiting == 0 ? "" : waiting < COUNTED ? Integer.toString(waiting) : COUNTED + "+",
        newest.isEmpty() ? null : visit.time(newest.getFirst().delivery().plannedAt()));
  }

  /// The host, or the address of mail: what a list has room for.
  private static String where(Endpoint endpoint) {
    try {
      var uri = new URI(endpoint.url());
      return uri.getHost() == null ? uri.getSchemeSpecificPart() : uri.getHost();
    } catch (URISyntaxException _) {
      return endpoint.url();
    }
  }
}
