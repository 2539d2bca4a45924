package dev.porchlight.desk.erasure;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.value.Json;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// For how many days the hub keeps what it need not keep for ever, where an administrator said so;
/// what they left open is as the hub is configured. Of each, 0 is for ever.
///
/// @param receipts the bodies of receipts that became leads
/// @param attempts what attempts at deliveries that have ended showed
/// @param events published events, with their copies in inboxes and what feeds show of them
public record Periods(
    @Nullable Integer receipts, @Nullable Integer attempts, @Nullable Integer events) {
  /// A hundred years.
  public static final int LONGEST = 36_500;

  /// The kind of setting that holds it.
  public static final String SETTING = "retention";

  private static final String ID = "hub";
  private static final Periods OPEN = new Periods(null, null, null);
  private static final Function<Settings, Periods> VIEW =
      settings ->
          settings.find(SETTING, ID).map(s -> Json.read(s.body(), Periods.class)).orElse(OPEN);

  public Periods {
    for (var days : new Integer[] {receipts, attempts, events}) {
      if (days != null && (days < 0 || days > LONGEST)) {
        throw new IllegalArgumentException("a period is from 0 to " + LONGEST + " days");
      }
    }
  }

  /// As it stands at a place in the log.
  public static Periods in(Settings settings) {
    return settings.view(VIEW);
  }

  /// The same with every period said.
  ///
  /// @param usual as the hub is configured
  public Periods over(Periods usual) {
    return new Periods(
        receipts == null ? usual.receipts() : receipts,
        attempts == null ? usual.attempts() : attempts,
        events == null ? usual.events() : events);
  }

  /// Says so from now on.
  public void put(Batch batch) {
    batch.change(SETTING, ID, equals(OPEN) ? null : Json.write(this));
  }
}
