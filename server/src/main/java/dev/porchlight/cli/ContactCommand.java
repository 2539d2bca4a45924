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

/// `porchlight contact`.
@Command(name = "contact", description = "Persons as contacts of members.")
final class ContactCommand extends Noun {
  @Command(name = "list", description = "Lists contacts, newest first.")
  int list(@Mixin Paging page) throws HubException {
    return list(
        "/contacts",
        page.query(),
        "There are no contacts.",
        List.of(
            column("NAME", "display_name"),
            new Column("E-MAIL", row -> row.path("emails").path(0).asString("")),
            new Column("PHONE", row -> row.path("phones").path(0).asString("")),
            column("OWNER", "owner"),
            column("ID", "id")));
  }

  @Command(name = "show", description = "Shows a contact, and what members typed of it.")
  int show(@Parameters(paramLabel = "ID", description = "its id") String id) throws HubException {
    try (var hub = connect()) {
      return shown(hub.get("/contacts/" + HubClient.segment(id)));
    }
  }

  @Command(
      name = "change",
      description = {
        "Types something into a contact: no later lead touches it, until it is taken back.",
        "An empty text clears; an option that is given several times takes the place of all."
      })
  int change(
      @Parameters(paramLabel = "ID", description = "its id") String id,
      @Option(names = "--name", paramLabel = "NAME", description = "the name that is shown")
          @Nullable String name,
      @Option(names = "--first-name", paramLabel = "NAME", description = "first name")
          @Nullable String first,
      @Option(names = "--last-name", paramLabel = "NAME", description = "last name")
          @Nullable String last,
      @Option(names = "--email", paramLabel = "ADDRESS", description = "e-mail address, repeatable")
          @Nullable List<String> emails,
      @Option(names = "--phone", paramLabel = "NUMBER", description = "phone number, repeatable")
          @Nullable List<String> phones,
      @Option(names = "--tag", paramLabel = "TAG", description = "tag, repeatable")
          @Nullable List<String> tags,
      @Option(
              names = "--detail",
              paramLabel = "NAME=TEXT",
              description = "such as home_street_address=\"1 Quay\", repeatable")
          @Nullable List<String> details,
      @Option(names = "--owner", paramLabel = "ID", description = "the member who is to own it")
          @Nullable String owner,
      @Option(
              names = "--take-back",
              paramLabel = "NAME",
              description = "what was typed, such as emails, is what leads say again; repeatable")
          @Nullable List<String> back)
      throws HubException {
    var body = Json.object();
    text(body, "display_name", name);
    text(body, "given_name", first);
    text(body, "family_name", last);
    texts(body, "emails", emails);
    texts(body, "phones", phones);
    texts(body, "tags", tags);
    texts(body, "taken_back", back);
    text(body, "owner", owner);
    if (details != null) {
      var known = body.putObject("details");
      for (var detail : details) {
        int at = detail.indexOf('=');
        if (at < 1) {
          throw new IllegalArgumentException("A detail is a name, `=` and a text: " + detail);
        }
        text(known, detail.substring(0, at), detail.substring(at + 1));
      }
    }
    try (var hub = connect()) {
      return shown(hub.patch("/contacts/" + HubClient.segment(id), body));
    }
  }

  private static void text(ObjectNode body, String name, @Nullable String text) {
    if (text != null && text.isEmpty()) {
      body.putNull(name);
    } else if (text != null) {
      body.put(name, text);
    }
  }

  private static void texts(ObjectNode body, String name, @Nullable List<String> texts) {
    if (texts != null) {
      var list = body.putArray(name);
      texts.stream().filter(t -> !t.isEmpty()).forEach(list::add);
    }
  }

  private int shown(JsonNode contact) {
    return show(
        contact,
        () -> {
          say(Text.at(contact, "display_name") + ", contact " + Text.at(contact, "id") + ".");
          contact.path("emails").forEach(n -> say("  e-mail " + n.asString("")));
          contact.path("phones").forEach(n -> say("  phone " + n.asString("")));
          contact
              .path("details")
              .propertyStream()
              .forEach(d -> say("  " + d.getKey() + " " + d.getValue().asString("")));
          if (!contact.path("tags").isEmpty()) {
            say("  tags " + Text.list(contact.path("tags")));
          }
          if (!contact.path("typed").isEmpty()) {
            say("  typed by members: " + Text.list(contact.path("typed")));
          }
          say("  owner " + Text.at(contact, "owner"));
        });
  }
}
