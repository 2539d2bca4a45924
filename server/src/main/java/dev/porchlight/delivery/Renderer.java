package dev.porchlight.delivery;

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
    record Ready(
        byte[] body, String contentType, String channel, boolean contractSigns, String losses)
        implements Rendered {}

    /// It can't be written in this format, for that reason.
    record CannotWrite(String reason) implements Rendered {}
  }

  Rendered render(Delivery delivery, Endpoint endpoint, EndpointSecrets secrets);
}
