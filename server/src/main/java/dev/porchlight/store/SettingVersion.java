package dev.porchlight.store;

import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// A version of a setting, valid from a log entry on.
///
/// @param body null where the setting was removed
record SettingVersion(String kind, String id, long seq, Instant at, @Nullable String body) {
  /// What the kinds of those lines of the log begin with that say that a setting changed.
  static final String LINE = "setting.";

  static final Table<SettingVersion> TABLE =
      Table.<SettingVersion>named("setting")
          .key("kind", SettingVersion::kind)
          .key("id", SettingVersion::id)
          .key("seq", SettingVersion::seq)
          .column("at", SettingVersion::at)
          .column("body", SettingVersion::body)
          .readBy(r ->
              new SettingVersion(r.text(1), r.text(2), r.number(3), r.time(4), r.textOrNull(5)));

  private static final String NEWER =
      "SELECT kind, id, seq, at, body FROM setting WHERE seq > :seq ORDER BY seq";

  /// Settings with all that has changed since.
  static Settings newer(Handle h, Settings known) {
    return h.createQuery(NEWER)
        .bind("seq", known.seq())
        .map((r, _) -> TABLE.read(new Row(r)))
        .reduce(
            known.changes(),
            (changes, row) -> changes.add(row.seq(), row.kind(), row.id(), row.setting()))
        .done();
  }

  @Nullable Setting setting() {
    return body == null ? null : new Setting(kind, id, seq, at, body);
  }
}
