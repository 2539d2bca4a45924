package dev.porchlight.http;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/// Where a request came from, and under which address its sender reached us. The `X-Forwarded-*`
/// headers count only when the socket's peer is a trusted proxy; `Forwarded` is not read.
record Origin(InetAddress peer, boolean confidential, boolean encrypted, String baseUrl) {
  private static final Pattern AUTHORITY =
      Pattern.compile(
          "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251})|\\[[0-9A-Fa-f:.]{2,45}])(:\\d{1,5})?");
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");
  private static final Pattern IPV4_WITH_PORT =
      Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}:\\d{1,5}");
  private static final int MAX_HOPS = 32;

  /// @param socket the peer of the socket
  /// @param tls whether the socket itself is secured
  /// @param bound the address we listen on, for a request that names no usable one
  static Origin of(
      InetAddress socket,
      boolean tls,
      HttpFields headers,
      Predicate<InetAddress> trusted,
      String bound) {
    if (!trusted.test(socket)) {
      return new Origin(
          socket,
          tls || socket.isLoopbackAddress(),
          tls,
          (tls ? "https://" : "http://") + authority(headers.get("Host"), bound));
    }
    var protocols = list(headers, "X-Forwarded-Proto");
    var https = protocols.isEmpty() ? tls : protocols.stream().allMatch("https"::equalsIgnoreCase);
    var forwardedHost = last(list(headers, "X-Forwarded-Host"));
    var host = authority(forwardedHost, authority(headers.get("Host"), bound));
    return new Origin(
        farthest(socket, list(headers, "X-Forwarded-For"), trusted),
        protocols.isEmpty() || https,
        protocols.isEmpty() || https,
        (https ? "https://" : "http://") + host);
  }

  /// The last hop that no trusted proxy vouches for; reading ends at one that is no address.
  private static InetAddress farthest(
      InetAddress socket, List<String> hops, Predicate<InetAddress> trusted) {
    var farthest = socket;
    for (var i = hops.size() - 1; i >= Math.max(0, hops.size() - MAX_HOPS); i--) {
      var hop = address(hops.get(i));
      if (hop == null) {
        return farthest;
      }
      farthest = hop;
      if (!trusted.test(hop)) {
        return hop;
      }
    }
    return farthest;
  }

  /// An address as proxies write it, with or without brackets and port; never looked up.
  private static @Nullable InetAddress address(String text) {
    var literal = text.strip();
    if (literal.startsWith("[")) {
      var end = literal.indexOf(']');
      literal = end < 0 ? "" : literal.substring(1, end);
    } else if (IPV4_WITH_PORT.matcher(literal).matches()) {
      literal = literal.substring(0, literal.indexOf(':'));
    }
    if (literal.contains("%") || !literal.contains(":") && !IPV4.matcher(literal).matches()) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  private static String authority(@Nullable String text, String otherwise) {
    if (text == null) {
      return otherwise;
    }
    var matcher = AUTHORITY.matcher(text);
    if (!matcher.matches()) {
      return otherwise;
    }
    var port = matcher.group(1);
    return port == null || portFits(port) ? text : otherwise;
  }

  private static boolean portFits(String port) {
    var number = Integer.parseInt(port.substring(1));
    return number > 0 && number < 65536;
  }

  /// The elements of a list header. A quote is a character like any other: no honest value has one.
  private static List<String> list(HttpFields headers, String name) {
    if (!headers.contains(name)) {
      return List.of();
    }
    return headers.getValuesList(name).stream()
        .flatMap(value -> Arrays.stream(value.split(",")))
        .map(String::strip)
        .filter(element -> !element.isEmpty())
        .toList();
  }

  private static @Nullable String last(List<String> values) {
    return values.isEmpty() ? null : values.getLast();
  }
}
