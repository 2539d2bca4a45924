package dev.porchlight.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// After a power cut every promised lead is there once, and the rest is in order.
///
/// A hub takes leads on a disk that keeps only what was synced. At random places the test has a
/// picture taken of what that disk would hold, with the promises made until then; at the last the
/// process dies, and the next one goes on from there. `-Dporchlight.powercuts=1000` takes more.
class PowerCutTest {
  private static final int CUTS = Integer.getInteger("porchlight.powercuts", 20);
  private static final int A_PROCESS = 5;

  /// At most so many writes and syncs from cut to cut: small ones cut while the hub starts, large
  /// ones among leads and checkpoints.
  private static final int[] GAPS = {300, 6000, 60, 6000};

  private static final long SEED =
      Long.getLong("porchlight.seed", System.nanoTime() / 1000 % 1_000_000);

  @Test
  void every_promised_lead_outlives_a_power_cut(@TempDir Path folder) throws Exception {
    var library = PlayedDisk.compile(folder);
    assumeTrue(
        library.isPresent(),
        "Power cuts are not tried: that needs Linux and a C compiler (`apt-get install gcc`).");
    System.err.println("power cuts: -Dporchlight.seed=" + SEED);
    var root = Files.createDirectories(folder.resolve("disk-0"));
    Set<String> promised = new LinkedHashSet<>();
    int done = 0;
    long owed = 0;
    for (int process = 0; done < CUTS; process++) {
      var cuts = folder.resolve("cuts-" + process);
      int pictures = Math.min(A_PROCESS, CUTS - done);
      try (var disk = PlayedDisk.start(library.get(), root, cuts, null)) {
        var order = "disk cuts/" + pictures + "/" + GAPS[process % GAPS.length];
        assertThat(disk.ask(order + "/" + (SEED + process))).isEqualTo("obeyed");
        if (disk.order("start") != null) {
          disk.order("load c" + process + " 8 100000");
        }
        assertThat(disk.exit()).as("how the program ended").isEqualTo(99);
      }
      Path last = root;
      for (int n = 1; n <= pictures; n++) {
        last = cuts.resolve(Integer.toString(n));
        var until = new LinkedHashSet<>(promised);
        until.addAll(Files.readAllLines(last.resolve("acknowledged")));
        if (n == pictures) {
          promised = until;
          // Before the audit starts a hub on it.
          var next = folder.resolve("disk-" + (process + 1));
          copy(last, next);
          root = next;
        }
        owed += audit(last, until, "seed " + SEED + ", process " + process + ", cut " + n);
      }
      done += pictures;
      delete(cuts);
    }
    assertThat(promised).as("the cuts must not all come before the leads").isNotEmpty();
    System.err.println(
        "power cuts: " + done + ", promised leads: " + promised.size() + ", owed: " + owed);
  }

  /// @return how many promised leads were still owed when the hub started
  static long audit(Path disk, Set<String> promised, String when) throws Exception {
    try (var hub = Hub.start(HubConfig.local(disk.resolve("data"), DiskProgram.TOKEN))) {
      // A promise may have been made of a receipt alone; its lead follows by itself.
      long owed = owed(hub);
      Awaitility.await(when).atMost(Duration.ofSeconds(20)).until(() -> owed(hub) == 0);
      var leads =
          hub.store()
              .read(h ->
                  h
                      .createQuery("SELECT external_id, COUNT(*) FROM lead GROUP BY external_id")
                      .map((r, _) -> Map.entry(r.getString(1), r.getLong(2)))
                      .list()
                      .stream()
                      .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
      assertThat(leads.keySet()).as("%s: leads that were promised", when).containsAll(promised);
      assertThat(leads.values()).as("%s: times a lead is there", when).allMatch(n -> n == 1);
      assertThat(
              hub.store()
                  .<String>read(
                      h -> h.createQuery("PRAGMA integrity_check").mapTo(String.class).first()))
          .as(when)
          .isEqualTo("ok");
      assertThat(hub.examine()).as(when).noneMatch(f -> f.level().equals("fault"));
      assertThat(hub.checkRebuild().differences()).as(when).isEmpty();
      return owed;
    }
  }

  private static long owed(Hub hub) {
    return hub.store()
        .read(h ->
            h.createQuery("SELECT COUNT(*) FROM receipt WHERE state = 'owed'")
                .mapTo(Long.class)
                .one());
  }

  static void copy(Path from, Path to) throws Exception {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static void delete(Path folder) throws Exception {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
