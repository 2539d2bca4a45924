package dev.porchlight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Signing in to the Spark door where two hubs share a database.
@Timeout(60)
class SparkOnTwoHubsTest {
  private static final Duration SOON = Duration.ofSeconds(10);

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
    return send(
        HttpRequest.newBuilder(hub.address().resolve(path))
            .header("Authorization", path.startsWith("/api") ? "Bearer admin-token" : "Basic eA==")
            .method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
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
  void a_rate_is_each_hubs_own() {
    var key = made("/spark-keys", "{\"name\": \"site\", \"rate_limit\": 2}");
    await().atMost(SOON).until(() -> ask(two, key) == 404);
    assertThat(ask(two, key)).isEqualTo(404);
    assertThat(ask(two, key)).isEqualTo(429);
    // What one has let through does not count with the other.
    assertThat(ask(one, key)).isEqualTo(404);
    assertThat(ask(one, key)).isEqualTo(404);
    assertThat(ask(one, key)).isEqualTo(429);
  }

  private int ask(Hub hub, JsonNode key) {
    return send(HttpRequest.newBuilder(hub.address().resolve("/v1/nothing"))
            .header("Authorization", "Bearer " + key.path("token").asString()))
        .statusCode();
  }

  @Test
  void both_sign_with_one_key_and_a_sign_in_may_go_from_one_to_the_other() throws Exception {
    // One per hub, made at the same time: the one that is written first is both hubs'.
    var asked = List.of(one, two).parallelStream().map(h -> keys(h)).toList();
    assertThat(Json.tree(asked.getFirst()).path("keys")).hasSize(1);
    assertThat(asked.getFirst()).isEqualTo(asked.getLast()).isEqualTo(keys(one));

    var office =
        Json.tree(send(one, "GET", "/api/v1/nodes?limit=200", "").body())
            .path("items")
            .valueStream()
            .filter(n -> n.path("kind").asString().equals("office"))
            .findFirst()
            .orElseThrow()
            .path("id")
            .asString();
    var robin =
        made(
                "/nodes",
                "{\"kind\": \"member\", \"name\": \"Robin\", \"email\": \"robin@example.org\","
                    + " \"parent\": \""
                    + office
                    + "\"}")
            .path("id")
            .asString();
    made("/nodes/" + robin + "/password", "{\"password\": \"correct horse ö\"}");
    var back = URI.create("https://app.example.org/back");
    var key = made("/spark-keys", "{\"name\": \"app\", \"redirect_uris\": [\"" + back + "\"]}");
    var client =
        new ClientSecretBasic(
            new ClientID(key.path("api_key").asString()),
            new Secret(key.path("api_secret").asString()));
    await().atMost(SOON).until(() -> ask(two, key) == 404);

    // The page of one, the form to the other; the code to the first, and so on.
    var first = OIDCProviderMetadata.resolve(new Issuer(one.address()));
    var second = OIDCProviderMetadata.resolve(new Issuer(two.address()));
    var proof = new CodeVerifier();
    var nonce = new Nonce();
    var question =
        new AuthenticationRequest.Builder(
                new ResponseType("code"),
                new Scope("openid", "profile"),
                client.getClientID(),
                back)
            .endpointURI(first.getAuthorizationEndpointURI())
            .nonce(nonce)
            .codeChallenge(proof, CodeChallengeMethod.S256)
            .build();
    var page = send(HttpRequest.newBuilder(question.toURI()));
    var form = new StringBuilder("answer=allow&username=robin%40example.org&password=");
    form.append(URLEncoder.encode("correct horse ö", UTF_8));
    Pattern.compile("type=\"hidden\" name=\"([a-z_]+)\" value=\"([^\"]*)\"")
        .matcher(page.body())
        .results()
        .forEach(h ->
            form.append('&')
                .append(h.group(1))
                .append('=')
                .append(URLEncoder.encode(h.group(2), UTF_8)));
    var answered =
        send(
            HttpRequest.newBuilder(two.address().resolve("/oauth2"))
                .header(
                    "Cookie", page.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0])
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form.toString())));
    assertThat(answered.statusCode()).as(answered.body()).isEqualTo(303);
    var code =
        AuthenticationResponseParser.parse(
                URI.create(answered.headers().firstValue("Location").orElseThrow()))
            .toSuccessResponse()
            .getAuthorizationCode();
    var grant = new AuthorizationCodeGrant(code, back, proof);
    var granted =
        OIDCTokenResponseParser.parse(
            new TokenRequest.Builder(first.getTokenEndpointURI(), client, grant)
                .build()
                .toHTTPRequest()
                .send());
    assertThat(granted.indicatesSuccess()).isTrue();
    var tokens = ((OIDCTokenResponse) granted.toSuccessResponse()).getOIDCTokens();
    // Signed by the first, and verified with what the other publishes.
    var claims =
        new IDTokenValidator(
                first.getIssuer(),
                client.getClientID(),
                JWSAlgorithm.RS256,
                JWKSet.load(second.getJWKSetURI().toURL()))
            .validate(tokens.getIDToken(), nonce);
    assertThat(claims.getSubject().getValue()).isEqualTo(robin);
    var who =
        UserInfoResponse.parse(
            new UserInfoRequest(second.getUserInfoEndpointURI(), tokens.getBearerAccessToken())
                .toHTTPRequest()
                .send());
    assertThat(who.toSuccessResponse().getUserInfo().getName()).isEqualTo("Robin");
  }

  /// What the first hub has made.
  private JsonNode made(String path, String body) {
    var answer = send(one, "POST", "/api/v1" + path, body);
    assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
    return answer.body().isEmpty() ? Json.object() : Json.tree(answer.body());
  }

  private String keys(Hub hub) {
    return send(hub, "GET", "/openid/jwks", "").body();
  }
}
