package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jwt.JWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import dev.porchlight.access.spark.OpenIdKeys;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// OpenID Connect, as a client library that anybody may use sees it.
@OnEveryDatabase
class OpenIdTest {
  private static final String PASSWORD = "correct horse ö";

  @Parameter Database database;
  @TempDir Path folder;

  private GrantTest.Agents agents() {
    return new GrantTest.Agents(new SparkWorld(database.start(folder)));
  }

  private static OIDCProviderMetadata discovered(GrantTest.Agents agents) throws Exception {
    return OIDCProviderMetadata.resolve(new Issuer(agents.world.hub.address()));
  }

  private static ClientSecretBasic basic(GrantTest.Agents agents) {
    return new ClientSecretBasic(
        new ClientID(agents.key.apiKey()), new Secret(agents.key.secret()));
  }

  private static AuthenticationRequest.Builder question(
      GrantTest.Agents agents, OIDCProviderMetadata op, String... scope) {
    return new AuthenticationRequest.Builder(
            new ResponseType("code"),
            new Scope(scope),
            new ClientID(agents.key.apiKey()),
            URI.create(GrantTest.BACK))
        .endpointURI(op.getAuthorizationEndpointURI());
  }

  /// Goes where the request leads, as a browser would, and comes back with the code.
  private static AuthorizationCode allowed(GrantTest.Agents agents, AuthenticationRequest request)
      throws Exception {
    var uri = request.toURI();
    var reply =
        agents.decide(
            uri.getRawPath() + "?" + uri.getRawQuery(), "robin@example.org", PASSWORD, "allow");
    assertThat(reply.status()).as(reply.toString()).isEqualTo(303);
    var back = AuthenticationResponseParser.parse(URI.create(reply.header("Location")));
    assertThat(back.indicatesSuccess()).as(reply.header("Location")).isTrue();
    assertThat(back.getState()).isEqualTo(request.getState());
    return back.toSuccessResponse().getAuthorizationCode();
  }

  private static OIDCTokenResponse tokens(
      OIDCProviderMetadata op, ClientAuthentication client, AuthorizationGrant grant)
      throws Exception {
    var request = new TokenRequest.Builder(op.getTokenEndpointURI(), client, grant).build();
    var reply = OIDCTokenResponseParser.parse(request.toHTTPRequest().send());
    assertThat(reply.indicatesSuccess())
        .as(() -> reply.toErrorResponse().getErrorObject().toString())
        .isTrue();
    return (OIDCTokenResponse) reply.toSuccessResponse();
  }

  private static String refused(
      OIDCProviderMetadata op, ClientAuthentication client, AuthorizationGrant grant)
      throws Exception {
    var request = new TokenRequest.Builder(op.getTokenEndpointURI(), client, grant).build();
    return OIDCTokenResponseParser.parse(request.toHTTPRequest().send())
        .toErrorResponse()
        .getErrorObject()
        .getCode();
  }

  private static IDTokenValidator validator(GrantTest.Agents agents, OIDCProviderMetadata op)
      throws Exception {
    var validator =
        new IDTokenValidator(
            op.getIssuer(),
            new ClientID(agents.key.apiKey()),
            JWSAlgorithm.RS256,
            JWKSet.load(op.getJWKSetURI().toURL()));
    // The hub's clock is the test's.
    validator.setMaxClockSkew(Integer.MAX_VALUE);
    return validator;
  }

  @Test
  void a_client_library_discovers_signs_in_verifies_and_asks_who_it_was() throws Exception {
    try (var agents = agents()) {
      var op = discovered(agents);
      assertThat(op.getCodeChallengeMethods()).containsExactly(CodeChallengeMethod.S256);
      var verifier = new CodeVerifier();
      var nonce = new Nonce();
      var request =
          question(agents, op, "openid", "profile", "email", "unheard-of")
              .state(new State())
              .nonce(nonce)
              .codeChallenge(verifier, CodeChallengeMethod.S256)
              .build();
      var code = allowed(agents, request);
      var tokens =
          tokens(
              op,
              basic(agents),
              new AuthorizationCodeGrant(code, URI.create(GrantTest.BACK), verifier));
      var claims = validator(agents, op).validate(tokens.getOIDCTokens().getIDToken(), nonce);
      assertThat(claims.getSubject().getValue()).isEqualTo(agents.robin);
      assertThat(claims.getAuthenticationTime()).isNotNull();
      assertThat(tokens.getOIDCTokens().getAccessToken().getLifetime()).isEqualTo(86_400);
      assertThat(tokens.getOIDCTokens().getAccessToken().getScope().toStringList())
          .containsExactly("openid", "profile", "email");

      var bearer = new BearerAccessToken(tokens.getOIDCTokens().getAccessToken().getValue());
      var info =
          UserInfoResponse.parse(
                  new UserInfoRequest(op.getUserInfoEndpointURI(), bearer).toHTTPRequest().send())
              .toSuccessResponse()
              .getUserInfo();
      assertThat(info.getSubject().getValue()).isEqualTo(agents.robin);
      assertThat(info.getName()).isEqualTo("Robin");
      assertThat(info.getEmailAddress()).isEqualTo("robin@example.org");
      // The same token opens the contacts.
      agents.world.as(bearer.getValue(), "GET", "/v1/contacts", "").succeeded(200);

      // A refresh gives an identity again, without the nonce of a sign-in that is over.
      var again =
          tokens(
              op,
              new ClientSecretPost(
                  new ClientID(agents.key.apiKey()), new Secret(agents.key.secret())),
              new RefreshTokenGrant(tokens.getOIDCTokens().getRefreshToken()));
      var later = validator(agents, op).validate(again.getOIDCTokens().getIDToken(), null);
      assertThat(later.getSubject()).isEqualTo(claims.getSubject());
      assertThat(later.getNonce()).isNull();
      assertThat(later.getAuthenticationTime()).isEqualTo(claims.getAuthenticationTime());
    }
  }

  @Test
  void what_was_not_asked_for_is_not_told() throws Exception {
    try (var agents = agents()) {
      var op = discovered(agents);
      var code = allowed(agents, question(agents, op, "openid").build());
      var tokens =
          tokens(op, basic(agents), new AuthorizationCodeGrant(code, URI.create(GrantTest.BACK)));
      var token = tokens.getOIDCTokens().getAccessToken().getValue();
      var info = agents.world.as(token, "GET", "/openid/userinfo", "");
      assertThat(info.json().toString()).isEqualTo("{\"sub\":\"" + agents.robin + "\"}");
      // A token of plain OAuth 2 says nothing of anybody.
      var plain =
          agents
              .grant(
                  agents
                      .client("authorization_code")
                      .put("code", agents.code())
                      .put("redirect_uri", GrantTest.BACK))
              .json();
      assertThat(plain.propertyNames())
          .containsExactlyInAnyOrder("access_token", "refresh_token", "expires_in");
      var none =
          agents.world.as(plain.path("access_token").asString(), "GET", "/openid/userinfo", "");
      assertThat(none.status()).isEqualTo(403);
      assertThat(none.json().path("error").asString()).isEqualTo("insufficient_scope");
      // A personal token neither, nor what is none.
      for (var other : new String[] {agents.key.token(), "nonsense", "spa_nonsense"}) {
        var reply = agents.world.as(other, "POST", "/openid/userinfo", "");
        assertThat(reply.status()).as(other).isEqualTo(401);
        assertThat(reply.header("WWW-Authenticate")).contains("invalid_token");
      }
      agents.world.hub.clock().advance(Duration.ofDays(1));
      assertThat(agents.world.as(token, "GET", "/openid/userinfo", "").status()).isEqualTo(401);
    }
  }

  @Test
  void a_code_with_a_challenge_needs_its_proof_and_one_without_takes_none() throws Exception {
    try (var agents = agents()) {
      var op = discovered(agents);
      var verifier = new CodeVerifier();
      var back = URI.create(GrantTest.BACK);
      var asked =
          question(agents, op, "openid").codeChallenge(verifier, CodeChallengeMethod.S256).build();
      var code = allowed(agents, asked);
      for (var wrong :
          new AuthorizationGrant[] {
            new AuthorizationCodeGrant(code, back),
            new AuthorizationCodeGrant(code, back, new CodeVerifier())
          }) {
        assertThat(refused(op, basic(agents), wrong)).isEqualTo("invalid_grant");
      }
      tokens(op, basic(agents), new AuthorizationCodeGrant(code, back, verifier));
      var bare = allowed(agents, question(agents, op, "openid").build());
      assertThat(refused(op, basic(agents), new AuthorizationCodeGrant(bare, back, verifier)))
          .isEqualTo("invalid_grant");

      // The same at /oauth2 and its grant.
      var proof = verifier.getValue();
      var challenge =
          com.nimbusds.oauth2.sdk.pkce.CodeChallenge.compute(CodeChallengeMethod.S256, verifier)
              .getValue();
      var reply =
          agents.decide(
              agents.question("&code_challenge_method=S256&code_challenge=" + challenge),
              "robin@example.org",
              PASSWORD,
              "allow");
      var body =
          agents
              .client("authorization_code")
              .put("code", GrantTest.Agents.value(reply, "code"))
              .put("redirect_uri", GrantTest.BACK);
      agents.refused(agents.grant(body), "invalid_grant");
      agents.refused(agents.grant(body.put("code_verifier", "too short")), "invalid_grant");
      assertThat(agents.grant(body.put("code_verifier", proof)).status()).isEqualTo(200);
      for (var weak :
          new String[] {
            "&code_challenge=" + challenge,
            "&code_challenge_method=plain&code_challenge=" + challenge,
            "&code_challenge_method=S256",
            "&code_challenge_method=S256&code_challenge=x"
          }) {
        var refused = agents.world.send("GET", agents.question(weak), new byte[0], Map.of());
        assertThat(GrantTest.Agents.value(refused, "error")).as(weak).isEqualTo("invalid_request");
      }
    }
  }

  @Test
  void what_this_side_cannot_do_is_said_to_the_client() throws Exception {
    try (var agents = agents()) {
      var op = discovered(agents);
      var asked = question(agents, op, "openid").state(new State("s t")).build().toURI();
      var plain = asked.getRawPath() + "?" + asked.getRawQuery();
      for (var wrong :
          new String[][] {
            {plain.replace("scope=openid", "scope=profile"), "invalid_scope"},
            {plain.replace("scope=openid", "x=y"), "invalid_scope"},
            {
              plain.replace("response_type=code", "response_type=id_token"),
              "unsupported_response_type"
            },
            {plain + "&prompt=none", "login_required"},
            {plain + "&request=x", "request_not_supported"},
            {plain + "&response_mode=fragment", "invalid_request"}
          }) {
        var reply = agents.world.send("GET", wrong[0], new byte[0], Map.of());
        assertThat(reply.status()).as(wrong[0]).isEqualTo(303);
        assertThat(GrantTest.Agents.value(reply, "error")).as(wrong[0]).isEqualTo(wrong[1]);
        assertThat(GrantTest.Agents.value(reply, "state")).isEqualTo("s t");
      }
      // Nobody is sent to an address that is not on record.
      var elsewhere =
          plain.replace(
              SparkWorld.encode(GrantTest.BACK), SparkWorld.encode("https://evil.example"));
      assertThat(agents.world.send("GET", elsewhere, new byte[0], Map.of()).status())
          .isEqualTo(400);
      // The page is shown for a form as well.
      var shown =
          agents.world.send(
              "POST",
              asked.getRawPath(),
              asked.getRawQuery().getBytes(UTF_8),
              Map.of("Content-Type", "application/x-www-form-urlencoded"));
      assertThat(shown.status()).isEqualTo(200);

      var stranger = new ClientSecretBasic(new ClientID(agents.key.apiKey()), new Secret("wrong"));
      var grant =
          new AuthorizationCodeGrant(new AuthorizationCode("spc_none"), URI.create(GrantTest.BACK));
      assertThat(refused(op, stranger, grant)).isEqualTo("invalid_client");
      assertThat(refused(op, basic(agents), grant)).isEqualTo("invalid_grant");
      var broken =
          agents.world.send(
              "POST",
              "/openid/token",
              "grant_type=authorization_code".getBytes(UTF_8),
              Map.of(
                  "Content-Type",
                  "application/x-www-form-urlencoded",
                  "Authorization",
                  "Basic %%%"));
      assertThat(broken.status()).isEqualTo(401);
      assertThat(broken.header("WWW-Authenticate")).startsWith("Basic");
      var wrongMethod = agents.world.send("GET", "/openid/token", new byte[0], Map.of());
      assertThat(wrongMethod.status()).isEqualTo(405);
      assertThat(wrongMethod.json().path("error").asString()).isEqualTo("invalid_request");
    }
  }

  @Test
  void the_older_form_comes_back_with_its_code() throws Exception {
    try (var agents = agents()) {
      var question =
          "/openid?openid.mode=checkid_setup&openid.spark.combined_flow=true"
              + "&openid.spark.client_id="
              + agents.key.apiKey()
              + "&openid.return_to="
              + SparkWorld.encode(GrantTest.BACK);
      var reply = agents.decide(question, "robin@example.org", PASSWORD, "allow");
      assertThat(GrantTest.Agents.value(reply, "openid.mode")).isEqualTo("id_res");
      var grant =
          agents.grant(
              agents
                  .client("authorization_code")
                  .put("code", GrantTest.Agents.value(reply, "openid.spark.code"))
                  .put("redirect_uri", GrantTest.BACK));
      assertThat(grant.status()).as(grant.toString()).isEqualTo(200);
      var denied = agents.decide(question, "", "", "deny");
      assertThat(GrantTest.Agents.value(denied, "openid.mode")).isEqualTo("cancel");
      var half =
          agents.world.send(
              "GET", question.replace("combined_flow=true", "x=y"), new byte[0], Map.of());
      assertThat(GrantTest.Agents.value(half, "openid.mode")).isEqualTo("cancel");
    }
  }

  @Test
  void keys_outlive_a_restart_and_change_with_the_quarter_of_a_year() throws Exception {
    try (var agents = agents()) {
      var op = discovered(agents);
      var before = JWKSet.load(op.getJWKSetURI().toURL());
      assertThat(before.size()).isEqualTo(1);
      assertThat(before.getKeys().getFirst().isPrivate()).isFalse();
      var token = idToken(agents, op);
      validator(agents, op).validate(token, null);
      agents.world.hub.restart();
      op = discovered(agents);
      assertThat(JWKSet.load(op.getJWKSetURI().toURL()).getKeys()).isEqualTo(before.getKeys());

      // On its last day a key signs what it is still needed for on the day after.
      long period = OpenIdKeys.PERIOD.toSeconds();
      var clock = agents.world.hub.clock();
      long left = period - clock.instant().getEpochSecond() % period;
      clock.advance(Duration.ofSeconds(left));
      var second = JWKSet.load(op.getJWKSetURI().toURL());
      assertThat(second.size()).isEqualTo(2);
      assertThat(second.getKeys()).contains(before.getKeys().getFirst());
      var fresh = idToken(agents, op);
      assertThat(((com.nimbusds.jwt.SignedJWT) fresh).getHeader().getKeyID())
          .isNotEqualTo(before.getKeys().getFirst().getKeyID());
      clock.advance(OpenIdKeys.OVERLAP);
      var third = JWKSet.load(op.getJWKSetURI().toURL());
      assertThat(third.size()).isEqualTo(1);
      assertThat(third.getKeys()).doesNotContain(before.getKeys().getFirst());
      validator(agents, op).validate(fresh, null);
      var gone = validator(agents, op);
      assertThatThrownBy(() -> gone.validate(token, null)).isInstanceOf(BadJOSEException.class);
    }
  }

  private static JWT idToken(GrantTest.Agents agents, OIDCProviderMetadata op) throws Exception {
    var code = allowed(agents, question(agents, op, "openid").build());
    return tokens(op, basic(agents), new AuthorizationCodeGrant(code, URI.create(GrantTest.BACK)))
        .getOIDCTokens()
        .getIDToken();
  }

  @Test
  void all_of_it_wants_tls() {
    var hub = database.in(folder).config(c -> c.withInsecureDevelopment(false)).start();
    try (var world = new SparkWorld(hub)) {
      for (var path :
          new String[] {"/.well-known/openid-configuration", "/openid/jwks", "/openid/userinfo"}) {
        var reply = world.send("GET", path, new byte[0], Map.of("Authorization", "Bearer spa_x"));
        assertThat(reply.status()).as(path).isEqualTo(403);
        assertThat(reply.json().path("error").asString()).isEqualTo("invalid_request");
      }
      var token = world.send("POST", "/openid/token", "a=b".getBytes(UTF_8), Map.of());
      assertThat(token.status()).isEqualTo(403);
      assertThat(world.send("GET", "/openid/authorize", new byte[0], Map.of()).status())
          .isEqualTo(403);
    }
  }
}
