package dev.porchlight.web;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One HTTP request, as a handler sees it. For use by the one thread that handles it.
public interface Request {
  /// The method in capitals.
  String method();

  /// The path as received, still escaped, without the query.
  String path();

  /// The value of `{name}` in the route's template, percent-decoded.
  String pathVariable(String name);

  /// The query as received, still encoded, without its `?`; empty when there is none.
  String rawQuery();

  /// The query, decoded as a form: `+` and `%20` are a blank. Values in the order sent.
  Map<String, List<String>> query();

  default Optional<String> queryValue(String name) {
    var values = query().get(name);
    return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  /// Headers that say who asks, or for which request: of these only one line may stand.
  Set<String> DECIDING = Set.of("authorization", "idempotency-key", "last-event-id", "x-api-key");

  /// The first header of that name, in any letter case.
  ///
  /// @throws RepeatedHeaderException for one of [#DECIDING] in several lines
  Optional<String> header(String name);

  /// A header that is a list: the values of all its lines in the order received, joined by commas.
  /// Empty when there is none.
  default Optional<String> list(String name) {
    var lines =
        headers().stream()
            .filter(h -> h.getKey().equalsIgnoreCase(name))
            .map(Map.Entry::getValue)
            .toList();
    return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", lines));
  }

  /// All headers in the order received, names as sent.
  List<Map.Entry<String, String>> headers();

  /// Reads the whole body.
  ///
  /// @throws BodyException when it is larger than `limit` bytes (413), was not there within
  ///   `patience` (408), or broke off
  byte[] body(int limit, Duration patience) throws BodyException, IOException;

  /// Who is at the other end of the socket.
  InetAddress peer();

  /// True when the request came over TLS to us, from loopback, or from a trusted proxy that says
  /// so.
  boolean isConfidential();

  /// As [#isConfidential], but loopback does not count: true when the request came over TLS to us,
  /// or from a trusted proxy unless it says that its client spoke plain HTTP.
  boolean isEncrypted();

  /// The scheme and authority that the client used, for links: `http://127.0.0.1:8080`.
  String baseUrl();

  /// Identifies this request in the log and in replies to errors.
  String id();
}
