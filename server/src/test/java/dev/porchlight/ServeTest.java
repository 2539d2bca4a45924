package dev.porchlight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.crash.LoadedClasses;
import dev.porchlight.store.postgres.TestPostgres;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// `serve` as a process of its own.
@DisabledOnOs(OS.WINDOWS)
class ServeTest {
  private static final String LEAD =
      """
      {"lead_id":"slow","role":"buyer","contact":{"email":"ana@example.com"},
       "timestamp":"2026-11-20T10:00:00Z"}\
      """;

  @TempDir Path folder;

  private Process serve(String... environment) throws Exception {
    return serve(List.of(), environment);
  }

  private Process serve(List<String> flags, String... environment) throws Exception {
    var command = LoadedClasses.java();
    command.addAll(
        List.of(
            "dev.porchlight.Porchlight",
            "serve",
            "--port",
            "0",
            "--data",
            folder.resolve("my data").toString()));
    command.addAll(flags);
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(folder.resolve("log").toFile());
    builder.environment().keySet().removeIf(k -> k.startsWith("PORCHLIGHT_"));
    for (int i = 0; i < environment.length; i += 2) {
      builder.environment().put(environment[i], environment[i + 1]);
    }
    return builder.start();
  }

  private static List<String> greeting(BufferedReader out) throws Exception {
    var lines = new ArrayList<String>();
    for (var line = out.readLine(); line != null; line = out.readLine()) {
      lines.add(line);
      if (line.startsWith("Porchlight listens at ")) {
        return lines;
      }
    }
    throw new AssertionError("It ended: " + lines);
  }

  private static URI address(List<String> lines) {
    return URI.create(lines.getLast().substring("Porchlight listens at ".length()));
  }

  @Test
  void a_lead_half_received_when_the_signal_comes_is_taken_and_the_end_is_orderly()
      throws Exception {
    String token;
    var process = serve();
    try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      var lines = greeting(out);
      token = lines.get(1).strip();
      assertThat(token).startsWith("plt_");
      var address = address(lines);
      try (var client = HttpClient.newHttpClient()) {
        var made =
            client.send(
                HttpRequest.newBuilder(address.resolve("/api/v1/sources"))
                    .header("Authorization", "Bearer " + token)
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            """
                            {"name":"portal","contract":"connections-plus",
                             "api_key":"key-of-the-portal"}\
                            """))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
      }
      try (var socket = new Socket(address.getHost(), address.getPort())) {
        socket.setSoTimeout(20_000);
        var wire = socket.getOutputStream();
        wire.write(
            ("POST /in/portal HTTP/1.1\r\nHost: hub\r\nX-API-Key: key-of-the-portal\r\n"
                    + "Content-Type: application/json\r\nExpect: 100-continue\r\n"
                    + "Content-Length: "
                    + LEAD.length()
                    + "\r\n\r\n")
                .getBytes(UTF_8));
        wire.flush();
        var answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        // The hub asks for the body: now it surely works on this request.
        assertThat(answer.readLine()).startsWith("HTTP/1.1 100");
        assertThat(answer.readLine()).isEmpty();
        wire.write(LEAD.substring(0, 20).getBytes(UTF_8));
        wire.flush();
        process.destroy();
        wire.write(LEAD.substring(20).getBytes(UTF_8));
        wire.flush();
        assertThat(answer.readLine()).startsWith("HTTP/1.1 200");
      }
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }

    var again = serve("PORCHLIGHT_ADMIN_TOKEN", "from-the-environment");
    try (var out = new BufferedReader(new InputStreamReader(again.getInputStream(), UTF_8));
        var client = HttpClient.newHttpClient()) {
      var lines = greeting(out);
      assertThat(lines).as("the token is shown once").hasSize(1);
      for (var known : List.of(token, "from-the-environment")) {
        var leads =
            client.send(
                HttpRequest.newBuilder(address(lines).resolve("/api/v1/leads?lead_id=slow"))
                    .header("Authorization", "Bearer " + known)
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(leads.body()).contains("ana@example.com");
      }
    } finally {
      again.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void two_hubs_started_by_flags_share_a_database() throws Exception {
    var database = TestPostgres.newDatabase();
    var flags = List.of("--database-url", database, "--hub-number");
    var one = serve(with(flags, "1"), "PORCHLIGHT_ADMIN_TOKEN", "of-both");
    try (var first = new BufferedReader(new InputStreamReader(one.getInputStream(), UTF_8));
        var client = HttpClient.newHttpClient()) {
      var address = address(greeting(first));
      var two = serve(with(flags, "2"), "PORCHLIGHT_ADMIN_TOKEN", "of-both");
      try (var second = new BufferedReader(new InputStreamReader(two.getInputStream(), UTF_8))) {
        var other = address(greeting(second));
        var made =
            client.send(
                HttpRequest.newBuilder(address.resolve("/api/v1/sources"))
                    .header("Authorization", "Bearer of-both")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            """
                            {"name":"portal","contract":"connections-plus"}\
                            """))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        var seen =
            client.send(
                HttpRequest.newBuilder(other.resolve("/api/v1/sources"))
                    .header("Authorization", "Bearer of-both")
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(seen.statusCode()).isEqualTo(200);
      } finally {
        two.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    } finally {
      one.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
    try (var connection = DriverManager.getConnection(database);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT count(*) FROM setting WHERE kind = 'source'")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getLong(1)).isEqualTo(1);
    }
  }

  private static List<String> with(List<String> flags, String last) {
    var all = new ArrayList<>(flags);
    all.add(last);
    return all;
  }
}
