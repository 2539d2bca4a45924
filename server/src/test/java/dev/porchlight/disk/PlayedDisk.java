package dev.porchlight.disk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.porchlight.crash.LoadedClasses;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A [DiskProgram] on a played disk.
final class PlayedDisk implements AutoCloseable {
  private static final int LIFE_MINUTES = 4;

  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter orders;

  private PlayedDisk(Process process) {
    this.process = process;
    answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    orders = new PrintWriter(process.getOutputStream(), true, UTF_8);
  }

  /// Compiles the disk.
  ///
  /// @return what to preload; empty when this machine can't
  static Optional<Path> compile(Path folder) throws IOException, InterruptedException {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      return Optional.empty();
    }
    var source = Path.of("src/test/c/disk.c").toAbsolutePath();
    var library = folder.resolve("disk.so");
    try {
      var compiler =
          new ProcessBuilder(
                  "cc",
                  "-O1",
                  "-Wall",
                  "-shared",
                  "-fPIC",
                  "-o",
                  library.toString(),
                  source.toString(),
                  "-ldl",
                  "-lpthread")
              .redirectErrorStream(true)
              .start();
      var said = new String(compiler.getInputStream().readAllBytes(), UTF_8);
      if (compiler.waitFor() != 0) {
        throw new IllegalStateException("disk.c does not compile: " + said);
      }
      return Optional.of(library);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Starts the program.
  ///
  /// @param root the disk: holds `data` and the key file
  /// @param cuts where pictures go
  /// @param image a picture that tells what of root is truly on the disk; null: all of it
  static PlayedDisk start(Path library, Path root, Path cuts, @Nullable Path image)
      throws IOException {
    Files.createDirectories(cuts);
    var command = LoadedClasses.java();
    command.addAll(List.of(DiskProgram.class.getName(), root.resolve("data").toString()));
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder
        .environment()
        .putAll(
            Map.of(
                "LD_PRELOAD",
                library.toString(),
                "DISK_SCOPE",
                root.toString(),
                "DISK_CUTS",
                cuts.toString()));
    if (image != null) {
      builder.environment().put("DISK_IMAGE", image.toString());
    }
    var process = builder.start();
    // Whoever waits for its answer can't be interrupted: one that hangs is ended.
    CompletableFuture.delayedExecutor(LIFE_MINUTES, TimeUnit.MINUTES)
        .execute(process::destroyForcibly);
    return new PlayedDisk(process);
  }

  /// Gives an order and waits for its answer.
  ///
  /// @return the answer; null when the power went
  @Nullable String order(String order) throws IOException {
    orders.println(order);
    for (var line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith("> ")) {
        return line.substring(2);
      }
      // The rest is the hub's log.
    }
    return null;
  }

  /// Gives an order that must be answered.
  String ask(String order) throws IOException {
    var answer = order(order);
    if (answer == null) {
      throw new IllegalStateException("the program ended at: " + order);
    }
    return answer;
  }

  /// How the program ended.
  int exit() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the program does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
