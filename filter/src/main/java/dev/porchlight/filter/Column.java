package dev.porchlight.filter;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a database keeps an attribute. The pieces of SQL are written as they are into the
/// condition, so they come from the program, never from a user. What is not set is NULL (an empty
/// text too) or, for a list, has no row.
public sealed interface Column {
  /// A number, date, time or boolean in one column.
  ///
  /// @param sql the column, such as `c.created_at`
  /// @param storage how it holds the value
  record Plain(String sql, Storage storage) implements Column {
    /// Checks that both are there.
    public Plain {
      Objects.requireNonNull(sql, "sql");
      Objects.requireNonNull(storage, "storage");
    }
  }

  /// Text, kept as [Folding#fold] gives it and, where wanted, as it is and as its words.
  ///
  /// @param folded the column with the folded text
  /// @param exact the column with the text as it is; without it, case-sensitive functions are
  ///   narrowed by the folded text
  /// @param words the rows that hold [Folding#words] of it, one each; without them, word-wise
  ///   wildcards are narrowed by the folded text
  record Text(String folded, @Nullable String exact, @Nullable Words words) implements Column {
    /// Checks that there is a folded column.
    public Text {
      Objects.requireNonNull(folded, "folded");
    }

    /// Text with a folded column only.
    public static Text folded(String folded) {
      return new Text(folded, null, null);
    }
  }

  /// The words of a text, in rows of their own.
  ///
  /// @param rows table and join, such as `contact_word w WHERE w.contact_id = c.id`
  /// @param word the column with one folded word, such as `w.word`
  record Words(String rows, String word) {
    /// Checks that both are there.
    public Words {
      Objects.requireNonNull(rows, "rows");
      Objects.requireNonNull(word, "word");
    }
  }

  /// A list, in rows of its own.
  ///
  /// @param rows table and join, such as `contact_tag t WHERE t.contact_id = c.id`
  /// @param element where each row keeps its element
  /// @param among how to find at once the records that have a row; null to look for each record's
  ///   rows by itself
  record Elements(String rows, Column element, @Nullable Among among) implements Column {
    /// Checks that both are there and that there are no lists of lists.
    public Elements {
      Objects.requireNonNull(rows, "rows");
      if (element instanceof Elements) {
        throw new IllegalArgumentException("a list of lists");
      }
    }

    /// A list of which each record's rows are looked for by themselves.
    public Elements(String rows, Column element) {
      this(rows, element, null);
    }
  }

  /// The records that have rows of a list, found once for all records that are looked at. Good
  /// where those are many, and the rows among which to look are bounded.
  ///
  /// @param key names a record, such as `c.id`; never null
  /// @param keys gives the same of rows, such as `SELECT t.contact_id FROM contact_tag t WHERE
  ///   t.owner_id = ?`; knows nothing of the record, and gives no null
  /// @param binds the values of its question marks
  record Among(String key, String keys, List<Object> binds) {
    /// Copies the values.
    public Among {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(keys, "keys");
      binds = List.copyOf(binds);
    }
  }

  /// How a column holds a value that is not text.
  enum Storage {
    /// A whole number as it is.
    INTEGER,
    /// A decimal: NUMERIC on PostgreSQL, exact; REAL or INTEGER on SQLite, where the condition only
    /// narrows.
    DECIMAL,
    /// A boolean: BOOLEAN on PostgreSQL, 0 or 1 on SQLite.
    BOOLEAN,
    /// A boolean as the integer 0 or 1 on both.
    FLAG,
    /// A date as the number of days since 1970-01-01.
    EPOCH_DAY,
    /// A time of day as nanoseconds since midnight.
    NANO_OF_DAY,
    /// A datetime as whole milliseconds since 1970-01-01T00:00:00Z; rows hold no finer times.
    EPOCH_MILLI,
    /// A datetime as whole microseconds since 1970-01-01T00:00:00Z; rows hold no finer times.
    EPOCH_MICRO
  }
}
