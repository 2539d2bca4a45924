package dev.porchlight.desk;

import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.StandingWork;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Works off what was accepted as owed: at once when the load is gone, and again and again, ever
/// less often up to once in ten minutes, where a defect stands in the way. Each start of the hub
/// (so each upgrade) begins anew.
public final class OwedWork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwedWork.class);
  private static final int AT_ONCE = 64;
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private record Trouble(int failures, Instant nextAt) {}

  private final Store store;
  private final Desk desk;
  private final Map<String, Trouble> troubles = new HashMap<>();
  private final StandingWork work;

  /// Whether there may be more than what is in trouble.
  private final AtomicBoolean news = new AtomicBoolean(true);

  public OwedWork(Store store, Desk desk) {
    this.store = store;
    this.desk = desk;
    work = new StandingWork("owed-work", LOG, this::look);
    work.start(store, this::isNews);
  }

  private boolean isNews(String kind) {
    boolean owed = kind.equals("receipt.owed") || kind.equals("setting." + SourcePause.SETTING);
    if (owed) {
      news.set(true);
    }
    return owed;
  }

  /// Looks again now, troubles or not.
  public void wake() {
    synchronized (troubles) {
      troubles.clear();
    }
    news.set(true);
    work.wake();
  }

  private Duration look() {
    if (news.getAndSet(false) || hasTroubles()) {
      try {
        workAll();
      } catch (RuntimeException | Error e) {
        news.set(true);
        throw e;
      }
    }
    return StandingWork.REST;
  }

  private boolean hasTroubles() {
    synchronized (troubles) {
      return !troubles.isEmpty();
    }
  }

  private void workAll() {
    String after = "";
    while (!work.isClosing()) {
      var page = page(after);
      if (page.isEmpty()) {
        SourcePause.listResuming(store.settings()).forEach(this::endPause);
        return;
      }
      for (var receipt : page) {
        after = receipt.id();
        if (isDue(receipt.id())
            && SourcePause.find(store.settings(), receipt.sourceId())
                .map(SourcePause::resuming)
                .orElse(true)) {
          work(receipt);
        }
      }
    }
  }

  /// Lets a source's receipts be decided at once again, unless one has come meanwhile that waits
  /// for its first try.
  private void endPause(String source) {
    Set<String> tried;
    synchronized (troubles) {
      tried = Set.copyOf(troubles.keySet());
    }
    boolean waits =
        store.write(
            WorkQueue.EDITS,
            batch -> {
              var pause = SourcePause.find(batch.settings(), source);
              if (pause.isEmpty() || !pause.get().resuming()) {
                return false;
              }
              boolean some =
                  batch
                      .sql()
                      .createQuery(
                          "SELECT id FROM receipt WHERE "
                              + Receipt.State.OWED.sql()
                              + " AND source_id = :s")
                      .bind("s", source)
                      .mapTo(String.class)
                      .stream()
                      .anyMatch(id -> !tried.contains(id));
              if (!some) {
                batch.change(SourcePause.SETTING, source, null);
              }
              return some;
            });
    if (waits) {
      news.set(true);
      work.wake();
    }
  }

  private List<Receipt> page(String after) {
    var paused = SourcePause.listPaused(store.settings());
    if (!paused.isEmpty()) {
      return page(after, paused);
    }
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.RECEIPT.columnList()
                    + " FROM receipt WHERE "
                    + Receipt.State.OWED.sql()
                    + " AND id > :after ORDER BY id LIMIT "
                    + AT_ONCE)
            .bind("after", after)
            .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
            .list());
  }

  /// Without those of sources that are paused: there may be very many.
  private List<Receipt> page(String after, List<String> paused) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.RECEIPT.columnList()
                    + " FROM receipt WHERE "
                    + Receipt.State.OWED.sql()
                    + " AND id > :after AND source_id NOT IN (<paused>) ORDER BY id LIMIT "
                    + AT_ONCE)
            .bind("after", after)
            .bindList("paused", paused)
            .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
            .list());
  }

  private boolean isDue(String id) {
    synchronized (troubles) {
      var trouble = troubles.get(id);
      return trouble == null || !trouble.nextAt().isAfter(store.now());
    }
  }

  private void work(Receipt receipt) {
    try {
      var raw = raw(receipt.id());
      if (raw == null) {
        throw new IllegalStateException("its raw body is gone");
      }
      desk.rework(receipt, raw);
      synchronized (troubles) {
        troubles.remove(receipt.id());
      }
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      synchronized (troubles) {
        var before = troubles.get(receipt.id());
        int failures = before == null ? 1 : before.failures() + 1;
        var wait = Duration.ofSeconds(1L << Math.min(failures, 10));
        troubles.put(
            receipt.id(),
            new Trouble(failures, store.now().plus(wait.compareTo(LONGEST) > 0 ? LONGEST : wait)));
        LOG.error("Receipt {} is still owed after {} tries", receipt.id(), failures, e);
      }
    }
  }

  private byte @Nullable [] raw(String receipt) {
    return store
        .read(h ->
            h.createQuery(
                    "SELECT "
                        + Tables.RAW.columnList()
                        + " FROM receipt_raw WHERE receipt_id = :id")
                .bind("id", receipt)
                .map((r, _) -> Tables.RAW.read(new Row(r)))
                .findOne())
        .map(RawBody::bytes)
        .orElse(null);
  }

  @Override
  public void close() {
    work.close();
  }
}
