package dev.porchlight.filter;

import java.util.Objects;

/// One thing that is wrong with a filter.
///
/// @param code [#INVALID] or [#OVER_LIMIT]
/// @param token the offending piece of the filter as it was written, cut to 100 characters; empty
///   at the end of the filter
/// @param position where the token begins: UTF-16 characters before it, so 0 is the beginning
/// @param status what became of it
/// @param message one or two sentences that say what is wrong and what to write instead
public record FilterError(int code, String token, int position, Status status, String message) {
  /// The filter's syntax or a type in it is wrong, or an attribute does not exist or cannot be
  /// searched.
  public static final int INVALID = 1040;

  /// The filter is correct but over a limit.
  public static final int OVER_LIMIT = 1041;

  /// Checks that nothing is null.
  public FilterError {
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(message, "message");
  }

  /// What became of the offending piece.
  public enum Status {
    /// The filter cannot be used.
    FATAL("Fatal"),
    /// Only the expression around it cannot be used; a permissive reading leaves it out.
    DROPPED("Dropped");

    private final String label;

    Status(String label) {
      this.label = label;
    }

    /// As replies write it: `Fatal` or `Dropped`.
    public String label() {
      return label;
    }
  }
}
