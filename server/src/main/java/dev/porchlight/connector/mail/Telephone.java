package dev.porchlight.connector.mail;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A phone number for people: as their country groups its digits, where it is a number of some
/// country, else as it was sent.
///
/// @param shown what they read; null where there is none
/// @param link what a telephone dials
record Telephone(@Nullable String shown, String link) {
  private static final PhoneNumberUtil PHONES = PhoneNumberUtil.getInstance();
  private static final Pattern NO_DIGIT = Pattern.compile("[^0-9+]");
  private static final int LONGEST = 250;

  /// @param region the country of numbers that name none; null for nothing known
  static Telephone of(@Nullable String sent, @Nullable String region) {
    if (sent == null) {
      return new Telephone(null, "");
    }
    try {
      var parsed = PHONES.parse(sent.length() > LONGEST ? "" : sent, region);
      // A number within a town can't be dialled from a telephone elsewhere.
      if (PHONES.isPossibleNumberWithReason(parsed) == ValidationResult.IS_POSSIBLE) {
        boolean home = PHONES.getCountryCodeForRegion(region) == parsed.getCountryCode();
        return new Telephone(
            PHONES.format(
                parsed, home ? PhoneNumberFormat.NATIONAL : PhoneNumberFormat.INTERNATIONAL),
            PHONES.format(parsed, PhoneNumberFormat.RFC3966));
      }
    } catch (NumberParseException _) {
      // It stands as it came.
    }
    return new Telephone(sent, "tel:" + NO_DIGIT.matcher(sent).replaceAll(""));
  }
}
