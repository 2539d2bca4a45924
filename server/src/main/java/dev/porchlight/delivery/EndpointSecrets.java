package dev.porchlight.delivery;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What we need to know of an endpoint to speak to it.
///
/// @param signing the signing secrets in force, as shown (`whsec_…`), the current one first
/// @param apiKey their API key, when they gave us one
public record EndpointSecrets(List<String> signing, @Nullable String apiKey) {
  public EndpointSecrets {
    signing = List.copyOf(signing);
  }
}
