package dev.porchlight.watch;

import dev.porchlight.filter.Criterion;
import dev.porchlight.filter.Expression;
import dev.porchlight.filter.Folding;
import dev.porchlight.filter.Operand;
import dev.porchlight.filter.Order;
import dev.porchlight.filter.Shape;
import dev.porchlight.filter.Type;
import dev.porchlight.filter.Value;
import dev.porchlight.geo.Box;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a listing must have to meet a search, as far as an index can tell: one of the ways in which
/// a filter can be true. Where `whole` says so, that is all there is to it; else a filter has to be
/// asked too.
///
/// @param texts by attribute, the folded words of which a listing has one
/// @param ranges by attribute, between what its number lies; never empty
/// @param boxes in one of which a listing lies, as far as its ranges of latitude and longitude
///   allow it; none where a search names no shape
record Branch(
    Map<String, Set<String>> texts, Map<String, Span> ranges, List<Box> boxes, boolean whole) {
  /// Attributes of which the index knows the words.
  static final List<String> WORDS =
      List.of(
          "ListingId",
          "ListingKey",
          "PostalCode",
          "City",
          "CountyOrParish",
          "StateOrProvince",
          "MlsStatus",
          "StandardStatus",
          "PropertyType",
          "PropertySubType");

  /// Attributes of which the index knows the numbers.
  static final List<String> NUMBERS =
      List.of(
          "ListPrice",
          "BedsTotal",
          "BathsTotal",
          "LivingArea",
          "YearBuilt",
          "Latitude",
          "Longitude");

  private static final int MOST_BRANCHES = 16;
  private static final int DIGITS = 15;
  private static final int SCALE = 100;

  /// From one number to another, both included, as doubles. An open end is a finite number too, so
  /// that it can be told from no condition at all.
  ///
  /// @param exact whether the ends are the very numbers that were asked for
  record Span(double low, double high, boolean exact) {
    static final double LEAST = -Double.MAX_VALUE;
    static final double MOST = Double.MAX_VALUE;

    Span with(Span other) {
      return new Span(Math.max(low, other.low), Math.min(high, other.high), exact && other.exact);
    }
  }

  /// The ways in which an expression can be true; what can't be told apart is one that says less.
  static List<Branch> of(Expression expression) {
    var parts =
        expression instanceof Expression.Or(var alternatives) ? alternatives : List.of(expression);
    if (parts.size() > MOST_BRANCHES) {
      return List.of(new Branch(Map.of(), Map.of(), List.of(), false));
    }
    var branches = new ArrayList<Branch>();
    for (var part : parts) {
      branches.add(branch(part));
    }
    return branches;
  }

  private static Branch branch(Expression expression) {
    var conditions = new ArrayList<Expression>();
    gather(expression, conditions);
    var texts = new HashMap<String, Set<String>>();
    var ranges = new HashMap<String, Span>();
    var boxes = new ArrayList<Box>();
    boolean whole = true;
    for (var condition : conditions) {
      whole &= add(condition, texts, ranges, boxes);
    }
    return new Branch(texts, ranges, List.copyOf(boxes), whole);
  }

  private static void gather(Expression expression, List<Expression> into) {
    switch (expression) {
      case Expression.And(var parts) -> parts.forEach(p -> gather(p, into));
      case Expression.Everything() -> {}
      default -> into.add(expression);
    }
  }

  /// Takes a condition in; false when the filter has to be asked about it.
  private static boolean add(
      Expression condition,
      Map<String, Set<String>> texts,
      Map<String, Span> ranges,
      List<Box> boxes) {
    return switch (condition) {
      case Expression.Matches(Operand.Field(var attribute), var negated, var anyOf)
          when !negated && !attribute.list() -> {
        if (attribute.type() == Type.LOCATION) {
          yield within(anyOf, ranges, boxes);
        }
        if (WORDS.contains(attribute.name())) {
          yield words(attribute.name(), anyOf, texts);
        }
        yield NUMBERS.contains(attribute.name()) && among(attribute.name(), anyOf, ranges);
      }
      case Expression.Ordered(Operand.Field(var attribute), var order, var value)
          when NUMBERS.contains(attribute.name()) -> {
        var number = number(value);
        if (number == null) {
          yield false;
        }
        var span =
            switch (order) {
              case GT, GE -> new Span(near(number), Span.MOST, isExact(number));
              case LT, LE -> new Span(Span.LEAST, near(number), isExact(number));
            };
        narrow(attribute.name(), span, ranges);
        // The ends of a span belong to it.
        yield order == Order.GE || order == Order.LE;
      }
      case Expression.Between(Operand.Field(var attribute), var low, var high)
          when NUMBERS.contains(attribute.name()) -> {
        var from = number(low);
        var to = number(high);
        if (from == null || to == null) {
          yield false;
        }
        narrow(
            attribute.name(), new Span(near(from), near(to), isExact(from) && isExact(to)), ranges);
        yield true;
      }
      default -> false;
    };
  }

  /// Any of some shapes: between the parallels and the meridians that hold them all, and exactly
  /// that when it is one rectangle.
  private static boolean within(List<Criterion> anyOf, Map<String, Span> ranges, List<Box> boxes) {
    var all = new ArrayList<Box>();
    for (var criterion : anyOf) {
      if (!(criterion instanceof Criterion.Within(var shape))) {
        return false;
      }
      all.addAll(Box.of(shape));
    }
    double south = all.stream().mapToDouble(Box::south).min().orElseThrow();
    double west = all.stream().mapToDouble(Box::west).min().orElseThrow();
    double north = all.stream().mapToDouble(Box::north).max().orElseThrow();
    double east = all.stream().mapToDouble(Box::east).max().orElseThrow();
    narrow("Latitude", new Span(south, north, true), ranges);
    narrow("Longitude", new Span(west, east, true), ranges);
    if (boxes.isEmpty()) {
      boxes.addAll(all);
    }
    return anyOf.size() == 1 && anyOf.getFirst() instanceof Criterion.Within(Shape.Rectangle _);
  }

  private static boolean words(
      String attribute, List<Criterion> anyOf, Map<String, Set<String>> texts) {
    var words = new LinkedHashSet<String>();
    for (var criterion : anyOf) {
      if (!(criterion instanceof Criterion.Same(Value.Text(var text)))) {
        return false;
      }
      words.add(Folding.fold(text));
    }
    var known = texts.get(attribute);
    if (known != null) {
      words.retainAll(known);
    }
    texts.put(attribute, words);
    return true;
  }

  /// Any of some numbers: between the least and the greatest, and exactly that when it is one.
  private static boolean among(String attribute, List<Criterion> anyOf, Map<String, Span> ranges) {
    var numbers = new HashSet<BigDecimal>();
    for (var criterion : anyOf) {
      var number = criterion instanceof Criterion.Same(var value) ? number(value) : null;
      if (number == null) {
        return false;
      }
      numbers.add(number.stripTrailingZeros());
    }
    var least = numbers.stream().min(BigDecimal::compareTo).orElseThrow();
    var most = numbers.stream().max(BigDecimal::compareTo).orElseThrow();
    narrow(attribute, new Span(near(least), near(most), isExact(least) && isExact(most)), ranges);
    return numbers.size() == 1;
  }

  private static void narrow(String attribute, Span span, Map<String, Span> ranges) {
    ranges.merge(attribute, span, Span::with);
  }

  static @Nullable BigDecimal number(Value value) {
    return switch (value) {
      case Value.Whole(var number) -> BigDecimal.valueOf(number);
      case Value.Decimal(var number) -> number;
      default -> null;
    };
  }

  /// Whether no other number of so few digits becomes the same double: then doubles compare as the
  /// numbers do. Others at least never compare the other way round.
  static boolean isExact(BigDecimal number) {
    var bare = number.stripTrailingZeros();
    return bare.precision() <= DIGITS && Math.abs(bare.scale()) <= SCALE;
  }

  private static double near(BigDecimal number) {
    return Math.clamp(number.doubleValue(), Span.LEAST, Span.MOST);
  }

  boolean isExact() {
    return whole && ranges.values().stream().allMatch(Span::exact);
  }
}
