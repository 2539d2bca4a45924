package dev.porchlight.console.replays;

import dev.porchlight.access.ConsoleRole;
import dev.porchlight.access.Permission;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Section;
import dev.porchlight.console.Sheet;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Time;
import dev.porchlight.console.Tone;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.EventCatalogue;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.onward.Replay;
import dev.porchlight.desk.onward.Replays;
import dev.porchlight.filter.FilterException;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.web.Reply;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `/console/replays`: jobs that deliver past events to an endpoint, counted before they begin,
/// watched, paused and stopped.
public final class ReplaySection implements Section {
  private static final String PATH = "/console/replays/";
  private static final int AT_ONCE = 50;

  /// How many are looked through for one page by who sees only some.
  private static final int MOST_LOOKED_AT = 1000;

  private static final int LONGEST_FILTER = 4000;

  private final Store store;
  private final int hub;
  private final Replays replays;
  private final Runnable work;

  /// @param hub the hub's number
  /// @param work is told that a replay may go on
  public ReplaySection(Store store, int hub, Replays replays, Runnable work) {
    this.store = store;
    this.hub = hub;
    this.replays = replays;
    this.work = work;
  }

  record Row(
      String href, String endpoint, Badge state, String progress, String did, Time at, String by) {}

  /// @param visible whether whoever looks could see any
  record Listed(List<Row> rows, Pager pager, boolean mayMake, boolean visible) {}

  record Box(String name, String value, String text, boolean ticked) {}

  /// @param words what a filter may name
  /// @param counted what it would do, as a sentence; empty while nobody asked
  /// @param none whether there is no endpoint to choose
  record New(
      Form.Field endpoint,
      List<Choice> endpoints,
      Form.Field from,
      Form.Field to,
      List<Box> states,
      List<Box> kinds,
      Form.Field source,
      List<Choice> sources,
      Sheet.Item.Filter filter,
      List<String> words,
      Form.Field perSecond,
      String statesError,
      String counted,
      boolean none,
      boolean visible) {}

  /// @param may whether it can be paused, resumed and stopped by who looks
  record One(
      String path,
      String endpoint,
      String endpointHref,
      Badge state,
      long examined,
      long toExamine,
      String progress,
      String reason,
      List<Fact> did,
      List<Fact> facts,
      boolean may,
      boolean paused,
      Form.Field pace) {}

  @Override
  public String name() {
    return "replays";
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
    paths.get("/replays", Permission.READ, this::list);
    paths.get(
        "/replays/new",
        Permission.WORK,
        v -> isForWhole(v) ? v.page("replays/new.jte", form(v, Form.empty(), "")) : v.notAllowed());
    paths.post("/replays/new", Permission.WORK, v -> isForWhole(v) ? make(v) : v.notAllowed());
    paths.get(
        "/replays/{id}",
        Permission.READ,
        v -> find(v).<Reply>map(r -> v.page("replays/one.jte", one(v, r))).orElseGet(v::missing));
    paths.live(
        "/replays/{id}/events",
        Permission.READ,
        ReplaySection::concerns,
        v -> find(v).map(r -> v.part("replays/part.jte", one(v, r))));
    paths.post("/replays/{id}/pause", Permission.WORK, v -> change(v, Replay.State.PAUSED));
    paths.post("/replays/{id}/resume", Permission.WORK, v -> change(v, Replay.State.RUNNING));
    paths.post("/replays/{id}/stop", Permission.WORK, v -> change(v, Replay.State.STOPPED));
    paths.post("/replays/{id}/pace", Permission.WORK, v -> change(v, null));
  }

  private static boolean concerns(Visit visit, LogEntry line) {
    return line.kind().startsWith("delivery.")
        || (line.kind().startsWith("replay.") || line.kind().startsWith("inbox.replay"))
            && line.ref().equals(visit.path("id"));
  }

  private Optional<Endpoint> endpoint(Visit visit, String id) {
    var settings = store.settings();
    return Endpoints.in(settings)
        .find(id)
        .filter(e -> visit.scope().containsNode(Nodes.in(settings), e.node()));
  }

  private boolean sees(Visit visit, Replay replay) {
    return sees(visit, store, replays, replay);
  }

  /// Whether somebody sees a replay.
  public static boolean sees(Visit visit, Store store, Replays replays, Replay replay) {
    return visit.scope().everything()
        || replays
            .node(replay)
            .filter(n -> visit.scope().containsNode(Nodes.in(store.settings()), n))
            .isPresent();
  }

  private Optional<Replay> find(Visit visit) {
    return replays.find(visit.path("id")).filter(r -> sees(visit, r));
  }

  private Reply list(Visit visit) {
    var before = visit.query("before").filter(b -> b.matches("[0-9a-f-]{36}")).orElse("");
    var seen = new ArrayList<Replay>();
    var last = before;
    boolean further = true;
    for (int n = 0; further && n < MOST_LOOKED_AT && seen.size() < AT_ONCE; n += AT_ONCE) {
      var some = replays.listNewest(last, AT_ONCE + 1);
      further = some.size() > AT_ONCE;
      for (var replay : some.subList(0, Math.min(AT_ONCE, some.size()))) {
        if (seen.size() == AT_ONCE) {
          further = true;
          break;
        }
        last = replay.id();
        if (sees(visit, replay)) {
          seen.add(replay);
        }
      }
    }
    return visit.page(
        "replays/list.jte",
        new Listed(
            seen.stream().map(r -> row(visit, r)).toList(),
            new Pager(
                before.isEmpty() ? "" : "/console/replays",
                further ? "/console/replays?before=" + last : ""),
            visit.may(Permission.WORK) && isForWhole(visit),
            isForWhole(visit)));
  }

  /// An agent sees single contacts, and no endpoint at all.
  private static boolean isForWhole(Visit visit) {
    return visit.scope().member() == null;
  }

  private Row row(Visit visit, Replay replay) {
    var t = visit.texts();
    return new Row(
        PATH + replay.id(),
        name(t, replay),
        badge(t, replay),
        progress(t, replay),
        t.of("replay.did", replay.planned() + replay.retried()),
        visit.time(replay.createdAt()),
        by(replay));
  }

  private String name(Texts t, Replay replay) {
    var name = replays.name(replay).map(Clean::line);
    return replay.inbox().isEmpty()
        ? name.orElseGet(() -> t.of("endpoint.gone"))
        : t.of("replay.inbox", name.orElse(""));
  }

  private String by(Replay replay) {
    return Clean.line(
        Nodes.in(store.settings())
            .find(replay.principal().replaceFirst("^member ", ""))
            .map(Node::name)
            .orElse(replay.principal()));
  }

  private static Badge badge(Texts t, Replay replay) {
    var tone =
        switch (replay.state()) {
          case RUNNING, PAUSED -> Tone.WAITING;
          case STOPPED -> Tone.PLAIN;
          case FINISHED -> Tone.GOOD;
        };
    return new Badge(tone, t.of("replay.state." + replay.state().word()));
  }

  private static String progress(Texts t, Replay replay) {
    long all = replay.toExamine();
    return t.of("replay.progress", all == 0 ? 100 : Math.min(100, 100 * replay.examined() / all));
  }

  private One one(Visit visit, Replay replay) {
    var t = visit.texts();
    var wanted = replay.wanted();
    var facts = new ArrayList<Fact>();
    facts.add(
        new Fact(
            t.of("replay.from"), wanted.from().isEmpty() ? t.of("replay.ever") : wanted.from()));
    facts.add(
        new Fact(t.of("replay.to"), wanted.to().isEmpty() ? t.of("replay.begun") : wanted.to()));
    if (replay.inbox().isEmpty()) {
      facts.add(
          new Fact(
              t.of("replay.states"),
              String.join(", ", wanted.states().stream().sorted().map(s -> state(t, s)).toList())));
      facts.add(
          new Fact(
              t.of("replay.kinds"),
              wanted.kinds().isEmpty()
                  ? t.of("filter.all")
                  : String.join(", ", wanted.kinds().stream().sorted().toList())));
    }
    if (!wanted.sources().isEmpty()) {
      var sources = Sources.in(store.settings());
      facts.add(
          new Fact(
              t.of("replay.source"),
              String.join(
                  ", ",
                  wanted.sources().stream()
                      .map(s -> Clean.line(sources.find(s).map(Source::name).orElse(s)))
                      .sorted()
                      .toList())));
    }
    if (!wanted.filter().isEmpty()) {
      facts.add(new Fact(t.of("replay.filter"), Clean.line(wanted.filter())));
    }
    facts.add(new Fact(t.of("replay.pace"), Integer.toString(replay.perSecond())));
    facts.add(new Fact(t.of("replay.at"), visit.time(replay.createdAt()).exact()));
    if (replay.endedAt() != null) {
      facts.add(new Fact(t.of("replay.ended"), visit.time(replay.endedAt()).exact()));
    }
    facts.add(new Fact(t.of("replay.by"), by(replay)));
    return new One(
        PATH + replay.id(),
        name(t, replay),
        endpoint(visit, replay.endpointId()).map(e -> "/console/endpoints/" + e.id()).orElse(""),
        badge(t, replay),
        Math.min(replay.examined(), replay.toExamine()),
        Math.max(1, replay.toExamine()),
        progress(t, replay),
        Clean.line(replay.reason()),
        replay.inbox().isEmpty()
            ? List.of(
                new Fact(t.of("replay.planned"), Long.toString(replay.planned())),
                new Fact(t.of("replay.retried"), Long.toString(replay.retried())),
                new Fact(t.of("replay.passed"), Long.toString(replay.passedOver())))
            : List.of(new Fact(t.of("replay.brought"), Long.toString(replay.planned()))),
        facts,
        replay.state().isOpen() && visit.may(Permission.WORK),
        replay.state() == Replay.State.PAUSED,
        Form.empty()
            .field("per_second", t.of("replay.pace"))
            .type("number")
            .or(Integer.toString(replay.perSecond())));
  }

  private static String state(Texts t, String word) {
    return word.equals(Replay.NEVER) ? t.of("replay.never") : t.of("delivery.state." + word);
  }

  private New form(Visit visit, Form form, String counted) {
    var t = visit.texts();
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    var endpoints =
        Endpoints.in(settings).all().stream()
            .filter(e -> visit.scope().containsNode(nodes, e.node()))
            .map(e -> new Choice(e.id(), Clean.line(e.name())))
            .toList();
    var sources = new ArrayList<Choice>();
    sources.add(new Choice("", t.of("filter.all")));
    Sources.in(settings).all().stream()
        .filter(s -> visit.scope().containsNode(nodes, s.node()))
        .forEach(s -> sources.add(new Choice(s.id(), Clean.line(s.name()))));
    boolean fresh = !form.has("endpoint");
    var states = fresh ? Replay.MISSED : Set.copyOf(form.all("states"));
    var kinds = Set.copyOf(form.all("kinds"));
    return new New(
        form.field("endpoint", t.of("replay.endpoint")).or(visit.query("endpoint").orElse("")),
        endpoints,
        form.field("from", t.of("replay.from")).type("datetime-local").hint(t.of("replay.utc")),
        form.field("to", t.of("replay.to")).type("datetime-local").hint(t.of("replay.utc")),
        Replay.STATES.stream()
            .sorted()
            .map(s -> new Box("states", s, state(t, s), states.contains(s)))
            .toList(),
        Replay.KINDS.stream().sorted().map(k -> new Box("kinds", k, k, kinds.contains(k))).toList(),
        form.field("source", t.of("replay.source")),
        sources,
        new Sheet.Item.Filter(
            form.field("filter", t.of("replay.filter"))
                .hint(t.of("replay.filter.hint"))
                .longest(LONGEST_FILTER),
            "fields",
            misread(form.text("filter"))),
        Arrays.stream(EventCatalogue.values()).map(EventCatalogue::word).toList(),
        form.field("per_second", t.of("replay.pace"))
            .type("number")
            .or(Integer.toString(Replay.USUAL_PER_SECOND)),
        form.error("states"),
        counted,
        endpoints.isEmpty(),
        isForWhole(visit));
  }

  private Reply make(Visit visit) {
    var t = visit.texts();
    var form = visit.form();
    var endpoint = endpoint(visit, form.text("endpoint"));
    if (endpoint.isEmpty()) {
      form.refuse("endpoint", t.of("replay.endpoint.missing"));
    }
    var from = time(t, form, "from");
    var to = time(t, form, "to");
    var states = new LinkedHashSet<>(form.all("states"));
    if (states.isEmpty() || !Replay.STATES.containsAll(states)) {
      form.refuse("states", t.of("replay.states.missing"));
    }
    var kinds = new LinkedHashSet<>(form.all("kinds"));
    kinds.retainAll(Replay.KINDS);
    var source = form.text("source");
    boolean known =
        source.isEmpty()
            || Sources.in(store.settings())
                .find(source)
                .filter(s -> visit.scope().containsNode(Nodes.in(store.settings()), s.node()))
                .isPresent();
    if (!known) {
      form.refuse("source", t.of("replay.source.missing"));
    }
    int perSecond = pace(t, form);
    boolean readable = checkFilter(t, form);
    if (!readable || !form.isFine()) {
      return visit.refused("replays/new.jte", form(visit, form, ""));
    }
    var wanted =
        new Replay.Wanted(
            from == null ? 1L : replays.firstAt(from),
            to == null ? replays.end() : replays.firstAt(to),
            from == null ? "" : from.toString(),
            to == null ? "" : to.toString(),
            states,
            kinds,
            source.isEmpty() ? Set.of() : Set.of(source),
            form.text("filter"));
    var target = endpoint.orElseThrow();
    if (!form.text("do").equals("begin")) {
      var count = replays.count(target, wanted);
      long all = count.byState().values().stream().mapToLong(n -> n).sum();
      return visit.page(
          "replays/new.jte",
          form(
              visit, form, t.of(count.complete() ? "replay.counted" : "replay.counted.more", all)));
    }
    var draw = Draw.fresh(store.now(), hub);
    var begun =
        store.write(
            WorkQueue.EDITS,
            batch ->
                Replay.begin(batch, draw, target.id(), wanted, perSecond, visit.principal().id()));
    work.run();
    return visit.done("/replays/" + begun.id(), "replay.begun");
  }

  private static @Nullable Instant time(Texts t, Form form, String name) {
    var text = form.text(name);
    if (text.isEmpty()) {
      return null;
    }
    try {
      var time = LocalDateTime.parse(text);
      if (time.getYear() >= 0 && time.getYear() <= 9999) {
        return time.toInstant(ZoneOffset.UTC);
      }
    } catch (DateTimeException _) {
      // refused below, like a year that no calendar reaches
    }
    form.refuse(name, t.of("replay.time.wrong"));
    return null;
  }

  private static int pace(Texts t, Form form) {
    var text = form.text("per_second");
    int pace = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
    if (pace < 1 || pace > Replay.MOST_PER_SECOND) {
      form.refuse("per_second", t.of("replay.pace.wrong", Replay.MOST_PER_SECOND));
    }
    return pace;
  }

  /// Whether the filter can be read; where it can't, its place in the form says why.
  private static boolean checkFilter(Texts t, Form form) {
    var filter = form.text("filter");
    if (filter.length() > LONGEST_FILTER) {
      form.refuse("filter", t.of("replay.filter.long", LONGEST_FILTER));
      return false;
    }
    try {
      EventCatalogue.read(filter);
      return true;
    } catch (FilterException _) {
      return false;
    } catch (IllegalArgumentException _) {
      form.refuse("filter", t.of("replay.filter.now"));
      return false;
    }
  }

  /// Where a filter is wrong; null where it is not, or too long to be read at all.
  private static Sheet.@Nullable Misread misread(String filter) {
    if (filter.length() > LONGEST_FILTER) {
      return null;
    }
    try {
      EventCatalogue.read(filter);
    } catch (FilterException e) {
      var error = e.errors().getFirst();
      return Sheet.Misread.at(filter, error.position(), error.token(), error.message());
    } catch (IllegalArgumentException _) {
      // Said beside the field, since it has no place.
    }
    return null;
  }

  /// @param wanted null for another pace only
  private Reply change(Visit visit, Replay.@Nullable State wanted) {
    var known = find(visit);
    if (known.isEmpty()) {
      return visit.missing();
    }
    var form = visit.form();
    var pace = wanted == null ? pace(visit.texts(), form) : null;
    var path = "/replays/" + known.get().id();
    if (!form.isFine()) {
      return visit.done(path, "replay.not");
    }
    boolean done =
        store.write(
            WorkQueue.EDITS,
            batch -> {
              var now = Replay.find(batch, known.get().id()).filter(r -> r.state().isOpen());
              now.ifPresent(r -> Replay.change(batch, r, wanted, pace));
              return now.isPresent();
            });
    work.run();
    return visit.done(path, done ? "replay.changed" : "replay.not");
  }
}
