package dev.porchlight.delivery;

import dev.porchlight.filter.Attribute;
import dev.porchlight.filter.Catalogue;
import dev.porchlight.filter.Expression;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.FilterException;
import dev.porchlight.filter.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What filters of endpoints may ask of an event. Nothing by which a person is known is among it:
/// that a filter held or not may be kept and shown when the person is erased.
public enum EventCatalogue {
  KIND("Kind", Type.CHARACTER),
  VERSION("Version", Type.INTEGER),
  TEST("Test", Type.BOOLEAN),
  SOURCE_ID("SourceId", Type.CHARACTER),
  SOURCE_NAME("SourceName", Type.CHARACTER),
  SOURCE_CONTRACT("SourceContract", Type.CHARACTER),
  OFFICE_ID("OfficeId", Type.CHARACTER),
  OFFICE_NAME("OfficeName", Type.CHARACTER),
  OWNER_ID("OwnerId", Type.CHARACTER),
  RECEIVED("Received", Type.DATETIME),
  AROSE("Arose", Type.DATETIME),
  INTENT("Intent", Type.CHARACTER),
  ABOUT("About", Type.CHARACTER),
  ORIGIN("Origin", Type.CHARACTER),
  ORIGIN_KIND("OriginKind", Type.CHARACTER),
  ORIGIN_METHOD("OriginMethod", Type.CHARACTER),
  PORTAL("Portal", Type.CHARACTER),
  RECIPIENT_ID("RecipientId", Type.CHARACTER),
  CITY("City", Type.CHARACTER),
  STATE("State", Type.CHARACTER),
  POSTAL_CODE("PostalCode", Type.CHARACTER),
  MLS_ID("MlsId", Type.CHARACTER),
  MLS_NAME("MlsName", Type.CHARACTER),
  LISTING_STATUS("ListingStatus", Type.CHARACTER),
  PROPERTY_TYPE("PropertyType", Type.CHARACTER),
  LIST_PRICE("ListPrice", Type.DECIMAL),
  CURRENCY("Currency", Type.CHARACTER),
  BEDS("Beds", Type.DECIMAL),
  BATHS("Baths", Type.DECIMAL),
  SQUARE_FEET("SquareFeet", Type.DECIMAL),
  BUDGET_MIN("BudgetMin", Type.DECIMAL),
  BUDGET_MAX("BudgetMax", Type.DECIMAL),
  PRE_APPROVED("PreApproved", Type.BOOLEAN),
  FINANCING_TYPE("FinancingType", Type.CHARACTER),
  PROBABILITY("Probability", Type.DECIMAL);

  private static final Map<String, Attribute> BY_NAME = byName();
  private static final Map<String, EventCatalogue> BY_WORD =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(EventCatalogue::word, f -> f));
  private static final Catalogue CATALOGUE = name -> Optional.ofNullable(BY_NAME.get(name));

  private final String word;
  private final Type type;

  EventCatalogue(String word, Type type) {
    this.word = word;
    this.type = type;
  }

  private static Map<String, Attribute> byName() {
    var all = new LinkedHashMap<String, Attribute>();
    for (var field : values()) {
      all.put(field.word, Attribute.of(field.word, field.type));
    }
    return all;
  }

  /// The field of that name; null when there is none.
  public static @Nullable EventCatalogue of(String name) {
    return BY_WORD.get(name);
  }

  /// As filters write it.
  public String word() {
    return word;
  }

  public Type type() {
    return type;
  }

  /// Reads a filter of an endpoint, which must say the same at any time.
  ///
  /// @throws FilterException when it is wrong or asks what no event says
  /// @throws IllegalArgumentException when it depends on the present time, in a sentence
  public static Expression read(String filter) {
    var said =
        Stream.of("2001-02-03T04:05:06.789Z", "2031-10-19T17:50:01.123Z")
            .map(t -> Filter.parse(filter, CATALOGUE, Instant.parse(t)).expression())
            .distinct()
            .toList();
    if (said.size() > 1) {
      throw new IllegalArgumentException(
          "The filter must not depend on the present time: what is decided today must come out the"
              + " same when it is decided again.");
    }
    return said.getFirst();
  }

  /// All names, for messages.
  public static String names() {
    return String.join(", ", Arrays.stream(values()).map(EventCatalogue::word).toList());
  }
}
