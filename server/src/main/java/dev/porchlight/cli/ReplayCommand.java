package dev.porchlight.cli;

import dev.porchlight.client.HubClient;
import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `porchlight replay`.
@Command(name = "replay", description = "Delivers past events to an endpoint.")
final class ReplayCommand extends Noun {
  private static final int BAR = 30;
  private static final long LOOK_MILLIS = 500;

  @Command(
      name = "start",
      description = "Starts a replay: of what did not arrive, unless told otherwise.")
  int start(
      @Parameters(paramLabel = "ENDPOINT", description = "its id or name") String endpoint,
      @Option(names = "--from", paramLabel = "TIME", description = "only events since then")
          @Nullable String from,
      @Option(names = "--to", paramLabel = "TIME", description = "only events before then")
          @Nullable String to,
      @Option(
              names = "--state",
              paramLabel = "STATE",
              description =
                  "only events whose delivery stands like that, or never for those that have none;"
                      + " several are allowed; never, dead, unwritable and dropped")
          @Nullable List<String> states,
      @Option(names = "--kind", paramLabel = "KIND", description = "only events of that kind")
          @Nullable List<String> kinds,
      @Option(names = "--source", paramLabel = "SOURCE", description = "only from that source")
          @Nullable List<String> sources,
      @Option(names = "--filter", paramLabel = "FILTER", description = "only where it holds")
          @Nullable String filter,
      @Option(names = "--per-second", paramLabel = "N", description = "at most so many; 20")
          @Nullable Integer perSecond,
      @Option(names = "--dry-run", description = "count only") boolean dryRun,
      @Option(names = "--wait", description = "show how far it is until it has ended") boolean wait)
      throws HubException {
    var body = Json.object();
    put(body, "from", from);
    put(body, "to", to);
    put(body, "filter", filter);
    put(body, "per_second", perSecond);
    put(body, "states", states);
    put(body, "kinds", kinds);
    try (var hub = connect()) {
      body.put("endpoint", resolve(hub, "/endpoints", endpoint));
      if (sources != null) {
        var list = body.putArray("sources");
        for (var source : sources) {
          list.add(resolve(hub, "/sources", source));
        }
      }
      if (dryRun) {
        body.put("dry_run", true);
        var counted = hub.post("/replays", body);
        return show(counted, () -> counted(counted));
      }
      var made = hub.post("/replays", body);
      if (wait) {
        return watch(hub, Text.at(made, "id"));
      }
      return show(
          made,
          () ->
              say(
                  "The replay is under way; `porchlight replay show "
                      + Text.at(made, "id")
                      + " --wait` tells how far it is."
                      + beside(made)));
    }
  }

  private static String beside(JsonNode made) {
    var ids = new ArrayList<String>();
    made.path("beside").forEach(id -> ids.add(Text.clean(id.asString(""))));
    return ids.isEmpty()
        ? ""
        : " Beside it runs, for the same endpoint: "
            + String.join(", ", ids)
            + "; an event that both bring may go out twice.";
  }

  private void counted(JsonNode count) {
    say(
        "It would deliver "
            + Text.count(count.path("events").asLong(0), "event", "events")
            + (count.path("complete").asBoolean(true) ? "." : ", and more that were not counted."));
    count.path("by_state").properties().forEach(e -> say("  " + e.getKey() + "  " + e.getValue()));
  }

  @Command(name = "list", description = "Lists the replays.")
  int list(@Mixin Paging page) throws HubException {
    return list(
        "/replays",
        page.query(),
        "There are no replays.",
        List.of(
            time("STARTED", "created_at"),
            column("STATE", "state"),
            new Column(
                "FOR",
                row ->
                    row.has("inbox")
                        ? "inbox of " + Text.at(row, "inbox_name")
                        : Text.at(row, "endpoint_name")),
            new Column("DONE", row -> percent(row) + " %"),
            column("PLANNED", "planned"),
            column("RETRIED", "retried"),
            column("ID", "id")));
  }

  @Command(name = "show", description = "Shows how far a replay is.")
  int show(
      @Parameters(paramLabel = "ID", description = "its id") String id,
      @Option(names = "--wait", description = "until it has ended") boolean wait)
      throws HubException {
    try (var hub = connect()) {
      if (wait) {
        return watch(hub, id);
      }
      var replay = hub.get("/replays/" + HubClient.segment(id));
      return show(replay, () -> say(line(replay)));
    }
  }

  @Command(name = "pause", description = "Lets a replay rest.")
  int pause(@Parameters(paramLabel = "ID", description = "its id") String id) throws HubException {
    return set(id, "paused");
  }

  @Command(name = "resume", description = "Lets a replay that rests go on.")
  int resume(@Parameters(paramLabel = "ID", description = "its id") String id) throws HubException {
    return set(id, "running");
  }

  @Command(name = "stop", description = "Ends a replay; what it has made due goes out.")
  int stop(@Parameters(paramLabel = "ID", description = "its id") String id) throws HubException {
    return set(id, "stopped");
  }

  private int set(String id, String state) throws HubException {
    try (var hub = connect()) {
      var replay =
          hub.patch("/replays/" + HubClient.segment(id), Json.object().put("state", state));
      return show(replay, () -> say(line(replay)));
    }
  }

  private int watch(HubClient hub, String id) throws HubException {
    while (true) {
      var replay = hub.get("/replays/" + HubClient.segment(id));
      var state = Text.at(replay, "state");
      if (!state.equals("running") && !state.equals("paused")) {
        return show(replay, () -> say(line(replay)));
      }
      if (!root().json) {
        say(line(replay));
      }
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return CommandLineProgram.FAILED;
      }
    }
  }

  private static long percent(JsonNode replay) {
    long of = replay.path("to_examine").asLong(0);
    return of == 0 ? 100 : Math.min(100, replay.path("examined").asLong(0) * 100 / of);
  }

  /// For example `[#####.....] 50 % running: 12 planned, 3 retried, 0 passed over`.
  private static String line(JsonNode replay) {
    int full = (int) (percent(replay) * BAR / 100);
    return "["
        + "#".repeat(full)
        + ".".repeat(BAR - full)
        + "] "
        + "%3d".formatted(percent(replay))
        + " %  "
        + Text.at(replay, "state")
        + ": "
        + Text.at(replay, "planned")
        + " planned, "
        + Text.at(replay, "retried")
        + " retried, "
        + Text.at(replay, "passed_over")
        + " passed over"
        + (Text.at(replay, "reason").isEmpty() ? "" : ". " + Text.at(replay, "reason"));
  }
}
