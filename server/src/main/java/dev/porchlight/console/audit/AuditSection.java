package dev.porchlight.console.audit;

import dev.porchlight.access.Audit;
import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Deed;
import dev.porchlight.access.Permission;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Section;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Time;
import dev.porchlight.console.Visit;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Store;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Route;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.Collator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `/console/audit`: who did what by the API and here, and who looked at whom.
public final class AuditSection implements Section {
  private static final int AT_ONCE = 100;

  private final Store store;
  private final Audit audit;
  private final Credentials credentials;
  private final Supplier<List<Route>> routes;

  /// @param routes all that there are: what can be done
  public AuditSection(
      Store store, Audit audit, Credentials credentials, Supplier<List<Route>> routes) {
    this.store = store;
    this.audit = audit;
    this.credentials = credentials;
    this.routes = routes;
  }

  /// @param route as it is kept
  /// @param page of the subject; empty for none
  record Row(
      Time at, String who, String act, String route, String subject, String page, String address) {}

  /// What is asked for, as it was filled in.
  ///
  /// @param zone in which its times are
  record Asked(String who, String act, String subject, String from, String to, String zone) {}

  /// @param wrong what can't be understood of it; empty for nothing
  record Listed(List<Row> rows, Pager pager, Asked asked, List<Choice> acts, String wrong) {}

  @Override
  public String name() {
    return "audit";
  }

  @Override
  public Permission needed() {
    return Permission.ADMIN;
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/audit", Permission.ADMIN, this::list);
  }

  private Reply list(Visit visit) {
    var asked =
        new Asked(
            visit.query("who").orElse(""),
            visit.query("act").orElse(""),
            visit.query("subject").orElse(""),
            visit.query("from").orElse(""),
            visit.query("to").orElse(""),
            visit.zone().getId());
    var from = visit.moment("from");
    var to = visit.moment("to");
    boolean understood =
        asked.from().isEmpty() == from.isEmpty() && asked.to().isEmpty() == to.isEmpty();
    var before = visit.query("before").filter(b -> b.matches("[0-9a-f-]{36}")).orElse("");
    var found =
        understood
            ? audit.list(
                visit.scope(),
                new Audit.Query(
                    asked.who().isEmpty() ? null : audit.called(credentials, asked.who()),
                    asked.subject(),
                    asked.act(),
                    from.orElse(null),
                    to.orElse(null),
                    before,
                    AT_ONCE))
            : Picked.<Audit.Entry, String>all(List.of());
    var filter =
        Stream.of("who", "act", "subject", "from", "to", "zone")
            .flatMap(n ->
                visit.query(n).stream()
                    .map(v -> "&" + n + "=" + URLEncoder.encode(v, StandardCharsets.UTF_8)))
            .collect(Collectors.joining());
    return visit.page(
        "audit/list.jte",
        new Listed(
            rows(visit, found.rows()),
            new Pager(
                before.isEmpty() ? "" : "/console/audit?" + filter,
                found.next().map(n -> "/console/audit?before=" + n + filter).orElse("")),
            new Asked(
                Clean.line(asked.who()),
                asked.act(),
                Clean.line(asked.subject()),
                from.isEmpty() ? "" : asked.from(),
                to.isEmpty() ? "" : asked.to(),
                asked.zone()),
            acts(visit.texts()),
            understood ? "" : visit.texts().of("audit.wrong")));
  }

  private List<Row> rows(Visit visit, List<Audit.Entry> entries) {
    var nodes = Nodes.in(store.settings());
    return entries.stream()
        .map(e ->
            new Row(
                visit.time(e.at()),
                Clean.line(who(nodes, e.principal())),
                Act.of(e.act()).words(visit.texts(), nodes, e.act()),
                Clean.line(e.act()),
                Clean.line(nodes.find(e.subject()).map(Node::name).orElse(e.subject())),
                Act.of(e.act()).page(e.subject()),
                Clean.line(e.address())))
        .toList();
  }

  private String who(Nodes nodes, String principal) {
    if (principal.startsWith(Audit.TOKEN)) {
      return credentials
          .findById(principal.substring(Audit.TOKEN.length()))
          .map(Credential::owner)
          .map(name -> Audit.TOKEN + name)
          .orElse(principal);
    }
    return nodes
        .find(principal.replaceFirst("^" + Audit.MEMBER, ""))
        .map(Node::name)
        .orElse(principal);
  }

  /// What can be asked for: all that can be done with each kind of thing, and anything.
  private List<Choice> acts(Texts t) {
    var deeds =
        routes.get().stream()
            .filter(
                r -> r.template().startsWith("/console/") || r.template().startsWith("/api/v1/"))
            .filter(r -> !r.method().equals("GET") || r.template().contains("{id}"))
            .map(r -> Deed.of(r.method() + " " + r.template()))
            .distinct()
            .toList();
    var choices = new ArrayList<Choice>();
    for (var deed : deeds) {
      var words = new Act(deed.thing(), deed.name(), "").words(t);
      if (!words.isEmpty()) {
        choices.add(new Choice(deed.word(), words));
      }
    }
    deeds.stream()
        .map(Deed::thing)
        .distinct()
        .filter(thing -> t.has("act.thing." + thing))
        .filter(thing -> deeds.stream().filter(d -> d.thing().equals(thing)).count() > 1)
        .forEach(thing ->
            choices.add(
                new Choice(
                    thing, t.of("act.line", t.of("act.thing." + thing), t.of("audit.anything")))));
    var order = Collator.getInstance(Locale.forLanguageTag(t.language()));
    choices.sort(Comparator.comparing(Choice::text, order));
    choices.addFirst(new Choice("", t.of("filter.all")));
    return choices;
  }
}
