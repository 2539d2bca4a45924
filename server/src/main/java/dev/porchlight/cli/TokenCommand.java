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

/// `porchlight token`.
@Command(name = "token", description = "Who may use the API.")
final class TokenCommand extends Noun {
  @Command(name = "add", description = "Makes a token and shows it, once.")
  int add(
      @Parameters(paramLabel = "NAME", description = "whose it is") String name,
      @Option(names = "--scope", paramLabel = "SCOPE", description = "read, work or admin; read")
          @Nullable String scope,
      @Option(names = "--node", paramLabel = "ID", description = "only what lies below that node")
          @Nullable String node,
      @Option(
              names = "--feed",
              paramLabel = "ENDPOINT",
              description = "for nothing but the feed of that endpoint, by its id or name")
          @Nullable String feed)
      throws HubException {
    var body = Json.object();
    body.put("name", name);
    var usual = feed == null ? "read" : "feed";
    body.putArray("scopes").add(scope == null ? usual : scope);
    try (var hub = connect()) {
      if (feed != null) {
        body.put("endpoint", resolve(hub, "/endpoints", feed));
      }
      if (node != null) {
        body.put("node", resolve(hub, "/nodes", node));
      }
      var made = hub.post("/tokens", body);
      return show(
          made,
          () -> {
            say("Token of " + Text.at(made, "name") + ": " + Text.at(made, "token"));
            say("It is not shown again. Its id is " + Text.at(made, "id") + ".");
          });
    }
  }

  @Command(name = "list", description = "Lists the tokens.")
  int list(@Mixin Paging page) throws HubException {
    return list(
        "/tokens",
        page.query(),
        "There are no tokens.",
        List.of(
            column("NAME", "name"),
            several("SCOPES", "scopes"),
            column("HINT", "hint"),
            time("MADE", "created_at"),
            time("REVOKED", "revoked_at"),
            column("ID", "id")));
  }

  @Command(name = "revoke", description = "Ends a token at once.")
  int revoke(@Parameters(paramLabel = "ID", description = "its id") String id) throws HubException {
    return ask(
        hub -> hub.delete("/tokens/" + HubClient.segment(id)),
        ended -> say("The token of " + Text.at(ended, "name") + " is void."));
  }
}
