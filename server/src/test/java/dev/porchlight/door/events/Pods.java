package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A hub with parties, whose pods are spoken to over the wire.
final class Pods implements AutoCloseable {
  final TestHub hub;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Pods(Path folder, Database database) {
    this(database.start(folder));
  }

  Pods(TestHub hub) {
    this.hub = hub;
  }

  record Answer(int status, HttpResponse<byte[]> response) {
    String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    JsonNode json() {
      return Json.tree(text());
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    String error() {
      return json().path("error").asString("");
    }
  }

  final class Pod {
    final String id;
    final String profile;
    final String url;
    final String key;

    private Pod(JsonNode made) {
      id = made.path("id").asString();
      profile = made.path("profile").asString();
      url = made.path("pod").asString();
      key = made.path("api_key").asString();
    }

    Answer publish(JsonNode event) {
      return publish(event.toString());
    }

    Answer publish(String body) {
      return send("POST", url + "publish/", key, "application/json", body);
    }

    Answer get(String path) {
      return send("GET", url + path, key, null, null);
    }

    /// The first page of its inbox, without what tells of grants.
    List<JsonNode> inbox() {
      return all().stream()
          .filter(item -> !item.path("topic").asString("").startsWith("yodata/subscription"))
          .toList();
    }

    /// The first page of its inbox.
    List<JsonNode> all() {
      var all = new ArrayList<JsonNode>();
      get("inbox/").json().path("contains").forEach(all::add);
      return all;
    }

    /// Sends a message to a pod's inbox.
    Answer post(Pod pod, JsonNode message) {
      return send("POST", pod.url + "inbox/", key, "application/json", message.toString());
    }
  }

  Pod party(String name, String kind) {
    return party(name, kind, _ -> {});
  }

  Pod party(String name, String kind, Consumer<ObjectNode> more) {
    var body = Json.object().put("name", name).put("kind", kind);
    more.accept(body);
    return new Pod(hub.api().make("/parties", body));
  }

  JsonNode grant(Pod owner, Pod party, @Nullable String publishes, @Nullable String subscribes) {
    return grant(owner, party, publishes, subscribes, _ -> {});
  }

  JsonNode grant(
      Pod owner,
      Pod party,
      @Nullable String publishes,
      @Nullable String subscribes,
      Consumer<ObjectNode> more) {
    var body = Json.object().put("owner", owner.id).put("party", party.id);
    if (publishes != null) {
      body.putArray("publishes").add(publishes);
    }
    if (subscribes != null) {
      body.putArray("subscribes").add(subscribes);
    }
    more.accept(body);
    return hub.api().make("/grants", body);
  }

  Answer send(
      String method,
      String url,
      @Nullable String key,
      @Nullable String type,
      @Nullable String body) {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    // So that the refusal of a body that is too large is read, and not the end of the connection.
    request.expectContinue(body != null && body.length() > 1024 * 1024);
    if (key != null) {
      request.header("x-api-key", key);
    }
    if (type != null) {
      request.header("Content-Type", type);
    }
    try {
      var response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// A request with a Host header of its own, and all of the answer.
  String raw(String line, String host, String key, String body) {
    var text =
        line
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + (key.isEmpty() ? "" : "\r\nx-api-key: " + key)
            + "\r\n\r\n"
            + body;
    try (var socket = new Socket(hub.address().getHost(), hub.address().getPort())) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The published example, as it stands.
  static String example() {
    try (var in = Pods.class.getResourceAsStream("/events/listing-update.json")) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// An event about a listing.
  static ObjectNode listing(String recipient, String id, Consumer<ObjectNode> members) {
    var event = Json.object();
    event.put("topic", "realestate/listing#update");
    event.put("recipient", recipient);
    var object = event.putObject("data").put("type", "UpdateAction").putObject("object");
    object.put("type", "PropertyListing");
    object.put("originatingSystemName", "HARBOR-MLS");
    object.put("originatingSystemKey", id);
    members.accept(object);
    return event;
  }

  @Override
  public void close() {
    client.shutdown();
    hub.close();
    client.close();
  }
}
