package dev.porchlight.door.spark;

/// What can be wrong with a request, by the contract's table: the code, the status that goes with
/// it, and a sentence for whoever has none that fits better.
enum SparkFault {
  NOT_FOUND(404, 404, "There is no such resource, or you may not see it."),
  METHOD_NOT_ALLOWED(405, 405, "Method not allowed"),
  BODY_TOO_SLOW(408, 408, "The body was not here in time."),
  BODY_TOO_LARGE(413, 413, "The body is too large."),
  KEY_WRONG(1000, 401, "The key, the signature or the token is wrong."),
  KEY_UNFINISHED(1005, 500, "This key is not set up properly."),
  KEY_DISABLED(1010, 401, "This key is disabled."),
  WAY_NOT_ALLOWED(1013, 403, "This way of authenticating is not allowed for this key."),
  USER_NOT_PERMITTED(1015, 403, "The key may not act for that user, or there is no such user."),
  AGENT_MISSING(1016, 400, "The header X-SparkApi-User-Agent is missing."),
  READ_ONLY(1017, 405, "You may read here, and not write."),
  METHOD_NOT_FOR_CALLER(1018, 405, "You may not use this method here."),
  KEY_RESTRICTED(1019, 403, "This key is limited to certain addresses or user agents."),
  SESSION_EXPIRED(1020, 401, "The session has expired, or there was none: sign in."),
  REPLICATION_ONLY(1021, 403, "This key is limited to the replication endpoint."),
  ACCOUNT_NOT_READY(1023, 503, "The account is not available yet."),
  DATA_NOT_READY(1024, 503, "The data is not available yet."),
  UNEXPECTED(1026, 500, "Something is wrong on our side."),
  TLS_REQUIRED(1030, 403, "Use HTTPS."),
  BODY_INVALID(1035, 400, "The body is not valid JSON, or is not sent as application/json."),
  FILTER_INVALID(1040, 400, "The _filter is not valid."),
  FILTER_OVER_LIMIT(1041, 400, "The _filter is over a limit."),
  MISSING(1050, 400, "A required parameter or attribute is missing."),
  INVALID(1053, 400, "A parameter or attribute breaks a constraint."),
  CONFLICT(1055, 409, "That conflicts with what is there already."),
  NOT_CONFIRMED(1060, 400, "The field that confirms another differs from it."),
  REUSE_FORBIDDEN(1061, 400, "What was used before may not be used again."),
  NO_PORTAL_ACCOUNT(1100, 404, "The contact has no portal account."),
  PORTAL_ACCOUNT_EXISTS(1110, 409, "The contact has a portal account already."),
  NOT_FOR_CALLER(1500, 403, "This resource is not available to you."),
  SWITCHED_OFF(1505, 503, "This resource is switched off."),
  UNAVAILABLE(1510, 503, "Nothing can be stored or read right now; please try again."),
  TOO_LONG(1515, 503, "The request took too long."),
  FILTER_TOO_LONG(1516, 503, "The request took too long because of its filter or order."),
  RATE_LIMIT(1550, 429, "Over the rate limit."),
  NO_SAVED_SEARCH_IN_FILTER(2001, 400, "A saved search can't be used in a filter here."),
  NO_EMAIL_LINK_IN_FILTER(2002, 400, "An e-mail link can't be used in a filter here."),
  NO_SHARED_LISTINGS_IN_FILTER(2003, 400, "Shared listings can't be used in a filter here."),
  NOT_FOR_NEWS_FEED(2500, 400, "The search does not meet what a news feed needs."),
  ALREADY_SUBSCRIBED(2505, 400, "There is a subscription to that already.");

  private final int code;
  private final int status;
  private final String message;

  SparkFault(int code, int status, String message) {
    this.code = code;
    this.status = status;
    this.message = message;
  }

  int code() {
    return code;
  }

  /// The HTTP status.
  int status() {
    return status;
  }

  String message() {
    return message;
  }
}
