package dev.porchlight.store.sqlite;

import dev.porchlight.store.Engine.Failure;
import dev.porchlight.store.StoreUnavailableException;
import java.sql.SQLException;
import org.jdbi.v3.core.JdbiException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// What SQLite's errors mean for whoever meets them.
final class SqliteFailures {
  private SqliteFailures() {}

  static Failure classify(SQLException failure) {
    var code = SQLiteErrorCode.getErrorCode(failure.getErrorCode());
    if (failure instanceof SQLiteException s) {
      code = s.getResultCode();
    } else if (failure.getCause() instanceof SQLiteException s) {
      code = s.getResultCode();
    }
    if (code == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE) {
      // The index of the log could not grow: the disk is full, and nothing was written yet.
      return Failure.NO_ROOM;
    }
    return switch (code.code & 0xff) {
      case 13 -> Failure.NO_ROOM; // SQLITE_FULL
      case 5, 6 -> Failure.NO_ROOM; // SQLITE_BUSY, SQLITE_LOCKED: somebody else holds the file
      case 7 -> Failure.NO_ROOM; // SQLITE_NOMEM
      case 8, 10, 11, 14, 26 -> // READONLY, IOERR, CORRUPT, CANTOPEN, NOTADB
          Failure.IN_DOUBT;
      default -> failure instanceof OfCommitException ? Failure.IN_DOUBT : Failure.OURS;
    };
  }

  /// What a failed read means for its caller: our mistake, or a database that can't answer.
  static RuntimeException reading(JdbiException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException s) {
        if ((s.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_INTERRUPT.code) {
          return StoreUnavailableException.tooLong(e);
        }
        if (classify(s) != Failure.OURS) {
          return new StoreUnavailableException("the database can't be read", e);
        }
      }
    }
    return e;
  }

  /// A commit failed: nothing is known about what is on the disk.
  static final class OfCommitException extends SQLException {
    static final long serialVersionUID = 1;

    OfCommitException(SQLException cause) {
      super(cause.getMessage(), cause.getSQLState(), cause.getErrorCode(), cause);
    }
  }
}
