package dev.porchlight.connector.events;

import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.BodyJson.Null;
import dev.porchlight.connector.json.BodyJson.Num;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Text;
import dev.porchlight.connector.json.Times;
import dev.porchlight.value.ListingChange;
import dev.porchlight.value.Topic;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads what an event says of a listing: tolerantly, as senders are known to write, into the form
/// of the contract's field table. What fits no form is kept as it was sent, and noted.
final class ListingReader {
  private static final String GROUP = "realestate/listing";
  private static final String POINTER = "/data/object";
  private static final String TYPE = "PropertyListing";
  private static final int LONGEST_KEY = 200;

  private static final Map<String, String> SPELLINGS =
      Map.of(
          "@type", "type",
          "colistingAgent", "coListingAgent",
          "colistingOffice", "coListingOffice",
          "brokerAtrribution", "brokerAttribution");
  private static final Map<String, Integer> TEXTS = texts();
  private static final Set<String> COUNTS =
      Set.of(
          "numberOfBathrooms",
          "numberOfFullBathrooms",
          "numberOf1/2Bathrooms",
          "numberOf1/4Bathrooms",
          "numberOf3/4Bathrooms",
          "numberOfBedrooms",
          "numberOfRooms");
  private static final Set<String> NUMBERS = Set.of("stories", "yearBuilt");
  private static final Set<String> TIMES =
      Set.of("closeDate", "listingContractDate", "modificationTimestamp", "purchaseContractDate");
  private static final Set<String> QUANTITIES = Set.of("livingArea", "lotSize");
  private static final Set<String> PRICES = Set.of("listingPrice", "soldPrice");
  private static final Set<String> PARTIES =
      Set.of("buyerAgent", "buyerOffice", "listingAgent", "listingOffice", "coListingOffice");
  private static final Set<String> STATUSES =
      Set.of("Active", "Pending", "Sold", "Canceled", "Prelisted", "OffMarket", "Private");
  private static final Set<String> TYPES =
      Set.of("RESI", "RLSE", "RINC", "LAND", "MOBI", "FARM", "COMS", "COML", "BUSO");
  private static final Set<String> SUB_TYPES =
      Set.of(
          "ApartmentPropertyType",
          "BoatSlipPropertyType",
          "CabinPropertyType",
          "CondominiumPropertyType",
          "DeededParkingPropertyType",
          "DuplexPropertyType",
          "FarmPropertyType",
          "ManufacturedHomePropertyType",
          "ManufacturedOnLandPropertyType",
          "MobileHomePropertyType",
          "OwnYourOwnPropertyType",
          "QuadruplexPropertyType",
          "RanchPropertyType",
          "SingleFamilyPropertyType",
          "StockCooperativePropertyType",
          "TimesharePropertyType",
          "TownhousePropertyType",
          "TriplexPropertyType",
          "AgriculturePropertyType",
          "BusinessPropertyType",
          "HotelMotelPropertyType",
          "IndustrialPropertyType",
          "MixedUsePropertyType",
          "MultiFamilyPropertyType",
          "OfficePropertyType",
          "RetailPropertyType",
          "UnimprovedLandPropertyType",
          "WarehousePropertyType");
  private static final Set<String> CONTRACTS_COUNTRIES =
      Set.of("CA", "DE", "GR", "IN", "IT", "MX", "PE", "PT", "ES", "AE", "GB", "US");
  private static final Map<String, String> COUNTRIES = countries();
  private static final Map<String, String> UNITS =
      Map.of("SQFT", "FTK", "FTK", "FTK", "AC", "ACR", "ACR", "ACR", "MTK", "MTK", "SQM", "MTK");

  private final Findings findings;
  private final TreeMap<String, Object> members = new TreeMap<>();

  private ListingReader(Findings findings) {
    this.findings = findings;
  }

  /// What the event says of a listing; null when its topic is about something else.
  static @Nullable ListingChange read(Topic topic, Map<?, ?> data, Findings findings) {
    if (!topic.group().equals(GROUP)) {
      return null;
    }
    var kind =
        switch (Objects.requireNonNullElse(topic.action(), "")) {
          case "update" -> ListingChange.Kind.UPDATE;
          case "delete" -> ListingChange.Kind.DELETE;
          case "updatebuyercompensation" -> ListingChange.Kind.COMPENSATION;
          default -> null;
        };
    if (kind == null) {
      return null;
    }
    if (!(data.get("object") instanceof Map<?, ?> object)) {
      findings.violation(POINTER, "the object of a listing event is the listing", "carried unread");
      return null;
    }
    return new ListingReader(findings).change(kind, object);
  }

  private ListingChange change(ListingChange.Kind kind, Map<?, ?> object) {
    object.forEach((name, value) -> member((String) name, value, object));
    boolean gone = kind == ListingChange.Kind.UPDATE && isTrue(object.get("deleted"));
    if (kind == ListingChange.Kind.COMPENSATION) {
      // Whatever else such an event shows of the listing is there to tell which one it is.
      members.keySet().retainAll(Set.of("buyerCompensation"));
    }
    var written = new TreeMap<String, String>();
    members.forEach((name, value) -> written.put(name, BodyJson.text(value)));
    var change =
        new ListingChange(
            gone ? ListingChange.Kind.DELETE : kind,
            key(object, "originatingSystemName"),
            key(object, "originatingSystemKey"),
            key(object, "listingId"),
            modified(object),
            written);
    if (!change.isNamed()) {
      findings.violation(
          POINTER,
          "a listing is known by originatingSystemName and originatingSystemKey, or by listingId",
          "carried, but no listing of the hub's is changed");
    }
    return change;
  }

  private @Nullable String key(Map<?, ?> object, String name) {
    var text =
        switch (object.get(name)) {
          case String s -> s.strip();
          case Num n -> plain(n);
          case null, default -> "";
        };
    if (text.length() > LONGEST_KEY) {
      note(
          name,
          "a name of a listing has at most " + LONGEST_KEY + " characters",
          "kept, but the listing is not known by it");
      return null;
    }
    return text.isEmpty() ? null : text;
  }

  private static @Nullable Instant modified(Map<?, ?> object) {
    var time =
        object.get("modificationTimestamp") instanceof String text
            ? Times.parse(text.strip())
            : null;
    return time == null ? null : time.moment().at();
  }

  private static String plain(Num number) {
    var value = number.value();
    return value == null ? number.text() : value.stripTrailingZeros().toPlainString();
  }

  private void note(String name, String rule, String action) {
    findings.violation(POINTER + "/" + BodyJson.escape(name), rule, action);
  }

  /// Notes what stands within a member, one step of the place each.
  private void note(List<String> place, String rule, String action) {
    var pointer = new StringBuilder(POINTER);
    place.forEach(step -> pointer.append('/').append(BodyJson.escape(step)));
    findings.violation(pointer.toString(), rule, action);
  }

  private static boolean isSaid(@Nullable Object value) {
    return value != null && value != Null.NULL && !value.equals("");
  }

  private void member(String written, @Nullable Object value, Map<?, ?> object) {
    if (value == null || !isSaid(value)) {
      return;
    }
    var name = SPELLINGS.getOrDefault(written, written);
    if (!name.equals(written)) {
      if (isSaid(object.get(name))) {
        note(
            written, "the member is called `" + name + "`", "passed over: `" + name + "` is there");
        return;
      }
      note(written, "the member is called `" + name + "`", "taken as that");
    }
    var read = read(name, written, value);
    if (read != null) {
      members.put(name, read);
    }
  }

  /// The value in the contract's form; null when there is none.
  private @Nullable Object read(String name, String written, Object value) {
    if (TEXTS.containsKey(name)) {
      return text(name, written, value, Objects.requireNonNullElse(TEXTS.get(name), 0));
    }
    if (COUNTS.contains(name)) {
      return count(written, value);
    }
    if (NUMBERS.contains(name)) {
      return number(written, value);
    }
    if (TIMES.contains(name)) {
      return time(written, value);
    }
    if (QUANTITIES.contains(name)) {
      return quantity(written, value);
    }
    if (PRICES.contains(name)) {
      return price(written, value);
    }
    if (PARTIES.contains(name)) {
      return party(written, value);
    }
    return switch (name) {
      case "type" -> type(written, value);
      case "listingOriginatingSystem" -> object(written, value);
      case "addressCountry" -> country(written, value);
      case "listingStatus" -> word(written, value, STATUSES);
      case "propertyType" -> word(written, value, TYPES);
      case "propertySubType" -> word(written, unwrapped(value), SUB_TYPES);
      case "url" -> address(written, value);
      case "internetAddressDisplayYN" -> yesNo(written, value);
      case "latitude" -> degrees(written, value, 90);
      case "longitude" -> degrees(written, value, 180);
      case "image" -> images(written, value);
      case "coListingAgent" -> parties(written, value);
      case "deleted" -> deleted(written, value);
      // What a later revision of the contract may bring is kept as it is.
      default -> value;
    };
  }

  /// Nothing to keep: the topic says what it is.
  private @Nullable Object type(String written, Object value) {
    if (!TYPE.equals(value)) {
      note(written, "the type of a listing is " + TYPE, "read as that");
    }
    return null;
  }

  private Object object(String written, Object value) {
    if (!(value instanceof Map)) {
      note(written, "an object", "kept as it is");
    }
    return value;
  }

  private Object text(String name, String written, Object value, int most) {
    var text =
        switch (value) {
          case String s -> s.strip();
          case Num n -> {
            note(written, "`" + name + "` is text", "the number is written out");
            yield plain(n);
          }
          default -> null;
        };
    if (text == null) {
      note(written, "`" + name + "` is text", "kept as it is");
      return value;
    }
    if (most > 0 && text.codePointCount(0, text.length()) > most) {
      note(written, "at most " + most + " characters", "kept whole");
    }
    return text;
  }

  private Object address(String written, Object value) {
    var read = text("url", written, value, 0);
    if (read instanceof String) {
      uri(List.of(written), read);
    }
    return read;
  }

  /// Notes what should be a URI and is none, such as a placeholder that nobody has filled in.
  private void uri(List<String> place, @Nullable Object value) {
    if (isSaid(value) && !(value instanceof String text && Text.isUri(text.strip()))) {
      note(place, "an absolute URI", value instanceof String ? "kept as text" : "kept as it is");
    }
  }

  private void uris(List<String> place, Map<?, ?> object, String... names) {
    for (var name : names) {
      var within = new ArrayList<>(place);
      within.add(name);
      uri(within, object.get(name));
    }
  }

  /// Nothing to keep: whether the listing is gone is said by the kind of the change.
  private @Nullable Object deleted(String written, Object value) {
    if (!(value instanceof Boolean)) {
      boolean read = isTrue(value) || value instanceof String s && isWord(s, "false");
      note(written, "true or false", read ? "read out of the text" : "left out");
    }
    return null;
  }

  private static boolean isTrue(@Nullable Object value) {
    return value instanceof Boolean b && b || value instanceof String s && isWord(s, "true");
  }

  private static boolean isWord(String text, String word) {
    return text.strip().equalsIgnoreCase(word);
  }

  private Object count(String written, Object value) {
    return switch (value) {
      case Num n -> {
        note(written, "a count is written as text", "the number is written out");
        yield plain(n);
      }
      case String s -> {
        if (!s.strip().matches("[0-9]{1,6}(\\.[0-9]{1,3})?")) {
          note(written, "a count is a number written as text", "kept as it is");
        }
        yield s.strip();
      }
      default -> {
        note(written, "a count is a number written as text", "kept as it is");
        yield value;
      }
    };
  }

  private @Nullable BigDecimal decimal(Object value) {
    return switch (value) {
      case Num n -> n.value();
      case String s when s.strip().length() < 40 -> BodyJson.number(s.strip());
      default -> null;
    };
  }

  private Object number(String written, Object value) {
    var number = decimal(value);
    if (number == null) {
      note(written, "a number", "kept as it is");
      return value;
    }
    if (value instanceof String) {
      note(written, "a number", "read out of the text");
    }
    return num(number);
  }

  private static Num num(BigDecimal number) {
    return new Num(number.stripTrailingZeros().toPlainString());
  }

  private Object degrees(String written, Object value, int most) {
    var number = decimal(value);
    if (number == null || number.abs().compareTo(BigDecimal.valueOf(most)) > 0) {
      note(written, "a number from -" + most + " to " + most, "kept as it is");
      return value;
    }
    return number(written, value);
  }

  private Object time(String written, Object value) {
    var time = value instanceof String text ? Times.parse(text.strip()) : null;
    if (time == null) {
      note(written, "a time is RFC 3339 text", "kept as it is");
      return value;
    }
    if (!time.byContract()) {
      note(
          written,
          "a time is RFC 3339 text with a zone",
          time.moment().zoneAssumed() ? "zone assumed: read as UTC" : "read all the same");
    }
    return time.moment().at().toString();
  }

  private Object quantity(String written, Object value) {
    if (!(value instanceof Map<?, ?> object)) {
      note(written, "an object with a value and a unit", "kept as it is");
      return value;
    }
    var read = copy(object);
    for (var name : List.of("value", "minValue", "maxValue")) {
      amount(written, name, read);
    }
    if (read.get("unitCode") instanceof String unit) {
      var known = UNITS.get(unit.strip().toUpperCase(Locale.ROOT));
      if (known == null) {
        note(List.of(written, "unitCode"), "a unit such as FTK or ACR", "kept as it is");
      } else {
        read.put("unitCode", known);
      }
    }
    return read;
  }

  private Object price(String written, Object value) {
    if (value instanceof Num || value instanceof String && decimal(value) != null) {
      note(written, "an object with a price and its currency", "taken as the price");
      var number = decimal(value);
      var read = new LinkedHashMap<String, Object>();
      read.put("price", number == null ? value : num(number));
      return read;
    }
    if (!(value instanceof Map<?, ?> object)) {
      note(written, "an object with a price and its currency", "kept as it is");
      return value;
    }
    var read = copy(object);
    if (!read.containsKey("price") && read.containsKey("value")) {
      note(written, "the amount is called `price`", "taken as that");
      var amount = read.remove("value");
      if (amount != null) {
        read.put("price", amount);
      }
    }
    for (var name : List.of("price", "minPrice", "maxPrice")) {
      amount(written, name, read);
    }
    return read;
  }

  private void amount(String written, String name, Map<String, Object> in) {
    var value = in.get(name);
    if (value == null) {
      return;
    }
    if (value == Null.NULL) {
      in.remove(name);
      return;
    }
    var number = decimal(value);
    var place = written + "/" + name;
    if (number == null) {
      findings.violation(POINTER + "/" + place, "a number", "kept as it is");
    } else {
      if (value instanceof String) {
        findings.violation(POINTER + "/" + place, "a number", "read out of the text");
      }
      in.put(name, num(number));
    }
  }

  private static Map<String, Object> copy(Map<?, ?> object) {
    var copy = new LinkedHashMap<String, Object>();
    object.forEach((name, value) -> copy.put((String) name, value));
    return copy;
  }

  private @Nullable Object party(String written, Object value) {
    return party(List.of(written), value);
  }

  /// A party; an empty one means that there is none.
  private @Nullable Object party(List<String> written, Object value) {
    if (!(value instanceof Map<?, ?> object)) {
      note(written, "an object that describes a party", "kept as it is");
      return value;
    }
    boolean says =
        object.entrySet().stream()
            .filter(e -> !e.getKey().equals("type") && !e.getKey().equals("@type"))
            .map(Map.Entry::getValue)
            .anyMatch(ListingReader::says);
    if (!says) {
      note(written, "a party that is not there is left out", "taken as absent");
      return null;
    }
    uris(written, object, "id", "@id");
    return value;
  }

  private static boolean says(Object value) {
    return switch (value) {
      case String s -> !s.isBlank();
      case Map<?, ?> m -> m.values().stream().anyMatch(ListingReader::says);
      case List<?> l -> l.stream().anyMatch(ListingReader::says);
      case Null _ -> false;
      default -> true;
    };
  }

  private @Nullable Object parties(String written, Object value) {
    if (!(value instanceof List<?> list)) {
      var one = party(written, value);
      return one == null ? null : List.of(one);
    }
    var all = new ArrayList<Object>();
    for (int i = 0; i < list.size(); i++) {
      var read = party(List.of(written, Integer.toString(i)), list.get(i));
      if (read != null) {
        all.add(read);
      }
    }
    return all.isEmpty() ? null : all;
  }

  private static Object unwrapped(Object value) {
    if (value instanceof List<?> list && list.size() == 1) {
      return unwrapped(list.getFirst());
    }
    if (!(value instanceof Map<?, ?> object)) {
      return value;
    }
    var within =
        Stream.of("propertySubType", "name", "type", "@type")
            .map(object::get)
            .filter(ListingReader::isSaid)
            .filter(String.class::isInstance)
            .map(s -> ((String) s).strip())
            .toList();
    // Beside a name the type may be that of the wrapper.
    return within.stream()
        .filter(SUB_TYPES::contains)
        .findFirst()
        .<Object>map(s -> s)
        .orElse(within.isEmpty() ? value : within.getFirst());
  }

  private Object word(String written, Object value, Set<String> known) {
    if (!(value instanceof String text) || !known.contains(text.strip())) {
      note(written, "one of the contract's words", "kept as it is");
      return value;
    }
    return text.strip();
  }

  private Object country(String written, Object value) {
    if (!(value instanceof String text)) {
      note(written, "a country's code of two letters", "kept as it is");
      return value;
    }
    var folded = text.strip().toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
    var code = COUNTRIES.get(folded);
    if (code == null) {
      note(written, "a country's code of two letters", "kept as it is");
      return text;
    }
    if (!code.equals(text)) {
      note(written, "a country's code of two letters", "read as " + code);
    } else if (!CONTRACTS_COUNTRIES.contains(code)) {
      note(written, "one of the contract's countries", "kept as it is");
    }
    return code;
  }

  /// Anything but yes counts as no: an address is shown only where that is said.
  private Object yesNo(String written, Object value) {
    var read = isYes(value) ? "Y" : "N";
    if (!read.equals(value)) {
      note(written, "Y or N", "read as " + read);
    }
    return read;
  }

  private static boolean isYes(@Nullable Object value) {
    return switch (value) {
      case Boolean b -> b;
      case String s ->
          s.strip().equalsIgnoreCase("Y")
              || s.strip().equalsIgnoreCase("yes")
              || s.strip().equalsIgnoreCase("true");
      case null, default -> false;
    };
  }

  private Object images(String written, Object value) {
    var list = value instanceof List<?> l ? l : List.of(value);
    if (!(value instanceof List)) {
      note(written, "a list of images", "taken as a list of one");
    }
    var all = new ArrayList<Object>();
    for (int i = 0; i < list.size(); i++) {
      var item = list.get(i);
      var place = value instanceof List ? List.of(written, Integer.toString(i)) : List.of(written);
      if (item instanceof String uri) {
        uri(place, uri);
        var image = new LinkedHashMap<String, Object>();
        image.put("type", "ImageObject");
        image.put("id", uri);
        all.add(image);
      } else if (item instanceof Map<?, ?> object) {
        uris(place, object, "id", "@id", "url");
        all.add(item);
      } else {
        note(written, "an image is an object or an address", "left out");
      }
    }
    return all;
  }

  private static Map<String, Integer> texts() {
    var all = new LinkedHashMap<String, Integer>();
    all.put("addressLocality", 50);
    all.put("addressRegion", 0);
    all.put("brokerAttribution", 0);
    all.put("description", 0);
    all.put("listingId", 0);
    all.put("originatingSystemKey", 0);
    all.put("originatingSystemName", 0);
    all.put("postalCode", 12);
    all.put("streetAddress", 75);
    all.put("universalPropertyId", 0);
    return all;
  }

  private static Map<String, String> countries() {
    var all = new LinkedHashMap<String, String>();
    for (var code : Locale.getISOCountries()) {
      all.put(code, code);
    }
    all.put("USA", "US");
    all.put("UNITEDSTATES", "US");
    all.put("UNITEDSTATESOFAMERICA", "US");
    all.put("CAN", "CA");
    all.put("CANADA", "CA");
    all.put("UNITEDKINGDOM", "GB");
    all.put("GBR", "GB");
    all.put("UK", "GB");
    all.put("GERMANY", "DE");
    all.put("GREECE", "GR");
    all.put("INDIA", "IN");
    all.put("ITALY", "IT");
    all.put("MEXICO", "MX");
    all.put("PERU", "PE");
    all.put("PORTUGAL", "PT");
    all.put("SPAIN", "ES");
    all.put("UNITEDARABEMIRATES", "AE");
    return all;
  }
}
