package dev.porchlight.bench;

import dev.porchlight.Hub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/// On what it was measured, and with what.
final class Machine implements Section {
  private final Path data;
  private final List<String> serverFlags;
  private final List<String> loadFlags;
  private String rounds = "";
  private String database = "";

  Machine(Path data, List<String> serverFlags, List<String> loadFlags) {
    this.data = data;
    this.serverFlags = serverFlags;
    this.loadFlags = loadFlags;
  }

  /// What is known only in the end.
  void ran(String rounds, String database) {
    this.rounds = rounds;
    this.database = database;
  }

  /// The same in a sentence, for a part that is measured by itself.
  String inShort() throws IOException {
    return "Measured "
        + LocalDate.now(ZoneOffset.UTC)
        + " on "
        + line("/proc/cpuinfo", "model name")
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " cores for hub, client and database together, "
        + line("/proc/meminfo", "MemTotal")
        + "; the hub with "
        + String.join(" ", serverFlags)
        + ".";
  }

  @Override
  public void write(Page page, Figures figures, List<String> engines) {
    page.title("Where");
    page.table(2, "", "");
    try {
      page.row("date", LocalDate.now(ZoneOffset.UTC).toString());
      page.row("rounds", rounds);
      page.row(
          "processor",
          line("/proc/cpuinfo", "model name")
              + ", "
              + Runtime.getRuntime().availableProcessors()
              + " cores, for hub, load, receiver and database together");
      page.row("memory", line("/proc/meminfo", "MemTotal"));
      page.row(
          "system",
          System.getProperty("os.name")
              + " "
              + System.getProperty("os.version")
              + " "
              + System.getProperty("os.arch"));
      var store = Files.getFileStore(data);
      page.row("disk", store.type() + " on " + store.name() + scheduler(store.name()));
      page.row(
          "load average at the end",
          Files.isReadable(Path.of("/proc/loadavg"))
              ? Files.readString(Path.of("/proc/loadavg")).strip()
              : "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    page.row(
        "JVM", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    page.row("flags of the hub", String.join(" ", serverFlags));
    page.row("flags of the load", String.join(" ", loadFlags));
    page.row("versions", "Porchlight " + Hub.VERSION + ", " + libraries());
    if (!database.isEmpty()) {
      page.row("PostgreSQL", database);
    }
    page.endTable();
  }

  private static String scheduler(String device) throws IOException {
    var file =
        Path.of("/sys/block", device.replaceFirst("^/dev/", "").replaceFirst("p?\\d+$", ""))
            .resolve("queue/scheduler");
    return Files.isReadable(file) ? ", scheduler " + Files.readString(file).strip() : "";
  }

  static String line(String file, String name) throws IOException {
    var path = Path.of(file);
    if (!Files.isReadable(path)) {
      return "unknown";
    }
    return Files.readAllLines(path, StandardCharsets.UTF_8).stream()
        .filter(l -> l.startsWith(name))
        .map(l -> l.substring(l.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /// The versions of what matters here, from the names of the jars.
  private static String libraries() {
    var found = new ArrayList<String>();
    for (var entry : System.getProperty("java.class.path").split(":", -1)) {
      var jar = Path.of(entry).getFileName().toString().replaceFirst("\\.jar$", "");
      for (var library :
          List.of("sqlite-jdbc", "postgresql", "jetty-server", "jackson-databind", "httpclient5")) {
        if (jar.matches(library + "-\\d.*")) {
          found.add(jar);
        }
      }
    }
    return String.join(", ", found.stream().sorted().toList());
  }
}
