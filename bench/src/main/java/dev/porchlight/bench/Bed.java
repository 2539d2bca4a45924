package dev.porchlight.bench;

import java.io.IOException;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/// What a section measures with: the process of the hub, the process of the load, and the hub that
/// is open.
///
/// @param engine the store's engine; a figure's name begins with it where it depends on it
/// @param first whether this is the round's first engine: what no engine takes part in is measured
///   there
/// @param url the door of the hub
/// @param bare the door without a store
/// @param key the sender's
/// @param receiver where to deliver
/// @param round from 1
record Bed(
    Plan plan,
    Figures figures,
    Side server,
    Side load,
    String engine,
    boolean first,
    String url,
    String bare,
    String key,
    String receiver,
    int round,
    Path data) {

  String name(String figure) {
    return engine + " " + figure;
  }

  /// A load of the closed kind: each connection sends its next lead when the one before is
  /// answered.
  JsonNode load(String door, int connections, int millis) throws IOException {
    return load.ask("load", door, key, connections, millis, 0);
  }

  /// A load of the open kind: leads begin on time whatever the answers do, and times count from
  /// when each should have begun.
  JsonNode open(int connections, int millis, double rate) throws IOException {
    return load.ask("load", url, key, connections, millis, rate);
  }

  JsonNode counters() throws IOException {
    return server.ask("counters");
  }

  static double grown(JsonNode before, JsonNode after, String member) {
    return after.path(member).doubleValue() - before.path(member).doubleValue();
  }

  /// The processor time between two counts, in microseconds.
  static double micros(JsonNode before, JsonNode after, String member) {
    return grown(before, after, member) * 1e6;
  }
}
