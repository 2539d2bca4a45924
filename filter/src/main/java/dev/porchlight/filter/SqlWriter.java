package dev.porchlight.filter;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes expressions as SQL conditions with bound values. Immutable; many threads may use it.
///
/// Each comparison becomes a condition that is true for every row that matches (a *superset*), and
/// says whether it is true for those only. `Not` is pushed down to the comparisons, since the
/// opposite of a superset is none: an inexact comparison under `Not` selects everything. `And` and
/// `Or` of supersets are supersets again. A condition may be NULL where nothing is set: no `NOT`
/// stands above one but those that this class writes beside an `IS NULL`.
public final class SqlWriter {
  /// SQLite reads no longer LIKE patterns by default (50,000 bytes).
  private static final int LONGEST_LIKE = 12_000;

  /// Patterns of one list that are written out for `?`; of more, `?` is written as `%` and only
  /// narrows.
  private static final int WRITTEN_OUT = 8;

  private static final char ESCAPE = '!';

  private final Dialect dialect;
  private final Function<String, Optional<Column>> columns;

  /// A writer for a database.
  ///
  /// @param dialect which kind
  /// @param columns where an attribute, by its name, is kept; empty when SQL cannot see it, and
  ///   then only the evaluator decides on it
  public SqlWriter(Dialect dialect, Function<String, Optional<Column>> columns) {
    this.dialect = dialect;
    this.columns = columns;
  }

  /// Writes an expression.
  public Sql write(Expression expression) {
    Part part = part(expression, false);
    return new Sql(part.sql == null ? "1 = 1" : part.sql, part.binds, part.exact);
  }

  /// A condition; without SQL it selects everything.
  private record Part(@Nullable String sql, List<Object> binds, boolean exact) {
    static final Part ANYTHING = new Part(null, List.of(), false);
    static final Part EVERYTHING = new Part(null, List.of(), true);
    static final Part NOTHING = new Part("1 = 0", List.of(), true);

    static Part exact(String sql, Object... binds) {
      return new Part(sql, List.of(binds), true);
    }

    static Part narrowing(String sql, Object... binds) {
      return new Part(sql, List.of(binds), false);
    }
  }

  private Part part(Expression expression, boolean negated) {
    return switch (expression) {
      case Expression.Everything() -> negated ? Part.NOTHING : Part.EVERYTHING;
      case Expression.And(var parts) -> joined(parts, negated, !negated);
      case Expression.Or(var parts) -> joined(parts, negated, negated);
      case Expression.Not(var inner) -> part(inner, !negated);
      case Expression.Matches(var operand, var ne, var anyOf) ->
          matches(operand, negated, ne, anyOf);
      case Expression.Ordered(var operand, var order, var value) ->
          compared(operand, negated, column -> dialectOrder(column, order, value));
      case Expression.Between(var operand, var low, var high) ->
          compared(
              operand,
              negated,
              column ->
                  and(
                      List.of(
                          dialectOrder(column, Order.GE, low),
                          dialectOrder(column, Order.LE, high))));
    };
  }

  private Part joined(List<Expression> parts, boolean negated, boolean and) {
    List<Part> written = new ArrayList<>(parts.size());
    for (var one : parts) {
      written.add(part(one, negated));
    }
    return and ? and(written) : or(written);
  }

  private static Part and(List<Part> parts) {
    boolean exact = true;
    List<Part> written = new ArrayList<>(parts.size());
    for (var part : parts) {
      if (part.equals(Part.NOTHING)) {
        return part;
      }
      exact &= part.exact;
      if (part.sql != null) {
        written.add(part);
      }
    }
    return written.isEmpty()
        ? new Part(null, List.of(), exact)
        : tree(written, 0, written.size(), " AND ", exact);
  }

  private static Part or(List<Part> parts) {
    boolean exact = true;
    boolean anything = false;
    List<Part> written = new ArrayList<>(parts.size());
    for (var part : parts) {
      if (part.equals(Part.EVERYTHING)) {
        return part;
      }
      exact &= part.exact;
      anything |= part.sql == null;
      if (!part.equals(Part.NOTHING)) {
        written.add(part);
      }
    }
    return anything
        ? Part.ANYTHING
        : written.isEmpty() ? Part.NOTHING : tree(written, 0, written.size(), " OR ", exact);
  }

  /// Parts joined in halves, so that hundreds of them stay far from a database's limit on depth.
  private static Part tree(List<Part> parts, int from, int to, String word, boolean exact) {
    if (to - from == 1) {
      Part one = parts.get(from);
      return new Part(one.sql, one.binds, exact);
    }
    int middle = (from + to) >>> 1;
    Part left = tree(parts, from, middle, word, exact);
    Part right = tree(parts, middle, to, word, exact);
    List<Object> binds = new ArrayList<>(left.binds);
    binds.addAll(right.binds);
    return new Part("(" + left.sql + word + right.sql + ")", binds, exact);
  }

  // ---- comparisons

  /// What SQL sees of an operand.
  ///
  /// @param changed whether a function changed the letter case, so that only comparisons that
  ///   ignore it hold
  /// @param day whether it is the day of a datetime
  private record Seen(Column column, boolean changed, boolean every) {}

  private Optional<Seen> seen(Operand operand) {
    return switch (operand) {
      case Operand.Field(var attribute) ->
          columns.apply(attribute.name()).map(column -> new Seen(column, false, false));
      case Operand.Call(var function, var arguments, _) ->
          switch (function) {
            case ALL ->
                seen(arguments.getFirst()).map(seen -> new Seen(seen.column, seen.changed, true));
            case TOLOWER, TOUPPER ->
                seen(arguments.getFirst()).map(seen -> new Seen(seen.column, true, seen.every));
            default -> Optional.empty();
          };
      case Operand.Literal _, Operand.Computed _, Operand.Negative _ -> Optional.empty();
    };
  }

  private Part compared(Operand operand, boolean negated, Function<Column.Plain, Part> condition) {
    return seen(operand)
        .map(seen ->
            on(
                seen,
                negated,
                column ->
                    column instanceof Column.Plain plain ? condition.apply(plain) : Part.ANYTHING))
        .orElse(Part.ANYTHING);
  }

  private Part matches(Operand operand, boolean not, boolean ne, List<Criterion> anyOf) {
    Optional<Seen> found = seen(operand);
    if (found.isEmpty()) {
      return Part.ANYTHING;
    }
    Seen seen = found.get();
    boolean negated = not != ne;
    if (anyOf.getFirst() instanceof Criterion.NotSet && anyOf.size() == 1) {
      return unset(seen.column, negated);
    }
    // `all(x) Ne v` is the opposite of `x Eq v`, not of `all(x) Eq v`.
    Seen asked = ne ? new Seen(seen.column, seen.changed, false) : seen;
    return on(asked, negated, column -> meets(column, seen.changed, anyOf));
  }

  private static Part unset(Column column, boolean not) {
    return switch (column) {
      case Column.Plain(var sql, _) -> Part.exact(sql + (not ? " IS NOT NULL" : " IS NULL"));
      case Column.Text(var folded, _, _) ->
          Part.exact(folded + (not ? " IS NOT NULL" : " IS NULL"));
      case Column.Elements list -> some(list, Part.EVERYTHING, !not);
    };
  }

  /// Whether some row of a list meets a condition, or none.
  private static Part some(Column.Elements list, Part condition, boolean none) {
    String and = condition.sql == null ? "" : " AND " + bracketed(condition);
    Column.Among among = list.among();
    if (among == null) {
      return new Part(
          (none ? "NOT " : "") + "EXISTS (SELECT 1 FROM " + list.rows() + and + ")",
          condition.binds,
          condition.exact);
    }
    List<Object> binds = new ArrayList<>(among.binds());
    binds.addAll(condition.binds);
    // So written, no planner takes it for a join, of which it would have to guess the size.
    return new Part(
        "(" + among.key() + " IN (" + among.keys() + and + ")) IS " + (none ? "NOT TRUE" : "TRUE"),
        binds,
        condition.exact);
  }

  /// A condition on one column, or on the elements of a list.
  private static Part on(Seen seen, boolean negated, Function<Column, Part> condition) {
    if (seen.column instanceof Column.Elements list) {
      Part part = condition.apply(list.element());
      if (part.sql == null) {
        return negated ? Part.ANYTHING : some(list, Part.ANYTHING, false);
      }
      if (seen.every) {
        if (negated || !part.exact) {
          return negated ? Part.ANYTHING : some(list, part, false);
        }
        Part other = new Part("NOT " + bracketed(part), part.binds, true);
        return and(List.of(some(list, part, false), some(list, other, true)));
      }
      return negated && !part.exact ? Part.ANYTHING : some(list, part, negated);
    }
    Part part = condition.apply(seen.column);
    if (!negated) {
      return part;
    }
    if (!part.exact) {
      return Part.ANYTHING;
    }
    if (part.sql == null) {
      return Part.NOTHING;
    }
    return new Part(
        "(" + unset(seen.column, false).sql + " OR NOT " + bracketed(part) + ")", part.binds, true);
  }

  private static String exists(String rows, Part part) {
    return "EXISTS (SELECT 1 FROM " + rows + " AND " + bracketed(part) + ")";
  }

  private static String bracketed(Part part) {
    return "(" + part.sql + ")";
  }

  // ---- values that are not text

  private Part dialectOrder(Column.Plain column, Order order, Value.Scalar value) {
    String sql = column.sql();
    return switch (value) {
      case Value.Whole(var whole) -> Part.exact(sql + sign(order) + "?", whole);
      case Value.Decimal(var decimal) ->
          dialect.exactDecimals()
              ? Part.exact(sql + sign(order) + "?", decimal)
              // Rounding to a double keeps the order, but may make different numbers equal.
              : Part.narrowing(sql + sign(orEqual(order)) + "?", decimal.doubleValue());
      case Value.Day(var day) -> Part.exact(sql + sign(order) + "?", day.toEpochDay());
      case Value.TimeOfDay(var time) -> Part.exact(sql + sign(order) + "?", time.toNanoOfDay());
      case Value.Moment(var moment) -> {
        boolean upwards = order == Order.GE || order == Order.LT;
        yield Part.exact(sql + sign(order) + "?", units(moment, column.storage(), upwards));
      }
      case Value.Text _, Value.Flag _, Value.Location _ ->
          throw new IllegalArgumentException(value.type() + " has no order");
    };
  }

  private static String sign(Order order) {
    return switch (order) {
      case GT -> " > ";
      case GE -> " >= ";
      case LT -> " < ";
      case LE -> " <= ";
    };
  }

  private static Order orEqual(Order order) {
    return switch (order) {
      case GT, GE -> Order.GE;
      case LT, LE -> Order.LE;
    };
  }

  private static long units(Instant moment, Column.Storage storage, boolean upwards) {
    int perSecond = perSecond(storage);
    int nanos = 1_000_000_000 / perSecond;
    long floor = moment.getEpochSecond() * perSecond + moment.getNano() / nanos;
    return upwards && moment.getNano() % nanos != 0 ? floor + 1 : floor;
  }

  private static int perSecond(Column.Storage storage) {
    return switch (storage) {
      case EPOCH_MILLI -> 1_000;
      case EPOCH_MICRO -> 1_000_000;
      case INTEGER, DECIMAL, BOOLEAN, FLAG, EPOCH_DAY, NANO_OF_DAY ->
          throw new IllegalArgumentException("a datetime is not kept as " + storage);
    };
  }

  private Part same(Column.Plain column, Value.Scalar value) {
    String equal = column.sql() + " = ";
    return switch (value) {
      case Value.Flag(var flag) ->
          Part.exact(
              column.storage() == Column.Storage.FLAG
                  ? equal + (flag ? "1" : "0")
                  : equal + (flag ? "TRUE" : "FALSE"));
      case Value.Whole(var whole) -> Part.exact(equal + "?", whole);
      case Value.Decimal(BigDecimal decimal) ->
          dialect.exactDecimals()
              ? Part.exact(equal + "?", decimal)
              : Part.narrowing(equal + "?", decimal.doubleValue());
      case Value.Day(var day) -> Part.exact(equal + "?", day.toEpochDay());
      case Value.TimeOfDay(var time) -> Part.exact(equal + "?", time.toNanoOfDay());
      case Value.Moment(var moment) -> {
        long down = units(moment, column.storage(), false);
        yield down == units(moment, column.storage(), true)
            ? Part.exact(equal + "?", down)
            : Part.NOTHING;
      }
      case Value.Text _, Value.Location _ ->
          throw new IllegalArgumentException(value.type() + " in a plain column");
    };
  }

  // ---- criteria

  private Part meets(Column column, boolean changed, List<Criterion> anyOf) {
    return switch (column) {
      case Column.Plain plain -> {
        List<Part> parts = new ArrayList<>(anyOf.size());
        for (var criterion : anyOf) {
          parts.add(
              criterion instanceof Criterion.Same(var value) ? same(plain, value) : Part.ANYTHING);
        }
        yield or(listed(plain.sql(), parts));
      }
      case Column.Text text -> {
        List<Part> parts = new ArrayList<>(anyOf.size());
        for (var criterion : anyOf) {
          parts.add(meets(text, changed, criterion, anyOf.size()));
        }
        yield or(listed(text.folded(), parts));
      }
      case Column.Elements _ -> throw new IllegalArgumentException("a list of lists");
    };
  }

  /// Several `column = ?` as one `column IN (?, ?)`.
  private static List<Part> listed(String column, List<Part> parts) {
    String equal = column + " = ?";
    List<Object> binds = new ArrayList<>();
    List<Part> others = new ArrayList<>();
    boolean exact = true;
    for (var part : parts) {
      if (equal.equals(part.sql)) {
        binds.addAll(part.binds);
        exact &= part.exact;
      } else {
        others.add(part);
      }
    }
    if (binds.size() < 2) {
      return parts;
    }
    String marks = String.join(", ", Collections.nCopies(binds.size(), "?"));
    others.add(new Part(column + " IN (" + marks + ")", binds, exact));
    return others;
  }

  private Part meets(Column.Text column, boolean changed, Criterion criterion, int among) {
    String folded = column.folded();
    String exact = changed ? null : column.exact();
    return switch (criterion) {
      case Criterion.NotSet() -> Part.exact(folded + " IS NULL");
      case Criterion.Same(Value.Text(var text)) -> Part.exact(folded + " = ?", Folding.fold(text));
      case Criterion.Same _ -> throw new IllegalArgumentException("text against another type");
      case Criterion.Like(var pattern, var words) ->
          words ? words(column, pattern, among) : like(folded, pattern, among);
      case Criterion.StartsWith(var text) ->
          text.isEmpty()
              ? Part.exact(folded + " IS NOT NULL")
              : exact != null
                  ? prefix(exact, text, true)
                  : prefix(folded, Folding.fold(text), false);
      case Criterion.EndsWith(var text) ->
          text.isEmpty()
              ? Part.exact(folded + " IS NOT NULL")
              : exact != null
                  ? Part.exact(last(exact, text) + " = ?", text)
                  : Part.narrowing(last(folded, text) + " = ?", Folding.fold(text));
      case Criterion.Contains(var text) ->
          text.isEmpty()
              ? Part.exact(folded + " IS NOT NULL")
              : exact != null
                  ? Part.exact(dialect.contains(exact), text)
                  : Part.narrowing(dialect.contains(folded), Folding.fold(text));
      case Criterion.Within _ -> throw new IllegalArgumentException("a shape against text");
      case Criterion.Regex _ -> Part.narrowing(folded + " IS NOT NULL");
      case Criterion.TextRange(var low, var high) ->
          Part.exact(
              "(" + dialect.bytewise(folded) + " >= ? AND " + dialect.bytewise(folded) + " <= ?)",
              Folding.fold(low),
              Folding.fold(high));
    };
  }

  private String last(String column, String text) {
    return dialect.last(column, text.codePointCount(0, text.length()));
  }

  /// What begins with a text: a range, which an index serves.
  private Part prefix(String column, String text, boolean exact) {
    String sql = dialect.bytewise(column);
    String after = after(text);
    return after == null
        ? new Part(sql + " >= ?", List.of(text), exact)
        : new Part("(" + sql + " >= ? AND " + sql + " < ?)", List.of(text, after), exact);
  }

  /// The first text behind all that begin with this one; null when there is none.
  private static @Nullable String after(String text) {
    int[] points = text.codePoints().toArray();
    for (int i = points.length - 1; i >= 0; i--) {
      if (points[i] < Character.MAX_CODE_POINT) {
        int next = points[i] + 1;
        points[i] = next == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : next;
        return new String(points, 0, i + 1);
      }
    }
    return null;
  }

  private Part words(Column.Text column, Wildcard pattern, int among) {
    if (column.words() == null) {
      int[] parts = pattern.parts();
      int[] anywhere = new int[parts.length + 2];
      Arrays.fill(anywhere, Wildcard.ANY);
      for (int i = 0; i < parts.length; i++) {
        anywhere[i + 1] = parts[i] == Wildcard.ONE ? Wildcard.ANY : parts[i];
      }
      String like = written(anywhere);
      return like.length() > LONGEST_LIKE
          ? Part.narrowing(column.folded() + " IS NOT NULL")
          : Part.narrowing(column.folded() + likeOperator(), like);
    }
    Part part = like(column.words().word(), pattern, among);
    return new Part(exists(column.words().rows(), part), part.binds, part.exact);
  }

  private Part like(String column, Wildcard pattern, int among) {
    int[] parts = pattern.parts();
    int wild = 0;
    while (wild < parts.length && parts[wild] >= 0) {
      wild++;
    }
    List<Part> both = new ArrayList<>(2);
    if (wild > 0) {
      both.add(prefix(column, new String(parts, 0, wild), true));
    }
    boolean onlyPrefix = wild == parts.length - 1 && parts[wild] == Wildcard.ANY;
    if (onlyPrefix) {
      return wild == 0 ? Part.exact(column + " IS NOT NULL") : both.getFirst();
    }
    List<Part> likes = new ArrayList<>();
    if (among <= WRITTEN_OUT) {
      for (int[] alternative : pattern.alternatives()) {
        String like = written(alternative);
        likes.add(
            like.length() > LONGEST_LIKE
                ? Part.narrowing(column + " IS NOT NULL")
                : Part.exact(column + likeOperator(), like));
      }
    } else {
      int[] looser = parts.clone();
      boolean exact = true;
      for (int i = 0; i < looser.length; i++) {
        exact &= looser[i] != Wildcard.ONE;
        looser[i] = looser[i] == Wildcard.ONE ? Wildcard.ANY : looser[i];
      }
      String like = written(looser);
      likes.add(
          like.length() > LONGEST_LIKE
              ? Part.narrowing(column + " IS NOT NULL")
              : new Part(column + likeOperator(), List.of(like), exact));
    }
    both.add(or(likes));
    return and(both);
  }

  private static String likeOperator() {
    return " LIKE ? ESCAPE '" + ESCAPE + "'";
  }

  private static String written(int[] pattern) {
    var like = new StringBuilder(pattern.length + 8);
    for (int part : pattern) {
      switch (part) {
        case Wildcard.ANY -> like.append('%');
        case Wildcard.ONE -> like.append('_');
        case '%', '_', ESCAPE -> like.append(ESCAPE).append((char) part);
        default -> like.appendCodePoint(part);
      }
    }
    return like.toString();
  }
}
