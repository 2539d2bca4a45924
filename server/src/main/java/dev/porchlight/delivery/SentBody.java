package dev.porchlight.delivery;

import dev.porchlight.store.Row;
import dev.porchlight.store.Setting;
import dev.porchlight.store.Store;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/// What a delivery has sent. Bodies are not kept: they are written anew, and the digest that each
/// attempt keeps says whether these are the bytes that went out. An endpoint may have asked for
/// something else by then, so where it would get other bytes now, they are written as its eight
/// settings before would have them, one after the other from the newest on, until the bytes are the
/// same. What went out by a setting before those is not found any more: it is [Other].
public sealed interface SentBody {
  /// How many settings of an endpoint are tried at most.
  int EARLIER = 8;

  /// Nothing went out, or the attempts are no longer kept: this is what would.
  record Next(Renderer.Rendered rendered) implements SentBody {}

  /// The very bytes.
  ///
  /// @param attempt the last attempt that sent any
  /// @param attempts the numbers of all that sent these
  record Same(Renderer.Rendered.Ready ready, Attempt attempt, List<Integer> attempts)
      implements SentBody {
    public Same {
      attempts = List.copyOf(attempts);
    }
  }

  /// Others went out, which can't be written any more.
  ///
  /// @param rendered what would go out now
  /// @param attempt the last attempt that sent any
  record Other(Renderer.Rendered rendered, Attempt attempt) implements SentBody {}

  /// Finds it out.
  ///
  /// @param renderer writes a delivery for an endpoint as it would be sent
  /// @param attempts all that are known
  static SentBody of(
      Store store,
      BiFunction<Delivery, Endpoint, Renderer.Rendered> renderer,
      Delivery delivery,
      List<Attempt> attempts) {
    var current = Endpoints.in(store.settings()).find(delivery.endpointId());
    var now =
        current
            .map(e -> renderer.apply(delivery, e))
            .orElseGet(() -> new Renderer.Rendered.CannotWrite("The endpoint was removed."));
    var sent = attempts.reversed().stream().filter(a -> a.sentSha256().length > 0).findFirst();
    if (sent.isEmpty()) {
      return new Next(now);
    }
    var digest = sent.get().sentSha256();
    // Most are as they would be now; no earlier setting is read, and none written for, in vain.
    return Stream.concat(
            Stream.of(now),
            Stream.of(delivery.endpointId())
                .flatMap(id -> before(store, id, current))
                .map(e -> renderer.apply(delivery, e)))
        .flatMap(r -> r instanceof Renderer.Rendered.Ready ready ? Stream.of(ready) : Stream.of())
        .filter(r -> Arrays.equals(sha256(r.body()), digest))
        .findFirst()
        .<SentBody>map(r ->
            new Same(
                r,
                sent.get(),
                attempts.stream()
                    .filter(a -> Arrays.equals(a.sentSha256(), digest))
                    .map(Attempt::n)
                    .toList()))
        .orElseGet(() -> new Other(now, sent.get()));
  }

  /// As an endpoint was before, the newest first; settings are kept in all their versions.
  private static Stream<Endpoint> before(Store store, String id, Optional<Endpoint> current) {
    return store
        .read(h ->
            h.createQuery(
                    "SELECT seq, at, body FROM setting WHERE kind = :kind AND id = :id"
                        + " AND body IS NOT NULL ORDER BY seq DESC LIMIT "
                        + (EARLIER + 1))
                .bind("kind", Endpoint.SETTING)
                .bind("id", id)
                .map((r, _) ->
                    new Setting(
                        Endpoint.SETTING,
                        id,
                        r.getLong(1),
                        Row.instant(r.getLong(2)),
                        r.getString(3)))
                .list())
        .stream()
        .map(Endpoint::of)
        .distinct()
        .filter(e -> current.filter(e::equals).isEmpty())
        .limit(EARLIER);
  }

  /// The digest of a body.
  static byte[] sha256(byte[] body) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(body);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has it", e);
    }
  }
}
