package dev.porchlight.testing;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Somebody who does not exist. An absent field is left out of bodies.
public record InventedPerson(
    @Nullable String firstName,
    @Nullable String lastName,
    @Nullable String email,
    @Nullable String phone) {
  private static final List<String> FIRST =
      List.of("Ana", "Bo", "Chidi", "Dora", "Emre", "Fay", "Goran", "Hana", "Ivo", "June");
  private static final List<String> LAST =
      List.of(
          "Lopez", "Lind", "Okoro", "Marek", "Yilmaz", "Ashby", "Petrov", "Sato", "Brandt", "Moss");

  /// The person of that number, always the same: no two share an e-mail address, and none of two
  /// whose numbers differ by less than 10,000 a phone (numbers that are kept for fiction).
  ///
  /// @param number from 0
  public static InventedPerson of(int number) {
    var first = FIRST.get(number % 10);
    var last = LAST.get(number / 10 % 10);
    return new InventedPerson(
        first,
        last,
        (first + "." + last + "." + number + "@example.org").toLowerCase(Locale.ROOT),
        "+1%d555%04d".formatted(201 + number / 100 % 100, 100 + number % 100));
  }

  public InventedPerson withName(@Nullable String first, @Nullable String last) {
    return new InventedPerson(first, last, email, phone);
  }

  public InventedPerson withEmail(@Nullable String other) {
    return new InventedPerson(firstName, lastName, other, phone);
  }

  public InventedPerson withPhone(@Nullable String other) {
    return new InventedPerson(firstName, lastName, email, other);
  }
}
