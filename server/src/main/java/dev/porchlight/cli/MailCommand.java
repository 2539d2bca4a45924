package dev.porchlight.cli;

import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `porchlight mail`.
@Command(name = "mail", description = "The server that takes the hub's mail on.")
final class MailCommand extends Noun {
  @Command(name = "set", description = "Sets the server, or changes what is named.")
  int set(
      @Option(names = "--host", paramLabel = "HOST", description = "a name or an address")
          @Nullable String host,
      @Option(names = "--port", paramLabel = "PORT", description = "587, 465 or 25")
          @Nullable Integer port,
      @Option(
              names = "--security",
              paramLabel = "HOW",
              description = "starttls, tls (from the first byte) or none; starttls")
          @Nullable String security,
      @Option(names = "--user", paramLabel = "USER", description = "who signs in, if anybody")
          @Nullable String user,
      @Option(
              names = "--password",
              paramLabel = "PASSWORD",
              description = "their password; kept sealed. Else PORCHLIGHT_MAIL_PASSWORD")
          @Nullable String password,
      @Option(
              names = "--from",
              paramLabel = "ADDRESS",
              description = "the address that mails come from")
          @Nullable String from,
      @Option(
              names = "--authorities",
              paramLabel = "FILE",
              description = "PEM certificates to believe beside the usual ones")
          @Nullable Path authorities,
      @Option(
              names = "--links",
              paramLabel = "URL",
              description = "where people reach the hub by the links in its mails")
          @Nullable String links,
      @Option(
              names = "--return-domain",
              paramLabel = "DOMAIN",
              description = "whose mail comes to the hub: what can't be delivered comes back there")
          @Nullable String returnDomain)
      throws HubException, IOException {
    var body = Json.object();
    put(body, "host", host);
    put(body, "port", port);
    put(body, "security", security);
    put(body, "user", user);
    put(
        body,
        "password",
        password == null && user != null ? System.getenv("PORCHLIGHT_MAIL_PASSWORD") : password);
    put(body, "from", from);
    put(body, "links", links);
    put(body, "return_domain", returnDomain);
    if (authorities != null) {
      body.put("certificate_authorities", Files.readString(authorities));
    }
    try (var hub = connect()) {
      return shown(hub.patch("/mail-server", body));
    }
  }

  @Command(name = "show", description = "Shows the server, without its password.")
  int show() throws HubException {
    try (var hub = connect()) {
      return shown(hub.get("/mail-server"));
    }
  }

  @Command(name = "test", description = "Sends a made-up lead by that server.")
  int test(@Parameters(paramLabel = "ADDRESS", description = "who gets it") String to)
      throws HubException {
    try (var hub = connect()) {
      var tried = hub.post("/mail-server/test", Json.object().put("to", to));
      boolean taken = tried.path("delivered").asBoolean(false);
      show(
          tried,
          () ->
              say(
                  taken
                      ? "The server took the mail to " + to + "."
                      : "The mail was not taken: "
                          + Text.at(tried, "reason")
                          + Text.at(tried, "answer")));
      return taken ? 0 : 1;
    }
  }

  @Command(name = "off", description = "Forgets the server: mails wait until one is set.")
  int off() throws HubException {
    try (var hub = connect()) {
      return shown(hub.delete("/mail-server"));
    }
  }

  private int shown(JsonNode server) {
    return show(
        server,
        () -> {
          say(
              "Mail goes to "
                  + Text.at(server, "host")
                  + ":"
                  + Text.at(server, "port")
                  + " ("
                  + Text.at(server, "security")
                  + "), from "
                  + Text.at(server, "from")
                  + ".");
        });
  }
}
