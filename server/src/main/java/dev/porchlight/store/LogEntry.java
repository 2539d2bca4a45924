package dev.porchlight.store;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// One line of the one ordered record of all that happened.
///
/// @param seq from 1, without gaps
/// @param at never before that of the line before
public record LogEntry(long seq, Instant at, String kind, String subject, String ref) {
  static final Table<LogEntry> TABLE =
      Table.<LogEntry>named("log")
          .key("seq", LogEntry::seq)
          .column("at", LogEntry::at)
          .column("kind", LogEntry::kind)
          .column("subject", LogEntry::subject)
          .column("ref", LogEntry::ref)
          .readBy(r -> new LogEntry(r.number(1), r.time(2), r.text(3), r.text(4), r.text(5)));

  /// The first lines behind a place, in order.
  public static List<LogEntry> listAfter(Handle h, long seq, int most) {
    return h.createQuery(
            "SELECT "
                + TABLE.columnList()
                + " FROM log WHERE seq > :seq ORDER BY seq LIMIT "
                + most)
        .bind("seq", seq)
        .map((r, _) -> TABLE.read(new Row(r)))
        .list();
  }
}
