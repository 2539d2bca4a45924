package dev.porchlight.desk;

import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// What deliveries tell of, read before they are attempted; each is taken out once, within ten
/// seconds: somebody else may answer the lead by then. Takes no more than 1,024 or 16 MiB. May be
/// shared by threads.
final class ReadAhead {
  static final int MOST = 1024;
  private static final int MOST_BYTES = 16 * 1024 * 1024;
  private static final long FRESH = Duration.ofSeconds(10).toNanos();

  /// @param readAt the moment, in nanoseconds
  private record Held(KeptVersion version, long readAt) {}

  private final LongSupplier nanos;
  private final int most;

  /// By delivery, in the order of reading.
  private final Map<String, Held> held = new LinkedHashMap<>();

  private int bytes;

  /// How many are reading, and which leads were forgotten meanwhile: what they read of these is
  /// void.
  private int reading;

  private final Set<String> forgotten = new HashSet<>();

  /// @param most how many are held at once
  ReadAhead(LongSupplier nanos, int most) {
    this.nanos = nanos;
    this.most = most;
  }

  /// Reads those that are not held yet, as far as there is room.
  void read(List<String> deliveries, Function<List<String>, List<KeptVersion>> reader) {
    List<String> wanted;
    synchronized (this) {
      dropOld();
      int room = bytes < MOST_BYTES ? most - held.size() : 0;
      wanted = deliveries.stream().filter(id -> !held.containsKey(id)).limit(room).toList();
      if (wanted.size() < 2) {
        return;
      }
      reading++;
    }
    List<KeptVersion> found = List.of();
    try {
      found = reader.apply(wanted);
    } finally {
      hold(found);
    }
  }

  private synchronized void hold(List<KeptVersion> found) {
    long now = nanos.getAsLong();
    for (var version : found) {
      if (bytes < MOST_BYTES
          && !forgotten.contains(version.record().id())
          && held.putIfAbsent(version.delivery(), new Held(version, now)) == null) {
        bytes += version.size();
      }
    }
    reading--;
    if (reading == 0) {
      forgotten.clear();
    }
  }

  /// What was read for a delivery; empty when it has to be read now.
  synchronized Optional<KeptVersion> take(String delivery) {
    dropOld();
    var taken = held.remove(delivery);
    if (taken == null) {
      return Optional.empty();
    }
    bytes -= taken.version().size();
    return Optional.of(taken.version());
  }

  /// Forgets a lead, also where it is being read now.
  synchronized void forget(String lead) {
    if (reading > 0) {
      forgotten.add(lead);
    }
    for (var all = held.values().iterator(); all.hasNext(); ) {
      var version = all.next().version();
      if (version.record().id().equals(lead)) {
        drop(all, version);
      }
    }
  }

  private void dropOld() {
    long now = nanos.getAsLong();
    for (var all = held.values().iterator(); all.hasNext(); ) {
      var eldest = all.next();
      if (now - eldest.readAt() < FRESH) {
        return;
      }
      drop(all, eldest.version());
    }
  }

  private void drop(Iterator<Held> all, KeptVersion version) {
    all.remove();
    bytes -= version.size();
  }

  /// How many are held.
  synchronized int size() {
    dropOld();
    return held.size();
  }
}
