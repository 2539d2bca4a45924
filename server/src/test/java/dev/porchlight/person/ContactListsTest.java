package dev.porchlight.person;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.porchlight.filter.Evaluator;
import dev.porchlight.filter.Expression;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.Folding;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// What the database lists is what the evaluator would have picked, in every order and page.
@OnEveryDatabase
class ContactListsTest {
  private static final List<String> NAMES =
      List.of(
          "Neddy Nederlander",
          "ÄNNE Über",
          "änne über",
          "Bo  O'Neill",
          "anna 50%",
          "a_b",
          "Zoë & Co",
          "İpek ıssız",
          "ßtraße",
          "😀 Smile",
          "x".repeat(400),
          "*",
          "tab\tname");
  private static final List<String> PLACES = List.of("Fargo", "fargo", "West Fargo", "FARGO\nND");
  private static final List<String> TAGS = List.of("IDX Lead", "idx lead", "VIP", "50%", "ä");
  private static final int WHOLE = 1000;
  private static final Instant NOW = Instant.parse("2026-03-14T09:30:00Z");

  private static final String[] FILTERS = {
    "",
    "DisplayName Eq 'Neddy*'",
    "DisplayName Eq 'neder*'",
    "DisplayName Eq 'n*r'",
    "DisplayName Eq '* n*'",
    "DisplayName Eq 'ÄNNE ÜBER'",
    "DisplayName Ne 'änne über'",
    "DisplayName Eq '*50%'",
    "DisplayName Eq 'a_b'",
    "DisplayName Eq 'a?b'",
    "DisplayName Eq '\\*'",
    "DisplayName Eq 'İPEK*'",
    "DisplayName Eq '" + "x".repeat(300) + "'",
    "DisplayName Eq NULL",
    "DisplayName Eq regex('^[A-Z]')",
    "DisplayName Eq contains('e')",
    "DisplayName Eq startswith('a')",
    "DisplayName Eq range('a','b')",
    "length(DisplayName) Gt 9",
    "PrimaryEmail Eq 'A1@Example.org','a2@example.org'",
    "PrimaryEmail Eq NULL",
    "PrimaryEmail Ne NULL And HomeLocality Eq NULL",
    "HomeLocality Eq 'FARGO'",
    "HomeLocality Eq '*fargo'",
    "HomeLocality Ne 'fargo'",
    "Not HomeLocality Eq 'fargo'",
    "HomeLocality Eq contains('F')",
    "tolower(HomeLocality) Eq 'fargo'",
    "Tags Eq 'idx lead'",
    "Tags Ne 'idx lead'",
    "Tags Eq 'idx*' And Tags Eq 'VIP'",
    "Tags Eq NULL",
    "all(Tags) Eq 'vip'",
    "length(Tags) Gt 3",
    "InvalidEmails Eq 'a'",
    "InvalidEmails Eq NULL",
    "InvalidEmails Ne 'a'",
    "FamilyName Eq 'L*' Or GivenName Eq '*a*'",
    "(FamilyName Eq 'L*' Or GivenName Eq '*a*') Not Tags Eq 'VIP'",
    "CreatedTimestamp Ge 2026-03-14T09:30:00Z",
    "CreatedTimestamp Lt days(0)",
    "ModificationTimestamp Bt days(-1),days(1)",
    "year(CreatedTimestamp) Eq 2026",
    "MobilePhoneCountryCode Eq '1'",
    "Id Ne 'x' And Position Eq NULL",
  };

  @Parameter Database database;
  @TempDir Path folder;

  private final Random random = new Random(7);

  /// Every other page is asked for without counting what matches.
  private int asked;

  private @Nullable String some(List<String> texts) {
    return random.nextInt(3) == 0 ? null : texts.get(random.nextInt(texts.size()));
  }

  private ContactEdits.Making any(Store store, String owner, int n) {
    var typed = new TreeSet<>(Set.of("display_name"));
    var details = new TreeMap<String, String>();
    put(details, ContactDetail.HOME_LOCALITY, some(PLACES));
    put(details, ContactDetail.MOBILE_PHONE_COUNTRY_CODE, some(List.of("1", "49")));
    put(details, ContactDetail.POSITION, some(NAMES));
    typed.addAll(details.keySet());
    var email = random.nextInt(3) == 0 ? null : "A" + n + "@Example.org";
    if (email != null) {
      typed.add(Card.PRIMARY_EMAIL);
    }
    var given = some(List.of("Ana", "ÄNA", "bo", "ab"));
    var family = some(List.of("Lopez", "lind", "Marek"));
    typed.addAll(Set.of("given_name", "family_name", "tags"));
    var tags = TAGS.stream().filter(_ -> random.nextInt(3) == 0).toList();
    var unlike = new ArrayList<String>();
    for (var tag : tags) {
      if (unlike.stream().noneMatch(tag::equalsIgnoreCase)) {
        unlike.add(tag);
      }
    }
    var name = NAMES.get(random.nextInt(NAMES.size()));
    var shown = name.codePoints().limit(300).toArray();
    var edit =
        new ContactEdit(
            typed,
            new String(shown, 0, shown.length).replace('\t', ' '),
            given,
            family,
            List.of(),
            List.of(),
            unlike,
            null,
            new Card(email, List.of(), List.of(), null, details, null, false, Map.of(), List.of()));
    return new ContactEdits.Making(
        Draw.fresh(store.now(), 0),
        owner,
        random.nextInt(5) > 0,
        edit,
        Identity.of(new Enquirer(given, family, null, email, null, null, null), "US"));
  }

  private static void put(
      Map<String, String> details, ContactDetail detail, @Nullable String text) {
    if (text != null) {
      details.put(detail.word(), text);
    }
  }

  private Contacts.Found list(
      Contacts contacts,
      String owner,
      boolean connected,
      Expression filter,
      List<Contacts.Order> order,
      Contacts.Page page) {
    return list(contacts, Set.of(owner), connected, filter, order, page);
  }

  private Contacts.Found list(
      Contacts contacts,
      Set<String> owners,
      boolean connected,
      Expression filter,
      List<Contacts.Order> order,
      Contacts.Page page) {
    boolean count = page.limit() == WHOLE || ++asked % 2 == 0;
    return contacts.list(new Contacts.Wanted(owners, connected, filter, null, order, page, count));
  }

  @Test
  void filters_orders_and_pages_agree_with_the_evaluator() {
    try (var hub = database.start(folder)) {
      var store = hub.hub().store();
      var owners =
          hub.items("/nodes?limit=200").stream()
              .filter(n -> n.path("kind").asString().equals("member"))
              .map(n -> n.path("id").asString())
              .toList();
      var mls =
          hub.items("/nodes?limit=200").stream()
              .filter(n -> n.path("kind").asString().equals("mls"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .asString();
      var all = new ArrayList<String>(owners);
      all.add(mls);
      for (int n = 0; n < 150; n++) {
        var making = any(store, all.get(n % all.size()), n);
        store.write(WorkQueue.EDITS, batch -> ContactEdits.add(batch, making, "test"));
        if (n == 70) {
          hub.clock().advance(java.time.Duration.ofDays(1));
        }
      }
      var contacts = new Contacts(store);
      for (var owner : all) {
        for (boolean connected : new boolean[] {true, false}) {
          compare(contacts, Set.of(owner), connected);
        }
      }
      // Of several owners at once; and where they are too many for SQL, so that each contact is
      // decided on, after a first look that finds too few for most pages.
      for (var of : List.of(contacts, new Contacts(store, 1, 1_000, 4))) {
        compare(of, Set.of(all.getFirst(), mls), true);
      }
      compare(new Contacts(store, 0, 1_000, 1), Set.of(mls), true);
      walk(store, Set.of(all.getFirst(), mls));
      // What the evaluator must decide on is bounded by number too, since a database bounds only
      // the time of its own work.
      var regex =
          Filter.parse("DisplayName Eq regex('z$')", ContactCatalogue.CATALOGUE, NOW).expression();
      var few = new Contacts(store, 10_000, 5, 128);
      assertThatThrownBy(() -> list(few, mls, true, regex, List.of(), new Contacts.Page.At(0, 25)))
          .isInstanceOfSatisfying(
              StoreUnavailableException.class, e -> assertThat(e.isTooLong()).isTrue());
    }
  }

  private void compare(Contacts contacts, Set<String> owners, boolean connected) {
    var everything = new Expression.Everything();
    var whole =
        list(contacts, owners, connected, everything, List.of(), new Contacts.Page.At(0, WHOLE))
            .contacts();
    assertThat(whole).hasSizeGreaterThan(5);
    assertThat(whole).allMatch(c -> owners.contains(c.contact().ownerId()));
    for (var text : FILTERS) {
      var filter = Filter.parse(text, ContactCatalogue.CATALOGUE, NOW).expression();
      var evaluator = Evaluator.of(filter);
      var matching =
          whole.stream()
              .filter(c ->
                  evaluator.matches(
                      ContactCatalogue.row(
                          c, ContactCatalogue.Login.NONE, java.time.Instant.EPOCH)))
              .toList();
      for (var order :
          List.of(
              List.<Contacts.Order>of(),
              List.of(new Contacts.Order("DisplayName", true)),
              List.of(new Contacts.Order("HomeLocality", false)),
              List.of(new Contacts.Order("GivenName", true)),
              List.of(
                  new Contacts.Order("FamilyName", false),
                  new Contacts.Order("ModificationTimestamp", true)))) {
        var wanted = matching.stream().sorted(comparator(order)).map(ContactListsTest::id).toList();
        var found =
            list(contacts, owners, connected, filter, order, new Contacts.Page.At(0, WHOLE));
        assertThat(ids(found)).as("%s by %s", text, order).isEqualTo(wanted);
        assertThat(found.total()).isEqualTo(OptionalLong.of(wanted.size()));
        int skip = Math.min(2, wanted.size());
        var part = list(contacts, owners, connected, filter, order, new Contacts.Page.At(skip, 3));
        assertThat(ids(part))
            .as("%s by %s", text, order)
            .isEqualTo(wanted.subList(skip, Math.min(wanted.size(), skip + 3)));
        if (wanted.size() > 4) {
          var holding =
              list(
                  contacts,
                  owners,
                  connected,
                  filter,
                  order,
                  new Contacts.Page.Holding(wanted.get(4), 2));
          assertThat(ids(holding)).isEqualTo(wanted.subList(4, Math.min(wanted.size(), 6)));
          assertThat(holding.skipped()).isEqualTo(4);
        }
      }
      var walked = new ArrayList<String>();
      long token = 0;
      while (true) {
        var page =
            list(contacts, owners, connected, filter, List.of(), new Contacts.Page.After(token, 4));
        walked.addAll(ids(page));
        if (page.token().isEmpty()) {
          break;
        }
        token = page.token().getAsLong();
      }
      assertThat(walked)
          .as(text)
          .isEqualTo(
              matching.stream()
                  .sorted(Comparator.comparingLong(c -> c.contact().ownedSeq()))
                  .map(ContactListsTest::id)
                  .toList());
    }
  }

  /// A walk along the names finds the same, however often its time is over.
  private void walk(Store store, Set<String> owners) {
    var contacts = new Contacts(store);
    var patient = new ContactWalk(store, 10_000, 16, Duration.ofSeconds(10));
    var hasty = new ContactWalk(store, 10_000, 16, Duration.ZERO);
    var strict = new ContactWalk(store, 10_000, 0, Duration.ZERO);
    int named = 0;
    int n = 0;
    for (var text : FILTERS) {
      var filter = Filter.parse(text, ContactCatalogue.CATALOGUE, NOW).expression();
      var wanted =
          ids(list(contacts, owners, true, filter, List.of(), new Contacts.Page.At(0, WHOLE)));
      if (filter instanceof Expression.Matches
          && new ContactWalk(store).isServed(owners, true, filter)) {
        named += wanted.isEmpty() ? 0 : 1;
        assertThat(strict.isServed(owners, true, filter))
            .as("only what more have than one looks at is not served: %s", text)
            .isEqualTo(wanted.isEmpty());
      }
      assertThat(walked(patient, owners, filter, 20)).as(text).isEqualTo(wanted);
      if (n++ % 8 == 0) {
        assertThat(walked(hasty, owners, filter, 20)).as(text).isEqualTo(wanted);
      }
    }
    assertThat(named).isPositive();
    for (var beginning : List.of("ned", "ÄNNE", "x", "o'", "nobody", "")) {
      var folded = Folding.fold(beginning);
      assertThat(contacts.beginning(owners, beginning, WHOLE).stream().map(ContactListsTest::id))
          .as(beginning)
          .containsExactlyInAnyOrderElementsOf(
              patient.walk(owners, true, new Expression.Everything(), "", WHOLE).contacts().stream()
                  .filter(c -> !folded.isEmpty())
                  .filter(c ->
                      begins(folded, c.contact().body().shownName())
                          || begins(folded, c.contact().body().familyName()))
                  .map(ContactListsTest::id)
                  .toList());
      assertThat(
              new Contacts(store, 1, 1_000, 4)
                  .beginning(owners, beginning, WHOLE).stream().map(ContactListsTest::id))
          .hasSameElementsAs(
              contacts.beginning(owners, beginning, WHOLE).stream()
                  .map(ContactListsTest::id)
                  .toList());
    }
  }

  private static boolean begins(String folded, @Nullable String name) {
    return name != null && Folding.fold(ContactCatalogue.searched(name)).startsWith(folded);
  }

  private static List<String> walked(
      ContactWalk contacts, Set<String> owners, Expression filter, int limit) {
    var ids = new ArrayList<String>();
    var after = Optional.of("");
    while (after.isPresent()) {
      var page = contacts.walk(owners, true, filter, after.get(), limit);
      page.contacts().forEach(c -> ids.add(id(c)));
      after = page.further();
    }
    return ids;
  }

  private static List<String> ids(Contacts.Found found) {
    return found.contacts().stream().map(ContactListsTest::id).toList();
  }

  private static String id(Contacts.Listed listed) {
    return listed.contact().id();
  }

  private static Comparator<Contacts.Listed> comparator(List<Contacts.Order> order) {
    Comparator<Contacts.Listed> all = (_, _) -> 0;
    boolean descending = false;
    var terms = order.isEmpty() ? List.of(new Contacts.Order("DisplayName", false)) : order;
    for (var term : terms) {
      var one = by(term.attribute());
      descending = term.descending();
      all = all.thenComparing(descending ? one.reversed() : one);
    }
    Comparator<Contacts.Listed> byId = Comparator.comparing(ContactListsTest::id);
    return all.thenComparing(descending && !order.isEmpty() ? byId.reversed() : byId);
  }

  /// By the bytes of the folded text; what is not set last.
  private static Comparator<Contacts.Listed> by(String attribute) {
    return (a, b) -> {
      var x = key(attribute, a);
      var y = key(attribute, b);
      return x == null || y == null
          ? Boolean.compare(x == null, y == null)
          : Arrays.compareUnsigned(x, y);
    };
  }

  private static byte @Nullable [] key(String attribute, Contacts.Listed c) {
    var body = c.contact().body();
    var text =
        switch (attribute) {
          case "DisplayName" -> body.shownName();
          case "HomeLocality" -> body.detail(ContactDetail.HOME_LOCALITY).orElse(null);
          case "GivenName" -> body.givenName();
          case "FamilyName" -> body.familyName();
          case "ModificationTimestamp" -> c.modifiedAt().toString();
          default -> throw new IllegalArgumentException(attribute);
        };
    return text == null ? null : Folding.fold(text).getBytes(StandardCharsets.UTF_8);
  }
}
