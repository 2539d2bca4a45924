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

/// `porchlight person`.
@Command(name = "person", description = "Persons, and their erasure.")
final class PersonCommand extends Noun {
  @Command(name = "find", description = "Finds who is known by an address or a number.")
  int find(
      @Option(names = "--email", paramLabel = "ADDRESS", description = "their e-mail address")
          @Nullable String email,
      @Option(
              names = "--phone",
              paramLabel = "NUMBER",
              description = "their phone number, with its country: +1 312 555 0114")
          @Nullable String phone,
      @Option(
              names = "--erased",
              paramLabel = "true|false",
              description = "only those who are erased, or only the others")
          @Nullable String erased,
      @Mixin Paging page)
      throws HubException {
    return list(
        "/persons",
        page.query("email", email, "phone", phone, "erased", erased),
        "Nobody is known by that.",
        List.of(
            column("ID", "id"),
            time("MET", "created_at"),
            time("ERASED", "erased_at"),
            new Column(
                "KNOWN AS",
                row ->
                    String.join(
                        ", ",
                        row.path("contacts")
                            .valueStream()
                            .map(c -> Text.at(c, "display_name"))
                            .filter(n -> !n.isEmpty())
                            .distinct()
                            .toList()))));
  }

  @Command(name = "show", description = "Shows a person, or the record of their erasure.")
  int show(@Parameters(paramLabel = "ID", description = "their id") String id) throws HubException {
    return ask(hub -> hub.get("/persons/" + HubClient.segment(id)), this::tell);
  }

  private void tell(JsonNode person) {
    for (var contact : person.path("contacts")) {
      var name = Text.at(contact, "display_name");
      say("Contact " + Text.at(contact, "id") + (name.isEmpty() ? "" : ", " + name) + ".");
    }
    say(Text.count(person.path("leads").size(), "lead", "leads") + ".");
    for (var consent : person.path("consents")) {
      if (consent.path("holds").asBoolean()) {
        say(
            (consent.path("given").asBoolean() ? "Allows " : "Wants no ")
                + Text.at(consent, "channel")
                + ", "
                + Text.time(Text.at(consent, "at"))
                + ".");
      }
    }
    person.path("erasures").forEach(this::record);
  }

  private void record(JsonNode erasure) {
    var counts = erasure.path("counts");
    say(
        "Erased "
            + Text.time(Text.at(erasure, "begun_at"))
            + " by "
            + Text.at(erasure, "by")
            + ": "
            + Text.count(counts.path("leads").asInt(0), "lead", "leads")
            + ", "
            + Text.count(counts.path("receipts").asInt(0), "receipt", "receipts")
            + ", "
            + Text.count(counts.path("contacts").asInt(0), "contact", "contacts")
            + ", "
            + Text.count(counts.path("attempts").asInt(0), "attempt", "attempts")
            + "; "
            + Text.count(
                counts.path("deliveries_ended").asInt(0),
                "delivery was still pending and is dropped",
                "deliveries were still pending and are dropped")
            + ". Record "
            + Text.at(erasure, "id")
            + ".");
  }

  @Command(
      name = "erase",
      description = {
        "Erases a person in the whole company, for good.",
        "Without --yes it only shows what would be erased."
      })
  int erase(
      @Parameters(paramLabel = "ID", description = "their id: see `porchlight person find`")
          String id,
      @Option(names = "--yes", description = "do it; this can't be undone") boolean yes)
      throws HubException {
    var path = "/persons/" + HubClient.segment(id);
    try (var hub = connect()) {
      if (yes) {
        var erasure = hub.post(path + "/erase", Json.object());
        return show(erasure, () -> record(erasure));
      }
      var person = hub.get(path);
      return show(
          person,
          () -> {
            tell(person);
            if (Text.at(person, "erased_at").isEmpty()) {
              say("Nothing has been erased. To erase all of this for good, repeat it with --yes.");
            }
          });
    }
  }
}
