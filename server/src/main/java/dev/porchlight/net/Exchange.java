package dev.porchlight.net;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What came of sending a request once.
public sealed interface Exchange {
  /// From the call to its end.
  Duration duration();

  /// The other side answered, whatever its status.
  ///
  /// @param headers the first 32, each value cut at 1024 characters
  /// @param head the first bytes of the body, at most 64 KiB unless the caller asked for more,
  ///   still encoded as sent
  /// @param cut true when there was more, which was not read
  record Answered(
      int status,
      List<Map.Entry<String, String>> headers,
      byte[] head,
      boolean cut,
      Duration duration)
      implements Exchange {
    public Answered {
      headers = List.copyOf(headers);
    }

    /// The first header of that name, in any letter case.
    public Optional<String> header(String name) {
      return headers.stream()
          .filter(h -> h.getKey().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)))
          .map(Map.Entry::getValue)
          .findFirst();
    }
  }

  /// The guard did not let it go. No socket was opened.
  ///
  /// @param reason a sentence for whoever named the address
  record Refused(String reason, Duration duration) implements Exchange {}

  /// No whole answer came. The other side may have got the request all the same, unless the kind is
  /// `DNS`, `CONNECT` or `TLS`.
  ///
  /// @param reason a sentence for whoever runs the endpoint
  record Failed(Kind kind, String reason, Duration duration) implements Exchange {}

  /// Where it failed.
  enum Kind {
    /// The name has no address, or could not be looked up.
    DNS,
    /// No address took the connection.
    CONNECT,
    /// The handshake failed, the certificate above all.
    TLS,
    /// The deadline passed, wherever the exchange was.
    TIMEOUT,
    /// The connection broke, or what came was not HTTP.
    BROKEN;

    /// Whether the other side may have got the request, or some of it.
    public boolean mayHaveSent() {
      return switch (this) {
        case DNS, CONNECT, TLS -> false;
        case TIMEOUT, BROKEN -> true;
      };
    }
  }
}
