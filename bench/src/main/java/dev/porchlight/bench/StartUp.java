package dev.porchlight.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/// From the start of `java`, as the launcher runs it, to the first 200, and the memory of a hub
/// that then has nothing to do; with and without the cache of loaded classes. A folder that has
/// been used before, so that no schema is made.
final class StartUp implements Section {
  private static final long SETTLE_MILLIS = 3000;
  private static final Pattern TUNING = Pattern.compile("serve \\| demo\\) tuning='([^']*)'");

  private final Path app = Path.of("server/target/app");

  @Override
  public void between(Bed bed) throws IOException {
    var figures = bed.figures();
    var folder = bed.data().resolve("start");
    try {
      if (bed.round() == 1) {
        start(List.of(), folder, 0);
        start(cached(), folder, 0);
      }
      var plain = start(List.of(), folder, SETTLE_MILLIS);
      figures.note("start", plain.millis());
      figures.note("idle", plain.kilobytes());
      if (!cached().isEmpty()) {
        var quick = start(cached(), folder, SETTLE_MILLIS);
        figures.note("start cached", quick.millis());
        figures.note("idle cached", quick.kilobytes());
      }
    } finally {
      delete(folder);
      Files.deleteIfExists(folder.resolveSibling("start.key"));
    }
  }

  private record Started(double millis, double kilobytes) {}

  /// The flags for the cache that fits what is built; none when there is no such file.
  private List<String> cached() throws IOException {
    var sum = app.resolve("lib.sum");
    if (Files.isReadable(sum)) {
      var file = app.resolve(Files.readString(sum).strip() + ".aot");
      if (Files.isRegularFile(file)) {
        return List.of("-XX:AOTCache=" + file);
      }
    }
    return List.of();
  }

  /// The flags with which the launcher runs a hub.
  private static List<String> tuning() throws IOException {
    var launcher = Files.readString(Path.of("porchlight"));
    var found = TUNING.matcher(launcher);
    return found.find() ? List.of(found.group(1).split(" +")) : List.of();
  }

  private Started start(List<String> more, Path folder, long settle) throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(tuning());
    command.addAll(more);
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-Dfile.encoding=UTF-8",
            "-Dstdout.encoding=UTF-8",
            "-Dstderr.encoding=UTF-8",
            "-cp",
            app + "/lib/*",
            "dev.porchlight.Porchlight",
            "serve",
            "--port",
            "" + port,
            "--data",
            folder.toString()));
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolveSibling("start.log").toFile());
    long began = System.nanoTime();
    var process = builder.start();
    try {
      while (!answers(port)) {
        if (!process.isAlive() || System.nanoTime() - began > 30_000_000_000L) {
          throw new IOException(
              "the hub did not start: " + Files.readString(folder.resolveSibling("start.log")));
        }
        LockSupport.parkNanos(2_000_000);
      }
      double millis = (System.nanoTime() - began) / 1e6;
      LockSupport.parkNanos(settle * 1_000_000);
      return new Started(millis, resident(process.pid()));
    } finally {
      process.destroy();
      try {
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean answers(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1000);
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "GET /health/ready HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      var head = socket.getInputStream().readNBytes(12);
      return new String(head, StandardCharsets.US_ASCII).endsWith("200");
    } catch (IOException e) {
      return false;
    }
  }

  /// In kilobytes; 0 where the system does not tell.
  private static double resident(long pid) throws IOException {
    var status = Path.of("/proc/" + pid + "/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(l -> l.startsWith("VmRSS:"))
        .mapToDouble(l -> Double.parseDouble(l.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (var path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public void write(Page page, Figures figures, List<String> engines) {
    page.title("Starting and idling");
    page.words(
        "From the start of `java`, as the launcher runs it, to the first 200 of `/health/ready`, on"
            + " a folder that has been used before; resident memory "
            + SETTLE_MILLIS / 1000
            + " s later.");
    page.table(1, "", "to the first 200, ms", "idle, MB");
    page.row("without the cache", figure(figures, "start", 1), figure(figures, "idle", 1024));
    page.row(
        "with the cache of loaded classes (AOT)",
        figure(figures, "start cached", 1),
        figure(figures, "idle cached", 1024));
    page.endTable();
    if (!figures.has("start cached")) {
      page.words("There was no cache that fits what was built, so it was not measured.");
    }
  }

  private static String figure(Figures figures, String name, double unit) {
    return figures.has(name) ? Page.number(figures.median(name) / unit) : "not measured";
  }

  @Override
  public List<Direction> directions(Figures figures) {
    var which = figures.has("start cached") ? " cached" : "";
    var said = which.isEmpty() ? ", without the cache" : ", with the cache";
    double start = figures.median("start" + which);
    double idle = figures.median("idle" + which) / 1024;
    return List.of(
        new Direction("ready in 1,000 ms" + said, Page.number(start) + " ms", start <= 1000),
        new Direction("idle in 150 MB" + said, Page.number(idle) + " MB", idle <= 150));
  }
}
