package dev.porchlight.door.spark;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.porchlight.access.spark.OpenIdKeys;
import dev.porchlight.access.spark.SparkGrants;
import dev.porchlight.access.spark.SparkKey;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.BusyException;
import dev.porchlight.web.RepeatedHeaderException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// OpenID Connect for agents: discovery, the published keys, the token endpoint and what is known
/// of who signed in. The page that they see is [Consent]'s.
///
/// Its bodies are those of the standard, not of the envelope. The issuer is the address by which
/// the hub was asked, as in every other link.
final class OpenId implements Route.Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(OpenId.class);

  static final String AUTHORIZE = "/openid/authorize";

  /// How long an identity token holds.
  static final Duration LIFE = Duration.ofHours(1);

  /// What may be asked for; other words are ignored.
  static final Set<String> SCOPES = Set.of("openid", "profile", "email");

  private final Store store;
  private final SparkGrants grants;
  private final SignIn signIn;
  private final GrantEndpoint endpoint;
  private final OpenIdKeys keys;

  OpenId(Store store, SparkGrants grants, SignIn signIn, GrantEndpoint endpoint, OpenIdKeys keys) {
    this.store = store;
    this.grants = grants;
    this.signIn = signIn;
    this.endpoint = endpoint;
    this.keys = keys;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/.well-known/openid-configuration", this::discovery, this),
        new Route("GET", "/openid/jwks", this::published, this),
        new Route("POST", "/openid/token", this::token, this),
        new Route("GET", "/openid/userinfo", this::userinfo, this),
        new Route("POST", "/openid/userinfo", this::userinfo, this));
  }

  private static Reply.Full json(int status, String body, String caching) {
    return Reply.of(status, "application/json", body.getBytes(StandardCharsets.UTF_8))
        .with("Cache-Control", caching);
  }

  private static void list(ObjectNode in, String name, String... words) {
    var list = in.putArray(name);
    for (var word : words) {
      list.add(word);
    }
  }

  private Reply discovery(Request request) {
    signIn.needTls(request);
    var issuer = request.baseUrl();
    var d = Json.object();
    d.put("issuer", issuer);
    d.put("authorization_endpoint", issuer + AUTHORIZE);
    d.put("token_endpoint", issuer + "/openid/token");
    d.put("userinfo_endpoint", issuer + "/openid/userinfo");
    d.put("jwks_uri", issuer + "/openid/jwks");
    list(d, "scopes_supported", "openid", "profile", "email");
    list(d, "response_types_supported", "code");
    list(d, "response_modes_supported", "query");
    list(d, "grant_types_supported", "authorization_code", "refresh_token");
    list(d, "subject_types_supported", "public");
    list(d, "id_token_signing_alg_values_supported", "RS256");
    list(d, "token_endpoint_auth_methods_supported", "client_secret_basic", "client_secret_post");
    list(
        d,
        "claims_supported",
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "name",
        "email");
    list(d, "code_challenge_methods_supported", "S256");
    d.put("claims_parameter_supported", false);
    d.put("request_parameter_supported", false);
    d.put("request_uri_parameter_supported", false);
    return json(200, d.toString(), "public, max-age=300");
  }

  private Reply published(Request request) {
    signIn.needTls(request);
    return json(200, keys.published(), "public, max-age=300");
  }

  private Reply token(Request request) throws Exception {
    signIn.needTls(request);
    var call = new SparkCall(request);
    SparkKey key;
    SparkGrants.Granted granted;
    try {
      var body = GrantEndpoint.read(call);
      GrantEndpoint.basic(request, body);
      key = endpoint.client(call, body);
      granted = endpoint.grant(key, body, false);
    } catch (GrantEndpoint.Refusal e) {
      var refused = e.reply();
      return e.isOfClient() && request.header("Authorization").isPresent()
          ? new Reply.Full(401, refused.headers(), refused.contentType(), refused.body())
              .with("WWW-Authenticate", "Basic realm=\"Spark\"")
          : refused;
    }
    var answer =
        Json.object()
            .put("access_token", granted.accessToken())
            .put("token_type", "Bearer")
            .put("expires_in", granted.expiresIn())
            .put("refresh_token", granted.refreshToken());
    if (!granted.identity().scope().isEmpty()) {
      answer.put("scope", granted.identity().scope());
      answer.put("id_token", keys.sign(claims(request.baseUrl(), key, granted.identity())));
    }
    return Envelope.unwrapped(200, answer);
  }

  private JWTClaimsSet claims(String issuer, SparkKey key, SparkGrants.Identity identity) {
    var now = store.now();
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .subject(identity.accountId())
            .audience(key.apiKey())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(LIFE)))
            .claim("auth_time", identity.at().getEpochSecond());
    if (!identity.nonce().isEmpty()) {
      claims.claim("nonce", identity.nonce());
    }
    return claims.build();
  }

  private Reply userinfo(Request request) throws Exception {
    signIn.needTls(request);
    var call = new SparkCall(request);
    var access = SignIn.bearer(request).flatMap(grants::find);
    if (access.isEmpty()) {
      return refused(401, "invalid_token");
    }
    Node account;
    try {
      account = signIn.admit(call).account();
    } catch (SparkException e) {
      return switch (e.fault()) {
        case RATE_LIMIT -> e.reply();
        default -> refused(401, "invalid_token");
      };
    }
    var scope = List.of(grants.scope(access.get()).split(" "));
    if (!scope.contains("openid")) {
      return refused(403, "insufficient_scope");
    }
    var claims = Json.object().put("sub", account.id());
    if (scope.contains("profile")) {
      claims.put("name", account.name());
      Nodes.in(store.settings())
          .officeOf(account.id())
          .ifPresent(office -> claims.put("office", office.name()));
    }
    if (scope.contains("email") && account.email() != null) {
      claims.put("email", account.email());
    }
    return Envelope.unwrapped(200, claims);
  }

  private static Reply.Full refused(int status, String error) {
    return Envelope.unwrapped(status, Json.object().put("error", error))
        .with("WWW-Authenticate", "Bearer realm=\"Spark\", error=\"" + error + "\"");
  }

  /// An error in OAuth's words.
  static Reply.Full error(int status, String error, String description) {
    return Envelope.unwrapped(
        status, Json.object().put("error", error).put("error_description", description));
  }

  @Override
  public Reply methodNotAllowed(Request request, List<String> allowed) {
    return error(405, "invalid_request", "Method not allowed")
        .with("Allow", String.join(", ", allowed));
  }

  @Override
  public Reply notConfidential(Request request) {
    return error(403, "invalid_request", "Use HTTPS.");
  }

  @Override
  public Reply onError(Request request, Throwable thrown) {
    return switch (thrown) {
      case SparkException e ->
          error(e.fault().status(), "invalid_request", String.valueOf(e.getMessage()));
      case BodyException e ->
          error(e.why().status(), "invalid_request", "The body did not come whole.");
      case RepeatedHeaderException e ->
          error(400, "invalid_request", String.valueOf(e.getMessage()));
      case BusyException _ ->
          error(503, "temporarily_unavailable", "Try again.").with("Retry-After", "1");
      case StoreUnavailableException _ ->
          error(503, "temporarily_unavailable", "Try again.").with("Retry-After", "5");
      default -> {
        LOG.error("Request {} failed", request.id(), thrown);
        yield error(500, "server_error", "Quote this request: " + request.id());
      }
    };
  }

  /// The words of a scope that mean something here, in order; empty when `openid` is not among
  /// them.
  static String known(String asked) {
    var words =
        List.of(asked.strip().split("[ ]+")).stream().filter(SCOPES::contains).distinct().toList();
    return words.contains("openid") ? String.join(" ", words) : "";
  }

  /// What a client must not ask for, as this side can't do it; by parameter.
  static final Map<String, String> UNSUPPORTED =
      Map.of(
          "request", "request_not_supported",
          "request_uri", "request_uri_not_supported",
          "registration", "registration_not_supported");
}
