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

/// `porchlight lead`.
@Command(name = "lead", description = "Leads and their stories.")
final class LeadCommand extends PinnableNoun {
  LeadCommand() {
    super("/leads");
  }

  @Command(name = "list", description = "Lists leads, newest first.")
  int list(
      @Option(names = "--source", paramLabel = "SOURCE", description = "a source's id or name")
          @Nullable String source,
      @Option(names = "--contact", paramLabel = "ID", description = "a contact's id")
          @Nullable String contact,
      @Option(names = "--test", paramLabel = "true|false", description = "only test leads, or none")
          @Nullable String test,
      @Mixin Paging page)
      throws HubException {
    return list(
        "/leads",
        page.query("source", source, "contact_id", contact, "test", test),
        "There are no such leads.",
        List.of(
            time("RECEIVED", "created_at"),
            new Column("WHO", row -> Story.who(row.path("content"))),
            column("INTENT", "content.intent"),
            column("ANSWERS", "answers.member_name"),
            column("LEAD ID", "lead_id"),
            column("ID", "id")));
  }

  @Command(name = "show", description = "Tells a lead's whole story.")
  int show(
      @Parameters(paramLabel = "ID", description = "its id here, or the sender's lead_id")
          String id)
      throws HubException {
    return ask(hub -> find(hub, id), lead -> Story.lead(lead).forEach(this::say));
  }

  private static JsonNode find(HubClient hub, String id) throws HubException {
    try {
      return hub.get("/leads/" + HubClient.segment(id));
    } catch (HubException e) {
      if (e.status() != 404) {
        throw e;
      }
      var items = hub.get("/leads", HubClient.query("lead_id", id, "limit", "2")).path("items");
      if (items.isEmpty()) {
        throw e;
      }
      if (items.size() > 1) {
        throw new IllegalArgumentException(
            "Several sources sent a lead with the lead_id "
                + id
                + "; name one by its own id (`porchlight lead list`).");
      }
      return hub.get("/leads/" + items.path(0).path("id").asString(""));
    }
  }
}
