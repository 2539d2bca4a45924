package dev.porchlight.cli;

import dev.porchlight.client.HubClient;
import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `porchlight receipt`.
@Command(name = "receipt", description = "What arrived, as it arrived.")
final class ReceiptCommand extends PinnableNoun {
  ReceiptCommand() {
    super("/receipts");
  }

  @Command(name = "list", description = "Lists receipts, newest first.")
  int list(
      @Option(
              names = "--state",
              paramLabel = "STATE",
              description = "done, repeat, owed, quarantined, refused, aside, mended or erased")
          @Nullable String state,
      @Option(names = "--source", paramLabel = "SOURCE", description = "a source's id or name")
          @Nullable String source,
      @Mixin Paging page)
      throws HubException {
    return list(
        "/receipts",
        page.query("state", state, "source", source),
        "There are no such receipts.",
        List.of(
            time("RECEIVED", "received_at"),
            column("STATE", "state"),
            new Column("SOURCE", row -> name(row.path("source_name").asString(""), row)),
            column("ID", "id"),
            column("REASON", "reason")));
  }

  private static String name(String name, JsonNode row) {
    return name.isEmpty() ? Text.at(row, "source") : Text.clean(name);
  }

  @Command(name = "show", description = "Shows a receipt: how it was read, and its bytes.")
  int show(
      @Parameters(paramLabel = "ID", description = "its id") String id,
      @Option(names = "--raw", description = "only the bytes as received") boolean raw)
      throws HubException {
    var path = "/receipts/" + HubClient.segment(id);
    try (var hub = connect()) {
      if (raw) {
        root().terminal.out().writeBytes(hub.bytes(path + "/raw"));
        root().terminal.out().flush();
        return CommandLineProgram.OK;
      }
      var receipt = hub.get(path);
      if (root().json) {
        return show(receipt, () -> {});
      }
      Story.receipt(receipt).forEach(this::say);
      try {
        var body = new String(hub.bytes(path + "/raw"), StandardCharsets.UTF_8);
        say("The body as received (" + Text.at(receipt, "content_type") + "):");
        body.lines().map(Text::clean).forEach(line -> say("  " + line));
      } catch (HubException e) {
        say(e.sentence());
      }
      return CommandLineProgram.OK;
    }
  }

  @Command(
      name = "resubmit",
      description = {
        "Takes a mended body in a quarantined receipt's place.",
        "Without --file the same bytes are read once more, as after an upgrade."
      })
  int resubmit(
      @Parameters(paramLabel = "ID", description = "its id") String id,
      @Option(
              names = "--file",
              paramLabel = "FILE",
              description = "the mended body; - reads it from stdin")
          @Nullable String file)
      throws HubException {
    byte[] body = file == null ? new byte[0] : mended(file);
    return ask(
        hub -> hub.post("/receipts/" + HubClient.segment(id) + "/resubmit", body),
        receipt -> Story.receipt(receipt).forEach(this::say));
  }

  private byte[] mended(String file) {
    try {
      byte[] body =
          file.equals("-")
              ? root().terminal.in().readAllBytes()
              : Files.readAllBytes(Path.of(file));
      if (body.length == 0) {
        throw new IllegalArgumentException("The mended body is empty.");
      }
      return body;
    } catch (IOException e) {
      throw new IllegalArgumentException("The file " + file + " can't be read.", e);
    }
  }

  @Command(
      name = "aside",
      description = {
        "Puts a receipt aside that nobody will mend.",
        "It needs no hand any more, and is kept as long as it would have been."
      })
  int aside(
      @Parameters(paramLabel = "ID", description = "its id") String id,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              required = true,
              description = "one line, for those who look later")
          String reason)
      throws HubException {
    return move(id, "aside", reason, "Put aside.");
  }

  @Command(name = "reopen", description = "Takes a receipt back that was put aside.")
  int reopen(
      @Parameters(paramLabel = "ID", description = "its id") String id,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              description = "one line, for those who look later")
          @Nullable String reason)
      throws HubException {
    return move(id, "reopen", reason, "Taken back: it is as it was before.");
  }

  private int move(String id, String how, @Nullable String reason, String done)
      throws HubException {
    var body = Json.object();
    put(body, "reason", reason);
    return ask(
        hub -> hub.post("/receipts/" + HubClient.segment(id) + "/" + how, body), _ -> say(done));
  }
}
