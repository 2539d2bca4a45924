package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every reply under `/v1` is in the envelope, whatever goes wrong.
class EnvelopeTest {
  @TempDir Path folder;

  @Test
  void each_code_has_the_status_of_the_contracts_table() {
    var table =
        Map.ofEntries(
            Map.entry(404, 404),
            Map.entry(405, 405),
            Map.entry(1000, 401),
            Map.entry(1005, 500),
            Map.entry(1010, 401),
            Map.entry(1013, 403),
            Map.entry(1015, 403),
            Map.entry(1016, 400),
            Map.entry(1017, 405),
            Map.entry(1018, 405),
            Map.entry(1019, 403),
            Map.entry(1020, 401),
            Map.entry(1021, 403),
            Map.entry(1023, 503),
            Map.entry(1024, 503),
            Map.entry(1026, 500),
            Map.entry(1030, 403),
            Map.entry(1035, 400),
            Map.entry(1040, 400),
            Map.entry(1041, 400),
            Map.entry(1050, 400),
            Map.entry(1053, 400),
            Map.entry(1055, 409),
            Map.entry(1060, 400),
            Map.entry(1061, 400),
            Map.entry(1100, 404),
            Map.entry(1110, 409),
            Map.entry(1500, 403),
            Map.entry(1505, 503),
            Map.entry(1510, 503),
            Map.entry(1515, 503),
            Map.entry(1516, 503),
            Map.entry(1550, 429),
            Map.entry(2001, 400),
            Map.entry(2002, 400),
            Map.entry(2003, 400),
            Map.entry(2500, 400),
            Map.entry(2505, 400));
    table.forEach((code, status) ->
        assertThat(Arrays.stream(SparkFault.values()).filter(f -> f.code() == code))
            .singleElement()
            .extracting(SparkFault::status)
            .as("%d", code)
            .isEqualTo(status));
    assertThat(Arrays.stream(SparkFault.values()).map(SparkFault::code)).doesNotHaveDuplicates();
  }

  @Test
  void what_is_not_there_is_told_in_the_envelope_to_those_who_are_known() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      for (var path :
          new String[] {
            "/v1",
            "/v1/",
            "/v1/nothing",
            "/v1/nothing/at/all",
            "/v1/nothing%20there/",
            "/v1/a/b/c/d/e?x=1&_filter="
          }) {
        for (var method : new String[] {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
          world.send(method, path, new byte[0], Map.of()).failed(401, 1020);
          var reply = world.as(key, method, path, "").failed(404, 404);
          assertThat(reply.header("Content-Type")).isEqualTo("application/json");
          assertThat(reply.header("Cache-Control")).isEqualTo("private, no-store");
          assertThat(reply.header("X-Request-Id")).isNotEmpty();
        }
      }
      // The neighbours of the door keep their own form.
      assertThat(world.send("GET", "/v10", new byte[0], Map.of()).header("Content-Type"))
          .isEqualTo("application/problem+json");
    }
  }

  /// What is answered until the connection ends.
  private static String raw(SparkWorld world, String request) throws IOException {
    try (var socket = new Socket(world.hub.address().getHost(), world.hub.address().getPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  @Test
  void what_the_server_itself_refuses_is_in_the_envelope_too() throws Exception {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      world.get(key, "/v1//x").failed(400, 400);
      world.get(key, "/v1/contacts/%2e%2e").failed(400, 400);
      // What it is when decoded once is an id that names nothing.
      for (var id : List.of("a%2Fb", "..%2f..", "100%25", "%252f")) {
        world.get(key, "/v1/contacts/" + id).failed(404, 404);
      }
      // A percent sign that a client forgot to escape.
      for (var target : new String[] {"/v1/contacts/tags/100%", "/v1/x/%zz?a=b", "/v1/%00"}) {
        var answer = raw(world, "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(answer).as(target).startsWith("HTTP/1.1 400").contains("\r\nConnection: close");
        assertThat(answer).contains("\r\n\r\n{\"D\":{\"Success\":false,\"Code\":400,");
      }
      var headers = Map.of("Authorization", "Bearer " + key.token(), "X-Long", "x".repeat(50_000));
      world.send("GET", "/v1/x", new byte[0], headers).failed(431, 431);
      // Whose address it was can't be known then.
      var tooLong = world.send("GET", "/v1/x?a=" + "x".repeat(70_000), new byte[0], Map.of());
      assertThat(tooLong.status()).isEqualTo(414);
      var told = Json.tree(new String(tooLong.body(), UTF_8));
      assertThat(told.path("D").path("Success").asBoolean(true)).isFalse();
      assertThat(told.path("D").path("Code").intValue()).isEqualTo(414);
      assertThat(told.path("status").intValue()).isEqualTo(414);
      // A filter of 10,000 characters comes through, escaped as it is.
      world
          .get(key, "/v1/nothing?_filter=" + SparkWorld.encode("é' ".repeat(3_333)))
          .failed(404, 404);
    }
  }

  @Test
  void long_replies_are_packed_for_those_who_ask() {
    for (var accepted :
        new String[] {
          "gzip", "gzip, deflate", "deflate;q=1, GZIP;q=0.5", "*", "identity, *;q=0.1"
        }) {
      assertThat(Compression.takesGzip(accepted)).as(accepted).isTrue();
    }
    for (var accepted :
        new String[] {"", "identity", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", "br"}) {
      assertThat(Compression.takesGzip(accepted)).as(accepted).isFalse();
    }
  }

  @Test
  void a_method_that_is_not_implemented_is_405_but_only_for_those_who_are_known() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      for (var method : new String[] {"GET", "POST", "PUT", "PATCH", "OPTIONS", "TREAT"}) {
        var unknown = world.send(method, "/v1/session/abc", new byte[0], Map.of());
        unknown.failed(401, 1020);
        assertThat(unknown.header("WWW-Authenticate")).startsWith("Bearer");
        var reply = world.as(key, method, "/v1/session/abc/", "").failed(405, 405);
        assertThat(reply.header("Allow")).isEqualTo("DELETE");
        // Before the body is looked at.
        world.as(key, method, "/v1/session/abc", "no JSON").failed(405, 405);
      }
      world
          .send(
              "POST",
              "/v1/session/abc",
              new byte[0],
              Map.of("X-HTTP-Method-Override", "GET", "Authorization", "Bearer " + key.token()))
          .failed(405, 405);
      world
          .send(
              "POST",
              "/v1/session/abc",
              new byte[0],
              Map.of("X-HTTP-Method-Override", "delete", "Authorization", "OAuth " + key.token()))
          .failed(404, 404);
      world
          .send(
              "POST",
              "/v1/session/abc",
              new byte[0],
              Map.of("X-HTTP-Method-Override", "PUT", "Authorization", "OAuth " + key.token()))
          .failed(405, 405);
    }
  }
}
