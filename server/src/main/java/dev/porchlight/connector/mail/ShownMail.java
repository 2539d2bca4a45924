package dev.porchlight.connector.mail;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// A mail of ours as whoever gets it reads it.
public final class ShownMail {
  private static final String[] HEADERS = {"From", "Reply-To", "To", "Subject"};

  private ShownMail() {}

  /// The headers that a mail program shows, an empty line, and the text.
  ///
  /// @param mail that we have written
  public static String of(byte[] mail) {
    try {
      var message = new MimeMessage(null, new ByteArrayInputStream(mail));
      var shown = new StringBuilder();
      for (var name : HEADERS) {
        var value = message.getHeader(name, ", ");
        if (value != null) {
          shown
              .append(name)
              .append(": ")
              .append(MimeUtility.decodeText(MimeUtility.unfold(value)))
              .append('\n');
        }
      }
      var text = text(message);
      return shown.append('\n').append(text == null ? "" : text.replace("\r\n", "\n")).toString();
    } catch (MessagingException e) {
      throw new IllegalStateException("a mail of ours can't be read", e);
    } catch (IOException e) {
      throw new UncheckedIOException("a mail of ours can't be read", e);
    }
  }

  private static @Nullable String text(Part part) throws MessagingException, IOException {
    if (part.isMimeType("text/plain")) {
      return part.getContent().toString();
    }
    if (part.getContent() instanceof Multipart parts) {
      for (int i = 0; i < parts.getCount(); i++) {
        BodyPart inner = parts.getBodyPart(i);
        var text = text(inner);
        if (text != null) {
          return text;
        }
      }
    }
    return null;
  }
}
