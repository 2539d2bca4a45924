package dev.porchlight.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.realtor.ConnectionsPlus;
import dev.porchlight.connector.realtor.LeadDelivery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The helpers themselves, where a fault in them would make other tests pass.
class TestingTest {
  @Test
  void a_settable_clock_stands_still_moves_when_told_and_tells_of_it() throws Exception {
    var clock = SettableClock.at("2026-03-14T09:30:00Z");
    var moves = new AtomicInteger();
    var following = clock.follow(moves::incrementAndGet);
    var elsewhere = clock.withZone(ZoneId.of("America/New_York"));
    clock.advance(Duration.ofHours(1));
    clock.set(Instant.parse("2026-03-14T09:00:00Z"));
    assertThat(moves).hasValue(2);
    assertThat(elsewhere.instant()).isEqualTo("2026-03-14T09:00:00Z");
    following.close();
    clock.advance(Duration.ofSeconds(1));
    assertThat(moves).hasValue(2);
    assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void invented_people_differ_and_their_leads_keep_the_contracts() {
    var emails =
        java.util.stream.IntStream.range(0, 2000).mapToObj(n -> InventedPerson.of(n)).toList();
    assertThat(emails).extracting(InventedPerson::email).doesNotHaveDuplicates();
    assertThat(emails).extracting(InventedPerson::phone).doesNotHaveDuplicates();
    var ana = InventedPerson.of(0);
    check(new ConnectionsPlus(), "BuyerLead", LeadBodies.buyer("L-1", ana));
    check(new ConnectionsPlus(), "SellerLead", LeadBodies.seller("L-1", ana));
    check(new ConnectionsPlus(), "BuyerLead", LeadBodies.minimal("L-1", "buyer", ana));
    check(new ConnectionsPlus(), "Native", LeadBodies.nativeEnvelope("L-1", ana));
    check(new LeadDelivery(), "StandardLead", LeadBodies.standard("L-1", ana));
    check(new LeadDelivery(), "EnhancedLead", LeadBodies.enhanced("L-1", ana));
  }

  private static void check(Connector connector, String message, JsonNode body) {
    var reading =
        connector.read(
            new Body(body.toString().getBytes(StandardCharsets.UTF_8), "application/json", ""));
    assertThat(reading).isInstanceOf(Reading.Facts.class);
    assertThat(((Reading.Facts) reading).message()).isEqualTo(message);
    assertThat(reading.violations()).isEmpty();
  }
}
