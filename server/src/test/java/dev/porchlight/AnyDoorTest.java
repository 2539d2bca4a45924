package dev.porchlight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Messages;
import dev.porchlight.connector.PublicJsonSchema;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.AnyLead;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Lead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A lead that came in through one door goes out through any other, and what stays behind is told.
/// To have the table in `docs/any-door.md` rewritten:
///
///     mvn -pl server test -Dtest=AnyDoorTest -Dporchlight.table=true
class AnyDoorTest {
  private static final String NATIVE = "native";
  private static final List<String> IN =
      List.of(
          "connections-plus",
          "lead-delivery",
          NATIVE,
          "seeker-leads",
          "realestate-events",
          "porchlight");

  /// What came in, and the lead that it became.
  private record Came(String contract, byte[] raw, Lead lead) {}

  @Test
  void the_table_is_what_the_connectors_do() throws IOException {
    var page = Path.of("../docs/any-door.md");
    var table = AnyDoorTable.page();
    if (Boolean.getBoolean("porchlight.table")) {
      Files.writeString(page, table);
    }
    assertThat(Files.readString(page))
        .as("run: mvn -pl server test -Dtest=AnyDoorTest -Dporchlight.table=true")
        .isEqualTo(table);
  }

  @Test
  void no_format_of_this_release_is_left_out() {
    var reads = new ArrayList<String>();
    var writes = new ArrayList<String>();
    AnyDoor.CONNECTORS.forEach((name, connector) -> {
      if (connector.reads()) {
        reads.add(name);
      }
      if (connector.writes()) {
        writes.add(name);
      }
    });
    // A mail is for people to read; MailTest sees to it that the whole lead stands in it.
    writes.remove("mail");
    assertThat(AnyDoor.OUT.keySet()).containsExactlyInAnyOrderElementsOf(writes);
    // What clients submit is the one thing that is read and never sent.
    reads.remove("seeker-leads-request");
    reads.add(NATIVE);
    assertThat(IN).containsExactlyInAnyOrderElementsOf(reads);
  }

  @Property(tries = 1500)
  void what_goes_out_is_valid_and_loses_what_it_names(
      @ForAll("leads") Lead made,
      @ForAll("ins") String in,
      @ForAll("outs") String out,
      @ForAll long seed) {
    var came = comes(made, in, seed);
    Assume.that(isRead(came.lead(), out));
    var sent = AnyDoor.send(came.lead(), came.raw(), came.contract(), out);
    if (!sent.cannot().isEmpty()) {
      assertThat(out).isNotIn("porchlight", "seeker-leads");
      assertThat(sent.cannot()).allMatch(reason -> reason.endsWith("."));
      return;
    }
    if (out.equals("verbatim")) {
      assertThat(sent.body()).isEqualTo(came.raw());
      assertThat(sent.losses()).isEmpty();
    }
    differs(came.lead(), sent);
  }

  @Property(tries = 1000)
  void what_two_formats_carry_comes_through_both_and_back(
      @ForAll("leads") Lead made,
      @ForAll("ins") String in,
      @ForAll("structured") String one,
      @ForAll("structured") String other,
      @ForAll long seed) {
    var came = comes(made, in, seed);
    var lost = new HashSet<String>();
    var lead = came.lead();
    for (var out : List.of(one, other, one)) {
      Assume.that(isRead(lead, out));
      var sent = AnyDoor.send(lead, came.raw(), came.contract(), out);
      Assume.that(sent.cannot().isEmpty());
      lost.addAll(sent.losses().keySet());
      lead = sent.back();
    }
    var before = AnyDoor.fields(came.lead());
    var after = AnyDoor.fields(lead);
    before.forEach((field, value) -> {
      if (!lost.contains(field)) {
        assertThat(after.get(field)).as(field + " by " + one + " and " + other).isEqualTo(value);
      }
    });
  }

  /// A field that is named is not as it was; one that isn't, is. A Seeker Lead may be about nobody
  /// by its contract; an event of ours may not.
  private static boolean isRead(Lead lead, String out) {
    return !out.equals("porchlight")
        || lead.enquirer().isSomebody()
        || lead.message() != null
        || lead.erased();
  }

  private static void differs(Lead lead, AnyDoor.Sent sent) {
    var body = new String(sent.body(), StandardCharsets.UTF_8);
    var before = AnyDoor.fields(lead);
    var after = AnyDoor.fields(sent.back());
    var names = new HashSet<>(before.keySet());
    names.addAll(after.keySet());
    for (var field : names) {
      var was = before.get(field);
      var is = after.get(field);
      if (sent.losses().containsKey(field)) {
        assertThat(is).as(field + " of " + body).isNotEqualTo(was);
      } else {
        assertThat(is).as(field + " of " + body).isEqualTo(was);
      }
    }
    assertThat(names).as(body).containsAll(sent.losses().keySet());
  }

  private static Came comes(Lead made, String in, long seed) {
    var contract = in.equals(NATIVE) ? "connections-plus" : in;
    byte[] raw;
    if (in.equals(NATIVE)) {
      raw = nativeBody(new Random(seed));
    } else {
      var written =
          AnyDoor.connector(in).write(Messages.of(made), new WriteOptions(Intent.BUYER, null));
      Assume.that(written instanceof Written.Bytes);
      raw = ((Written.Bytes) written).body();
    }
    var reading = AnyDoor.read(contract, raw);
    Assume.that(reading instanceof Reading.Facts);
    if (in.equals(NATIVE)) {
      assertThat(((Reading.Facts) reading).message()).isEqualTo("Native");
    }
    var lead = AnyDoor.lead(reading);
    Assume.that(lead != null);
    return new Came(contract, raw, java.util.Objects.requireNonNull(lead));
  }

  /// The portal's own form, with some members left out and others saying something odd.
  private static byte[] nativeBody(Random random) {
    try {
      var body = PublicJsonSchema.JSON.readTree(AnyDoorTable.fixture("native-new"));
      change((ObjectNode) body.get("Lead"), random);
      return body.toString().getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void change(ObjectNode node, Random random) {
    for (var key : List.copyOf(node.propertyNames())) {
      var value = node.get(key);
      if (value instanceof ObjectNode below) {
        change(below, random);
      } else if (value instanceof ArrayNode || random.nextInt(3) > 0) {
        continue;
      } else if (random.nextInt(4) == 0) {
        node.remove(key);
      } else if (value.isString() && !key.equals("email")) {
        node.put(key, ODD.get(random.nextInt(ODD.size())));
      }
    }
  }

  private static final List<String> ODD =
      List.of(
          "",
          " padded ",
          "Zoë Žluťoučký",
          "مرحبا بالعالم",
          "שלום \u202eעולם",
          "🏡👩‍👩‍👧 李",
          "é".repeat(10_000),
          "test",
          "true",
          "seller",
          "12.50",
          "2026-03-14T09:26:53+01:00",
          "quote \" slash \\ / line \n end");

  @Provide
  Arbitrary<Lead> leads() {
    return AnyLead.any();
  }

  @Provide
  Arbitrary<String> ins() {
    return Arbitraries.of(IN);
  }

  @Provide
  Arbitrary<String> outs() {
    return Arbitraries.of(AnyDoor.OUT.keySet());
  }

  @Provide
  Arbitrary<String> structured() {
    return Arbitraries.of(
        AnyDoor.OUT.keySet().stream().filter(o -> !o.equals("verbatim")).toList());
  }
}
