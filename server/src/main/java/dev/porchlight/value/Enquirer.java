package dev.porchlight.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The person behind one lead, as that lead states them. Who this is among the people we know is
/// the business of the person package.
///
/// There is one form for each meaning: `phone` is the first of `phones`, and `phones` is empty when
/// it would say no more than `phone` does.
///
/// @param fullName only when the sender gave the name in one piece
/// @param email as sent, even when malformed (then a violation stands beside it)
/// @param phone as sent; the first where there are several
/// @param emailStatus the sender's own verdict on the address, for example `valid`
/// @param phoneStatus the sender's own verdict on the first number
/// @param phones all numbers, the first included, when there is more than one or more is known of
///   it than the number; else empty
/// @param language ISO 639-1, two small letters
/// @param isOwner whether they say that they own a property; null when that is not known
public record Enquirer(
    @Nullable String firstName,
    @Nullable String lastName,
    @Nullable String fullName,
    @Nullable String email,
    @Nullable String phone,
    @Nullable String emailStatus,
    @Nullable String phoneStatus,
    List<PhoneNumber> phones,
    @Nullable Gender gender,
    @Nullable String language,
    @Nullable Boolean isOwner) {

  public static final Enquirer NOBODY = new Enquirer(null, null, null, null, null, null, null);

  public Enquirer {
    if (!phones.isEmpty()) {
      var first = phones.getFirst().number();
      if (phone != null && !phone.equals(first)) {
        var all = new ArrayList<PhoneNumber>();
        all.add(new PhoneNumber(phone, null, null));
        all.addAll(phones);
        phones = all;
      } else {
        phone = first;
      }
    }
    phones = phones.size() == 1 && phones.getFirst().isBare() ? List.of() : List.copyOf(phones);
    if (language != null) {
      if (!isLanguage(language)) {
        throw new IllegalArgumentException("not an ISO 639-1 code: " + language);
      }
      language = language.toLowerCase(Locale.ROOT);
    }
  }

  /// Somebody with at most one number, of whom nothing more is said.
  public Enquirer(
      @Nullable String firstName,
      @Nullable String lastName,
      @Nullable String fullName,
      @Nullable String email,
      @Nullable String phone,
      @Nullable String emailStatus,
      @Nullable String phoneStatus) {
    this(
        firstName,
        lastName,
        fullName,
        email,
        phone,
        emailStatus,
        phoneStatus,
        List.of(),
        null,
        null,
        null);
  }

  /// True for two letters of ASCII, large or small.
  public static boolean isLanguage(String text) {
    return text.length() == 2 && isLetter(text.charAt(0)) && isLetter(text.charAt(1));
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /// Every number, the first one first; a number of which nothing more is known stands alone.
  public List<PhoneNumber> everyPhone() {
    return phones.isEmpty() && phone != null ? List.of(new PhoneNumber(phone, null, null)) : phones;
  }

  /// True when there is anything that names or reaches a person.
  public boolean isSomebody() {
    return firstName != null
        || lastName != null
        || fullName != null
        || email != null
        || phone != null;
  }
}
