package dev.porchlight.connector.events;

import dev.porchlight.connector.json.BodyJson.Null;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads who offers a listing, and who sells and buys.
final class ListingParties {
  private final ListingNotes notes;

  ListingParties(ListingNotes notes) {
    this.notes = notes;
  }

  @Nullable Object party(String written, Object value) {
    return party(List.of(written), value);
  }

  @Nullable Object parties(String written, Object value) {
    if (!(value instanceof List<?> list)) {
      var one = party(written, value);
      return one == null ? null : List.of(one);
    }
    var all = new ArrayList<Object>();
    for (int i = 0; i < list.size(); i++) {
      var read = party(List.of(written, Integer.toString(i)), list.get(i));
      if (read != null) {
        all.add(read);
      }
    }
    return all.isEmpty() ? null : all;
  }

  /// A party; an empty one means that there is none.
  private @Nullable Object party(List<String> written, Object value) {
    if (!(value instanceof Map<?, ?> object)) {
      notes.note(written, "an object that describes a party", "kept as it is");
      return value;
    }
    boolean says =
        object.entrySet().stream()
            .filter(e -> !e.getKey().equals("type") && !e.getKey().equals("@type"))
            .map(Map.Entry::getValue)
            .anyMatch(ListingParties::says);
    if (!says) {
      notes.note(written, "a party that is not there is left out", "taken as absent");
      return null;
    }
    notes.uris(written, object, "id", "@id");
    return value;
  }

  private static boolean says(Object value) {
    return switch (value) {
      case String s -> !s.isBlank();
      case Map<?, ?> m -> m.values().stream().anyMatch(ListingParties::says);
      case List<?> l -> l.stream().anyMatch(ListingParties::says);
      case Null _ -> false;
      default -> true;
    };
  }
}
