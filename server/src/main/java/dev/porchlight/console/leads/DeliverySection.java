package dev.porchlight.console.leads;

import dev.porchlight.access.Permission;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Section;
import dev.porchlight.console.Time;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Renderer;
import dev.porchlight.store.Store;
import dev.porchlight.web.Reply;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/// `/console/deliveries`: what is owed to endpoints and how it went, with the bytes, and retried by
/// hand.
public final class DeliverySection implements Section {
  private static final int AT_ONCE = 50;
  private static final String PATH = "/console/deliveries";

  private final Store store;
  private final Deliveries deliveries;
  private final BiFunction<Delivery, Endpoint, Renderer.Rendered> renderer;
  private final Runnable wake;
  private final StoryTeller teller;

  /// @param renderer writes a delivery as it would be sent
  /// @param wake has due deliveries looked for
  public DeliverySection(
      Store store,
      StoryTeller teller,
      Deliveries deliveries,
      BiFunction<Delivery, Endpoint, Renderer.Rendered> renderer,
      Runnable wake) {
    this.store = store;
    this.deliveries = deliveries;
    this.renderer = renderer;
    this.wake = wake;
    this.teller = teller;
  }

  record Row(
      String href, String lead, String endpoint, String event, Badge state, Time at, String why) {}

  record Listed(List<Row> rows, Pager pager, String state, List<Choice> states) {}

  record Choice(String value, String text) {}

  /// One delivery.
  ///
  /// @param lead the address of its lead
  /// @param body as it would be sent now
  /// @param cannot why it can't be written; empty when it can
  /// @param headers beside the signatures
  record One(
      String id,
      String lead,
      Story.Item item,
      List<Marked.Line> body,
      String contentType,
      String cannot,
      Map<String, String> headers,
      boolean mayRetry) {}

  @Override
  public String name() {
    return "deliveries";
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/deliveries", Permission.READ, this::list);
    paths.get("/deliveries/{id}", Permission.READ, this::show);
    paths.post("/deliveries/{id}/retry", Permission.WORK, this::retry);
  }

  private Reply list(Visit visit) {
    var state =
        visit
            .query("state")
            .flatMap(w ->
                Arrays.stream(DeliveryState.State.values())
                    .filter(s -> s.word().equals(w))
                    .findFirst())
            .orElse(null);
    var place = visit.query("before").filter(b -> b.matches("[0-9]{1,18}~[0-9A-Za-z_-]{1,60}"));
    long before =
        place.map(p -> Long.parseLong(p.substring(0, p.indexOf('~')))).orElse(Long.MAX_VALUE);
    var after = place.map(p -> p.substring(p.indexOf('~') + 1)).orElse("");
    var found =
        deliveries.list(
            visit.scope(),
            new Deliveries.Query(null, null, state, null, 0, "", before, after, AT_ONCE + 1));
    var shown = found.subList(0, Math.min(AT_ONCE, found.size()));
    var chosen = state == null ? "" : state.word();
    var filter = chosen.isEmpty() ? "" : "&state=" + chosen;
    var texts = visit.texts();
    var endpoints = Endpoints.in(store.settings());
    return visit.page(
        "leads/deliveries.jte",
        new Listed(
            shown.stream().map(s -> row(visit, endpoints, s)).toList(),
            new Pager(
                place.isEmpty() ? "" : PATH + "?" + filter,
                found.size() > AT_ONCE
                    ? PATH
                        + "?before="
                        + shown.getLast().delivery().seq()
                        + "~"
                        + shown.getLast().delivery().id()
                        + filter
                    : ""),
            chosen,
            Arrays.stream(DeliveryState.State.values())
                .map(s -> new Choice(s.word(), texts.of("delivery.state." + s.word())))
                .toList()));
  }

  private static Row row(Visit visit, Endpoints endpoints, Deliveries.Standing standing) {
    var delivery = standing.delivery();
    var state = standing.state();
    return new Row(
        PATH + "/" + delivery.id(),
        "/console/leads/" + delivery.leadId(),
        endpoints
            .find(delivery.endpointId())
            .map(e -> Clean.line(e.name()))
            .orElseGet(() -> visit.texts().of("endpoint.gone")),
        Clean.line(delivery.kind()),
        new Badge(
            StoryTeller.tone(state.state()),
            visit.texts().of("delivery.state." + state.state().word())),
        visit.time(delivery.plannedAt()),
        Clean.line(state.reason()));
  }

  private Reply show(Visit visit) {
    var found = deliveries.find(visit.scope(), visit.path("id"));
    if (found.isEmpty()) {
      return visit.missing();
    }
    var standing = found.get();
    var endpoint = Endpoints.in(store.settings()).find(standing.delivery().endpointId());
    List<Marked.Line> body = List.of();
    var cannot = "";
    var contentType = "";
    Map<String, String> headers = Map.of();
    if (endpoint.isPresent()) {
      switch (renderer.apply(standing.delivery(), endpoint.get())) {
        case Renderer.Rendered.Ready ready -> {
          body = Marked.lines(ready.body(), List.of());
          contentType = ready.contentType();
          headers = ready.headers();
        }
        case Renderer.Rendered.CannotWrite(var reason) -> cannot = Clean.line(reason);
      }
    }
    return visit.page(
        "leads/delivery.jte",
        new One(
            standing.delivery().id(),
            standing.delivery().leadId().isEmpty()
                ? ""
                : "/console/leads/" + standing.delivery().leadId(),
            teller.delivery(standing, visit.now()),
            body,
            contentType,
            cannot,
            headers,
            mayRetry(visit, standing.delivery())));
  }

  private static boolean mayRetry(Visit visit, Delivery delivery) {
    return visit.may(Permission.WORK) && visit.scope().contains(delivery.officeId());
  }

  private Reply retry(Visit visit) {
    var retried = deliveries.retry(visit.scope(), visit.path("id"));
    if (retried.isEmpty()) {
      return visit.missing();
    }
    wake.run();
    return visit.form().text("back").equals("lead")
        ? visit.done("/leads/" + retried.get().delivery().leadId(), "retried")
        : visit.done("/deliveries/" + visit.path("id"), "retried");
  }
}
