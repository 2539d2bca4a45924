package dev.porchlight.door.seekerleads;

import dev.porchlight.desk.LeadWalk;
import dev.porchlight.web.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Reads the parameters of a request.
final class Questions {
  private static final Duration LONGEST = Duration.ofDays(7);
  private static final int MOST = 100;

  /// The last second of the year 5138: no time in seconds is greater, each in milliseconds since
  /// 1973 is.
  private static final long LAST_SECOND = 99_999_999_999L;

  private Questions() {}

  /// From the first moment of the second `minDate` up to the last moment of the second `maxDate`.
  static LeadWalk.Window window(Request request) throws RefusedException {
    long min = seconds(request, "minDate");
    long max = seconds(request, "maxDate");
    if (max < min) {
      throw RefusedException.bad("`maxDate` lies before `minDate`.");
    }
    if (max - min > LONGEST.toSeconds()) {
      throw RefusedException.bad("`minDate` and `maxDate` lie more than 7 days apart.");
    }
    return new LeadWalk.Window(Instant.ofEpochSecond(min), Instant.ofEpochSecond(max + 1));
  }

  private static long seconds(Request request, String name) throws RefusedException {
    var text =
        one(request, name)
            .orElseThrow(() -> RefusedException.bad("The parameter `" + name + "` is needed."));
    if (!text.matches("[0-9]{1,18}")) {
      throw RefusedException.bad(
          "`" + name + "` must be a time in Unix seconds: a whole number, not negative.");
    }
    long seconds = Long.parseLong(text);
    if (seconds > LAST_SECOND) {
      throw RefusedException.bad("`" + name + "` must be in seconds, not in milliseconds.");
    }
    return seconds;
  }

  static int limit(Request request, int otherwise) throws RefusedException {
    var text = one(request, "limit");
    if (text.isEmpty()) {
      return otherwise;
    }
    if (text.get().matches("[0-9]{1,3}")) {
      int limit = Integer.parseInt(text.get());
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    }
    throw RefusedException.bad("`limit` must be a whole number from 1 to " + MOST + ".");
  }

  /// A parameter that may be given once.
  static Optional<String> one(Request request, String name) throws RefusedException {
    var values = request.query().get(name);
    if (values != null && values.size() > 1) {
      throw RefusedException.bad("The parameter `" + name + "` is given more than once.");
    }
    return request.queryValue(name);
  }
}
