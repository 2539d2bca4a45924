package dev.porchlight.person;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import dev.porchlight.value.Enquirer;
import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What makes a person recognisable, in normal form. Worked out before the writer is entered.
///
/// @param email lower case, blanks trimmed; null when there is none that could reach anybody
/// @param phone E.164; null when there is none, or its country can't be known
/// @param family the family name without case, accents and punctuation; empty when unknown
public record Identity(@Nullable String email, @Nullable String phone, String family) {
  private static final PhoneNumberUtil PHONES = PhoneNumberUtil.getInstance();

  /// Works it out.
  ///
  /// @param region ISO 3166 code of the country to assume for phones without one
  public static Identity of(Enquirer enquirer, String region) {
    return new Identity(email(enquirer.email()), phone(enquirer.phone(), region), family(enquirer));
  }

  /// An e-mail address in the form in which addresses are compared, or null when it could reach
  /// nobody.
  public static @Nullable String email(@Nullable String email) {
    if (email == null || email.length() > 254) {
      return null;
    }
    int at = email.lastIndexOf('@');
    boolean plausible =
        at > 0
            && email.indexOf('.', at) > at + 1
            && !email.endsWith(".")
            && email.chars().noneMatch(c -> c <= ' ' || c == ',' || c == ';');
    return plausible
        ? Normalizer.normalize(email, Normalizer.Form.NFC).toLowerCase(Locale.ROOT)
        : null;
  }

  /// A phone number in E.164 form, or null when it isn't one as far as can be known.
  public static @Nullable String phone(@Nullable String phone, String region) {
    if (phone == null || phone.length() > 250) {
      return null;
    }
    try {
      var parsed = PHONES.parse(phone, region);
      return PHONES.isPossibleNumber(parsed) && !parsed.hasExtension()
          ? PHONES.format(parsed, PhoneNumberUtil.PhoneNumberFormat.E164)
          : null;
    } catch (NumberParseException e) {
      return null;
    }
  }

  /// Whether that could reach somebody, as far as its form tells.
  public static boolean isEmail(String text) {
    return email(text) != null;
  }

  private static String family(Enquirer enquirer) {
    if (enquirer.lastName() != null) {
      return fold(enquirer.lastName());
    }
    if (enquirer.fullName() != null) {
      var full = enquirer.fullName().strip();
      int blank = full.lastIndexOf(' ');
      return blank < 0 ? "" : fold(full.substring(blank + 1));
    }
    return "";
  }

  /// A family name without case, accents and punctuation.
  static String fold(String name) {
    var bare = new StringBuilder();
    Normalizer.normalize(name, Normalizer.Form.NFKD)
        .codePoints()
        .filter(c -> Character.isLetterOrDigit(c) || c == ' ' || c == '-')
        .map(c -> c == '-' ? ' ' : c)
        .limit(200)
        .forEach(bare::appendCodePoint);
    return bare.toString().toLowerCase(Locale.ROOT).strip();
  }

  /// Whether two folded family names may be one person's: equal, one unknown, or one a part of the
  /// other's double name.
  static boolean compatible(String one, String other) {
    if (one.isEmpty() || other.isEmpty() || one.equals(other)) {
      return true;
    }
    return hasWord(one, other) || hasWord(other, one);
  }

  private static boolean hasWord(String name, String word) {
    return (" " + name + " ").contains(" " + word + " ");
  }
}
