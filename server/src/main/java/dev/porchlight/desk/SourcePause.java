package dev.porchlight.desk;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// That a source is paused: what it sends is taken and answered as always, and waits, owed, until
/// the source is let go on. Then what waits is worked in the order of its arrival, and what comes
/// meanwhile waits behind it, until nothing waits any more; so a version never overtakes another.
///
/// @param by who paused it, as in the log
/// @param since when
/// @param resuming whether it is let go on, and something may still wait
public record SourcePause(String by, Instant since, boolean resuming) {
  /// The kind of setting that says so, by the source's id.
  public static final String SETTING = "source-pause";

  /// How the reason of a receipt begins that waits for it.
  private static final String HELD = "Held: the source is paused";

  /// How it stands with a source; empty when it is not paused.
  public static Optional<SourcePause> find(Settings settings, String source) {
    return settings.find(SETTING, source).map(s -> Json.read(s.body(), SourcePause.class));
  }

  /// Pauses a source, or pauses it again while it is let go on.
  public static SourcePause pause(Batch batch, String source, String by) {
    var known = find(batch.settings(), source);
    if (known.isPresent() && !known.get().resuming()) {
      return known.get();
    }
    var pause = new SourcePause(by, batch.now(), false);
    batch.change(SETTING, source, Json.write(pause));
    return pause;
  }

  /// Lets a source go on.
  public static void resume(Batch batch, String source) {
    find(batch.settings(), source)
        .filter(p -> !p.resuming())
        .ifPresent(p ->
            batch.change(SETTING, source, Json.write(new SourcePause(p.by(), p.since(), true))));
  }

  /// The sources whose receipts wait until somebody lets them go on.
  static List<String> listPaused(Settings settings) {
    return list(settings, false);
  }

  /// The sources that are let go on while something may wait.
  static List<String> listResuming(Settings settings) {
    return list(settings, true);
  }

  private static List<String> list(Settings settings, boolean resuming) {
    return settings.all(SETTING).stream()
        .filter(s -> Json.read(s.body(), SourcePause.class).resuming() == resuming)
        .map(s -> s.id())
        .toList();
  }

  /// Why a receipt waits.
  String reason() {
    return resuming ? HELD + ", and what came before is worked first." : HELD + " by " + by + ".";
  }

  /// Whether a receipt waits because its source was paused.
  public static boolean holds(Receipt receipt) {
    return receipt.state() == Receipt.State.OWED && receipt.reason().startsWith(HELD);
  }
}
