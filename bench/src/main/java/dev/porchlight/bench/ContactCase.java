package dev.porchlight.bench;

import dev.porchlight.bench.People.Person;
import dev.porchlight.person.Contacts;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A question to a list of contacts: as a client asks it, and as somebody who knows the tables
/// would ask the database.
///
/// @param name what is asked, for the table
/// @param served whether an index leads to the answer; else all of one owner's rows are read
/// @param maker makes a question about one of the people
record ContactCase(String name, boolean served, Maker maker) {
  static final int LIMIT = 25;

  interface Maker {
    Asked about(People people, boolean largest, Random random);
  }

  /// One question.
  ///
  /// @param owner whose list
  /// @param filter in the filter language; empty for all
  /// @param order as `_orderby` has it; empty for the usual one
  /// @param page where in the list
  /// @param count whether to count all that match
  /// @param sql of those that match, by hand: what follows `WHERE c.owner_id = ? AND c.connected =
  ///   1`, if there is anything, without the order
  /// @param binds its values
  /// @param by the order, by hand
  record Asked(
      String owner,
      String filter,
      String order,
      Contacts.Page page,
      boolean count,
      String sql,
      List<Object> binds,
      String by) {
    Asked(String owner, String filter, String sql, List<Object> binds) {
      this(
          owner,
          filter,
          "",
          new Contacts.Page.At(0, LIMIT),
          false,
          sql,
          binds,
          "c.display_name, c.contact_id");
    }

    Asked by(String order, String by) {
      return new Asked(owner, filter, order, page, count, sql, binds, by);
    }

    Asked at(Contacts.Page page) {
      return new Asked(owner, filter, order, page, count, sql, binds, by);
    }

    Asked counted() {
      return new Asked(owner, filter, order, page, true, sql, binds, by);
    }

    /// The query of the request.
    String query() {
      var query = new StringBuilder("_limit=" + page.limit());
      if (!filter.isEmpty()) {
        query.append("&_filter=").append(URLEncoder.encode(filter, StandardCharsets.UTF_8));
      }
      if (!order.isEmpty()) {
        query.append("&_orderby=").append(order);
      }
      if (count) {
        query.append("&_pagination=1");
      }
      query.append(
          switch (page) {
            case Contacts.Page.At(long skip, int limit) ->
                skip == 0 ? "" : "&_page=" + (skip / limit + 1);
            case Contacts.Page.After(long token, _) -> "&_skiptoken=" + token;
            case Contacts.Page.Holding(var id, _) -> "&_pagefor=" + id;
          });
      return query.toString();
    }

    List<Contacts.Order> orders() {
      return order.isEmpty()
          ? List.of()
          : Arrays.stream(order.split(",", -1))
              .map(t -> new Contacts.Order(t.replace("-", ""), t.startsWith("-")))
              .toList();
    }
  }

  private static ContactCase of(String name, boolean served, Maker maker) {
    return new ContactCase(name, served, maker);
  }

  private interface Field {
    String of(Person person);
  }

  private static ContactCase equal(String attribute, String column, Field field) {
    return equal(attribute, column, true, field);
  }

  private static ContactCase equal(String attribute, String column, boolean served, Field field) {
    return of(
        attribute + " Eq 'text'",
        served,
        (people, largest, random) -> {
          var one = people.any(largest, random);
          return new Asked(
              one.owner(),
              attribute + " Eq '" + field.of(one) + "'",
              "c." + column + " = ?",
              List.of(fold(field.of(one))));
        });
  }

  private static ContactCase leading(String attribute, String column, int length, Field field) {
    return of(
        attribute + " Eq 'text*'",
        true,
        (people, largest, random) -> {
          var one = people.any(largest, random);
          var begin = field.of(one).substring(0, length);
          return new Asked(
              one.owner(),
              attribute + " Eq '" + begin + "*'",
              "c." + column + " >= ? AND c." + column + " < ?",
              List.of(fold(begin), after(fold(begin))));
        });
  }

  private static String fold(String text) {
    return dev.porchlight.filter.Folding.fold(text);
  }

  private static String after(String text) {
    return text.substring(0, text.length() - 1) + (char) (text.charAt(text.length() - 1) + 1);
  }

  private static Asked all(People people, boolean largest, Random random) {
    return new Asked(people.any(largest, random).owner(), "", "", List.of());
  }

  private static int has(People people, boolean largest) {
    return largest ? people.largest() : people.contacts() / people.owners();
  }

  private static final String HAS_TAG =
      "EXISTS (SELECT 1 FROM contact_tag t WHERE t.owner_id = c.owner_id AND t.tag = ? AND"
          + " t.contact_id = c.contact_id)";

  /// Of many contacts those that have a tag.
  private static final String TAGGED =
      "(c.contact_id IN (SELECT t.contact_id FROM contact_tag t WHERE t.owner_id = ? AND t.tag ="
          + " ?)) IS TRUE";

  /// All that is asked.
  static List<ContactCase> all() {
    var all = new ArrayList<ContactCase>();
    all.add(of("everything, by name, page 1", true, ContactCase::all));
    all.add(
        of(
            "everything, by name, page 1, counted",
            true,
            (people, largest, random) -> all(people, largest, random).counted()));
    all.add(
        of(
            "everything, by name, any page",
            true,
            (people, largest, random) ->
                all(people, largest, random)
                    .at(
                        new Contacts.Page.At(
                            (long) LIMIT * random.nextInt(has(people, largest) / LIMIT), LIMIT))));
    all.add(
        of(
            "everything, newest change first",
            true,
            (people, largest, random) ->
                all(people, largest, random)
                    .by("-ModificationTimestamp", "c.modified_at DESC, c.contact_id DESC")));
    all.add(
        of(
            "everything, by `_skiptoken`",
            true,
            (people, largest, random) ->
                all(people, largest, random)
                    .at(
                        new Contacts.Page.After(
                            People.since(random.nextInt(people.contacts())), LIMIT))));
    all.add(equal("Id", "contact_id", false, Person::id));
    all.add(equal("DisplayName", "display_name", Person::name));
    all.add(equal("PrimaryEmail", "primary_email", Person::email));
    all.add(leading("PrimaryEmail", "primary_email", 5, Person::email));
    all.add(
        of(
            "PrimaryEmail Eq 25 texts",
            true,
            (people, largest, random) -> {
              var some = IntStream.range(0, 25).mapToObj(_ -> people.any(largest, random)).toList();
              return new Asked(
                  some.getFirst().owner(),
                  "PrimaryEmail Eq "
                      + some.stream()
                          .map(p -> "'" + p.email() + "'")
                          .collect(Collectors.joining(",")),
                  "c.primary_email IN (" + "?, ".repeat(24) + "?)",
                  some.stream().<Object>map(p -> fold(p.email())).toList());
            }));
    all.add(equal("PrimaryPhoneNumber", "primary_phone_number", Person::phone));
    all.add(equal("FamilyName", "family_name", Person::family));
    all.add(leading("FamilyName", "family_name", 3, Person::family));
    all.add(
        of(
            "ModificationTimestamp Ge, by it",
            true,
            (people, largest, random) -> {
              var one = people.any(largest, random);
              return new Asked(
                      one.owner(),
                      "ModificationTimestamp Ge " + time(one.modifiedAt()),
                      "c.modified_at >= ?",
                      List.of(one.modifiedAt()))
                  .by("ModificationTimestamp", "c.modified_at, c.contact_id");
            }));
    all.add(
        of(
            "ModificationTimestamp Bt a hundredth, by name",
            true,
            (people, largest, random) -> {
              var one = people.any(largest, random);
              long until = one.modifiedAt() + people.contacts() / 50 * 60_000_000L;
              return new Asked(
                  one.owner(),
                  "ModificationTimestamp Bt " + time(one.modifiedAt()) + "," + time(until),
                  "c.modified_at BETWEEN ? AND ?",
                  List.of(one.modifiedAt(), until));
            }));
    all.add(
        of(
            "Tags Eq 'text'",
            true,
            (people, largest, random) -> {
              var one = tagged(people, largest, random);
              return new Asked(
                  one.owner(),
                  "Tags Eq '" + one.tags().getFirst() + "'",
                  TAGGED,
                  List.of(one.owner(), fold(one.tags().getFirst())));
            }));
    all.add(
        of(
            "Tags Eq 'text', counted",
            false,
            (people, largest, random) -> {
              var one = tagged(people, largest, random);
              return new Asked(
                      one.owner(),
                      "Tags Eq '" + one.tags().getFirst() + "'",
                      TAGGED,
                      List.of(one.owner(), fold(one.tags().getFirst())))
                  .counted();
            }));
    all.add(
        of(
            "FamilyName Eq 'text' And Tags Eq 'text'",
            true,
            (people, largest, random) -> {
              var one = tagged(people, largest, random);
              return new Asked(
                  one.owner(),
                  "FamilyName Eq '"
                      + one.family()
                      + "' And Tags Eq '"
                      + one.tags().getFirst()
                      + "'",
                  "c.family_name = ? AND " + HAS_TAG,
                  List.of(fold(one.family()), fold(one.tags().getFirst())));
            }));
    all.add(
        of(
            "DisplayName Eq 'word*'",
            false,
            (people, largest, random) -> {
              var one = people.any(largest, random);
              var word = one.family().substring(0, 4);
              return new Asked(
                  one.owner(),
                  "DisplayName Eq '" + word + "*'",
                  "(c.display_name LIKE ? OR c.display_name LIKE ?)",
                  List.of(fold(word) + "%", "% " + fold(word) + "%"));
            }));
    all.add(
        of(
            "PrimaryEmail Eq '*text*', found once",
            false,
            (people, largest, random) -> {
              var one = people.any(largest, random);
              var part = one.email().replaceAll(".*(\\.\\d+@).*", "$1");
              return new Asked(
                  one.owner(),
                  "PrimaryEmail Eq '*" + part + "*'",
                  "c.primary_email LIKE ?",
                  List.of("%" + part + "%"));
            }));
    all.add(
        of(
            "HomeLocality Eq 'text', by HomeLocality",
            false,
            (people, largest, random) -> {
              var one = people.any(largest, random);
              return new Asked(
                      one.owner(),
                      "HomeLocality Eq '" + one.town() + "'",
                      "c.home_locality = ?",
                      List.of(fold(one.town())))
                  .by("HomeLocality", "c.home_locality, c.contact_id");
            }));
    all.add(
        of(
            "everything, by GivenName",
            false,
            (people, largest, random) ->
                all(people, largest, random)
                    .by("GivenName", "c.given_name IS NULL, c.given_name, c.contact_id")));
    return all;
  }

  private static Person tagged(People people, boolean largest, Random random) {
    while (true) {
      var one = people.any(largest, random);
      if (!one.tags().isEmpty()) {
        return one;
      }
    }
  }

  private static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }
}
