package dev.porchlight.delivery;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sends a sample to an endpoint.
@FunctionalInterface
public interface EndpointTest {
  /// What went out and came back.
  ///
  /// @param headers as sent, the API key's value left out
  /// @param shown the body as whoever gets it reads it, where that is not how it is sent; else
  ///   empty
  /// @param error why nothing was answered, or nothing could be written; empty else
  record Exchange(
      String url,
      Map<String, String> headers,
      byte[] body,
      String shown,
      boolean delivered,
      @Nullable Integer status,
      String error,
      byte[] answer,
      Duration duration) {}

  Exchange run(Endpoint endpoint);
}
