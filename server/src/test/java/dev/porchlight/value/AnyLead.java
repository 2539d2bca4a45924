package dev.porchlight.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.jspecify.annotations.NullUnmarked;

/// Leads of every kind, odd ones included: what a record admits, a generator must try.
// Unmarked: a generator of what may be absent hands nulls around everywhere.
@NullUnmarked
public final class AnyLead {
  private final Random random;
  private final boolean odd;

  private AnyLead(long seed, boolean odd) {
    this.random = new Random(seed);
    this.odd = odd;
  }

  /// Any lead at all.
  public static Arbitrary<Lead> any() {
    return Arbitraries.longs().map(seed -> new AnyLead(seed, true).lead());
  }

  /// Leads whose texts can be encoded and whose numbers can be meant.
  public static Arbitrary<Lead> sound() {
    return Arbitraries.longs().map(seed -> new AnyLead(seed, false).lead());
  }

  private Lead lead() {
    var lead = someLead();
    return random.nextInt(20) == 0 ? lead.withoutPerson() : lead;
  }

  private Lead someLead() {
    return new Lead.Builder(enquirer())
        .leadId(text())
        .externalIds(words())
        .timestamp(maybe(() -> new Moment(instant(), random.nextBoolean())))
        .intent(pick(Intent.values()))
        .interest(
            maybe(() ->
                switch (random.nextInt(3)) {
                  case 0 -> new Interest.InListing(property());
                  case 1 -> new Interest.HomeToSell(property());
                  default -> search();
                }))
        .finance(maybe(() -> new Finance(flag(), money(), money(), text(), text(), flag())))
        .scores(maybe(() -> new Scores(flag(), probability())))
        .listingAgent(maybe(() -> new Agent(text(), email(), text(), text(), text(), text())))
        .origin(maybe(() -> new Origin(text(), text(), text(), text(), text(), portal())))
        .message(message())
        .consents(consents())
        .recipient(maybe(() -> new Recipient(text(), text(), text(), text())))
        .qualification(words())
        .test(random.nextInt(5) == 0)
        .deleteAfter(maybe(this::instant))
        .extras(words())
        .build();
  }

  private Enquirer enquirer() {
    return new Enquirer(
        text(),
        text(),
        text(),
        email(),
        text(),
        text(),
        text(),
        phones(),
        pick(null, Gender.FEMALE, Gender.MALE, Gender.OTHER, Gender.UNDISCLOSED),
        pick(null, "fr", "DE", "he", "sv"),
        flag());
  }

  private List<PhoneNumber> phones() {
    var phones = new ArrayList<PhoneNumber>();
    for (int i = random.nextInt(4) - 1; i > 0; i--) {
      phones.add(
          new PhoneNumber(
              pick("+33199000042", "01 99 00 00 42", odd ? " " : "1", odd ? " 7 " : "7"),
              pick(null, PhoneNumber.Kind.MOBILE, PhoneNumber.Kind.LANDLINE),
              flag()));
    }
    return phones;
  }

  private String portal() {
    return pick(null, "SLG-FRA", "IWT-AUT", "NEW-XYZ", odd ? " " : "x");
  }

  private Interest.Search search() {
    return new Interest.Search(
        list("APARTMENT", "HOUSE", "CASTLE", odd ? " " : "PLOT"),
        new Range(number(), number()),
        new Range(number(), number()),
        new Range(number(), number()),
        json(),
        list(Role.values()),
        json(),
        json());
  }

  private String json() {
    return pick(
        null,
        "{}",
        "{\"places\":[{\"code\":\"AD08\",\"km\":1.50,\"e\":1E2}],\"x\":null}",
        "{\"name\":\"Zoë 李 🏡 \u05d0\"}",
        odd ? "[1]" : "{\"a\":1}",
        odd ? "no JSON" : "{\"a\":2}",
        odd ? "{\"a\" : 1}" : "{\"a\":3}",
        odd ? "{}},\"x\":{" : "{}",
        odd ? "{\"a\":1,\"a\":2}" : "{}");
  }

  @SafeVarargs
  private <T> List<T> list(T... values) {
    var list = new ArrayList<T>();
    for (int i = random.nextInt(3); i > 0; i--) {
      list.add(pick(values));
    }
    return list;
  }

  private ListingKeys keys() {
    return new ListingKeys(text(), text(), text(), text(), longText(), text());
  }

  private String longText() {
    return pick(null, "k".repeat(512), "🏡".repeat(512), "k".repeat(513));
  }

  private Property property() {
    return new Property(
        maybe(
            () -> new Address(text(), text(), text(), pick(null, "23220", "00003", "23220-1234"))),
        maybe(() -> new Coordinates(number(), number())),
        pick(
            null,
            "https://www.example.com/a?b=c",
            "no uri at all",
            "/relative",
            "http://e.com/[x]"),
        text(),
        text(),
        text(),
        money(),
        number(),
        number(),
        number(),
        number(),
        text(),
        money(),
        maybe(this::keys));
  }

  private String email() {
    return pick(
        null,
        "ana@example.com",
        "ana@example.com",
        "a.b+c@mail.example.org",
        "tess@move.com",
        "not an address",
        "a@b",
        " ana@example.com ",
        "ana@@example.com",
        "\"a.b\"@example.com",
        ".ana@example.com",
        "");
  }

  private String text() {
    return pick(
        null,
        null,
        "x" + random.nextInt(1000),
        "two words",
        "Zoë 李 🏡",
        "1 Leadstraining Ave",
        "שלום עולם",
        "n".repeat(100),
        "🏡".repeat(101),
        "quote \" slash \\ / tab \t end",
        odd ? "" : "-",
        odd ? "  padded\n" : "padded",
        odd ? "nul \0 in it" : "nil",
        odd ? "half \ud83c pair" : "whole");
  }

  private String message() {
    return switch (random.nextInt(8)) {
      case 0 -> "é".repeat(10_000);
      case 1 -> "שלום 🏡 ".repeat(1_250).strip();
      case 2 -> "first line\n\u202eright to left\u202c and back";
      default -> text();
    };
  }

  private BigDecimal number() {
    return switch (random.nextInt(8)) {
      case 0, 1 -> null;
      case 2 -> BigDecimal.ZERO;
      case 3 -> new BigDecimal("2.50");
      case 4 -> new BigDecimal(random.nextInt(100000)).movePointLeft(random.nextInt(7));
      case 5 -> new BigDecimal(BigInteger.valueOf(random.nextInt(100)), -random.nextInt(20));
      case 6 -> odd ? new BigDecimal("1e999999999") : BigDecimal.ONE.negate();
      default -> new BigDecimal(random.nextInt(9));
    };
  }

  private BigDecimal probability() {
    return pick(
        null, BigDecimal.ZERO, BigDecimal.ONE, new BigDecimal("0.820"), new BigDecimal("1.4"));
  }

  private Money money() {
    var amount = number();
    return amount == null ? null : new Money(amount, pick("USD", "USD", "EUR"));
  }

  private Instant instant() {
    return switch (random.nextInt(odd ? 8 : 6)) {
      case 6 -> Instant.parse("+12026-01-01T00:00:00Z");
      case 7 -> Instant.MIN;
      default -> Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
    };
  }

  private Boolean flag() {
    return pick(null, true, false);
  }

  private SortedMap<String, String> words() {
    var words = new TreeMap<String, String>();
    for (int i = random.nextInt(3); i > 0; i--) {
      words.put(pick("timeframe", "/a/b", "currency", "a.b"), pick("1", "{\"a\":1}", "word"));
    }
    return words;
  }

  private List<ConsentToken> consents() {
    var consents = new ArrayList<ConsentToken>();
    for (int i = random.nextInt(3); i > 0; i--) {
      consents.add(new ConsentToken("jornaya_tcpa", "T" + random.nextInt(9)));
    }
    return consents;
  }

  private <T> T maybe(Supplier<T> part) {
    return random.nextInt(4) == 0 ? null : part.get();
  }

  @SafeVarargs
  private <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }
}
