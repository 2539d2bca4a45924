package dev.porchlight.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A hub that runs as a process and can be ended, or stopped for a while, without a warning.
final class HubProcess implements AutoCloseable {
  static final String TOKEN = "crash-admin-token";

  /// A JVM that lives for seconds.
  static final List<String> JAVA =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-Xmx384m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "--enable-native-access=ALL-UNNAMED");

  private final Process process;
  private final URI address;
  private final AtomicBoolean killed = new AtomicBoolean();
  private final List<String> said = new ArrayList<>();

  private HubProcess(Process process, URI address) {
    this.process = process;
    this.address = address;
  }

  /// Starts one on a folder and returns when it listens.
  static HubProcess start(Path data, Path log) throws IOException, InterruptedException {
    return start(Map.of("PORCHLIGHT_DATA", data.toString()), log);
  }

  /// Starts one and returns when it listens.
  ///
  /// @param settings of the environment; port, token and networks are set already
  static HubProcess start(Map<String, String> settings, Path log)
      throws IOException, InterruptedException {
    var command = LoadedClasses.java();
    command.add(CrashHub.class.getName());
    var builder = new ProcessBuilder(command);
    var environment = new HashMap<>(settings);
    environment.put("PORCHLIGHT_PORT", "0");
    environment.put("PORCHLIGHT_ADMIN_TOKEN", TOKEN);
    environment.put("PORCHLIGHT_ALLOW_NETWORKS", "127.0.0.0/8");
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    var process = builder.start();
    var lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    var first = lines.readLine();
    // Its log's warnings may come before its address.
    while (first != null && !first.startsWith("http://")) {
      Files.writeString(log, first + "\n", java.nio.file.StandardOpenOption.APPEND);
      first = lines.readLine();
    }
    if (first == null) {
      process.waitFor(10, TimeUnit.SECONDS);
      throw new AssertionError("the hub did not start: " + Files.readString(log));
    }
    var hub = new HubProcess(process, URI.create(first));
    Thread.ofVirtual().start(() -> hub.listen(lines));
    return hub;
  }

  private void listen(BufferedReader lines) {
    try (lines) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (this) {
          said.add(line);
        }
      }
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// What it logged since it listens.
  synchronized List<String> said() {
    return List.copyOf(said);
  }

  URI address() {
    return address;
  }

  /// SIGKILL, now. The first call counts.
  void kill() {
    if (killed.compareAndSet(false, true)) {
      process.destroyForcibly();
    }
  }

  /// SIGSTOP: it does nothing at all until [#goOn], and its connections stay open.
  void pause() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /// SIGCONT.
  void goOn() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    var sent = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
    if (sent.waitFor() != 0) {
      throw new AssertionError("the signal " + signal + " could not be sent");
    }
  }

  void awaitEnd() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the hub's process does not end");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
