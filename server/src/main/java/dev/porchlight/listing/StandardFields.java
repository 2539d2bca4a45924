package dev.porchlight.listing;

import dev.porchlight.filter.Attribute;
import dev.porchlight.filter.Catalogue;
import dev.porchlight.filter.Type;
import dev.porchlight.filter.Value;
import dev.porchlight.filter.Wildcards;
import dev.porchlight.geo.Shapes;
import dev.porchlight.value.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The fields of listings under the names of the RESO Data Dictionary, which filters use: `City`,
/// `ListPrice`, `BedsTotal` and so on, worked out of a listing's members. The table is in
/// `docs/listings.md`. A field that names a unit is there only where the listing has that unit:
/// nothing is converted.
public final class StandardFields {
  /// One field.
  ///
  /// @param from the member, or member and part, that it comes from
  record Field(Attribute attribute, String from, Function<Map<String, JsonNode>, Value> value) {}

  private static final Map<String, String> PROPERTY_TYPES =
      Map.of(
          "RESI", "Residential",
          "RLSE", "Residential Lease",
          "RINC", "Residential Income",
          "LAND", "Land",
          "MOBI", "Manufactured In Park",
          "FARM", "Farm",
          "COMS", "Commercial Sale",
          "COML", "Commercial Lease",
          "BUSO", "Business Opportunity");

  private static final Map<String, String> STATUSES =
      Map.of(
          "Active", "Active",
          "Pending", "Pending",
          "Sold", "Closed",
          "Canceled", "Canceled",
          "Prelisted", "Coming Soon");

  private static final Map<String, Field> FIELDS = fields();

  /// For [dev.porchlight.filter.Filter#parse].
  public static final Catalogue CATALOGUE = catalogue().with(Shapes.GEOMETRY);

  private StandardFields() {}

  private static Catalogue catalogue() {
    return name -> Optional.ofNullable(FIELDS.get(name)).map(Field::attribute);
  }

  /// The names of all, in the table's order.
  public static List<String> names() {
    return List.copyOf(FIELDS.keySet());
  }

  /// All fields, in the table's order.
  static List<Field> all() {
    return List.copyOf(FIELDS.values());
  }

  /// What a listing with these members has of each field, for
  /// [dev.porchlight.filter.Evaluator#matches].
  ///
  /// @param members JSON by the contract's name of the member
  public static Function<String, Value> row(Map<String, String> members) {
    return known(members);
  }

  /// The fields that a listing with these members has.
  public static ObjectNode json(Map<String, String> members) {
    return known(members).json();
  }

  private static ObjectNode json(Known known) {
    var json = Json.object();
    FIELDS
        .keySet()
        .forEach(name -> {
          switch (known.apply(name)) {
            case Value.Text(var text) -> json.put(name, text);
            case Value.Whole(var number) -> json.put(name, number);
            case Value.Decimal(var number) -> json.put(name, number);
            case Value.Flag(var flag) -> json.put(name, flag);
            case Value.Moment(var at) -> json.put(name, at.toString());
            case Value.Day(var day) -> json.put(name, day.toString());
            case Value.TimeOfDay(var time) -> json.put(name, time.toString());
            // Latitude and longitude are there already.
            case Value.Location _, Value.Unset _ -> {}
            case Value.Many(var many) -> {
              var list = json.putArray(name);
              many.forEach(v -> list.add(v.toString()));
            }
          }
        });
    return json;
  }

  /// A listing's fields, each worked out once, when it is first asked for. For one thread.
  public static final class Known implements Function<String, Value> {
    private final Map<String, JsonNode> parsed;
    private final Map<String, Value> values = new HashMap<>();
    private @Nullable ObjectNode json;

    private Known(Map<String, String> members) {
      parsed = parsed(members);
    }

    @Override
    public Value apply(String name) {
      return values.computeIfAbsent(
          name,
          n -> {
            var field = FIELDS.get(n);
            return field == null ? Value.UNSET : field.value().apply(parsed);
          });
    }

    /// The fields that there are; not to be changed.
    public ObjectNode json() {
      if (json == null) {
        json = StandardFields.json(this);
      }
      return json;
    }
  }

  /// The fields of a listing with these members.
  public static Known known(Map<String, String> members) {
    return new Known(members);
  }

  private static Map<String, JsonNode> parsed(Map<String, String> members) {
    var parsed = new LinkedHashMap<String, JsonNode>();
    members.forEach((name, text) -> parsed.put(name, Json.tree(text)));
    return parsed;
  }

  private static Map<String, Field> fields() {
    var all = new LinkedHashMap<String, Field>();
    text(all, "ListingId", "listingId");
    text(all, "ListingKey", "originatingSystemKey");
    text(all, "OriginatingSystemName", "originatingSystemName");
    text(all, "MlsStatus", "listingStatus");
    add(
        all,
        Attribute.of("StandardStatus", Type.CHARACTER),
        "listingStatus",
        m -> Value.text(STATUSES.get(string(m.get("listingStatus")).orElse(""))));
    add(
        all,
        Attribute.of("PropertyType", Type.CHARACTER),
        "propertyType",
        m ->
            Value.text(
                string(m.get("propertyType"))
                    .map(t -> PROPERTY_TYPES.getOrDefault(t, t))
                    .orElse(null)));
    add(
        all,
        Attribute.of("PropertySubType", Type.CHARACTER),
        "propertySubType",
        m ->
            Value.text(
                string(m.get("propertySubType"))
                    .map(t -> t.endsWith("PropertyType") ? spaced(t) : t)
                    .orElse(null)));
    words(all, "UnparsedAddress", "streetAddress");
    text(all, "City", "addressLocality");
    text(all, "StateOrProvince", "addressRegion");
    text(all, "PostalCode", "postalCode");
    text(all, "Country", "addressCountry");
    decimal(all, "Latitude", "latitude", null, null);
    decimal(all, "Longitude", "longitude", null, null);
    add(
        all,
        Attribute.of("Location", Type.LOCATION),
        "latitude, longitude",
        m -> Value.location(number(m.get("latitude")), number(m.get("longitude"))));
    decimal(all, "ListPrice", "listingPrice", "price", null);
    add(
        all,
        Attribute.of("ListPriceCurrency", Type.CHARACTER),
        "listingPrice/priceCurrency",
        m -> Value.text(string(part(m.get("listingPrice"), "priceCurrency")).orElse(null)));
    decimal(all, "ClosePrice", "soldPrice", "price", null);
    decimal(all, "BedsTotal", "numberOfBedrooms", null, null);
    decimal(all, "BathsTotal", "numberOfBathrooms", null, null);
    decimal(all, "BathroomsFull", "numberOfFullBathrooms", null, null);
    decimal(all, "RoomsTotal", "numberOfRooms", null, null);
    decimal(all, "StoriesTotal", "stories", null, null);
    decimal(all, "LivingArea", "livingArea", "value", "FTK");
    decimal(all, "LotSizeAcres", "lotSize", "value", "ACR");
    decimal(all, "LotSizeSquareFeet", "lotSize", "value", "FTK");
    add(
        all,
        Attribute.of("YearBuilt", Type.INTEGER),
        "yearBuilt",
        m -> whole(number(m.get("yearBuilt"))));
    moment(all, "ModificationTimestamp", "modificationTimestamp");
    day(all, "ListingContractDate", "listingContractDate");
    day(all, "PurchaseContractDate", "purchaseContractDate");
    day(all, "CloseDate", "closeDate");
    words(all, "PublicRemarks", "description");
    add(
        all,
        Attribute.of("ListAgentFullName", Type.CHARACTER).with(Wildcards.WORDS),
        "listingAgent/name",
        m -> Value.text(string(part(m.get("listingAgent"), "name")).orElse(null)));
    add(
        all,
        Attribute.of("ListOfficeName", Type.CHARACTER).with(Wildcards.WORDS),
        "listingOffice/name",
        m -> Value.text(string(part(m.get("listingOffice"), "name")).orElse(null)));
    add(
        all,
        Attribute.of("PhotosCount", Type.INTEGER),
        "image",
        m -> {
          var images = m.get("image");
          // Of a long list of earlier days it is kept how long it was.
          return images == null
              ? Value.UNSET
              : new Value.Whole(images.isNumber() ? images.intValue() : images.size());
        });
    add(
        all,
        Attribute.of("InternetAddressDisplayYN", Type.BOOLEAN),
        "internetAddressDisplayYN",
        m -> Value.flag(string(m.get("internetAddressDisplayYN")).map("Y"::equals).orElse(null)));
    return all;
  }

  private static void add(
      Map<String, Field> all,
      Attribute attribute,
      String from,
      Function<Map<String, JsonNode>, Value> value) {
    all.put(attribute.name(), new Field(attribute, from, value));
  }

  private static void text(Map<String, Field> all, String name, String member) {
    add(
        all,
        Attribute.of(name, Type.CHARACTER),
        member,
        m -> Value.text(string(m.get(member)).orElse(null)));
  }

  private static void words(Map<String, Field> all, String name, String member) {
    add(
        all,
        Attribute.of(name, Type.CHARACTER).with(Wildcards.WORDS),
        member,
        m -> Value.text(string(m.get(member)).orElse(null)));
  }

  /// @param part the part of the member that holds the number; null when the member does
  /// @param unit the unit that the member must have; null when it has none
  private static void decimal(
      Map<String, Field> all,
      String name,
      String member,
      @Nullable String part,
      @Nullable String unit) {
    var from = member + (part == null ? "" : "/" + part) + (unit == null ? "" : " in " + unit);
    add(
        all,
        Attribute.of(name, Type.DECIMAL),
        from,
        m -> {
          var node = m.get(member);
          if (unit != null && !string(part(node, "unitCode")).equals(Optional.of(unit))) {
            return Value.UNSET;
          }
          var number = number(part == null ? node : part(node, part));
          return number == null ? Value.UNSET : new Value.Decimal(number);
        });
  }

  private static void moment(Map<String, Field> all, String name, String member) {
    add(all, Attribute.of(name, Type.DATETIME), member, m -> Value.moment(instant(m.get(member))));
  }

  private static void day(Map<String, Field> all, String name, String member) {
    add(
        all,
        Attribute.of(name, Type.DATE),
        member,
        m -> {
          var at = instant(m.get(member));
          return at == null
              ? Value.UNSET
              : new Value.Day(at.atOffset(ZoneOffset.UTC).toLocalDate());
        });
  }

  private static Value whole(@Nullable BigDecimal number) {
    if (number == null || number.abs().compareTo(BigDecimal.valueOf(1_000_000)) > 0) {
      return Value.UNSET;
    }
    return new Value.Whole(number.setScale(0, RoundingMode.DOWN).longValue());
  }

  private static Optional<String> string(@Nullable JsonNode node) {
    return node == null || !node.isString() ? Optional.empty() : Optional.of(node.stringValue());
  }

  private static @Nullable JsonNode part(@Nullable JsonNode node, String name) {
    return node == null || !node.isObject() ? null : node.get(name);
  }

  /// More than a home can have of anything; in a few letters of JSON a number can have millions.
  private static final int MOST_PLACES = 100;

  /// The number that a member is or, as the contract has it for counts, is written in its text.
  private static @Nullable BigDecimal number(@Nullable JsonNode node) {
    if (node == null) {
      return null;
    }
    if (node.isNumber()) {
      var number = node.decimalValue();
      return Math.abs((long) number.scale()) > MOST_PLACES || number.precision() > MOST_PLACES
          ? null
          : number;
    }
    return string(node)
        .filter(t -> t.matches("-?[0-9]{1,15}(\\.[0-9]{1,15})?"))
        .map(BigDecimal::new)
        .orElse(null);
  }

  private static @Nullable Instant instant(@Nullable JsonNode node) {
    try {
      // Times that could be read are written in one form; others may look like times, too.
      return string(node)
          .filter(t -> !t.startsWith("+") && !t.startsWith("-") && !t.startsWith("0000"))
          .map(t -> Map.entry(t, Instant.parse(t)))
          .filter(t -> t.getValue().toString().equals(t.getKey()))
          .map(Map.Entry::getValue)
          .orElse(null);
    } catch (DateTimeException e) {
      // Kept as it was sent, since it is no time.
      return null;
    }
  }

  /// `SingleFamilyPropertyType` as `Single Family`.
  private static String spaced(String subType) {
    var words = new ArrayList<String>();
    var bare = subType.substring(0, subType.length() - "PropertyType".length());
    for (var word : bare.split("(?=[A-Z])")) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return String.join(" ", words);
  }
}
