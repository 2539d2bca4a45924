package dev.porchlight.console.leads;

import dev.porchlight.access.Permission;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Section;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Time;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Renderer;
import dev.porchlight.delivery.SentBody;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.erasure.Pins;
import dev.porchlight.store.Store;
import dev.porchlight.web.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `/console/deliveries`: what is owed to endpoints and how it went, with the bytes, and retried by
/// hand.
public final class DeliverySection implements Section {
  private static final int AT_ONCE = 50;
  private static final int LONGEST_WORDS = 200;
  private static final String PATH = "/console/deliveries";

  private final Store store;
  private final Leads leads;
  private final Deliveries deliveries;
  private final BiFunction<Delivery, Endpoint, Renderer.Rendered> renderer;
  private final Runnable wake;
  private final StoryTeller teller;
  private final PinPart pins;

  /// @param renderer writes a delivery as it would be sent
  /// @param wake has due deliveries looked for
  public DeliverySection(
      Store store,
      StoryTeller teller,
      Leads leads,
      Deliveries deliveries,
      BiFunction<Delivery, Endpoint, Renderer.Rendered> renderer,
      Runnable wake,
      Deeds deeds) {
    this.store = store;
    this.leads = leads;
    this.deliveries = deliveries;
    this.renderer = renderer;
    this.wake = wake;
    this.teller = teller;
    pins = new PinPart(store, deeds);
  }

  record Row(
      String href, String lead, String endpoint, String event, Badge state, Time at, String why) {}

  /// @param wordsError what is wrong with the words that were asked for; empty when nothing is
  record Listed(
      List<Row> rows,
      Pager pager,
      boolean isFiltered,
      String state,
      List<Choice> states,
      String endpoint,
      List<Choice> endpoints,
      String email,
      String words,
      String wordsError,
      String from,
      String to) {}

  record Choice(String value, String text) {}

  /// One delivery.
  ///
  /// @param lead the address of its lead
  /// @param same whether the body is what was sent; else it is what would be sent now
  /// @param words that, in a sentence
  /// @param cannot why it can't be written; empty when it can
  /// @param headers beside the signatures
  record One(
      String id,
      String lead,
      Story.Item item,
      boolean same,
      String words,
      List<Marked.Line> body,
      String contentType,
      String cannot,
      Map<String, String> headers,
      boolean mayRetry,
      boolean delivered,
      PinPart.View pin) {}

  @Override
  public String name() {
    return "deliveries";
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/deliveries", Permission.READ, this::list);
    paths.get("/deliveries/{id}", Permission.READ, this::show);
    paths.get("/deliveries/{id}/body", Permission.READ, this::bytes);
    paths.post("/deliveries/{id}/retry", Permission.WORK, this::retry);
    pins.addTo(paths, Pins.Kind.DELIVERY, v -> show(v, v::refused));
  }

  private Reply list(Visit visit) {
    var t = visit.texts();
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
    var email = visit.query("email").orElse("");
    var words = visit.query("words").orElse("");
    var endpoint = visit.query("endpoint").orElse("");
    var from = time(visit, "from");
    var to = time(visit, "to");
    long since = from.map(deliveries::firstAt).orElse(0L);
    long end = to.map(deliveries::firstAt).orElse(Long.MAX_VALUE);
    boolean fromEnd = end <= before;
    boolean understood =
        visit.query("state").isPresent() == (state != null)
            && visit.query("from").isPresent() == from.isPresent()
            && visit.query("to").isPresent() == to.isPresent();
    boolean findable =
        words.isEmpty() || words.length() <= LONGEST_WORDS && Deliveries.mayLookFor(words);
    boolean readable = understood && findable;
    var found =
        readable
            ? deliveries.search(
                visit.scope(),
                new Deliveries.Query(
                    endpoint.isEmpty() ? null : endpoint,
                    null,
                    state,
                    email.isEmpty() ? null : leads.listOfEmail(visit.scope(), email),
                    since,
                    words,
                    fromEnd ? end : before,
                    fromEnd ? "" : after,
                    AT_ONCE))
            : new Deliveries.Found(List.of(), Optional.empty());
    var filter =
        Stream.of("state", "endpoint", "email", "words", "from", "to")
            .flatMap(n -> visit.query(n).stream().map(v -> "&" + n + "=" + encoded(v)))
            .collect(Collectors.joining());
    var endpoints = Endpoints.in(store.settings());
    var nodes = Nodes.in(store.settings());
    return visit.page(
        "leads/deliveries.jte",
        new Listed(
            found.standings().stream().map(s -> row(visit, endpoints, s)).toList(),
            new Pager(
                place.isEmpty() ? "" : PATH + "?" + filter,
                found
                    .next()
                    .map(p -> PATH + "?before=" + p.seq() + "~" + p.id() + filter)
                    .orElse("")),
            !filter.isEmpty(),
            state == null ? "" : state.word(),
            Arrays.stream(DeliveryState.State.values())
                .map(s -> new Choice(s.word(), t.of("delivery.state." + s.word())))
                .toList(),
            endpoint,
            endpoints.all().stream()
                .filter(e -> visit.scope().containsNode(nodes, e.node()))
                .map(e -> new Choice(e.id(), Clean.line(e.name())))
                .toList(),
            Clean.line(email),
            Clean.line(words),
            findable
                ? understood ? "" : t.of("deliveries.filter.wrong")
                : t.of("deliveries.words.wrong"),
            from.isPresent() ? visit.query("from").orElse("") : "",
            to.isPresent() ? visit.query("to").orElse("") : ""));
  }

  /// A time as a browser's field for times gives it, in UTC; empty for anything else.
  private static Optional<Instant> time(Visit visit, String name) {
    try {
      return visit.query(name).map(LocalDateTime::parse).map(t -> t.toInstant(ZoneOffset.UTC));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Row row(Visit visit, Endpoints endpoints, Deliveries.Standing standing) {
    var delivery = standing.delivery();
    var state = standing.state();
    return new Row(
        PATH + "/" + delivery.id(),
        delivery.leadId().isEmpty() ? "" : "/console/leads/" + delivery.leadId(),
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
    return show(visit, visit::page);
  }

  private Reply show(Visit visit, BiFunction<String, Object, Reply> page) {
    var found = deliveries.find(visit.scope(), visit.path("id"));
    if (found.isEmpty()) {
      return visit.missing();
    }
    var standing = found.get();
    var attempts = deliveries.listAttempts(standing.delivery().id());
    var sent = SentBody.of(store, renderer, standing.delivery(), attempts);
    List<Marked.Line> body = List.of();
    var cannot = "";
    var contentType = "";
    Map<String, String> headers = Map.of();
    switch (rendered(sent)) {
      case Renderer.Rendered.Ready ready -> {
        body = Marked.lines(ready.body(), List.of());
        contentType = ready.contentType();
        headers = ready.headers();
      }
      case Renderer.Rendered.CannotWrite(var reason) -> cannot = Clean.line(reason);
    }
    return page.apply(
        "leads/delivery.jte",
        new One(
            standing.delivery().id(),
            standing.delivery().leadId().isEmpty()
                ? ""
                : "/console/leads/" + standing.delivery().leadId(),
            teller.delivery(visit.texts(), standing, visit.now()),
            sent instanceof SentBody.Same,
            // Of what could never be written the reason says all.
            cannot.isEmpty() || standing.state().attempts() > 0
                ? words(visit.texts(), standing, sent)
                : "",
            body,
            contentType,
            cannot,
            headers,
            visit.may(Permission.WORK),
            standing.state().state() == DeliveryState.State.DELIVERED,
            pins.of(
                visit,
                Pins.Kind.DELIVERY,
                standing.delivery().id(),
                standing.delivery().leadId())));
  }

  /// The very bytes that were sent, for as long as they can be written anew.
  private Reply bytes(Visit visit) {
    var found = deliveries.find(visit.scope(), visit.path("id"));
    if (found.isEmpty()) {
      return visit.missing();
    }
    var delivery = found.get().delivery();
    return switch (SentBody.of(store, renderer, delivery, deliveries.listAttempts(delivery.id()))) {
      // Never as what it claims to be: strangers' words are in it.
      case SentBody.Same(var ready, _, _) ->
          Reply.of(200, "text/plain", ready.body())
              .with("Content-Disposition", "attachment; filename=\"" + delivery.id() + ".txt\"");
      case SentBody.Next _, SentBody.Other _ -> visit.missing();
    };
  }

  private static Renderer.Rendered rendered(SentBody sent) {
    return switch (sent) {
      case SentBody.Next(var rendered) -> rendered;
      case SentBody.Same(var ready, _, _) -> ready;
      case SentBody.Other(var rendered, _) -> rendered;
    };
  }

  /// Whether what is shown is what was sent.
  private static String words(Texts t, Deliveries.Standing standing, SentBody sent) {
    return switch (sent) {
      case SentBody.Next _ ->
          t.of(
              standing.state().attempts() > 0
                  ? "deliveries.sent.forgotten"
                  : "deliveries.sent.next");
      case SentBody.Same(_, var attempt, var attempts) ->
          t.of(
              "deliveries.sent.same",
              attempts.stream().map(String::valueOf).collect(Collectors.joining(", ")),
              attempt.digest());
      case SentBody.Other(_, var attempt) ->
          t.of("deliveries.sent.other", attempt.n(), attempt.digest());
    };
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
