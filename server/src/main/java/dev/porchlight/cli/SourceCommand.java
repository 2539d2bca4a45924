package dev.porchlight.cli;

import dev.porchlight.client.HubClient;
import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `porchlight source`.
@Command(name = "source", description = "Who sends to us.")
final class SourceCommand extends Noun {
  @Command(name = "add", description = "Adds a source and shows its API key, once.")
  int add(
      @Parameters(paramLabel = "NAME", description = "its name, part of its address") String name,
      @Option(
              names = "--contract",
              required = true,
              paramLabel = "CONTRACT",
              description = "connections-plus or lead-delivery")
          String contract,
      @Option(
              names = "--node",
              paramLabel = "ID",
              description = "the office or member where its leads land; the default office")
          @Nullable String node,
      @Option(
              names = "--api-key",
              paramLabel = "KEY",
              description = "the key they use already; else one is made")
          @Nullable String apiKey)
      throws HubException {
    var body = Json.object();
    body.put("name", name);
    body.put("contract", contract);
    if (node != null) {
      body.put("node", node);
    }
    if (apiKey != null) {
      body.put("api_key", apiKey);
    }
    try (var hub = connect()) {
      var made = hub.post("/sources", body);
      return show(
          made,
          () -> {
            say("Source " + Text.at(made, "name") + " is ready.");
            say("  id       " + Text.at(made, "id"));
            say("  url      " + Text.at(made, "url"));
            say("  API key  " + Text.at(made, "api_key"));
            say("The key is not shown again.");
          });
    }
  }

  @Command(name = "list", description = "Lists the sources.")
  int list(
      @Option(names = "--limit", paramLabel = "N", description = "at most so many; 50")
          @Nullable String limit,
      @Option(names = "--cursor", paramLabel = "CURSOR", description = "where to go on")
          @Nullable String cursor)
      throws HubException {
    return list(
        "/sources",
        HubClient.query("limit", limit, "cursor", cursor),
        "There are no sources yet: `porchlight source add NAME --contract CONTRACT` makes one.",
        List.of(
            column("NAME", "name"),
            column("CONTRACT", "contract"),
            new Column(
                "KEYS",
                row ->
                    String.join(
                        ", ",
                        row.path("keys").valueStream().map(k -> Text.at(k, "hint")).toList())),
            column("URL", "url"),
            column("ID", "id")));
  }

  @Command(
      name = "rotate-key",
      description = "Makes a new API key and shows it, once; the others end after the overlap.")
  int rotateKey(
      @Parameters(paramLabel = "SOURCE", description = "its id or name") String source,
      @Option(
              names = "--overlap-hours",
              paramLabel = "HOURS",
              description = "for how long the others still open, 0 to 168; 24")
          @Nullable Integer overlap,
      @Option(
              names = "--api-key",
              paramLabel = "KEY",
              description = "the key to use; else one is made")
          @Nullable String apiKey)
      throws HubException {
    var body = Json.object();
    if (overlap != null) {
      body.put("overlap_hours", overlap);
    }
    if (apiKey != null) {
      body.put("api_key", apiKey);
    }
    try (var hub = connect()) {
      var made = hub.post("/sources/" + HubClient.segment(source) + "/rotate-key", body);
      return show(
          made,
          () -> {
            say("New API key of " + source + ": " + Text.at(made, "api_key"));
            say(
                overlap != null && overlap == 0
                    ? "The others are void from now on. The key is not shown again."
                    : "The others end in "
                        + Text.count(overlap == null ? 24 : overlap, "hour", "hours")
                        + ". The key is not shown again.");
          });
    }
  }
}
