package dev.porchlight.console.endpoints;

import dev.porchlight.access.ConsoleRole;
import dev.porchlight.access.Permission;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Section;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointTest;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Engine;
import dev.porchlight.delivery.Renderer;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.onward.Replays;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.store.Store;
import dev.porchlight.web.Reply;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/// `/console/endpoints`: where we deliver, a form for a new one, the page of each with its tests,
/// secrets, pause and replay, and one lead in every contract. Says which page has which path, and
/// who may see which endpoint.
public final class EndpointSection implements Section {
  static final String LIST = "/console/endpoints";
  static final String PATH = LIST + "/";

  private final Store store;
  private final EndpointList list;
  private final NewEndpoint fresh;
  private final EndpointPage page;
  private final EndpointButtons buttons;
  private final PreviewPage preview;
  private final EndpointChange changes;

  /// @param hub the hub's number
  /// @param replayWork is told that a replay may go on
  /// @param contracts those that can be written
  /// @param renderer writes a delivery without any secret
  public EndpointSection(
      Store store,
      int hub,
      EndpointSetup setup,
      Leads leads,
      Deliveries deliveries,
      Replays replays,
      Runnable replayWork,
      Engine engine,
      EndpointTest test,
      List<String> contracts,
      BiFunction<Delivery, Endpoint, Renderer.Rendered> renderer,
      Deeds deeds) {
    this.store = store;
    var usualFirst = contracts.stream().sorted(EndpointSection::usualFirst).toList();
    list = new EndpointList(store, deliveries);
    page = new EndpointPage(store, setup, deliveries);
    fresh = new NewEndpoint(store, hub, setup, usualFirst, page);
    buttons = new EndpointButtons(store, hub, setup, replays, replayWork, engine, test, page);
    changes = new EndpointChange(store, deeds, usualFirst);
    preview = new PreviewPage(leads, usualFirst, renderer);
  }

  private static int usualFirst(String one, String other) {
    var usual = List.of("porchlight", "connections-plus", "lead-delivery", "seeker-leads", "mail");
    Function<String, Integer> place = c -> usual.contains(c) ? usual.indexOf(c) : usual.size();
    return Comparator.comparing(place).thenComparing(Comparator.naturalOrder()).compare(one, other);
  }

  @Override
  public String name() {
    return "endpoints";
  }

  @Override
  public boolean isFor(ConsoleRole.Kind role) {
    return role != ConsoleRole.Kind.AGENT;
  }

  @Override
  public List<String> scripts() {
    return List.of("contacts");
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/endpoints", Permission.READ, list::show);
    paths.get("/endpoints/new", Permission.ADMIN, fresh::show);
    paths.post("/endpoints/new", Permission.ADMIN, fresh::make);
    paths.get("/endpoints/preview", Permission.READ, preview::answer);
    paths.get("/endpoints/preview/whole", Permission.READ, preview::whole);
    paths.get("/endpoints/{id}", Permission.READ, v -> on(v, e -> page.show(v, e, "", "")));
    paths.get("/endpoints/{id}/change", Permission.ADMIN, changes::show);
    paths.post("/endpoints/{id}/change", Permission.ADMIN, changes::save);
    paths.post("/endpoints/{id}/test", Permission.WORK, v -> on(v, e -> buttons.test(v, e)));
    paths.post("/endpoints/{id}/secret", Permission.ADMIN, v -> made(v, e -> buttons.rotate(v, e)));
    paths.post(
        "/endpoints/{id}/pause", Permission.ADMIN, v -> made(v, e -> buttons.pause(v, e, true)));
    paths.post(
        "/endpoints/{id}/enable", Permission.ADMIN, v -> made(v, e -> buttons.pause(v, e, false)));
    paths.post("/endpoints/{id}/replay", Permission.WORK, v -> on(v, e -> buttons.replay(v, e)));
  }

  @FunctionalInterface
  private interface Answer {
    Reply of(Endpoint endpoint);
  }

  private Reply on(Visit visit, Answer answer) {
    var settings = store.settings();
    return Endpoints.in(settings)
        .find(visit.path("id"))
        .filter(e -> visit.scope().containsNode(Nodes.in(settings), e.node()))
        .map(answer::of)
        .orElseGet(visit::missing);
  }

  /// Only one that was made itself can be changed.
  private Reply made(Visit visit, Answer answer) {
    return on(
        visit,
        e ->
            Endpoints.in(store.settings()).isDerived(e.id()) || e.subscription() != null
                ? visit.notAllowed()
                : answer.of(e));
  }

  /// What a contract is called.
  static String label(Texts t, String contract) {
    var key = "to." + contract;
    return t.has(key) ? t.of(key) : contract;
  }
}
