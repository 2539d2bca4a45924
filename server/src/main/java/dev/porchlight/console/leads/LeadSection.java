package dev.porchlight.console.leads;

import dev.porchlight.access.Permission;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Section;
import dev.porchlight.console.Time;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.erasure.Pins;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Store;
import dev.porchlight.web.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// `/console/leads`: the list, newest first, and the page of each.
public final class LeadSection implements Section {
  private static final int AT_ONCE = 50;
  private static final int DELIVERIES_OF_EACH = 20;
  private static final String PATH = "/console/leads/";

  private final Store store;
  private final Leads leads;
  private final Deliveries deliveries;
  private final StoryTeller teller;
  private final LeadActions actions;
  private final PinPart pins;

  /// @param hub the hub's number
  /// @param replayWork is told that a replay may go on
  public LeadSection(
      Store store,
      int hub,
      StoryTeller teller,
      Leads leads,
      Persons persons,
      Deliveries deliveries,
      Runnable replayWork,
      Deeds deeds) {
    this.store = store;
    this.leads = leads;
    this.deliveries = deliveries;
    this.teller = teller;
    pins = new PinPart(store, deeds);
    this.actions = new LeadActions(store, hub, leads, persons, deliveries, replayWork, pins);
  }

  /// One line of the list.
  record Line(
      String href, String name, String wants, String source, Time at, List<Badge> standing) {}

  /// @param sources to choose from
  record Listed(List<Line> lines, Pager pager, String leadId, String source, List<Choice> sources) {
    boolean isFiltered() {
      return !leadId.isEmpty() || !source.isEmpty();
    }
  }

  record Choice(String value, String text) {}

  @Override
  public String name() {
    return "leads";
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/leads", Permission.READ, this::list);
    paths.get("/leads/{id}", Permission.READ, this::show);
    paths.post("/leads/{id}/answered", Permission.WORK, actions::mark);
    paths.post(
        "/leads/{id}/reassign",
        Permission.WORK,
        v -> actions.reassign(v, offered -> refused(v, offered)));
    paths.post("/leads/{id}/send", Permission.WORK, actions::send);
    pins.addTo(paths, Pins.Kind.LEAD, v -> refused(v, actions.offer(v, v.path("id"))));
    paths.live(
        "/leads/{id}/events",
        Permission.READ,
        (visit, line) -> line.subject().equals(visit.path("id")),
        this::part);
  }

  private Reply list(Visit visit) {
    var source = visit.query("source").orElse("");
    var leadId = visit.query("lead_id").orElse("");
    long before =
        visit
            .query("before")
            .filter(b -> b.matches("[0-9]{1,18}"))
            .map(Long::parseLong)
            .orElse(Long.MAX_VALUE);
    var found =
        leads.search(
            visit.scope(),
            new Leads.Query(
                source.isEmpty() ? null : source,
                leadId.isEmpty() ? null : leadId,
                null,
                null,
                before,
                AT_ONCE));
    var shown = found.rows();
    var sources = Sources.in(store.settings());
    var filter =
        (source.isEmpty() ? "" : "&source=" + source)
            + (leadId.isEmpty()
                ? ""
                : "&lead_id=" + URLEncoder.encode(leadId, StandardCharsets.UTF_8));
    var pager =
        new Pager(
            before == Long.MAX_VALUE ? "" : "/console/leads?" + filter,
            found.next().map(p -> "/console/leads?before=" + p + filter).orElse(""));
    return visit.page(
        "leads/list.jte",
        new Listed(
            lines(visit, shown, sources),
            pager,
            Clean.line(leadId),
            source,
            sources.all().stream()
                .filter(s -> visit.scope().everything() || isWithin(visit, s))
                .map(s -> new Choice(s.id(), Clean.line(s.name())))
                .toList()));
  }

  private boolean isWithin(Visit visit, Source source) {
    return visit.scope().containsNode(Nodes.in(store.settings()), source.node());
  }

  private List<Line> lines(Visit visit, List<LeadRecord> records, Sources sources) {
    var gists = teller.gists(visit.texts(), records);
    var standings =
        deliveries.listOf(records.stream().map(LeadRecord::id).toList(), DELIVERIES_OF_EACH);
    return records.stream()
        .map(r ->
            line(
                visit,
                r,
                sources,
                Objects.requireNonNull(gists.get(r.id())),
                standings.getOrDefault(r.id(), List.of())))
        .toList();
  }

  private Line line(
      Visit visit,
      LeadRecord record,
      Sources sources,
      StoryTeller.Gist gist,
      List<Deliveries.Standing> standing) {
    return new Line(
        PATH + record.id(),
        gist.name(),
        gist.wants(),
        Clean.line(
            sources
                .find(record.sourceId())
                .map(Source::name)
                .orElse(visit.texts().of("source.gone"))),
        visit.time(record.createdAt()),
        teller.summary(visit.texts(), record, standing));
  }

  private Reply show(Visit visit) {
    return teller
        .tell(visit.scope(), visit.path("id"), visit.texts())
        .<Reply>map(
            s -> visit.page("leads/one.jte", new LeadView(s, PATH, actions.offer(visit, s.id()))))
        .orElseGet(visit::missing);
  }

  private Reply refused(Visit visit, LeadActions.Offered offered) {
    return teller
        .tell(visit.scope(), visit.path("id"), visit.texts())
        .<Reply>map(s -> visit.refused("leads/one.jte", new LeadView(s, PATH, offered)))
        .orElseGet(visit::missing);
  }

  private Optional<String> part(Visit visit) {
    return teller
        .tell(visit.scope(), visit.path("id"), visit.texts())
        .map(s ->
            visit.part("leads/story.jte", new LeadView(s, PATH, actions.offer(visit, s.id()))));
  }
}
