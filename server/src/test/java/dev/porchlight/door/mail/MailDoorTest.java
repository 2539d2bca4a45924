package dev.porchlight.door.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.TlsConfig;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeMailServer;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Mails that come in.
class MailDoorTest {
  private static final String METAS =
      """
      From: Portal <noreply@portal.example.com>
      To: you@example.org
      Subject: A new lead
      Date: Sat, 14 Mar 2026 09:20:00 +0000
      Message-ID: <1@portal.example.com>
      MIME-Version: 1.0
      Content-Type: text/html; charset=utf-8

      <!DOCTYPE html><html><head>
      <meta name="lead_information_version" content="1.0" />
      <meta content="Buyer" name='lead_type'>
      <meta name="lead_name" content="Ana &quot;Annie&quot; Lopez" />
      <meta name="lead_email" content="ana@example.org" />
      <meta name="lead_phone" content="703-555-0112" />
      <meta name="lead_message" content="Is it &lt;still&gt; free?" />
      <meta name="lead_property_address" content="12 Elm St" />
      </head><body>Hello
      <meta name="lead_email" content="other@example.org" /></body></html>
      """;

  private static final String LINES =
      """
      From: Portal <noreply@portal.example.com>
      Subject: You have a new inquiry
      Date: Sat, 14 Mar 2026 09:20:00 +0000

      New inquiry from the portal

      Name: Ana Lopez
      Email: ana@example.org
      Phone: (703) 555-0112
      Address: 12 Elm St, Springfield, IL 62701
      Price: $450,000
      MLS #: X-77
      Message: Is it still free?
      I could come on Monday: at noon.

      --\u0020
      The portal
      """;

  @TempDir Path folder;

  private TestHub start() {
    return TestHub.in(folder).config(c -> c.withSmtp(0)).start();
  }

  private static int port(TestHub hub) {
    return hub.hub().smtpPort().orElseThrow();
  }

  private static String address(TestHub hub, String source) {
    var answer = hub.api().post("/sources/" + source + "/mail-address", "{}");
    assertThat(answer.status()).isEqualTo(201);
    // Whoever forwards it may change its letters.
    return answer.json().path("local_part").asString().toUpperCase(java.util.Locale.ROOT)
        + "@leads.example.org";
  }

  private static JsonNode receipt(TestHub hub, String reply) {
    assertThat(reply).startsWith("250 2.0.0 Taken as ");
    return hub.api().read("/receipts/" + reply.substring("250 2.0.0 Taken as ".length()));
  }

  private static String receive(TestHub hub, String to, String mail) throws IOException {
    return Smtp.bring(port(hub), to, mail);
  }

  @Test
  void a_mail_that_would_not_come_back_as_it_was_is_not_offered_to_be_mended_in_a_form()
      throws IOException {
    try (var hub = start();
        var ada = ConsoleGuest.administrator(hub)) {
      hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      for (var letters : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)) {
        var mail = "Subject: Hello\r\n\r\nI am José and say nothing else.\r\n";
        var receipt = receipt(hub, Smtp.bring(port(hub), to, mail.getBytes(letters)));
        assertThat(receipt.path("state").asString()).isEqualTo("quarantined");
        var shown = ada.get("/console/receipts/" + receipt.path("id").asString()).body();
        if (letters.equals(StandardCharsets.UTF_8)) {
          assertThat(shown).contains("José", "</textarea>").doesNotContain("no text in UTF-8");
        } else {
          assertThat(shown).contains("no text in UTF-8").doesNotContain("</textarea>");
        }
      }
    }
  }

  @Test
  void a_mail_is_read_by_its_meta_fields() throws IOException {
    try (var hub = start()) {
      hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      var receipt = receipt(hub, receive(hub, to, METAS));
      assertThat(receipt.path("state").asString()).isEqualTo("done");
      var story = hub.api().read("/leads/" + receipt.path("lead").asString());
      var lead = story.path("lead").toString() + story;
      assertThat(lead)
          .contains("ana@example.org", "703-555-0112", "12 Elm St", "Is it <still> free?")
          .contains("Ana \\\"Annie\\\" Lopez", "buyer", "2026-03-14T09:20:00Z")
          .doesNotContain("other@example.org");
      // The same mail once more says nothing new.
      assertThat(receipt(hub, receive(hub, to, METAS)).path("state").asString())
          .isEqualTo("repeat");
      assertThat(hub.leads()).hasSize(1);
    }
  }

  @Test
  void a_mail_is_read_by_its_labelled_lines() throws IOException {
    try (var hub = start()) {
      hub.addSource("portal", "connections-plus");
      var to = address(hub, "portal");
      var receipt = receipt(hub, receive(hub, to, LINES));
      var lead = hub.api().read("/leads/" + receipt.path("lead").asString()).toString();
      assertThat(lead)
          .contains("Ana Lopez", "ana@example.org", "(703) 555-0112", "X-77", "450000")
          .contains("Is it still free?\\nI could come on Monday: at noon.")
          .doesNotContain("The portal\"");

      var table =
          """
          Subject: Lead
          Content-Type: text/html; charset=iso-8859-1
          Content-Transfer-Encoding: quoted-printable

          <style>Name: nobody</style><table><tr><td><b>Vorname</b>:</td><td>J=FCrgen</td></tr>
          <tr><td>E-Mail</td><td><a href=3D"mailto:j@example.org">j@example.org</a></td></tr>
          <tr><td>Nachricht</td><td>Gr=FC=DFe</td></tr></table>
          """;
      var other = receipt(hub, receive(hub, to, table));
      assertThat(hub.api().read("/leads/" + other.path("lead").asString()).toString())
          .contains("Jürgen", "j@example.org", "Grüße");
    }
  }

  private static ObjectNode overHttp() {
    var body = LeadBodies.enhanced("L-1", InventedPerson.of(1));
    ((ObjectNode) body.path("contact"))
        .put("first_name", "Ana")
        .put("last_name", "Lopez")
        .put("email", "ana@example.org")
        .put("phone", "+1 703 555 0112");
    ((ObjectNode) body.path("property")).put("address", "12 Elm St").put("mls_id", "X-77");
    return body.put("message", "Is it still free? I could come on Monday: at noon.");
  }

  @Test
  void a_mail_after_its_lead_joins_it_and_is_not_delivered() throws IOException {
    try (var hub = start();
        var crm = FakeCrm.open()) {
      var portal = hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(overHttp());
      hub.awaitDelivery("L-1", endpoint, "delivered");
      var receipt = receipt(hub, receive(hub, to, LINES));
      assertThat(receipt.path("state").asString()).isEqualTo("repeat");
      assertThat(receipt.path("lead").asString()).isEqualTo(hub.story("L-1").path("id").asString());
      assertThat(receipt(hub, receive(hub, to, LINES)).path("state").asString())
          .isEqualTo("repeat");
      assertThat(hub.leads()).hasSize(1);
      assertThat(hub.deliveries("L-1", endpoint)).hasSize(1);
      // What comes over HTTP later is news again.
      portal.post(overHttp().put("message", "And on Tuesday?"));
      hub.await(
          "the second delivery",
          () -> Optional.of(1).filter(_ -> hub.deliveries("L-1", endpoint).size() == 2));
    }
  }

  @Test
  void a_lead_after_its_mail_joins_it_and_is_not_delivered_again() throws IOException {
    try (var hub = start();
        var crm = FakeCrm.open()) {
      var portal = hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var receipt = receipt(hub, receive(hub, to, LINES));
      crm.await(1);
      assertThat(portal.post(overHttp()).status()).isEqualTo(200);
      var story = hub.story("L-1");
      assertThat(story.path("id").asString()).isEqualTo(receipt.path("lead").asString());
      assertThat(story.path("version").asInt()).isEqualTo(2);
      assertThat(hub.deliveries("L-1", endpoint)).hasSize(1);
      // Both again, and still one.
      portal.post(overHttp());
      receive(hub, to, LINES);
      assertThat(hub.leads()).hasSize(1);
      assertThat(hub.deliveries("L-1", endpoint)).hasSize(1);
    }
  }

  @Test
  void another_enquiry_of_the_same_person_is_another_lead() throws IOException {
    try (var hub = start()) {
      var portal = hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      portal.post(overHttp());
      receive(hub, to, LINES.replace("12 Elm St", "99 Oak Ave").replace("X-77", "X-99"));
      assertThat(hub.leads()).hasSize(2);
      receive(hub, to, LINES);
      assertThat(hub.leads()).hasSize(2);
      hub.clock().advance(Duration.ofHours(25));
      receive(hub, to, LINES.replace("14 Mar", "15 Mar"));
      assertThat(hub.leads()).hasSize(3);
    }
  }

  @Test
  void a_persons_data_goes_with_the_joined_lead() throws IOException {
    try (var hub = start()) {
      var portal = hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      receive(hub, to, LINES);
      portal.post(overHttp());
      var person = hub.story("L-1").path("person_id").asString();
      assertThat(hub.api().post("/persons/" + person + "/erase", "").status()).isEqualTo(200);
      assertThat(hub.leads().toString()).doesNotContain("ana@example.org");
    }
  }

  @Test
  void what_is_not_understood_is_kept_and_quarantined() throws IOException {
    try (var hub = start()) {
      hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      var deep = new StringBuilder("Subject: deep\r\n");
      for (int i = 0; i < 2000; i++) {
        deep.append("Content-Type: multipart/mixed; boundary=b").append(i).append("\r\n\r\n--b");
        deep.append(i).append("\r\n");
      }
      var mails = new ArrayList<byte[]>();
      for (var text :
          List.of(
              "Subject: hello\n\nHow are you?\n",
              "",
              "no header at all",
              "Subject: x\nContent-Type: multipart/mixed\n\nno boundary\n",
              "Subject: x\nContent-Type: text/plain; charset=x-none\n\nEmail: in no charset\n",
              "Subject: x\nContent-Transfer-Encoding: base64\n\n####\n",
              "Subject: x\nContent-Transfer-Encoding: x-none\n\nhello\n",
              "X: " + "y".repeat(1_000_000) + "\n\nhello\n",
              "Subject: x\nContent-Type: text/html\n\n<meta name=\"lead_email\" content=\"\n",
              "Subject: x\nContent-Type: text/html\n\n" + "<".repeat(200_000) + "\n",
              "Subject: x\nContent-Type: text/html\n\n" + "&".repeat(200_000) + "\n")) {
        mails.add(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
      }
      mails.add(deep.toString().getBytes(StandardCharsets.US_ASCII));
      var everything = new byte[256];
      for (int i = 0; i < 256; i++) {
        everything[i] = (byte) i;
      }
      mails.add(everything);
      for (var mail : mails) {
        var receipt = receipt(hub, Smtp.bring(port(hub), to, mail));
        var head = new String(mail, 0, Math.min(60, mail.length), StandardCharsets.ISO_8859_1);
        assertThat(receipt.path("state").asString()).as(head).isEqualTo("quarantined");
        var raw = new String(raw(hub, receipt.path("id").asString()), StandardCharsets.ISO_8859_1);
        assertThat(raw.strip())
            .as(head)
            .isEqualTo(new String(mail, StandardCharsets.ISO_8859_1).strip());
      }
    }
  }

  private static byte[] raw(TestHub hub, String receipt) {
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(hub.address().resolve("/api/v1/receipts/" + receipt + "/raw"))
                  .header("Authorization", "Bearer " + TestHub.ADMIN_TOKEN)
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray())
          .body();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void attachments_and_forwarded_mails_hide_no_lead() throws IOException {
    try (var hub = start()) {
      hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      var mail =
          "Subject: Fwd\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
              + "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n"
              + "AAAA".repeat(100_000)
              + "\n--b\nContent-Type: message/rfc822\n\n"
              + METAS
              + "\n--b--\n";
      assertThat(receipt(hub, receive(hub, to, mail)).path("state").asString()).isEqualTo("done");
    }
  }

  @Test
  void it_speaks_smtp_and_no_more() throws IOException {
    try (var hub = start()) {
      hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      try (var smtp = new Smtp(port(hub))) {
        assertThat(smtp.reply()).startsWith("220 ");
        assertThat(smtp.say("MAIL FROM:<a@example.com>")).startsWith("503");
        assertThat(smtp.say("EHLO x")).contains("SIZE 2097152").doesNotContain("STARTTLS");
        assertThat(smtp.say("STARTTLS")).startsWith("502");
        assertThat(smtp.say("MAIL FROM:<a@example.com> SIZE=3000000")).startsWith("250");
        assertThat(smtp.say("RCPT TO:<nobody@leads.example.org>")).startsWith("550");
        assertThat(smtp.say("RCPT TO:<" + to + ">")).startsWith("552 5.3.4 Larger than 2 MiB");
        // Offered to the same again it is refused, and not noted once more.
        assertThat(smtp.say("RCPT TO:<" + to + ">")).startsWith("552 5.3.4 Larger than 2 MiB");
        assertThat(smtp.say("DATA")).startsWith("503");
        assertThat(smtp.say("RSET")).startsWith("250");
        assertThat(smtp.say("MAIL FROM:<>")).startsWith("250");
        assertThat(smtp.say("RCPT TO:<nobody@leads.example.org>")).startsWith("550");
        assertThat(smtp.say("DATA")).startsWith("503");
        assertThat(smtp.say("RCPT TO:<" + to + ">")).startsWith("250");
        assertThat(smtp.say("DATA")).startsWith("354");
        // No line but one of a dot, CR and LF alone ends a mail.
        smtp.send(
            "Subject: x\r\n\r\none\n.\nMAIL FROM:<b@example.com>\r\n.\n\r.\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        var receipt = receipt(hub, smtp.deliver("last\r\n".getBytes(StandardCharsets.US_ASCII)));
        assertThat(new String(raw(hub, receipt.path("id").asString()), StandardCharsets.US_ASCII))
            .contains("MAIL FROM:<b@example.com>", "last");
        assertThat(smtp.say("X".repeat(5000))).startsWith("500");
        assertThat(smtp.say("X".repeat(100_000))).startsWith("500");
        assertThat(smtp.say("EXPN x")).startsWith("502");
        assertThat(smtp.say("QUIT")).startsWith("221");
        assertThat(smtp.reply()).isEmpty();
      }
      try (var smtp = new Smtp(port(hub))) {
        smtp.reply();
        smtp.say("EHLO x");
        smtp.say("MAIL FROM:<a@example.com> SIZE=3000000");
        for (int i = 0; i < 12; i++) {
          assertThat(smtp.say("RCPT TO:<" + to + ">")).startsWith("552");
        }
        assertThat(smtp.reply()).startsWith("421");
      }
      // The one that was only announced waits for a person too; all that is known is who wrote.
      assertThat(hub.items("/receipts?state=quarantined"))
          .hasSize(3)
          .anySatisfy(r -> {
            assertThat(r.path("reason").asString()).startsWith("Larger than 2 MiB");
            assertThat(hub.api().read("/receipts/" + r.path("id").asString()).toString())
                .contains("a@example.com");
          });

      // What another server took for part of a mail is no command of it here.
      for (var smuggled : List.of("MAIL FROM:<a@example.com>\n", "NOOP\nMAIL FROM:<a@b.c>\r\n")) {
        try (var smtp = new Smtp(port(hub))) {
          smtp.reply();
          smtp.say("EHLO x");
          smtp.send(smuggled.getBytes(StandardCharsets.US_ASCII));
          assertThat(smtp.reply()).startsWith("521 5.5.2");
          assertThat(smtp.reply()).isEmpty();
        }
      }
    }
  }

  @Test
  void a_mail_to_two_sources_is_asked_for_twice_so_that_each_answers_for_itself()
      throws IOException {
    try (var hub = start()) {
      hub.addSource("portal", "lead-delivery");
      hub.addSource("other", "lead-delivery");
      var to = address(hub, "portal");
      try (var smtp = new Smtp(port(hub))) {
        smtp.reply();
        smtp.say("EHLO x");
        smtp.say("MAIL FROM:<a@example.com>");
        assertThat(smtp.say("RCPT TO:<" + to + ">")).startsWith("250");
        assertThat(smtp.say("RCPT TO:<" + to + ">")).startsWith("250");
        assertThat(smtp.say("RCPT TO:<" + address(hub, "other") + ">")).startsWith("452");
        assertThat(smtp.say("DATA")).startsWith("354");
        receipt(hub, smtp.deliver(METAS.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8)));
        assertThat(hub.leads()).hasSize(1);
      }
    }
  }

  @Test
  void what_is_too_large_is_refused_but_waits_for_a_hand_and_what_breaks_off_is_not_taken()
      throws IOException {
    try (var post = FakeMailServer.open();
        var hub = start()) {
      var server = Json.object().put("host", "127.0.0.1").put("port", post.port());
      server.put("security", "none").put("from", "hub@porch.example.org");
      hub.api().patch("/mail-server", server);
      var office =
          hub.items("/nodes").stream()
              .filter(n -> n.path("kind").asString().equals("office"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .asString();
      hub.api()
          .patch("/nodes/" + office + "/mail", Json.object().put("fallback", "help@example.org"));
      hub.clock().advance(Duration.ofSeconds(1));
      hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      try (var smtp = new Smtp(port(hub))) {
        assertThat(smtp.announce(to)).startsWith("354");
        var large = (LINES + "x".repeat(100) + "\n").replace("\n", "\r\n") + "y".repeat(2_200_000);
        assertThat(smtp.deliver(large.getBytes(StandardCharsets.US_ASCII)))
            .startsWith("552 5.3.4 Larger than 2 MiB");
        assertThat(smtp.say("NOOP")).startsWith("250");
        smtp.say("MAIL FROM:<a@example.com>");
        smtp.say("RCPT TO:<" + to + ">");
        assertThat(smtp.say("DATA")).startsWith("354");
        smtp.send(METAS.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
      }
      // A mail that ended is behind the one that did not.
      receipt(hub, receive(hub, to, METAS));
      assertThat(hub.leads()).hasSize(1);
      assertThat(hub.items("/receipts?limit=200&state=done")).hasSize(1);
      // Who wrote is not lost with it: somebody is to look after them, and the office hears of it.
      var kept = hub.items("/receipts?limit=200&state=quarantined").getFirst();
      assertThat(kept.path("reason").asString()).startsWith("Larger than 2 MiB");
      assertThat(new String(raw(hub, kept.path("id").asString()), StandardCharsets.US_ASCII))
          .contains("ana@example.org")
          .hasSize(64 * 1024);
      assertThat(hub.api().read("//health").path("needs_a_hand").path("quarantined").asInt())
          .isEqualTo(1);
      hub.clock().advance(Duration.ofSeconds(61));
      var mail = post.await(1).getFirst();
      assertThat(mail.recipients()).containsExactly("help@example.org");
      assertThat(mail.text()).contains("Larger than 2 MiB");

      // It is not shown as if it were all that came, nor taken so.
      var path = "/receipts/" + kept.path("id").asString();
      assertThat(hub.api().read(path).path("read").path("readable").asBoolean()).isFalse();
      try (var ada = ConsoleGuest.administrator(hub)) {
        assertThat(ada.get("/console" + path).body())
            .contains("No more than the beginning of what came is kept");
      }
      assertThat(hub.api().post(path + "/resubmit", "").status()).isEqualTo(409);
      // Whoever looks at the beginning may find that it says enough.
      var beginning = new String(raw(hub, kept.path("id").asString()), StandardCharsets.US_ASCII);
      var again = hub.api().post(path + "/resubmit", beginning);
      assertThat(again.json().toString()).contains("\"state\":\"done\"");
      assertThat(hub.leads()).hasSize(2);
    }
  }

  @Test
  void while_nothing_can_be_stored_it_says_come_again() throws IOException {
    try (var hub = TestHub.in(folder).config(c -> c.withSmtp(0)).withoutRebuildCheck().start()) {
      hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      int port = port(hub);
      hub.crash(() -> {
        try {
          assertThat(Smtp.bring(port, to, METAS)).startsWith("451");
          // Nor is one refused for good of which nothing is kept.
          assertThat(Smtp.bring(port, to, "x".repeat(2_200_000))).startsWith("451 4.3.0");
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
      receipt(hub, receive(hub, to, METAS));
      assertThat(hub.leads()).hasSize(1);
    }
  }

  @Test
  void a_mail_may_come_in_secret_and_nothing_is_smuggled_in_before() throws Exception {
    try (var hub =
        TestHub.in(folder)
            .config(c -> c.withSmtp(0).withTls(new TlsConfig(null, null, true, 0)))
            .start()) {
      hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      try (var smtp = new Smtp(port(hub))) {
        smtp.reply();
        assertThat(smtp.say("EHLO x")).contains("STARTTLS");
        assertThat(smtp.say("STARTTLS")).startsWith("220");
        smtp.startTls(trusting(folder.resolve("data/tls-self-signed.pem")));
        assertThat(smtp.say("MAIL FROM:<a@example.com>")).startsWith("503");
        assertThat(smtp.say("EHLO x")).doesNotContain("STARTTLS");
        smtp.say("MAIL FROM:<a@example.com>");
        smtp.say("RCPT TO:<" + to + ">");
        smtp.say("DATA");
        receipt(hub, smtp.deliver(METAS.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8)));
      }
      try (var smtp = new Smtp(port(hub))) {
        smtp.reply();
        smtp.say("EHLO x");
        assertThat(smtp.say("STARTTLS\r\nMAIL FROM:<a@example.com>")).startsWith("421");
      }
      // The hub's own mails go that way too.
      var server = Json.object().put("host", "localhost").put("port", port(hub));
      server.put("from", "hub@example.org");
      server.put("security", "starttls");
      assertThat(hub.api().patch("/mail-server", server).status()).isEqualTo(200);
      var endpoint = hub.addEndpoint("mailto:" + to, "mail");
      var unknown = hub.api().post("/endpoints/" + endpoint.id() + "/test", "").json();
      assertThat(unknown.path("error").asString())
          .contains("certificate is not believed", "no authority", "--authorities");
      server.put(
          "certificate_authorities", Files.readString(folder.resolve("data/tls-self-signed.pem")));
      assertThat(hub.api().patch("/mail-server", server).status()).isEqualTo(200);
      var test = hub.api().post("/endpoints/" + endpoint.id() + "/test", "").json();
      assertThat(test.path("answer_head").asString()).contains("came back");
      assertThat(test.path("status").asInt()).isEqualTo(554);
      hub.api().patch("/mail-server", Json.object().put("security", "tls"));
      assertThat(
              hub.api()
                  .post("/endpoints/" + endpoint.id() + "/test", "")
                  .json()
                  .path("error")
                  .asString())
          .contains("does not speak TLS from the first byte");
    }
  }

  private static SSLContext trusting(Path pem) throws Exception {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var in = Files.newInputStream(pem)) {
      store.setCertificateEntry(
          "hub", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Test
  void a_lead_of_this_hubs_own_that_comes_back_is_a_repeat() {
    try (var hub = start();
        var crm = FakeCrm.open()) {
      var portal = hub.addSource("portal", "connections-plus");
      var back = hub.addSource("back", "lead-delivery");
      var server = Json.object().put("host", "127.0.0.1").put("port", port(hub));
      server.put("security", "none").put("from", "hub@example.org");
      assertThat(hub.api().patch("/mail-server", server).status()).isEqualTo(200);
      var mail =
          hub.addEndpoint(
              "mailto:" + address(hub, "back").toLowerCase(java.util.Locale.ROOT), "mail");
      var http =
          hub.addEndpoint(
              hub.address().resolve("/in/back").toString(),
              "lead-delivery",
              b -> b.put("api_key", back.key()));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitDelivery("L-1", mail, "delivered");
      hub.awaitDelivery("L-1", http, "delivered");
      assertThat(hub.leads()).hasSize(1);
      var states =
          hub.items("/receipts?source=back").stream()
              .map(r -> r.path("state").asString() + " " + r.path("lead").asString())
              .toList();
      var own = "repeat " + hub.story("L-1").path("id").asString();
      assertThat(states).containsExactly(own, own);
    }
  }

  @Test
  void a_fourth_hop_is_refused_by_mail_and_over_http() throws Exception {
    try (var hub = start()) {
      var portal = hub.addSource("portal", "connections-plus");
      var to = address(hub, "portal");
      var hop = "00000000-0000-4000-8000-00000000000%d/00000000-0000-4000-8000-000000000000";
      var three = hop.formatted(1) + ", " + hop.formatted(2) + ", " + hop.formatted(3);
      var four = three + ", " + hop.formatted(4);
      assertThat(receive(hub, to, "Porchlight-Path: " + three.replace(", ", ",\n ") + "\n" + METAS))
          .startsWith("250");
      assertThat(receive(hub, to, "Porchlight-Path: " + four.replace(", ", ",\n ") + "\n" + METAS))
          .startsWith("554 5.4.6");
      assertThat(post(hub, portal, three, "L-1")).isEqualTo(200);
      assertThat(post(hub, portal, four, "L-2")).isEqualTo(409);
      assertThat(hub.leads()).hasSize(2);
      assertThat(hub.items("/receipts?state=refused")).hasSize(2);
    }
  }

  @Test
  void the_hubs_on_the_way_are_told_in_any_number_of_lines_and_what_is_malformed_is_noted()
      throws Exception {
    try (var hub = start();
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      hub.addEndpoint(crm.url("/"), "porchlight");
      portal.post(LeadBodies.buyer("L-0", InventedPerson.of(5)));
      var own = crm.await(1).getFirst().header("Porchlight-Path");
      var other = "00000000-0000-4000-8000-00000000000%d";
      var hop = other + "/00000000-0000-4000-8000-000000000000";
      assertThat(post(hub, portal, List.of(hop.formatted(1), own), "L-1")).isEqualTo(200);
      assertThat(hub.leads()).hasSize(1);
      var four = List.of(hop.formatted(1), hop.formatted(2), hop.formatted(3), hop.formatted(4));
      assertThat(post(hub, portal, four, "L-2")).isEqualTo(409);
      var unnamed =
          List.of(
              other.formatted(1) + "/X-1",
              other.formatted(2) + ", " + other.formatted(3) + "/",
              other.formatted(4).toUpperCase(java.util.Locale.ROOT) + "/a/b");
      assertThat(post(hub, portal, unnamed, "L-3")).isEqualTo(409);
      assertThat(post(hub, portal, List.of("me/you,".repeat(500), own), "L-4")).isEqualTo(200);
      assertThat(hub.items("/receipts?state=repeat")).hasSize(2);
      assertThat(post(hub, portal, List.of("first, " + other.formatted(1) + "/X-1"), "L-5"))
          .isEqualTo(200);
      assertThat(hub.story("L-5").path("violations").path(0).path("rule").asString())
          .isEqualTo("Porchlight-Path is a list of hub/lead, two UUIDs each");
      assertThat(crm.await(2).getLast().header("Porchlight-Path"))
          .startsWith(other.formatted(1) + ", " + own.substring(0, own.indexOf('/')) + "/");
      assertThat(post(hub, portal, List.of(hop.formatted(1), hop.formatted(2)), "L-6"))
          .isEqualTo(200);
      assertThat(hub.story("L-6").path("violations")).isEmpty();
      assertThat(crm.await(3).getLast().header("Porchlight-Path"))
          .startsWith(hop.formatted(1) + ", " + hop.formatted(2) + ", ");
    }
  }

  @Test
  void letters_of_another_character_set_than_a_mail_says_are_read_and_noted() throws Exception {
    try (var hub = start()) {
      hub.addSource("portal", "lead-delivery");
      var to = address(hub, "portal");
      var mail =
          LINES
              .replace("Ana Lopez", "José Núñez")
              .replace("Subject", "Content-Type: text/plain; charset=utf-8\nSubject");
      int n = 0;
      for (var letters : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)) {
        var bytes = mail.replace("still free", "free " + n).replace("\n", "\r\n").getBytes(letters);
        var receipt = receipt(hub, Smtp.bring(port(hub), to, bytes));
        var story = hub.api().read("/leads/" + receipt.path("lead").asString());
        assertThat(story.toString()).contains("José Núñez");
        var actions =
            story.path("violations").valueStream().map(v -> v.path("action").asString()).toList();
        if (n++ == 0) {
          assertThat(actions).doesNotContain("read as windows-1252");
        } else {
          assertThat(actions).contains("read as windows-1252");
        }
      }
    }
  }

  private static int post(TestHub hub, TestHub.SourceAtHub portal, String path, String lead)
      throws Exception {
    return post(hub, portal, List.of(path), lead);
  }

  /// @param paths one line of the header each
  private static int post(TestHub hub, TestHub.SourceAtHub portal, List<String> paths, String lead)
      throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(hub.address().resolve("/in/portal"))
              .header("X-API-Key", portal.key())
              .header("Content-Type", "application/json")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      LeadBodies.buyer(lead, InventedPerson.of(5)).toString()));
      paths.forEach(path -> request.header("Porchlight-Path", path));
      return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }
}
