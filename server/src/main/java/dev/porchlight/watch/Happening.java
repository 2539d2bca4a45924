package dev.porchlight.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What can happen to a listing that somebody waits for, under the names that feeds use.
public enum Happening {
  NEW("New"),
  PRICE_CHANGE("PriceChange"),
  SOLD("Sold"),
  PENDING("Pending"),
  BACK_ON_MARKET("BackOnMarket"),
  STATUS_CHANGE("StatusChange");

  private static final Set<String> SOLD_WORDS = Set.of("Sold", "Closed");

  private final String word;

  Happening(String word) {
    this.word = word;
  }

  /// Its name in feeds.
  public String word() {
    return word;
  }

  int bit() {
    return 1 << ordinal();
  }

  /// What counts of a listing.
  ///
  /// @param there it is known and not gone
  /// @param price as it is written, without zeros behind; null when it has none
  public record Seen(boolean there, @Nullable String status, @Nullable String price) {
    boolean isActive() {
      return there && "Active".equals(status);
    }
  }

  /// What a change of a listing is to a search that it met before, meets now, or both; nothing when
  /// it is nothing that anybody waits for.
  public static List<Happening> of(Seen before, Seen after, boolean met, boolean meets) {
    var all = new ArrayList<Happening>();
    if (!met && !meets) {
      return all;
    }
    var status = status(before, after);
    if (met && after.there() && !Objects.equals(before.price(), after.price())) {
      all.add(PRICE_CHANGE);
    }
    if (!met && status.filter(BACK_ON_MARKET::equals).isEmpty()) {
      all.add(NEW);
    } else {
      status.ifPresent(all::add);
    }
    if (met && !meets && all.isEmpty()) {
      // It fits no longer, for whatever reason.
      all.add(STATUS_CHANGE);
    }
    return all;
  }

  private static Optional<Happening> status(Seen before, Seen after) {
    if (!before.there() && !after.there() || !before.there() && before.status() == null) {
      return Optional.empty();
    }
    if (!after.there()) {
      return Optional.of(STATUS_CHANGE);
    }
    if (!before.there()) {
      return after.isActive() ? Optional.of(BACK_ON_MARKET) : Optional.of(STATUS_CHANGE);
    }
    if (Objects.equals(before.status(), after.status())) {
      return Optional.empty();
    }
    if (after.status() != null && SOLD_WORDS.contains(after.status())) {
      return Optional.of(SOLD);
    }
    if ("Pending".equals(after.status())) {
      return Optional.of(PENDING);
    }
    return Optional.of(
        after.isActive() && before.status() != null && !before.status().equals("Prelisted")
            ? BACK_ON_MARKET
            : STATUS_CHANGE);
  }
}
