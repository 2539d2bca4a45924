package dev.porchlight.trace;

import java.util.Optional;
import java.util.regex.Pattern;

/// Where in which trace something happens, as W3C's header `traceparent` says it.
///
/// @param traceId 32 hex digits, not all zero
/// @param spanId 16 hex digits, not all zero
/// @param sampled whether whoever began it keeps it
public record TraceContext(String traceId, String spanId, boolean sampled) {
  /// The header, and its name where receipts keep theirs.
  public static final String HEADER = "traceparent";

  private static final Pattern FORM =
      Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.{0,200})?");
  private static final int LONGEST = 300;

  /// Reads a header's value; empty for what is not in the form: it is a stranger's. Of versions to
  /// come the beginning is read, as they promise.
  public static Optional<TraceContext> parse(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    var fits = FORM.matcher(text.strip());
    if (!fits.matches()
        || fits.group(1).equals("ff")
        || fits.group(1).equals("00") && fits.group(5) != null
        || fits.group(2).equals("0".repeat(32))
        || fits.group(3).equals("0".repeat(16))) {
      return Optional.empty();
    }
    boolean sampled = (Integer.parseInt(fits.group(4), 16) & 1) == 1;
    return Optional.of(new TraceContext(fits.group(2), fits.group(3), sampled));
  }

  /// The header's value.
  public String text() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }
}
