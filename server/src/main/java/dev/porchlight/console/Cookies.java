package dev.porchlight.console;

import dev.porchlight.web.Request;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Cookies of pages: never to be read by scripts, sent by our own pages and by links to them, and
/// over TLS alone, but for plain HTTP on loopback. Over TLS their names have the prefix `__Host-`,
/// so that no other host of the domain can set them.
public final class Cookies {
  private static final String HOST = "__Host-";

  private Cookies() {}

  /// The values of all cookies of that very name, in the order sent.
  public static List<String> list(Request request, String name) {
    return request.headers().stream()
        .filter(h -> h.getKey().equalsIgnoreCase("Cookie"))
        .flatMap(h -> Arrays.stream(h.getValue().split(";", -1)))
        .map(String::strip)
        .filter(c -> c.startsWith(name + "="))
        .map(c -> c.substring(name.length() + 1))
        .toList();
  }

  /// Whether a browser reaches us by plain HTTP on its own machine.
  public static boolean isPlainLoopback(Request request) {
    if (!request.baseUrl().startsWith("http://")) {
      return false;
    }
    var host = URI.create(request.baseUrl()).getHost();
    return host != null
        && (host.equalsIgnoreCase("localhost")
            || host.equals("[::1]")
            || host.matches("127(\\.[0-9]{1,3}){3}"));
  }

  /// The value of one that [#set] set.
  static Optional<String> find(Request request, String name) {
    return list(request, full(request, name)).stream().findFirst();
  }

  /// The header that sets one for all pages.
  ///
  /// @param life zero takes it away
  static String set(Request request, String name, String value, Duration life) {
    return full(request, name)
        + "="
        + value
        + "; Path=/; Max-Age="
        + life.toSeconds()
        + "; HttpOnly; SameSite=Lax"
        + (isPlainLoopback(request) ? "" : "; Secure");
  }

  private static String full(Request request, String name) {
    return isPlainLoopback(request) ? name : HOST + name;
  }
}
