package dev.porchlight.door.seekerleads;

import dev.porchlight.value.Violation;
import java.io.Serial;
import java.util.List;

/// A request that is refused, in the contract's terms.
final class RefusedException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /// The kinds of refusal that the contract has.
  enum Kind {
    BAD_REQUEST(400, "bad-request", "The request is not valid"),
    UNAUTHORIZED(401, "unauthorized", "No valid token was presented"),
    FORBIDDEN(403, "forbidden", "That is not allowed"),
    NOT_FOUND(404, "not-found", "There is no such thing, or it may not be seen"),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", "That method is not for this address"),
    TOO_MANY_REQUESTS(429, "too-many-requests", "Too many requests in too short a time"),
    INTERNAL(500, "internal-error", "Something is wrong on our side");

    final int status;
    final String word;
    final String title;

    Kind(int status, String word, String title) {
      this.status = status;
      this.word = word;
      this.title = title;
    }
  }

  private final Kind kind;
  private final transient List<Violation> violations;

  RefusedException(Kind kind, String detail) {
    this(kind, detail, List.of());
  }

  /// @param violations what is wrong, place by place
  RefusedException(Kind kind, String detail, List<Violation> violations) {
    super(detail);
    this.kind = kind;
    this.violations = List.copyOf(violations);
  }

  static RefusedException bad(String detail) {
    return new RefusedException(Kind.BAD_REQUEST, detail);
  }

  Kind kind() {
    return kind;
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  List<Violation> violations() {
    return violations;
  }
}
