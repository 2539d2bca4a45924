package dev.porchlight.delivery;

import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What an endpoint that is disabled has missed so far.
///
/// @param since when it was disabled, or began to fail before that
/// @param waiting so many deliveries wait, and go out when it is enabled
/// @param givenUp so many were given up since; a replay brings them back
/// @param first when the first of those happened; null where there is none
/// @param more there are more of the one or the other than were counted
public record Missed(
    Instant since, long waiting, long givenUp, @Nullable Instant first, boolean more) {
  /// So many are counted: an outage may have left millions.
  private static final int MOST_COUNTED = 10_000;

  private static final int VERSIONS = 100;

  /// Of an endpoint that is disabled now; empty for one that is not.
  public static Optional<Missed> by(Store store, Endpoint endpoint) {
    return endpoint.disabled()
        ? Optional.of(store.read(h -> look(h, store.now(), endpoint.id())))
        : Optional.empty();
  }

  private record GivenUp(long count, long first) {}

  private static Missed look(Handle h, Instant now, String endpoint) {
    var since = since(h, endpoint).orElse(now);
    long waiting =
        h.createQuery(
                "SELECT COUNT(*) FROM (SELECT 1 FROM delivery_state WHERE endpoint_id = :e"
                    + " AND state = 'pending' LIMIT "
                    + (MOST_COUNTED + 1)
                    + ") AS counted")
            .bind("e", endpoint)
            .mapTo(Long.class)
            .one();
    var givenUp =
        h.createQuery(
                "SELECT COUNT(*), COALESCE(MIN(seq), 0) FROM (SELECT seq FROM delivery_state"
                    + " WHERE endpoint_id = :e AND state = 'dead' AND ended_at >= :since"
                    + " ORDER BY seq DESC LIMIT "
                    + (MOST_COUNTED + 1)
                    + ") AS counted")
            .bind("e", endpoint)
            .bind("since", Row.micros(since))
            .map((r, _) -> new GivenUp(r.getLong(1), r.getLong(2)))
            .one();
    var first =
        h.createQuery("SELECT at FROM log WHERE seq = :s")
            .bind("s", givenUp.first())
            .map((r, _) -> Row.instant(r.getLong(1)))
            .findOne();
    return new Missed(
        since,
        Math.min(waiting, MOST_COUNTED),
        Math.min(givenUp.count(), MOST_COUNTED),
        first.orElse(null),
        waiting > MOST_COUNTED || givenUp.count() > MOST_COUNTED);
  }

  /// When it began to fail, where that disabled it; else when somebody disabled it.
  private static Optional<Instant> since(Handle h, String endpoint) {
    var health =
        h.createQuery(
                "SELECT "
                    + Tables.HEALTH.columnList()
                    + " FROM endpoint_health WHERE endpoint_id = :e")
            .bind("e", endpoint)
            .map((r, _) -> Tables.HEALTH.read(new Row(r)))
            .findOne();
    if (health.isPresent()) {
      return health.map(EndpointHealth::failingSince);
    }
    Instant since = null;
    var versions =
        h.createQuery(
                "SELECT body, at FROM setting WHERE kind = :k AND id = :e AND body IS NOT NULL"
                    + " ORDER BY seq DESC LIMIT "
                    + VERSIONS)
            .bind("k", Endpoint.SETTING)
            .bind("e", endpoint)
            .map((r, _) -> new Version(r.getString(1), Row.instant(r.getLong(2))))
            .list();
    for (var version : versions) {
      if (!Json.tree(version.body()).path("disabled").asBoolean(false)) {
        break;
      }
      since = version.at();
    }
    return Optional.ofNullable(since);
  }

  private record Version(String body, Instant at) {}
}
