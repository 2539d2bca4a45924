package dev.porchlight.console.settings;

import dev.porchlight.access.Audit;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Sheet;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Visit;
import dev.porchlight.desk.Sources;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// `/console/settings/hub`: for how long things are kept, and what the hub was started with. For
/// who sees the whole hub.
final class HubPage {
  private static final String RETENTION = "/retention";
  private static final List<String> PERIODS =
      List.of("receipts_kept_days", "attempts_kept_days", "events_kept_days");

  private final Store store;
  private final Deeds deeds;
  private final Map<String, String> configured;

  /// @param configured what the hub was started with, by the keys of its configuration
  HubPage(Store store, Deeds deeds, Map<String, String> configured) {
    this.store = store;
    this.deeds = deeds;
    this.configured = configured;
  }

  /// What cannot be changed here.
  ///
  /// @param variable of the environment
  record Fixed(String key, String variable, String value, String what) {}

  record View(Sheet sheet, List<Fact> kept, List<Fact> sources, List<Fixed> fixed) {}

  Reply show(Visit visit) throws Exception {
    if (!visit.scope().everything()) {
      return visit.notAllowed();
    }
    var now = deeds.act(visit, "GET", RETENTION, "", Json.object()).body();
    return visit.page("settings/hub.jte", view(visit, sheet(visit, false, set(now)), now));
  }

  /// Only what was said here; what is as configured stays open.
  private static JsonNode set(JsonNode now) {
    var set = Json.object();
    now.path("set").forEach(n -> set.set(n.asString(""), now.path(n.asString(""))));
    return set;
  }

  private static Sheet sheet(Visit visit, boolean filled, JsonNode known) {
    var sheet = new Sheet(visit, "kept.", "kept.hint.", filled, known);
    PERIODS.forEach(sheet::number);
    return sheet;
  }

  private View view(Visit visit, Sheet sheet, JsonNode now) {
    var t = visit.texts();
    var kept = new ArrayList<Fact>();
    for (var period : PERIODS) {
      int days = now.path(period).asInt(0);
      int usual = now.path("configured").path(period).asInt(0);
      boolean here = set(now).has(period);
      kept.add(
          new Fact(
              t.of("kept." + period),
              here
                  ? t.of("kept.here", days(t, days), days(t, usual))
                  : t.of("kept.configured", days(t, days))));
    }
    kept.add(new Fact(t.of("kept.audit"), t.of("kept.always", days(t, Audit.KEPT.toDays()))));
    return new View(
        sheet,
        kept,
        Sources.in(store.settings()).all().stream()
            .map(s ->
                new Fact(
                    Clean.line(s.name()),
                    s.retention() == null ? t.of("kept.ever") : s.retention(),
                    "/console/sources/" + s.id()))
            .toList(),
        configured.entrySet().stream()
            .map(e ->
                new Fixed(
                    e.getKey(),
                    "PORCHLIGHT_" + e.getKey().toUpperCase(Locale.ROOT),
                    Clean.line(e.getValue()),
                    t.of("config." + e.getKey())))
            .toList());
  }

  private static String days(Texts t, long days) {
    return days == 0 ? t.of("kept.ever") : t.of("kept.days", days);
  }

  Reply save(Visit visit) throws Exception {
    var sheet = sheet(visit, true, Json.object());
    var done = deeds.act(visit, "PATCH", RETENTION, "", sheet.body());
    if (done.isFine()) {
      return visit.done("/settings/hub", "kept.saved");
    }
    if (done.status() == 403) {
      return visit.notAllowed();
    }
    sheet.refuse(done);
    var now = deeds.act(visit, "GET", RETENTION, "", Json.object()).body();
    return visit.refused("settings/hub.jte", view(visit, sheet, now));
  }
}
