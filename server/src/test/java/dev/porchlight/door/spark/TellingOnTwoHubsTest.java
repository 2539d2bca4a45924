package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.testing.FakeMailServer;
import dev.porchlight.testing.SettableClock;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two hubs that share a database, one of which breaks off, and people who wait.
class TellingOnTwoHubsTest {
  private static final int PEOPLE = 4;
  private static final int HOMES = 5;
  private static final Pattern TOLD = Pattern.compile("New: (\\d) Quay");

  private static final Pattern ID = Pattern.compile("Message-ID: <[^>]+>");

  @TempDir Path folder;

  @Test
  void each_change_is_told_once_to_each_whatever_ends_in_between() {
    var url = TestPostgres.newHubDatabase();
    var clock = SettableClock.at(TestHub.START);
    try (var post = FakeMailServer.open();
        var world =
            new SparkWorld(
                TestHub.in(folder).clock(clock).config(c -> c.withDatabase(url, 1)).start());
        var other =
            TestHub.in(folder)
                .clock(clock)
                .config(c -> c.withDatabase(url, 2))
                .withoutRebuildCheck()
                .start()) {
      assertThat(other.address()).isNotEqualTo(world.hub.address());
      var server = Json.object().put("host", "127.0.0.1").put("security", "none");
      server.put("port", post.port()).put("from", "hub@porch.example.org");
      assertThat(world.hub.api().patch("/mail-server", server).status()).isEqualTo(200);
      var listings = new HarborListings(world);
      var agent = world.key("private");
      for (int i = 0; i < PEOPLE; i++) {
        var person = ContactsTest.make(world, agent, "P" + i, "p" + i + "@example.org");
        listings.waits(agent, person, "");
      }
      for (int i = 1; i <= HOMES; i++) {
        listings.changes(Integer.toString(i), 1, l -> l.put("internetAddressDisplayYN", "Y"));
        if (i == 3) {
          world.hub.crash(() -> {});
        }
      }
      // What goes together depends on who is quicker; that it goes once does not.
      Awaitility.await()
          .atMost(TestHub.PATIENCE)
          .until(
              () -> {
                clock.advance(Duration.ofSeconds(20));
                return told(post).values().stream().mapToInt(List::size).sum();
              },
              n -> n >= PEOPLE * HOMES);
      clock.advance(Duration.ofMinutes(5));
      listings.changes("6", 1, l -> l.put("internetAddressDisplayYN", "Y"));
      Awaitility.await()
          .atMost(TestHub.PATIENCE)
          .until(
              () -> {
                clock.advance(Duration.ofSeconds(20));
                return told(post).values().stream().filter(t -> t.contains("6")).count();
              },
              n -> n == PEOPLE);
      assertThat(told(post)).hasSize(PEOPLE);
      told(post)
          .forEach((person, homes) ->
              assertThat(homes).as(person).containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6"));
    }
  }

  /// The homes that each address was told of. A mail whose hub broke off before it could note the
  /// server's answer comes again as the same message, and is counted once.
  private static TreeMap<String, List<String>> told(FakeMailServer post) {
    var all = new TreeMap<String, List<String>>();
    var seen = new HashSet<String>();
    for (var mail : post.messages()) {
      var text = new String(mail.message(), StandardCharsets.UTF_8);
      var id = ID.matcher(text);
      if (!id.find() || !seen.add(id.group())) {
        continue;
      }
      var plain = text.substring(0, text.indexOf("text/html"));
      plain = plain.substring(plain.indexOf("text/plain"));
      var homes = all.computeIfAbsent(mail.recipients().getFirst(), _ -> new ArrayList<>());
      TOLD.matcher(plain).results().forEach(r -> homes.add(r.group(1)));
    }
    return all;
  }
}
