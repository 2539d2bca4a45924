package dev.porchlight.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.filter.Evaluator;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.Type;
import dev.porchlight.filter.Value;
import dev.porchlight.geo.Shapes;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/// Held against asking one filter after the other.
class MatcherTest {
  private static final Instant NOW = Instant.parse("2026-03-14T09:30:00Z");
  private static final List<String> TEXTS =
      List.of(
          "City",
          "PostalCode",
          "StateOrProvince",
          "CountyOrParish",
          "MlsStatus",
          "PropertyType",
          "ListingKey",
          "UnparsedAddress",
          "SubdivisionName");
  private static final List<String> NUMBERS =
      List.of("ListPrice", "BedsTotal", "BathsTotal", "LivingArea", "Latitude", "Longitude");

  /// Makes searches and listings out of few words and numbers, so that they meet.
  private record Maker(Random random) {
    <T> T any(List<T> of) {
      return of.get(random.nextInt(of.size()));
    }

    String word() {
      return any(List.of("a", "B", "b", "Straße", "STRASSE", "c d", "e*"));
    }

    String number(String name) {
      if (name.startsWith("L") && name.endsWith("tude")) {
        return any(List.of("-0.1", "0.0", "0.3", "46.8772", "-96.7898", "12.5"));
      }
      if (name.equals("BedsTotal")) {
        return any(List.of("1", "2", "3"));
      }
      return any(
          List.of(
              "1.0",
              "1.1",
              "2.5",
              "100000.0",
              "250000.25",
              "0.1234567890123456",
              "0.1234567890123457"));
    }

    String condition() {
      return switch (random.nextInt(16)) {
        case 0, 1, 2 -> any(TEXTS) + " Eq '" + word() + "'";
        case 3 -> any(TEXTS) + " Eq '" + word() + "','" + word() + "'";
        case 4 -> any(TEXTS) + " Ne '" + word() + "'";
        case 5 -> "City Eq " + any(List.of("NULL", "startswith('a')", "contains('tra')"));
        case 6 -> {
          var name = any(NUMBERS);
          yield name + " Bt " + number(name) + "," + number(name);
        }
        case 7 -> {
          var name = any(NUMBERS);
          yield name + " Eq " + number(name) + "," + number(name);
        }
        case 8 -> "ListingContractDate Ge days(" + any(List.of("-3", "0", "2")) + ")";
        case 12, 13, 14 -> "Location Eq " + shape();
        case 15 ->
            any(
                List.of(
                    "Location Eq " + shape() + "," + shape(),
                    "Location Ne " + shape(),
                    "Location Eq NULL"));
        case 9 -> any(List.of("PoolPrivateYN Eq true", "length(City) Gt 1", "YearBuilt Eq 1990"));
        default -> {
          var name = any(NUMBERS);
          yield name + any(List.of(" Gt ", " Ge ", " Lt ", " Le ", " Eq ", " Ne ")) + number(name);
        }
      };
    }

    /// Where listings are, and where they are not.
    private String place() {
      return random.nextInt(3) == 0
          ? "%.4f %.4f".formatted(random.nextDouble() * 180 - 90, random.nextDouble() * 360 - 180)
          : any(List.of("-0.1", "0.0", "0.3", "46.8772", "12.5"))
              + " "
              + any(List.of("-96.7898", "-0.1", "0.3", "179.99", "-180"));
    }

    private String shape() {
      return switch (random.nextInt(4)) {
        case 0 ->
            "radius('%s',%s)"
                .formatted(place(), any(List.of("0.1", "1", "30", "400.5", "5000", "12500")));
        // A listing may lie on an edge, or be a corner.
        case 1 -> any(List.of("rectangle('0.3 -0.1,46.8772 -96.7898')", "rectangle('-1 -1,1 1')"));
        case 2 ->
            any(
                List.of(
                    "polygon('0 0,0.3 0.3,0 0.3')",
                    "polygon('-0.1 -0.1,-0.1 0.3,0.3 0.3,0.3 -0.1')",
                    "polygon('46.8772 -96.7898,46.9 -96.8,46.9 -96.7')",
                    "polygon('80 -90,80 90,-80 90,-80 -90')",
                    "polygon('12.4 179.9,12.6 179.9,12.6 180,12.4 180')"));
        default -> {
          double south = random.nextInt(160) - 80;
          double west = random.nextInt(340) - 170;
          double size = any(List.of(0.1, 1.0, 9.0));
          yield "rectangle('%s %s,%s %s')".formatted(south, west, south + size, west + size);
        }
      };
    }

    String filter() {
      var text = new StringBuilder(condition());
      int more = random.nextInt(4);
      for (int i = 0; i < more; i++) {
        if (random.nextInt(6) == 0) {
          text.append(" Not ").append(condition());
        } else {
          text.append(any(List.of(" And ", " And ", " And ", " Or ")));
          text.append(group(random.nextInt(6) == 0));
        }
      }
      return text.toString();
    }

    private String group(boolean grouped) {
      return grouped ? "(" + condition() + " Or " + condition() + ")" : condition();
    }

    Map<String, Value> listing() {
      var values = new HashMap<String, Value>();
      for (var name : TEXTS) {
        if (random.nextInt(4) > 0) {
          values.put(name, Value.text(word()));
        }
      }
      for (var name : NUMBERS) {
        if (random.nextInt(4) > 0) {
          values.put(name, new Value.Decimal(new BigDecimal(number(name))));
        }
      }
      if (random.nextInt(3) == 0) {
        values.put("Latitude", decimal(random.nextDouble() * 200 - 100));
        values.put(
            "Longitude",
            random.nextInt(3) == 0
                ? new Value.Decimal(new BigDecimal(any(List.of("180", "-180", "179.995"))))
                : decimal(random.nextDouble() * 400 - 200));
      }
      if (random.nextBoolean()) {
        values.put(
            "ListingContractDate",
            new Value.Day(LocalDate.parse("2026-03-14").plusDays(random.nextInt(7) - 3)));
      }
      if (random.nextBoolean()) {
        values.put("PoolPrivateYN", Value.flag(random.nextBoolean()));
      }
      return values;
    }
  }

  private static Value decimal(double number) {
    return new Value.Decimal(new BigDecimal(number));
  }

  private static Function<String, Value> row(Map<String, Value> listing) {
    return Watchable.of(name -> listing.getOrDefault(name, Value.UNSET));
  }

  private static TreeSet<String> oneByOne(
      Map<String, String> searches, Map<String, Value> listing, Instant now) {
    var found = new TreeSet<String>();
    searches.forEach((id, filter) -> {
      var expression = Filter.parse(filter, ListingAttributes.CATALOGUE, now).expression();
      if (Evaluator.of(expression, Shapes.GEOMETRY).matches(row(listing))) {
        found.add(id);
      }
    });
    return found;
  }

  @Property(tries = 300)
  void none_is_missed_and_none_invented(@ForAll long seed) {
    var maker = new Maker(new Random(seed));
    var matcher = new Matcher();
    var searches = new TreeMap<String, String>();
    for (int step = 0; step < 60; step++) {
      var id = "s" + maker.random().nextInt(40);
      if (maker.random().nextInt(5) == 0) {
        matcher.remove(id);
        searches.remove(id);
      } else {
        var filter = maker.filter();
        assertThat(matcher.put(id, "root", filter, NOW)).as(filter).isTrue();
        searches.put(id, filter);
      }
    }
    assertThat(matcher.size()).isEqualTo(searches.size());
    for (int n = 0; n < 20; n++) {
      var listing = maker.listing();
      // Days later, filters that speak of the time say another thing.
      var now = NOW.plusSeconds(86_400L * maker.random().nextInt(3));
      assertThat(matcher.find("root", row(listing), now))
          .as(listing + " of " + searches)
          .isEqualTo(oneByOne(searches, listing, now));
      listing.put("InternetAddressDisplayYN", Value.flag(n % 2 == 0));
      Function<String, Value> all = name -> listing.getOrDefault(name, Value.UNSET);
      var seen = new HashMap<>(listing);
      if (n % 2 != 0) {
        seen.keySet().removeAll(List.of("Latitude", "Longitude", "UnparsedAddress"));
      }
      assertThat(matcher.find("root", Watchable.forConsumers(all), now))
          .as("a consumer's: " + listing + " of " + searches)
          .isEqualTo(oneByOne(searches, seen, now));
    }
  }

  @Test
  void searches_that_come_and_go_leave_nothing_behind() {
    var matcher = new Matcher();
    var maker = new Maker(new Random(1));
    var searches = new TreeMap<String, String>();
    for (int step = 0; step < 10_000; step++) {
      var id = "s" + step % 50;
      var filter = maker.filter();
      matcher.put(id, "root", filter, NOW);
      searches.put(id, filter);
    }
    for (int n = 0; n < 50; n++) {
      var listing = maker.listing();
      assertThat(matcher.find("root", row(listing), NOW))
          .isEqualTo(oneByOne(searches, listing, NOW));
    }
    searches.keySet().forEach(matcher::remove);
    assertThat(matcher.size()).isZero();
    assertThat(matcher.find("root", row(maker.listing()), NOW)).isEmpty();
  }

  @Test
  void a_shape_is_looked_for_in_its_surroundings_alone() {
    var matcher = new Matcher();
    for (int n = 0; n < 3000; n++) {
      double latitude = -75 + n / 60 * 3;
      double longitude = -178.5 + n % 60 * 6;
      var shape =
          switch (n % 3) {
            case 0 -> "radius('%s %s',5)".formatted(latitude, longitude);
            case 1 ->
                "polygon('%1$s %2$s,%3$s %2$s,%3$s %4$s')"
                    .formatted(latitude, longitude, latitude + 0.1, longitude + 0.1);
            default ->
                "rectangle('%s %s,%s %s')"
                    .formatted(latitude, longitude, latitude + 0.1, longitude + 0.1);
          };
      matcher.put("s" + n, "root", "Location Eq " + shape, NOW);
    }
    // Both sides of the 180th meridian.
    matcher.put("over", "root", "Location Eq radius('10 180',5)", NOW);
    assertThat(matcher.around("root", 10, -179.99)).isOne();
    assertThat(matcher.find("root", place(10, 179.99), NOW)).containsExactly("over");
    assertThat(matcher.find("root", place(10, -180), NOW)).containsExactly("over");
    assertThat(matcher.find("root", place(-75, -178.5), NOW)).containsExactly("s0");
    assertThat(matcher.around("root", -75, -178.5)).isLessThan(3);
    assertThat(matcher.find("root", place(-75 + 3, -178.5 + 6), NOW)).containsExactly("s61");
  }

  private static Function<String, Value> place(double latitude, double longitude) {
    return row(Map.of("Latitude", decimal(latitude), "Longitude", decimal(longitude)));
  }

  @Test
  void more_words_than_there_are_bits_are_told_apart() {
    var matcher = new Matcher();
    for (int n = 0; n < 200; n++) {
      matcher.put("s" + n, "root", "MlsStatus Eq 'word" + n + "'", NOW);
    }
    for (int n = 0; n < 200; n += 33) {
      assertThat(matcher.find("root", row(Map.of("MlsStatus", Value.text("WORD" + n))), NOW))
          .containsExactly("s" + n);
    }
  }

  @Test
  void roots_are_apart_and_what_cant_be_read_is_met_by_nothing() {
    var matcher = new Matcher();
    matcher.put("one", "a", "City Eq 'x'", NOW);
    matcher.put("two", "b", "City Eq 'x'", NOW);
    assertThat(matcher.put("bad", "a", "City Eq", NOW)).isFalse();
    var listing = row(Map.of("City", Value.text("X")));
    assertThat(matcher.find("a", listing, NOW)).containsExactly("one");
    assertThat(matcher.put("one", "a", "City Eq", NOW)).isFalse();
    assertThat(matcher.find("a", listing, NOW)).isEmpty();
  }

  @Test
  void values_are_seen_in_the_type_that_searches_take_them_for() {
    var row =
        row(
            Map.of(
                "BedsTotal", new Value.Decimal(new BigDecimal("3.0")),
                "BathsTotal", new Value.Whole(2),
                "RoomsTotal", new Value.Decimal(new BigDecimal("2.5")),
                "ListPrice", new Value.Text("cheap")));
    assertThat(row.apply("BedsTotal")).isEqualTo(new Value.Whole(3));
    assertThat(row.apply("BedroomsTotal")).isEqualTo(new Value.Whole(3));
    assertThat(row.apply("BathsTotal")).isEqualTo(new Value.Decimal(new BigDecimal(2)));
    assertThat(row.apply("RoomsTotal")).isEqualTo(Value.UNSET);
    assertThat(row.apply("ListPrice")).isEqualTo(Value.UNSET);
    assertThat(row.apply("NoSuchThing")).isEqualTo(Value.UNSET);
    var place = row(Map.of("Latitude", new Value.Whole(47), "Longitude", decimal(-96.5)));
    assertThat(place.apply("Location")).isEqualTo(new Value.Location(47, -96.5));
    assertThat(row(Map.of("Latitude", decimal(47))).apply("Location")).isEqualTo(Value.UNSET);
    assertThat(row(Map.of("Latitude", decimal(90.5), "Longitude", decimal(1))).apply("Location"))
        .isEqualTo(Value.UNSET);
    for (var attribute : ListingAttributes.list().values()) {
      assertThat(attribute.type()).isNotEqualTo(Type.TIME);
    }
  }

  @Test
  void what_a_change_is_depends_on_what_was_met_before() {
    var active = new Happening.Seen(true, "Active", "5");
    var cheaper = new Happening.Seen(true, "Active", "4");
    var pending = new Happening.Seen(true, "Pending", "4");
    var sold = new Happening.Seen(true, "Sold", "4");
    var gone = new Happening.Seen(false, null, null);
    assertThat(Happening.of(gone, active, false, true)).containsExactly(Happening.NEW);
    assertThat(Happening.of(active, cheaper, false, true)).containsExactly(Happening.NEW);
    assertThat(Happening.of(active, cheaper, true, true)).containsExactly(Happening.PRICE_CHANGE);
    assertThat(Happening.of(active, cheaper, true, false)).containsExactly(Happening.PRICE_CHANGE);
    assertThat(Happening.of(active, pending, true, false))
        .containsExactly(Happening.PRICE_CHANGE, Happening.PENDING);
    assertThat(Happening.of(pending, sold, true, true)).containsExactly(Happening.SOLD);
    assertThat(Happening.of(pending, cheaper, false, true))
        .containsExactly(Happening.BACK_ON_MARKET);
    assertThat(Happening.of(active, gone, true, false)).containsExactly(Happening.STATUS_CHANGE);
    assertThat(Happening.of(active, active, true, false)).containsExactly(Happening.STATUS_CHANGE);
    assertThat(Happening.of(active, active, true, true)).isEmpty();
    assertThat(Happening.of(active, cheaper, false, false)).isEmpty();
  }

  @Test
  void a_block_finds_each_of_its_feeds() {
    var entries = new ArrayList<FeedBlock.Entry>();
    for (int n = 0; n < 100; n++) {
      entries.add(
          new FeedBlock.Entry(
              "202603140930%08d000000".formatted(n * 7919 % 100_003),
              List.of(Happening.values()[n % 6]),
              n % 2 == 0,
              n % 3 == 0));
    }
    var block = FeedBlock.of(5, "root", "listing", NOW, "{}", entries);
    assertThat(block.size()).isEqualTo(100);
    for (var entry : entries) {
      assertThat(block.find(entry.feed())).contains(entry);
    }
    assertThat(block.find("20260314093099999999999999")).isEmpty();
  }
}
