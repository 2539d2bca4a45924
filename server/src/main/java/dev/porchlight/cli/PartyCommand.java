package dev.porchlight.cli;

import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `porchlight party`.
@Command(name = "party", description = "Who publishes and receives real-estate events.")
final class PartyCommand extends Noun {
  @Command(name = "add", description = "Makes a party and shows the key of its pod, once.")
  int add(
      @Parameters(paramLabel = "NAME", description = "its name, after which its pod is called")
          String name,
      @Option(
              names = "--kind",
              required = true,
              paramLabel = "KIND",
              description = "person, team, office, company or app")
          String kind,
      @Option(
              names = "--node",
              paramLabel = "ID",
              description = "the node whose party it is; the default office")
          @Nullable String node,
      @Option(names = "--host", paramLabel = "HOST", description = "its pod's own host name; none")
          @Nullable String host,
      @Option(
              names = "--default-recipient",
              paramLabel = "PARTY",
              description = "of an app: to whom it publishes when it names no recipient")
          @Nullable String recipient,
      @Option(
              names = "--endpoint",
              paramLabel = "ENDPOINT",
              description = "where its inbox is pushed to")
          @Nullable String endpoint,
      @Option(
              names = "--rate-limit",
              paramLabel = "N",
              description = "so many messages in any five minutes, 1 to 1000000; 2000")
          @Nullable Integer rateLimit)
      throws HubException {
    var body = Json.object();
    body.put("name", name);
    body.put("kind", kind);
    try (var hub = connect()) {
      if (node != null) {
        body.put("node", resolve(hub, "/nodes", node));
      }
      put(body, "host", host);
      if (recipient != null) {
        body.put("default_recipient", resolve(hub, "/parties", recipient));
      }
      if (endpoint != null) {
        body.put("endpoint", resolve(hub, "/endpoints", endpoint));
      }
      put(body, "rate_limit", rateLimit);
      var made = hub.post("/parties", body);
      return show(
          made,
          () -> {
            say("Party " + Text.at(made, "name") + " is ready.");
            say("  pod      " + Text.at(made, "pod"));
            say("  profile  " + Text.at(made, "profile"));
            say("  api_key  " + Text.at(made, "api_key"));
            say("The key is not shown again.");
          });
    }
  }

  @Command(name = "list", description = "Lists the parties.")
  int list(@Mixin Paging page) throws HubException {
    return list(
        "/parties",
        page.query(),
        "There are no parties yet: `porchlight party add NAME --kind KIND` makes one.",
        List.of(
            column("NAME", "name"),
            column("KIND", "kind"),
            column("POD", "pod"),
            column("NODE", "node"),
            time("REMOVED", "removed_at"),
            column("ID", "id")));
  }

  @Command(name = "show", description = "Shows a party.")
  int show(@Parameters(paramLabel = "PARTY", description = "its id or name") String party)
      throws HubException {
    return ask(
        hub -> hub.get(one(hub, "/parties", party)),
        found -> {
          say("Party " + Text.at(found, "name"));
          say("  id       " + Text.at(found, "id"));
          say("  kind     " + Text.at(found, "kind"));
          say("  node     " + Text.at(found, "node"));
          say("  pod      " + Text.at(found, "pod"));
          say("  profile  " + Text.at(found, "profile"));
          for (var name : List.of("default_recipient", "endpoint", "rate_limit")) {
            var value = Text.at(found, name);
            if (!value.isEmpty()) {
              say("  " + name + "  " + value);
            }
          }
          for (var key : found.path("keys")) {
            var expires = Text.time(Text.at(key, "expires_at"));
            say(
                "  key      "
                    + Text.at(key, "hint")
                    + (expires.isEmpty() ? "" : "  until " + expires));
          }
          var removed = Text.time(Text.at(found, "removed_at"));
          if (!removed.isEmpty()) {
            say("  removed  " + removed);
          }
        });
  }

  @Command(
      name = "change",
      description =
          "Changes a party's default recipient, its rate or where its inbox is pushed to.")
  int change(
      @Parameters(paramLabel = "PARTY", description = "its id or name") String party,
      @Option(
              names = "--default-recipient",
              paramLabel = "PARTY",
              description = "to whom it publishes when it names no recipient; empty for nobody")
          @Nullable String recipient,
      @Option(
              names = "--endpoint",
              paramLabel = "ENDPOINT",
              description = "where its inbox is pushed to; empty for nowhere")
          @Nullable String endpoint,
      @Option(
              names = "--rate-limit",
              paramLabel = "N",
              description = "so many messages in any five minutes, 1 to 1000000")
          @Nullable Integer rateLimit)
      throws HubException {
    var body = Json.object();
    try (var hub = connect()) {
      if (recipient != null) {
        body.put(
            "default_recipient", recipient.isEmpty() ? null : resolve(hub, "/parties", recipient));
      }
      if (endpoint != null) {
        body.put("endpoint", endpoint.isEmpty() ? null : resolve(hub, "/endpoints", endpoint));
      }
      put(body, "rate_limit", rateLimit);
      var changed = hub.patch(one(hub, "/parties", party), body);
      return show(changed, () -> say("Party " + Text.at(changed, "name") + " is changed."));
    }
  }

  @Command(
      name = "rotate-key",
      description = "Makes a new key and shows it, once; the others end after the overlap.")
  int rotate(
      @Parameters(paramLabel = "PARTY", description = "its id or name") String party,
      @Mixin Overlap overlap)
      throws HubException {
    var body = Json.object();
    overlap.into(body);
    return ask(
        hub -> hub.post(one(hub, "/parties", party) + "/rotate-key", body),
        made -> say("New key of " + Text.at(made, "name") + ": " + Text.at(made, "api_key")));
  }

  @Command(name = "remove", description = "Ends a party at once, with its keys and grants.")
  int remove(@Parameters(paramLabel = "PARTY", description = "its id or name") String party)
      throws HubException {
    return ask(
        hub -> hub.delete(one(hub, "/parties", party)),
        ended -> say("Party " + Text.at(ended, "name") + " is removed."));
  }
}
