package dev.porchlight;

import dev.porchlight.access.Secrets;
import dev.porchlight.delivery.Transport;
import dev.porchlight.net.Exchange;
import dev.porchlight.net.MailAddress;
import dev.porchlight.net.MailServer;
import dev.porchlight.net.Mailer;
import dev.porchlight.net.OutgoingClient;
import dev.porchlight.net.OutgoingRequest;
import dev.porchlight.net.ReceiverTls;
import dev.porchlight.store.Store;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Takes bodies to endpoints: over HTTP, or through the mail server where the address is one of
/// mail.
final class Sending implements Transport {
  /// Among the headers of what goes out by mail, the id of its delivery, which its `Message-ID` is
  /// made of.
  static final String DELIVERY = "Porchlight-Delivery";

  /// Among them, where what can't be delivered goes back to.
  static final String RETURN_PATH = "Return-Path";

  /// Among them, whom it is for, where the endpoint does not say.
  static final String TO = "To";

  /// As mails write it, RFC 5322.
  private static final DateTimeFormatter MAIL_DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss xx", Locale.ENGLISH);

  /// A header's value that is longer goes on in the next line.
  private static final int LONG = 60;

  private final Store store;
  private final Secrets secrets;
  private final OutgoingClient client;
  private final Mailer mailer = new Mailer();

  Sending(Store store, Secrets secrets, OutgoingClient client) {
    this.store = store;
    this.secrets = secrets;
    this.client = client;
  }

  @Override
  public Answer post(
      String url, Map<String, String> headers, byte[] body, @Nullable ReceiverTls tls) {
    return MailAddress.isMail(url) ? mail(url, headers, body) : http(url, headers, body, tls);
  }

  private Answer http(
      String url, Map<String, String> headers, byte[] body, @Nullable ReceiverTls tls) {
    OutgoingRequest request;
    try {
      request = OutgoingRequest.post(url, List.copyOf(headers.entrySet()), body);
    } catch (IllegalArgumentException e) {
      return new Answer.Forbidden("The request can't be sent: " + e.getMessage());
    }
    try {
      return switch (client.send(request, OutgoingClient.DEADLINE, tls)) {
        case Exchange.Answered a ->
            new Answer.Status(a.status(), a.head(), a.header("Retry-After").orElse(""));
        case Exchange.Refused(var reason, _) -> new Answer.Forbidden(reason);
        case Exchange.Failed(var kind, var reason, _) ->
            new Answer.Nothing(reason, kind.mayHaveSent());
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Nothing("The hub stopped before an answer came.", true);
    }
  }

  private Answer mail(String url, Map<String, String> headers, byte[] body) {
    var server = MailServer.in(store.settings());
    if (server.isEmpty()) {
      return new Answer.Nothing("No mail server is set: `porchlight mail set` sets one.", false);
    }
    var to = MailAddress.of(url).isEmpty() ? headers.getOrDefault(TO, "") : MailAddress.of(url);
    var password = secrets.find(MailServer.OWNER, MailServer.PASSWORD).orElse(null);
    var outcome =
        mailer.send(
            server.get(),
            server.get().user() == null ? null : password,
            headers.getOrDefault(RETURN_PATH, server.get().from()),
            to,
            message(server.get().from(), to, headers, body),
            Mailer.DEADLINE);
    return switch (outcome) {
      case Mailer.Outcome.Answered(int code, var text) -> {
        var said = text.getBytes(StandardCharsets.UTF_8);
        yield code >= 500 ? new Answer.Never(code, said) : new Answer.Status(code, said);
      }
      case Mailer.Outcome.Failed(var reason, boolean sent) -> new Answer.Nothing(reason, sent);
    };
  }

  /// The whole message: the headers that say who sends it to whom, and what was written.
  private byte[] message(String from, String to, Map<String, String> headers, byte[] body) {
    var all = new LinkedHashMap<String, String>();
    all.put("Date", MAIL_DATE.format(store.now().atOffset(ZoneOffset.UTC)));
    all.put("From", "Porchlight <" + from + ">");
    all.put("To", "<" + to + ">");
    var delivery = headers.get(DELIVERY);
    if (delivery != null) {
      all.put("Message-ID", "<" + delivery + from.substring(from.lastIndexOf('@')) + ">");
    }
    headers.forEach((name, value) -> {
      if (!name.equals(RETURN_PATH) && !name.equals(TO)) {
        all.put(name, value);
      }
    });
    var out = new ByteArrayOutputStream(body.length + 1024);
    all.forEach((name, value) ->
        out.writeBytes((name + ": " + folded(value) + "\r\n").getBytes(StandardCharsets.US_ASCII)));
    out.writeBytes(body);
    return out.toByteArray();
  }

  /// A long list goes on in further lines.
  private static String folded(String value) {
    return value.length() > LONG ? value.replace(", ", ",\r\n ") : value;
  }
}
