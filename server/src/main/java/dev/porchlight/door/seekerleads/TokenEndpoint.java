package dev.porchlight.door.seekerleads;

import dev.porchlight.access.Client;
import dev.porchlight.access.ClientTokens;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.value.Json;
import dev.porchlight.web.BasicCredentials;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.BusyException;
import dev.porchlight.web.RepeatedHeaderException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.io.IOException;
import java.io.Serial;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `POST /oauth/token`: an access token for a client's id and secret (RFC 6749, section 4.4), which
/// come in the body, as a form or as JSON, or as HTTP Basic credentials.
final class TokenEndpoint implements Route.Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(TokenEndpoint.class);
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int MAX_BODY = 16 * 1024;

  private final ClientTokens tokens;

  TokenEndpoint(ClientTokens tokens) {
    this.tokens = tokens;
  }

  Route route() {
    return Route.confidential("POST", "/oauth/token", this::answer, this);
  }

  /// What RFC 6749 calls an error.
  private static final class OauthException extends Exception {
    @Serial private static final long serialVersionUID = 1;
    private final int status;
    private final String error;

    OauthException(int status, String error, String description) {
      super(description);
      this.status = status;
      this.error = error;
    }

    static OauthException invalid(String description) {
      return new OauthException(400, "invalid_request", description);
    }
  }

  private Reply answer(Request request) throws IOException {
    try {
      return token(request);
    } catch (OauthException e) {
      var reply = refused(request, e.status, e.error, String.valueOf(e.getMessage()));
      return e.status == 401 ? reply.with("WWW-Authenticate", "Basic realm=\"porchlight\"") : reply;
    } catch (BodyException e) {
      return refused(
          request,
          400,
          "invalid_request",
          switch (e.why()) {
            case TOO_LARGE -> "The body is larger than 16 KiB.";
            case TOO_SLOW -> "The body was not here within 30 s.";
            case BROKEN_OFF -> "The body broke off.";
          });
    }
  }

  private Reply token(Request request) throws OauthException, BodyException, IOException {
    var sent = parameters(request);
    var grant =
        Optional.ofNullable(sent.get("grant_type"))
            .orElseThrow(() -> OauthException.invalid("The parameter grant_type is needed."));
    if (!grant.equals("client_credentials")) {
      throw new OauthException(
          400, "unsupported_grant_type", "The only grant_type is client_credentials.");
    }
    var credentials = credentials(request, sent);
    var secret =
        tokens
            .findSecret(credentials.name(), credentials.secret())
            .orElseThrow(() ->
                new OauthException(
                    401, "invalid_client", "There is no such client, or its secret is wrong."));
    var client =
        tokens
            .findClient(secret)
            .orElseThrow(
                () -> new OauthException(401, "invalid_client", "There is no such client."));
    var json = Json.object();
    json.put("access_token", tokens.issue(secret, audience(client, sent.get("audience"))));
    json.put("token_type", "Bearer");
    json.put("expires_in", ClientTokens.LIFE.toSeconds());
    return json(200, json);
  }

  /// The audience of a client's tokens: the one it asks for must be its own.
  private static String audience(Client client, @Nullable String wanted) throws OauthException {
    if (wanted == null) {
      return SeekerLeadsApi.audience(client.sandbox());
    }
    for (boolean sandbox : new boolean[] {true, false}) {
      var audience = SeekerLeadsApi.audience(sandbox);
      boolean meant =
          wanted.equals(sandbox ? "sandbox" : "production")
              || path(wanted).replaceAll("/$", "").equals("/" + audience);
      if (meant && client.sandbox() != sandbox) {
        throw new OauthException(
            400, "unauthorized_client", "This client is not one of that audience.");
      }
      if (meant) {
        return audience;
      }
    }
    throw OauthException.invalid(
        "The audience is production, sandbox, or the base URL of one of them.");
  }

  private static String path(String url) {
    try {
      return Optional.ofNullable(URI.create(url).getPath()).orElse("");
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static BasicCredentials credentials(Request request, Map<String, String> sent)
      throws OauthException {
    var header = request.header("Authorization");
    var id = sent.get("client_id");
    var secret = sent.get("client_secret");
    if (header.isPresent()) {
      if (secret != null) {
        throw OauthException.invalid("Send the client's secret in one way only.");
      }
      var basic =
          BasicCredentials.parse(header.get())
              .orElseThrow(() ->
                  new OauthException(
                      401, "invalid_client", "Only HTTP Basic credentials are taken here."));
      if (id != null && !id.equals(basic.name())) {
        throw OauthException.invalid("Two different clients are named.");
      }
      return basic;
    }
    if (id == null || secret == null) {
      throw new OauthException(
          401, "invalid_client", "The client's client_id and client_secret are needed.");
    }
    return new BasicCredentials(id, secret);
  }

  private static Map<String, String> parameters(Request request)
      throws OauthException, BodyException, IOException {
    var bytes = request.body(MAX_BODY, SeekerLeadsApi.PATIENCE);
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw OauthException.invalid("The body is not UTF-8.");
    }
    var type =
        request
            .header("Content-Type")
            .orElse("")
            .replaceFirst(";.*", "")
            .strip()
            .toLowerCase(Locale.ROOT);
    if (type.equals(FORM)) {
      return form(text);
    }
    if (type.equals("application/json")) {
      return members(text);
    }
    throw OauthException.invalid("Send a form (" + FORM + ") or application/json.");
  }

  private static Map<String, String> form(String text) throws OauthException {
    var all = new HashMap<String, String>();
    for (var pair : text.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        try {
          var name = URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8);
          var value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
          // A parameter without a value counts as left out, one given twice is an error.
          if (!value.isEmpty() && all.put(name, value) != null) {
            throw OauthException.invalid("A parameter is given more than once.");
          }
        } catch (IllegalArgumentException e) {
          throw OauthException.invalid("The body is not a form.");
        }
      }
    }
    return all;
  }

  private static Map<String, String> members(String text) throws OauthException {
    try {
      if (!(STRICT.readTree(text) instanceof ObjectNode object)) {
        throw OauthException.invalid("The body is not a JSON object.");
      }
      var all = new HashMap<String, String>();
      for (var member : object.properties()) {
        if (member.getValue().isString() && !member.getValue().stringValue().isEmpty()) {
          all.put(member.getKey(), member.getValue().stringValue());
        }
      }
      return all;
    } catch (JacksonException e) {
      throw OauthException.invalid("The body is not JSON, or names a member twice.");
    }
  }

  private static Reply.Full json(int status, ObjectNode body) {
    return SeekerLeadsApi.json(status, body).with("Pragma", "no-cache");
  }

  private static Reply.Full refused(Request request, int status, String error, String description) {
    LOG.info("Refused a token to request {}: {}, {}", request.id(), error, description);
    var json = Json.object();
    json.put("error", error);
    json.put("error_description", description);
    return json(status, json);
  }

  @Override
  public Reply methodNotAllowed(Request request, List<String> allowed) {
    return refused(request, 405, "invalid_request", "Only POST is taken here.")
        .with("Allow", String.join(", ", allowed));
  }

  @Override
  public Reply onError(Request request, Throwable thrown) {
    if (thrown instanceof RepeatedHeaderException e) {
      return refused(request, 400, "invalid_request", String.valueOf(e.getMessage()));
    }
    return thrown instanceof StoreUnavailableException || thrown instanceof BusyException
        ? refused(request, 503, "temporarily_unavailable", "Please try again.")
            .with("Retry-After", "5")
        : refused(request, 500, "server_error", "A defect of ours; please try again.");
  }

  @Override
  public Reply notConfidential(Request request) {
    return refused(request, 403, "invalid_request", "Plain HTTP is not taken from there.");
  }
}
