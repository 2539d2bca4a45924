package dev.porchlight.bench;

import dev.porchlight.person.Card;
import dev.porchlight.person.ContactBody;
import dev.porchlight.person.ContactDetail;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Invented contacts of many owners. What number `n` is follows from `n` alone, so that two
/// processes know the same people. Names, towns and tags are skewed: a few are very common.
///
/// @param contacts how many in all
/// @param owners who has them
/// @param largest how many of them the first owner has; the others have about the same number each
record People(int contacts, int owners, int largest) {
  private static final long SEED = 20_260_314;
  private static final long FIRST = 1_700_000_000_000_000L;
  private static final long STEP = 60_000_000L;

  /// How many other owners are asked.
  private static final int ASKED = 20;

  private static final List<String> GIVEN =
      words(
          "Ana Bo Cara Dario Edda Finn Greta Hugo Ida Jonas Kira Levi Mara Nils Olga Pia Quentin"
              + " Rosa Sven Tilda Udo Vera Wim Xenia Yara Zoë Ánna Émile Øyvind Łucja");
  private static final List<String> FAMILY =
      pairs(
          words("Berg Stein Wald Lind Hof Brook North West Ash Oak Løv Müh Kal Mar Sil Tor"),
          words("man son er qvist feld ham ley ton wood ström ini ova ez ski sen"));
  private static final List<String> TOWN =
      pairs(
          words("New Old East West North South Fair Spring River Lake Stone Green Sankt"),
          words("burg field ville ford port ton haven dale wick mouth"));
  private static final List<String> TAG =
      pairs(
          words("Buyer Seller Renter Investor Open House VIP Cold Warm Hot IDX"),
          List.of(" lead", " list", " 2024", " 2025", " 2026", " call back", " spring"));

  /// One of them.
  record Person(
      String owner,
      String id,
      long since,
      String name,
      String given,
      String family,
      String email,
      String phone,
      String town,
      List<String> tags,
      long createdAt,
      long modifiedAt) {
    ContactBody body() {
      return new ContactBody(
          name,
          given,
          family,
          List.of(email),
          List.of(phone),
          tags,
          Set.of("display_name", "primary_email", "primary_phone", "tags"),
          new Card(
              email,
              List.of(),
              List.of(),
              phone,
              Map.of(
                  ContactDetail.HOME_LOCALITY.word(),
                  town,
                  ContactDetail.HOME_REGION.word(),
                  "ND",
                  ContactDetail.HOME_POSTAL_CODE.word(),
                  "58" + phone.substring(9)),
              null,
              false,
              Map.of(),
              List.of()));
    }
  }

  private static List<String> words(String words) {
    return List.of(words.split(" ", -1));
  }

  private static List<String> pairs(List<String> heads, List<String> tails) {
    var all = new ArrayList<String>();
    for (var tail : tails) {
      for (var head : heads) {
        all.add(head + tail);
      }
    }
    return List.copyOf(all);
  }

  /// The first ones often, the last ones hardly ever.
  private static String skewed(List<String> of, Random random) {
    double even = random.nextDouble();
    return of.get((int) (of.size() * even * even * even));
  }

  /// A person by number, from 0 in the order in which they came.
  Person get(int n) {
    var random = new Random(SEED + n * 0x9E3779B97F4A7C15L);
    var given = skewed(GIVEN, random);
    var family = skewed(FAMILY, random);
    var tags = new ArrayList<String>();
    for (int i = random.nextInt(4); i > 0; i--) {
      var tag = skewed(TAG, random);
      if (!tags.contains(tag)) {
        tags.add(tag);
      }
    }
    return new Person(
        owner(ownerOf(n)),
        "2024%022d".formatted(n),
        since(n),
        given + " " + family,
        given,
        family,
        "%s.%s.%d@example.org"
            .formatted(given.toLowerCase(Locale.ROOT), family.toLowerCase(Locale.ROOT), n),
        "+1701%07d".formatted(n),
        skewed(TOWN, random),
        tags,
        FIRST + n * STEP,
        FIRST + (n + random.nextInt(contacts)) * STEP);
  }

  /// The log's number at which a person came.
  static long since(int n) {
    return 1_000_000L + n;
  }

  /// The account of an owner by number.
  static String owner(int owner) {
    return "2023%022d".formatted(owner);
  }

  /// Who has a person: the first owner every so many, the others in turns.
  int ownerOf(int n) {
    int every = Math.max(1, contacts / largest);
    return n % every == 0 || owners == 1 ? 0 : 1 + (int) (n * 7919L % (owners - 1));
  }

  /// Somebody whom the first owner has, or one of a few others.
  Person any(boolean ofTheFirst, Random random) {
    int n = random.nextInt(contacts);
    while (ofTheFirst ? ownerOf(n) != 0 : ownerOf(n) == 0 || ownerOf(n) > ASKED) {
      n = random.nextInt(contacts);
    }
    return get(n);
  }
}
