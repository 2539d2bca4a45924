package dev.porchlight.value;

import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What an event says of a listing.
///
/// @param kind what happened to it
/// @param system the system that it comes from, for example an MLS
/// @param key its number in that system
/// @param listingId its number at whoever publishes it
/// @param modifiedAt when the listing changed there
/// @param members its members by the contract's name, each as compact JSON in the contract's own
///   form; those that the event does not have are not there
public record ListingChange(
    Kind kind,
    @Nullable String system,
    @Nullable String key,
    @Nullable String listingId,
    @Nullable Instant modifiedAt,
    SortedMap<String, String> members) {
  /// What an event may do to a listing.
  public enum Kind {
    UPDATE,
    DELETE,
    COMPENSATION
  }

  public ListingChange {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /// The numbers by which somebody may speak of it alone.
  public Set<String> numbers() {
    return Stream.of(listingId, key).filter(Objects::nonNull).collect(Collectors.toSet());
  }

  /// Whether it can be told which listing it is about.
  public boolean isNamed() {
    return system != null && key != null || listingId != null;
  }
}
