package dev.porchlight.cli;

import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `porchlight spark-key`.
@Command(name = "spark-key", description = "Who may use the Spark door, /v1.")
final class SparkKeyCommand extends Noun {
  @Command(
      name = "add",
      description = {
        "Makes a key and shows its secret and its personal access token, once.",
        "The key and the secret are also OAuth 2 client id and secret."
      })
  int add(
      @Parameters(paramLabel = "NAME", description = "whose it is") String name,
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              description = "idx, public, vow, portal or private; private")
          @Nullable String role,
      @Option(
              names = "--member",
              paramLabel = "ID",
              description = "whom it acts for; the default office's front desk")
          @Nullable String member,
      @Option(
              names = "--contact",
              paramLabel = "ID",
              description = "with vow or portal: the consumer's own contact")
          @Nullable String contact,
      @Option(
              names = "--acts-within",
              paramLabel = "ID",
              description = "the node below which ApiUser may name another member; none")
          @Nullable String actsWithin,
      @Option(
              names = "--way",
              paramLabel = "WAY",
              description = "session, token or oauth2; again for more; all three")
          @Nullable List<String> ways,
      @Option(
              names = "--redirect-uri",
              paramLabel = "URL",
              description = "where the consent page may send people back to; again for more")
          @Nullable List<String> redirectUris,
      @Option(names = "--replication", description = "pages of up to 1,000 items")
          boolean replication,
      @Option(
              names = "--rate-limit",
              paramLabel = "N",
              description = "requests in 5 minutes; 1500, or 4000 with --replication")
          @Nullable Integer rateLimit,
      @Option(
              names = "--address",
              paramLabel = "CIDR",
              description = "a network that it may be used from; again for more; all")
          @Nullable List<String> addresses,
      @Option(
              names = "--user-agent",
              paramLabel = "TEXT",
              description = "how its client's name may begin; again for more; anyhow")
          @Nullable List<String> userAgents)
      throws HubException {
    var body = Json.object();
    body.put("name", name);
    put(body, "role", role);
    put(body, "ways", ways);
    put(body, "redirect_uris", redirectUris);
    put(body, "addresses", addresses);
    put(body, "user_agents", userAgents);
    if (replication) {
      body.put("replication", true);
    }
    put(body, "rate_limit", rateLimit);
    put(body, "contact", contact);
    try (var hub = connect()) {
      if (member != null) {
        body.put("member", resolve(hub, "/nodes", member));
      }
      if (actsWithin != null) {
        body.put("acts_within", resolve(hub, "/nodes", actsWithin));
      }
      var made = hub.post("/spark-keys", body);
      return show(
          made,
          () -> {
            say("ApiKey (client_id):        " + Text.at(made, "api_key"));
            say("Secret (client_secret):    " + Text.at(made, "api_secret"));
            say("Personal access token:     " + Text.at(made, "token"));
            say(
                "Secret and token are not shown again. The key's id is "
                    + Text.at(made, "id")
                    + ".");
          });
    }
  }

  @Command(name = "list", description = "Lists the keys.")
  int list(@Mixin Paging page) throws HubException {
    return list(
        "/spark-keys",
        page.query(),
        "There are no Spark keys.",
        List.of(
            column("NAME", "name"),
            column("ROLE", "role"),
            column("APIKEY", "api_key"),
            column("MEMBER", "member"),
            column("LIMIT", "rate_limit"),
            time("MADE", "created_at"),
            time("REVOKED", "revoked_at"),
            column("ID", "id")));
  }

  @Command(
      name = "revoke",
      description = "Ends a key at once, with its sessions and all tokens it has.")
  int revoke(@Parameters(paramLabel = "ID", description = "its id, or its name") String id)
      throws HubException {
    return ask(
        hub -> hub.delete(one(hub, "/spark-keys", id)),
        ended -> say("The key of " + Text.at(ended, "name") + " is void."));
  }
}
