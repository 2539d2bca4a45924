package dev.porchlight.console;

import dev.porchlight.access.ConsoleRole;
import dev.porchlight.access.ConsoleSessions;
import dev.porchlight.account.Nodes;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Store;
import dev.porchlight.web.Request;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// Tells who is signed in, and whether a form comes from one of our own pages.
final class Doorkeeper {
  /// The field by which a form shows that it is ours.
  static final String CSRF = "csrf";

  /// The header that does the same for requests that a script makes.
  static final String CSRF_HEADER = "X-CSRF-Token";

  private static final String SESSION = "porchlight";
  private static final String FORM = "porchlight_form";

  private final Store store;
  private final ConsoleSessions sessions;

  Doorkeeper(Store store, ConsoleSessions sessions) {
    this.store = store;
    this.sessions = sessions;
  }

  /// Who is signed in; empty when nobody is.
  Optional<Visit.Guest> find(Request request) {
    return Cookies.find(request, SESSION).flatMap(sessions::find).flatMap(this::guest);
  }

  /// The same guest as they stand now; empty when they were signed out meanwhile.
  Optional<Visit.Guest> again(Visit.Guest guest) {
    return sessions.stands(guest.session()) ? guest(guest.session()) : Optional.empty();
  }

  private Optional<Visit.Guest> guest(ConsoleSessions.Session session) {
    var settings = store.settings();
    return ConsoleRole.find(settings, session.memberId())
        .map(role ->
            new Visit.Guest(
                Nodes.in(settings).get(session.memberId()),
                role,
                role.principal(settings),
                session));
  }

  /// Signs a member in who proved who they are, and ends what the browser was signed in with.
  ///
  /// @return the cookie
  String signIn(Request request, String member) {
    Cookies.find(request, SESSION).flatMap(sessions::find).ifPresent(sessions::end);
    var token =
        sessions.start(
            member, request.header("User-Agent").orElse(""), request.peer().getHostAddress());
    return Cookies.set(request, SESSION, token, ConsoleSessions.LIFE);
  }

  /// The cookie that takes the session's away.
  static String signedOut(Request request) {
    return Cookies.set(request, SESSION, "", Duration.ZERO);
  }

  /// What each form of a page has to send with it.
  static String csrf(Request request) {
    return csrf(Cookies.find(request, SESSION).orElse(""));
  }

  private static String csrf(String secret) {
    return Tokens.hash("form " + secret);
  }

  /// A chance text that a page before signing in puts into a cookie.
  static String formCookie(Request request, String secret) {
    return Cookies.set(request, FORM, secret, Duration.ofHours(12));
  }

  /// That of the browser, or a new one.
  static String formSecret(Request request) {
    return Cookies.find(request, FORM)
        .filter(s -> s.matches("[0-9A-Za-z]{32}"))
        .orElseGet(() -> Tokens.create(""));
  }

  static String formToken(String secret) {
    return csrf(secret);
  }

  /// Whether a form of somebody who is signed in comes from one of our pages.
  static boolean isOurs(Request request, Form form) {
    var sent = request.header(CSRF_HEADER).orElseGet(() -> form.text(CSRF));
    return isFromHere(request) && Tokens.sameText(sent, csrf(request));
  }

  /// Whether a form of somebody who is not signed in does.
  static boolean isOursBefore(Request request, Form form) {
    return isFromHere(request)
        && Cookies.find(request, FORM)
            .filter(s -> Tokens.sameText(form.text(CSRF), csrf(s)))
            .isPresent();
  }

  /// What the browser says of where a request comes from. The scheme is not compared: a proxy may
  /// not tell us that its client spoke HTTPS.
  private static boolean isFromHere(Request request) {
    var site = request.header("Sec-Fetch-Site");
    if (site.isPresent() && !site.get().equals("same-origin") && !site.get().equals("none")) {
      return false;
    }
    var origin = request.header("Origin");
    return origin.isEmpty()
        || origin.get().matches("https?://[^/]+")
            && authority(origin.get()).equalsIgnoreCase(authority(request.baseUrl()));
  }

  private static String authority(String url) {
    try {
      return String.valueOf(URI.create(url).getRawAuthority());
    } catch (IllegalArgumentException _) {
      return "";
    }
  }
}
