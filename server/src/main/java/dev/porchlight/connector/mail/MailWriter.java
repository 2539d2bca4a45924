package dev.porchlight.connector.mail;

import dev.porchlight.connector.Message;
import dev.porchlight.connector.json.Text;
import dev.porchlight.value.Address;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Language;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Money;
import dev.porchlight.value.Property;
import dev.porchlight.value.Wording;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.UnsupportedEncodingException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes one lead as one e-mail message. One instance a message.
final class MailWriter {
  private static final int SUBJECT = 150;
  private static final int NAME = 100;

  /// No body in quoted-printable or base64 can hold this.
  private static final String BOUNDARY = "=_porchlight_";

  private final Wording t;
  private final Message message;
  private final Lead lead;
  private final Map<String, String> main = new LinkedHashMap<>();
  private final Map<String, String> rest = new LinkedHashMap<>();
  private final ZoneId zone;
  private final Telephone telephone;
  private final @Nullable Undelivered undelivered;

  /// @param undelivered why it goes by mail; null where it goes by mail anyway
  MailWriter(Message message, Language language, ZoneId zone, @Nullable Undelivered undelivered) {
    this.undelivered = undelivered;
    t = wording(language);
    this.zone = zone;
    telephone = Telephone.of(message.lead().enquirer().phone(), message.phoneRegion());
    this.message = message;
    this.lead = message.lead();
    mains();
    leaves("", LeadJson.write(lead));
  }

  byte[] bytes() {
    var headers = new LinkedHashMap<String, String>();
    headers.put("Subject", subject());
    replyTo().ifPresent(address -> headers.put("Reply-To", address));
    return message(headers, plain(), page());
  }

  static Wording wording(Language language) {
    return Wording.of("dev.porchlight.connector.mail.mails", language);
  }

  /// The message with those headers and the same in two forms.
  static byte[] message(Map<String, String> headers, String plain, String page) {
    var out = new ByteArrayOutputStream();
    headers.forEach(
        (name, value) -> header(out, name, name.equals("Subject") ? encoded(value) : value));
    header(out, "Auto-Submitted", "auto-generated");
    header(out, "MIME-Version", "1.0");
    header(out, "Content-Type", "multipart/alternative; boundary=\"" + BOUNDARY + "\"");
    ascii(out, "\r\n");
    part(out, "text/plain", plain);
    part(out, "text/html", page);
    ascii(out, "--" + BOUNDARY + "--\r\n");
    return out.toByteArray();
  }

  private static void header(ByteArrayOutputStream out, String name, String value) {
    ascii(out, name + ": " + MimeUtility.fold(name.length() + 2, value) + "\r\n");
  }

  private static void ascii(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /// A word that looks encoded already would be decoded by whoever reads it, to who knows what.
  private static String harmless(String text) {
    return text.replace("=?", "= ?");
  }

  private static String encoded(String text) {
    try {
      return MimeUtility.encodeText(harmless(text), "UTF-8", null);
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every JDK has UTF-8", e);
    }
  }

  private static void part(ByteArrayOutputStream out, String type, String text) {
    var bytes = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    int foreign = 0;
    for (byte b : bytes) {
      foreign += b < 0 ? 1 : 0;
    }
    var encoding = foreign > bytes.length / 4 ? "base64" : "quoted-printable";
    ascii(
        out,
        "--"
            + BOUNDARY
            + "\r\nContent-Type: "
            + type
            + "; charset=utf-8\r\nContent-Transfer-Encoding: "
            + encoding
            + "\r\n\r\n");
    try (var body = MimeUtility.encode(out, encoding)) {
      body.write(bytes);
    } catch (MessagingException | IOException e) {
      throw new UncheckedIOException(new IOException("encoding a mail failed", e));
    }
    ascii(out, "\r\n");
  }

  private String subject() {
    var what =
        switch (message.kind()) {
          case "lead.updated" -> "lead.updated";
          case "lead.undelivered" -> "lead.undelivered";
          default -> "lead.created";
        };
    var about = place();
    return (lead.test() ? "[Test] " : "")
        + t.text(what)
        + Words.line(name(), NAME)
        + (about.isEmpty() ? "" : ", " + Words.line(about, SUBJECT - NAME));
  }

  /// The enquirer's address, if it is one: an answer to the mail goes to them.
  private Optional<String> replyTo() {
    var email = lead.enquirer().email();
    if (email == null || !Text.isEmail(email.strip())) {
      return Optional.empty();
    }
    try {
      var address = new InternetAddress(email.strip(), true);
      var name = fullName(lead.enquirer());
      if (name != null) {
        address.setPersonal(harmless(Words.line(name, NAME)), "UTF-8");
      }
      return Optional.of(address.toString());
    } catch (AddressException | UnsupportedEncodingException _) {
      return Optional.empty();
    }
  }

  private static @Nullable String fullName(Enquirer e) {
    if (e.fullName() != null) {
      return e.fullName();
    }
    var both =
        Stream.of(e.firstName(), e.lastName())
            .filter(Objects::nonNull)
            .collect(Collectors.joining(" "));
    return both.isBlank() ? null : both;
  }

  private String name() {
    var e = lead.enquirer();
    return Stream.of(fullName(e), e.email(), telephone.shown())
        .filter(t -> t != null && !Words.line(t, NAME).isEmpty())
        .findFirst()
        .orElse(t.text("lead.somebody"));
  }

  private @Nullable Property property() {
    return lead.interest() == null ? null : lead.interest().property();
  }

  private @Nullable Address address() {
    var property = property();
    return property == null ? null : property.address();
  }

  private String place() {
    var a = address();
    return a == null
        ? ""
        : Stream.of(a.street(), a.city(), a.state(), a.postalCode())
            .filter(t -> t != null && !t.isBlank())
            .map(String::strip)
            .collect(Collectors.joining(", "));
  }

  /// What stands first, and is read back by these labels.
  private void mains() {
    var e = lead.enquirer();
    main(t.text("lead.name"), fullName(e));
    main(t.text("lead.email"), e.email());
    main(t.text("lead.phone"), telephone.shown());
    main(t.text("lead.property"), place());
    var p = property();
    if (p != null) {
      main(t.text("lead.price"), money(p.listPrice()));
      main(t.text("lead.beds"), p.beds() == null ? null : t.number(p.beds()));
      main(t.text("lead.baths"), p.baths() == null ? null : t.number(p.baths()));
      main(t.text("lead.link"), p.listingUrl());
    }
    main(t.text("lead.answers"), message.ownerName());
    main(t.text("lead.source"), message.sourceName());
    main(t.text("lead.received"), t.time(message.receivedAt(), zone));
  }

  private void main(String label, @Nullable String value) {
    if (value != null && !value.isBlank()) {
      main.put(label, Words.line(value, Integer.MAX_VALUE));
    }
  }

  private @Nullable String money(@Nullable Money money) {
    return money == null ? null : t.money(money.amount(), money.currency());
  }

  /// In full, unless that would take a screen of zeros: `1E+999999999` is a number too.
  private static @Nullable String number(@Nullable BigDecimal number) {
    return number == null
        ? null
        : Math.abs((long) number.precision() - number.scale()) + number.precision() > 60
                || Math.abs((long) number.scale()) > 60
            ? number.toString()
            : number.toPlainString();
  }

  /// All that the lead says, so that nothing is kept from whoever reads.
  private void leaves(String path, JsonNode node) {
    switch (node) {
      case ObjectNode object ->
          object
              .properties()
              .forEach(e -> leaves((path.isEmpty() ? "" : path + ".") + e.getKey(), e.getValue()));
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          leaves(path + " " + (i + 1), array.get(i));
        }
      }
      default -> {
        if (!path.equals("message")) {
          rest.put(
              Words.line(path.replace('_', ' ').replace(".", " › "), Integer.MAX_VALUE),
              Words.lines(node.asString("")));
        }
      }
    }
  }

  private String plain() {
    var out = new StringBuilder(undelivered == null ? "" : undelivered.plain(t, zone));
    main.forEach((label, value) -> out.append(label).append(": ").append(value).append('\n'));
    if (lead.message() != null) {
      out.append("\n" + t.text("lead.message") + "\n")
          .append(Words.lines(lead.message()))
          .append('\n');
    }
    out.append("\n-- \n" + t.text("lead.everything") + "\n");
    rest.forEach(
        (label, value) -> out.append("  ").append(label).append(" = ").append(value).append('\n'));
    return out.toString();
  }

  private String page() {
    var out = new StringBuilder();
    out.append(
        "<!doctype html>\n<html lang=\""
            + t.language()
            + "\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    metas()
        .forEach((name, value) ->
            out.append("<meta name=\"")
                .append(name)
                .append("\" content=\"")
                .append(Words.html(value))
                .append("\">\n"));
    out.append("<title>").append(Words.html(subject())).append("</title>\n</head>\n");
    out.append(
        "<body style=\"font:16px/1.5 sans-serif;max-width:40em;margin:0 auto;padding:12px\">\n");
    out.append("<h1 dir=\"auto\" style=\"font-size:22px;margin:0\">")
        .append(Words.html(Words.line(name(), NAME)))
        .append("</h1>\n");
    reach(out);
    if (undelivered != null) {
      undelivered.page(out, t, zone);
    }
    if (lead.message() != null) {
      out.append("<p dir=\"auto\" style=\"white-space:pre-wrap;overflow-wrap:anywhere\">")
          .append(Words.html(Words.lines(lead.message())))
          .append("</p>\n");
    }
    table(out, main, t.text("lead.name"));
    out.append("<details><summary>" + Words.html(t.text("lead.everything")) + "</summary>\n");
    table(out, rest, "");
    out.append("</details>\n</body>\n</html>\n");
    return out.toString();
  }

  /// Links to call and to write.
  private void reach(StringBuilder out) {
    var phone = telephone.shown();
    if (phone != null && !phone.isBlank()) {
      out.append("<p style=\"font-size:18px;margin:8px 0\"><a dir=\"ltr\" href=\"")
          .append(telephone.link())
          .append("\">")
          .append(Words.html(Words.line(phone, NAME)))
          .append("</a></p>\n");
    }
    var email = lead.enquirer().email();
    if (email != null && Text.isEmail(email.strip())) {
      out.append("<p style=\"font-size:18px;margin:8px 0\"><a dir=\"ltr\" href=\"mailto:")
          .append(Words.html(email.strip().replace("%", "%25").replace("?", "%3F")))
          .append("\">")
          .append(Words.html(email.strip()))
          .append("</a></p>\n");
    }
  }

  static void table(StringBuilder out, Map<String, String> rows, String without) {
    out.append("<table style=\"border-collapse:collapse\">\n");
    rows.forEach((label, value) -> {
      if (!label.equals(without)) {
        out.append("<tr><th dir=\"auto\" style=\"text-align:start;padding:2px 12px 2px 0\">")
            .append(Words.html(label))
            .append("</th><td dir=\"auto\" style=\"overflow-wrap:anywhere\">")
            .append(linked(label, value))
            .append("</td></tr>\n");
      }
    });
    out.append("</table>\n");
  }

  private static String linked(String label, String value) {
    var shown = Words.html(value);
    return Text.isUri(value) && (value.startsWith("https://") || value.startsWith("http://"))
        ? "<a href=\"" + shown + "\">" + shown + "</a>"
        : shown;
  }

  /// The members of a StandardLead, and what goes with them, by the names that readers of lead
  /// mails know.
  private Map<String, String> metas() {
    var metas = new LinkedHashMap<String, String>();
    var e = lead.enquirer();
    metas.put("lead_information_version", "1.0");
    meta(metas, "lead_id", lead.leadId() == null ? message.derivedLeadId() : lead.leadId());
    var source = lead.origin() == null ? null : lead.origin().source();
    meta(metas, "lead_source", source == null ? message.sourceName() : source);
    meta(metas, "lead_type", type());
    meta(metas, "lead_name", fullName(e));
    meta(metas, "lead_first_name", e.firstName());
    meta(metas, "lead_last_name", e.lastName());
    meta(metas, "lead_email", e.email());
    meta(metas, "lead_phone", e.phone());
    meta(metas, "lead_message", lead.message());
    meta(
        metas,
        "lead_timestamp",
        (lead.timestamp() == null ? message.receivedAt() : lead.timestamp().at()).toString());
    var p = property();
    if (p != null) {
      var a = p.address();
      if (a != null) {
        meta(metas, "lead_property_address", a.street());
        meta(metas, "lead_property_city", a.city());
        meta(metas, "lead_property_state", a.state());
        meta(metas, "lead_property_zip", a.postalCode());
      }
      meta(
          metas,
          "lead_property_price",
          number(p.listPrice() == null ? null : p.listPrice().amount()));
      meta(metas, "lead_property_beds", number(p.beds()));
      meta(metas, "lead_property_baths", number(p.baths()));
      meta(metas, "lead_property_mls_id", p.mlsId());
      meta(metas, "lead_property_mls_name", p.mlsName());
      meta(metas, "lead_property_url", p.listingUrl());
    }
    if (lead.test()) {
      metas.put("lead_test", "true");
    }
    return metas;
  }

  private @Nullable String type() {
    return switch (lead.intent()) {
      case BUYER -> "Buyer";
      case SELLER -> "Seller";
      case RENT -> "Renter";
      case MANAGE, QUESTION, UNKNOWN -> null;
    };
  }

  private static void meta(Map<String, String> metas, String name, @Nullable String value) {
    if (value != null && !value.isBlank()) {
      metas.put(name, Words.lines(value));
    }
  }
}
