package dev.porchlight.person;

import dev.porchlight.store.Batch;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// By what a person is known again: addresses and numbers that are theirs, the family names that
/// they go by; and what is noted where two of them lay claim to one.
final class PersonKeys {
  private static final int MOST_SHARING_A_PHONE = 50;
  private static final int MOST_FAMILIES = 50;

  private PersonKeys() {}

  static Tables.Sharers sharers(Tables.PhoneRow row) {
    return Json.read(row.persons(), Tables.Sharers.class);
  }

  /// Whether somebody of that folded family name may be that person. Nothing known on either side
  /// speaks against it; once a name is known, an unnamed enquiry of theirs vouches for nobody.
  static boolean fits(Batch batch, String person, String family) {
    var row = batch.find(Tables.PERSON, person);
    if (row == null) {
      return false;
    }
    var known = families(row);
    return family.isEmpty()
        || known.isEmpty()
        || known.stream().anyMatch(f -> Identity.compatible(f, family));
  }

  private static List<String> families(Tables.PersonRow row) {
    return List.of(Json.read(row.families(), String[].class));
  }

  /// A person goes by that family name, too.
  static void learn(Batch batch, String person, String family) {
    var row = batch.find(Tables.PERSON, person);
    if (row == null || family.isEmpty()) {
      return;
    }
    var known = families(row);
    if (!known.contains(family) && known.size() < MOST_FAMILIES) {
      var more = new ArrayList<>(known);
      more.add(family);
      batch.put(
          Tables.PERSON,
          new Tables.PersonRow(
              row.id(), row.companyId(), Json.write(more), row.createdAt(), row.erasedAt()));
    }
  }

  /// From now on that person, too, has the number.
  static void share(
      Batch batch, String company, String phone, Tables.Sharers sharers, String person) {
    if (sharers.list().size() >= MOST_SHARING_A_PHONE
        || sharers.list().stream().anyMatch(s -> s.person().equals(person))) {
      return;
    }
    var list = new ArrayList<>(sharers.list());
    list.add(new Tables.Sharer(person));
    batch.put(
        Tables.PHONE, new Tables.PhoneRow(company, phone, Json.write(new Tables.Sharers(list))));
    batch.put(Tables.KEY, new Tables.KeyRow(person, "phone", phone));
  }

  /// From now on the address is that person's.
  static void own(Batch batch, String company, String email, String person) {
    batch.put(Tables.EMAIL, new Tables.EmailRow(company, email, person));
    batch.put(Tables.KEY, new Tables.KeyRow(person, "email", email));
  }

  /// Notes that two may be the same person.
  static void note(
      Batch batch, String one, String other, String evidence, Instant at, String receiptId) {
    var a = one.compareTo(other) < 0 ? one : other;
    var b = one.compareTo(other) < 0 ? other : one;
    if (batch.find(Tables.DUPLICATE, a, b) == null) {
      batch.put(Tables.DUPLICATE, new Tables.DuplicateRow(a, b, receiptId, evidence, at));
    }
  }

  /// An address that was typed is that person's, unless it is somebody else's.
  static void claim(
      Batch batch,
      String company,
      String person,
      @Nullable String email,
      Instant at,
      String ref,
      Others erased) {
    if (email == null) {
      return;
    }
    var row = batch.find(Tables.EMAIL, company, email);
    if (row == null) {
      if (!erased.hadEmail()) {
        own(batch, company, email, person);
      }
    } else if (!row.personId().equals(person)) {
      Others.saw(batch, ref, row.personId(), Others.HAD_EMAIL);
      note(batch, person, row.personId(), "both have the e-mail address " + email, at, "");
    }
  }

  /// A number that was typed is that person's, too.
  static void claim(
      Batch batch,
      String company,
      String person,
      @Nullable String phone,
      String family,
      Instant at,
      String ref,
      Others erased) {
    if (phone == null) {
      return;
    }
    var row = batch.find(Tables.PHONE, company, phone);
    var sharers = row == null ? new Tables.Sharers(List.of()) : sharers(row);
    sharers.list().stream()
        .filter(s -> !s.person().equals(person))
        .filter(s -> fits(batch, s.person(), family))
        .findFirst()
        .filter(_ -> !erased.fittedFirst())
        .ifPresent(s -> {
          Others.saw(batch, ref, s.person(), Others.FITTED_FIRST);
          note(batch, person, s.person(), "both have the phone number " + phone, at, "");
        });
    share(batch, company, phone, sharers, person);
  }
}
