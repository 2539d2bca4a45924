package dev.porchlight;

import dev.porchlight.access.Secrets;
import dev.porchlight.delivery.EndpointSecrets;
import dev.porchlight.net.ReceiverTls;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.value.Json;
import org.jspecify.annotations.Nullable;

/// What is kept sealed of receivers: what their deliveries are signed with and sent with.
final class ReceiverSecrets {
  private final Secrets secrets;

  ReceiverSecrets(Secrets secrets) {
    this.secrets = secrets;
  }

  EndpointSecrets of(String endpoint) {
    var owner = "endpoint " + endpoint;
    return new EndpointSecrets(
        secrets.list(owner).stream()
            .filter(s -> s.id().startsWith("signing "))
            .map(Secrets.Open::text)
            // The newest; those beyond have been replaced as many times.
            .limit(StandardWebhooks.MAX_KEYS)
            .toList(),
        secrets.find(owner, "api_key").orElse(null),
        secrets.find(owner, "authorization").orElse(null),
        tlsOf(owner));
  }

  private @Nullable ReceiverTls tlsOf(String owner) {
    var identity = secrets.find(owner, "tls_identity").map(Json::tree);
    var authorities = secrets.find(owner, "tls_authorities");
    return identity.isEmpty() && authorities.isEmpty()
        ? null
        : new ReceiverTls(
            owner,
            identity.map(i -> i.path("certificate").asString()).orElse(""),
            identity.map(i -> i.path("key").asString()).orElse(""),
            authorities.orElse(""));
  }
}
