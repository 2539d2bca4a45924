package dev.porchlight.watch;

import dev.porchlight.filter.Attribute;
import dev.porchlight.filter.Type;
import dev.porchlight.filter.Value;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A listing as searches see it: the values of [ListingAttributes], each of the type that is told
/// there.
public final class Watchable {
  /// Names under which the same is asked for.
  private static final Map<String, String> ALIASES =
      Map.of(
          "BedroomsTotal", "BedsTotal",
          "BathroomsTotalDecimal", "BathsTotal",
          "BathsFull", "BathroomsFull",
          "Stories", "StoriesTotal",
          "BuildingAreaTotal", "LivingArea",
          "CurrentPrice", "ListPrice");

  /// What tells where exactly a listing is.
  private static final Set<String> ADDRESS =
      Set.of(
          "StreetNumber",
          "StreetDirPrefix",
          "StreetName",
          "StreetSuffix",
          "UnitNumber",
          "UnparsedAddress",
          "Latitude",
          "Longitude");

  private Watchable() {}

  /// A listing as searches of consumers see it: where it does not say that its address may be shown
  /// online, it has no street and no place, else wildcards and radii would spell them out.
  ///
  /// @param row see [#of]
  public static Function<String, Value> forConsumers(Function<String, Value> row) {
    return row.apply("InternetAddressDisplayYN").equals(Value.flag(true))
        ? of(row)
        : of(name -> ADDRESS.contains(name) ? Value.UNSET : row.apply(name));
  }

  /// The same values, numbers in the form that searches take them for.
  ///
  /// @param row gives a value by name, [Value#UNSET] where there is none
  public static Function<String, Value> of(Function<String, Value> row) {
    return name -> {
      var attribute = ListingAttributes.list().get(name);
      if (attribute == null) {
        return Value.UNSET;
      }
      return attribute.type() == Type.LOCATION
          ? Value.location(number(row, "Latitude"), number(row, "Longitude"))
          : as(attribute, row.apply(ALIASES.getOrDefault(name, name)));
    };
  }

  private static @Nullable BigDecimal number(Function<String, Value> row, String name) {
    return Branch.number(row.apply(name));
  }

  private static Value as(Attribute attribute, Value value) {
    return switch (value) {
      case Value.Whole(var number) when attribute.type() == Type.DECIMAL ->
          new Value.Decimal(BigDecimal.valueOf(number));
      case Value.Decimal(var number) when attribute.type() == Type.INTEGER -> whole(number);
      case Value.Scalar scalar when scalar.type() == attribute.type() -> scalar;
      // What was sent in another form than the attribute's says nothing.
      default -> Value.UNSET;
    };
  }

  private static Value whole(BigDecimal number) {
    try {
      return new Value.Whole(number.longValueExact());
    } catch (ArithmeticException e) {
      return Value.UNSET;
    }
  }
}
