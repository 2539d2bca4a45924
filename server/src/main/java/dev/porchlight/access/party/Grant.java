package dev.porchlight.access.party;

import dev.porchlight.store.Setting;
import dev.porchlight.value.Json;
import dev.porchlight.value.Topic;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the owner of events lets another party do: publish to it, and get copies of what is
/// published to it. What no grant allows is not allowed.
///
/// @param owner the party that grants
/// @param party the party that is granted
/// @param publishes groups (`realestate/listing`) or topics (`realestate/listing#update`)
/// @param subscribes groups
/// @param filter over what an event says of a listing, in the filter language; null for everything
/// @param redaction JSON pointers into an event's `data`; what they point to is left out of copies
/// @param until when it ends by itself
/// @param revokedAt from when on it allows nothing
public record Grant(
    String id,
    String owner,
    String party,
    List<String> publishes,
    List<String> subscribes,
    @Nullable String filter,
    List<String> redaction,
    Instant createdAt,
    @Nullable Instant until,
    @Nullable Instant revokedAt) {
  /// The kind of setting that holds grants.
  public static final String SETTING = "grant";

  public Grant {
    publishes = List.copyOf(publishes);
    subscribes = List.copyOf(subscribes);
    redaction = List.copyOf(redaction);
    if (owner.equals(party)) {
      throw new IllegalArgumentException("a party grants itself nothing");
    }
    if (publishes.isEmpty() && subscribes.isEmpty()) {
      throw new IllegalArgumentException("a grant allows to publish or to subscribe");
    }
  }

  static Grant of(Setting setting) {
    return Json.read(setting.body(), Grant.class);
  }

  /// The body of the setting that holds this grant.
  public String body() {
    return Json.write(this);
  }

  /// Whether it allows anything at that time.
  public boolean isLive(Instant now) {
    return revokedAt == null && (until == null || until.isAfter(now));
  }

  /// Whether the party may publish that to the owner: its whole group is named, or the very topic.
  public boolean publishes(Topic topic) {
    return publishes.contains(topic.group()) || publishes.contains(topic.text());
  }

  /// Whether the party gets copies of that: its whole group is named.
  public boolean subscribes(Topic topic) {
    return subscribes.contains(topic.group());
  }

  /// The same, allowing something else.
  public Grant allowing(List<String> nowPublishes, List<String> nowSubscribes) {
    return new Grant(
        id,
        owner,
        party,
        nowPublishes,
        nowSubscribes,
        filter,
        redaction,
        createdAt,
        until,
        revokedAt);
  }

  /// The same, ended.
  public Grant revoked(Instant at) {
    return new Grant(
        id, owner, party, publishes, subscribes, filter, redaction, createdAt, until, at);
  }
}
