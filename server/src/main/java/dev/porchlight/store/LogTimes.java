package dev.porchlight.store;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Places in the log by time.
public final class LogTimes {
  private record Line(long seq, Instant at) {}

  private LogTimes() {}

  /// The first place in the log whose time is not before that; the one behind the last line when
  /// there is none. Found by halving: the log's times never go back.
  public static long firstAt(Handle h, Instant time) {
    var last = line(h, "ORDER BY seq DESC LIMIT 1");
    if (last.isEmpty() || last.get().at().isBefore(time)) {
      return last.map(Line::seq).orElse(0L) + 1;
    }
    long low = 1;
    long high = last.get().seq();
    while (low < high) {
      long middle = (low + high) >>> 1;
      var found = line(h, "WHERE seq >= " + middle + " ORDER BY seq LIMIT 1");
      if (found.isEmpty() || !found.get().at().isBefore(time)) {
        high = middle;
      } else {
        low = found.get().seq() + 1;
      }
    }
    return low;
  }

  private static Optional<Line> line(Handle h, String which) {
    return h.createQuery("SELECT seq, at FROM log " + which)
        .map((r, _) -> new Line(r.getLong(1), Row.instant(r.getLong(2))))
        .findOne();
  }
}
