package dev.porchlight.cli;

import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `porchlight client`.
@Command(name = "client", description = "Programs of others that call our doors with tokens.")
final class ClientCommand extends Noun {
  @Command(name = "add", description = "Makes a client and shows its secret and token, once.")
  int add(
      @Parameters(paramLabel = "NAME", description = "whose it is") String name,
      @Option(
              names = "--contract",
              paramLabel = "CONTRACT",
              description = "seeker-leads, which it is when none is named")
          @Nullable String contract,
      @Option(
              names = "--node",
              paramLabel = "ID",
              description =
                  "an office whose leads it sees, or a node above; may be repeated; the"
                      + " default office")
          @Nullable List<String> nodes,
      @Option(names = "--sandbox", description = "it calls the sandbox, and nothing else")
          boolean sandbox)
      throws HubException {
    var body = Json.object();
    body.put("name", name);
    body.put("contract", contract == null ? "seeker-leads" : contract);
    body.put("sandbox", sandbox);
    try (var hub = connect()) {
      if (nodes != null) {
        var list = body.putArray("nodes");
        for (var node : nodes) {
          list.add(resolve(hub, "/nodes", node));
        }
      }
      var made = hub.post("/clients", body);
      return show(
          made,
          () -> {
            say("Client " + Text.at(made, "name") + " is ready.");
            keys(made);
          });
    }
  }

  private void keys(JsonNode made) {
    say("  client_id      " + Text.at(made, "client_id"));
    say("  client_secret  " + Text.at(made, "client_secret"));
    say("  token          " + Text.at(made, "token"));
    say("Secret and token are not shown again.");
  }

  @Command(name = "list", description = "Lists the clients.")
  int list(@Mixin Paging page) throws HubException {
    return list(
        "/clients",
        page.query(),
        "There are no clients yet: `porchlight client add NAME` makes one.",
        List.of(
            column("NAME", "name"),
            column("CONTRACT", "contract"),
            new Column("SANDBOX", row -> row.path("sandbox").asBoolean(false) ? "yes" : ""),
            several("NODES", "nodes"),
            time("REVOKED", "revoked_at"),
            column("ID", "id")));
  }

  @Command(name = "show", description = "Shows a client.")
  int show(@Parameters(paramLabel = "CLIENT", description = "its id or name") String client)
      throws HubException {
    return ask(
        hub -> hub.get(one(hub, "/clients", client)),
        found -> {
          say("Client " + Text.at(found, "name"));
          say("  id        " + Text.at(found, "id"));
          say("  contract  " + Text.at(found, "contract"));
          say("  nodes     " + Text.list(found.path("nodes")));
          say("  sandbox   " + (found.path("sandbox").asBoolean(false) ? "yes" : "no"));
          for (var key : found.path("keys")) {
            var expires = Text.time(Text.at(key, "expires_at"));
            say(
                "  "
                    + (Text.at(key, "kind") + "          ").substring(0, 10)
                    + Text.at(key, "hint")
                    + (expires.isEmpty() ? "" : "  until " + expires));
          }
          var revoked = Text.time(Text.at(found, "revoked_at"));
          if (!revoked.isEmpty()) {
            say("  revoked   " + revoked);
          }
        });
  }

  @Command(
      name = "rotate-secret",
      description =
          "Makes a new secret and token and shows them, once; the others end after the"
              + " overlap.")
  int rotate(
      @Parameters(paramLabel = "CLIENT", description = "its id or name") String client,
      @Mixin Overlap overlap)
      throws HubException {
    var body = Json.object();
    overlap.into(body);
    return ask(
        hub -> hub.post(one(hub, "/clients", client) + "/rotate-secret", body),
        made -> {
          say("New secret and token of client " + Text.at(made, "name") + ":");
          keys(made);
          say(overlap.sentence());
        });
  }

  @Command(
      name = "revoke",
      description = "Ends a client at once, with its secrets, tokens and subscriptions.")
  int revoke(@Parameters(paramLabel = "CLIENT", description = "its id or name") String client)
      throws HubException {
    return ask(
        hub -> hub.delete(one(hub, "/clients", client)),
        ended -> say("Client " + Text.at(ended, "name") + " is void."));
  }
}
