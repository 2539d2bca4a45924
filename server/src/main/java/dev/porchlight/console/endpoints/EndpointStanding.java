package dev.porchlight.console.endpoints;

import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Tone;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointHealth;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How an endpoint stands, as its page and the list have it: what is wrong with it, and what became
/// of its newest deliveries.
final class EndpointStanding {
  private EndpointStanding() {}

  /// Its newest deliveries that the visitor may see, the newest first.
  static List<Deliveries.Standing> newest(
      Deliveries deliveries, Visit visit, Endpoint endpoint, int most) {
    return deliveries.list(visit.scope(), new Deliveries.Query(endpoint.id(), null, null, most));
  }

  /// Since when it fails and why, and when the hub disables it.
  static String trouble(Visit visit, Endpoint endpoint, EndpointHealth health) {
    var t = visit.texts();
    var since =
        t.of(
            "endpoint.trouble",
            visit.time(health.failingSince()).relative(),
            t.english(Clean.line(health.reason())).text());
    return health
        .disabledAt(endpoint)
        .map(end -> since + " " + t.of("endpoint.trouble.end", visit.time(end).exact()))
        .orElse(since);
  }

  /// @param health null where nothing is wrong with it
  static List<Badge> badges(
      Visit visit,
      Endpoint endpoint,
      @Nullable EndpointHealth health,
      List<Deliveries.Standing> newest) {
    var t = visit.texts();
    var badges = new ArrayList<Badge>();
    if (endpoint.disabled()) {
      badges.add(new Badge(Tone.BAD, t.of("endpoint.paused")));
    }
    if (health != null) {
      badges.add(
          health.shutUntil() == null || endpoint.disabled()
              ? new Badge(Tone.WAITING, t.of("endpoint.failing"))
              : new Badge(
                  Tone.BAD,
                  health.shutUntil().isAfter(visit.now())
                      ? t.of("endpoint.shut", visit.time(health.shutUntil()).relative())
                      : t.of("now.endpoint.ajar")));
    }
    for (var state : DeliveryState.State.values()) {
      long n = newest.stream().filter(s -> s.state().state() == state).count();
      if (n > 0) {
        badges.add(new Badge(tone(state), n + " " + t.of("delivery.state." + state.word())));
      }
    }
    if (badges.isEmpty()) {
      badges.add(new Badge(Tone.PLAIN, t.of("endpoint.quiet")));
    }
    return badges;
  }

  static Tone tone(DeliveryState.State state) {
    return switch (state) {
      case DELIVERED -> Tone.GOOD;
      case PENDING -> Tone.WAITING;
      case DEAD, UNWRITABLE -> Tone.BAD;
      case DROPPED -> Tone.PLAIN;
    };
  }
}
