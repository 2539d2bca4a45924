package dev.porchlight.connector.mail;

import dev.porchlight.connector.Reading;
import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Text;
import dev.porchlight.connector.json.Times;
import dev.porchlight.value.Address;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Moment;
import dev.porchlight.value.Money;
import dev.porchlight.value.Origin;
import dev.porchlight.value.Property;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import jakarta.mail.internet.ParseException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads a mail as a lead: by its meta fields, else by the labelled lines of its text, else by
/// those of its page. One instance a mail. However it is built, a bounded part of it is looked at;
/// all of it is kept elsewhere.
final class MailReader {
  private static final int DEEPEST = 8;
  private static final int MOST_PARTS = 50;
  private static final int LONGEST_TEXT = 1024 * 1024;
  private static final Charset WESTERN = Charset.forName("windows-1252");

  private final Findings findings = new Findings();
  private final List<String> plains = new ArrayList<>();
  private final List<String> pages = new ArrayList<>();
  private int parts;
  private int read;
  private boolean bounded;
  private boolean exact;

  private static final Pattern FOREIGN =
      Pattern.compile(
          "(?<![0-9.,])[0-9]{1,3}(?:(?:[.\\s\\u00a0\\u202f][0-9]{3})+(?:,[0-9]{1,2})?|(?:,[0-9]{1,2}))(?![0-9.,])");

  private MailReader() {}

  static Reading read(byte[] bytes) {
    return new MailReader().reading(bytes);
  }

  /// What a mail calls its lead; null where it does not say.
  static @Nullable String leadId(byte[] bytes) {
    var reader = new MailReader();
    var mail = reader.parse(bytes);
    return mail == null ? null : reader.fields().get("lead_id");
  }

  private @Nullable MimeMessage parse(byte[] bytes) {
    try {
      var mail = new MimeMessage((Session) null, new ByteArrayInputStream(bytes));
      collect(mail, 0);
      return mail;
    } catch (MessagingException | IOException | RuntimeException | StackOverflowError e) {
      // Whatever a stranger's mail does to the library, it is the mail's fault.
      return null;
    }
  }

  private Reading reading(byte[] bytes) {
    var mail = parse(bytes);
    if (mail == null) {
      return unreadable("The mail is not built as mails are.");
    }
    if (bounded) {
      findings.violation(
          "", "a mail of at most 50 parts, 8 deep, with 1 MiB of text", "the rest was not read");
    }
    var fields = fields();
    fields.keySet().removeIf(k -> !KNOWN.contains(k));
    fields.values().removeIf(String::isBlank);
    if (!fields.containsKey("lead_email") && !fields.isEmpty()) {
      var replyTo = replyTo(mail);
      if (replyTo != null) {
        fields.put("lead_email", replyTo);
      }
    }
    // Others than portals write too: what has neither an address nor a number is for a person.
    if (!Text.isEmail(fields.getOrDefault("lead_email", ""))
        && fields.getOrDefault("lead_phone", "").chars().filter(Character::isDigit).count() < 5) {
      return unreadable("Nothing in the mail says how a person is reached.");
    }
    var lead = lead(fields, mail);
    return new Reading.Facts(
        "Mail",
        List.of(lead),
        findings.violations(),
        BodyJson.fingerprint(new LinkedHashMap<String, Object>(fields), ""));
  }

  private Reading unreadable(String reason) {
    return new Reading.Unreadable(reason, false, findings.violations());
  }

  private Map<String, String> fields() {
    for (var page : pages) {
      var metas = new Html(page).metas();
      if (metas.containsKey("lead_email")
          || metas.containsKey("lead_phone")
          || metas.containsKey("lead_information_version")) {
        exact = true;
        metas.replaceAll((_, v) -> Words.lines(v));
        return metas;
      }
    }
    var texts = new ArrayList<>(plains);
    pages.forEach(p -> texts.add(new Html(p).text()));
    Map<String, String> best = new LinkedHashMap<>();
    for (var text : texts) {
      var found = Labels.read(Words.lines(text));
      if (isReachable(found) && !isReachable(best) || best.isEmpty()) {
        best = found;
      }
    }
    return best;
  }

  private static boolean isReachable(Map<String, String> fields) {
    return fields.containsKey("lead_email") || fields.containsKey("lead_phone");
  }

  /// Gathers the texts of a mail, the mails in it included.
  private void collect(Part part, int depth) throws MessagingException, IOException {
    if (depth > DEEPEST || ++parts > MOST_PARTS || read > LONGEST_TEXT) {
      bounded = true;
      return;
    }
    var type = type(part);
    if (type.startsWith("multipart/")) {
      var multipart = new MimeMultipart(new Source(part));
      int count = multipart.getCount();
      for (int i = 0; i < count && parts <= MOST_PARTS; i++) {
        BodyPart below = multipart.getBodyPart(i);
        collect(below, depth + 1);
      }
      bounded |= count > MOST_PARTS;
    } else if (type.equals("message/rfc822")) {
      try (var in = part.getInputStream()) {
        collect(new MimeMessage((Session) null, in), depth + 1);
      }
    } else if (type.equals("text/html")) {
      pages.add(text(part));
    } else if (type.equals("text/plain") || type.isEmpty()) {
      plains.add(text(part));
    }
  }

  /// A part's bytes without the library's own idea of what they are.
  private record Source(Part part) implements jakarta.activation.DataSource {
    @Override
    public InputStream getInputStream() throws IOException {
      try {
        return part.getInputStream();
      } catch (MessagingException e) {
        throw new IOException("the part has no content", e);
      }
    }

    @Override
    public java.io.OutputStream getOutputStream() throws IOException {
      throw new IOException("read only");
    }

    @Override
    public String getContentType() {
      try {
        return part.getContentType();
      } catch (MessagingException e) {
        return "multipart/mixed";
      }
    }

    @Override
    public String getName() {
      return "";
    }
  }

  private static String type(Part part) {
    try {
      return new ContentType(part.getContentType()).getBaseType().toLowerCase(Locale.ROOT);
    } catch (ParseException e) {
      return "text/plain";
    } catch (MessagingException e) {
      return "";
    }
  }

  private String text(Part part) throws MessagingException {
    byte[] bytes;
    boolean cut;
    try (var in = part.getInputStream()) {
      bytes = in.readNBytes(LONGEST_TEXT - Math.min(read, LONGEST_TEXT));
      cut = in.read() >= 0;
      bounded |= cut;
    } catch (IOException | MessagingException e) {
      // An encoding that nobody knows, or that breaks off: as it is.
      findings.violation("", "a known transfer encoding", "a part was passed over");
      return "";
    }
    read += bytes.length;
    return decoded(bytes, charset(part), cut);
  }

  /// Western letters in a mail that says UTF-8, or nothing, are what old programs send.
  private String decoded(byte[] bytes, Charset charset, boolean cut) {
    var text = strictly(bytes, charset, cut);
    if (text != null) {
      return text;
    }
    var rule = "text in the character set " + charset.name();
    if (charset.equals(StandardCharsets.US_ASCII)) {
      var utf8 = strictly(bytes, StandardCharsets.UTF_8, cut);
      if (utf8 != null) {
        findings.violation("", rule, "read as UTF-8");
        return utf8;
      }
    } else if (!charset.equals(StandardCharsets.UTF_8)) {
      findings.violation("", rule, "what is none was replaced");
      return new String(bytes, charset);
    }
    findings.violation("", rule, "read as " + WESTERN.name());
    return new String(bytes, WESTERN);
  }

  /// Null where something in it is not of that character set.
  private static @Nullable String strictly(byte[] bytes, Charset charset, boolean cut) {
    var decoder = charset.newDecoder();
    var out = CharBuffer.allocate((int) (bytes.length * (double) decoder.maxCharsPerByte()) + 16);
    if (decoder.decode(ByteBuffer.wrap(bytes), out, !cut).isError()) {
      return null;
    }
    if (!cut) {
      decoder.flush(out);
    }
    return out.flip().toString();
  }

  private Charset charset(Part part) throws MessagingException {
    try {
      var name = new ContentType(part.getContentType()).getParameter("charset");
      return name == null
          ? StandardCharsets.UTF_8
          : Charset.forName(MimeUtility.javaCharset(name.strip()));
    } catch (ParseException | IllegalArgumentException e) {
      findings.violation("", "a known character set", "read as UTF-8");
      return StandardCharsets.UTF_8;
    }
  }

  private static @Nullable String replyTo(MimeMessage mail) {
    try {
      var header = mail.getHeader("Reply-To", ",");
      if (header == null) {
        return null;
      }
      var all = InternetAddress.parseHeader(header, false);
      return all.length == 1 && Text.isEmail(String.valueOf(all[0].getAddress()))
          ? all[0].getAddress()
          : null;
    } catch (AddressException e) {
      return null;
    } catch (MessagingException e) {
      return null;
    }
  }

  private static final Set<String> KNOWN =
      Set.of(
          "lead_id",
          "lead_source",
          "lead_type",
          "lead_name",
          "lead_first_name",
          "lead_last_name",
          "lead_email",
          "lead_phone",
          "lead_message",
          "lead_timestamp",
          "lead_property_address",
          "lead_property_city",
          "lead_property_state",
          "lead_property_zip",
          "lead_property_price",
          "lead_property_beds",
          "lead_property_baths",
          "lead_property_mls_id",
          "lead_property_mls_name",
          "lead_property_url",
          "lead_test");

  private Lead lead(Map<String, String> f, MimeMessage mail) {
    var first = f.get("lead_first_name");
    var last = f.get("lead_last_name");
    var email = f.get("lead_email");
    if (email != null && !Text.isEmail(email)) {
      findings.violation("/lead_email", "an e-mail address", "kept as sent");
    }
    var enquirer =
        new Enquirer(
            first,
            last,
            first == null && last == null ? f.get("lead_name") : null,
            email,
            f.get("lead_phone"),
            null,
            null);
    var intent =
        switch (f.getOrDefault("lead_type", "").toLowerCase(Locale.ROOT)) {
          case "buyer" -> Intent.BUYER;
          case "seller" -> Intent.SELLER;
          case "renter" -> Intent.RENT;
          default -> Intent.UNKNOWN;
        };
    var property = property(f);
    var source = f.get("lead_source");
    return new Lead.Builder(enquirer)
        .leadId(f.get("lead_id"))
        .timestamp(timestamp(f.get("lead_timestamp"), mail))
        .intent(intent)
        .interest(
            property == null
                ? null
                : intent == Intent.SELLER
                    ? new Interest.HomeToSell(property)
                    : new Interest.InListing(property))
        .origin(source == null ? null : new Origin(source, null, null, "email", null))
        .message(f.get("lead_message"))
        .test("true".equals(f.get("lead_test")) || isAtPortal(email))
        .build();
  }

  /// The portal tries its mails with addresses of its own.
  private static boolean isAtPortal(@Nullable String email) {
    return email != null && email.toLowerCase(Locale.ROOT).endsWith("@move.com");
  }

  private @Nullable Moment timestamp(@Nullable String text, MimeMessage mail) {
    var time = text == null ? null : Times.parse(text);
    if (time != null) {
      return time.moment();
    }
    try {
      var sent = mail.getSentDate();
      return sent == null ? null : new Moment(sent.toInstant(), false);
    } catch (MessagingException e) {
      return null;
    }
  }

  private @Nullable Property property(Map<String, String> f) {
    var street = f.get("lead_property_address");
    var city = f.get("lead_property_city");
    var state = f.get("lead_property_state");
    var zip = f.get("lead_property_zip");
    var price = number("lead_property_price", f);
    var property =
        new Property(
            street == null && city == null && state == null && zip == null
                ? null
                : new Address(street, city, state, zip),
            null,
            f.get("lead_property_url"),
            f.get("lead_property_mls_id"),
            f.get("lead_property_mls_name"),
            null,
            price == null ? null : Money.dollars(price),
            number("lead_property_beds", f),
            number("lead_property_baths", f),
            null,
            null,
            null,
            null);
    return property.equals(Property.UNSTATED) ? null : property;
  }

  /// An amount with commas for its groups, also where a language groups by points or blanks and has
  /// a comma before the cents: no price has three decimals.
  private static String grouped(String text) {
    return FOREIGN.matcher(text).find()
        ? text.replaceAll("[.\\s\\u00a0\\u202f]", "").replace(',', '.')
        : text;
  }

  /// A number, in a line as people write it; null, and noted, where it is none.
  private @Nullable BigDecimal number(String name, Map<String, String> f) {
    // A meta field is a program's: its point is the one before the decimals.
    boolean isPeoples = name.equals("lead_property_price") && !exact;
    var text = f.get(name);
    if (text == null) {
      return null;
    }
    var digits = (isPeoples ? grouped(text) : text).replaceAll("[$,\\s\\u00a0\\u202f]|USD", "");
    if (digits.matches("[0-9]{1,15}(?:\\.[0-9]{1,6})?")) {
      return new BigDecimal(digits);
    }
    findings.violation("/" + name, "a number", "left out");
    return null;
  }
}
