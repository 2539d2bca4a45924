package dev.porchlight.connector.events;

import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.BodyJson.Null;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is noted of a listing as it is read, by the member where it stands.
final class ListingNotes {
  private static final String POINTER = "/data/object";

  private final Findings findings;

  ListingNotes(Findings findings) {
    this.findings = findings;
  }

  /// Notes what is wrong with the listing itself.
  void note(String rule, String action) {
    findings.violation(POINTER, rule, action);
  }

  void note(String name, String rule, String action) {
    findings.violation(POINTER + "/" + BodyJson.escape(name), rule, action);
  }

  /// Notes what stands within a member, one step of the place each.
  void note(List<String> place, String rule, String action) {
    var pointer = new StringBuilder(POINTER);
    place.forEach(step -> pointer.append('/').append(BodyJson.escape(step)));
    findings.violation(pointer.toString(), rule, action);
  }

  static boolean isSaid(@Nullable Object value) {
    return value != null && value != Null.NULL && !value.equals("");
  }

  /// Notes what should be a URI and is none, such as a placeholder that nobody has filled in.
  void uri(List<String> place, @Nullable Object value) {
    if (isSaid(value) && !(value instanceof String text && Text.isUri(text.strip()))) {
      note(place, "an absolute URI", value instanceof String ? "kept as text" : "kept as it is");
    }
  }

  void uris(List<String> place, Map<?, ?> object, String... names) {
    for (var name : names) {
      var within = new ArrayList<>(place);
      within.add(name);
      uri(within, object.get(name));
    }
  }
}
