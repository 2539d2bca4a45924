package dev.porchlight.watch;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// When a holder's feeds tell of what has happened; each holder has one at most.
///
/// @param holderId an account or a contact
/// @param id 26 digits
/// @param instant at once; otherwise at the hours of the days that are named
/// @param hours of the day, 0 to 23
/// @param weekdays 0 to 6, from Sunday
/// @param monthDays 1 to 31
public record FeedSchedule(
    String holderId,
    String id,
    boolean instant,
    List<Integer> hours,
    List<Integer> weekdays,
    List<Integer> monthDays,
    Instant createdAt) {
  private static final Table<FeedSchedule> TABLE =
      Table.<FeedSchedule>named("feed_schedule")
          .key("holder_id", FeedSchedule::holderId)
          .column("id", FeedSchedule::id)
          .column("instant", FeedSchedule::instant)
          .column("hours", s -> written(s.hours()))
          .column("weekdays", s -> written(s.weekdays()))
          .column("month_days", s -> written(s.monthDays()))
          .column("created_at", FeedSchedule::createdAt)
          .readBy(r ->
              new FeedSchedule(
                  r.text(1),
                  r.text(2),
                  r.flag(3),
                  numbers(r.text(4)),
                  numbers(r.text(5)),
                  numbers(r.text(6)),
                  r.time(7)));

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
    return new FeedSchedule(holder, id, true, List.of(), List.of(), List.of(), at);
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

  /// Makes it, or puts it in another's place; the holder's has to be found before, in the same
  /// unit.
  public void put(Batch batch) {
    batch.put(TABLE, this);
    batch.append("feed-schedule.set", holderId, id);
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
