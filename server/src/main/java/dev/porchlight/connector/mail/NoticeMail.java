package dev.porchlight.connector.mail;

import dev.porchlight.value.Language;
import dev.porchlight.value.Wording;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;

/// A mail about how an endpoint fares, to those whose leads it gets.
public final class NoticeMail {
  private NoticeMail() {}

  /// Writes it, without the headers that say who sends it to whom.
  ///
  /// @param zone whose clocks times go by
  /// @param endpoint its name
  /// @param headline the key of what became of it
  /// @param advice the key of what that means, and what to do
  /// @param percent of the time for which it may fail
  /// @param at when
  public static byte[] write(
      Language language,
      ZoneId zone,
      String endpoint,
      String headline,
      String advice,
      int percent,
      Instant at) {
    var t = MailWriter.wording(language);
    var name = Words.line(endpoint, 200);
    var rows = new LinkedHashMap<String, String>();
    rows.put(t.text("notice.endpoint"), name);
    rows.put(t.text("notice.when"), t.time(at, zone));
    var first = t.text(headline, name);
    var said = t.text(advice, percent);
    var plain = new StringBuilder();
    rows.forEach((k, v) -> plain.append(k).append(": ").append(v).append('\n'));
    plain.append('\n').append(said).append('\n');
    return MailWriter.message(
        Map.of("Subject", first), plain.toString(), page(t, first, rows, said));
  }

  private static String page(Wording t, String first, Map<String, String> rows, String advice) {
    var out = new StringBuilder();
    out.append(
        "<!doctype html>\n<html lang=\""
            + t.language()
            + "\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    out.append(Words.html(first)).append("</title>\n</head>\n");
    out.append(
        "<body style=\"font:16px/1.5 sans-serif;max-width:40em;margin:0 auto;padding:12px\">\n");
    MailWriter.table(out, rows, "");
    out.append("<p style=\"overflow-wrap:anywhere\">")
        .append(Words.html(advice))
        .append("</p>\n</body>\n</html>\n");
    return out.toString();
  }
}
