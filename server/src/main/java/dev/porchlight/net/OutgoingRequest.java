package dev.porchlight.net;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// A request to send.
///
/// @param method `POST` or `GET`
/// @param url as configured; one that can't be used gives [Exchange.Refused]
/// @param headers in order; not `Host`, `Content-Length` or any other that belongs to the
///   connection
/// @param body sent as it is; empty for `GET`
public record OutgoingRequest(
    String method, String url, List<Map.Entry<String, String>> headers, byte[] body) {
  private static final String TOKEN = "!#$%&'*+.^_`|~-";
  private static final Set<String> CONNECTIONS_OWN =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "te",
          "trailer",
          "upgrade",
          "expect");

  /// @throws IllegalArgumentException for another method, or headers that would change the
  ///   message's shape
  public OutgoingRequest {
    headers = List.copyOf(headers);
    if (!method.equals("POST") && !method.equals("GET")) {
      throw new IllegalArgumentException("not a method we send: " + method);
    }
    if (method.equals("GET") && body.length > 0) {
      throw new IllegalArgumentException("a GET has no body");
    }
    for (var header : headers) {
      if (!isOurs(header.getKey())) {
        throw new IllegalArgumentException("not a header to set: " + header.getKey());
      }
      if (!isValue(header.getValue())) {
        throw new IllegalArgumentException("not a value for a header: " + header.getKey());
      }
    }
  }

  /// Whether that is a header's name, and of one that does not belong to the connection.
  private static boolean isOurs(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!(c >= 'a' && c <= 'z')
          && !(c >= 'A' && c <= 'Z')
          && !(c >= '0' && c <= '9')
          && TOKEN.indexOf(c) < 0) {
        return false;
      }
    }
    var lower = name.toLowerCase(Locale.ROOT);
    return !name.isEmpty() && !CONNECTIONS_OWN.contains(lower) && !lower.startsWith("proxy-");
  }

  private static boolean isValue(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' && c != '\t' || c == 127 || c > 255) {
        return false;
      }
    }
    return true;
  }

  /// A POST.
  public static OutgoingRequest post(
      String url, List<Map.Entry<String, String>> headers, byte[] body) {
    return new OutgoingRequest("POST", url, headers, body);
  }

  /// A GET.
  public static OutgoingRequest get(String url, List<Map.Entry<String, String>> headers) {
    return new OutgoingRequest("GET", url, headers, new byte[0]);
  }
}
