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
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// From the start of the launcher to the first 200, and the memory of a hub that then has nothing
/// to do; with and without the cache of loaded classes. A folder that has been used before, so that
/// no schema is made. Without the cache it is a copy of what was built, since the launcher uses the
/// cache where there is one.
final class StartUp implements Section {
  private static final long SETTLE_MILLIS = 3000;
  private static final Path LAUNCHER = Path.of("porchlight");
  private static final Path APP = Path.of("server/target/app");

  @Override
  public void between(Bed bed) throws IOException {
    var figures = bed.figures();
    var folder = bed.data().resolve("start");
    var copy = bed.data().resolve("installed");
    var here = LAUNCHER.toAbsolutePath();
    try {
      var apart = installed(copy);
      boolean cached = isCached();
      if (bed.round() == 1) {
        start(apart, folder, 0);
        if (cached) {
          start(here, folder, 0);
        }
      }
      var plain = start(apart, folder, SETTLE_MILLIS);
      figures.note("start", plain.millis());
      figures.note("idle", plain.kilobytes());
      if (cached) {
        var quick = start(here, folder, SETTLE_MILLIS);
        figures.note("start cached", quick.millis());
        figures.note("idle cached", quick.kilobytes());
      }
    } catch (IOException e) {
      // One start that fails must not take the other figures with it; the page shows the gap.
      System.err.println("Starting was not measured: " + e.getMessage());
    } finally {
      delete(folder);
      delete(copy);
      Files.deleteIfExists(folder.resolveSibling("start.key"));
    }
  }

  private record Started(double millis, double kilobytes) {}

  /// Whether there is a cache, and nothing newer than what was built: then the launcher would build
  /// before it starts.
  private static boolean isCached() throws IOException {
    long built = 0;
    boolean cache = false;
    try (var files = Files.walk(APP)) {
      for (var file : files.toList()) {
        var name = file.getFileName().toString();
        cache |= name.endsWith(".aot");
        if (name.startsWith("porchlight-server-") && name.endsWith(".jar")) {
          built = Files.getLastModifiedTime(file).toMillis();
        }
      }
    }
    long newest = 0;
    for (var sources : List.of("pom.xml", "server/pom.xml", "server/src/main", "contracts")) {
      try (var files = Files.walk(Path.of(sources))) {
        for (var file : files.toList()) {
          newest = Math.max(newest, Files.getLastModifiedTime(file).toMillis());
        }
      }
    }
    return cache && newest < built;
  }

  /// The launcher and the jars, and nothing else.
  private static Path installed(Path folder) throws IOException {
    var lib = folder.resolve(APP).resolve("lib");
    Files.createDirectories(lib);
    try (var jars = Files.newDirectoryStream(APP.resolve("lib"), "*.jar")) {
      for (var jar : jars) {
        Files.copy(
            jar, lib.resolve(jar.getFileName().toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return Files.copy(LAUNCHER, folder.resolve("porchlight"), StandardCopyOption.COPY_ATTRIBUTES);
  }

  private static Started start(Path launcher, Path folder, long settle) throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    var builder =
        new ProcessBuilder(
                launcher.toString(), "serve", "--port", "" + port, "--data", folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolveSibling("start.log").toFile());
    builder.environment().put("PORCHLIGHT_JAVA_HOME", System.getProperty("java.home"));
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
        "From the start of the launcher to the first 200 of `/health/ready`, on"
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
      page.words("There was no cache of what was built, so it was not measured.");
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
