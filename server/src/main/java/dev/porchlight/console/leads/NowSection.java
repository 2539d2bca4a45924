package dev.porchlight.console.leads;

import dev.porchlight.access.Permission;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Section;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Time;
import dev.porchlight.console.Tone;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.LastHour;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Pulse;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Store;
import dev.porchlight.web.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `/console/now`: leads as they arrive and what became of each, the last hour in figures, and what
/// needs a hand; all of it live.
public final class NowSection implements Section {
  private static final int LEADS = 10;
  private static final int SOURCES = 5;

  /// Stands for any number that is more than one.
  private static final int MANY = 2;

  private static final int MINUTES = 60;
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneOffset.UTC);

  private final Store store;
  private final Leads leads;
  private final Deliveries deliveries;
  private final Pulse pulse;
  private final LastHour lastHour;
  private final StoryTeller teller;

  public NowSection(
      Store store, StoryTeller teller, Leads leads, Deliveries deliveries, LastHour lastHour) {
    this.store = store;
    this.lastHour = lastHour;
    this.leads = leads;
    this.deliveries = deliveries;
    this.pulse = new Pulse(store);
    this.teller = teller;
  }

  /// One lead that arrived.
  ///
  /// @param came from the portal's timestamp to our 2xx, or that the portal's clock is ahead
  /// @param delivered from then until an endpoint had taken it
  /// @param acted from then until a person did something about it
  record Arrival(
      String id,
      String name,
      String wants,
      String source,
      Time at,
      String came,
      String delivered,
      String acted,
      List<Badge> standing) {}

  /// Something that needs a hand.
  ///
  /// @param href where one sees to it; empty for nowhere yet
  record Hand(Tone tone, String count, String text, String href) {}

  /// An endpoint that is slow, shut or disabled.
  record Ailing(String name, Badge badge, String why) {}

  /// Who broke which rule.
  record Breach(String source, String contract, String rule, String times, Time last) {}

  /// The last hour: a line a minute, two columns a source.
  record Chart(List<String> sources, List<Line> lines, int accepted, int delivered) {}

  record Line(String minute, List<Integer> accepted, List<Integer> delivered) {}

  /// What is shown.
  ///
  /// @param lookedShort whether leads were looked for for a moment only, and there may be more
  record Now(
      String now,
      List<Arrival> arrivals,
      boolean lookedShort,
      List<Hand> hands,
      List<Ailing> ailing,
      List<Breach> breaches,
      Chart chart) {
    /// Whether nothing needs a hand.
    public boolean isCalm() {
      return hands.isEmpty() && ailing.isEmpty();
    }
  }

  @Override
  public String name() {
    return "now";
  }

  @Override
  public List<String> scripts() {
    return List.of("chart", "now");
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/now", Permission.READ, this::show);
    paths.live(
        "/now/events",
        Permission.READ,
        (_, line) -> concerns(line),
        visit -> Optional.of(visit.part("leads/nowpart.jte", look(visit))));
  }

  private static boolean concerns(LogEntry line) {
    var kind = line.kind();
    return kind.startsWith("lead.")
        || kind.startsWith("receipt.")
        || kind.startsWith("delivery.")
        || kind.startsWith("endpoint.")
        || kind.startsWith("contact.");
  }

  private Reply show(Visit visit) {
    return visit.page("leads/now.jte", look(visit));
  }

  private Now look(Visit visit) {
    var now = store.now();
    var sources = Sources.in(store.settings());
    Function<String, String> name =
        id ->
            Clean.line(sources.find(id).map(Source::name).orElse(visit.texts().of("source.gone")));
    var newest =
        leads.search(visit.scope(), new Leads.Query(null, null, null, null, Long.MAX_VALUE, LEADS));
    return new Now(
        now.toString(),
        arrivals(visit, newest.rows(), name, now),
        newest.rows().size() < LEADS && newest.next().isPresent(),
        hands(visit),
        ailing(visit),
        pulse.breaches(visit.scope(), now).stream()
            .map(b ->
                new Breach(
                    name.apply(b.source()),
                    sources.find(b.source()).map(Source::contract).orElse(""),
                    Clean.line(b.rule()),
                    Integer.toString(b.times()),
                    visit.texts().time(b.last(), now)))
            .toList(),
        chart(visit, name, now));
  }

  private List<Arrival> arrivals(
      Visit visit, List<LeadRecord> newest, Function<String, String> source, Instant now) {
    var gists = teller.gists(visit.texts(), newest);
    var standings = deliveries.listOf(newest.stream().map(LeadRecord::id).toList(), LEADS);
    var delivered = pulse.firstDelivered(newest);
    var acted = pulse.firstAct(newest);
    return newest.stream()
        .map(l ->
            arrival(
                visit.texts(),
                l,
                Objects.requireNonNull(gists.get(l.id())),
                standings.getOrDefault(l.id(), List.of()),
                source,
                Optional.ofNullable(delivered.get(l.id())),
                Optional.ofNullable(acted.get(l.id())),
                now))
        .toList();
  }

  private Arrival arrival(
      Texts texts,
      LeadRecord record,
      StoryTeller.Gist gist,
      List<Deliveries.Standing> standing,
      Function<String, String> source,
      Optional<Instant> delivered,
      Optional<Instant> acted,
      Instant now) {
    Function<Instant, String> since = at -> texts.took(Duration.between(record.createdAt(), at));
    return new Arrival(
        record.id(),
        gist.name(),
        gist.wants(),
        source.apply(record.sourceId()),
        texts.time(record.createdAt(), now),
        gist.arose() == null ? "" : StoryTeller.came(texts, gist.arose(), record.createdAt()),
        delivered.map(since).orElse(""),
        acted.map(since).orElse(""),
        teller.summary(texts, record, standing));
  }

  private List<Hand> hands(Visit visit) {
    var texts = visit.texts();
    var troubles = pulse.troubles(visit.scope());
    var hands = new ArrayList<Hand>();
    hand(texts, hands, Tone.BAD, troubles.quarantined(), "quarantined");
    hand(texts, hands, Tone.WAITING, troubles.owed(), "owed");
    hand(texts, hands, Tone.BAD, troubles.dead(), "dead");
    hand(texts, hands, Tone.BAD, troubles.unwritable(), "unwritable");
    hand(texts, hands, Tone.PLAIN, troubles.refused(), "refused");
    if (visit.scope().member() != null) {
      // Whoever sees the endpoints is told of these; others of what waits for them.
      hand(texts, hands, Tone.WAITING, pulse.waiting(visit.scope(), inTrouble()), "waiting");
    }
    return hands;
  }

  /// The endpoints that take nothing.
  private List<String> inTrouble() {
    return Stream.concat(
            pulse.failing().stream().map(Pulse.Failing::endpoint),
            Endpoints.in(store.settings()).all().stream()
                .filter(Endpoint::disabled)
                .map(Endpoint::id))
        .distinct()
        .toList();
  }

  private static void hand(
      Texts texts, List<Hand> hands, Tone tone, Pulse.Number many, String what) {
    if (many.mayBeAny()) {
      var text = texts.of(many.more() ? "now.or_more" : "now.count", many.count());
      var href =
          switch (what) {
            case "dead", "unwritable" -> "/console/deliveries?state=" + what;
            case "waiting" -> "/console/deliveries?state=pending";
            default -> "/console/receipts?state=" + what;
          };
      hands.add(
          new Hand(
              tone, text, texts.of("now.hand." + what, many.more() ? MANY : many.count()), href));
    }
  }

  private List<Ailing> ailing(Visit visit) {
    var nodes = Nodes.in(store.settings());
    var failing =
        pulse.failing().stream().collect(Collectors.toMap(Pulse.Failing::endpoint, f -> f));
    return Endpoints.in(store.settings()).all().stream()
        .filter(e -> e.disabled() || failing.containsKey(e.id()))
        .filter(e -> visit.scope().containsNode(nodes, e.node()))
        .map(e -> ailing(visit, e, failing.get(e.id())))
        .sorted(Comparator.comparing(a -> a.badge().text() + a.name()))
        .limit(LEADS)
        .toList();
  }

  private static Ailing ailing(Visit visit, Endpoint endpoint, Pulse.@Nullable Failing failing) {
    var texts = visit.texts();
    var badge =
        endpoint.disabled()
            ? new Badge(Tone.BAD, texts.of("now.endpoint.disabled"))
            : failing != null && failing.shutUntil() != null
                ? new Badge(
                    Tone.BAD,
                    failing.shutUntil().isAfter(visit.now())
                        ? texts.of(
                            "now.endpoint.paused", visit.time(failing.shutUntil()).relative())
                        : texts.of("now.endpoint.ajar"))
                : new Badge(Tone.WAITING, texts.of("now.endpoint.failing"));
    var why =
        failing == null
            ? ""
            : texts.of(
                "now.endpoint.why",
                visit.time(failing.since()).relative(),
                texts.english(Clean.line(failing.reason())).text());
    return new Ailing(Clean.line(endpoint.name()), badge, why);
  }

  private Chart chart(Visit visit, Function<String, String> name, Instant now) {
    var all = lastHour.list(visit.scope(), now);
    Map<String, Integer> bySource = new LinkedHashMap<>();
    all.forEach(m -> bySource.merge(m.source(), m.accepted() + m.delivered(), Integer::sum));
    var busiest =
        bySource.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .toList();
    var shown = busiest.subList(0, Math.min(SOURCES, busiest.size()));
    boolean others = busiest.size() > shown.size();
    var columns = new ArrayList<>(shown.stream().map(name).toList());
    if (others) {
      columns.add(visit.texts().of("now.others"));
    }
    var lines = new ArrayList<Line>();
    var first = now.truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(MINUTES - 1));
    for (int i = 0; i < MINUTES; i++) {
      var minute = first.plus(Duration.ofMinutes(i));
      var accepted = new int[columns.size()];
      var delivered = new int[columns.size()];
      for (var m : all) {
        if (m.at().equals(minute)) {
          int known = shown.indexOf(m.source());
          int column = known < 0 ? columns.size() - 1 : known;
          accepted[column] += m.accepted();
          delivered[column] += m.delivered();
        }
      }
      lines.add(
          new Line(
              MINUTE.format(minute),
              Arrays.stream(accepted).boxed().toList(),
              Arrays.stream(delivered).boxed().toList()));
    }
    return new Chart(
        columns,
        lines,
        all.stream().mapToInt(LastHour.Minute::accepted).sum(),
        all.stream().mapToInt(LastHour.Minute::delivered).sum());
  }
}
