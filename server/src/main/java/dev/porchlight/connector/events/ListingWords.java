package dev.porchlight.connector.events;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Reads what a listing says in the words of the contract: its status, its type, its country.
final class ListingWords {
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

  private final ListingNotes notes;

  ListingWords(ListingNotes notes) {
    this.notes = notes;
  }

  Object status(String written, Object value) {
    return word(written, value, STATUSES);
  }

  Object type(String written, Object value) {
    return word(written, value, TYPES);
  }

  Object subType(String written, Object value) {
    return word(written, unwrapped(value), SUB_TYPES);
  }

  Object country(String written, Object value) {
    if (!(value instanceof String text)) {
      notes.note(written, "a country's code of two letters", "kept as it is");
      return value;
    }
    var folded = text.strip().toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
    var code = COUNTRIES.get(folded);
    if (code == null) {
      notes.note(written, "a country's code of two letters", "kept as it is");
      return text;
    }
    if (!code.equals(text)) {
      notes.note(written, "a country's code of two letters", "read as " + code);
    } else if (!CONTRACTS_COUNTRIES.contains(code)) {
      notes.note(written, "one of the contract's countries", "kept as it is");
    }
    return code;
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
            .filter(ListingNotes::isSaid)
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
      notes.note(written, "one of the contract's words", "kept as it is");
      return value;
    }
    return text.strip();
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
