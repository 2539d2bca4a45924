package dev.porchlight.console.audit;

import dev.porchlight.access.Audit;
import dev.porchlight.access.Permission;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Section;
import dev.porchlight.console.Time;
import dev.porchlight.console.Visit;
import dev.porchlight.store.Store;
import dev.porchlight.web.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// `/console/audit`: who did what by the API and here, and who looked at whom.
public final class AuditSection implements Section {
  private static final int AT_ONCE = 100;

  private final Store store;
  private final Audit audit;

  public AuditSection(Store store, Audit audit) {
    this.store = store;
    this.audit = audit;
  }

  /// @param route as it is kept
  /// @param page of the subject; empty for none
  record Row(
      Time at, String who, String act, String route, String subject, String page, String address) {}

  record Listed(List<Row> rows, Pager pager, String subject) {}

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
    var subject = visit.query("subject").orElse("");
    var before = visit.query("before").filter(b -> b.matches("[0-9a-f-]{36}")).orElse("");
    var found =
        audit.list(
            visit.scope(),
            new Audit.Query(null, subject.isEmpty() ? null : subject, before, AT_ONCE + 1));
    var shown = found.subList(0, Math.min(AT_ONCE, found.size()));
    var filter =
        subject.isEmpty() ? "" : "&subject=" + URLEncoder.encode(subject, StandardCharsets.UTF_8);
    var nodes = Nodes.in(store.settings());
    return visit.page(
        "audit/list.jte",
        new Listed(
            shown.stream()
                .map(e ->
                    new Row(
                        visit.time(e.at()),
                        Clean.line(
                            nodes
                                .find(e.principal().replaceFirst("^member ", ""))
                                .map(Node::name)
                                .orElse(e.principal())),
                        Act.of(e.act()).words(visit.texts(), nodes, e.act()),
                        Clean.line(e.act()),
                        Clean.line(nodes.find(e.subject()).map(Node::name).orElse(e.subject())),
                        Act.of(e.act()).page(e.subject()),
                        Clean.line(e.address())))
                .toList(),
            new Pager(
                before.isEmpty() ? "" : "/console/audit?" + filter,
                found.size() > AT_ONCE
                    ? "/console/audit?before=" + shown.getLast().id() + filter
                    : ""),
            Clean.line(subject)));
  }
}
