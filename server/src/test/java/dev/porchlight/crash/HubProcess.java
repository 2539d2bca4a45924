package dev.porchlight.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A hub that runs as a process and can be ended without a warning.
final class HubProcess implements AutoCloseable {
  static final String TOKEN = "crash-admin-token";

  private final Process process;
  private final URI address;
  private final AtomicBoolean killed = new AtomicBoolean();

  private HubProcess(Process process, URI address) {
    this.process = process;
    this.address = address;
  }

  /// Starts one on a folder and returns when it listens. One that ends in order leaves an archive
  /// of its classes beside the log, from which the next ones start faster.
  static HubProcess start(Path data, Path log) throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashHub.class.getName()));
    var environment = builder.environment();
    environment.put("PORCHLIGHT_PORT", "0");
    environment.put("PORCHLIGHT_DATA", data.toString());
    environment.put("PORCHLIGHT_ADMIN_TOKEN", TOKEN);
    environment.put("PORCHLIGHT_ALLOW_NETWORKS", "127.0.0.0/8");
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    var process = builder.start();
    var lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    var first = lines.readLine();
    if (first == null) {
      process.waitFor(10, TimeUnit.SECONDS);
      throw new AssertionError("the hub did not start: " + Files.readString(log));
    }
    return new HubProcess(process, URI.create(first));
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
