package dev.porchlight.cli;

import dev.porchlight.client.HubClient;
import dev.porchlight.client.HubException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;

/// `porchlight find`.
@Command(
    name = "find",
    description = {
      "Finds everything by a name, an e-mail address, a phone number or an id:",
      "contacts, leads, receipts, deliveries, replays, events, listings, sources, endpoints,",
      "parties, members and offices."
    })
final class FindCommand implements java.util.concurrent.Callable<Integer> {
  @ParentCommand @Nullable RootCommand root;

  @Parameters(paramLabel = "WORDS", arity = "1..*", description = "what to look for")
  List<String> words = List.of();

  @Override
  public Integer call() throws HubException {
    var known = root;
    if (known == null) {
      throw new IllegalStateException("a command without its parent");
    }
    try (var hub = known.connect()) {
      var found = hub.get("/search", HubClient.query("q", String.join(" ", words)));
      if (known.json) {
        known.terminal.out().println(found.toPrettyString());
      } else {
        tell(known, found);
      }
      return CommandLineProgram.OK;
    }
  }

  private static void tell(RootCommand root, JsonNode found) {
    var rows = new ArrayList<List<String>>();
    for (var item : found.path("items")) {
      rows.add(
          List.of(
              Text.at(item, "kind"),
              Text.at(item, "name"),
              item.path("about")
                  .valueStream()
                  .map(a -> a.asString(""))
                  .collect(Collectors.joining(", ")),
              Text.time(Text.at(item, "at")),
              Text.at(item, "id")));
    }
    if (rows.isEmpty()) {
      root.terminal.out().println("Nothing found.");
    } else {
      Text.table(List.of("KIND", "NAME", "ABOUT", "AT", "ID"), rows)
          .forEach(root.terminal.out()::println);
    }
    if (!found.path("complete").asBoolean(true)) {
      root.terminal
          .out()
          .println("Contacts of that name could not be looked through in time: type more of it.");
    }
  }
}
