package dev.porchlight.cli;

import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `porchlight move`.
@Command(
    name = "move",
    description = {
      "Moves the store in a data folder to an empty PostgreSQL database, and compares both.",
      "No hub may run on either. The folder is only read, and marked as moved in the end."
    })
final class MoveCommand implements Callable<Integer> {
  private static final long REST = 200_000_000;

  @ParentCommand @Nullable RootCommand root;

  @Option(
      names = "--to",
      paramLabel = "URL",
      description = {
        "jdbc:postgresql://host/database?user=...&password=...; PORCHLIGHT_DATABASE_URL,",
        "which does not show the password to others on this machine"
      })
  @Nullable String to;

  @Option(names = "--data", paramLabel = "FOLDER", description = "the data folder; ./data")
  @Nullable Path data;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "where the hub's key file lies; beside the data folder")
  @Nullable Path keyFile;

  @Option(
      names = "--replace-unfinished",
      description = "delete what a move that was not finished has left in the database")
  boolean replaceUnfinished;

  @Override
  public Integer call() {
    var parent = root;
    if (parent == null) {
      throw new IllegalStateException("a command without its parent");
    }
    var terminal = parent.terminal;
    var folder = data == null ? Path.of("data") : data;
    var where = to == null ? terminal.variable("PORCHLIGHT_DATABASE_URL") : to;
    if (where == null) {
      throw new IllegalArgumentException(
          "Name the database with --to, or in PORCHLIGHT_DATABASE_URL.");
    }
    var moved =
        parent.local.move(
            folder, where, keyFile, replaceUnfinished, parent.json ? (_, _, _, _) -> {} : shown());
    long rows = moved.tables().stream().mapToLong(Local.MovedTable::rows).sum();
    if (parent.json) {
      var view = Json.object();
      view.put("rows", rows);
      var tables = view.putArray("tables");
      moved
          .tables()
          .forEach(t ->
              tables
                  .addObject()
                  .put("name", t.name())
                  .put("rows", t.rows())
                  .put("sha256", t.sha256()));
      var toDo = view.putArray("to_do");
      moved.toDo().forEach(toDo::add);
      terminal.out().println(view.toPrettyString());
    } else {
      terminal
          .out()
          .println(
              "Moved "
                  + Text.count(rows, "row", "rows")
                  + " in "
                  + Text.count(moved.tables().size(), "table", "tables")
                  + "; counts and checksums, read back, are the same on both sides.");
      moved.toDo().forEach(terminal.out()::println);
    }
    return CommandLineProgram.OK;
  }

  /// A line for each table; for a person one that grows.
  private Local.MoveProgress shown() {
    var terminal = root == null ? null : root.terminal;
    if (terminal == null) {
      return (_, _, _, _) -> {};
    }
    long[] shownAt = {0};
    return (verifying, table, rows, of) -> {
      var line =
          String.format(
              Locale.ROOT,
              "%-10s %-24s %,d of %,d",
              verifying ? "verifying" : "copying",
              table,
              rows,
              of);
      boolean done = rows >= of;
      if (!terminal.interactive()) {
        if (done) {
          terminal.out().println(line);
        }
      } else if (done) {
        terminal.out().println("\r\u001b[K" + line);
      } else if (System.nanoTime() - shownAt[0] > REST) {
        shownAt[0] = System.nanoTime();
        terminal.out().print("\r\u001b[K" + line);
        terminal.out().flush();
      }
    };
  }
}
