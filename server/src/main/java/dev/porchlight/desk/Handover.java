package dev.porchlight.desk;

import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A lead that went with its contact from one member to another, after it came.
///
/// @param seq the log entry that tells of it
/// @param kind the kind of that entry
/// @param from who had it, a node; empty where that is not known any more
/// @param to who has it since, a node
/// @param by the principal who passed it on
public record Handover(
    long seq, Instant at, String kind, String contact, String from, String to, String by) {
  private static final int MOST = 1_000;

  /// Who has a lead now.
  ///
  /// @param member a node
  /// @param since when they got it
  /// @param by who passed it on to them; empty where it was decided so
  /// @param from who had it before; empty for nobody, or where that is not known any more
  /// @param reason the decision's own words; empty where somebody passed it on
  public record Owner(String member, Instant since, String by, String from, String reason) {}

  private record Given(long seq, Instant at, String kind, String to, String by) {}

  /// All of a lead, the first one first.
  public static List<Handover> list(Store store, LeadRecord lead) {
    var given =
        store.read(h ->
            h.createQuery(
                    "SELECT e.seq, l.at, l.kind, e.body, e.principal FROM contact_edit e JOIN log l"
                        + " ON l.seq = e.seq WHERE e.contact_id = :contact AND l.subject = :contact"
                        + " ORDER BY e.seq LIMIT "
                        + MOST)
                .bind("contact", lead.contactId())
                .map((r, _) -> {
                  var row = new Row(r);
                  return new Given(
                      row.number(1),
                      row.time(2),
                      row.text(3),
                      Json.tree(row.text(4)).path("owner").asString(""),
                      row.text(5));
                })
                .list());
    // A step keeps who answers since, and what it put aside is kept nowhere.
    boolean stepped = LeadSteps.list(store, lead.id()).stream().anyMatch(Handover::decides);
    var owner = stepped ? "" : Json.tree(lead.answers()).path("member").asString("");
    var list = new ArrayList<Handover>();
    for (var one : given) {
      if (one.to().isEmpty()) {
        continue;
      }
      if (one.seq() > lead.seq() && !one.to().equals(owner)) {
        list.add(
            new Handover(
                one.seq(), one.at(), one.kind(), lead.contactId(), owner, one.to(), one.by()));
      }
      if (one.seq() > lead.seq() || stepped) {
        owner = one.to();
      }
    }
    return list;
  }

  private static boolean decides(LeadSteps.LeadStep step) {
    return !step.answers().isEmpty();
  }

  /// Who has a lead now, and why.
  public static Owner owner(Store store, LeadRecord lead, List<Handover> handovers) {
    var answers = Json.tree(lead.answers());
    var member = answers.path("member").asString("");
    var reason = answers.path("reason").asString("");
    var step = LeadSteps.list(store, lead.id()).stream().filter(Handover::decides).toList();
    if (handovers.isEmpty()) {
      var since = step.isEmpty() ? lead.createdAt() : step.getLast().at();
      return new Owner(member, since, "", "", reason);
    }
    var last = handovers.getLast();
    // The contact goes with the lead, in the line after the step's.
    boolean decided =
        !step.isEmpty()
            && step.getLast().seq() >= last.seq() - 1
            && step.getLast().answers().contains(last.to());
    return new Owner(last.to(), last.at(), last.by(), last.from(), decided ? reason : "");
  }
}
