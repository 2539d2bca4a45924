package dev.porchlight.console.endpoints;

import dev.porchlight.access.Permission;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Pulse;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Missed;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.store.Store;
import dev.porchlight.web.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// `/console/endpoints/{id}`: what an endpoint is, how it stands, and what was sent to it.
final class EndpointPage {
  /// So many hours an old secret may go on being used; the first where the form names none.
  static final List<Integer> OVERLAPS = List.of(24, 1, 72, 168, 0);

  /// What was missed in so many days may be delivered; the first where the form names none of
  /// these.
  static final List<Integer> DAYS = List.of(1, 7, 30, 365);

  private static final int SHOWN = 20;

  private final Store store;
  private final EndpointSetup setup;
  private final Deliveries deliveries;

  EndpointPage(Store store, EndpointSetup setup, Deliveries deliveries) {
    this.store = store;
    this.setup = setup;
    this.deliveries = deliveries;
  }

  /// @param secret its new secret, to be shown this once; empty for none
  /// @param counted what a count of what it missed, or enabling it, has shown; empty for none
  Reply show(Visit visit, Endpoint endpoint, String secret, String counted) {
    var t = visit.texts();
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    var newest = EndpointStanding.newest(deliveries, visit, endpoint, SHOWN);
    var health = deliveries.listAiling().get(endpoint.id());
    var form = visit.request().method().equals("POST") ? visit.form() : Form.empty();
    return visit.shown(
        "endpoints/one.jte",
        new EndpointView(
            EndpointSection.PATH + endpoint.id(),
            Clean.line(endpoint.name()),
            EndpointStanding.badges(visit, endpoint, health, newest),
            secret,
            guide(t, endpoint.contract()),
            health == null ? "" : EndpointStanding.trouble(visit, endpoint, health),
            facts(t, nodes, endpoint),
            setup.listSigning(endpoint.id()).stream()
                .map(s ->
                    new EndpointView.Key(
                        visit.time(s.createdAt()),
                        s.expiresAt() == null ? null : visit.time(s.expiresAt())))
                .toList(),
            Pulse.ofDeliveries(
                t,
                visit.now(),
                deliveries.counts().countByHour(visit.scope(), endpoint.id(), visit.now()).stream()
                    .map(h ->
                        new Pulse.Mark(
                            visit.now().minus(Duration.ofHours(h.ago())),
                            EndpointStanding.tone(h.state()),
                            h.count()))
                    .toList()),
            newest.stream().map(s -> sent(visit, s)).toList(),
            endpoint.disabled(),
            Missed.by(store, endpoint)
                .map(m ->
                    t.of(
                        "endpoint.missed",
                        visit.time(m.since()).relative(),
                        m.waiting(),
                        m.givenUp()))
                .orElse(""),
            Endpoints.in(settings).isDerived(endpoint.id()) || endpoint.subscription() != null,
            form.field("overlap", t.of("endpoint.overlap")).or("24"),
            OVERLAPS.stream()
                .map(h -> new Choice(h.toString(), t.of("endpoint.overlap.hours", h)))
                .toList(),
            form.field("since", t.of("endpoint.since")).or("7"),
            DAYS.stream()
                .map(d -> new Choice(d.toString(), t.of("endpoint.since.days", d)))
                .toList(),
            counted,
            visit.may(Permission.WORK),
            visit.may(Permission.ADMIN)));
  }

  private static String guide(Texts t, String contract) {
    var key = "guide.to." + contract;
    return t.has(key) ? t.of(key) : t.of("guide.to.other");
  }

  private static List<Fact> facts(Texts t, Nodes nodes, Endpoint endpoint) {
    var facts = new ArrayList<Fact>();
    facts.add(new Fact(t.of("endpoint.contract"), EndpointSection.label(t, endpoint.contract())));
    facts.add(new Fact(t.of("endpoint.url"), Clean.line(endpoint.url())));
    facts.add(
        new Fact(
            t.of("endpoint.node"),
            Clean.line(nodes.find(endpoint.node()).map(Node::name).orElse(""))));
    if (!endpoint.kinds().isEmpty()) {
      facts.add(
          new Fact(
              t.of("endpoint.kinds"),
              String.join(", ", endpoint.kinds().stream().sorted().toList())));
    }
    if (!endpoint.terms().filter().isEmpty()) {
      facts.add(new Fact(t.of("endpoint.filter"), Clean.line(endpoint.terms().filter())));
    }
    facts.add(new Fact(t.of("endpoint.tests"), t.of(endpoint.tests() ? "yes" : "no")));
    var how = endpoint.terms().authorization();
    if (how != null) {
      facts.add(new Fact(t.of("endpoint.auth"), how.kind().word()));
    }
    return facts;
  }

  private static EndpointView.Sent sent(Visit visit, Deliveries.Standing standing) {
    var delivery = standing.delivery();
    var state = standing.state();
    return new EndpointView.Sent(
        "/console/deliveries/" + delivery.id(),
        visit.time(delivery.plannedAt()),
        delivery.kind(),
        new Badge(
            EndpointStanding.tone(state.state()),
            visit.texts().of("delivery.state." + state.state().word())),
        Clean.line(state.reason()));
  }
}
