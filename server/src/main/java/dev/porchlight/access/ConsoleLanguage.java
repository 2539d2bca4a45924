package dev.porchlight.access;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.value.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The language in which a member reads the console, where they chose one.
public final class ConsoleLanguage {
  /// The kind of setting that holds languages, by member.
  public static final String SETTING = "console-language";

  private record Chosen(String language) {}

  private ConsoleLanguage() {}

  /// What a member chose, as a language tag; empty when nothing.
  public static Optional<String> find(Settings settings, String member) {
    return settings.find(SETTING, member).map(s -> Json.read(s.body(), Chosen.class).language());
  }

  /// Keeps a member's choice within a unit.
  ///
  /// @param tag null for what the browser asks for
  public static void choose(Batch batch, String member, @Nullable String tag) {
    batch.change(SETTING, member, tag == null ? null : Json.write(new Chosen(tag)));
  }
}
