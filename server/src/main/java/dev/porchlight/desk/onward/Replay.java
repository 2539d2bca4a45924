package dev.porchlight.desk.onward;

import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.desk.events.InboxReplay;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Table;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A job that delivers past events to an endpoint: again, or for the first time. Or one that brings
/// items of an inbox once more, as its owner has asked, which is worked on as one of those.
///
/// @param inbox the party whose inbox it is; empty for an endpoint's
/// @param endpointId where it delivers; for an inbox's where that is pushed, and empty where it is
///   not
/// @param perSecond how many it makes due in a second at most
/// @param place the place in the log up to which it has looked
/// @param part of the line behind that place, the last delivery that it is done with, in the order
///   of their ids; empty when it has not begun with that line
/// @param planned how many events it planned for the first time
/// @param retried how many deliveries it made due again
/// @param passedOver how many events it left as they are
/// @param reason why it was stopped; else empty
/// @param principal who asked for it
/// @param owner the hub process that works on it
public record Replay(
    String id,
    String inbox,
    String endpointId,
    Wanted wanted,
    int perSecond,
    State state,
    long place,
    String part,
    long planned,
    long retried,
    long passedOver,
    String reason,
    String principal,
    Instant createdAt,
    @Nullable Instant endedAt,
    @Nullable String owner,
    @Nullable Instant leasedUntil) {
  /// Starts one within a unit.
  ///
  /// @param principal who asks for it
  public static Replay begin(
      Batch batch, Draw draw, String endpoint, Wanted wanted, int perSecond, String principal) {
    var replay =
        new Replay(
            draw.uuid("replay"),
            "",
            endpoint,
            wanted,
            perSecond,
            State.RUNNING,
            wanted.first() - 1,
            "",
            0,
            0,
            0,
            "",
            principal,
            draw.at(),
            null,
            null,
            null);
    batch.put(TABLE, replay);
    batch.append("replay.started", endpoint, replay.id());
    return replay;
  }

  /// Where a job can stand.
  public enum State {
    RUNNING,
    PAUSED,
    /// By hand, or because its endpoint is gone.
    STOPPED,
    FINISHED;

    /// The word in the API and the store.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException for another word
    public static State of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /// Whether it may go on.
    public boolean isOpen() {
      return this == RUNNING || this == PAUSED;
    }
  }

  /// Stands among states for an event that was never planned for the endpoint.
  public static final String NEVER = "never";

  /// How many it makes due in a second where nobody says.
  public static final int USUAL_PER_SECOND = 20;

  public static final int MOST_PER_SECOND = 1000;

  /// The states of those that an endpoint missed.
  public static final Set<String> MISSED = Set.of(NEVER, "dead", "unwritable", "dropped");

  /// All states that may be asked for.
  public static final Set<String> STATES =
      Stream.concat(
              Stream.of(NEVER),
              Arrays.stream(DeliveryState.State.values()).map(DeliveryState.State::word))
          .collect(Collectors.toUnmodifiableSet());

  /// All kinds of event that may be asked for.
  public static final Set<String> KINDS =
      Stream.concat(Stream.of("lead.created", "lead.updated"), Changes.KINDS.stream())
          .collect(Collectors.toUnmodifiableSet());

  /// Which events.
  ///
  /// @param first the first place in the log
  /// @param until the place behind the last
  /// @param from what was asked for, as a time; empty for the beginning
  /// @param to what was asked for, as a time; empty for the present
  /// @param states how their deliveries stand, as words; [#NEVER] for those that have none
  /// @param kinds kinds of event; empty for all
  /// @param sources ids of sources; empty for all
  /// @param filter in the language of filters; empty for all
  public record Wanted(
      long first,
      long until,
      String from,
      String to,
      Set<String> states,
      Set<String> kinds,
      Set<String> sources,
      String filter) {
    public Wanted {
      states = Set.copyOf(states);
      kinds = Set.copyOf(kinds);
      sources = Set.copyOf(sources);
      filter = Objects.requireNonNullElse(filter, "");
    }
  }

  /// One within a unit, an inbox's too.
  public static Optional<Replay> find(Batch batch, String id) {
    return Optional.ofNullable(batch.find(TABLE, id))
        .or(() ->
            InboxReplay.find(batch, id)
                .map(job -> of(job, endpoint(batch.settings(), job.receiver()))));
  }

  static String endpoint(Settings settings, String party) {
    return Parties.in(settings).find(party).map(Party::endpoint).orElse("");
  }

  /// An inbox's.
  static Replay of(InboxReplay job, String endpoint) {
    var wanted = job.wanted();
    return new Replay(
        job.id(),
        job.receiver(),
        endpoint,
        new Wanted(
            wanted.first(),
            wanted.last() + 1,
            wanted.start(),
            wanted.end(),
            Set.of(),
            Set.of(),
            Set.of(),
            wanted.filter().isEmpty() ? "" : Json.write(wanted.filter())),
        job.perSecond(),
        State.of(job.state().word()),
        job.place(),
        "",
        job.replayed(),
        0,
        0,
        "",
        "party " + job.receiver(),
        job.createdAt(),
        job.endedAt(),
        job.owner(),
        job.leasedUntil());
  }

  /// The ids of those that run for an endpoint, within a unit.
  public static List<String> listRunning(Batch batch, String endpoint) {
    return batch
        .sql()
        .createQuery(
            "SELECT id FROM replay WHERE state = 'running' AND endpoint_id = :e ORDER BY id")
        .bind("e", endpoint)
        .mapTo(String.class)
        .list();
  }

  /// Pauses one that is open, lets it go on or stops it, and sets its pace, within a unit.
  ///
  /// @param wanted null for as it is
  /// @param otherPerSecond null for as it is
  public static Replay change(
      Batch batch, Replay now, @Nullable State wanted, @Nullable Integer otherPerSecond) {
    if (!now.state().isOpen() || wanted == State.FINISHED) {
      throw new IllegalArgumentException("it can't become that by hand");
    }
    if (!now.inbox().isEmpty()) {
      var job = InboxReplay.find(batch, now.id()).orElseThrow();
      var state = wanted == null ? null : InboxReplay.State.valueOf(wanted.name());
      return of(InboxReplay.change(batch, job, state, otherPerSecond), now.endpointId());
    }
    var changed = otherPerSecond == null ? now : now.at(otherPerSecond);
    if (wanted != null && wanted != now.state()) {
      changed = changed.in(wanted, "", batch.clock());
      batch.append(
          "replay." + (wanted == State.RUNNING ? "resumed" : wanted.word()),
          now.endpointId(),
          now.id());
    }
    batch.put(TABLE, changed);
    return changed;
  }

  /// Of how many lines of the log it has looked at how many.
  public long examined() {
    return Math.max(0, place - wanted.first() + 1);
  }

  /// How many lines of the log there are to look at.
  public long toExamine() {
    return Math.max(0, wanted.until() - wanted.first());
  }

  /// The same in another state.
  public Replay in(State now, String why, Instant at) {
    return new Replay(
        id,
        inbox,
        endpointId,
        wanted,
        perSecond,
        now,
        place,
        part,
        planned,
        retried,
        passedOver,
        why,
        principal,
        createdAt,
        now.isOpen() ? null : at,
        null,
        null);
  }

  /// The same at another pace.
  public Replay at(int otherPerSecond) {
    return new Replay(
        id,
        inbox,
        endpointId,
        wanted,
        otherPerSecond,
        state,
        place,
        part,
        planned,
        retried,
        passedOver,
        reason,
        principal,
        createdAt,
        endedAt,
        owner,
        leasedUntil);
  }

  Replay moved(
      long to,
      String toPart,
      long morePlanned,
      long moreRetried,
      long morePassed,
      String by,
      Instant until) {
    return new Replay(
        id,
        inbox,
        endpointId,
        wanted,
        perSecond,
        state,
        to,
        toPart,
        planned + morePlanned,
        retried + moreRetried,
        passedOver + morePassed,
        reason,
        principal,
        createdAt,
        endedAt,
        by,
        until);
  }

  boolean isElsewhere(String process, Instant now) {
    return owner != null
        && !owner.equals(process)
        && leasedUntil != null
        && leasedUntil.isAfter(now);
  }

  /// The table.
  public static final Table<Replay> TABLE =
      Table.<Replay>named("replay")
          .key("id", Replay::id)
          .column("endpoint_id", Replay::endpointId)
          .column("wanted", r -> Json.write(r.wanted()))
          .column("per_second", Replay::perSecond)
          .column("state", r -> r.state().word())
          .column("place", Replay::place)
          .column("part", Replay::part)
          .column("planned", Replay::planned)
          .column("retried", Replay::retried)
          .column("passed_over", Replay::passedOver)
          .column("reason", Replay::reason)
          .column("principal", Replay::principal)
          .column("created_at", Replay::createdAt)
          .column("ended_at", Replay::endedAt)
          .column("owner", Replay::owner)
          .column("leased_until", Replay::leasedUntil)
          .readBy(r ->
              new Replay(
                  r.text(1),
                  "",
                  r.text(2),
                  Json.read(r.text(3), Wanted.class),
                  r.integer(4),
                  State.of(r.text(5)),
                  r.number(6),
                  r.text(7),
                  r.number(8),
                  r.number(9),
                  r.number(10),
                  r.text(11),
                  r.text(12),
                  r.time(13),
                  r.timeOrNull(14),
                  r.textOrNull(15),
                  r.timeOrNull(16)));
}
