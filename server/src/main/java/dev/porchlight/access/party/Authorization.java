package dev.porchlight.access.party;

import dev.porchlight.store.Setting;
import dev.porchlight.store.Settings;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How far the owner of events and an app have come towards a grant. There is one for each two of
/// them; what is in force is in [Grant] alone.
///
/// @param publishes what was asked for, offered or confirmed last: groups or topics
/// @param subscribes the same: groups
/// @param message the id of the message that brought it here
/// @param grant the grant that came of it; null while there is none
public record Authorization(
    String owner,
    String app,
    State state,
    List<String> publishes,
    List<String> subscribes,
    String message,
    @Nullable String grant) {
  /// The kind of setting that holds them.
  public static final String SETTING = "authorization";

  /// How far.
  public enum State {
    /// Somebody asked the owner.
    ASKED,
    /// The owner authorized it; the app is to confirm.
    OFFERED,
    CONFIRMED,
    REJECTED;

    /// The word for people.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Authorization {
    publishes = List.copyOf(publishes);
    subscribes = List.copyOf(subscribes);
  }

  /// Between these two, if anything.
  public static Optional<Authorization> find(Settings settings, String owner, String app) {
    return settings.find(SETTING, id(owner, app)).map(Authorization::of);
  }

  private static Authorization of(Setting setting) {
    return Json.read(setting.body(), Authorization.class);
  }

  private static String id(String owner, String app) {
    return Draw.named("authorization", owner, app);
  }

  /// The setting's id.
  public String id() {
    return id(owner, app);
  }

  /// The body of the setting that holds this.
  public String body() {
    return Json.write(this);
  }
}
