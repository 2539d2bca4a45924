package dev.porchlight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Spark sessions where two hubs share a database.
@Timeout(60)
class SparkOnTwoHubsTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private Hub one;
  private Hub two;

  @BeforeEach
  void start() throws IOException {
    var url = TestPostgres.newDatabase();
    var config = HubConfig.local(folder.resolve("data"), "admin-token");
    one = Hub.start(config.withDatabase(url, 1));
    two = Hub.start(config.withDatabase(url, 2));
  }

  @AfterEach
  void stop() {
    two.close();
    one.close();
    client.close();
  }

  private HttpResponse<String> send(Hub hub, String method, String path, String body) {
    try {
      return client.send(
          HttpRequest.newBuilder(hub.address().resolve(path))
              .header(
                  "Authorization", path.startsWith("/api") ? "Bearer admin-token" : "Basic eA==")
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The code of a refusal.
  private int signed(Hub hub, JsonNode key, String token, String method) {
    var begin = key.path("api_secret").asString() + "ApiKey" + key.path("api_key").asString();
    var path = method.equals("DELETE") ? "/v1/session/" + token : "/v1/nothing";
    var signature = md5(begin + "ServicePath" + path + "AuthToken" + token);
    var answer = send(hub, method, path + "?AuthToken=" + token + "&ApiSig=" + signature, "");
    return answer.statusCode() == 200 ? 200 : Json.tree(answer.body()).at("/D/Code").intValue();
  }

  private String signIn(Hub hub, JsonNode key) {
    var apiKey = key.path("api_key").asString();
    var signature = md5(key.path("api_secret").asString() + "ApiKey" + apiKey);
    var answer = send(hub, "POST", "/v1/session?ApiKey=" + apiKey + "&ApiSig=" + signature, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.tree(answer.body()).at("/D/Results/0/AuthToken").asString();
  }

  private static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_session_of_one_hub_is_known_to_the_other_and_so_is_its_end() {
    var made = send(one, "POST", "/api/v1/spark-keys", "{\"name\": \"site\"}");
    assertThat(made.statusCode()).isEqualTo(201);
    var key = Json.tree(made.body());
    var first = signIn(one, key);
    // The key itself takes its second to be known.
    await().atMost(SOON).until(() -> signed(two, key, first, "GET") == 404);
    assertThat(signed(one, key, first, "GET")).isEqualTo(404);
    // One session a key, wherever it begins.
    var second = signIn(two, key);
    assertThat(signed(one, key, second, "GET")).isEqualTo(404);
    assertThat(signed(two, key, first, "GET")).isEqualTo(1020);
    await().atMost(SOON).until(() -> signed(one, key, first, "GET") == 1020);
    assertThat(signed(one, key, second, "DELETE")).isEqualTo(200);
    assertThat(signed(one, key, second, "GET")).isEqualTo(1020);
    await().atMost(SOON).until(() -> signed(two, key, second, "GET") == 1020);
  }

  @Test
  void both_publish_one_key_though_both_are_asked_first_at_once() {
    // One per hub, made at the same time: the one that is written first is both hubs'.
    var asked = List.of(one, two).parallelStream().map(h -> keys(h)).toList();
    assertThat(Json.tree(asked.getFirst()).path("keys")).hasSize(1);
    assertThat(asked.getFirst()).isEqualTo(asked.getLast()).isEqualTo(keys(one));
  }

  private String keys(Hub hub) {
    return send(hub, "GET", "/openid/jwks", "").body();
  }
}
