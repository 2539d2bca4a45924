package dev.porchlight.cli;

import dev.porchlight.client.HubClient;
import dev.porchlight.client.HubException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What commands on one kind of thing have in common.
abstract class Noun implements Runnable {
  @ParentCommand @Nullable RootCommand root;
  @Spec @Nullable CommandSpec spec;

  /// A column of a table: its heading and what stands below it.
  record Column(String heading, Cell cell) {}

  /// What a row has to say.
  @FunctionalInterface
  interface Cell {
    String of(JsonNode row);
  }

  static Column column(String heading, String path) {
    return new Column(heading, row -> Text.at(row, path));
  }

  /// A column of times.
  static Column time(String heading, String path) {
    return new Column(heading, row -> Text.time(Text.at(row, path)));
  }

  /// A column in whose cells several things may stand.
  static Column several(String heading, String name) {
    return new Column(heading, row -> Text.list(row.path(name)));
  }

  /// What the hub is asked.
  @FunctionalInterface
  interface Question {
    JsonNode of(HubClient hub) throws HubException;
  }

  @Override
  public void run() {
    var known = spec;
    if (known != null) {
      throw new ParameterException(
          known.commandLine(),
          "Name what to do: " + String.join(", ", known.subcommands().keySet()) + ".");
    }
  }

  final RootCommand root() {
    var known = root;
    if (known == null) {
      throw new IllegalStateException("a command without its parent");
    }
    return known;
  }

  final HubClient connect() {
    return root().connect();
  }

  final void say(String line) {
    root().terminal.out().println(line);
  }

  /// Adds what was typed to a request; nothing where it was not.
  static void put(ObjectNode body, String name, @Nullable String typed) {
    if (typed != null) {
      body.put(name, typed);
    }
  }

  /// The same of a number.
  static void put(ObjectNode body, String name, @Nullable Integer typed) {
    if (typed != null) {
      body.put(name, typed);
    }
  }

  /// The same of what may be repeated.
  static void put(ObjectNode body, String name, @Nullable List<String> typed) {
    if (typed != null) {
      typed.forEach(body.putArray(name)::add);
    }
  }

  /// Prints the reply as it is, or in words.
  final int show(JsonNode reply, Runnable words) {
    if (root().json) {
      say(reply.toPrettyString());
    } else {
      words.run();
    }
    return CommandLineProgram.OK;
  }

  /// Asks the hub, and prints its reply as it is, or in words.
  final int ask(Question question, Consumer<JsonNode> words) throws HubException {
    try (var hub = connect()) {
      var reply = question.of(hub);
      return show(reply, () -> words.accept(reply));
    }
  }

  /// Prints a list as a table.
  final int list(String path, Map<String, String> query, String nothing, List<Column> columns)
      throws HubException {
    try (var hub = connect()) {
      var reply = hub.get(path, query);
      return show(
          reply,
          () -> {
            var rows = new ArrayList<List<String>>();
            for (var item : reply.path("items")) {
              rows.add(columns.stream().map(c -> c.cell().of(item)).toList());
            }
            if (rows.isEmpty()) {
              say(nothing);
              return;
            }
            Text.table(columns.stream().map(Column::heading).toList(), rows).forEach(this::say);
            var next = Text.at(reply, "next_cursor");
            if (!next.isEmpty()) {
              say("There are more: --cursor " + next);
            }
          });
    }
  }

  /// The path of the thing with that id, or of the only one with that name.
  static String one(HubClient hub, String path, String idOrName) throws HubException {
    return path + "/" + HubClient.segment(resolve(hub, path, idOrName));
  }

  /// The id of the thing with that id, or of the only one with that name.
  static String resolve(HubClient hub, String path, String idOrName) throws HubException {
    String cursor = null;
    String named = null;
    do {
      var page = hub.get(path, HubClient.query("limit", "200", "cursor", cursor));
      for (var item : page.path("items")) {
        var id = item.path("id").asString("");
        if (id.equals(idOrName)) {
          return id;
        }
        if (item.path("name").asString("").equals(idOrName)) {
          if (named != null) {
            throw new HubException(
                409, "Several have the name " + idOrName + "; say which by its id.");
          }
          named = id;
        }
      }
      var next = Text.at(page, "next_cursor");
      cursor = next.isEmpty() ? null : next;
    } while (cursor != null);
    return named == null ? idOrName : named;
  }
}
