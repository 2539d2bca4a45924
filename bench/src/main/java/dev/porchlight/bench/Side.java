package dev.porchlight.bench;

import dev.porchlight.value.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/// A process that does as it is told.
final class Side implements AutoCloseable {
  private final Process process;
  private final Path log;
  private final BufferedReader in;
  private final BufferedWriter out;

  Side(Class<?> main, List<String> flags, List<String> arguments, Path log) throws IOException {
    this.log = log;
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().put("PORCHLIGHT_LOG_LEVEL", "WARN");
    process = builder.start();
    in =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    out =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
  }

  JsonNode ask(Object... words) throws IOException {
    var line = new ArrayList<String>();
    for (var word : words) {
      line.add(word.toString());
    }
    out.write(String.join(" ", line));
    out.newLine();
    out.flush();
    var answer = in.readLine();
    while (answer != null && !answer.startsWith("{")) {
      // The JVM itself has something to say, about a recording for example.
      answer = in.readLine();
    }
    if (answer == null) {
      throw new IOException("a process ended: " + Files.readString(log));
    }
    return Json.tree(answer);
  }

  @Override
  public void close() throws IOException {
    out.close();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
