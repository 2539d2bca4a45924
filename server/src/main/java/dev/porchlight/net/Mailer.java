package dev.porchlight.net;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/// Hands messages to the mail server. May be shared by threads.
public final class Mailer {
  /// From the look-up of the host to the server's last word.
  public static final Duration DEADLINE = Duration.ofSeconds(15);

  private static final int LONGEST_ANSWER = 2000;

  /// What came of it.
  public sealed interface Outcome {
    /// The server said something to it, with an SMTP reply code.
    ///
    /// @param text its words, without line breaks, at most 2,000 characters
    record Answered(int code, String text) implements Outcome {}

    /// It said nothing to it.
    ///
    /// @param sent whether it may have the message, or some of it
    record Failed(String reason, boolean sent) implements Outcome {}
  }

  /// What stands before an answer that refused the address itself, and not what was written.
  public static final String AT_RECIPIENT = "To RCPT: ";

  /// Sends one message to one address.
  ///
  /// @param sender the address that it goes back to when it can't be delivered
  /// @param message the whole of it, headers included
  public Outcome send(
      MailServer server,
      @Nullable String password,
      String sender,
      String to,
      byte[] message,
      Duration deadline) {
    // On a virtual thread of its own an interrupt closes the socket, wherever the exchange is.
    var task = new FutureTask<>(() -> exchange(server, password, sender, to, message, deadline));
    var thread = Thread.ofVirtual().name("smtp").start(task);
    try {
      return task.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      thread.interrupt();
      return new Outcome.Failed(
          "The mail server did not finish within " + deadline.toSeconds() + " s.", true);
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      return new Outcome.Failed("The hub stopped before an answer came.", true);
    } catch (ExecutionException e) {
      throw new IllegalStateException("sending a mail failed by a defect", e.getCause());
    }
  }

  private static Outcome exchange(
      MailServer server,
      @Nullable String password,
      String sender,
      String to,
      byte[] bytes,
      Duration deadline) {
    InternetAddress[] recipients;
    try {
      recipients = new InternetAddress[] {new InternetAddress(to, true)};
    } catch (AddressException e) {
      return new Outcome.Failed("The address can't be written to.", false);
    }
    var session = Session.getInstance(properties(server, password != null, sender, deadline));
    var transport = new SMTPTransport(session, null);
    boolean connected = false;
    try {
      var message = new MimeMessage(session, new ByteArrayInputStream(bytes));
      transport.connect(server.host(), server.port(), server.user(), password);
      connected = true;
      transport.sendMessage(message, recipients);
      return answered(transport.getLastReturnCode(), transport.getLastServerResponse());
    } catch (MessagingException e) {
      return failed(e, connected);
    } finally {
      try {
        transport.close();
      } catch (MessagingException _) {
        // It has said what it had to say.
      }
    }
  }

  private static Properties properties(
      MailServer server, boolean signsIn, String sender, Duration deadline) {
    var p = new Properties();
    var millis = Long.toString(deadline.toMillis());
    p.put("mail.smtp.connectiontimeout", millis);
    p.put("mail.smtp.timeout", millis);
    p.put("mail.smtp.writetimeout", millis);
    p.put("mail.smtp.auth", Boolean.toString(signsIn));
    p.put("mail.smtp.from", sender);
    p.put("mail.smtp.localhost", server.from().substring(server.from().lastIndexOf('@') + 1));
    p.put("mail.smtp.quitwait", "false");
    p.put("mail.smtp.ssl.checkserveridentity", "true");
    p.put("mail.smtp.ssl.protocols", "TLSv1.2 TLSv1.3");
    p.put(
        "mail.smtp.starttls.enable",
        Boolean.toString(server.security() == MailServer.Security.STARTTLS));
    p.put(
        "mail.smtp.starttls.required",
        Boolean.toString(server.security() == MailServer.Security.STARTTLS));
    p.put("mail.smtp.ssl.enable", Boolean.toString(server.security() == MailServer.Security.TLS));
    var authorities = server.authorities();
    p.put(
        "mail.smtp.ssl.socketFactory",
        Trust.context(authorities == null ? null : authorities.getBytes(StandardCharsets.US_ASCII))
            .getSocketFactory());
    return p;
  }

  /// What the server said to it, or why it said nothing.
  private static Outcome failed(MessagingException thrown, boolean connected) {
    if (thrown instanceof AuthenticationFailedException) {
      // Mended by whoever set the password, not by giving the message up.
      return new Outcome.Failed(
          "The mail server refused our user and password: " + words(thrown.getMessage()), false);
    }
    Exception at = thrown;
    Outcome said = null;
    while (at instanceof MessagingException m) {
      int code =
          switch (m) {
            case SMTPAddressFailedException e -> e.getReturnCode();
            case SMTPSenderFailedException e -> e.getReturnCode();
            case SMTPSendFailedException e -> e.getReturnCode();
            default -> -1;
          };
      if (code >= 500 && isAboutSender(m)) {
        // Mended by whoever set up the mail server, likewise.
        return new Outcome.Failed(
            "The mail server refused our own address: " + words(m.getMessage()), false);
      }
      if (code >= 400) {
        boolean address = m instanceof SMTPAddressFailedException;
        said = answered(code, (address ? AT_RECIPIENT : "") + words(m.getMessage()));
      }
      at = m.getNextException();
    }
    if (said != null) {
      return said;
    }
    var secrecy = MailTls.objection(thrown);
    return new Outcome.Failed(
        secrecy != null
            ? secrecy
            : "The mail server could not be used: " + words(thrown.getMessage()),
        connected);
  }

  /// Whether it is `MAIL FROM` that was refused: nothing was said of the message then, nor of who
  /// is to get it.
  private static boolean isAboutSender(MessagingException thrown) {
    return switch (thrown) {
      case SMTPSenderFailedException _ -> true;
      case SMTPSendFailedException e ->
          e.getCommand() != null && e.getCommand().toUpperCase(Locale.ROOT).startsWith("MAIL ");
      default -> false;
    };
  }

  private static Outcome answered(int code, @Nullable String text) {
    return new Outcome.Answered(code, words(text));
  }

  static String words(@Nullable String text) {
    var line = text == null ? "" : text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() > LONGEST_ANSWER ? line.substring(0, LONGEST_ANSWER) : line;
  }
}
