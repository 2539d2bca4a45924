package dev.porchlight.door.mail;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A report on a mail that was not delivered (RFC 3464), as mail servers write it. Only what is
/// written for machines counts, not the sentences around it.
final class DeliveryReport {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryReport.class);
  private static final int MOST_PARTS = 20;
  private static final int MOST_BYTES = 64 * 1024;

  private DeliveryReport() {}

  /// The statuses of the recipients to whom it could not be delivered and no more is tried, such as
  /// `5.1.1`; none for any other mail.
  static List<String> statuses(byte[] mail) {
    try {
      var message =
          new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(mail));
      var type = new ContentType(message.getContentType());
      if (!type.match("multipart/report")
          || !"delivery-status".equalsIgnoreCase(type.getParameter("report-type"))
          || !(message.getContent() instanceof MimeMultipart parts)) {
        return List.of();
      }
      for (int i = 0; i < Math.min(parts.getCount(), MOST_PARTS); i++) {
        var part = parts.getBodyPart(i);
        if (part.isMimeType("message/delivery-status")
            || part.isMimeType("message/global-delivery-status")) {
          return failed(part);
        }
      }
    } catch (MessagingException | IOException | RuntimeException e) {
      LOG.debug("A returned mail can't be read: {}", e.getMessage());
    }
    return List.of();
  }

  private static List<String> failed(BodyPart part) throws MessagingException, IOException {
    String text;
    try (var in = part.getInputStream()) {
      text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
    }
    var all = new ArrayList<String>();
    // Groups of fields with empty lines between; the first is about the message.
    for (var group : text.replace("\r\n", "\n").split("\n\\s*\n")) {
      var fields =
          new InternetHeaders(
              new ByteArrayInputStream((group.strip() + "\n\n").getBytes(StandardCharsets.UTF_8)));
      var status = first(fields, "Status");
      if ("failed".equals(first(fields, "Action"))
          && status != null
          && status.matches("5\\.\\d{1,3}\\.\\d{1,3}\\b.*")) {
        all.add(status);
      }
    }
    return all;
  }

  private static @Nullable String first(InternetHeaders fields, String name) {
    var all = fields.getHeader(name);
    return all == null || all.length == 0 ? null : all[0].strip().toLowerCase(Locale.ROOT);
  }
}
