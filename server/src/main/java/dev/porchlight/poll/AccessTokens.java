package dev.porchlight.poll;

import dev.porchlight.access.Secrets;
import dev.porchlight.desk.poll.Polling;
import dev.porchlight.net.OutgoingClient;
import dev.porchlight.net.OutgoingRequest;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The tokens that portals want to see: a fixed one, or one had by client credentials, which is
/// kept sealed and used for its whole life, by every hub and across restarts.
final class AccessTokens {
  /// Before its end a token is no longer used, for it has to arrive in time.
  private static final Duration MARGIN = Duration.ofSeconds(30);

  /// What a portal that does not say is taken to mean.
  private static final long USUAL_LIFE = 86_400;

  /// For so long one that took the place of a refused one is not replaced in its turn: another
  /// would be refused as well.
  private static final Duration YOUNG = Duration.ofMinutes(5);

  private final Store store;
  private final Secrets secrets;
  private final Line line;
  private final String agent;

  AccessTokens(Store store, Secrets secrets, Line line, String agent) {
    this.store = store;
    this.secrets = secrets;
    this.line = line;
    this.agent = agent;
  }

  /// A token.
  ///
  /// @param replaceable false for a fixed one
  /// @param replaced when it took the place of one that was refused; the beginning of time for none
  record Token(String text, boolean replaceable, Instant replaced) {}

  /// The token in force; a new one where there is none.
  Token get(Polling polling) throws PollException, InterruptedException {
    if (polling.clientId() == null) {
      var fixed = secrets.find(polling.sourceId(), Polling.TOKEN);
      if (fixed.isEmpty()) {
        throw new PollException("There is no token for the portal; set one.");
      }
      return new Token(fixed.get(), false, Instant.EPOCH);
    }
    var kept = kept(polling);
    return kept.isPresent() ? kept.get() : fetch(polling, Instant.EPOCH);
  }

  private Optional<Token> kept(Polling polling) {
    return secrets
        .find(polling.sourceId(), Polling.ACCESS_TOKEN)
        .map(Json::tree)
        .map(json ->
            new Token(
                json.path("access_token").asString(),
                true,
                Instant.ofEpochSecond(json.path("replaced").asLong(0))));
  }

  /// Another one in place of one that was refused before its end.
  ///
  /// @throws PollException when there can be no other
  Token insteadOf(Token refused, Polling polling) throws PollException, InterruptedException {
    if (!refused.replaceable()) {
      throw new PollException("The portal refuses the token (401); set another.");
    }
    var kept = kept(polling);
    if (kept.isPresent() && !kept.get().text().equals(refused.text())) {
      // Another hub has seen to it already.
      return kept.get();
    }
    if (refused.replaced().plus(YOUNG).isAfter(store.now())) {
      throw new PollException(
          "The portal refuses a token that its own token address has just given (401).");
    }
    return fetch(polling, store.now());
  }

  private Token fetch(Polling polling, Instant replaced)
      throws PollException, InterruptedException {
    var secret = secrets.find(polling.sourceId(), Polling.CLIENT_SECRET).orElse("");
    var body = Json.object();
    body.put("client_id", polling.clientId());
    body.put("client_secret", secret);
    body.put("grant_type", "client_credentials");
    body.put("audience", polling.audience());
    var answer =
        line.call(
            OutgoingRequest.post(
                String.valueOf(polling.tokenUrl()),
                List.of(
                    Map.entry("Content-Type", "application/json"),
                    Map.entry("Accept", "application/json"),
                    Map.entry("User-Agent", agent)),
                body.toString().getBytes(StandardCharsets.UTF_8)),
            OutgoingClient.MAX_ANSWER);
    if (answer.status() != 200 && answer.status() != 201) {
      throw new PollException(
          "The token address answered "
              + answer.status()
              + Words.of(answer.head(), List.of(secret))
              + ".",
          PollException.Remedy.NONE,
          Backoff.asked(answer.header("Retry-After").orElse(null), store.now()));
    }
    return keep(polling, tree(answer.head()), replaced);
  }

  private static JsonNode tree(byte[] body) throws PollException {
    try {
      return Json.tree(new String(body, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new PollException("What the token address answered is not JSON.");
    }
  }

  private Token keep(Polling polling, JsonNode answer, Instant replaced) throws PollException {
    var text = answer.path("access_token").asString("");
    if (text.isEmpty() || text.chars().anyMatch(c -> c < '!' || c > '~')) {
      throw new PollException("What the token address answered has no token in it.");
    }
    long life = answer.path("expires_in").asLong(USUAL_LIFE);
    var now = store.now();
    var margin = Math.min(MARGIN.toSeconds(), Math.max(0, life) / 10);
    var end = now.plusSeconds(Math.clamp(life, 1, 400L * USUAL_LIFE) - margin);
    var kept = Json.object();
    kept.put("access_token", text);
    kept.put("replaced", replaced.getEpochSecond());
    var sealed = secrets.seal(polling.sourceId(), Polling.ACCESS_TOKEN, kept.toString());
    store.write(
        WorkQueue.EDITS,
        batch -> {
          // Not under settings that have changed meanwhile.
          if (Polling.find(batch.settings(), polling.sourceId())
              .filter(p -> sameClient(p, polling))
              .isPresent()) {
            secrets.put(batch, sealed, end);
          }
          return sealed.id();
        });
    return new Token(text, true, replaced);
  }

  private static boolean sameClient(Polling a, Polling b) {
    return String.valueOf(a.clientId()).equals(String.valueOf(b.clientId()))
        && String.valueOf(a.tokenUrl()).equals(String.valueOf(b.tokenUrl()))
        && a.audience().equals(b.audience());
  }
}
