package dev.porchlight.api;

/// What can be wrong with a request to our own API, and whose fault it is.
public enum Fault {
  BODY_INVALID(400, "The body is not valid"),
  PARAMETER_INVALID(400, "A parameter is not valid"),
  UNAUTHENTICATED(401, "No valid token was presented"),
  NOT_ALLOWED(403, "The token does not allow this"),
  PLAIN_HTTP(403, "Plain HTTP is not taken from there"),
  NOT_FOUND(404, "There is no such thing, or it may not be seen"),
  METHOD_NOT_ALLOWED(405, "That method is not for this address"),
  BODY_TOO_SLOW(408, "The body did not arrive in time"),
  NAME_TAKEN(409, "That name is taken"),
  KEY_TAKEN(409, "That key is in use"),
  STATE_CONFLICT(409, "That can't be done as things stand"),
  BODY_UNREADABLE(422, "The body can't be read"),
  KEY_REUSED(422, "That Idempotency-Key was used for another request"),
  BODY_TOO_LARGE(413, "The body is too large"),
  UNEXPECTED(500, "Something is wrong on our side"),
  BUSY(503, "Too many requests at once"),
  STORE_UNAVAILABLE(503, "Nothing can be stored or read right now");

  private final int status;
  private final String title;

  Fault(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /// The HTTP status.
  public int status() {
    return status;
  }

  /// One line for people, the same for each of this kind.
  public String title() {
    return title;
  }

  /// The word in the problem's `type`.
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
