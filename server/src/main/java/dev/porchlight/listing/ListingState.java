package dev.porchlight.listing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A listing as the events about it left it. Each member keeps the stamp of the event that set it,
/// so events may arrive in any order: the state is the same in the end. Immutable.
///
/// @param members JSON by name, each with the stamp of the event that said it
/// @param deletion whether it must disappear, and since which event; null where none spoke of that
public record ListingState(SortedMap<String, Member> members, @Nullable Deletion deletion) {
  /// A listing of which nothing is known.
  public static final ListingState EMPTY = new ListingState(new TreeMap<>(), null);

  /// When something was said: by the listing's own time of change, where the event has none by the
  /// event's; among equals by the event's time, then by its id, so that no two are equal.
  public record Stamp(Instant modified, Instant time, String event) implements Comparable<Stamp> {
    @Override
    public int compareTo(Stamp other) {
      int c = modified.compareTo(other.modified);
      c = c != 0 ? c : time.compareTo(other.time);
      return c != 0 ? c : event.compareTo(other.event);
    }
  }

  /// What a member says, and since when.
  public record Member(String json, Stamp stamp) {}

  /// Whether the listing must disappear, and since when.
  public record Deletion(boolean deleted, Stamp stamp) {}

  /// A member that an event changed.
  ///
  /// @param from null when it was not there
  public record Change(String member, @Nullable String from, @Nullable String to) {}

  /// A state, and what changed on the way to it.
  public record Folded(ListingState state, List<Change> changes) {}

  public ListingState {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /// Whether the listing must not be shown.
  public boolean isDeleted() {
    return deletion != null && deletion.deleted();
  }

  /// The members alone.
  public SortedMap<String, String> values() {
    var values = new TreeMap<String, String>();
    members.forEach((name, member) -> values.put(name, member.json()));
    return values;
  }

  /// What the listing is after an event: members that it has replace those of older events, members
  /// that it does not have stay.
  ///
  /// @param said JSON by name
  /// @param deleted whether the event says that the listing is gone (true) or there (false); null
  ///   when it says neither
  public Folded after(Map<String, String> said, @Nullable Boolean deleted, Stamp stamp) {
    var now = new TreeMap<>(members);
    var changes = new ArrayList<Change>();
    new TreeMap<>(said)
        .forEach((name, json) -> {
          var before = members.get(name);
          if (before == null || before.stamp().compareTo(stamp) < 0) {
            now.put(name, new Member(json, stamp));
            if (before == null || !before.json().equals(json)) {
              changes.add(new Change(name, before == null ? null : before.json(), json));
            }
          }
        });
    var gone = deletion;
    if (deleted != null && (deletion == null || deletion.stamp().compareTo(stamp) < 0)) {
      gone = new Deletion(deleted, stamp);
      if (isDeleted() != deleted) {
        changes.add(
            new Change("deleted", Boolean.toString(isDeleted()), Boolean.toString(deleted)));
      }
    }
    return new Folded(new ListingState(now, gone), List.copyOf(changes));
  }
}
