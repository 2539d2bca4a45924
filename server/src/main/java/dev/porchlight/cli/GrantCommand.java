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

/// `porchlight grant`.
@Command(name = "grant", description = "What parties let others publish to them, and follow.")
final class GrantCommand extends Noun {
  @Command(name = "add", description = "Lets a party publish to another, or follow it.")
  int add(
      @Parameters(paramLabel = "OWNER", description = "the party that grants: its id or name")
          String owner,
      @Parameters(paramLabel = "PARTY", description = "the party that is granted: its id or name")
          String party,
      @Option(
              names = "--publishes",
              paramLabel = "TOPIC",
              description = "a group or topic that it may publish; may be repeated")
          @Nullable List<String> publishes,
      @Option(
              names = "--subscribes",
              paramLabel = "GROUP",
              description = "a group that it gets copies of; may be repeated")
          @Nullable List<String> subscribes,
      @Option(
              names = "--filter",
              paramLabel = "FILTER",
              description = "only events whose listing meets it")
          @Nullable String filter,
      @Option(
              names = "--redact",
              paramLabel = "POINTER",
              description = "a place in the data to leave out of copies; may be repeated")
          @Nullable List<String> redaction,
      @Option(names = "--until", paramLabel = "TIME", description = "when it ends by itself")
          @Nullable String until)
      throws HubException {
    var body = Json.object();
    try (var hub = connect()) {
      body.put("owner", resolve(hub, "/parties", owner));
      body.put("party", resolve(hub, "/parties", party));
      put(body, "publishes", publishes);
      put(body, "subscribes", subscribes);
      put(body, "filter", filter);
      put(body, "redaction", redaction);
      put(body, "until", until);
      var made = hub.post("/grants", body);
      return show(made, () -> say("Grant " + Text.at(made, "id") + " holds."));
    }
  }

  @Command(name = "list", description = "Lists the grants.")
  int list(
      @Option(names = "--owner", paramLabel = "PARTY", description = "only what it has granted")
          @Nullable String owner,
      @Option(names = "--party", paramLabel = "PARTY", description = "only what it is granted")
          @Nullable String party,
      @Mixin Paging page)
      throws HubException {
    return list(
        "/grants",
        page.query("owner", owner, "party", party),
        "There are no grants yet: `porchlight grant add OWNER PARTY` makes one.",
        List.of(
            column("OWNER", "owner_profile"),
            column("PARTY", "party_profile"),
            several("PUBLISHES", "publishes"),
            several("SUBSCRIBES", "subscribes"),
            time("UNTIL", "until"),
            time("REVOKED", "revoked_at"),
            column("ID", "id")));
  }

  @Command(name = "show", description = "Shows a grant.")
  int show(@Parameters(paramLabel = "ID", description = "its id") String id) throws HubException {
    return ask(
        hub -> hub.get("/grants/" + HubClient.segment(id)),
        found -> {
          say("Grant " + Text.at(found, "id"));
          say("  owner       " + Text.at(found, "owner_profile"));
          say("  party       " + Text.at(found, "party_profile"));
          say("  publishes   " + Text.list(found.path("publishes")));
          say("  subscribes  " + Text.list(found.path("subscribes")));
          say("  filter      " + Text.at(found, "filter"));
          say("  redaction   " + Text.list(found.path("redaction")));
          say("  until       " + Text.time(Text.at(found, "until")));
          say("  revoked     " + Text.time(Text.at(found, "revoked_at")));
        });
  }

  @Command(name = "revoke", description = "Ends a grant at once.")
  int revoke(@Parameters(paramLabel = "ID", description = "its id") String id) throws HubException {
    return ask(
        hub -> hub.delete("/grants/" + HubClient.segment(id)),
        ended -> say("Grant " + Text.at(ended, "id") + " allows nothing any more."));
  }
}
