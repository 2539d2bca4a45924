package dev.porchlight.door.seekerleads;

import static dev.porchlight.door.seekerleads.SeekerHub.lead;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.porchlight.testing.Answer;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.node.ObjectNode;

/// Who is let in with what, and for how long; and how tokens are got.
@OnEveryDatabase
class TokensTest {
  @Parameter Database database;
  @TempDir Path folder;
  private SeekerHub seeker;

  @BeforeEach
  void start() {
    seeker = new SeekerHub(database.start(folder));
  }

  @AfterEach
  void stop() {
    seeker.close();
  }

  private int status(String token) {
    return seeker.caller(token).get("/leads/none").status();
  }

  private static ObjectNode request(SeekerHub.Made made) {
    return Json.object()
        .put("grant_type", "client_credentials")
        .put("client_id", made.id())
        .put("client_secret", made.secret());
  }

  private Answer form(String body, String... headers) {
    var all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("Content-Type", "application/x-www-form-urlencoded"));
    return seeker.plain("POST", "/oauth/token", body, all.toArray(String[]::new));
  }

  @Test
  void a_token_is_got_by_json_by_a_form_and_by_basic_credentials() {
    var made = seeker.make(_ -> {});
    var json = seeker.token(request(made).put("audience", "production"));
    assertThat(json.status()).isEqualTo(200);
    assertThat(json.json().path("token_type").asString()).isEqualTo("Bearer");
    assertThat(json.json().path("expires_in").asInt()).isEqualTo(86_400);
    assertThat(json.header("Cache-Control")).contains("no-store");
    var form =
        form(
            "grant_type=client_credentials&client_id="
                + made.id()
                + "&client_secret="
                + made.secret()
                + "&audience="
                + SeekerHub.encoded("https://hub.example.org/seeker-leads/v1"));
    var basic =
        form(
            "grant_type=client_credentials",
            "Authorization",
            "Basic "
                + Base64.getEncoder()
                    .encodeToString(
                        (made.id() + ":" + made.secret()).getBytes(StandardCharsets.UTF_8)));
    for (var answer : List.of(json, form, basic)) {
      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
      var token = answer.json().path("access_token").asString();
      assertThat(token.split("\\.")).hasSize(3);
      assertThat(status(token)).isEqualTo(404);
    }
  }

  @Test
  void a_token_request_that_is_wrong_is_refused_as_oauth_has_it() {
    var made = seeker.make(_ -> {});
    refused(seeker.token(request(made).put("client_secret", "wrong")), 401, "invalid_client");
    refused(seeker.token(request(made).put("client_id", "nobody")), 401, "invalid_client");
    refused(
        seeker.token(request(made).put("client_secret", seeker.make(_ -> {}).secret())),
        401,
        "invalid_client");
    // A token is no secret.
    refused(seeker.token(request(made).put("client_secret", made.token())), 401, "invalid_client");
    refused(
        seeker.token(request(made).put("grant_type", "password")), 400, "unsupported_grant_type");
    var noGrant = request(made);
    noGrant.remove("grant_type");
    refused(seeker.token(noGrant), 400, "invalid_request");
    var noSecret = request(made);
    noSecret.remove("client_secret");
    refused(seeker.token(noSecret), 401, "invalid_client");
    refused(seeker.token(request(made).put("audience", "elsewhere")), 400, "invalid_request");
    refused(seeker.token(request(made).put("audience", "sandbox")), 400, "unauthorized_client");
    refused(form("grant_type=client_credentials&grant_type=x"), 400, "invalid_request");
    refused(form("grant_type=%zz"), 400, "invalid_request");
    refused(
        form("grant_type=client_credentials", "Authorization", "Basic ???"), 401, "invalid_client");
    refused(
        form(
            "grant_type=client_credentials&client_secret=x",
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString("a:b".getBytes(StandardCharsets.UTF_8))),
        400,
        "invalid_request");
    for (var body : List.of("{", "[]", "{\"grant_type\": \"a\", \"grant_type\": \"b\"}")) {
      refused(
          seeker.plain("POST", "/oauth/token", body, "Content-Type", "application/json"),
          400,
          "invalid_request");
    }
    refused(
        seeker.plain("POST", "/oauth/token", "{}", "Content-Type", "text/plain"),
        400,
        "invalid_request");
    assertThat(seeker.plain("GET", "/oauth/token", "").status()).isEqualTo(405);
  }

  private static void refused(Answer answer, int status, String error) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.json().path("error").asString()).isEqualTo(error);
    assertThat(answer.json().path("error_description").asString()).isNotEmpty();
    assertThat(answer.header("WWW-Authenticate").isPresent()).isEqualTo(status == 401);
  }

  @Test
  void without_a_token_that_holds_nobody_is_let_in() {
    var made = seeker.make(_ -> {});
    var admin = TestHub.ADMIN_TOKEN;
    for (var token : List.of("", "123", "a.b.c", made.secret(), made.id(), admin, "..")) {
      var answer = seeker.caller(token).get("/leads/none");
      assertThat(answer.status()).as(token).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate")).contains("Bearer");
    }
    // Nor is a client's token one for our own API.
    assertThat(seeker.hub.api().withToken(made.token()).get("/leads").status()).isEqualTo(401);
    assertThat(status(made.token())).isEqualTo(404);
    assertThat(seeker.plain("GET", "/seeker-leads/v1/leads/x", "", "Authorization", "Basic abc"))
        .extracting(Answer::status)
        .isEqualTo(401);
  }

  @Test
  void a_jwt_that_we_did_not_sign_is_refused() throws Exception {
    var made = seeker.make(_ -> {});
    var good = seeker.jwt(made);
    assertThat(status(good)).isEqualTo(404);
    var jwt = SignedJWT.parse(good);
    // Not signed at all, with the very same claims.
    assertThat(status(new PlainJWT(jwt.getJWTClaimsSet()).serialize())).isEqualTo(401);
    var none =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
    var parts = good.split("\\.");
    assertThat(status(none + "." + parts[1] + ".")).isEqualTo(401);
    assertThat(status(none + "." + parts[1] + "." + parts[2])).isEqualTo(401);
    // By an unknown key, under our key's name and under another.
    assertThat(status(signed(jwt, "1", jwt.getJWTClaimsSet()))).isEqualTo(401);
    assertThat(status(signed(jwt, "2", jwt.getJWTClaimsSet()))).isEqualTo(401);
    // Changed, cut short, of another algorithm's name.
    var later =
        new JWTClaimsSet.Builder(jwt.getJWTClaimsSet())
            .expirationTime(Date.from(seeker.hub.clock().instant().plus(Duration.ofDays(9))))
            .build();
    var changed = parts[0] + "." + later.toPayload().toBase64URL() + "." + parts[2];
    assertThat(status(changed)).isEqualTo(401);
    assertThat(status(parts[0] + "." + parts[1] + ".")).isEqualTo(401);
    assertThat(status(good.substring(0, good.length() - 2))).isEqualTo(401);
    assertThat(status(good)).isEqualTo(404);
  }

  private static String signed(SignedJWT like, String key, JWTClaimsSet claims)
      throws JOSEException, ParseException {
    var token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256)
                .type(like.getHeader().getType())
                .keyID(key)
                .build(),
            claims);
    token.sign(new MACSigner(new byte[32]));
    return token.serialize();
  }

  @Test
  void a_jwt_holds_for_a_day_and_at_its_own_side_only_also_after_a_restart() {
    var made = seeker.make(_ -> {});
    var sandboxed = seeker.make(b -> b.put("sandbox", true));
    var token = seeker.jwt(made);
    var sandboxToken = seeker.jwt(sandboxed);
    assertThat(status(sandboxToken)).isEqualTo(401);
    assertThat(seeker.sandbox(token).get("/leads/none").status()).isEqualTo(401);
    assertThat(seeker.sandbox(sandboxToken).get("/leads/none").status()).isEqualTo(404);
    seeker.hub.restart();
    assertThat(status(token)).isEqualTo(404);
    seeker.hub.clock().advance(Duration.ofHours(24).minusSeconds(1));
    assertThat(status(token)).isEqualTo(404);
    seeker.hub.clock().advance(Duration.ofSeconds(1));
    assertThat(status(token)).isEqualTo(401);
    assertThat(status(seeker.jwt(made))).isEqualTo(404);
    assertThat(status(made.token())).isEqualTo(404);
  }

  @Test
  void a_revoked_client_is_nobody_at_once() {
    var made = seeker.make(_ -> {});
    var jwt = seeker.jwt(made);
    seeker.caller(jwt).post("/leads", lead(1));
    var shown = seeker.hub.api().read("/clients/" + made.id());
    assertThat(shown.path("keys")).hasSize(2);
    assertThat(shown.toString()).doesNotContain(made.secret(), made.token());
    assertThat(seeker.hub.api().delete("/clients/" + made.id()).status()).isEqualTo(200);
    assertThat(status(jwt)).isEqualTo(401);
    assertThat(status(made.token())).isEqualTo(401);
    assertThat(seeker.token(request(made)).status()).isEqualTo(401);
    var after = seeker.hub.api().read("/clients/" + made.id());
    assertThat(after.path("revoked_at").asString()).isNotEmpty();
    assertThat(after.path("keys")).isEmpty();
    seeker.hub.restart();
    assertThat(status(jwt)).isEqualTo(401);
    assertThat(status(made.token())).isEqualTo(401);
  }

  @Test
  void a_rotated_secret_ends_with_what_was_got_for_it_when_the_overlap_is_over() {
    var made = seeker.make(_ -> {});
    var jwt = seeker.jwt(made);
    var path = "/clients/" + made.id() + "/rotate-secret";
    var second = seeker.hub.api().make(path, Json.object().put("overlap_hours", 1));
    var secondToken = second.path("token").asString();
    assertThat(status(jwt)).isEqualTo(404);
    assertThat(status(made.token())).isEqualTo(404);
    assertThat(status(secondToken)).isEqualTo(404);
    seeker.hub.clock().advance(Duration.ofHours(1));
    assertThat(status(jwt)).isEqualTo(401);
    assertThat(status(made.token())).isEqualTo(401);
    assertThat(seeker.token(request(made)).status()).isEqualTo(401);
    seeker.hub.api().make(path, Json.object().put("overlap_hours", 0));
    assertThat(status(secondToken)).isEqualTo(401);
  }

  @Test
  void ten_requests_may_begin_at_once_and_the_others_are_told_so() throws Exception {
    var caller = seeker.caller();
    var other = seeker.caller();
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var burst =
          IntStream.range(0, 200)
              .mapToObj(_ -> pool.submit(() -> caller.once("GET", "/leads/none", "")))
              .toList();
      var statuses = new ArrayList<Integer>();
      for (var answer : burst) {
        statuses.add(answer.get().status());
      }
      assertThat(statuses).contains(404, 429).containsOnly(404, 429);
    }
    // Each client has its own count.
    assertThat(other.once("GET", "/leads/none", "").status()).isEqualTo(404);
  }
}
