package dev.porchlight.value;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an event is about: `domain/group#action`, for example `realestate/listing#update`. The unit
/// of subscription is the group; an event may come without an action.
///
/// @param group `domain/group`, compared as a whole, never by its beginning
/// @param action what happened; null where the topic names none
public record Topic(String group, @Nullable String action) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:[A-Za-z][A-Za-z0-9+._-]{0,63}:)?([A-Za-z0-9_-]{1,64}/[A-Za-z0-9_-]{1,64})(?:#([A-Za-z0-9._-]{1,64}))?");
  private static final Pattern OLD_STYLE = Pattern.compile("https?://(?:[^/#]+/)*?(realestate/.+)");

  /// The topic in that text, which may also be written as a URL that goes on from `realestate/`, or
  /// behind a prefix with a colon; empty when there is none.
  public static Optional<Topic> parse(String text) {
    if (text.length() > 300) {
      return Optional.empty();
    }
    var old = OLD_STYLE.matcher(text);
    return Optional.of(FORM.matcher(old.matches() ? old.group(1) : text))
        .filter(Matcher::matches)
        .map(m -> new Topic(m.group(1), m.group(2)));
  }

  /// As it is written: `domain/group#action`.
  public String text() {
    return action == null ? group : group + "#" + action;
  }
}
