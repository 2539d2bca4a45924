package dev.porchlight.connector.events;

import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.BodyJson.Null;
import dev.porchlight.connector.json.BodyJson.Num;
import dev.porchlight.connector.json.Times;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the numbers of a listing: counts, times, prices, and quantities with their units.
final class ListingMeasures {
  private static final Map<String, String> UNITS =
      Map.of("SQFT", "FTK", "FTK", "FTK", "AC", "ACR", "ACR", "ACR", "MTK", "MTK", "SQM", "MTK");

  private final ListingNotes notes;

  ListingMeasures(ListingNotes notes) {
    this.notes = notes;
  }

  Object count(String written, Object value) {
    return switch (value) {
      case Num n -> {
        notes.note(written, "a count is written as text", "the number is written out");
        yield plain(n);
      }
      case String s -> {
        if (!s.strip().matches("[0-9]{1,6}(\\.[0-9]{1,3})?")) {
          notes.note(written, "a count is a number written as text", "kept as it is");
        }
        yield s.strip();
      }
      default -> {
        notes.note(written, "a count is a number written as text", "kept as it is");
        yield value;
      }
    };
  }

  Object number(String written, Object value) {
    var number = decimal(value);
    if (number == null) {
      notes.note(written, "a number", "kept as it is");
      return value;
    }
    if (value instanceof String) {
      notes.note(written, "a number", "read out of the text");
    }
    return num(number);
  }

  Object degrees(String written, Object value, int most) {
    var number = decimal(value);
    if (number == null || number.abs().compareTo(BigDecimal.valueOf(most)) > 0) {
      notes.note(written, "a number from -" + most + " to " + most, "kept as it is");
      return value;
    }
    return number(written, value);
  }

  Object time(String written, Object value) {
    var time = value instanceof String text ? Times.parse(text.strip()) : null;
    if (time == null) {
      notes.note(written, "a time is RFC 3339 text", "kept as it is");
      return value;
    }
    if (!time.byContract()) {
      notes.note(
          written,
          "a time is RFC 3339 text with a zone",
          time.moment().zoneAssumed() ? "zone assumed: read as UTC" : "read all the same");
    }
    return time.moment().at().toString();
  }

  Object quantity(String written, Object value) {
    if (!(value instanceof Map<?, ?> object)) {
      notes.note(written, "an object with a value and a unit", "kept as it is");
      return value;
    }
    var read = copy(object);
    for (var name : List.of("value", "minValue", "maxValue")) {
      amount(written, name, read);
    }
    if (read.get("unitCode") instanceof String unit) {
      var known = UNITS.get(unit.strip().toUpperCase(Locale.ROOT));
      if (known == null) {
        notes.note(List.of(written, "unitCode"), "a unit such as FTK or ACR", "kept as it is");
      } else {
        read.put("unitCode", known);
      }
    }
    return read;
  }

  Object price(String written, Object value) {
    if (value instanceof Num || value instanceof String && decimal(value) != null) {
      notes.note(written, "an object with a price and its currency", "taken as the price");
      var number = decimal(value);
      var read = new LinkedHashMap<String, Object>();
      read.put("price", number == null ? value : num(number));
      return read;
    }
    if (!(value instanceof Map<?, ?> object)) {
      notes.note(written, "an object with a price and its currency", "kept as it is");
      return value;
    }
    var read = copy(object);
    if (!read.containsKey("price") && read.containsKey("value")) {
      notes.note(written, "the amount is called `price`", "taken as that");
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
    var place = List.of(written, name);
    if (number == null) {
      notes.note(place, "a number", "kept as it is");
    } else {
      if (value instanceof String) {
        notes.note(place, "a number", "read out of the text");
      }
      in.put(name, num(number));
    }
  }

  private static Map<String, Object> copy(Map<?, ?> object) {
    var copy = new LinkedHashMap<String, Object>();
    object.forEach((name, value) -> copy.put((String) name, value));
    return copy;
  }

  private static @Nullable BigDecimal decimal(Object value) {
    return switch (value) {
      case Num n -> n.value();
      case String s when s.strip().length() < 40 -> BodyJson.number(s.strip());
      default -> null;
    };
  }

  private static Num num(BigDecimal number) {
    return new Num(number.stripTrailingZeros().toPlainString());
  }

  static String plain(Num number) {
    var value = number.value();
    return value == null ? number.text() : value.stripTrailingZeros().toPlainString();
  }
}
