package dev.porchlight.delivery;

import dev.porchlight.net.ReceiverTls;
import dev.porchlight.sign.StandardWebhooks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What we need to know of an endpoint to speak to it.
///
/// @param signing the signing secrets in force, as shown (`whsec_…`), the current one first
/// @param apiKey their API key, when they gave us one
/// @param authorization the secret of [Terms#authorization], when there is one
/// @param tls what TLS is like with it, where that is of its own
public record EndpointSecrets(
    List<String> signing,
    @Nullable String apiKey,
    @Nullable String authorization,
    @Nullable ReceiverTls tls) {
  public EndpointSecrets {
    signing = List.copyOf(signing);
  }

  /// The signing secrets that receivers have too.
  public List<String> shared() {
    return signing.stream().filter(StandardWebhooks::isShared).toList();
  }
}
