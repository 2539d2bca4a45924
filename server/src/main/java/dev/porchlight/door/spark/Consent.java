package dev.porchlight.door.spark;

import dev.porchlight.access.RateLimits;
import dev.porchlight.access.spark.SparkGrants;
import dev.porchlight.access.spark.SparkKey;
import dev.porchlight.access.spark.SparkKeys;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.value.Language;
import dev.porchlight.value.Wording;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.BusyException;
import dev.porchlight.web.Forms;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/oauth2`, `/openid/authorize` and `/openid`: the page on which an agent lets a client act for
/// them.
///
/// The page asks for the agent's name and password each time; there is no log-in that lasts, so no
/// other site can use one. A form counts only with the chance text that came with it, in a hidden
/// field and in a cookie. Nobody is sent anywhere but to an address on the key's record, compared
/// as it stands; where that or the key is wrong, the page says so and sends nobody on.
final class Consent implements Route.Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Consent.class);
  private static final String PATH = "/oauth2";
  private static final String COOKIE = "porchlight_consent";
  static final int MAX_BODY = 64 * 1024;
  static final int MAX_STATE = 4096;
  private static final int MAX_NONCE = 1024;

  /// Where clients of the older form send people.
  private static final String HYBRID = "/openid";

  /// SHA-256 in base64url. What fits a proof of method S256.
  static final String CHALLENGE = "[A-Za-z0-9_-]{43}";

  static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Tries from one address in five minutes.
  private static final int TRIES_FROM_ONE_ADDRESS = 60;

  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(null, ContentType.Html, null, "dev.porchlight.console");
  private final Store store;
  private final SparkGrants grants;
  private final Logins logins;
  private final RateLimits tries;
  private final boolean insecure;

  Consent(Store store, SparkGrants grants, Logins logins, RateLimits tries, boolean insecure) {
    this.store = store;
    this.grants = grants;
    this.logins = logins;
    this.tries = tries;
    this.insecure = insecure;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", PATH, r -> show(r, r.query(), Way.OAUTH2), this),
        new Route("POST", PATH, this::decide, this),
        new Route("GET", OpenId.AUTHORIZE, r -> show(r, r.query(), Way.OPENID), this),
        new Route("POST", OpenId.AUTHORIZE, r -> show(r, form(r), Way.OPENID), this),
        new Route("GET", HYBRID, r -> show(r, r.query(), Way.HYBRID), this));
  }

  /// How a client asks, and is answered.
  private enum Way {
    /// `/oauth2`.
    OAUTH2,
    /// `/openid/authorize`: OpenID Connect.
    OPENID,
    /// `/openid`: the older form, which carries the code among members of OpenID 2.
    HYBRID;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Way of(String word) {
      return Arrays.stream(values()).filter(w -> w.word().equals(word)).findFirst().orElse(OAUTH2);
    }

    String clientId() {
      return this == HYBRID ? "openid.spark.client_id" : "client_id";
    }

    String redirectUri() {
      return this == HYBRID ? "openid.return_to" : "redirect_uri";
    }
  }

  /// A request that is in order so far.
  private record Asked(
      Way way, SparkKey key, String redirectUri, String state, SparkGrants.Wish wish) {}

  /// What is asked, or the page that says what is wrong with it.
  private sealed interface Looked {
    record Fine(Asked asked) implements Looked {}

    record Wrong(Reply.Full page) implements Looked {}
  }

  /// The page for a request that came in clear where that is not taken.
  Optional<Reply.Full> objectionToClear(Request request) {
    return insecure || request.isEncrypted()
        ? Optional.empty()
        : Optional.of(note(request, 403, "https"));
  }

  /// @param clientId the name of the parameter that names the client
  /// @param redirectUri of the one that says where to go on
  private Looked look(
      Request request,
      Way way,
      Map<String, List<String>> parameters,
      String clientId,
      String redirectUri) {
    var clear = objectionToClear(request);
    if (clear.isPresent()) {
      return new Looked.Wrong(clear.get());
    }
    var key =
        first(parameters, clientId)
            .flatMap(id -> SparkKeys.in(store.settings()).findByApiKey(id))
            .filter(k -> !k.isRevoked())
            .filter(k -> k.allows(SparkKey.Way.OAUTH2) && !k.role().isConsumer());
    if (key.isEmpty()) {
      return new Looked.Wrong(note(request, 400, "client"));
    }
    var redirect = first(parameters, redirectUri).filter(key.get().redirectUris()::contains);
    if (redirect.isEmpty()) {
      return new Looked.Wrong(note(request, 400, "return"));
    }
    var state = first(parameters, "state").orElse("");
    if (state.length() > MAX_STATE) {
      return new Looked.Wrong(note(request, 400, "long", "state"));
    }
    var scope = way == Way.OPENID ? OpenId.known(first(parameters, "scope").orElse("")) : "";
    var nonce = first(parameters, "nonce").orElse("");
    var challenge = first(parameters, "code_challenge").orElse("");
    if (nonce.length() > MAX_NONCE) {
      return new Looked.Wrong(note(request, 400, "long", "nonce"));
    }
    return new Looked.Fine(
        new Asked(
            way,
            key.get(),
            redirect.get(),
            state,
            new SparkGrants.Wish(scope, scope.isEmpty() ? "" : nonce, challenge)));
  }

  /// What is wrong with the rest of a question, in OAuth's words; empty when nothing is. The client
  /// is told, as it is known where to.
  private static Optional<String> objection(Asked asked, Map<String, List<String>> parameters) {
    if (asked.way() == Way.HYBRID) {
      return first(parameters, "openid.mode").filter("checkid_setup"::equals).isPresent()
              && first(parameters, "openid.spark.combined_flow").filter("true"::equals).isPresent()
          ? Optional.empty()
          : Optional.of("unsupported_response_type");
    }
    if (first(parameters, "response_type").filter("code"::equals).isEmpty()) {
      return Optional.of("unsupported_response_type");
    }
    var method = first(parameters, "code_challenge_method");
    var challenge = asked.wish().challenge();
    if (parameters.containsKey("code_challenge") || method.isPresent()) {
      // `plain`, which is what no method means, protects nobody.
      if (method.filter("S256"::equals).isEmpty() || !challenge.matches(CHALLENGE)) {
        return Optional.of("invalid_request");
      }
    }
    if (asked.way() == Way.OPENID) {
      for (var unsupported : OpenId.UNSUPPORTED.entrySet()) {
        if (parameters.containsKey(unsupported.getKey())) {
          return Optional.of(unsupported.getValue());
        }
      }
      if (asked.wish().scope().isEmpty()) {
        return Optional.of("invalid_scope");
      }
      if (first(parameters, "prompt").filter("none"::equals).isPresent()) {
        return Optional.of("login_required");
      }
      if (first(parameters, "response_mode").filter(m -> !m.equals("query")).isPresent()) {
        return Optional.of("invalid_request");
      }
    }
    return Optional.empty();
  }

  static Optional<String> first(Map<String, List<String>> parameters, String name) {
    var values = parameters.get(name);
    return values == null || values.size() != 1 ? Optional.empty() : Optional.of(values.getFirst());
  }

  private Reply show(Request request, Map<String, List<String>> parameters, Way way) {
    return switch (look(request, way, parameters, way.clientId(), way.redirectUri())) {
      case Looked.Wrong(var page) -> page;
      case Looked.Fine(var asked) ->
          objection(asked, parameters)
              .<Reply>map(error -> back(asked, "error", error))
              .orElseGet(() -> form(request, asked, "", ""));
    };
  }

  private static Map<String, List<String>> form(Request request) throws BodyException, IOException {
    return Forms.decoded(
        Forms.pairs(new String(request.body(MAX_BODY, PATIENCE), StandardCharsets.UTF_8)));
  }

  private Reply decide(Request request) throws BodyException, IOException {
    var form = form(request);
    var way = Way.of(first(form, "way").orElse(""));
    return switch (look(request, way, form, "client_id", "redirect_uri")) {
      case Looked.Wrong(var page) -> page;
      case Looked.Fine(var asked) -> decide(request, form, asked);
    };
  }

  private Reply decide(Request request, Map<String, List<String>> form, Asked asked) {
    if (!isOurForm(request, form)) {
      return form(request, asked, "", wording(request).text("form.old"));
    }
    if (!asked.wish().challenge().isEmpty() && !asked.wish().challenge().matches(CHALLENGE)) {
      return back(asked, "error", "invalid_request");
    }
    if (first(form, "answer").filter("deny"::equals).isPresent()) {
      return back(asked, "error", "access_denied");
    }
    var name = first(form, "username").orElse("");
    if (!mayTry(request, name)) {
      return form(request, asked, name, wording(request).text("form.tries"));
    }
    var person =
        logins
            .find(asked.key(), name, first(form, "password").orElse(""))
            .filter(p -> p.contact() == null);
    if (person.isEmpty()) {
      LOG.info(
          "A wrong name or password at the consent page from {}", request.peer().getHostAddress());
      return form(request, asked, name, wording(request).text("form.wrong"));
    }
    return back(
        asked,
        "code",
        grants.code(asked.key(), person.get().account(), asked.redirectUri(), asked.wish()));
  }

  private boolean mayTry(Request request, String name) {
    return tries.admit(
                "from " + request.peer().getHostAddress(), TRIES_FROM_ONE_ADDRESS, store.now())
            == 0
        && GrantEndpoint.mayTry(tries, name, store);
  }

  /// Whether the form is the one that this browser was shown.
  static boolean isOurForm(Request request, Map<String, List<String>> form) {
    var site = request.header("Sec-Fetch-Site").orElse("same-origin");
    var origin = request.header("Origin").orElse(request.baseUrl());
    var token = first(form, "token").orElse("");
    return site.equals("same-origin")
        && (origin.equals(request.baseUrl()) || origin.equals("null"))
        && !token.isEmpty()
        && cookie(request).filter(c -> Tokens.sameText(c, token)).isPresent();
  }

  private static Optional<String> cookie(Request request) {
    return request.headers().stream()
        .filter(h -> h.getKey().equalsIgnoreCase("Cookie"))
        .flatMap(h -> Arrays.stream(h.getValue().split(";")))
        .map(String::strip)
        .filter(c -> c.startsWith(COOKIE + "="))
        .map(c -> c.substring(COOKIE.length() + 1))
        .findFirst();
  }

  private Reply form(Request request, Asked asked, String name, String trouble) {
    var token = Tokens.create("");
    var values = new HashMap<String, @Nullable Object>();
    values.put("client", asked.key().name());
    values.put("clientId", asked.key().apiKey());
    values.put("redirectUri", asked.redirectUri());
    values.put("host", URI.create(asked.redirectUri()).getHost());
    values.put("state", asked.state());
    values.put("way", asked.way().word());
    values.put("scope", asked.wish().scope());
    values.put("nonce", asked.wish().nonce());
    values.put("challenge", asked.wish().challenge());
    values.put("token", token);
    values.put("name", name);
    values.put("trouble", trouble);
    return form(request, "consent.jte", values, PATH, token, asked.redirectUri());
  }

  /// A page with a form, which may lead back to the client's address.
  ///
  /// @param values of the template; `trouble` among them, empty when there is none
  /// @param path below which the form is sent
  /// @param token that the form and the cookie carry
  Reply.Full form(
      Request request,
      String template,
      Map<String, @Nullable Object> values,
      String path,
      String token,
      String redirectUri) {
    var cookie =
        COOKIE + "=" + token + "; Path=" + path + "; HttpOnly; SameSite=Strict; Max-Age=900";
    var t = wording(request);
    values.put("t", t);
    return page(
            t,
            "".equals(values.get("trouble")) ? 200 : 403,
            render(template, values),
            " " + origin(redirectUri))
        .with("Set-Cookie", request.baseUrl().startsWith("https:") ? cookie + "; Secure" : cookie);
  }

  private static String origin(String address) {
    var uri = URI.create(address);
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }

  private static Reply.Full back(Asked asked, String name, String value) {
    if (asked.way() != Way.HYBRID) {
      return back(asked.redirectUri(), asked.state(), name, value);
    }
    var to = asked.redirectUri();
    return back(
        to
            + (to.indexOf('?') < 0 ? '?' : '&')
            + "openid.mode="
            + (name.equals("code") ? "id_res" : "cancel"),
        asked.state(),
        "openid.spark." + name,
        value);
  }

  /// Sends the browser back to the client.
  static Reply.Full back(String redirectUri, String state, String name, String value) {
    var to = new StringBuilder(redirectUri);
    to.append(redirectUri.indexOf('?') < 0 ? '?' : '&');
    to.append(name).append('=').append(encode(value));
    if (!state.isEmpty()) {
      to.append("&state=").append(encode(state));
    }
    return Reply.of(303, "text/plain; charset=utf-8", "Go on.".getBytes(StandardCharsets.UTF_8))
        .with("Location", to.toString())
        .with("Referrer-Policy", "no-referrer")
        .with("Cache-Control", "no-store");
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// The words for whoever sent a request.
  static Wording wording(Request request) {
    return Wording.of(
        "dev.porchlight.door.pages", Language.wished(request.header("Accept-Language").orElse("")));
  }

  /// A page that says one thing.
  ///
  /// @param key of what it says, without its `.title` and `.text`
  Reply.Full note(Request request, int status, String key, Object... values) {
    return said(request, status, key + ".title", key + ".text", values);
  }

  Reply.Full said(Request request, int status, String title, String text, Object... values) {
    var t = wording(request);
    return page(
        t,
        status,
        render("refused.jte", Map.of("t", t, "title", t.text(title), "text", t.text(text, values))),
        "");
  }

  private String render(String template, Map<String, @Nullable Object> values) {
    var out = new StringOutput();
    templates.render(template, values, out);
    return out.toString();
  }

  /// @param targets where a form may lead besides here
  private static Reply.Full page(Wording t, int status, String html, String targets) {
    return Reply.of(status, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8))
        .with(
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
                + targets)
        .with("X-Frame-Options", "DENY")
        .with("Referrer-Policy", "no-referrer")
        .with("Content-Language", t.language())
        .with("Vary", "Accept-Language")
        .with("Cache-Control", "no-store");
  }

  @Override
  public Reply methodNotAllowed(Request request, List<String> allowed) {
    return note(request, 405, "method").with("Allow", String.join(", ", allowed));
  }

  @Override
  public Reply notConfidential(Request request) {
    return note(request, 403, "https");
  }

  @Override
  public Reply onError(Request request, Throwable thrown) {
    return switch (thrown) {
      case BodyException e -> note(request, e.why().status(), "whole");
      case BusyException _ -> note(request, 503, "busy").with("Retry-After", "1");
      case StoreUnavailableException _ -> note(request, 503, "busy").with("Retry-After", "5");
      default -> {
        LOG.error("Request {} failed", request.id(), thrown);
        yield note(request, 500, "defect", request.id());
      }
    };
  }
}
