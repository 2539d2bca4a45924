package dev.porchlight.watch;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// When a holder's feeds tell of what has happened, and how far they have; each holder has one at
/// most.
///
/// @param holderId an account or a contact
/// @param id 26 digits
/// @param instant at once; otherwise at the hours of the days that are named
/// @param hours of the day, 0 to 23
/// @param weekdays 0 to 6, from Sunday
/// @param monthDays 1 to 31; a day that a month does not have is left out
/// @param zone whose hours and days; null for the zone of the holder's place in the account tree
/// @param told the holder knows, or need not be told, of changes of listings up to this place in
///   the log
/// @param toldAt when something was last told
/// @param dueAt when to look for something to tell; null while an instant one has nothing
public record FeedSchedule(
    String holderId,
    String id,
    boolean instant,
    List<Integer> hours,
    List<Integer> weekdays,
    List<Integer> monthDays,
    @Nullable String zone,
    Instant createdAt,
    long told,
    @Nullable Instant toldAt,
    @Nullable Instant dueAt) {
  /// Who is told at once is told of what follows within this time together.
  public static final Duration APART = Duration.ofSeconds(60);

  private static final int DAYS_AHEAD = 400;

  private static final Table<FeedSchedule> TABLE =
      Table.<FeedSchedule>named("feed_schedule")
          .key("holder_id", FeedSchedule::holderId)
          .column("id", FeedSchedule::id)
          .column("instant", FeedSchedule::instant)
          .column("hours", s -> written(s.hours()))
          .column("weekdays", s -> written(s.weekdays()))
          .column("month_days", s -> written(s.monthDays()))
          .column("zone", FeedSchedule::zone)
          .column("created_at", FeedSchedule::createdAt)
          .column("told", FeedSchedule::told)
          .column("told_at", FeedSchedule::toldAt)
          .column("due_at", FeedSchedule::dueAt)
          .readBy(r ->
              new FeedSchedule(
                  r.text(1),
                  r.text(2),
                  r.flag(3),
                  numbers(r.text(4)),
                  numbers(r.text(5)),
                  numbers(r.text(6)),
                  r.textOrNull(7),
                  r.time(8),
                  r.number(9),
                  r.timeOrNull(10),
                  r.timeOrNull(11)));

  public FeedSchedule {
    hours = List.copyOf(hours);
    weekdays = List.copyOf(weekdays);
    monthDays = List.copyOf(monthDays);
  }

  private static String written(List<Integer> numbers) {
    return String.join(",", numbers.stream().map(n -> Integer.toString(n)).toList());
  }

  private static List<Integer> numbers(String written) {
    return Arrays.stream(written.split(","))
        .filter(n -> !n.isEmpty())
        .map(Integer::valueOf)
        .toList();
  }

  /// One that tells at once.
  public static FeedSchedule instantly(String holder, String id, Instant at) {
    return new FeedSchedule(
        holder, id, true, List.of(), List.of(), List.of(), null, at, 0, null, null);
  }

  /// One that tells at hours of days.
  public static FeedSchedule at(
      String holder,
      String id,
      List<Integer> hours,
      List<Integer> weekdays,
      List<Integer> monthDays,
      @Nullable String zone,
      Instant at) {
    return new FeedSchedule(holder, id, false, hours, weekdays, monthDays, zone, at, 0, null, null);
  }

  private FeedSchedule with(long nowTold, @Nullable Instant nowToldAt, @Nullable Instant nowDue) {
    return new FeedSchedule(
        holderId, id, instant, hours, weekdays, monthDays, zone, createdAt, nowTold, nowToldAt,
        nowDue);
  }

  /// The next of its hours behind a moment; empty where there is none, as on the 31st of February
  /// alone, and for one that tells at once. Of an hour that the clocks skip it is the one after, of
  /// one that they repeat the first. A day counts that either of its lists names, any day where
  /// both are empty.
  ///
  /// @param usual the zone where it names none itself
  public Optional<Instant> next(Instant after, ZoneId usual) {
    var in = zone == null ? usual : ZoneId.of(zone);
    var day = after.atZone(in).toLocalDate();
    boolean any = weekdays.isEmpty() && monthDays.isEmpty();
    for (int i = 0; i < DAYS_AHEAD && !instant; i++, day = day.plusDays(1)) {
      if (any
          || weekdays.contains(day.getDayOfWeek().getValue() % 7)
          || monthDays.contains(day.getDayOfMonth())) {
        for (int hour : hours) {
          var at = day.atTime(hour, 0).atZone(in).toInstant();
          if (at.isAfter(after)) {
            return Optional.of(at);
          }
        }
      }
    }
    return Optional.empty();
  }

  /// The schedule of a holder, within a unit.
  public static Optional<FeedSchedule> find(Batch batch, String holder) {
    return Optional.ofNullable(batch.find(TABLE, holder));
  }

  /// The schedule of a holder.
  public static Optional<FeedSchedule> find(Store store, String holder) {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM feed_schedule WHERE holder_id = ?")
            .bind(0, holder)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// Those that are due, the longest first.
  public static List<FeedSchedule> listDue(Handle h, Instant now, int most) {
    return h.createQuery(
            "SELECT "
                + TABLE.columnList()
                + " FROM feed_schedule WHERE due_at IS NOT NULL AND due_at <= :now"
                + " ORDER BY due_at LIMIT :most")
        .bind("now", Row.micros(now))
        .bind("most", most)
        .map((r, _) -> TABLE.read(new Row(r)))
        .list();
  }

  /// The holders who are told at once, among those of some feeds that tell at all, and for whom
  /// nothing is waiting.
  static List<String> holdersAtRest(Handle h, List<String> feeds) {
    return feeds.isEmpty()
        ? List.of()
        : h.createQuery(
                "SELECT DISTINCT s.holder_id FROM news_feed f JOIN feed_schedule s"
                    + " ON s.holder_id = f.holder_id WHERE f.notifying = 1 AND s.instant = 1"
                    + " AND s.due_at IS NULL AND f.id IN (<feeds>)")
            .bindList("feeds", feeds)
            .mapTo(String.class)
            .list();
  }

  /// Makes it, or puts it in another's place. What happened before it was made is not told; what
  /// another has left untold is.
  ///
  /// @param usual the zone where it names none itself
  public void set(Batch batch, ZoneId usual) {
    var before = find(batch, holderId);
    long seq = batch.append("feed-schedule.set", holderId, id);
    var due =
        instant
            ? before.map(_ -> batch.clock()).orElse(null)
            : next(batch.clock(), usual).orElse(null);
    batch.put(
        TABLE,
        with(
            before.map(FeedSchedule::told).orElse(seq),
            before.map(FeedSchedule::toldAt).orElse(null),
            due));
  }

  /// Notes that there is something to tell of a listing's change; for one that tells at once and
  /// for which nothing is waiting.
  static void wake(Batch batch, String holder, long change) {
    find(batch, holder)
        .filter(s -> s.instant() && s.dueAt() == null && change > s.told())
        .ifPresent(s -> s.wake(batch, Math.max(s.told(), change - 1)));
  }

  /// The same of an event that was approved just now.
  static void wake(Batch batch, String holder) {
    find(batch, holder)
        .filter(s -> s.instant() && s.dueAt() == null)
        .ifPresent(s -> s.wake(batch, s.told()));
  }

  private void wake(Batch batch, long nowTold) {
    var now = batch.clock();
    var earliest = toldAt == null ? now : toldAt.plus(APART);
    batch.put(TABLE, with(nowTold, toldAt, earliest.isAfter(now) ? earliest : now));
  }

  /// Notes how far the holder was told; the schedule has to be found before, in the same unit.
  ///
  /// @param upto the place in the log
  /// @param something whether there was something to tell
  /// @param due when to look again; null for when something happens
  public void told(Batch batch, long upto, boolean something, @Nullable Instant due) {
    batch.put(TABLE, with(Math.max(told, upto), something ? batch.clock() : toldAt, due));
  }

  /// Deletes it.
  public void delete(Batch batch) {
    batch.delete(TABLE, holderId);
    batch.append("feed-schedule.deleted", holderId, id);
  }

  static void deleteAllOf(Batch batch, String holder) {
    find(batch, holder).ifPresent(s -> s.delete(batch));
  }
}
