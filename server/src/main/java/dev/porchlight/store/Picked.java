package dev.porchlight.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What was picked, in order, among many rows of which an index gives more than is wanted. It is
/// looked for for a moment only: there may be less than was asked for, nothing even, and more all
/// the same.
///
/// @param next behind which place to go on; empty when everything was looked through
public record Picked<T, P>(List<T> rows, Optional<P> next) {
  /// How rows are looked through.
  ///
  /// @param atOnce how many are read at once
  /// @param longest after how long no more are read
  public record Look(int atOnce, Duration longest) {
    private static final Duration MOMENT = Duration.ofMillis(40);

    /// For a moment only.
    public static Look of(int atOnce) {
      return new Look(atOnce, MOMENT);
    }
  }

  public Picked {
    rows = List.copyOf(rows);
  }

  /// Some of the rows.
  ///
  /// @param fitting those that are wanted
  /// @param last the place of the last that was looked at; empty when none is behind it
  public record Some<T, P>(List<T> fitting, Optional<P> last) {}

  /// All that there is.
  public static <T, P> Picked<T, P> all(List<T> rows) {
    return new Picked<>(rows, Optional.empty());
  }

  /// A page of what was found by one more than it may hold.
  public static <T, P> Picked<T, P> page(List<T> found, int limit, Function<T, P> place) {
    return found.size() <= limit
        ? all(found)
        : new Picked<>(found.subList(0, limit), Optional.of(place.apply(found.get(limit - 1))));
  }

  /// Looks through rows, some at a time, until there is one more than a page holds.
  ///
  /// @param behind the place behind which to begin
  /// @param some reads some rows behind a place
  /// @param place of a row
  public static <T, P> Picked<T, P> among(
      Look look, P behind, int limit, Function<P, Some<T, P>> some, Function<T, P> place) {
    long began = System.nanoTime();
    var rows = new ArrayList<T>();
    var from = behind;
    while (true) {
      var read = some.apply(from);
      for (var one : read.fitting()) {
        if (rows.size() == limit) {
          return new Picked<>(rows, Optional.of(place.apply(rows.getLast())));
        }
        rows.add(one);
      }
      if (read.last().isEmpty()) {
        return all(rows);
      }
      from = read.last().get();
      if (System.nanoTime() - began >= look.longest().toNanos()) {
        return new Picked<>(rows, Optional.of(from));
      }
    }
  }
}
