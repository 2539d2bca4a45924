package dev.porchlight.console.leads;

import dev.porchlight.access.Audit;
import dev.porchlight.access.Permission;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Form;
import dev.porchlight.console.Section;
import dev.porchlight.console.Time;
import dev.porchlight.console.Visit;
import dev.porchlight.desk.erasure.Pins;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// On the page of a lead, a receipt or a delivery: whether it is kept whatever its retention says,
/// since when, by whom and why, with the button that does it or lets it go.
final class PinPart {
  private static final String FIELD = "pin-reason";
  private static final Map<Pins.Kind, String> PATHS =
      Map.of(
          Pins.Kind.LEAD, "/leads",
          Pins.Kind.RECEIPT, "/receipts",
          Pins.Kind.DELIVERY, "/deliveries");

  private final Store store;
  private final Deeds deeds;
  private final Pins pins;

  PinPart(Store store, Deeds deeds) {
    this.store = store;
    this.deeds = deeds;
    pins = new Pins(store);
  }

  /// @param path of the page
  /// @param kind of what the page shows: a word
  /// @param pinned whether it is kept by a pin of its own
  /// @param at since when it is kept, by that or by its lead's; null when it is not
  /// @param by whom
  /// @param reason as they gave it; empty for none
  /// @param lead where the pin is its lead's, the address of that
  /// @param may whether whoever looks may change it
  /// @param field for a reason, with what was typed and is wrong
  record View(
      String path,
      String kind,
      boolean pinned,
      @Nullable Time at,
      String by,
      String reason,
      String lead,
      boolean may,
      Form.Field field) {}

  /// The two buttons.
  ///
  /// @param again shows the page once more, with what is wrong
  void addTo(Section.Paths paths, Pins.Kind kind, Function<Visit, Reply> again) {
    var path = PATHS.get(kind) + "/{id}";
    paths.post(path + "/pin", Permission.WORK, v -> act(v, path, "pin", again));
    paths.post(path + "/unpin", Permission.WORK, v -> act(v, path, "unpin", again));
  }

  private Reply act(Visit visit, String path, String what, Function<Visit, Reply> again)
      throws Exception {
    var body = Json.object();
    if (what.equals("pin") && !visit.form().text(FIELD).isEmpty()) {
      body.put("reason", visit.form().text(FIELD));
    }
    var done = deeds.act(visit, "POST", path + "/" + what, visit.path("id"), body);
    if (done.isMissing()) {
      return visit.missing();
    }
    if (done.status() == 400) {
      visit.form().refuse(FIELD, visit.texts().english(done.sentence()).text());
      return again.apply(visit);
    }
    var page = path.replace("{id}", visit.path("id"));
    return done.isFine() ? visit.done(page, what) : visit.undone(page, "not-pinned");
  }

  /// @param lead of which it is a part, whose pin keeps it too; null for none
  View of(Visit visit, Pins.Kind kind, String id, @Nullable String lead) {
    var own = pins.find(kind, id);
    var through =
        own.isPresent() || lead == null || lead.isEmpty()
            ? Optional.<Pins.Pin>empty()
            : pins.find(Pins.Kind.LEAD, lead);
    var pin = own.or(() -> through);
    return new View(
        "/console" + PATHS.get(kind) + "/" + id,
        kind.word(),
        own.isPresent(),
        pin.map(p -> visit.time(p.at())).orElse(null),
        pin.map(p -> by(p.principal())).orElse(""),
        pin.map(p -> Clean.line(p.reason())).orElse(""),
        through.map(p -> "/console/leads/" + p.id()).orElse(""),
        visit.may(Permission.WORK),
        visit
            .posted()
            .filter(f -> !f.error(FIELD).isEmpty())
            .orElseGet(Form::empty)
            .field(FIELD, visit.texts().of("pin.reason"))
            .longest(Pins.LONGEST_REASON));
  }

  private String by(String principal) {
    return Clean.line(
        Nodes.in(store.settings())
            .find(principal.replaceFirst("^" + Audit.MEMBER, ""))
            .map(Node::name)
            .orElse(principal));
  }
}
