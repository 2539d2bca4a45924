package dev.porchlight.connector.seekerleads;

import dev.porchlight.value.Gender;
import dev.porchlight.value.Intent;
import dev.porchlight.value.PhoneNumber;
import dev.porchlight.value.PortalCodes;
import dev.porchlight.value.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The contract's closed lists, and which of our words they are.
final class Codes {
  static final int LONGEST_NAME = 100;
  static final int LONGEST_KEY = 512;

  /// The first second of the year 1.
  static final long START_OF_TIME = -62_135_596_800L;

  /// Unix seconds from here on are milliseconds by mistake; in the year 5138.
  static final long END_OF_TIME = 100_000_000_000L;

  private static final Map<String, Gender> GENDERS =
      Map.of(
          "MALE", Gender.MALE,
          "FEMALE", Gender.FEMALE,
          "OTHER", Gender.OTHER,
          "PREFER_NOT_TO_DISCLOSE", Gender.UNDISCLOSED);
  private static final Map<Gender, String> OF_GENDER = reversed(GENDERS);
  private static final Map<String, PhoneNumber.Kind> PHONES =
      Map.of("MOBILE", PhoneNumber.Kind.MOBILE, "LANDLINE", PhoneNumber.Kind.LANDLINE);
  private static final Map<PhoneNumber.Kind, String> OF_PHONE = reversed(PHONES);
  private static final Map<String, Intent> WISHES =
      Map.of(
          "SELL", Intent.SELLER,
          "BUY", Intent.BUYER,
          "RENT", Intent.RENT,
          "MANAGE", Intent.MANAGE,
          "ASK_A_QUESTION", Intent.QUESTION);
  private static final Map<Intent, String> OF_WISH = reversed(WISHES);
  private static final Map<String, Role> ROLES =
      Map.of(
          "BUYER", Role.BUYER,
          "SELLER", Role.SELLER,
          "LANDLORD", Role.LANDLORD,
          "TENANT", Role.TENANT);
  private static final Map<Role, String> OF_ROLE = reversed(ROLES);
  private static final Set<String> LANGUAGES =
      Set.of("DE", "EN", "ES", "FR", "HE", "IT", "NL", "PT", "RU");
  private static final Set<String> ESTATE_TYPES =
      Set.of(
          "HOUSE",
          "APARTMENT",
          "PLOT",
          "BUILDING",
          "OFFICE",
          "TRADING",
          "GASTRONOMY_HOTEL",
          "STORAGE_PRODUCTION",
          "AGRICULTURE_FORESTRY",
          "PARKING",
          "SENIOR",
          "PROJECT",
          "MISCELLANEOUS");

  private Codes() {}

  static @Nullable Gender gender(String code) {
    return GENDERS.get(code);
  }

  static @Nullable String of(@Nullable Gender gender) {
    return gender == null ? null : OF_GENDER.get(gender);
  }

  static PhoneNumber.@Nullable Kind phone(String code) {
    return PHONES.get(code);
  }

  static @Nullable String of(PhoneNumber.@Nullable Kind kind) {
    return kind == null ? null : OF_PHONE.get(kind);
  }

  static @Nullable Intent wish(String code) {
    return WISHES.get(code);
  }

  static @Nullable String of(Intent intent) {
    return OF_WISH.get(intent);
  }

  static @Nullable Role role(String code) {
    return ROLES.get(code);
  }

  static String of(Role role) {
    return OF_ROLE.getOrDefault(role, role.name());
  }

  static boolean isLanguage(String code) {
    return LANGUAGES.contains(code);
  }

  static boolean isPortal(String code) {
    return PortalCodes.contains(code);
  }

  static boolean isEstateType(String code) {
    return ESTATE_TYPES.contains(code);
  }

  /// What somebody wants who searches in these roles alone.
  static Intent intent(List<Role> roles) {
    if (roles.stream().allMatch(r -> r == Role.BUYER) && !roles.isEmpty()) {
      return Intent.BUYER;
    }
    return roles.stream().allMatch(r -> r == Role.SELLER) && !roles.isEmpty()
        ? Intent.SELLER
        : Intent.UNKNOWN;
  }

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static <V> Map<V, String> reversed(Map<String, V> codes) {
    return codes.entrySet().stream()
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));
  }
}
