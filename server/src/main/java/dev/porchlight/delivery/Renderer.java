package dev.porchlight.delivery;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes the body of a delivery in its endpoint's contract. What it does is a function of what is
/// stored: each attempt may render anew.
@FunctionalInterface
public interface Renderer {
  /// What came of it.
  sealed interface Rendered {
    /// Ready to be sent.
    ///
    /// @param channel what to put behind the URL where the endpoint wants that; may be empty
    /// @param contractSigns whether the contract sends `X-Signature` when nobody says otherwise
    /// @param losses a JSON list of field and reason
    /// @param headers what goes before the body because of what it is, by name
    record Ready(
        byte[] body,
        String contentType,
        String channel,
        boolean contractSigns,
        String losses,
        Map<String, String> headers)
        implements Rendered {
      public Ready {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
      }

      /// The same behind those headers.
      public Ready with(Map<String, String> others) {
        return new Ready(body, contentType, channel, contractSigns, losses, others);
      }
    }

    /// It can't be written in this format, for that reason.
    record CannotWrite(String reason) implements Rendered {}
  }

  Rendered render(Delivery delivery, Endpoint endpoint, EndpointSecrets secrets);

  /// Is told what is going to be asked for next, so that it may read it all at once.
  default void readAhead(List<Delivery> deliveries) {}
}
