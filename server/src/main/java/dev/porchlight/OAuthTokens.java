package dev.porchlight;

import dev.porchlight.delivery.AccessTokens;
import dev.porchlight.delivery.Authorization;
import dev.porchlight.net.Exchange;
import dev.porchlight.net.OutgoingClient;
import dev.porchlight.net.OutgoingRequest;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Tokens by OAuth 2 client credentials (RFC 6749, 4.4) over the guarded client. One request for
/// all that want the same token at the same time; a failure holds for a moment for all of them too.
/// Safe for use by many threads.
final class OAuthTokens implements AccessTokens {
  private static final Duration EARLY = Duration.ofSeconds(30);
  private static final Duration UNSAID = Duration.ofMinutes(5);
  private static final Duration FAILED = Duration.ofSeconds(5);
  private static final long LONGEST_SECONDS = 24 * 60 * 60;
  private static final int LONGEST_TOKEN = 8192;

  private final Store store;
  private final OutgoingClient client;
  private final Map<Authorization, Held> held = new ConcurrentHashMap<>();

  OAuthTokens(Store store, OutgoingClient client) {
    this.store = store;
    this.client = client;
  }

  /// What is held for one client; its monitor is held while a token is asked for.
  private static final class Held {
    private @Nullable Got got;
    private Instant until = Instant.MIN;
    private String secret = "";
  }

  @Override
  public Got get(Authorization how, String secret) {
    var one = held.computeIfAbsent(how, _ -> new Held());
    synchronized (one) {
      var now = store.now();
      if (one.got == null || !now.isBefore(one.until) || !one.secret.equals(secret)) {
        ask(one, how, secret);
      }
      return Objects.requireNonNull(one.got);
    }
  }

  @Override
  public void drop(Authorization how, String token) {
    var one = held.get(how);
    if (one != null) {
      synchronized (one) {
        if (one.got instanceof Got.Token(var text) && text.equals(token)) {
          one.got = null;
        }
      }
    }
  }

  private void ask(Held one, Authorization how, String secret) {
    one.secret = secret;
    var form =
        "grant_type=client_credentials"
            + (how.scope().isEmpty() ? "" : "&scope=" + encoded(how.scope()));
    var basic =
        Base64.getEncoder()
            .encodeToString(
                (encoded(how.user()) + ":" + encoded(secret)).getBytes(StandardCharsets.UTF_8));
    var request =
        OutgoingRequest.post(
            how.tokenUrl(),
            List.of(
                Map.entry("Authorization", "Basic " + basic),
                Map.entry("Content-Type", "application/x-www-form-urlencoded"),
                Map.entry("Accept", "application/json")),
            form.getBytes(StandardCharsets.UTF_8));
    try {
      switch (client.send(request, OutgoingClient.DEADLINE)) {
        case Exchange.Answered a when a.status() == 200 -> answered(one, a.head());
        case Exchange.Answered a -> failed(one, "the token endpoint answered " + a.status());
        case Exchange.Refused(var reason, _) -> failed(one, reason);
        case Exchange.Failed(_, var reason, _) -> failed(one, reason);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failed(one, "the hub stopped before an answer came");
    }
  }

  private void answered(Held one, byte[] body) {
    String token;
    long seconds;
    try {
      var json = Json.tree(new String(body, StandardCharsets.UTF_8));
      token = json.path("access_token").asString("");
      seconds = json.path("expires_in").asLong(UNSAID.toSeconds());
    } catch (RuntimeException e) {
      failed(one, "what the token endpoint answered is no JSON");
      return;
    }
    if (token.isEmpty()
        || token.length() > LONGEST_TOKEN
        || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      failed(one, "the token endpoint gave no usable access_token");
      return;
    }
    var lasts = Duration.ofSeconds(Math.clamp(seconds, 1, LONGEST_SECONDS));
    one.got = new Got.Token(token);
    one.until =
        store.now().plus(lasts.compareTo(EARLY.multipliedBy(2)) > 0 ? lasts.minus(EARLY) : lasts);
  }

  private void failed(Held one, String reason) {
    one.got = new Got.None("No access token: " + reason);
    one.until = store.now().plus(FAILED);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
