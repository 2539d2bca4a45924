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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `porchlight endpoint`.
@Command(name = "endpoint", description = "Where we deliver.")
final class EndpointCommand extends Noun {
  private static final int MOST_OF_WHY = 100;

  private static final String MAILTO = "mailto:";

  @Command(name = "add", description = "Adds an endpoint and shows its signing secret, once.")
  int add(
      @Parameters(paramLabel = "NAME", description = "its name") String name,
      @Option(names = "--to", required = true, paramLabel = "URL", description = "where to deliver")
          String to,
      @Option(
              names = "--contract",
              paramLabel = "CONTRACT",
              description =
                  "connections-plus, lead-delivery, lead-delivery-standard, seeker-leads,"
                      + " realestate-events, porchlight or verbatim; mail for a URL such as"
                      + " mailto:desk@example.org, which needs no other word")
          @Nullable String contract,
      @Option(
              names = "--node",
              paramLabel = "ID",
              description = "whose leads it gets; the default office's")
          @Nullable String node,
      @Option(
              names = "--api-key",
              paramLabel = "KEY",
              description = "their API key, if they want one")
          @Nullable String apiKey,
      @Option(
              names = "--append-channel",
              description = "append the contract's channel (/lead, /lead-delivery) to the URL")
          boolean appendChannel,
      @Option(
              names = "--assumed-role",
              paramLabel = "ROLE",
              description = "buyer or seller, where a lead does not say")
          @Nullable String assumedRole,
      @Option(
              names = "--fallback-contract",
              paramLabel = "CONTRACT",
              description = "what to write when the first contract can't carry a lead")
          @Nullable String fallback,
      @Option(
              names = "--handshake",
              description =
                  "send a sample first and show the exchange; nothing else is sent until one is"
                      + " taken")
          boolean handshake,
      @Mixin EndpointTerms terms)
      throws HubException {
    var body = Json.object();
    body.put("name", name);
    body.put("url", to);
    if (contract != null) {
      body.put("contract", contract);
    } else if (isMail(to)) {
      body.put("contract", "mail");
    }
    put(body, "node", node);
    put(body, "api_key", apiKey);
    if (appendChannel) {
      body.put("append_channel", true);
    }
    put(body, "assumed_role", assumedRole);
    put(body, "fallback_contract", fallback);
    terms.into(body);
    if (handshake) {
      body.put("disabled", true);
    }
    try (var hub = connect()) {
      var made = (ObjectNode) hub.post("/endpoints", body);
      var seen = handshake ? handshake(hub, made) : null;
      boolean on = seen == null || seen.path("delivered").asBoolean(false);
      show(
          made,
          () -> {
            if (seen != null) {
              exchange(seen, false);
            }
            say(
                "Endpoint "
                    + Text.at(made, "name")
                    + (on
                        ? " gets leads from now on."
                        : " stays disabled; what it is owed is kept. When it is mended:"
                            + " porchlight endpoint test --enable "
                            + Text.at(made, "id")));
            say("  id      " + Text.at(made, "id"));
            say("  url     " + Text.at(made, "url"));
            if (!isMail(to)) {
              say("  secret  " + Text.at(made, "secret"));
              say("The secret is not shown again.");
            }
            if (!handshake) {
              say("Try it: porchlight endpoint test " + Text.at(made, "id"));
            }
          });
      return on ? CommandLineProgram.OK : CommandLineProgram.FAILED;
    }
  }

  /// Sends a sample and enables the endpoint when it is taken.
  private static JsonNode handshake(HubClient hub, ObjectNode made) throws HubException {
    var seen = tried(hub, Text.at(made, "id"), true);
    made.put("disabled", !seen.path("delivered").asBoolean(false));
    made.set("handshake", seen);
    return seen;
  }

  private static JsonNode tried(HubClient hub, String id, boolean enable) throws HubException {
    var path = "/endpoints/" + HubClient.segment(id);
    var seen = hub.post(path + "/test", Json.object());
    if (enable && seen.path("delivered").asBoolean(false)) {
      var enabled = hub.patch(path, Json.object().put("disabled", false));
      if (enabled.has("missed")) {
        ((ObjectNode) seen).set("missed", enabled.get("missed"));
      }
    }
    return seen;
  }

  /// What goes out now that it is enabled, and how to get back what was given up.
  private void missed(JsonNode endpoint) {
    var missed = endpoint.path("missed");
    if (missed.isMissingNode()) {
      return;
    }
    var more = missed.path("more").asBoolean(false) ? " or more" : "";
    long waiting = missed.path("waiting").asLong(0);
    if (waiting == 0) {
      say("Nothing has waited since " + Text.time(Text.at(missed, "since")) + ".");
    } else {
      say(
          "Since "
              + Text.time(Text.at(missed, "since"))
              + " so many have waited, and go out from now on: "
              + waiting
              + more
              + ".");
    }
    if (missed.has("command")) {
      say(
          "Given up meanwhile: "
              + missed.path("given_up").asLong(0)
              + more
              + ". To send them too:");
      say("  " + Text.at(missed, "command"));
    }
  }

  @Command(name = "set", description = "Changes what an endpoint gets and how.")
  int set(
      @Parameters(paramLabel = "ENDPOINT", description = "its id or name") String endpoint,
      @Option(
              names = "--to",
              paramLabel = "URL",
              description =
                  "where to deliver from now on; secrets for another server are given again")
          @Nullable String to,
      @Mixin EndpointTerms terms)
      throws HubException {
    var body = Json.object();
    put(body, "url", to);
    terms.into(body);
    if (body.isEmpty()) {
      say("Nothing to change: name at least one option.");
      return CommandLineProgram.USAGE;
    }
    return ask(
        hub -> hub.patch(one(hub, "/endpoints", endpoint), body),
        changed -> {
          say("Endpoint " + Text.at(changed, "name") + " is changed.");
          missed(changed);
        });
  }

  @Command(name = "list", description = "Lists the endpoints.")
  int list(@Mixin Paging page) throws HubException {
    return list(
        "/endpoints",
        page.query(),
        "There are no endpoints yet: `porchlight endpoint add NAME --to URL --contract CONTRACT`"
            + " makes one.",
        List.of(
            column("NAME", "name"),
            column("CONTRACT", "contract"),
            new Column("STATE", EndpointCommand::state),
            column("URL", "url"),
            column("ID", "id")));
  }

  @Command(
      name = "rotate-secret",
      description =
          "Makes a new signing secret and shows it, once; the others sign beside it for"
              + " the overlap.")
  int rotateSecret(
      @Parameters(paramLabel = "ENDPOINT", description = "its id or name") String endpoint,
      @Option(
              names = "--overlap-hours",
              paramLabel = "HOURS",
              description = "for how long the others still sign, 0 to 168; 24")
          @Nullable Integer overlap,
      @Option(
              names = "--kind",
              paramLabel = "KIND",
              description =
                  "shared (whsec_), or ed25519: a pair of keys, whose public one is shown")
          @Nullable String kind)
      throws HubException {
    var body = Json.object();
    put(body, "overlap_hours", overlap);
    put(body, "kind", kind);
    return ask(
        hub -> hub.post(one(hub, "/endpoints", endpoint) + "/rotate-secret", body),
        made -> {
          say(
              made.has("secret")
                  ? "New secret of " + endpoint + ": " + Text.at(made, "secret")
                  : "New public key of " + endpoint + ": " + Text.at(made, "public_key"));
          say(
              "The others sign beside it until "
                  + Text.time(Text.at(made, "old_secrets_end_at"))
                  + ". The secret is not shown again.");
        });
  }

  @Command(name = "test", description = "Sends an invented test lead and shows the exchange.")
  int test(
      @Parameters(paramLabel = "ENDPOINT", description = "its id or name") String endpoint,
      @Option(names = "--enable", description = "enable the endpoint when the sample is taken")
          boolean enable,
      @Option(names = "--raw", description = "show a mail as it is sent") boolean raw)
      throws HubException {
    try (var hub = connect()) {
      var seen = tried(hub, resolve(hub, "/endpoints", endpoint), enable);
      show(
          seen,
          () -> {
            exchange(seen, raw);
            missed(seen);
          });
      return seen.path("delivered").asBoolean(false)
          ? CommandLineProgram.OK
          : CommandLineProgram.FAILED;
    }
  }

  private static boolean isMail(String url) {
    return url.startsWith(MAILTO);
  }

  private void exchange(JsonNode seen, boolean raw) {
    var url = Text.at(seen, "url");
    say(isMail(url) ? "Mail to " + url.substring(MAILTO.length()) : "POST " + url);
    seen.path("request_headers")
        .properties()
        .forEach(h -> say("  " + h.getKey() + ": " + Text.clean(h.getValue().asString(""))));
    seen.path(raw || !seen.has("request_text") ? "request_body" : "request_text")
        .asString("")
        .lines()
        .forEach(line -> say("  " + Text.clean(line)));
    var status = Text.at(seen, "status");
    var answer = Text.at(seen, "answer_head").strip();
    say(
        (seen.path("delivered").asBoolean(false) ? "It was taken" : "It was not taken")
            + (status.isEmpty() ? "" : ": the answer was " + status)
            + " after "
            + Math.round(seen.path("duration_ms").asDouble(0))
            + " ms."
            + (Text.at(seen, "error").isEmpty()
                ? ""
                : " " + Text.sentence(Text.at(seen, "error"))));
    if (!answer.isEmpty()) {
      say("  " + answer);
    }
  }

  /// How the last attempt ended, in some words.
  private static String why(JsonNode endpoint) {
    var reason = Text.at(endpoint, "health.reason");
    int end =
        reason.offsetByCodePoints(
            0, Math.min(MOST_OF_WHY, reason.codePointCount(0, reason.length())));
    return reason.isEmpty()
        ? ""
        : ": " + reason.substring(0, end) + (end < reason.length() ? "…" : "");
  }

  private static String state(JsonNode endpoint) {
    if (endpoint.path("disabled").asBoolean(false)) {
      return endpoint.path("health").path("disabled_by_hub").asBoolean(false)
          ? "disabled by the hub" + why(endpoint)
          : "disabled";
    }
    var since = Text.at(endpoint, "health.failing_since");
    var certificate = Text.at(endpoint, "tls.certificate.state");
    return (since.isEmpty() ? "on" : "failing since " + Text.time(since) + why(endpoint))
        + switch (certificate) {
          case "expired" -> ", certificate expired";
          case "ends_soon" -> ", certificate ends soon";
          default -> "";
        };
  }
}
