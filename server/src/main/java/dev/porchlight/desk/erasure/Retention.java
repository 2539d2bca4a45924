package dev.porchlight.desk.erasure;

import dev.porchlight.desk.Keeping;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.Tables;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.log.StandingWork;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Erases by itself what is to be kept for a time only, as a lead or its source says, one lead
/// after the other, each in a unit of its own behind everything else that waits for the writer, and
/// with rests between them.
///
/// Leads that name their own end are found by it. For a source it goes through its receipts in the
/// order of their arrival, from where it left off; once a day, and after each start, from the
/// beginning, so that what was decided late is met too. Every hub does so: what another has erased
/// is passed over.
public final class Retention implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private static final int PAGE = 200;
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final Duration ANEW = Duration.ofDays(1);
  private static final Duration A_WHILE = Duration.ofMinutes(1);

  private final Store store;
  private final Erasure erasure;
  private final Pins pins;
  private final List<Consumer<BooleanSupplier>> others;
  private final StandingWork work;
  private final Map<String, String> reached = new HashMap<>();
  private Instant begun = Instant.MIN;
  private boolean resumed;

  /// Looks for what is over, and goes on with erasures that a stop has cut.
  ///
  /// @param others what else is to be dropped when its time is over, as long as it may go on
  public Retention(Store store, Erasure erasure, List<Consumer<BooleanSupplier>> others) {
    this.store = store;
    this.erasure = erasure;
    pins = new Pins(store);
    this.others = List.copyOf(others);
    work = new StandingWork("retention", LOG, this::step);
    work.start();
  }

  /// Looks again now.
  public void wake() {
    work.wake();
  }

  private Duration step() {
    guarded(this::pass);
    guarded(this::resume);
    others.forEach(other -> guarded(() -> other.accept(() -> !work.isClosing())));
    return EVERY;
  }

  /// All at a start; later those that another hub seems to have left, too.
  private void resume() {
    erasure.resume(resumed ? store.now().minus(A_WHILE) : Instant.MAX);
    resumed = true;
  }

  /// One that fails each time must not keep the others.
  private static void guarded(Runnable work) {
    try {
      work.run();
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("A part of the work called retention failed; it is tried again", e);
    }
  }

  private void pass() {
    var now = store.now();
    if (begun.equals(Instant.MIN) || !begun.plus(ANEW).isAfter(now) || now.isBefore(begun)) {
      reached.clear();
      begun = now;
    }
    for (var source : Sources.in(store.settings()).all()) {
      if (source.retention() != null) {
        pass(source, Keeping.of(source.retention()), now);
      }
    }
    passDeadlines(now);
  }

  private void passDeadlines(Instant now) {
    boolean some = true;
    while (some && !work.isClosing()) {
      some = false;
      for (var lead : over(now)) {
        if (work.isClosing()) {
          return;
        }
        some |= expire(() -> erasure.expire(lead), "lead " + lead) == Expired.ERASED;
      }
    }
  }

  private List<String> over(Instant now) {
    return store.read(h ->
        h.createQuery(
                "SELECT lead_id FROM lead_deadline WHERE at <= :now AND NOT EXISTS (SELECT 1 FROM"
                    + " pin p WHERE p.kind = 'lead' AND p.id = lead_deadline.lead_id)"
                    + " ORDER BY at LIMIT "
                    + PAGE)
            .bind("now", Row.micros(now))
            .mapTo(String.class)
            .list());
  }

  private void pass(Source source, Keeping keeping, Instant now) {
    var limit = firstIdAt(keeping.latestStart(now));
    while (!work.isClosing()) {
      var page = page(source.id(), reached.getOrDefault(source.id(), ""), limit);
      boolean waiting = false;
      for (var receipt : page) {
        if (work.isClosing()) {
          return;
        }
        waiting |= !isThrough(receipt, keeping, now);
        if (!waiting) {
          reached.put(source.id(), receipt.id());
        }
      }
      if (waiting || page.size() < PAGE) {
        return;
      }
    }
  }

  /// Erases what is over; false when this receipt's time is still to come.
  private boolean isThrough(Receipt receipt, Keeping keeping, Instant now) {
    if (receipt.erasedAt() != null) {
      return true;
    }
    boolean over = !keeping.end(receipt.at()).isAfter(now);
    return switch (receipt.state()) {
      case DONE, REPEAT, MENDED -> {
        var lead = receipt.leadId();
        if (lead != null && isOver(lead, keeping, now)) {
          var expired = expire(() -> erasure.expire(lead), "lead " + lead);
          // One that changed at that very moment is still there: the next pass tries again.
          yield over && (expired != Expired.LEFT || !isOver(lead, keeping, now));
        }
        yield over;
      }
      case OWED, QUARANTINED, REFUSED, ASIDE -> {
        if (over) {
          expire(() -> erasure.expireReceipt(receipt), "receipt " + receipt.id());
        }
        yield over;
      }
      case ERASED -> true;
    };
  }

  private enum Expired {
    ERASED,
    /// It had changed, or was erased by another hub.
    LEFT,
    BROKEN
  }

  /// One that can't be erased must not keep all others: it is met again a day later.
  private static Expired expire(BooleanSupplier erase, String what) {
    try {
      return erase.getAsBoolean() ? Expired.ERASED : Expired.LEFT;
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("The time of {} is over, and it can't be erased; it is tried again", what, e);
      return Expired.BROKEN;
    }
  }

  /// By the lead's first receipt: a repeat or a later version does not make it last longer.
  private boolean isOver(String lead, Keeping keeping, Instant now) {
    return store.read(h ->
        h.createQuery("SELECT created_at FROM lead WHERE id = :l AND erased_at IS NULL")
            .bind("l", lead)
            .map((r, _) -> new Row(r).time(1))
            .findOne()
            .filter(at -> !keeping.end(at).isAfter(now))
            .isPresent())
        && !pins.holds(Pins.Kind.LEAD, lead);
  }

  /// Ids begin with the time of their making: those before that time are less than this.
  static String firstIdAt(Instant time) {
    var hex = "%012x".formatted(Math.max(0, time.toEpochMilli()));
    return hex.substring(0, 8) + "-" + hex.substring(8);
  }

  private List<Receipt> page(String source, String after, String limit) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.RECEIPT.columnList()
                    + " FROM receipt WHERE source_id = :s AND id > :a AND id < :l"
                    + " ORDER BY id LIMIT "
                    + PAGE)
            .bind("s", source)
            .bind("a", after)
            .bind("l", limit)
            .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
            .list());
  }

  /// Returns when nothing is being erased any more.
  @Override
  public void close() {
    work.close();
  }
}
