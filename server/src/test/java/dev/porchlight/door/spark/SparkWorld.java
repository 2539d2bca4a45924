package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A hub and what one needs to speak with its Spark door.
final class SparkWorld implements AutoCloseable {
  final TestHub hub;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  SparkWorld(Path folder) {
    this(TestHub.start(folder));
  }

  SparkWorld(TestHub hub) {
    this.hub = hub;
  }

  @Override
  public void close() {
    http.close();
    hub.close();
  }

  /// A key as it was answered when it was made.
  record Key(String id, String apiKey, String secret, String token) {}

  Key key(String role) {
    return key(role, _ -> {});
  }

  Key key(String role, Consumer<ObjectNode> more) {
    var body = Json.object().put("name", "a key").put("role", role);
    more.accept(body);
    var made = hub.api().make("/spark-keys", body);
    return new Key(
        made.path("id").asString(),
        made.path("api_key").asString(),
        made.path("api_secret").asString(),
        made.path("token").asString());
  }

  /// The id of a new member of the default office.
  String member(String name) {
    return hub.api()
        .make(
            "/nodes", Json.object().put("kind", "member").put("name", name).put("parent", office()))
        .path("id")
        .asString();
  }

  /// The id of the default office.
  String office() {
    return hub.items("/nodes?limit=200").stream()
        .filter(n -> n.path("kind").asString().equals("office"))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asString();
  }

  /// What the door answered. The body is always JSON; in the envelope unless the test says that it
  /// is the grant's.
  record Reply(int status, java.net.http.HttpHeaders headers, byte[] body) {
    JsonNode json() {
      return Json.tree(new String(body, UTF_8));
    }

    /// What is in the envelope.
    JsonNode d() {
      var d = json().path("D");
      assertThat(json().size()).as(toString()).isEqualTo(1);
      assertThat(d.isObject() && !d.isEmpty()).as(toString()).isTrue();
      assertThat(d.path("Success").isBoolean()).as(toString()).isTrue();
      return d;
    }

    String header(String name) {
      return headers.firstValue(name).orElse("");
    }

    JsonNode result() {
      assertThat(d().path("Results")).as(toString()).hasSize(1);
      return d().path("Results").get(0);
    }

    Reply succeeded(int wanted) {
      assertThat(status).as(toString()).isEqualTo(wanted);
      assertThat(d().path("Success").booleanValue()).isTrue();
      return this;
    }

    /// In the envelope, with this status and code, and a sentence.
    Reply failed(int wanted, int code) {
      assertThat(status).as(toString()).isEqualTo(wanted);
      assertThat(d().path("Success").booleanValue()).isFalse();
      assertThat(d().path("Code").isInt()).isTrue();
      assertThat(d().path("Code").intValue()).as(toString()).isEqualTo(code);
      assertThat(d().path("Message").asString("")).isNotBlank();
      return this;
    }

    @Override
    public String toString() {
      return status + " " + new String(body, UTF_8);
    }
  }

  /// Asks with whatever is given.
  Reply send(String method, String path, byte[] body, Map<String, String> headers) {
    return send(hub.address(), method, path, body, headers);
  }

  Reply send(URI address, String method, String path, byte[] body, Map<String, String> headers) {
    var request =
        HttpRequest.newBuilder(URI.create(address + path))
            .method(
                method,
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    try {
      var response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      var answered = response.body();
      if (response.headers().firstValue("Content-Encoding").orElse("").equals("gzip")) {
        answered = new GZIPInputStream(new ByteArrayInputStream(answered)).readAllBytes();
      }
      return new Reply(response.statusCode(), response.headers(), answered);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Asks with a bearer token.
  Reply as(Key key, String method, String path, String body) {
    return as(key.token(), method, path, body);
  }

  Reply as(String token, String method, String path, String body) {
    var headers = new TreeMap<String, String>();
    headers.put("Authorization", "Bearer " + token);
    if (!body.isEmpty()) {
      headers.put("Content-Type", "application/json");
    }
    return send(method, path, body.getBytes(UTF_8), headers);
  }

  Reply get(Key key, String path) {
    return as(key, "GET", path, "");
  }

  /// Signs in.
  Reply signIn(Key key) {
    return send(
        "POST",
        "/v1/session?ApiKey="
            + key.apiKey()
            + "&ApiSig="
            + md5(key.secret() + "ApiKey" + key.apiKey()),
        new byte[0],
        Map.of());
  }

  String session(Key key) {
    return signIn(key).succeeded(200).result().path("AuthToken").asString();
  }

  /// Asks as PHP's client does: values decoded in what is signed.
  Reply signed(
      Key key,
      String token,
      String method,
      String path,
      Map<String, String> parameters,
      String body) {
    var all = new TreeMap<>(parameters);
    all.put("AuthToken", token);
    var text = new StringBuilder();
    all.forEach((n, v) -> text.append(n).append(v));
    var signature =
        md5(key.secret() + "ApiKey" + key.apiKey() + "ServicePath" + path + text + body);
    var query = new StringBuilder("?ApiSig=" + signature);
    all.forEach((n, v) -> query.append('&').append(n).append('=').append(encode(v)));
    return send(
        method,
        path + query,
        body.getBytes(UTF_8),
        body.isEmpty() ? Map.of() : Map.of("Content-Type", "application/json"));
  }

  Reply signed(Key key, String token, String method, String path) {
    return signed(key, token, method, path, Map.of(), "");
  }

  static String encode(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> words(JsonNode list) {
    return list.valueStream().map(n -> n.asString("")).toList();
  }
}
