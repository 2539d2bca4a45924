package dev.porchlight.door.spark;

import dev.porchlight.access.RateLimits;
import dev.porchlight.access.SparkGrants;
import dev.porchlight.access.SparkKey;
import dev.porchlight.access.SparkKeys;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
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
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/oauth2`: the page on which an agent lets a client act for them.
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
        new Route("GET", PATH, this::show, this), new Route("POST", PATH, this::decide, this));
  }

  /// A request that is in order so far.
  private record Asked(SparkKey key, String redirectUri, String state) {}

  /// What is asked, or the page that says what is wrong with it.
  private sealed interface Looked {
    record Fine(Asked asked) implements Looked {}

    record Wrong(Reply.Full page) implements Looked {}
  }

  /// The page for a request that came in clear where that is not taken.
  Optional<Reply.Full> objectionToClear(Request request) {
    return insecure || request.isEncrypted()
        ? Optional.empty()
        : Optional.of(note(403, "Use HTTPS", "This page is shown over HTTPS only."));
  }

  private Looked look(Request request, Map<String, List<String>> parameters) {
    var clear = objectionToClear(request);
    if (clear.isPresent()) {
      return new Looked.Wrong(clear.get());
    }
    var key =
        first(parameters, "client_id")
            .flatMap(id -> SparkKeys.in(store.settings()).findByApiKey(id))
            .filter(k -> !k.isRevoked())
            .filter(k -> k.allows(SparkKey.Way.OAUTH2) && !k.role().isConsumer());
    if (key.isEmpty()) {
      return new Looked.Wrong(
          note(
              400,
              "Unknown application",
              "The link that brought you here names no application that may ask for this."));
    }
    var redirect = first(parameters, "redirect_uri").filter(key.get().redirectUris()::contains);
    if (redirect.isEmpty()) {
      return new Looked.Wrong(
          note(
              400,
              "Unknown return address",
              "The link that brought you here would send you back to an address that is not on"
                  + " record for this application."));
    }
    var state = first(parameters, "state").orElse("");
    if (state.length() > MAX_STATE) {
      return new Looked.Wrong(note(400, "Too long", "The parameter `state` is too long."));
    }
    return new Looked.Fine(new Asked(key.get(), redirect.get(), state));
  }

  static Optional<String> first(Map<String, List<String>> parameters, String name) {
    var values = parameters.get(name);
    return values == null || values.size() != 1 ? Optional.empty() : Optional.of(values.getFirst());
  }

  private Reply show(Request request) {
    return switch (look(request, request.query())) {
      case Looked.Wrong(var page) -> page;
      case Looked.Fine(var asked) ->
          request.queryValue("response_type").filter("code"::equals).isPresent()
              ? form(request, asked, "", "")
              : back(asked, "error", "unsupported_response_type");
    };
  }

  private Reply decide(Request request) throws BodyException, IOException {
    var form =
        Forms.decoded(
            Forms.pairs(new String(request.body(MAX_BODY, PATIENCE), StandardCharsets.UTF_8)));
    return switch (look(request, form)) {
      case Looked.Wrong(var page) -> page;
      case Looked.Fine(var asked) -> decide(request, form, asked);
    };
  }

  private Reply decide(Request request, Map<String, List<String>> form, Asked asked) {
    if (!isOurForm(request, form)) {
      return form(request, asked, "", "The form had grown old. Please try once more.");
    }
    if (first(form, "answer").filter("deny"::equals).isPresent()) {
      return back(asked, "error", "access_denied");
    }
    var name = first(form, "username").orElse("");
    if (!mayTry(request, name)) {
      return form(request, asked, name, "Too many tries. Please wait five minutes.");
    }
    var person =
        logins
            .find(asked.key(), name, first(form, "password").orElse(""))
            .filter(p -> p.contact() == null);
    if (person.isEmpty()) {
      LOG.info(
          "A wrong name or password at the consent page from {}", request.peer().getHostAddress());
      return form(request, asked, name, "The name or the password is wrong.");
    }
    return back(
        asked, "code", grants.code(asked.key(), person.get().account(), asked.redirectUri()));
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
    return page(
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
    return back(asked.redirectUri(), asked.state(), name, value);
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

  Reply.Full note(int status, String title, String text) {
    return page(status, render("refused.jte", Map.of("title", title, "text", text)), "");
  }

  private String render(String template, Map<String, @Nullable Object> values) {
    var out = new StringOutput();
    templates.render(template, values, out);
    return out.toString();
  }

  /// @param targets where a form may lead besides here
  private static Reply.Full page(int status, String html, String targets) {
    return Reply.of(status, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8))
        .with(
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
                + targets)
        .with("X-Frame-Options", "DENY")
        .with("Referrer-Policy", "no-referrer")
        .with("Cache-Control", "no-store");
  }

  @Override
  public Reply methodNotAllowed(Request request, List<String> allowed) {
    return note(405, "Not like this", "This page is for a browser.")
        .with("Allow", String.join(", ", allowed));
  }

  @Override
  public Reply notConfidential(Request request) {
    return note(403, "Use HTTPS", "This page is shown over HTTPS only.");
  }

  @Override
  public Reply onError(Request request, Throwable thrown) {
    return switch (thrown) {
      case BodyException e -> note(e.why().status(), "Not taken", "The form did not come whole.");
      case BusyException _ ->
          note(503, "Busy", "Please try again in a moment.").with("Retry-After", "1");
      case StoreUnavailableException _ ->
          note(503, "Busy", "Please try again in a moment.").with("Retry-After", "5");
      default -> {
        LOG.error("Request {} failed", request.id(), thrown);
        yield note(500, "Something is wrong on our side", "Quote this request: " + request.id());
      }
    };
  }
}
