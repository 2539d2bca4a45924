package dev.porchlight.filter;

/// The databases that [SqlWriter] writes for, and all that they do differently.
public enum Dialect {
  /// SQLite 3.23 or newer. Text columns have the collation BINARY, which is the default.
  SQLITE {
    @Override
    String bytewise(String column) {
      return column;
    }

    @Override
    String contains(String column) {
      return "instr(" + column + ", ?) > 0";
    }

    @Override
    String last(String column, int characters) {
      return "substr(" + column + ", -" + characters + ")";
    }

    @Override
    boolean exactDecimals() {
      return false;
    }
  },

  /// PostgreSQL 15 or newer, in a database whose encoding is UTF8. Text columns have any
  /// deterministic collation; an index for ranges and leading text is one with `COLLATE "C"`.
  POSTGRESQL {
    @Override
    String bytewise(String column) {
      return column + " COLLATE \"C\"";
    }

    @Override
    String contains(String column) {
      return "strpos(" + column + ", ?) > 0";
    }

    @Override
    String last(String column, int characters) {
      return "right(" + column + ", " + characters + ")";
    }

    @Override
    boolean exactDecimals() {
      return true;
    }
  };

  /// A text column that is ordered by its UTF-8 bytes.
  abstract String bytewise(String column);

  /// Whether a text column contains the bound text.
  abstract String contains(String column);

  /// The last code points of a text column; at least one.
  abstract String last(String column, int characters);

  abstract boolean exactDecimals();
}
