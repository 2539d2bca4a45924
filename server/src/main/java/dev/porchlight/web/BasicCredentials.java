package dev.porchlight.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// How a client of OAuth proves itself in the header `Authorization`: name and secret, each encoded
/// as in a form before they are joined (RFC 6749, 2.3.1).
public record BasicCredentials(String name, String secret) {
  private static final String SCHEME = "Basic ";

  /// Whether a header is of this scheme.
  public static boolean isMeant(String header) {
    return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  /// What a header says; empty when it can't be read.
  public static Optional<BasicCredentials> parse(String header) {
    if (!isMeant(header)) {
      return Optional.empty();
    }
    try {
      var both = Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
      var text = new String(both, StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return colon < 1
          ? Optional.empty()
          : Optional.of(
              new BasicCredentials(
                  URLDecoder.decode(text.substring(0, colon), StandardCharsets.UTF_8),
                  URLDecoder.decode(text.substring(colon + 1), StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Names no secret.
  @Override
  public String toString() {
    return "BasicCredentials[name=" + name + "]";
  }
}
