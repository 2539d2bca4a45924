package dev.porchlight.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// A hub that is killed in the middle of leads at full speed, again and again, keeps what it
/// acknowledged and delivers it.
///
/// Eight rounds of 400 leads. The long form: `-Dporchlight.crash.rounds=1000
/// -Dporchlight.crash.leads=10000`; `-Dporchlight.crash.seed=...` draws the same leads and moments
/// again. Every twenty rounds a new folder is begun.
@Tag("crash")
@Isolated
final class CrashTest {
  private static final int ROUNDS = Integer.getInteger("porchlight.crash.rounds", 8);
  private static final int LEADS = Integer.getInteger("porchlight.crash.leads", 400);
  private static final long SEED = Long.getLong("porchlight.crash.seed", System.nanoTime());
  private static final int ROUNDS_PER_FOLDER = 20;
  private static final int REBUILD_EVERY = 10;
  private static final int SENDERS = 16;

  @TempDir private Path folder;

  private final Random random = new Random(SEED);
  private CompletableFuture<HubProcess> hub = new CompletableFuture<>();
  private int restarts;
  private int resent;
  private int putOff;

  @Test
  void a_killed_hub_keeps_what_it_acknowledged() throws Exception {
    System.out.println("Seed " + SEED);
    try (var crm = new RecordingCrm()) {
      for (int done = 0; done < ROUNDS; done += ROUNDS_PER_FOLDER) {
        var data = folder.resolve("data-" + done);
        crm.forget();
        rounds(Math.min(ROUNDS_PER_FOLDER, ROUNDS - done), data, crm);
        delete(data);
      }
    }
    assertThat(putOff).as("answers 503").isZero();
    // A kill that always met an idle hub would prove nothing.
    assertThat(resent).as("requests cut by the kills").isGreaterThan(restarts);
  }

  private void rounds(int count, Path data, RecordingCrm crm) throws Exception {
    var log = folder.resolve("hub.log");
    var process = HubProcess.start(data, log);
    var book = new Sender.Book();
    try {
      publish(process);
      var targets = Landscape.setUp(process.address(), crm);
      var senders = new ArrayList<Sender>();
      for (int i = 0; i < SENDERS; i++) {
        senders.add(new Sender(i, new Random(random.nextLong()), targets, book));
      }
      for (int round = 1; round <= count; round++) {
        crm.refuse(round % 10 == 5 ? 0.01 : 0);
        process = round(process, senders, data, log, round % 7 == 0);
        try (var db = open(data)) {
          Audit.awaitQuiet(db);
          Audit.audit(db, book, crm);
        }
        if (round % REBUILD_EVERY == 0 || round == count) {
          checkFile(data);
          Landscape.checkRebuild(process.address());
        }
      }
    } catch (AssertionError | Exception e) {
      System.err.println(Files.readString(log));
      throw e;
    } finally {
      process.close();
      process.awaitEnd();
    }
    putOff += book.putOff.get();
  }

  /// One round: leads from all senders, a kill at some moment, another one right after the start
  /// where asked for, and the rest of the leads.
  private HubProcess round(
      HubProcess first, List<Sender> senders, Path data, Path log, boolean twice) throws Exception {
    int killAt = 1 + random.nextInt(LEADS * 9 / 10);
    long delay = random.nextLong(3_000_000);
    var acknowledged = new AtomicInteger();
    try (var threads = Executors.newFixedThreadPool(SENDERS + 1)) {
      var all = new ArrayList<Future<?>>();
      for (var sender : senders) {
        all.add(
            threads.submit(() -> {
              sender.send(
                  LEADS / SENDERS + 1,
                  new Hubs(),
                  () -> {
                    int n = acknowledged.incrementAndGet();
                    if (n == killAt) {
                      long until = System.nanoTime() + delay;
                      while (System.nanoTime() < until) {
                        Thread.onSpinWait();
                      }
                      first.kill();
                    }
                  });
              return null;
            }));
      }
      try {
        first.awaitEnd();
        withdraw();
        var process = HubProcess.start(data, log);
        restarts++;
        if (twice) {
          // In the middle of what it does about the first crash.
          publish(process);
          TimeUnit.NANOSECONDS.sleep(random.nextInt(50_000_000));
          process.kill();
          process.awaitEnd();
          withdraw();
          process = HubProcess.start(data, log);
          restarts++;
        }
        publish(process);
        for (var sent : all) {
          sent.get(120, TimeUnit.SECONDS);
        }
        return process;
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private synchronized void publish(HubProcess process) {
    hub.complete(process);
  }

  private synchronized void withdraw() {
    hub = new CompletableFuture<>();
  }

  private synchronized CompletableFuture<HubProcess> published() {
    return hub;
  }

  private final class Hubs implements Sender.Hubs<HubProcess> {
    @Override
    public HubProcess current(@Nullable HubProcess gone) throws InterruptedException {
      return next(gone);
    }

    @Override
    public URI address(HubProcess process) {
      return process.address();
    }
  }

  /// The hub that runs; not the one that the caller saw end.
  private HubProcess next(@Nullable HubProcess gone) throws InterruptedException {
    if (gone != null) {
      synchronized (this) {
        resent++;
      }
      gone.awaitEnd();
    }
    try {
      while (true) {
        var found = published().get(60, TimeUnit.SECONDS);
        if (found != gone) {
          return found;
        }
        Thread.onSpinWait();
      }
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError("no hub", e);
    }
  }

  private static void checkFile(Path data) throws SQLException {
    try (var db = open(data)) {
      assertThat(Audit.rows(db, "PRAGMA quick_check(5)")).containsExactly(List.of("ok"));
    }
  }

  /// Only while a hub runs: the last one to close a database tidies it up, which is the hub's part
  /// after a crash.
  private static Connection open(Path data) throws SQLException {
    var connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("porchlight.db"));
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 5000");
      statement.execute("PRAGMA query_only = ON");
    }
    return connection;
  }

  private static void delete(Path data) throws IOException {
    try (var files = Files.list(data)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
