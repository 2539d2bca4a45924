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
  private static final Duration LOOKING = Duration.ofMillis(40);

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

  /// Looks through rows, some at a time.
  ///
  /// @param behind the place behind which to begin
  /// @param some reads some rows behind a place
  /// @param place of a row
  public static <T, P> Picked<T, P> among(
      P behind, int limit, Function<P, Some<T, P>> some, Function<T, P> place) {
    long until = System.nanoTime() + LOOKING.toNanos();
    var rows = new ArrayList<T>();
    var from = behind;
    while (true) {
      var read = some.apply(from);
      for (var one : read.fitting()) {
        rows.add(one);
        if (rows.size() == limit) {
          return new Picked<>(rows, Optional.of(place.apply(one)));
        }
      }
      if (read.last().isEmpty()) {
        return all(rows);
      }
      from = read.last().get();
      if (System.nanoTime() - until > 0) {
        return new Picked<>(rows, Optional.of(from));
      }
    }
  }
}
