package dev.porchlight.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/// Where the processor's time goes while leads are accepted, and while they are accepted and
/// delivered: samples of the running threads, each by the part of the house that its stack shows.
///
/// Beside the shares it writes the stacks in folded form (a line a stack, its frames with
/// semicolons between them, and a count), as flame graph programs read them.
final class Costs {
  /// A part of the work, by the first frame of a list that a stack holds. The order decides where a
  /// stack holds several.
  private record Part(String name, String... frames) {}

  private static final List<Part> PARTS =
      List.of(
          new Part(
              "writer: COMMIT (writing the log's pages, sync)",
              "store.sqlite.SqliteEngine.commit",
              "store.postgres.PostgresEngine.commit"),
          new Part("writer: BEGIN", "SqliteEngine.begin", "PostgresEngine.begin"),
          new Part("writer: writing rows", "store.OpenBatch.flush"),
          new Part("writer: reading rows by key", "store.OpenBatch.select"),
          new Part("writer: deciding (units, without their SQL)", "store.OpenBatch.run"),
          new Part("writer: answering, telling followers", "store.EngineStore.settle"),
          new Part("writer: the rest", "store.EngineStore.loop"),
          new Part("checkpoints", "sqlite.Checkpointer."),
          new Part("reading queries", "SqliteReaders.readHere", "PostgresEngine.read"),
          new Part("door: compressing the raw body", "desk.RawBody.of"),
          new Part("door: reading the body into a lead", "connector.realtor.ConnectionsPlus.read"),
          new Part("door: identity, fingerprint, the lead as JSON", "desk.Desk.intake"),
          new Part("door: the rest (key, desk, queue)", "door.PushDoor."),
          new Part("server: routing and answering", "http.Dispatcher."),
          new Part("delivery: writing the body", "dev.porchlight.Rendering."),
          new Part("delivery: headers and signatures", "delivery.Sender.headers"),
          new Part("delivery: the HTTP exchange", "net.OutgoingClient."),
          new Part("delivery: checking request and address", "net.OutgoingRequest", "net.Target"),
          new Part("delivery: settling, without the writer", "delivery.Engine.settle"),
          new Part("delivery: the rest", "delivery."),
          new Part("server: Jetty", "org.eclipse.jetty."));

  /// @param shares of all samples, by part, greatest first
  /// @param samples how many there were
  record Shares(Map<String, Double> shares, long samples) {}

  private Costs() {}

  /// @param folded where the stacks are written
  static Shares of(Path recording, Path folded) throws IOException {
    var parts = new HashMap<String, Long>();
    var stacks = new TreeMap<String, Long>();
    long samples = 0;
    try (var file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        var event = file.readEvent();
        if (!event.getEventType().getName().equals("jdk.CPUTimeSample")
            || event.getStackTrace() == null) {
          continue;
        }
        samples++;
        parts.merge(part(event.getStackTrace()), 1L, Long::sum);
        stacks.merge(stack(event.getStackTrace()), 1L, Long::sum);
      }
    }
    var lines = new StringBuilder();
    stacks.forEach((stack, count) -> lines.append(stack).append(' ').append(count).append('\n'));
    Files.writeString(folded, lines, StandardCharsets.UTF_8);
    var shares = new TreeMap<String, Double>();
    for (var entry : parts.entrySet()) {
      shares.put(entry.getKey(), entry.getValue() / (double) Math.max(1, samples));
    }
    return new Shares(shares, samples);
  }

  private static String part(RecordedStackTrace trace) {
    var frames =
        trace.getFrames().stream()
            .map(f -> f.getMethod().getType().getName() + "." + f.getMethod().getName())
            .toList();
    for (var part : PARTS) {
      for (var wanted : part.frames()) {
        if (frames.stream().anyMatch(f -> f.contains(wanted))) {
          return part.name();
        }
      }
    }
    return "other threads of the JVM and its libraries";
  }

  private static String stack(RecordedStackTrace trace) {
    var line = new StringBuilder();
    for (var frame : trace.getFrames().reversed()) {
      var name =
          frame.getMethod().getType().getName().replaceFirst("(\\$\\$Lambda)[./].*", "$1")
              + "."
              + frame.getMethod().getName();
      line.append(line.isEmpty() ? "" : ";").append(name);
    }
    return line.toString();
  }
}
