package dev.porchlight.api;

import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Missed;
import dev.porchlight.store.Store;
import tools.jackson.databind.node.ObjectNode;

/// The member `missed` of an endpoint that is disabled, or that was until just now: what goes out
/// when it is enabled, and the replay that brings back what was given up.
final class MissedMember {
  private MissedMember() {}

  /// @param endpoint as it was while it was disabled
  static void show(Store store, Endpoint endpoint, ObjectNode view) {
    Missed.by(store, endpoint).ifPresent(missed -> show(missed, endpoint, view));
  }

  private static void show(Missed missed, Endpoint endpoint, ObjectNode view) {
    var json = view.putObject("missed");
    json.put("since", missed.since().toString());
    json.put("waiting", missed.waiting());
    json.put("given_up", missed.givenUp());
    json.put("more", missed.more());
    if (missed.first() != null && missed.givenUp() > 0) {
      var replay = json.putObject("replay");
      replay.put("endpoint", endpoint.id());
      replay.put("from", missed.first().toString());
      replay.putArray("states").add("dead");
      json.put(
          "command",
          "porchlight replay start "
              + endpoint.id()
              + " --from "
              + missed.first()
              + " --state dead");
    }
  }
}
