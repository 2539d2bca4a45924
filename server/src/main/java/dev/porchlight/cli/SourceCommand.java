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

/// `porchlight source`.
@Command(name = "source", description = "Who sends to us.")
final class SourceCommand extends Noun {
  @Command(name = "add", description = "Adds a source and shows its API key, once.")
  int add(
      @Parameters(paramLabel = "NAME", description = "its name, part of its address") String name,
      @Option(
              names = "--contract",
              required = true,
              paramLabel = "CONTRACT",
              description =
                  "connections-plus, lead-delivery, seeker-leads, seeker-leads-request,"
                      + " realestate-events or porchlight")
          String contract,
      @Option(
              names = "--node",
              paramLabel = "ID",
              description = "the office or member where its leads land; the default office")
          @Nullable String node,
      @Option(
              names = "--api-key",
              paramLabel = "KEY",
              description = "the key they use already; else one is made")
          @Nullable String apiKey,
      @Option(
              names = "--portal",
              paramLabel = "CODE",
              description =
                  "the portal it stands for, by its code at Seeker Leads, such as SLG-FRA")
          @Nullable String portal,
      @Option(
              names = "--retention",
              paramLabel = "PERIOD",
              description = "for how long its leads are kept, for example P3Y; else without end")
          @Nullable String retention)
      throws HubException {
    var body = Json.object();
    put(body, "portal", portal);
    put(body, "retention", retention);
    body.put("name", name);
    body.put("contract", contract);
    put(body, "node", node);
    put(body, "api_key", apiKey);
    return ask(
        hub -> hub.post("/sources", body),
        made -> {
          say("Source " + Text.at(made, "name") + " is ready.");
          say("  id       " + Text.at(made, "id"));
          say("  url      " + Text.at(made, "url"));
          say("  API key  " + Text.at(made, "api_key"));
          say("The key is not shown again.");
        });
  }

  @Command(
      name = "mail",
      description = "Gives a source an address that mails of leads come in at, and shows it, once.")
  int mail(
      @Parameters(paramLabel = "SOURCE", description = "id or name") String source,
      @Option(names = "--off", description = "ends all of its addresses instead") boolean off)
      throws HubException {
    try (var hub = connect()) {
      var path = "/sources/" + HubClient.segment(source) + "/mail-address";
      var answer = off ? hub.delete(path) : hub.post(path, Json.object());
      return show(
          answer,
          () -> {
            if (off) {
              say("No mail comes in there any more.");
              return;
            }
            say("  " + Text.at(answer, "local_part") + "@…");
            say(
                "Behind the @ stands any name whose mail comes to the hub's --smtp-port. It is not"
                    + " shown again; addresses before it end in 24 hours.");
          });
    }
  }

  @Command(name = "list", description = "Lists the sources.")
  int list(@Mixin Paging page) throws HubException {
    return list(
        "/sources",
        page.query(),
        "There are no sources yet: `porchlight source add NAME --contract CONTRACT` makes one.",
        List.of(
            column("NAME", "name"),
            column("CONTRACT", "contract"),
            new Column(
                "KEYS",
                row ->
                    String.join(
                        ", ",
                        row.path("keys").valueStream().map(k -> Text.at(k, "hint")).toList())),
            column("URL", "url"),
            column("ID", "id")));
  }

  @Command(name = "show", description = "Shows a source, and how far its portal was read.")
  int show(@Parameters(paramLabel = "SOURCE", description = "its id or name") String source)
      throws HubException {
    return ask(hub -> hub.get("/sources/" + HubClient.segment(source)), this::tell);
  }

  private void tell(JsonNode source) {
    say("Source " + Text.at(source, "name"));
    for (var member : List.of("id", "contract", "node", "region", "portal", "url")) {
      line(member, Text.at(source, member));
    }
    var poll = source.path("poll");
    if (poll.isMissingNode()) {
      return;
    }
    say("Its portal is asked");
    line("at", Text.at(poll, "url") + ", every " + Text.at(poll, "interval_seconds") + " s");
    line("state", Text.at(poll, "state"));
    line("read up to", Text.time(Text.at(poll, "covered_until")));
    line("lag", Text.at(poll, "lag_seconds") + " s");
    line("asked", Text.time(Text.at(poll, "tried_at")));
    line("succeeded", Text.time(Text.at(poll, "succeeded_at")));
    line("next", Text.time(Text.at(poll, "next_at")));
    line("leads read", Text.at(poll, "items"));
    if (poll.path("failures").asInt(0) > 0) {
      line(
          "trouble",
          Text.count(poll.path("failures").asInt(0), "failure", "failures")
              + " in a row: "
              + Text.at(poll, "error"));
    }
  }

  private void line(String name, String value) {
    if (!value.isEmpty()) {
      say("  " + Text.pad(name, 11) + value);
    }
  }

  @Command(
      name = "poll",
      description = "Has a source's portal asked for leads that were not pushed, or changes how.")
  int poll(
      @Parameters(paramLabel = "SOURCE", description = "its id or name") String source,
      @Option(
              names = "--url-of-portal",
              paramLabel = "URL",
              description = "the base of its API, for example https://…/seeker-leads/v1")
          @Nullable String url,
      @Option(names = "--token-url", paramLabel = "URL", description = "where tokens are had")
          @Nullable String tokenUrl,
      @Option(
              names = "--audience",
              paramLabel = "AUDIENCE",
              description = "what tokens are asked for; the base of the API")
          @Nullable String audience,
      @Option(names = "--client-id", paramLabel = "ID", description = "who asks for tokens")
          @Nullable String clientId,
      @Option(names = "--client-secret", paramLabel = "SECRET", description = "its secret")
          @Nullable String clientSecret,
      @Option(
              names = "--fixed-token",
              paramLabel = "TOKEN",
              description = "a token in place of client and secret")
          @Nullable String fixedToken,
      @Option(
              names = "--interval",
              paramLabel = "SECONDS",
              description = "how long to wait between; 300")
          @Nullable Integer interval,
      @Option(
              names = "--overlap",
              paramLabel = "SECONDS",
              description = "how far to reach back each time; 900")
          @Nullable Integer overlap,
      @Option(
              names = "--since",
              paramLabel = "TIME",
              description = "where to begin, or to begin again, for example 2026-01-31T00:00:00Z")
          @Nullable String since,
      @Option(names = "--off", description = "asks no more") boolean off)
      throws HubException {
    var body = Json.object();
    if (off) {
      body.putNull("poll");
    } else {
      var poll = body.putObject("poll");
      put(poll, "url", url);
      put(poll, "token_url", tokenUrl);
      put(poll, "audience", audience);
      put(poll, "client_id", clientId);
      put(poll, "client_secret", clientSecret);
      put(poll, "token", fixedToken);
      put(poll, "since", since);
      put(poll, "interval_seconds", interval);
      put(poll, "overlap_seconds", overlap);
    }
    return ask(hub -> hub.patch("/sources/" + HubClient.segment(source), body), this::tell);
  }

  @Command(
      name = "pause",
      description = {
        "Lets what a source sends wait: it is taken and answered as always, and worked",
        "in the order of its arrival once the source is let go on."
      })
  int pause(@Parameters(paramLabel = "SOURCE", description = "its id or name") String source)
      throws HubException {
    return ask(
        hub -> hub.post("/sources/" + HubClient.segment(source) + "/pause", Json.object()),
        _ -> say(source + " is paused: what it sends waits."));
  }

  @Command(name = "resume", description = "Lets a paused source go on.")
  int resume(@Parameters(paramLabel = "SOURCE", description = "its id or name") String source)
      throws HubException {
    return ask(
        hub -> hub.post("/sources/" + HubClient.segment(source) + "/resume", Json.object()),
        _ -> say(source + " goes on: what waits is worked now."));
  }

  @Command(
      name = "rotate-key",
      description = "Makes a new API key and shows it, once; the others end after the overlap.")
  int rotateKey(
      @Parameters(paramLabel = "SOURCE", description = "its id or name") String source,
      @Mixin Overlap overlap,
      @Option(
              names = "--api-key",
              paramLabel = "KEY",
              description = "the key to use; else one is made")
          @Nullable String apiKey)
      throws HubException {
    var body = Json.object();
    overlap.into(body);
    put(body, "api_key", apiKey);
    return ask(
        hub -> hub.post("/sources/" + HubClient.segment(source) + "/rotate-key", body),
        made -> {
          say("New API key of " + source + ": " + Text.at(made, "api_key"));
          say(overlap.sentence() + " The key is not shown again.");
        });
  }
}
