package dev.porchlight.filter;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The functions that draw shapes on the map: `radius`, `rectangle` and `polygon`.
final class ShapeFunctions {
  private final Reading reading;
  private final Lexer lexer;
  private final Catalogue catalogue;
  private int places;

  ShapeFunctions(Reading reading, Catalogue catalogue) {
    this.reading = reading;
    this.lexer = reading.lexer();
    this.catalogue = catalogue;
  }

  /// The shape that a call draws.
  Shape shape(ValueFunction function, Operands.Call call) {
    Operands.Argument where = call.arguments().getFirst();
    String text = call.text(0);
    boolean line = function != ValueFunction.RADIUS;
    List<Value.Location> read = Coordinates.read(lexer, text, where.from(), line);
    places += read.size();
    if (places > Limits.PLACES) {
      reading.overLimit(
          where.from(),
          where.to(),
          "The shapes of a filter have at most " + Limits.PLACES + " places in all.");
    }
    return switch (function) {
      case RADIUS -> radius(call, read);
      case RECTANGLE -> rectangle(call, read);
      default -> polygon(call, read);
    };
  }

  private Shape radius(Operands.Call call, List<Value.Location> places) {
    Operands.Argument where = call.arguments().getFirst();
    if (places.size() != 1) {
      throw lexer.fail(where.from(), where.to(), "A radius has one place, its centre.");
    }
    Operands.Argument distance = call.arguments().get(1);
    double miles =
        switch (Objects.requireNonNull(distance.literal())) {
          case Value.Whole(var whole) -> whole;
          case Value.Decimal(var decimal) -> decimal.doubleValue();
          default -> throw new IllegalStateException("checked before");
        };
    if (!(miles > 0) || miles > Limits.MILES) {
      throw lexer.fail(
          distance.from(),
          distance.to(),
          "A radius is more than 0 and at most " + Limits.MILES + " miles.");
    }
    return new Shape.Radius(places.getFirst(), miles);
  }

  private Shape rectangle(Operands.Call call, List<Value.Location> places) {
    Operands.Argument where = call.arguments().getFirst();
    if (places.size() != 2) {
      throw lexer.fail(
          where.from(), where.to(), "A rectangle has two places, opposite corners of it.");
    }
    Value.Location a = places.getFirst();
    Value.Location b = places.getLast();
    if (a.latitude() == b.latitude() || a.longitude() == b.longitude()) {
      throw lexer.fail(where.from(), where.to(), "This rectangle has no area.");
    }
    return new Shape.Rectangle(
        Math.min(a.latitude(), b.latitude()),
        Math.min(a.longitude(), b.longitude()),
        Math.max(a.latitude(), b.latitude()),
        Math.max(a.longitude(), b.longitude()));
  }

  private Shape polygon(Operands.Call call, List<Value.Location> places) {
    Operands.Argument where = call.arguments().getFirst();
    boolean closed = places.size() > 1 && places.getFirst().equals(places.getLast());
    List<Value.Location> corners = closed ? places.subList(0, places.size() - 1) : places;
    if (corners.size() < 3) {
      throw lexer.fail(where.from(), where.to(), "A polygon has at least three corners.");
    }
    var polygon = new Shape.Polygon(corners);
    if (reading.overLimit().isEmpty()) {
      Optional<String> fault = catalogue.geometry().fault(polygon);
      if (fault.isPresent()) {
        throw lexer.fail(where.from(), where.to(), fault.get());
      }
    }
    return polygon;
  }
}
