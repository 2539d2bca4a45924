package dev.porchlight.door.mail;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One connection of a mail server, by RFC 5321: no more of it than taking mails needs. Lines end
/// with CR LF and with nothing else, so that nobody can hide one mail in another.
final class SmtpSession {
  /// The largest mail, in bytes.
  static final int MOST_BYTES = 2 * 1024 * 1024;

  private static final String TOO_LARGE =
      "Larger than 2 MiB (" + MOST_BYTES + " bytes): not taken; send it without attachments";

  /// Of a line that is too long so much is read and dropped, so that its answer arrives.
  private static final int MOST_SKIPPED = 1024 * 1024;

  private static final int LONGEST_LINE = 2048;
  private static final int MOST_ERRORS = 10;
  private static final int MOST_MAILS = 100;
  private static final Duration READ = Duration.ofSeconds(60);

  private final MailDoor door;
  private final Supplier<@Nullable SSLContext> tls;
  private final long until;
  private Socket socket;
  private BufferedInputStream in;
  private OutputStream out;
  private boolean greeted;
  private boolean secret;
  private @Nullable String sender;
  private boolean tooMuch;

  /// For whom this mail, announced too large, was noted.
  private final Set<String> noted = new HashSet<>();

  private MailDoor.@Nullable Recipient recipient;
  private int errors;
  private int mails;

  /// @param whole how long all of it may take
  SmtpSession(Socket socket, MailDoor door, Supplier<@Nullable SSLContext> tls, Duration whole)
      throws IOException {
    this.socket = socket;
    this.door = door;
    this.tls = tls;
    until = System.nanoTime() + whole.toNanos();
    in = new BufferedInputStream(new TimedInput(socket, READ, until));
    out = socket.getOutputStream();
  }

  void serve(boolean full) throws IOException {
    if (full) {
      say("421 4.7.0 Too many connections; please come again");
      return;
    }
    say("220 Porchlight ESMTP");
    while (true) {
      if (System.nanoTime() - until > 0 || errors > MOST_ERRORS) {
        say("421 4.7.0 That is enough for one connection");
        return;
      }
      var line = line();
      if (line == null) {
        return;
      }
      if (line.length() >= LONGEST_LINE || !line.chars().allMatch(c -> c >= ' ' && c < 127)) {
        error("500 5.5.2 Commands are short lines of ASCII");
        continue;
      }
      if (!command(line)) {
        return;
      }
    }
  }

  /// Does what a line asks for; whether to go on.
  private boolean command(String line) throws IOException {
    var word = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
    var rest = line.substring(Math.min(line.length(), word.length())).strip();
    switch (word) {
      case "HELO" -> hello(rest, false);
      case "EHLO" -> hello(rest, true);
      case "MAIL" -> mail(rest);
      case "RCPT" -> addressee(rest);
      case "DATA" -> {
        return data();
      }
      case "RSET" -> {
        reset();
        say("250 2.0.0 Forgotten");
      }
      case "NOOP" -> say("250 2.0.0 Nothing done");
      case "VRFY" -> say("252 2.5.0 Send a mail and see");
      case "STARTTLS" -> {
        return startTls();
      }
      case "QUIT" -> {
        say("221 2.0.0 Good bye");
        return false;
      }
      default -> error("502 5.5.1 There is no such command here");
    }
    return true;
  }

  private void hello(String name, boolean extended) throws IOException {
    if (name.isEmpty()) {
      error("501 5.5.4 Say who you are");
      return;
    }
    reset();
    greeted = true;
    if (!extended) {
      say("250 Porchlight");
      return;
    }
    boolean offers = !secret && tls.get() != null;
    say(
        "250-Porchlight\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n"
            + (offers ? "250-STARTTLS\r\n" : "")
            + "250 SIZE "
            + MOST_BYTES);
  }

  private void mail(String rest) throws IOException {
    if (!greeted || sender != null) {
      error("503 5.5.1 Not now");
      return;
    }
    var from = rest.regionMatches(true, 0, "FROM:", 0, 5) ? address(rest.substring(5)) : null;
    if (from == null) {
      error("501 5.5.4 Say MAIL FROM:<address>");
      return;
    }
    if (++mails > MOST_MAILS) {
      say("452 4.5.3 Too many mails on one connection");
      return;
    }
    for (var parameter : rest.substring(rest.indexOf('>') + 1).strip().split(" +")) {
      // Said to the first recipient: then it is known whose mail it would have been.
      tooMuch |= parameter.toUpperCase(Locale.ROOT).startsWith("SIZE=") && isTooMuch(parameter);
    }
    sender = from;
    say("250 2.1.0 Go on");
  }

  private static boolean isTooMuch(String size) {
    var digits = size.substring(5);
    return !digits.matches("[0-9]{1,18}") || Long.parseLong(digits) > MOST_BYTES;
  }

  /// What stands between the brackets; null when there are none.
  private static @Nullable String address(String text) {
    var path = text.strip();
    int end = path.indexOf('>');
    return path.startsWith("<") && end > 0 ? path.substring(1, end) : null;
  }

  private void addressee(String rest) throws IOException {
    var from = sender;
    if (from == null) {
      error("503 5.5.1 Not now");
      return;
    }
    var address = rest.regionMatches(true, 0, "TO:", 0, 3) ? address(rest.substring(3)) : null;
    if (address == null) {
      error("501 5.5.4 Say RCPT TO:<address>");
      return;
    }
    var found = door.recipient(address);
    if (found.isEmpty()) {
      error("550 5.1.1 There is no such address here");
      return;
    }
    if (tooMuch) {
      refuseTooLarge(found.get(), from);
      return;
    }
    if (recipient != null && !key(recipient).equals(key(found.get()))) {
      // One answer to a mail can't say that one took it and another did not.
      say("452 4.5.3 One recipient with each mail; send it to the others again");
      return;
    }
    recipient = found.get();
    say("250 2.1.5 Go on");
  }

  /// Refuses a mail that was announced too large; it is noted once, however often it is offered to
  /// the same.
  private void refuseTooLarge(MailDoor.Recipient to, String from) throws IOException {
    if (noted.contains(key(to))) {
      error(MailDoor.TOO_LARGE + " 5.3.4 " + TOO_LARGE);
      return;
    }
    var verdict = door.tooLarge(to, from, new byte[0], TOO_LARGE);
    if (verdict.code() == MailDoor.TOO_LARGE) {
      noted.add(key(to));
      say(verdict.code() + " " + verdict.words());
    } else {
      error(verdict.code() + " " + verdict.words());
    }
  }

  private static String key(MailDoor.Recipient recipient) {
    return switch (recipient) {
      case MailDoor.Recipient.OfSource(var source) -> source.id();
      case MailDoor.Recipient.OfReturns(var delivery) -> delivery;
    };
  }

  private boolean data() throws IOException {
    var to = recipient;
    if (to == null) {
      error("503 5.5.1 Nobody here is to get it");
      return true;
    }
    say("354 End with a dot on a line of its own");
    var mail = message();
    if (mail == null) {
      return false;
    }
    var from = Objects.requireNonNullElse(sender, "");
    reset();
    if (mail.length > MOST_BYTES) {
      var verdict = door.tooLarge(to, from, mail, TOO_LARGE);
      say(verdict.code() + " " + verdict.words());
      return true;
    }
    var verdict = door.take(to, mail);
    say(verdict.code() + " " + verdict.words());
    return true;
  }

  /// The mail up to the dot, without the dots that were put before others; more than the limit when
  /// it is too large, which is then read and forgotten; null when it broke off.
  private byte @Nullable [] message() throws IOException {
    var mail = new ByteArrayOutputStream(16 * 1024);
    long seen = 0;
    // The last bytes before this one, as if a line had just ended.
    int before = '\n';
    int beforeThat = '\r';
    boolean lineStarts = true;
    while (true) {
      int b = in.read();
      if (b < 0 || ++seen > 20L * MOST_BYTES) {
        return null;
      }
      if (lineStarts && b == '.') {
        int next = in.read();
        if (next == '\r') {
          int last = in.read();
          if (last == '\n') {
            return mail.toByteArray();
          }
          keep(mail, '\r');
          b = last;
        } else {
          // The dot was put there, or should have been.
          b = next;
        }
        if (b < 0) {
          return null;
        }
      }
      keep(mail, b);
      beforeThat = before;
      before = b;
      lineStarts = beforeThat == '\r' && before == '\n';
    }
  }

  private static void keep(ByteArrayOutputStream mail, int b) {
    if (mail.size() <= MOST_BYTES) {
      mail.write(b);
    }
  }

  private boolean startTls() throws IOException {
    var context = tls.get();
    if (context == null || secret) {
      error("502 5.5.1 Not here");
      return true;
    }
    if (in.available() > 0) {
      // What comes in the same breath was meant to be taken for secret.
      say("421 4.7.0 Nothing may follow STARTTLS before its answer");
      return false;
    }
    say("220 2.0.0 Go on");
    var layered =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(
                    socket, socket.getInetAddress().getHostAddress(), socket.getPort(), true);
    layered.setUseClientMode(false);
    layered.setSoTimeout((int) READ.toMillis());
    layered.startHandshake();
    socket = layered;
    in = new BufferedInputStream(new TimedInput(layered, READ, until));
    out = layered.getOutputStream();
    secret = true;
    greeted = false;
    reset();
    return true;
  }

  private void reset() {
    sender = null;
    tooMuch = false;
    noted.clear();
    recipient = null;
  }

  private void error(String says) throws IOException {
    errors++;
    say(says);
  }

  private void say(String says) throws IOException {
    out.write((says + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /// One line without its end, cut where it is too long; null at the end, and when it does not end
  /// as lines do.
  private @Nullable String line() throws IOException {
    var line = new ByteArrayOutputStream(80);
    int length = 0;
    int before = -1;
    while (true) {
      int b = in.read();
      if (b < 0) {
        return null;
      }
      if (length > MOST_SKIPPED) {
        say("500 5.5.2 Commands are short lines of ASCII");
        return null;
      }
      if (b == '\n') {
        if (before != '\r') {
          // Some other server may have seen here a line of the mail before: nothing more is taken.
          say("521 5.5.2 Lines end with CR LF, not with LF alone");
          return null;
        }
        var text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      before = b;
      length++;
      if (line.size() < LONGEST_LINE) {
        line.write(b);
      }
    }
  }
}
