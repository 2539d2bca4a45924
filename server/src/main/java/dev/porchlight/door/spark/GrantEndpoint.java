package dev.porchlight.door.spark;

import dev.porchlight.access.RateLimits;
import dev.porchlight.access.Secrets;
import dev.porchlight.access.spark.SparkGrants;
import dev.porchlight.access.spark.SparkKey;
import dev.porchlight.access.spark.SparkKeys;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.BasicCredentials;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Forms;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import java.io.IOException;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/oauth2/grant`: tokens for a code, for a refresh token, or for a name and a password.
/// Its bodies alone are not in the envelope: exactly three members for a success, as strict clients
/// refuse any other, and the two of OAuth 2 for a refusal.
final class GrantEndpoint {

  /// Tries at one name in five minutes, right ones too.
  private static final int TRIES = 10;

  /// A refusal in OAuth's words.
  static final class Refusal extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    private final String error;

    Refusal(String error, String description) {
      super(description, null, false, false);
      this.error = error;
    }

    boolean isOfClient() {
      return error.equals("invalid_client");
    }

    Reply.Full reply() {
      return OpenId.error(400, error, String.valueOf(getMessage()));
    }
  }

  private final Store store;
  private final Secrets secrets;
  private final SparkGrants grants;
  private final SignIn signIn;
  private final Logins logins;
  private final RateLimits tries;

  /// @param tries how often a name was tried, here and elsewhere
  GrantEndpoint(
      Store store,
      Secrets secrets,
      SparkGrants grants,
      SignIn signIn,
      Logins logins,
      RateLimits tries) {
    this.store = store;
    this.secrets = secrets;
    this.grants = grants;
    this.signIn = signIn;
    this.logins = logins;
    this.tries = tries;
  }

  Resource resource() {
    return Resource.open("/oauth2/grant").on("POST", this::answer);
  }

  private Reply.Full answer(SparkCall call) throws BodyException, IOException {
    signIn.needTls(call.request());
    try {
      var body = read(call);
      var granted = grant(client(call, body), body, true);
      return Envelope.unwrapped(
          200,
          Json.object()
              .put("access_token", granted.accessToken())
              .put("refresh_token", granted.refreshToken())
              .put("expires_in", granted.expiresIn()));
    } catch (Refusal e) {
      return e.reply();
    }
  }

  /// What a client is given for what it brings.
  ///
  /// @param passwords whether names and passwords are taken
  SparkGrants.Granted grant(SparkKey key, ObjectNode body, boolean passwords) {
    return switch (need(body, "grant_type")) {
      case "authorization_code" ->
          grants
              .exchange(key, need(body, "code"), need(body, "redirect_uri"), challenge(body))
              .orElseThrow(() ->
                  new Refusal(
                      "invalid_grant",
                      "The code is unknown, too old, used, or given for another redirect_uri or"
                          + " code_challenge."));
      case "refresh_token" ->
          grants
              .refresh(key, need(body, "refresh_token"))
              .orElseThrow(
                  () -> new Refusal("invalid_grant", "The refresh_token is unknown or has ended."));
      case "password" -> {
        if (!passwords) {
          throw new Refusal(
              "unsupported_grant_type", "grant_type is authorization_code or refresh_token.");
        }
        yield byPassword(key, need(body, "username"), need(body, "password"));
      }
      default ->
          throw new Refusal(
              "unsupported_grant_type",
              "grant_type is authorization_code, refresh_token or password.");
    };
  }

  private SparkGrants.Granted byPassword(SparkKey key, String name, String password) {
    // As the portal's page counts: a name at one portal is not the same name at another.
    var tried =
        key.role().isConsumer() ? PortalLogins.owner(store, key).orElse("") + " " + name : name;
    if (!mayTry(tries, tried, store)) {
      throw new Refusal("invalid_grant", "Too many tries; wait five minutes.");
    }
    var person =
        logins
            .find(key, name, password)
            .orElseThrow(() -> new Refusal("invalid_grant", "The name or the password is wrong."));
    return grants.grant(key, person.account(), person.contact());
  }

  /// Counts a try at a name. The names are hashed: what is counted is not what was typed.
  static boolean mayTry(RateLimits tries, String name, Store store) {
    return tries.admit(
            Tokens.hash(name.strip().toLowerCase(java.util.Locale.ROOT)), TRIES, store.now())
        == 0;
  }

  /// Takes the client's name and secret from the header, where OAuth 2 has them first of all.
  static void basic(Request request, ObjectNode body) {
    var header = request.header("Authorization").map(String::strip).orElse("");
    if (!BasicCredentials.isMeant(header)) {
      return;
    }
    if (body.has("client_secret")) {
      throw new Refusal("invalid_request", "The client proves itself in one way, not in two.");
    }
    var sent =
        BasicCredentials.parse(header)
            .orElseThrow(
                () -> new Refusal("invalid_client", "The Authorization header can't be read."));
    body.put("client_id", sent.name());
    body.put("client_secret", sent.secret());
  }

  /// What the proof in a body comes to; empty when there is none.
  private static String challenge(ObjectNode body) {
    return Optional.ofNullable(body.get("code_verifier"))
        .map(v -> v.isString() ? v.stringValue() : "")
        .map(GrantEndpoint::challenge)
        .orElse("");
  }

  /// The S256 challenge of PKCE.
  private static String challenge(String verifier) {
    if (!verifier.matches("[A-Za-z0-9._~-]{43,128}")) {
      throw new Refusal(
          "invalid_grant", "A code_verifier has 43 to 128 letters, digits, `-`, `.`, `_`, `~`.");
    }
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(HexFormat.of().parseHex(Tokens.hash(verifier)));
  }

  /// The client that a body names, when it proves itself.
  SparkKey client(SparkCall call, ObjectNode body) {
    var id = need(body, "client_id");
    var secret = need(body, "client_secret");
    var key = SparkKeys.in(store.settings()).findByApiKey(id);
    var expected = key.flatMap(k -> secrets.find(k.owner(), SparkKey.SECRET));
    if (expected.isEmpty()
        || !Tokens.sameText(secret, expected.get())
        || key.filter(k -> !k.isRevoked()).isEmpty()) {
      throw new Refusal("invalid_client", "The client_id or the client_secret is wrong.");
    }
    var known = key.get();
    if (!known.allows(SparkKey.Way.OAUTH2)
        || !known.allowsFrom(call.request().peer())
        || !known.allowsAgent(
            call.request().header("X-SparkApi-User-Agent"), call.request().header("User-Agent"))) {
      throw new Refusal("unauthorized_client", "This key may not be used like that.");
    }
    return known;
  }

  /// The members of a body, in JSON or as a form.
  static ObjectNode read(SparkCall call) throws BodyException, IOException {
    var bytes = call.bytes();
    if (call.request()
        .header("Content-Type")
        .filter(t -> t.startsWith("application/x-www-form-urlencoded"))
        .isPresent()) {
      var body = Json.object();
      Forms.pairs(new String(bytes, StandardCharsets.UTF_8))
          .forEach(p -> body.put(p.name(), p.value()));
      return body;
    }
    try {
      if (SparkCall.json(bytes) instanceof ObjectNode object) {
        return object;
      }
    } catch (SparkException e) {
      throw new Refusal("invalid_request", String.valueOf(e.getMessage()));
    }
    throw new Refusal("invalid_request", "The body is not a JSON object.");
  }

  private static String need(ObjectNode body, String name) {
    return Optional.ofNullable(body.get(name))
        .filter(JsonNode::isString)
        .map(JsonNode::stringValue)
        .filter(t -> !t.isEmpty())
        .orElseThrow(() -> new Refusal("invalid_request", "`" + name + "` is missing."));
  }
}
