package dev.porchlight.console.leads;

import dev.porchlight.console.Clean;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Facts of a story in the order of their adding; absent ones are left out. For one thread.
final class Facts {
  private static final int MOST = 200;

  private final Texts texts;
  private final List<Fact> list = new ArrayList<>();

  Facts(Texts texts) {
    this.texts = texts;
  }

  List<Fact> list() {
    return list;
  }

  /// A fact under the text of that key.
  void add(String key, @Nullable String value) {
    link(key, value, null);
  }

  void link(String key, @Nullable String value, @Nullable String href) {
    if (value != null && !value.isBlank()) {
      list.add(new Fact(texts.of(key), Clean.line(value), href));
    }
  }

  /// A fact under a name that a stranger gave it.
  void named(String name, String value) {
    if (list.size() < MOST) {
      list.add(
          new Fact(
              Clean.line(name.startsWith("/") ? name : name.replace('_', ' ')),
              Clean.line(value),
              null));
    }
  }

  /// Those of the parts that are there, with something between them; null when none is.
  static @Nullable String join(String between, @Nullable String... parts) {
    var joined =
        Stream.of(parts)
            .filter(p -> p != null && !p.isEmpty())
            .collect(Collectors.joining(between));
    return joined.isEmpty() ? null : joined;
  }
}
