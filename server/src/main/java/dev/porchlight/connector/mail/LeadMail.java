package dev.porchlight.connector.mail;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.Language;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Contract `mail`: a lead as an e-mail message. What is written lacks the headers that say who
/// sends it to whom, when and under which id; whoever sends it puts them before it.
///
/// Everything that a lead says stands in the text that people read. Programs find the members of a
/// StandardLead in `<meta name="lead_...">`.
public final class LeadMail implements Connector {
  /// The name of the contract.
  public static final String CONTRACT = "mail";

  /// What is written, as a media type.
  public static final String MEDIA_TYPE = "message/rfc822";

  @Override
  public String contract() {
    return CONTRACT;
  }

  @Override
  public boolean reads() {
    return false;
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public Reading read(Body body) {
    return new Reading.Unreadable(
        "Bodies of the contract mail come by mail, to a source of another contract.",
        false,
        List.of());
  }

  @Override
  public @Nullable String peekLeadId(Body body) {
    return null;
  }

  /// Reads a mail that came to a source's address.
  public Reading readMail(Body body) {
    return MailReader.read(body.bytes());
  }

  /// What a mail calls its lead; null where it does not say, or can't be read.
  public @Nullable String mailsLeadId(Body body) {
    return MailReader.leadId(body.bytes());
  }

  @Override
  public Written write(Message message, WriteOptions options) {
    return message.lead().erased()
        ? new Written.CannotWrite(
            List.of("The person had their data erased; there is nobody to write about."))
        : new Written.Bytes(
            new MailWriter(message, options.language(), options.zone(), null).bytes(),
            MEDIA_TYPE,
            List.of());
  }

  /// Writes a lead that goes to its office because an endpoint has not taken it.
  public static byte[] write(
      Message message, Language language, ZoneId zone, Undelivered undelivered) {
    return new MailWriter(message, language, zone, undelivered).bytes();
  }
}
