package dev.porchlight.net;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A request to send.
///
/// @param method `POST` or `GET`
/// @param url as configured; one that can't be used gives [Exchange.Refused]
/// @param headers in order; not `Host`, `Content-Length` or any other that belongs to the
///   connection
/// @param body sent as it is; empty for `GET`
public record OutgoingRequest(
    String method, String url, List<Map.Entry<String, String>> headers, byte[] body) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern CONNECTIONS_OWN =
      Pattern.compile(
          "(?i)host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect"
              + "|proxy-.*");

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
      if (!NAME.matcher(header.getKey()).matches()
          || CONNECTIONS_OWN.matcher(header.getKey()).matches()) {
        throw new IllegalArgumentException("not a header to set: " + header.getKey());
      }
      if (header.getValue().chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 127 || c > 255)) {
        throw new IllegalArgumentException("not a value for a header: " + header.getKey());
      }
    }
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
