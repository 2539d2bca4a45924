package dev.porchlight;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.porchlight.cli.CommandLineProgram;
import dev.porchlight.cli.Terminal;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes the cache of loaded classes with which a hub starts faster. The build runs it once the
/// jars lie in `target/app/lib`; where the JDK or the jars have changed it can be run again.
///
/// A JVM takes a cache whose jars have the size and the time that they had, whatever is in them. So
/// the file is named by a hash of the jars' content, and the launcher, which computes that hash
/// again, finds none where a jar has changed.
public final class StartCache {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /// What must be as in the launcher, else the cache does not fit; a test compares them.
  static final List<String> FLAGS = List.of("-XX:+UseG1GC", "--enable-native-access=ALL-UNNAMED");

  private StartCache() {}

  /// @param args the folder that holds `lib`; or `--train`
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("--train")) {
      System.exit(train());
    }
    if (args.length != 1) {
      System.err.println("Name the folder that holds `lib`.");
      System.exit(2);
    }
    System.out.println(make(Path.of(args[0])));
  }

  /// Makes the cache that fits the jars, unless it is there, and deletes those that do not. A build
  /// does not fail for the want of it.
  ///
  /// @param app holds `lib`
  /// @return what was done, in a sentence
  static String make(Path app) {
    try {
      var jars = jars(app.resolve("lib"));
      var cache = app.resolve(hash(jars) + ".aot");
      boolean fits = Files.exists(cache) && isNewerThan(cache, jars);
      deleteOthers(app, fits ? cache : null);
      if (fits) {
        return "The start cache fits: " + cache.getFileName();
      }
      long began = System.nanoTime();
      var complaint = record(app, jars, cache);
      return complaint.isEmpty()
          ? "Made the start cache %s, %d MiB, in %d s"
              .formatted(
                  cache.getFileName(),
                  Files.size(cache) >> 20,
                  Duration.ofNanos(System.nanoTime() - began).toSeconds())
          : "There is no start cache, so hubs start more slowly: " + complaint;
    } catch (IOException | UncheckedIOException e) {
      return "There is no start cache, so hubs start more slowly: " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "There is no start cache: interrupted";
    }
  }

  static List<Path> jars(Path lib) throws IOException {
    try (var files = Files.list(lib)) {
      return files
          .filter(f -> f.toString().endsWith(".jar"))
          // As the launcher's shell sorts them: ASCII names, by their bytes.
          .sorted(Comparator.comparing(f -> String.valueOf(f.getFileName())))
          .toList();
    }
  }

  /// What `sha256sum *.jar | sha256sum` prints.
  static String hash(List<Path> jars) throws IOException {
    var lines = new StringBuilder();
    for (var jar : jars) {
      lines
          .append(HexFormat.of().formatHex(sha256().digest(Files.readAllBytes(jar))))
          .append("  ")
          .append(jar.getFileName())
          .append('\n');
    }
    return HexFormat.of().formatHex(sha256().digest(lines.toString().getBytes(UTF_8)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A jar that was written again, even the same, is another to the JVM.
  private static boolean isNewerThan(Path cache, List<Path> jars) throws IOException {
    for (var jar : jars) {
      if (Files.getLastModifiedTime(jar).compareTo(Files.getLastModifiedTime(cache)) > 0) {
        return false;
      }
    }
    return true;
  }

  private static void deleteOthers(Path app, @Nullable Path kept) throws IOException {
    try (var files = Files.newDirectoryStream(app, "*.aot*")) {
      for (var file : files) {
        if (!file.equals(kept)) {
          Files.delete(file);
        }
      }
    }
  }

  /// Runs a hub that is watched, and then the JVM that writes down what it saw.
  ///
  /// @return why there is no cache; empty when there is
  private static String record(Path app, List<Path> jars, Path cache)
      throws IOException, InterruptedException {
    var draft = app.resolve("unfinished.aot");
    var temporary = Files.createTempDirectory("porchlight-start");
    try {
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(FLAGS);
      command.addAll(
          List.of(
              "-XX:AOTCacheOutput=" + draft,
              "-Djava.io.tmpdir=" + temporary,
              "-Dfile.encoding=UTF-8",
              "-Dstdout.encoding=UTF-8",
              "-Dstderr.encoding=UTF-8",
              "-DPORCHLIGHT_LOG_LEVEL=WARN",
              "-cp",
              jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
              StartCache.class.getName(),
              "--train"));
      var log = temporary.resolve("log");
      var builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
      builder
          .environment()
          .keySet()
          .removeIf(k ->
              k.startsWith("PORCHLIGHT_")
                  || k.equals("JAVA_TOOL_OPTIONS")
                  || k.equals("JDK_JAVA_OPTIONS"));
      var process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        return "it took longer than " + PATIENCE.toSeconds() + " s";
      }
      if (process.exitValue() != 0 || Files.notExists(draft)) {
        return "the training run ended with "
            + process.exitValue()
            + " ("
            + Files.readString(log).lines().filter(l -> !l.isBlank()).reduce((_, l) -> l).orElse("")
            + ")";
      }
      Files.move(draft, cache, StandardCopyOption.ATOMIC_MOVE);
      return "";
    } finally {
      Files.deleteIfExists(draft);
      Files.deleteIfExists(app.resolve("unfinished.aot.config"));
      delete(temporary);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /// What hubs do: start on an empty folder and again on that one, answer, take leads, deliver
  /// them, stop.
  private static int train() {
    try {
      var data = Files.createTempDirectory("porchlight-training").resolve("data");
      for (int i = 0; i < 2; i++) {
        var config =
            HubConfig.read(Map.of("port", "0", "data", data.toString()), System::getenv, null);
        try (var hub = Hub.start(config);
            var client = HttpClient.newHttpClient()) {
          for (var path : List.of("/health/ready", "/health", "/metrics", "/openapi.yaml")) {
            client.send(
                HttpRequest.newBuilder(hub.address().resolve(path)).build(),
                HttpResponse.BodyHandlers.discarding());
          }
        }
      }
      return CommandLineProgram.run(
          new String[] {"demo", "--once"},
          new ThisProcess(),
          new Terminal(
              new ByteArrayInputStream(new byte[0]),
              new PrintStream(OutputStream.nullOutputStream(), false, UTF_8),
              System.err,
              false,
              _ -> null));
    } catch (IOException e) {
      throw new UncheckedIOException("The training run failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
