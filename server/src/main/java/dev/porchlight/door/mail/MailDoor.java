package dev.porchlight.door.mail;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.MailMarks;
import dev.porchlight.connector.Body;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.feed.Bounces;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.value.Json;
import dev.porchlight.value.Trail;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetHeaders;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Takes mails to the desk. What stands before the `@` of an address is a key: it tells the source,
/// and whoever does not know it gets nothing in.
public final class MailDoor {
  private static final Logger LOG = LoggerFactory.getLogger(MailDoor.class);

  private static final String[] KEPT = {
    Trail.HEADER, "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"
  };
  private static final int LONGEST_HEADER = 500;
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\s]+");

  /// So many bytes are kept of a mail that is not taken.
  private static final int KEPT_IF_REFUSED = 64 * 1024;

  private final Store store;
  private final Desk desk;
  private final Credentials credentials;
  private final MailMarks marks;
  private final Bounces bounces;
  private final MeterRegistry meters;

  public MailDoor(
      Store store,
      Desk desk,
      Credentials credentials,
      MailMarks marks,
      Bounces bounces,
      MeterRegistry meters) {
    this.store = store;
    this.desk = desk;
    this.credentials = credentials;
    this.marks = marks;
    this.bounces = bounces;
    this.meters = meters;
    // There before the first, so that an alarm can be set on it.
    returned(true);
    returned(false);
  }

  /// What came of a mail, in SMTP's words.
  record Verdict(int code, String words) {}

  /// The code of a refusal for good of what is too large.
  static final int TOO_LARGE = 552;

  private static final Verdict NOT_NOW =
      new Verdict(451, "4.3.0 Nothing can be stored right now; please send it again");

  /// Whose an address is.
  sealed interface Recipient {
    /// A source's: what comes there are leads.
    record OfSource(Source source) implements Recipient {}

    /// A mail of ours is to come back there when it can't be delivered.
    ///
    /// @param delivery the mail's
    record OfReturns(String delivery) implements Recipient {}
  }

  /// Whose an address is; empty when there is no such address.
  Optional<Recipient> recipient(String address) {
    int at = address.lastIndexOf('@');
    var key = (at < 0 ? address : address.substring(0, at)).toLowerCase(Locale.ROOT);
    return credentials
        .find(Credential.Kind.MAIL, key)
        .flatMap(c -> Sources.in(store.settings()).find(c.owner()))
        .<Recipient>map(Recipient.OfSource::new)
        .or(() -> marks.returned(key).map(Recipient.OfReturns::new));
  }

  /// Takes a mail; what is answered with 250 is on disk.
  Verdict take(Recipient recipient, byte[] mail) {
    return switch (recipient) {
      case Recipient.OfSource(var source) -> take(source, mail);
      case Recipient.OfReturns(var delivery) -> takeBack(delivery, mail);
    };
  }

  /// Whatever comes back is taken, so that no report of a report is written; what says that an
  /// address is none is heeded.
  private Verdict takeBack(String delivery, byte[] mail) {
    try {
      boolean forGood = DeliveryReport.statuses(mail).stream().anyMatch(Bounces::isForGood);
      if (forGood) {
        bounces.returned(delivery);
      }
      returned(forGood).increment();
      return new Verdict(250, "2.0.0 Noted");
    } catch (StoreUnavailableException e) {
      LOG.warn("A returned mail was not taken: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("A returned mail was not taken: a defect of ours", e);
    }
    return NOT_NOW;
  }

  private Counter returned(boolean forGood) {
    return meters.counter("porchlight.mails.returned", "outcome", forGood ? "invalid" : "ignored");
  }

  private Verdict take(Source source, byte[] mail) {
    try {
      var receipt =
          desk.accept(
              source,
              new Body(mail, "message/rfc822", Desk.MAIL),
              new Desk.Circumstances(headers(mail).toString(), "", null));
      count(source, receipt.state().word());
      return switch (receipt.state()) {
        case DONE, REPEAT, OWED, QUARANTINED, ASIDE, MENDED, ERASED ->
            new Verdict(250, "2.0.0 Taken as " + receipt.id());
        case REFUSED -> new Verdict(554, "5.4.6 " + receipt.reason());
      };
    } catch (StoreUnavailableException e) {
      LOG.warn("A mail of source {} was not taken: {}", source.name(), e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("A mail of source {} was not taken: a defect of ours", source.name(), e);
    }
    return notNow(source);
  }

  private Verdict notNow(Source source) {
    count(source, "503");
    return NOT_NOW;
  }

  /// Keeps the beginning of a mail that was too large to be taken, for a person to look after: the
  /// sender, often a program, may send nothing else. The refusal is for good only once that is on
  /// disk.
  ///
  /// @param sender the envelope's
  Verdict tooLarge(Recipient recipient, String sender, byte[] beginning, String reason) {
    if (recipient instanceof Recipient.OfSource(var source)) {
      try {
        var kept =
            beginning.length > KEPT_IF_REFUSED
                ? Arrays.copyOf(beginning, KEPT_IF_REFUSED)
                : beginning;
        var headers = headers(kept).put(Desk.CUT, reason);
        if (!headers.has("from") && !sender.isEmpty()) {
          headers.put("from", line(sender));
        }
        var receipt =
            desk.accept(
                source,
                new Body(kept, "message/rfc822", Desk.MAIL),
                new Desk.Circumstances(headers.toString(), "", null));
        count(source, receipt.state().word());
      } catch (StoreUnavailableException e) {
        LOG.warn("A mail too large, of source {}, is not noted: {}", source.name(), e.getMessage());
        return notNow(source);
      } catch (RuntimeException e) {
        LOG.error("A mail too large, of source {}, is not noted: a defect", source.name(), e);
        return notNow(source);
      }
    }
    return new Verdict(TOO_LARGE, "5.3.4 " + reason);
  }

  private void count(Source source, String outcome) {
    meters
        .counter("porchlight.receipts", "contract", source.contract(), "outcome", outcome)
        .increment();
  }

  private static ObjectNode headers(byte[] mail) {
    var kept = Json.object();
    try {
      var headers = new InternetHeaders(new ByteArrayInputStream(mail));
      for (var name : KEPT) {
        var value = headers.getHeader(name, ",");
        if (value != null) {
          kept.put(
              name.toLowerCase(Locale.ROOT),
              name.equals(Trail.HEADER)
                  ? Trail.kept(List.of(CONTROL.matcher(value).replaceAll(" ")))
                  : line(value));
        }
      }
    } catch (MessagingException | RuntimeException e) {
      LOG.debug("Headers of a mail can't be read: {}", e.getMessage());
    }
    return kept;
  }

  private static String line(String value) {
    var line = CONTROL.matcher(value).replaceAll(" ").strip();
    return line.length() > LONGEST_HEADER ? line.substring(0, LONGEST_HEADER) : line;
  }
}
