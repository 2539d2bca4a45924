package dev.porchlight.store.log;

import dev.porchlight.store.Row;
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
    var last =
        h.createQuery("SELECT seq, at FROM log ORDER BY seq DESC LIMIT 1")
            .map((r, _) -> new Line(r.getLong(1), Row.instant(r.getLong(2))))
            .findOne();
    if (last.isEmpty() || last.get().at().isBefore(time)) {
      return last.map(Line::seq).orElse(0L) + 1;
    }
    long low = 1;
    long high = last.get().seq();
    while (low < high) {
      long middle = (low + high) >>> 1;
      var found = lineFrom(h, middle);
      if (found.isEmpty() || !found.get().at().isBefore(time)) {
        high = middle;
      } else {
        low = found.get().seq() + 1;
      }
    }
    return low;
  }

  /// With a value bound, so that the statement is prepared once.
  private static Optional<Line> lineFrom(Handle h, long seq) {
    return h.createQuery("SELECT seq, at FROM log WHERE seq >= :seq ORDER BY seq LIMIT 1")
        .bind("seq", seq)
        .map((r, _) -> new Line(r.getLong(1), Row.instant(r.getLong(2))))
        .findOne();
  }
}
