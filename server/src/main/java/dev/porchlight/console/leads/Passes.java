package dev.porchlight.console.leads;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Permission;
import dev.porchlight.access.Principals;
import dev.porchlight.account.Scope;
import dev.porchlight.console.Cookies;
import dev.porchlight.web.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// Tells who may see the page of a lead: whoever has a link to it, as a cookie once it was
/// followed, or a token of our API.
final class Passes {
  private static final String COOKIE = "porchlight_lead";
  private static final String BEARER = "bearer ";

  private final Credentials credentials;
  private final Principals principals;

  Passes(Credentials credentials, Principals principals) {
    this.credentials = credentials;
    this.principals = principals;
  }

  /// The link that a token opens; empty when it opens nothing, or another lead.
  Optional<Credential> link(String token, String lead) {
    return credentials.find(Credential.Kind.LINK, token).filter(c -> c.owner().equals(lead));
  }

  /// What a request with that lead's page as its aim may see. A link shows its lead and what hangs
  /// on it; a token that is good for the feed of one endpoint shows nothing.
  Optional<Scope> find(Request request, String lead) {
    var bearer =
        request
            .header("Authorization")
            .filter(h -> h.toLowerCase(Locale.ROOT).startsWith(BEARER))
            .map(h -> h.substring(BEARER.length()).strip());
    if (bearer.isPresent()) {
      return principals
          .find(bearer.get())
          .filter(p -> p.permission().includes(Permission.READ) && p.endpoint() == null)
          .map(p -> p.scope());
    }
    return Cookies.list(request, COOKIE).stream()
        .flatMap(token -> link(token, lead).stream())
        .findFirst()
        .map(_ -> Scope.EVERYTHING);
  }

  /// The cookie that stands for a link: for that lead's page alone, as long as the link lives. Lax,
  /// since the first visit comes from a mail or a chat, and a strict cookie would not be sent with
  /// the request that follows the redirect.
  static String cookie(Request request, String token, Credential link, Instant now) {
    var cookie =
        new StringBuilder(COOKIE)
            .append('=')
            .append(token)
            .append("; Path=/leads/")
            .append(link.owner());
    if (link.expiresAt() != null) {
      cookie
          .append("; Max-Age=")
          .append(Math.max(0, Duration.between(now, link.expiresAt()).toSeconds()));
    }
    cookie.append("; HttpOnly; SameSite=Lax");
    if (!Cookies.isPlainLoopback(request)) {
      cookie.append("; Secure");
    }
    return cookie.toString();
  }
}
