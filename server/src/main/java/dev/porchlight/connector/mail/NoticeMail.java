package dev.porchlight.connector.mail;

import java.util.LinkedHashMap;
import java.util.Map;

/// A mail about how an endpoint fares, to those whose leads it gets.
public final class NoticeMail {
  private NoticeMail() {}

  /// Writes it, without the headers that say who sends it to whom.
  ///
  /// @param endpoint its name
  /// @param headline what became of it, behind its name
  /// @param advice what that means, and what to do
  /// @param at when
  public static byte[] write(String endpoint, String headline, String advice, String at) {
    var rows = new LinkedHashMap<String, String>();
    rows.put("Endpoint", Words.line(endpoint, 200));
    rows.put("When", at);
    var first = "Endpoint " + rows.get("Endpoint") + " " + headline;
    var plain = new StringBuilder();
    rows.forEach((k, v) -> plain.append(k).append(": ").append(v).append('\n'));
    plain.append('\n').append(advice).append('\n');
    return MailWriter.message(
        Map.of("Subject", first), plain.toString(), page(first, rows, advice));
  }

  private static String page(String first, Map<String, String> rows, String advice) {
    var out = new StringBuilder();
    out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    out.append(Words.html(first)).append("</title>\n</head>\n");
    out.append("<body style=\"font:16px/1.5 sans-serif;padding:12px\">\n");
    MailWriter.table(out, rows, "");
    out.append("<p>").append(Words.html(advice)).append("</p>\n</body>\n</html>\n");
    return out.toString();
  }
}
