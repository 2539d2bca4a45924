package dev.porchlight.connector.realtor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.Written;
import dev.porchlight.value.Lead;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Bodies, and what comes of them.
final class Bodies {
  static final ConnectionsPlus PLUS = new ConnectionsPlus();
  static final LeadDelivery DELIVERY = new LeadDelivery();
  static final List<String> FIXTURES =
      List.of(
          "buyer-minimal",
          "buyer-full",
          "seller-minimal",
          "seller-full",
          "standard-minimal",
          "standard-full",
          "enhanced-minimal",
          "enhanced-full",
          "enhanced-seller",
          "both-agents",
          "test-lead",
          "non-ascii",
          "native-new",
          "native-old",
          "large");

  private Bodies() {}

  static byte[] fixture(String name) {
    try (var in = Bodies.class.getResourceAsStream("/leads/" + name + ".json")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Connector connectorOf(String fixture) {
    return fixture.startsWith("standard")
            || fixture.startsWith("enhanced")
            || fixture.startsWith("both")
        ? DELIVERY
        : PLUS;
  }

  static Reading read(Connector connector, byte[] bytes) {
    return connector.read(new Body(bytes, "application/json", ""));
  }

  static Reading read(Connector connector, String json) {
    return read(connector, json.getBytes(StandardCharsets.UTF_8));
  }

  static Reading.Facts facts(Connector connector, byte[] bytes) {
    assertThat(read(connector, bytes)).isInstanceOf(Reading.Facts.class);
    return (Reading.Facts) read(connector, bytes);
  }

  static Lead lead(Reading.Facts facts) {
    return (Lead) facts.facts().getFirst();
  }

  static Written.Bytes bytes(Written written) {
    assertThat(written).isInstanceOf(Written.Bytes.class);
    return (Written.Bytes) written;
  }
}
