package dev.porchlight.cli;

import dev.porchlight.client.HubClient;
import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// What can be kept from retention.
abstract class PinnableNoun extends Noun {
  private final String path;

  /// @param path of such things in the API
  PinnableNoun(String path) {
    this.path = path;
  }

  /// Pins one.
  @Command(name = "pin", description = "Keeps it, whatever its retention says.")
  public int pin(
      @Parameters(paramLabel = "ID", description = "its id") String id,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              description = "one line, for those who look later")
          @Nullable String reason)
      throws HubException {
    var body = Json.object();
    if (reason != null) {
      body.put("reason", reason);
    }
    return change(id, "pin", body, "Pinned: no retention drops it.");
  }

  /// Unpins one.
  @Command(name = "unpin", description = "Lets retention have it again.")
  public int unpin(@Parameters(paramLabel = "ID", description = "its id") String id)
      throws HubException {
    return change(id, "unpin", Json.object(), "No longer pinned.");
  }

  private int change(String id, String how, ObjectNode body, String done) throws HubException {
    return ask(
        hub -> hub.post(path + "/" + HubClient.segment(id) + "/" + how, body), _ -> say(done));
  }
}
