package dev.porchlight.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import dev.porchlight.store.postgres.CuttingProxy;
import dev.porchlight.store.postgres.MortalPostgres;
import dev.porchlight.store.postgres.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// A hub whose database goes away in the middle of leads from many connections: senders are told to
/// come again, nothing is acknowledged that is not there, and all goes on by itself.
///
/// Five seconds; the long form: `-Dporchlight.outage.seconds=60`.
@Tag("crash")
@Isolated
final class OutageTest {
  private static final int SECONDS = Integer.getInteger("porchlight.outage.seconds", 5);
  private static final int SENDERS = 16;
  private static final int EACH = 60;

  @TempDir private Path folder;
  private final Random random = new Random(7);
  private final HttpClient client = HttpClient.newHttpClient();

  private interface Outage {
    void begin() throws IOException;

    void end() throws IOException;
  }

  /// The one hub, whatever happens to it.
  private record Same(URI hub) implements Sender.Hubs<URI> {
    @Override
    public URI current(@Nullable URI gone) {
      return hub;
    }

    @Override
    public URI address(URI found) {
      return found;
    }
  }

  @Test
  void a_database_that_nobody_reaches_for_a_while() throws Exception {
    var url = TestPostgres.newHubDatabase();
    try (var proxy = new CuttingProxy()) {
      goThrough(
          proxy.through(url),
          url,
          new Outage() {
            @Override
            public void begin() {
              proxy.down(true);
            }

            @Override
            public void end() {
              proxy.down(false);
            }
          });
    }
  }

  @Test
  void a_database_that_is_killed_and_started_again() throws Exception {
    try (var postgres = new MortalPostgres()) {
      var url = postgres.url();
      goThrough(
          url,
          url,
          new Outage() {
            @Override
            public void begin() throws IOException {
              postgres.kill();
            }

            @Override
            public void end() throws IOException {
              postgres.start();
            }
          });
    }
  }

  private int ready(URI hub) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(hub.resolve("/health/ready")).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private void goThrough(String hubsUrl, String url, Outage outage) throws Exception {
    var config = HubConfig.local(folder.resolve("data"), HubProcess.TOKEN).withDatabase(hubsUrl, 1);
    try (var crm = new RecordingCrm();
        var hub = Hub.start(config);
        var threads = Executors.newFixedThreadPool(SENDERS);
        // Else senders would try for ever where the test has failed.
        AutoCloseable _ = threads::shutdownNow) {
      var targets = Landscape.setUp(hub.address(), crm);
      var book = new Sender.Book();
      var enough = new CountDownLatch(SENDERS * EACH / 4);
      var acknowledged = new AtomicInteger();
      var all = new ArrayList<Future<?>>();
      for (int i = 0; i < SENDERS; i++) {
        var sender = new Sender(i, new Random(random.nextLong()), targets, book);
        all.add(
            threads.submit(() -> {
              sender.send(
                  EACH,
                  new Same(hub.address()),
                  () -> {
                    acknowledged.incrementAndGet();
                    enough.countDown();
                  });
              return null;
            }));
      }
      assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();

      outage.begin();
      long begun = System.nanoTime();
      await().until(() -> ready(hub.address()) == 503);
      int before = acknowledged.get();
      int putOff = book.putOff.get();
      while (System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(SECONDS)) {
        TimeUnit.MILLISECONDS.sleep(200);
        assertThat(ready(hub.address())).isEqualTo(503);
      }
      assertThat(acknowledged).as("acknowledged without a database").hasValue(before);
      // A commit that was cut is looked up for seconds first, so the outage may be over by the
      // clock.
      await("answers 503").until(() -> book.putOff.get() > putOff);
      outage.end();

      long ended = System.nanoTime();
      await().until(() -> ready(hub.address()) == 200);
      System.out.printf(
          "Away for %d ms, taken again %d ms after its return; %d answers 503%n",
          TimeUnit.NANOSECONDS.toMillis(ended - begun),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - ended),
          book.putOff.get());
      for (var sent : all) {
        sent.get(120, TimeUnit.SECONDS);
      }
      try (var db = TestPostgres.connect(url)) {
        Audit.awaitQuiet(db);
        Audit.audit(db, book, crm);
      }
      assertThat(acknowledged.get()).isGreaterThanOrEqualTo(SENDERS * EACH);
      if (SECONDS <= 5) {
        // Shorter than a lease: what attempts under way showed is written down when it is over.
        assertThat(crm.arrivals().stream().map(x -> x.endpoint() + " " + x.webhookId()))
            .doesNotHaveDuplicates();
      }
      Landscape.checkRebuild(hub.address());
    }
  }
}
