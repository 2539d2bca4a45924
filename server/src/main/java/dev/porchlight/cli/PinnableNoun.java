package dev.porchlight.cli;

import dev.porchlight.client.HubClient;
import dev.porchlight.client.HubException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// What can be kept from retention.
abstract class PinnableNoun extends Noun {
  private final String path;

  /// @param path of such things in the API
  PinnableNoun(String path) {
    this.path = path;
  }

  /// Pins one.
  @Command(name = "pin", description = "Keeps it, whatever its retention says.")
  public int pin(@Parameters(paramLabel = "ID", description = "its id") String id)
      throws HubException {
    return change(id, "pin", "Pinned: no retention drops it.");
  }

  /// Unpins one.
  @Command(name = "unpin", description = "Lets retention have it again.")
  public int unpin(@Parameters(paramLabel = "ID", description = "its id") String id)
      throws HubException {
    return change(id, "unpin", "No longer pinned.");
  }

  private int change(String id, String how, String done) throws HubException {
    try (var hub = connect()) {
      var reply = hub.post(path + "/" + HubClient.segment(id) + "/" + how, new byte[0]);
      return show(reply, () -> say(done));
    }
  }
}
