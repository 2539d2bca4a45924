package dev.porchlight.console.endpoints;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.porchlight.access.ConsoleRole;
import dev.porchlight.access.Permission;
import dev.porchlight.access.Secrets;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Pulse;
import dev.porchlight.console.Section;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Tone;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Authorization;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointHealth;
import dev.porchlight.delivery.EndpointTest;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Engine;
import dev.porchlight.delivery.Missed;
import dev.porchlight.delivery.Renderer;
import dev.porchlight.delivery.Terms;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.onward.Replay;
import dev.porchlight.desk.onward.Replays;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.desk.setup.SetupException;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.web.Reply;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// `/console/endpoints`: where we deliver, a form for a new one, the page of each with its tests,
/// secrets, pause and replay, and one lead in every contract.
public final class EndpointSection implements Section {
  private static final String LIST = "/console/endpoints";
  private static final String PATH = LIST + "/";
  private static final int AT_ONCE = 50;
  private static final int LOOKED_AT = 20;
  private static final int SHOWN = 20;
  private static final int COUNTED = 1000;
  private static final int BODY = 20_000;
  private static final List<Integer> OVERLAPS = List.of(24, 1, 72, 168, 0);
  private static final List<Integer> DAYS = List.of(1, 7, 30, 365);
  private static final Set<String> FIELDS =
      Set.of("name", "contract", "url", "node", "api_key_header", "api_key");

  private final Store store;
  private final int hub;
  private final EndpointSetup setup;
  private final Deliveries deliveries;
  private final Replays replays;
  private final Runnable replayWork;
  private final Engine engine;
  private final EndpointTest test;
  private final List<String> contracts;
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
    this.hub = hub;
    this.setup = setup;
    this.deliveries = deliveries;
    this.replays = replays;
    this.replayWork = replayWork;
    this.engine = engine;
    this.test = test;
    this.contracts = contracts.stream().sorted(EndpointSection::usualFirst).toList();
    changes = new EndpointChange(store, deeds, this.contracts);
    preview = new PreviewPage(leads, this.contracts, renderer);
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
    paths.get("/endpoints", Permission.READ, this::list);
    paths.get("/endpoints/new", Permission.ADMIN, v -> v.page("endpoints/new.jte", form(v, "")));
    paths.post("/endpoints/new", Permission.ADMIN, this::make);
    paths.get("/endpoints/preview", Permission.READ, preview::answer);
    paths.get("/endpoints/preview/whole", Permission.READ, preview::whole);
    paths.get("/endpoints/{id}", Permission.READ, v -> on(v, e -> show(v, e, "", "")));
    paths.get("/endpoints/{id}/change", Permission.ADMIN, changes::show);
    paths.post("/endpoints/{id}/change", Permission.ADMIN, changes::save);
    paths.post("/endpoints/{id}/test", Permission.WORK, v -> on(v, e -> test(v, e)));
    paths.post("/endpoints/{id}/secret", Permission.ADMIN, v -> made(v, e -> rotate(v, e)));
    paths.post("/endpoints/{id}/pause", Permission.ADMIN, v -> made(v, e -> pause(v, e, true)));
    paths.post("/endpoints/{id}/enable", Permission.ADMIN, v -> made(v, e -> pause(v, e, false)));
    paths.post("/endpoints/{id}/replay", Permission.WORK, v -> on(v, e -> replay(v, e)));
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

  private Reply list(Visit visit) {
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
                skip == 0 ? "" : LIST,
                seen.size() > AT_ONCE ? LIST + "?skip=" + (skip + AT_ONCE) : ""),
            visit.may(Permission.ADMIN)));
  }

  private EndpointView.Line line(
      Visit visit, Endpoint endpoint, Map<String, EndpointHealth> ailing) {
    var newest = newest(visit, endpoint, LOOKED_AT);
    int waiting = deliveries.counts().countLanes(endpoint.id(), COUNTED);
    return new EndpointView.Line(
        PATH + endpoint.id(),
        Clean.line(endpoint.name()),
        endpoint.contract(),
        Clean.line(where(endpoint)),
        standing(visit, endpoint, ailing.get(endpoint.id()), newest),
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

  private List<Deliveries.Standing> newest(Visit visit, Endpoint endpoint, int most) {
    return deliveries.list(visit.scope(), new Deliveries.Query(endpoint.id(), null, null, most));
  }

  private static String trouble(Visit visit, Endpoint endpoint, EndpointHealth health) {
    var t = visit.texts();
    var since =
        t.of(
            "endpoint.trouble",
            visit.time(health.failingSince()).relative(),
            t.english(Clean.line(health.reason())).text());
    return health
        .disabledAt(endpoint)
        .map(end -> since + " " + t.of("endpoint.trouble.end", visit.time(end).exact()))
        .orElse(since);
  }

  private static List<Badge> standing(
      Visit visit,
      Endpoint endpoint,
      @Nullable EndpointHealth health,
      List<Deliveries.Standing> newest) {
    var t = visit.texts();
    var badges = new ArrayList<Badge>();
    if (endpoint.disabled()) {
      badges.add(new Badge(Tone.BAD, t.of("endpoint.paused")));
    }
    if (health != null) {
      badges.add(
          health.shutUntil() == null || endpoint.disabled()
              ? new Badge(Tone.WAITING, t.of("endpoint.failing"))
              : new Badge(
                  Tone.BAD,
                  health.shutUntil().isAfter(visit.now())
                      ? t.of("endpoint.shut", visit.time(health.shutUntil()).relative())
                      : t.of("now.endpoint.ajar")));
    }
    for (var state : DeliveryState.State.values()) {
      long n = newest.stream().filter(s -> s.state().state() == state).count();
      if (n > 0) {
        badges.add(new Badge(tone(state), n + " " + t.of("delivery.state." + state.word())));
      }
    }
    if (badges.isEmpty()) {
      badges.add(new Badge(Tone.PLAIN, t.of("endpoint.quiet")));
    }
    return badges;
  }

  private static Tone tone(DeliveryState.State state) {
    return switch (state) {
      case DELIVERED -> Tone.GOOD;
      case PENDING -> Tone.WAITING;
      case DEAD, UNWRITABLE -> Tone.BAD;
      case DROPPED -> Tone.PLAIN;
    };
  }

  static String label(Texts t, String contract) {
    var key = "to." + contract;
    return t.has(key) ? t.of(key) : contract;
  }

  private EndpointView.New form(Visit visit, String trouble) {
    var t = visit.texts();
    var form = visit.request().method().equals("POST") ? visit.form() : Form.empty();
    var nodes = Nodes.in(store.settings());
    return new EndpointView.New(
        form.field("name", t.of("endpoint.name"))
            .hint(t.of("endpoint.name.hint"))
            .longest(200)
            .needed(),
        form.field("contract", t.of("endpoint.contract")).or(contracts.getFirst()),
        contracts.stream().map(c -> new Choice(c, label(t, c))).toList(),
        form.field("url", t.of("endpoint.url"))
            .hint(t.of("endpoint.url.hint"))
            .longest(2048)
            .needed(),
        form.field("node", t.of("endpoint.node"))
            .hint(t.of("endpoint.node.hint"))
            .or(nodes.defaultOffice().id()),
        Choice.ofNodes(
            visit, nodes, n -> n.kind() != Node.Kind.MEMBER && n.kind() != Node.Kind.TEAM),
        form.field("auth", t.of("endpoint.auth")).hint(t.of("endpoint.auth.hint")).or("none"),
        List.of(
            new Choice("none", t.of("endpoint.auth.none")),
            new Choice("api-key", t.of("endpoint.auth.key")),
            new Choice("bearer", t.of("endpoint.auth.bearer")),
            new Choice("basic", t.of("endpoint.auth.basic"))),
        form.field("api_key_header", t.of("endpoint.header")).longest(64).or("X-API-Key"),
        form.field("user", t.of("endpoint.user")).longest(1024),
        form.field("api_key", t.of("endpoint.secret"))
            .hint(t.of("endpoint.secret.hint"))
            .type("password")
            .longest(1024),
        form.has("tests"),
        form.has("channel"),
        trouble);
  }

  private Reply make(Visit visit) {
    var form = visit.form();
    try {
      return makeOf(visit, form);
    } catch (SetupException e) {
      var sentence = visit.texts().english(Clean.line(e.sentence())).text();
      visit.form().refuse(e.member().isEmpty() ? "url" : e.member(), sentence);
      return visit.refused(
          "endpoints/new.jte", form(visit, FIELDS.contains(e.member()) ? "" : sentence));
    }
  }

  private Reply makeOf(Visit visit, Form form) {
    var t = visit.texts();
    var name = form.text("name");
    var way = form.text("auth");
    var secretText = form.raw("api_key");
    var user = form.text("user");
    if (name.isEmpty() || name.length() > 200 || name.chars().anyMatch(Character::isISOControl)) {
      form.refuse("name", t.of("endpoint.name.wrong"));
    }
    boolean shown = Set.of("api-key", "bearer", "basic").contains(way);
    if (shown && secretText.isEmpty()) {
      form.refuse("api_key", t.of("endpoint.secret.missing"));
    }
    if (way.equals("basic")
        && (user.isEmpty()
            || user.contains(":")
            || user.chars().anyMatch(c -> c < ' ' || c > '~'))) {
      form.refuse("user", t.of("endpoint.user.wrong"));
    }
    if (!form.isFine()) {
      return visit.refused("endpoints/new.jte", form(visit, ""));
    }
    var id = Draw.fresh(store.now(), hub).uuid("endpoint");
    var url = setup.url(form.text("url"));
    var contract = setup.contract(form.text("contract"));
    var secret = setup.secret(id, false);
    var sealed = new ArrayList<Secrets.Sealed>(List.of(secret.sealed()));
    if (shown) {
      sealed.add(
          setup.seal(
              id,
              way.equals("api-key") ? EndpointSetup.API_KEY : EndpointSetup.AUTHORIZATION,
              EndpointSetup.apiKey(secretText)));
    }
    var how =
        switch (way) {
          case "bearer" -> new Authorization(Authorization.Kind.BEARER, "", "", "");
          case "basic" -> new Authorization(Authorization.Kind.BASIC, user, "", "");
          default -> null;
        };
    var header = form.text("api_key_header");
    var endpoint =
        new Endpoint(
            id,
            name,
            form.text("node").isEmpty()
                ? EndpointSetup.home(visit.scope(), Nodes.in(store.settings()))
                : form.text("node"),
            url,
            form.has("channel"),
            contract,
            header.isEmpty() ? "X-API-Key" : header,
            Set.of(),
            Set.of(),
            form.has("tests"),
            null,
            null,
            true,
            null,
            false,
            false,
            new Terms(Set.of(), "", false, null, null, null, how, null, null, null),
            null);
    store.write(
        WorkQueue.EDITS,
        batch -> {
          setup.make(batch, visit.scope(), endpoint, sealed);
          return true;
        });
    return show(visit, endpoint, secret.shown(), "");
  }

  private Reply rotate(Visit visit, Endpoint endpoint) {
    var asked = visit.form().text("overlap");
    var hours =
        asked.isEmpty()
            ? Optional.of(OVERLAPS.getFirst())
            : OVERLAPS.stream().filter(o -> o.toString().equals(asked)).findFirst();
    if (hours.isEmpty()) {
      visit.form().refuse("overlap", visit.texts().of("overlap.wrong"));
      return show(visit, endpoint, "", "");
    }
    var overlap = Duration.ofHours(hours.get());
    var secret = setup.secret(endpoint.id(), false);
    var old = setup.listSigning(endpoint.id());
    store.write(
        WorkQueue.EDITS,
        batch -> setup.rotate(batch, endpoint.id(), secret, old, overlap, visit.principal().id()));
    return show(visit, endpoint, secret.shown(), "");
  }

  private Reply pause(Visit visit, Endpoint endpoint, boolean disabled) {
    var missed = disabled ? Optional.<Missed>empty() : Missed.by(store, endpoint);
    boolean known =
        store.write(
            WorkQueue.EDITS,
            batch -> {
              var now = Endpoints.in(batch.settings()).find(endpoint.id());
              now.ifPresent(e ->
                  setup.change(
                      batch, visit.scope(), e, e.with(e.subscription(), disabled), Set.of()));
              return now.isPresent();
            });
    engine.wake();
    long givenUp = missed.map(Missed::givenUp).orElse(0L);
    if (known && givenUp > 0) {
      return show(
          visit,
          endpoint.with(endpoint.subscription(), false),
          "",
          visit.texts().of("endpoint.enabled.missed", givenUp));
    }
    return known
        ? visit.done(
            "/endpoints/" + endpoint.id(), disabled ? "endpoint.paused" : "endpoint.enabled")
        : visit.missing();
  }

  private Reply test(Visit visit, Endpoint endpoint) {
    var t = visit.texts();
    var exchange = test.run(endpoint);
    var status = exchange.status();
    return visit.page(
        "endpoints/tried.jte",
        new EndpointView.Tried(
            PATH + endpoint.id(),
            Clean.line(endpoint.name()),
            exchange.delivered(),
            status == null
                ? Clean.line(exchange.error())
                : t.of(exchange.delivered() ? "tried.taken" : "tried.refused", status),
            t.took(exchange.duration()),
            Clean.line(exchange.url()),
            exchange.headers().entrySet().stream()
                .map(h -> new Fact(Clean.line(h.getKey()), Clean.line(h.getValue())))
                .toList(),
            Clean.lines(
                exchange.shown().isEmpty() ? new String(exchange.body(), UTF_8) : exchange.shown(),
                BODY),
            Clean.lines(new String(exchange.answer(), UTF_8), BODY)));
  }

  /// Delivers what it missed, or counts first what that would be.
  private Reply replay(Visit visit, Endpoint endpoint) {
    int days = DAYS.getFirst();
    for (var since : DAYS) {
      if (visit.form().text("since").equals(since.toString())) {
        days = since;
      }
    }
    var from = visit.now().minus(Duration.ofDays(days));
    var wanted =
        new Replay.Wanted(
            replays.firstAt(from),
            replays.end(),
            from.toString(),
            "",
            Replay.MISSED,
            Set.of(),
            Set.of(),
            "");
    if (visit.form().text("do").equals("count")) {
      var count = replays.count(endpoint, wanted);
      long all = count.byState().values().stream().mapToLong(n -> n).sum();
      return show(
          visit,
          endpoint,
          "",
          visit.texts().of(count.complete() ? "endpoint.counted" : "endpoint.counted.more", all));
    }
    var draw = Draw.fresh(store.now(), hub);
    store.write(
        WorkQueue.EDITS,
        batch ->
            Replay.begin(
                batch,
                draw,
                endpoint.id(),
                wanted,
                Replay.USUAL_PER_SECOND,
                visit.principal().id()));
    replayWork.run();
    return visit.done("/endpoints/" + endpoint.id(), "endpoint.replayed");
  }

  private Reply show(Visit visit, Endpoint endpoint, String secret, String counted) {
    var t = visit.texts();
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    var newest = newest(visit, endpoint, SHOWN);
    var health = deliveries.listAiling().get(endpoint.id());
    var form = visit.request().method().equals("POST") ? visit.form() : Form.empty();
    return visit.shown(
        "endpoints/one.jte",
        new EndpointView(
            PATH + endpoint.id(),
            Clean.line(endpoint.name()),
            standing(visit, endpoint, health, newest),
            secret,
            guide(t, endpoint.contract()),
            health == null ? "" : trouble(visit, endpoint, health),
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
                            tone(h.state()),
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
    facts.add(new Fact(t.of("endpoint.contract"), label(t, endpoint.contract())));
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
        new Badge(tone(state.state()), visit.texts().of("delivery.state." + state.state().word())),
        Clean.line(state.reason()));
  }
}
