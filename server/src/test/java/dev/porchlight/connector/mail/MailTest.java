package dev.porchlight.connector.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Messages;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.AnyLead;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Language;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Money;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What a lead looks like as a mail.
class MailTest {
  private record Parsed(MimeMessage mail, String plain, String html, byte[] bytes) {}

  private static Parsed write(Lead lead) throws Exception {
    return write(lead, Language.ENGLISH, "Z");
  }

  private static Parsed write(Lead lead, Language language, String zone) throws Exception {
    var options = new WriteOptions(null, null, language, ZoneId.of(zone));
    var written = new LeadMail().write(Messages.of(lead).from("US"), options);
    return parse(((Written.Bytes) written).body());
  }

  private static Parsed parse(byte[] bytes) throws Exception {
    var mail = new MimeMessage((Session) null, new ByteArrayInputStream(bytes));
    var parts = (MimeMultipart) mail.getContent();
    assertThat(parts.getCount()).isEqualTo(2);
    return new Parsed(
        mail,
        (String) parts.getBodyPart(0).getContent(),
        (String) parts.getBodyPart(1).getContent(),
        bytes);
  }

  private static Lead named(String first, String email, String message) {
    return new Lead.Builder(new Enquirer(first, "Lopez", null, email, "(804)477-7777", null, null))
        .leadId("L-1")
        .message(message)
        .build();
  }

  @Test
  void news_of_homes_are_told_in_the_readers_language() throws Exception {
    var home =
        new ListingMail.Home(
            List.of("New", "PriceChange"),
            "1 Quay",
            "Harbor",
            new BigDecimal("450000"),
            new BigDecimal("475000"),
            "EUR",
            BigDecimal.ONE,
            new BigDecimal("1.5"),
            null,
            "Active",
            true);
    var news =
        new ListingMail.News("Ana", "Bo {0}", List.of(home, home), "https://hub.example.org");
    var mail =
        new MimeMessage(
            (Session) null, new ByteArrayInputStream(ListingMail.write(news, Language.GERMAN)));
    assertThat(mail.getSubject()).isEqualTo("2 Immobilien mit Neuigkeiten, davon 2 neu");
    assertThat((String) ((MimeMultipart) mail.getContent()).getBodyPart(0).getContent())
        .contains("Guten Tag Ana", "Bo {0}", "Neu, Preis gesenkt: 1 Quay, Harbor")
        .contains("450.000\u00a0€ (vorher 475.000\u00a0€)", "1 Schlafzimmer, 1,5 Bäder, Active");
  }

  @Test
  void times_amounts_and_numbers_are_read_as_people_write_them_and_metas_stay_exact()
      throws Exception {
    var lead =
        new Lead.Builder(
                new Enquirer("Ana", "Lopez", null, "ana@example.org", "8045550123", null, null))
            .interest(
                new Interest.InListing(
                    new dev.porchlight.value.Property(
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        new Money(new BigDecimal("450000.00"), "USD"),
                        new BigDecimal("3"),
                        new BigDecimal("2.5"),
                        null,
                        null,
                        null,
                        null)))
            .build();
    var chicago = write(lead, Language.ENGLISH, "America/Chicago");
    assertThat(chicago.plain())
        .contains("Phone: (804) 555-0123\r\n", "Price: $450,000\r\n", "Baths: 2.5\r\n")
        .contains("Received: Mar 14, 2026, 4:26 AM CDT\r\n");
    assertThat(chicago.html())
        .contains("<a dir=\"ltr\" href=\"tel:+1-804-555-0123\">(804) 555-0123</a>")
        .contains("<meta name=\"lead_phone\" content=\"8045550123\">")
        .contains("<meta name=\"lead_property_price\" content=\"450000\">")
        .contains("<meta name=\"lead_timestamp\" content=\"2026-03-14T09:26:53.500Z\">");
    assertThat(write(lead, Language.GERMAN, "Europe/Berlin").plain())
        .contains("Preis: 450.000 $\r\n", "Bäder: 2,5\r\n")
        .contains("Eingegangen: 14. März 2026, 10:26 MEZ\r\n");
    assertThat(write(lead, Language.FRENCH, "Z").plain())
        .contains("Prix: 450 000 $US\r\n", "Reçu: 14 mars 2026, 09:26 UTC\r\n");
    // Whoever has another country's number reads how it is dialled; what is none stays as it came.
    assertThat(Telephone.of("+493012345678", "US").shown()).isEqualTo("+49 30 12345678");
    assertThat(Telephone.of("call 555 0100", "US"))
        .isEqualTo(new Telephone("call 555 0100", "tel:5550100"));

    var notice =
        parse(
            NoticeMail.write(
                Language.GERMAN,
                ZoneId.of("Europe/Berlin"),
                "Our CRM",
                "notice.disabled",
                "notice.gone.text",
                0,
                Instant.parse("2026-07-14T09:26:53.123456Z")));
    assertThat(notice.plain()).contains("Wann: 14. Juli 2026, 11:26 MESZ\r\n");
    var receipt =
        parse(
            ReceiptMail.write(
                Language.FRENCH,
                ZoneOffset.UTC,
                "portal",
                "0199",
                Instant.parse("2026-07-14T09:26:53.123456Z"),
                "The body is not JSON: line 1, column 7.",
                new byte[0]));
    assertThat(receipt.plain())
        .contains("Reçu: 14 juil. 2026, 09:26 UTC\r\n")
        .contains("Pourquoi: Le contenu n’est pas du JSON : ligne 1, colonne 7.\r\n");
  }

  @Test
  void a_program_s_price_is_read_to_the_point_and_people_s_by_their_groups() {
    assertThat(price("<meta name=\"lead_property_price\" content=\"950.000\">"))
        .isEqualTo(new Money(new BigDecimal("950"), "USD"));
    assertThat(price("<p>Price: 950.000 $</p>"))
        .isEqualTo(new Money(new BigDecimal("950000"), "USD"));
  }

  private static @Nullable Money price(String line) {
    boolean isMeta = line.startsWith("<meta");
    var mail =
        "Content-Type: text/html\r\n\r\n<html><head>"
            + (isMeta ? "<meta name=\"lead_email\" content=\"ana@example.org\">" + line : "")
            + "</head><body>"
            + (isMeta ? "" : "<p>Email: ana@example.org</p>" + line)
            + "</body></html>";
    var facts = (Reading.Facts) MailReader.read(mail.getBytes(StandardCharsets.US_ASCII));
    var interest = (Interest.InListing) ((Lead) facts.facts().getFirst()).interest();
    return Objects.requireNonNull(interest).property().listPrice();
  }

  @Property(tries = 300)
  void any_lead_stands_in_it_whole_in_ascii_and_short_lines(@ForAll("leads") Lead lead)
      throws Exception {
    if (lead.erased()) {
      return;
    }
    var mail = write(lead);
    for (byte b : mail.bytes()) {
      assertThat(b).isGreaterThanOrEqualTo((byte) 0);
    }
    var text = new String(mail.bytes(), StandardCharsets.US_ASCII);
    assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
    for (var line : text.split("\r\n")) {
      assertThat(line.length()).isLessThanOrEqualTo(998);
    }
    assertThat(Collections.list(mail.mail().getAllHeaders()))
        .extracting(h -> h.getName())
        .isSubsetOf("Subject", "Reply-To", "Auto-Submitted", "MIME-Version", "Content-Type");
    leaves(LeadJson.write(lead), mail);
  }

  private static void leaves(JsonNode node, Parsed mail) {
    if (node.isContainer()) {
      node.forEach(n -> leaves(n, mail));
      return;
    }
    var value = Words.lines(node.asString(""));
    assertThat(mail.html().replace("\r\n", "\n")).contains(Words.html(value));
    assertThat(mail.plain().replace("\r\n", "\n")).contains(value);
  }

  @Provide
  Arbitrary<Lead> leads() {
    return AnyLead.any();
  }

  @Test
  void a_name_can_neither_add_a_header_nor_a_recipient() throws Exception {
    for (var name :
        new String[] {
          "Ana\r\nBcc: everybody@example.com",
          "Ana\nBcc: everybody@example.com",
          "Ana\rBcc: everybody@example.com",
          "Ana\u2028Bcc: everybody@example.com",
          "Ana\u0085Bcc: everybody@example.com",
          "Ana\u0000\u0007",
          "Ana\" <other@example.com>, \"",
          "=?utf-8?q?Ana=0D=0ABcc:_x@example.com?="
        }) {
      var mail = write(named(name, "ana@example.org", "hello"));
      assertThat(mail.mail().getHeader("Bcc")).as(name).isNull();
      assertThat(mail.mail().getReplyTo()).containsExactly(new InternetAddress("ana@example.org"));
      assertThat(mail.mail().getSubject()).startsWith("New lead: ").doesNotContain("\r", "\n");
    }
  }

  @Test
  void an_address_that_is_none_is_not_replied_to() throws Exception {
    for (var email :
        new String[] {
          "ana@example.org\r\nBcc: x@example.com",
          "ana@example.org, x@example.com",
          "<ana@example.org>",
          "ana",
          "ana@@example.org"
        }) {
      assertThat(write(named("Ana", email, "")).mail().getHeader("Reply-To")).as(email).isNull();
    }
  }

  @Test
  void markup_is_shown_and_not_obeyed() throws Exception {
    var html =
        write(
                named(
                    "<script>alert(1)</script>",
                    "ana@example.org",
                    "</p><meta name=\"lead_email\" content=\"x@example.com\"><img src=x"
                        + " onerror=a>"))
            .html();
    assertThat(html).doesNotContain("<script", "<img", "content=\"x@example.com\"");
    assertThat(html).contains("&lt;script&gt;");
  }

  @Test
  void a_name_that_turns_the_direction_turns_nothing_else() throws Exception {
    var mail = write(named("\u202eanA\u2066", "ana@example.org", "שלום עולם\nمرحبا"));
    assertThat(mail.mail().getSubject()).isEqualTo("New lead: anA Lopez");
    assertThat(mail.html()).contains("<p dir=\"auto\"").contains("שלום עולם");
  }

  @Test
  void a_hundred_kilobytes_come_through_whole() throws Exception {
    var message = ("é .\r\n..\n" + "x".repeat(2000) + " ").repeat(50);
    var mail = write(named("Ana", "ana@example.org", message));
    assertThat(mail.html().replace("\r\n", "\n")).contains(Words.lines(message));
    assertThat(mail.plain().replace("\r\n", "\n")).contains(Words.lines(message));
  }

  @Test
  void a_long_name_makes_a_subject_that_a_telephone_shows() throws Exception {
    var mail = write(named("Ana ".repeat(1000), "ana@example.org", ""));
    assertThat(mail.mail().getSubject().length()).isLessThan(160);
  }

  @Test
  void the_same_lead_gives_the_same_mail() throws Exception {
    var lead = named("Zoë", "zoe@example.org", "Ahoj");
    assertThat(write(lead).bytes()).isEqualTo(write(lead).bytes());
  }
}
