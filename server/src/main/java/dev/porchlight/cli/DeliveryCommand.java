package dev.porchlight.cli;

import dev.porchlight.client.HubClient;
import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `porchlight delivery`.
@Command(name = "delivery", description = "What is owed to an endpoint, and how it goes.")
final class DeliveryCommand extends PinnableNoun {
  DeliveryCommand() {
    super("/deliveries");
  }

  @Command(name = "list", description = "Lists deliveries, newest first.")
  int list(
      @Option(
              names = "--state",
              paramLabel = "STATE",
              description = "pending, delivered, dead, unwritable or dropped")
          @Nullable String state,
      @Option(
              names = "--endpoint",
              paramLabel = "ENDPOINT",
              description = "an endpoint's id or name")
          @Nullable String endpoint,
      @Option(names = "--lead", paramLabel = "ID", description = "a lead's id")
          @Nullable String lead,
      @Option(names = "--email", paramLabel = "ADDRESS", description = "of whoever has it")
          @Nullable String email,
      @Option(names = "--from", paramLabel = "TIME", description = "of events since then")
          @Nullable String from,
      @Option(names = "--to", paramLabel = "TIME", description = "of events before then")
          @Nullable String to,
      @Option(
              names = "--words",
              paramLabel = "WORDS",
              description = "where an answer, or the reason, says this")
          @Nullable String words,
      @Mixin Paging page)
      throws HubException {
    String id = null;
    if (endpoint != null) {
      try (var hub = connect()) {
        id = resolve(hub, "/endpoints", endpoint);
      }
    }
    return list(
        "/deliveries",
        page.query(
            "state",
            state,
            "endpoint",
            id,
            "lead",
            lead,
            "email",
            email,
            "from",
            from,
            "to",
            to,
            "words",
            words),
        "There are no such deliveries.",
        List.of(
            time("PLANNED", "planned_at"),
            column("STATE", "state"),
            column("ATTEMPTS", "attempts_made"),
            column("ENDPOINT", "endpoint_name"),
            column("KIND", "kind"),
            column("LEAD", "lead"),
            column("ID", "id"),
            column("REASON", "reason")));
  }

  @Command(name = "show", description = "Shows a delivery with its attempts and losses.")
  int show(@Parameters(paramLabel = "ID", description = "its id") String id) throws HubException {
    return ask(
        hub -> hub.get("/deliveries/" + HubClient.segment(id)),
        delivery -> Story.delivery(delivery, "").forEach(this::say));
  }

  @Command(name = "retry", description = "Starts a delivery anew, under the same webhook-id.")
  int retry(@Parameters(paramLabel = "ID", description = "its id") String id) throws HubException {
    return ask(
        hub -> hub.post("/deliveries/" + HubClient.segment(id) + "/retry", Json.object()),
        delivery ->
            say(
                "The delivery to "
                    + Text.at(delivery, "endpoint_name")
                    + " is attempted again; `porchlight delivery show "
                    + id
                    + "` tells how it went."));
  }
}
