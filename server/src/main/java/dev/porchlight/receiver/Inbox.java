package dev.porchlight.receiver;

import dev.porchlight.net.AddressGuard;
import dev.porchlight.net.Cidr;
import dev.porchlight.net.Exchange;
import dev.porchlight.net.OutgoingClient;
import dev.porchlight.net.OutgoingRequest;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.sign.XSignature;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a receiver takes events, called as a hub calls it. Any address may be dialled: whoever
/// names it sits at this machine.
public final class Inbox implements AutoCloseable {
  private final String url;
  private final @Nullable String secret;
  private final @Nullable String apiKey;
  private final String agent;
  private final OutgoingClient client =
      new OutgoingClient(new AddressGuard(Cidr.parseList("0.0.0.0/0,::/0")), null);

  /// @param secret `whsec_…`; null to sign nothing
  /// @param apiKey their key, sent as `X-API-Key`; null for none
  /// @param agent the `User-Agent`
  /// @throws IllegalArgumentException when the secret is none
  public Inbox(String url, @Nullable String secret, @Nullable String apiKey, String agent) {
    this.url = url;
    this.secret = secret;
    this.apiKey = apiKey;
    this.agent = agent;
    if (secret != null) {
      StandardWebhooks.parseKey(secret);
    }
  }

  /// Whether it is known what signs.
  boolean signs() {
    return secret != null;
  }

  /// The headers of a sample, signed at that time.
  ///
  /// @param with what signs; null for no signature
  public Map<String, String> headers(Sample sample, Instant at, @Nullable String with) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("User-Agent", agent);
    headers.put("Content-Type", sample.contentType());
    if (apiKey != null) {
      headers.put("X-API-Key", apiKey);
    }
    if (with != null) {
      headers.putAll(
          StandardWebhooks.headers(
              sample.eventId(), at, sample.body(), List.of(StandardWebhooks.parseKey(with).key())));
      if (sample.signsBody() && StandardWebhooks.isShared(with)) {
        headers.put("X-Signature", XSignature.of(with, sample.body()));
      }
    }
    headers.put("Porchlight-Sequence", Long.toString(sample.sequence()));
    return headers;
  }

  /// Sends a sample as a hub would.
  public Exchange send(Sample sample) {
    return send(sample, headers(sample, Instant.now(), secret));
  }

  public Exchange send(Sample sample, Map<String, String> headers) {
    try {
      return client.send(
          OutgoingRequest.post(url, List.copyOf(headers.entrySet()), sample.body()),
          OutgoingClient.DEADLINE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an answer", e);
    }
  }

  /// What signs, when it is known.
  public @Nullable String secret() {
    return secret;
  }

  @Override
  public void close() {
    client.close();
  }
}
