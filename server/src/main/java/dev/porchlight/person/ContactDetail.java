package dev.porchlight.person;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a member may know of a contact beyond what leads say: one text each.
public enum ContactDetail {
  MIDDLE_NAME,
  SPOUSE_GIVEN_NAME,
  SPOUSE_MIDDLE_NAME,
  SPOUSE_FAMILY_NAME,
  HOME_PHONE_NUMBER,
  WORK_PHONE_NUMBER,
  FAX_PHONE_NUMBER,
  MOBILE_PHONE_NUMBER,
  PAGER_PHONE_NUMBER,
  OTHER_PHONE_NUMBER,
  MOBILE_PHONE_COUNTRY_CODE,
  HOME_STREET_ADDRESS,
  HOME_LOCALITY,
  HOME_REGION,
  HOME_POSTAL_CODE,
  WORK_STREET_ADDRESS,
  WORK_LOCALITY,
  WORK_REGION,
  WORK_POSTAL_CODE,
  ORGANIZATION,
  POSITION,
  BIRTHDAY,
  ANNIVERSARY,
  ASSISTANT,
  CHILDREN,
  STATUS,
  OTHER,
  PETS,
  REFERRED_BY,
  SALUTATION;

  private static final Map<String, ContactDetail> BY_WORD =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ContactDetail::word, d -> d));

  /// All of them, in the order in which they are listed.
  public static final List<ContactDetail> ALL = Collections.unmodifiableList(List.of(values()));

  private final String word;
  private final String attribute;

  ContactDetail() {
    word = name().toLowerCase(Locale.ROOT);
    attribute =
        Arrays.stream(word.split("_"))
            .map(w -> w.substring(0, 1).toUpperCase(Locale.ROOT) + w.substring(1))
            .collect(Collectors.joining());
  }

  /// As we keep it: `home_locality`.
  public String word() {
    return word;
  }

  /// As filters name it: `HomeLocality`.
  public String attribute() {
    return attribute;
  }

  /// The one of that word.
  public static Optional<ContactDetail> of(String word) {
    return Optional.ofNullable(BY_WORD.get(word));
  }
}
