package dev.porchlight.poll;

import java.util.HashMap;
import java.util.Map;

/// Spaces requests to one portal so that even two hubs together stay below 10 in any 200 ms.
final class PortalSpacing {
  /// Between the starts of two requests, in nanoseconds.
  static final long SPACING = 50_000_000;

  private final Map<String, Long> next = new HashMap<>();

  /// Takes the next place in the line to a portal.
  ///
  /// @param now of [System#nanoTime]
  /// @return how long to wait for it, in nanoseconds
  synchronized long turn(String portal, long now) {
    var free = next.get(portal);
    long at = free == null || free - now < 0 ? now : free;
    next.put(portal, at + SPACING);
    return at - now;
  }
}
