package dev.porchlight.delivery;

import java.util.Locale;
import java.util.Objects;

/// How a receiver wants to be shown that it is us, beside signatures. The secret that belongs to it
/// is kept sealed, elsewhere.
///
/// @param user the user of *basic*, the client of *oauth2*; else empty
/// @param tokenUrl where *oauth2* gets tokens; else empty
/// @param scope what *oauth2* asks for; may be empty
public record Authorization(Kind kind, String user, String tokenUrl, String scope) {
  /// In which way.
  public enum Kind {
    BASIC,
    BEARER,
    /// Client credentials: a token from their token endpoint, kept until it ends.
    OAUTH2;

    /// The word in the API.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Authorization {
    user = Objects.requireNonNullElse(user, "");
    tokenUrl = Objects.requireNonNullElse(tokenUrl, "");
    scope = Objects.requireNonNullElse(scope, "");
  }
}
