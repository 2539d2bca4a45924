package dev.porchlight.console.events;

import dev.porchlight.access.Credentials;
import dev.porchlight.access.Permission;
import dev.porchlight.access.party.Grant;
import dev.porchlight.access.party.Grants;
import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Section;
import dev.porchlight.console.Time;
import dev.porchlight.console.Tone;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.events.PublishedEvent;
import dev.porchlight.desk.events.PublishedEvents;
import dev.porchlight.store.Store;
import dev.porchlight.value.Violation;
import dev.porchlight.web.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/console/events`: published real-estate events with who got them and what breaks their
/// contract, and the parties with what each lets another do.
public final class EventSection implements Section {
  private static final String PATH = "/console/events";
  private static final int AT_ONCE = 50;
  private static final int MOST_LISTED = 500;

  private final Store store;
  private final PublishedEvents events;

  private final PartyPages partyPages;

  public EventSection(Store store, Credentials credentials, Deeds deeds) {
    this.store = store;
    partyPages = new PartyPages(store, credentials, deeds);
    events = new PublishedEvents(store);
  }

  record Row(String href, String topic, String publisher, @Nullable Badge broken, Time at) {}

  record Listed(
      List<Row> rows,
      Pager pager,
      String topic,
      Form.Field publisher,
      List<Choice> publishers,
      boolean violating) {
    boolean isFiltered() {
      return !topic.isEmpty() || !publisher.value().isEmpty() || violating;
    }
  }

  /// @param grant why it got a copy
  record Copy(String receiver, String agent, String grant) {}

  /// @param href where the thing is shown; empty where it is not
  record Line(String kind, String subject, String href) {}

  record One(
      String topic,
      List<Fact> facts,
      List<Violation> violations,
      List<Copy> copies,
      List<Line> consequences) {}

  record Member(
      String href,
      String name,
      String kind,
      String pod,
      String node,
      String endpoint,
      Badge state) {}

  record Allowed(
      String owner,
      String party,
      String publishes,
      String follows,
      String limits,
      Badge state,
      String endPath) {}

  record Known(List<Member> parties, List<Allowed> grants, boolean admin) {}

  @Override
  public List<String> scripts() {
    return List.of("contacts");
  }

  @Override
  public String name() {
    return "events";
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/events", Permission.READ, this::list);
    paths.get("/events/parties", Permission.READ, this::parties);
    paths.get("/events/parties/new", Permission.ADMIN, partyPages::newParty);
    paths.post("/events/parties/new", Permission.ADMIN, partyPages::make);
    paths.get("/events/parties/{id}", Permission.READ, partyPages::show);
    paths.post("/events/parties/{id}", Permission.ADMIN, partyPages::change);
    paths.post("/events/parties/{id}/key", Permission.ADMIN, partyPages::rotate);
    paths.post("/events/parties/{id}/remove", Permission.ADMIN, partyPages::remove);
    paths.get("/events/grants/new", Permission.ADMIN, partyPages::newGrant);
    paths.post("/events/grants/new", Permission.ADMIN, partyPages::makeGrant);
    paths.post("/events/grants/{id}/end", Permission.ADMIN, partyPages::endGrant);
    paths.get("/events/{id}", Permission.READ, this::show);
  }

  private List<Party> seen(Visit visit) {
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    return Parties.in(settings).all().stream()
        .filter(p -> visit.scope().containsNode(nodes, p.node()))
        .toList();
  }

  /// The ids of the parties that somebody sees; null for all.
  private @Nullable List<String> ids(Visit visit) {
    return visit.scope().everything() ? null : seen(visit).stream().map(Party::id).toList();
  }

  private String party(String id) {
    return Clean.line(Parties.in(store.settings()).find(id).map(Party::name).orElse(id));
  }

  private Reply list(Visit visit) {
    var t = visit.texts();
    var topic = visit.query("topic").orElse("");
    var publisher = visit.query("publisher").orElse("");
    boolean violating = visit.query("violations").isPresent();
    long before =
        visit
            .query("before")
            .filter(b -> b.matches("[0-9]{1,18}"))
            .map(Long::parseLong)
            .orElse(Long.MAX_VALUE);
    var found =
        events.list(
            ids(visit),
            new PublishedEvents.Query(
                topic.isEmpty() ? null : topic,
                publisher.isEmpty() ? null : publisher,
                violating,
                before,
                AT_ONCE + 1));
    var shown = found.subList(0, Math.min(AT_ONCE, found.size()));
    var filter =
        (topic.isEmpty() ? "" : "&topic=" + encoded(topic))
            + (publisher.isEmpty() ? "" : "&publisher=" + encoded(publisher))
            + (violating ? "&violations=true" : "");
    var publishers = new ArrayList<Choice>();
    publishers.add(new Choice("", t.of("filter.all")));
    seen(visit).stream()
        .limit(MOST_LISTED)
        .forEach(p -> publishers.add(new Choice(p.id(), Clean.line(p.name()))));
    return visit.page(
        "events/list.jte",
        new Listed(
            shown.stream().map(e -> row(visit, e)).toList(),
            new Pager(
                before == Long.MAX_VALUE ? "" : PATH + "?" + filter,
                found.size() > AT_ONCE ? PATH + "?before=" + shown.getLast().seq() + filter : ""),
            Clean.line(topic),
            Form.empty().field("publisher", t.of("event.publisher")).or(publisher),
            publishers,
            violating));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Row row(Visit visit, PublishedEvent event) {
    int broken = event.listViolations().size();
    return new Row(
        PATH + "/" + event.id(),
        Clean.line(event.topic()),
        party(event.publisher()),
        broken == 0 ? null : new Badge(Tone.WAITING, visit.texts().of("event.broken", broken)),
        visit.time(event.draw().at()));
  }

  private Reply show(Visit visit) {
    return events
        .find(ids(visit), visit.path("id"))
        .<Reply>map(e -> visit.page("events/one.jte", one(visit, e)))
        .orElseGet(visit::missing);
  }

  private One one(Visit visit, PublishedEvent event) {
    var t = visit.texts();
    var grants = Grants.in(store.settings());
    return new One(
        Clean.line(event.topic()),
        List.of(
            new Fact(t.of("event.publisher"), party(event.publisher())),
            new Fact(t.of("event.time"), visit.time(event.time()).exact()),
            new Fact(t.of("event.published"), visit.time(event.draw().at()).exact()),
            new Fact(t.of("event.id"), event.id()),
            new Fact(t.of("event.uri"), Clean.line(event.uri()))),
        event.listViolations().stream()
            .map(v ->
                new Violation(
                    Clean.line(v.pointer()), Clean.line(v.rule()), Clean.line(v.action())))
            .toList(),
        events.listCopies(event.id()).stream()
            .map(c ->
                new Copy(
                    party(c.receiver()),
                    party(c.agent()),
                    c.grant().isEmpty()
                        ? t.of("event.own")
                        : t.of(
                            "event.by.grant",
                            grants.find(c.grant()).map(g -> party(g.owner())).orElse(""))))
            .toList(),
        events.listConsequences(event).stream()
            .map(l ->
                new Line(
                    Clean.line(l.kind()), Clean.line(l.subject()), href(l.kind(), l.subject())))
            .toList());
  }

  private static String href(String kind, String subject) {
    var of = kind.substring(0, Math.max(0, kind.indexOf('.')));
    return switch (of) {
      case "lead", "contact", "receipt", "listing" -> "/console/" + of + "s/" + subject;
      default -> "";
    };
  }

  private Reply parties(Visit visit) {
    var t = visit.texts();
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    var endpoints = Endpoints.in(settings);
    var seen = seen(visit);
    var ids = seen.stream().map(Party::id).toList();
    return visit.page(
        "events/parties.jte",
        new Known(
            seen.stream()
                .limit(MOST_LISTED)
                .map(p ->
                    new Member(
                        PartyPages.PATH + p.id(),
                        Clean.line(p.name()),
                        t.of("party.kind." + p.kind().word()),
                        Clean.line(p.url()),
                        Clean.line(nodes.find(p.node()).map(Node::name).orElse("")),
                        p.endpoint() == null
                            ? t.of("party.read")
                            : Clean.line(
                                endpoints
                                    .find(p.endpoint())
                                    .map(e -> e.url())
                                    .orElse(p.endpoint())),
                        p.isLive()
                            ? new Badge(Tone.GOOD, t.of("party.live"))
                            : new Badge(Tone.PLAIN, t.of("party.removed"))))
                .toList(),
            Grants.in(settings).all().stream()
                .filter(g -> ids.contains(g.owner()) || ids.contains(g.party()))
                .limit(MOST_LISTED)
                .map(g -> allowed(visit, g, ids.contains(g.owner())))
                .toList(),
            visit.may(Permission.ADMIN)));
  }

  /// @param own whether they see its owner, and so may end it
  private Allowed allowed(Visit visit, Grant grant, boolean own) {
    var t = visit.texts();
    var limits = new ArrayList<String>();
    if (grant.filter() != null) {
      limits.add(t.of("grant.filter", Clean.line(grant.filter())));
    }
    if (!grant.redaction().isEmpty()) {
      limits.add(t.of("grant.without", Clean.line(String.join(", ", grant.redaction()))));
    }
    if (grant.until() != null) {
      limits.add(t.of("grant.until", visit.time(grant.until()).exact()));
    }
    return new Allowed(
        party(grant.owner()),
        party(grant.party()),
        Clean.line(String.join(", ", grant.publishes())),
        Clean.line(String.join(", ", grant.subscribes())),
        String.join(" · ", limits),
        grant.isLive(visit.now())
            ? new Badge(Tone.GOOD, t.of("grant.live"))
            : new Badge(Tone.PLAIN, t.of("grant.ended")),
        own && grant.isLive(visit.now()) && visit.may(Permission.ADMIN)
            ? "/console/events/grants/" + grant.id() + "/end"
            : "");
  }
}
