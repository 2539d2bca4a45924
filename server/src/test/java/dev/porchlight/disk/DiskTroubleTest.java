package dev.porchlight.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Full disks, syncs that fail, write-ahead logs cut short, clocks that jump: never a false
/// promise, and afterwards everybody can see what is the matter.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DiskTroubleTest {
  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path folder;
  private Path library = Path.of("");
  private Path root = Path.of("");

  @BeforeEach
  void compile() throws Exception {
    var compiled = PlayedDisk.compile(folder);
    assumeTrue(
        compiled.isPresent(),
        "Bad disks are not tried: that needs Linux and a C compiler (`apt-get install gcc`).");
    library = compiled.get();
    root = Files.createDirectories(folder.resolve("disk"));
  }

  private PlayedDisk start() throws Exception {
    return PlayedDisk.start(library, root, folder.resolve("cuts"), null);
  }

  private static URI address(PlayedDisk disk) throws Exception {
    return URI.create(disk.ask("start").substring("started ".length()));
  }

  private HttpResponse<String> get(URI hub, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(hub.resolve(path))
            .header("Authorization", "Bearer " + DiskProgram.TOKEN)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /// Promised, unavailable, anything else.
  private static int[] load(PlayedDisk disk, String prefix, int senders, int each)
      throws Exception {
    var words = disk.ask("load " + prefix + " " + senders + " " + each).split(" ", -1);
    return new int[] {
      Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3])
    };
  }

  private Set<String> promised(PlayedDisk disk, String picture) throws Exception {
    disk.ask("disk picture/" + picture);
    return new LinkedHashSet<>(
        Files.readAllLines(folder.resolve("cuts").resolve(picture).resolve("acknowledged")));
  }

  @Test
  void a_full_disk_is_told_and_ends_by_itself() throws Exception {
    try (var disk = start()) {
      var hub = address(disk);
      assertThat(load(disk, "before", 4, 10)).containsExactly(40, 0, 0);
      disk.ask("disk room/300000");
      int[] full = load(disk, "full", 4, 200);
      assertThat(full[1]).as("503 with Retry-After").isPositive();
      assertThat(full[2]).as("any other answer").isZero();
      var ready = get(hub, "/health/ready");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).contains("full");
      assertThat(get(hub, "/api/v1/leads").statusCode()).as("reading goes on").isEqualTo(200);
      assertThat(get(hub, "/api/v1/doctor").body())
          .contains("takes no work for now")
          .contains("full");

      disk.ask("disk room/-1");
      Awaitility.await().until(() -> load(disk, "after" + System.nanoTime(), 1, 1)[0] == 1);
      assertThat(get(hub, "/health/ready").statusCode()).isEqualTo(200);
      assertThat(load(disk, "later", 4, 10)).containsExactly(40, 0, 0);
      var promised = promised(disk, "end");
      disk.close();
      PowerCutTest.audit(root, promised, "after a full disk");
    }
  }

  @Test
  void a_failed_sync_halts_the_store_until_the_next_start() throws Exception {
    Set<String> promised;
    try (var disk = start()) {
      var hub = address(disk);
      assertThat(load(disk, "before", 4, 20)).containsExactly(80, 0, 0);
      disk.ask("disk failsync/1/-wal");
      assertThat(load(disk, "doubt", 4, 5)).as("nothing is promised").containsExactly(0, 20, 0);
      var ready = get(hub, "/health/ready");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).contains("in doubt");
      assertThat(get(hub, "/api/v1/leads").statusCode()).as("reading goes on").isEqualTo(200);
      assertThat(get(hub, "/api/v1/doctor").body()).contains("until the next start");
      assertThat(load(disk, "still", 2, 5)).containsExactly(0, 10, 0);
      assertThat(disk.ask("close")).isEqualTo("closed");
    }
    // The process is gone; what it saw is still in memory, the disk holds less.
    try (var disk = start()) {
      var hub = address(disk);
      assertThat(get(hub, "/api/v1/doctor").body()).contains("halted before the start");
      assertThat(load(disk, "after", 4, 5)).containsExactly(20, 0, 0);
      promised = promised(disk, "end");
    }
    assertThat(promised).hasSize(20);
    for (int sender = 0; sender < 4; sender++) {
      for (int i = 0; i < 20; i++) {
        promised.add("before-" + sender + "-" + i);
      }
    }
    PowerCutTest.audit(root, promised, "after a failed sync");
  }

  @Test
  void what_a_failed_sync_left_in_memory_is_on_the_disk_before_anything_follows_it()
      throws Exception {
    var cuts = folder.resolve("cuts");
    Set<String> promised;
    try (var disk = start()) {
      address(disk);
      // The log's sync fails once, in the middle of the traffic: its frames stay readable.
      disk.ask("disk failsync/10/-wal");
      load(disk, "before", 2, 40);
      promised = promised(disk, "halted");
    }
    try (var disk = PlayedDisk.start(library, root, cuts, cuts.resolve("halted"))) {
      assertThat(disk.ask("promise cut")).isEqualTo("promised");
    }
    PowerCutTest.audit(cuts.resolve("cut"), promised, "a power cut after a failed sync");
    try (var hub = Hub.start(HubConfig.local(cuts.resolve("cut/data"), DiskProgram.TOKEN))) {
      assertThat(
              hub.store()
                  .<Long>read(h ->
                      h.createQuery("SELECT COUNT(*) FROM log WHERE kind = 'test.promised'")
                          .mapTo(Long.class)
                          .one()))
          .as("what was promised after the failed sync")
          .isEqualTo(1);
    }
  }

  @Test
  void a_shortened_log_is_either_noticed_or_harmless() throws Exception {
    Set<String> promised;
    try (var disk = start()) {
      address(disk);
      load(disk, "lead", 4, 60);
      promised = promised(disk, "end");
    }
    var log = root.resolve("data/porchlight.db-wal");
    long size = Files.size(log);
    var random = new Random(size);
    int noticed = 0;
    for (int n = 0; n < 6; n++) {
      var cut = folder.resolve("short-" + n);
      PowerCutTest.copy(root, cut);
      long at = n == 0 ? 0 : random.nextLong(size);
      try (var channel =
          FileChannel.open(cut.resolve("data/porchlight.db-wal"), StandardOpenOption.WRITE)) {
        channel.truncate(at);
      }
      var when = "write-ahead log of " + size + " bytes cut at " + at;
      var config = HubConfig.local(cut.resolve("data"), DiskProgram.TOKEN);
      try (var hub = Hub.start(config)) {
        boolean missing =
            !hub.store()
                .read(h ->
                    new LinkedHashSet<>(
                        h.createQuery("SELECT external_id FROM lead").mapTo(String.class).list()))
                .containsAll(promised);
        if (missing) {
          noticed++;
          assertThat(hub.examine())
              .as(when)
              .anyMatch(f -> f.level().equals("fault") && f.sentence().contains("are gone"));
        }
        assertThat(hub.checkRebuild().differences()).as(when).isEmpty();
      } catch (IllegalStateException e) {
        noticed++;
        assertThat(e).as(when).hasMessageContaining("then restore a backup");
      }
    }
    assertThat(noticed).as("losses seen").isPositive();
  }

  @Test
  void a_clock_that_jumps_an_hour_loses_and_delays_nothing() throws Exception {
    Set<String> promised;
    try (var disk = start()) {
      var hub = address(disk);
      long before = Long.parseLong(disk.ask("millis"));
      assertThat(load(disk, "now", 4, 5)).containsExactly(20, 0, 0);
      for (int jump : new int[] {3600, 0, -3600, 0}) {
        disk.ask("disk clock/" + jump);
        assertThat(Long.parseLong(disk.ask("millis")) - before)
            .as("the clock is the played one")
            .isBetween(jump * 1000L, jump * 1000L + 300_000);
        assertThat(load(disk, "jump" + jump + "x" + System.nanoTime(), 4, 5))
            .containsExactly(20, 0, 0);
        Awaitility.await()
            .untilAsserted(() ->
                assertThat(get(hub, "/health").body())
                    .as("after a jump to %s", jump)
                    .contains("\"deliveries_pending\":0"));
      }
      promised = promised(disk, "end");
    }
    PowerCutTest.audit(root, promised, "after jumps of the clock");
    try (var hub = Hub.start(HubConfig.local(root.resolve("data"), DiskProgram.TOKEN))) {
      assertThat(
              hub.store()
                  .<Long>read(h ->
                      h.createQuery(
                              "SELECT COUNT(*) FROM log a JOIN log b ON b.seq = a.seq + 1"
                                  + " WHERE b.at < a.at")
                          .mapTo(Long.class)
                          .one()))
          .as("lines of the log that are older than the one before")
          .isZero();
    }
  }
}
