package dev.porchlight.cli;

import dev.porchlight.client.HubClient;
import dev.porchlight.client.HubException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `porchlight event`.
@Command(name = "event", description = "Events that parties have published.")
final class EventCommand extends Noun {
  @Command(name = "list", description = "Lists published events, newest first.")
  int list(
      @Option(names = "--topic", paramLabel = "TOPIC", description = "a topic or its group")
          @Nullable String topic,
      @Option(names = "--publisher", paramLabel = "PARTY", description = "the party's id or pod")
          @Nullable String publisher,
      @Option(names = "--violations", description = "only those that break their contract")
          boolean violations,
      @Mixin Paging page)
      throws HubException {
    return list(
        "/events",
        page.query(
            "topic", topic, "publisher", publisher, "violations", violations ? "true" : null),
        "There are no such events.",
        List.of(
            time("PUBLISHED", "published_at"),
            column("TOPIC", "topic"),
            new Column("VIOLATIONS", row -> Integer.toString(row.path("violations").size())),
            column("ID", "id")));
  }

  @Command(name = "show", description = "Shows an event: who got it, and what followed from it.")
  int show(@Parameters(paramLabel = "ID", description = "its id") String id) throws HubException {
    return ask(hub -> hub.get("/events/" + HubClient.segment(id)), this::tell);
  }

  private void tell(JsonNode event) {
    say("Event " + Text.at(event, "uri"));
    say("  topic      " + Text.at(event, "topic"));
    say("  publisher  " + Text.at(event, "publisher"));
    say("  published  " + Text.time(Text.at(event, "published_at")));
    for (var violation : event.path("violations")) {
      say(
          "  "
              + Text.at(violation, "pointer")
              + ": "
              + Text.at(violation, "rule")
              + "; "
              + Text.at(violation, "action"));
    }
    say(Text.count(event.path("copies").size(), "copy", "copies") + ":");
    event.path("copies").forEach(copy -> say("  " + Text.at(copy, "receiver")));
    for (var line : event.path("consequences")) {
      say(
          Text.at(line, "sequence")
              + " "
              + Text.at(line, "kind")
              + " "
              + Text.at(line, "subject")
              + " "
              + Text.at(line, "ref"));
    }
  }

  @Command(name = "areas", description = "Lists the cities and postal codes that companies serve.")
  int areas(@Mixin Paging page) throws HubException {
    return list(
        "/service-areas",
        page.query(),
        "There are no service areas.",
        List.of(
            column("NAME", "name"),
            column("KIND", "kind"),
            column("LOCALITY", "locality"),
            column("REGION", "region"),
            column("POSTAL CODE", "postal_code"),
            column("WEIGHT", "weight"),
            column("PROVIDER", "provider")));
  }
}
