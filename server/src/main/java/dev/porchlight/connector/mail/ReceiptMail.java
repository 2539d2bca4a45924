package dev.porchlight.connector.mail;

import dev.porchlight.value.Language;
import dev.porchlight.value.Wording;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;

/// A mail about something that came and that nobody can read: all of it as it came, for a person to
/// make sense of.
public final class ReceiptMail {
  private static final int SHOWN = 64 * 1024;

  private ReceiptMail() {}

  /// Writes it, without the headers that say who sends it to whom.
  ///
  /// @param zone whose clocks times go by
  /// @param source the name of whoever sent it
  /// @param reason why it could not be read
  /// @param raw the bytes as received
  public static byte[] write(
      Language language,
      ZoneId zone,
      String source,
      String receipt,
      Instant receivedAt,
      String reason,
      byte[] raw) {
    var t = MailWriter.wording(language);
    var rows = new LinkedHashMap<String, String>();
    rows.put(t.text("receipt.source"), Words.line(source, 200));
    rows.put(t.text("receipt.received"), t.time(receivedAt, zone));
    rows.put(t.text("receipt.why"), Words.line(t.english(reason), 2000));
    rows.put(t.text("receipt.receipt"), receipt);
    boolean cut = raw.length > SHOWN;
    var said = Words.lines(new String(raw, 0, Math.min(raw.length, SHOWN), StandardCharsets.UTF_8));
    var plain = new StringBuilder();
    rows.forEach((k, v) -> plain.append(k).append(": ").append(v).append('\n'));
    plain.append('\n').append(t.text(cut ? "receipt.came.cut" : "receipt.came")).append("\n\n");
    plain.append(said).append('\n');
    return MailWriter.message(
        Map.of("Subject", t.text("receipt.subject", Words.line(source, 200))),
        plain.toString(),
        page(t, rows, said, cut));
  }

  private static String page(Wording t, Map<String, String> rows, String said, boolean cut) {
    var out = new StringBuilder();
    out.append(
        "<!doctype html>\n<html lang=\""
            + t.language()
            + "\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.append("<title>" + Words.html(t.text("receipt.title")) + "</title>\n</head>\n");
    out.append(
        "<body style=\"font:16px/1.5 sans-serif;max-width:40em;margin:0 auto;padding:12px\">\n");
    out.append("<p>" + Words.html(t.text("receipt.text")) + "</p>\n");
    MailWriter.table(out, rows, "");
    out.append(cut ? "<p>" + Words.html(t.text("receipt.cut")) + "</p>\n" : "")
        .append("<pre dir=\"auto\" style=\"white-space:pre-wrap;overflow-wrap:anywhere\">")
        .append(Words.html(said))
        .append("</pre>\n</body>\n</html>\n");
    return out.toString();
  }
}
