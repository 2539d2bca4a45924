package dev.porchlight;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.Address;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Moment;
import dev.porchlight.value.Money;
import dev.porchlight.value.Property;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/// The invented lead that an endpoint's test sends.
final class SampleLead {
  /// Who answers it.
  static final String AGENT = "Alex Example";

  private SampleLead() {}

  static Message message(Instant now, Draw draw) {
    return message(
        now,
        draw,
        draw,
        "lead.created",
        1,
        0,
        "This is a test of the connection. Nobody is waiting.");
  }

  /// @param draw of the event
  /// @param leadDraw of the lead that it is about
  static Message message(
      Instant now,
      Draw draw,
      Draw leadDraw,
      String kind,
      int version,
      long sequence,
      String words) {
    var property =
        new Property(
            new Address("12 Sample Street", "Springfield", "OR", "97477"),
            null,
            null,
            "SAMPLE-1",
            null,
            "active",
            Money.dollars(new BigDecimal(450_000)),
            new BigDecimal(3),
            new BigDecimal(2),
            null,
            null,
            null,
            null);
    var id = "sample-" + leadDraw.uuid("lead");
    var lead =
        Lead.of(
                new Enquirer(
                    "Sam", "Sample", null, "sam.sample@example.com", "+1 541-555-0100", null, null))
            .with(b ->
                b.leadId(id)
                    .timestamp(new Moment(now, false))
                    .intent(Intent.BUYER)
                    .interest(new Interest.InListing(property))
                    .message(words)
                    .test(true));
    return new Message(
        "evt_" + draw.uuid("event"),
        kind,
        now,
        sequence,
        leadDraw.uuid("lead"),
        version,
        id,
        now,
        "test",
        "porchlight",
        leadDraw.digits(),
        AGENT,
        lead,
        lead.message() == null
            ? null
            : lead.message().getBytes(java.nio.charset.StandardCharsets.UTF_8),
        "text/plain",
        "");
  }

  /// A body in a contract that its readers take for a test; empty where it has no way to say so.
  static Optional<Body> asTest(Connector connector, Instant now, int hub) {
    if (!connector.writes()) {
      return Optional.empty();
    }
    var message = message(now, Draw.fresh(now, hub));
    // Realtor.com's contracts have no mark for tests but such an address.
    return Stream.of(message, message.with(marked(message.lead())))
        .flatMap(m ->
            connector.write(m, WriteOptions.NONE) instanceof Written.Bytes written
                ? Stream.of(new Body(written.body(), written.contentType(), connector.channel()))
                : Stream.empty())
        .filter(b -> isTest(connector.read(b)))
        .findFirst();
  }

  private static Lead marked(Lead lead) {
    return lead.with(b ->
        b.enquirer(
            new Enquirer(
                "Sam", "Sample", null, "sam.sample@move.com", "+1 541-555-0100", null, null)));
  }

  private static boolean isTest(Reading reading) {
    return reading instanceof Reading.Facts facts
        && facts.facts().stream().allMatch(f -> f instanceof Lead lead && lead.test());
  }
}
