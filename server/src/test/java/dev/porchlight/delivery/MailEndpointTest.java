package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeMailServer;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMultipart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Endpoints that are addresses of mail.
class MailEndpointTest {
  private static final String DESK = "mailto:desk@example.org";

  @TempDir Path folder;

  static void mailServer(TestHub hub, int port) {
    var body = Json.object().put("host", "127.0.0.1").put("port", port).put("security", "none");
    body.put("from", "hub@porch.example.org");
    assertThat(hub.api().patch("/mail-server", body).status()).isEqualTo(200);
  }

  private static String said(JsonNode delivery, int attempt) {
    return delivery.path("attempts").path(attempt).path("answer_head").asString("");
  }

  @Test
  void a_lead_goes_out_as_a_mail_that_an_independent_server_takes() throws Exception {
    var post = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
    post.start();
    try (var hub = TestHub.start(folder)) {
      mailServer(hub, post.getSmtp().getPort());
      var portal = hub.addSource("portal", "lead-delivery");
      var endpoint = hub.addEndpoint(DESK, "mail");
      var body = LeadBodies.enhanced("L-1", InventedPerson.of(1));
      portal.post(body);
      var delivery = hub.awaitDelivery("L-1", endpoint, "delivered");

      var mail = post.getReceivedMessages()[0];
      var email = body.path("contact").path("email").asString();
      assertThat(mail.getAllRecipients()).containsExactly(new InternetAddress("desk@example.org"));
      assertThat(mail.getReplyTo()[0]).isEqualTo(new InternetAddress(email));
      assertThat(mail.getSubject())
          .startsWith("New lead: ")
          .contains(InventedPerson.of(1).lastName());
      assertThat(mail.getMessageID())
          .isEqualTo("<" + delivery.path("id").asString() + "@porch.example.org>");
      assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
      assertThat(mail.getHeader("Date")[0])
          .matches("[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} \\+0000");
      assertThat(mail.getHeader("Porchlight-Path")[0])
          .contains(hub.story("L-1").path("id").asString());
      var parts = (MimeMultipart) mail.getContent();
      assertThat(parts.getContentType()).startsWith("multipart/alternative");
      assertThat((String) parts.getBodyPart(0).getContent()).contains("Email: " + email);
      assertThat((String) parts.getBodyPart(1).getContent())
          .contains("<meta name=\"lead_email\" content=\"" + email + "\">")
          .contains("<meta name=\"lead_id\" content=\"L-1\">");
      assertThat(delivery.path("attempts").path(0).path("status").asInt()).isEqualTo(250);
    } finally {
      post.stop();
    }
  }

  @Test
  void the_office_reads_that_an_endpoint_fails_is_disabled_and_works_again() throws Exception {
    var post = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
    post.start();
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock()).alwaysAnswers(500)) {
      mailServer(hub, post.getSmtp().getPort());
      var office =
          hub.items("/nodes").stream()
              .filter(n -> n.path("kind").asString().equals("office"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .asString();
      var fallback = Json.object().put("fallback", "help@example.org");
      assertThat(hub.api().patch("/nodes/" + office + "/mail", fallback).status()).isEqualTo(200);
      hub.clock().advance(Duration.ofSeconds(1));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(
              crm.url("/"),
              "porchlight",
              b -> b.put("name", "Our CRM").put("disabled_after_hours", 10));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitAttempts("L-1", endpoint, 1);
      var id = hub.deliveries("L-1", endpoint).getFirst().path("id").asString();
      var begin = hub.clock().instant();
      var told = new ArrayList<String>();
      for (var hours : List.of(5, 9, 10)) {
        hub.clock().set(begin.plus(Duration.ofHours(hours)).plusSeconds(1));
        hub.api().post("/deliveries/" + id + "/retry", "");
        told.add(mailAbout(post, told.size()));
      }
      crm.alwaysAnswers(200);
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", false));
      hub.api().post("/deliveries/" + id + "/retry", "");
      told.add(mailAbout(post, told.size()));
      assertThat(told).hasSize(4).allMatch(text -> text.contains("Our CRM"));
      assertThat(told.get(0)).contains("fail");
      assertThat(told.get(1)).contains("fail").isNotEqualTo(told.get(0));
      assertThat(told.get(2)).contains("disabled", "--no-disabled");
      assertThat(told.get(3)).contains("works again");
      for (var mail : post.getReceivedMessages()) {
        assertThat(mail.getAllRecipients())
            .containsExactly(new InternetAddress("help@example.org"));
      }
    } finally {
      post.stop();
    }
  }

  /// Waits for the next mail about an endpoint, and gives what a person reads of it.
  private static String mailAbout(GreenMail post, int before) {
    return Awaitility.await()
        .atMost(TestHub.PATIENCE)
        .until(() -> told(post), told -> told.size() > before)
        .get(before);
  }

  private static List<String> told(GreenMail post) throws Exception {
    var all = new ArrayList<String>();
    for (var mail : post.getReceivedMessages()) {
      // The lead that it did not take comes too.
      if (mail.getSubject().startsWith("Endpoint ")) {
        all.add(
            mail.getSubject()
                + "\n"
                + ((MimeMultipart) mail.getContent()).getBodyPart(0).getContent());
      }
    }
    return all;
  }

  @Test
  void greylisting_is_waited_out_and_what_was_said_is_kept() {
    try (var post = FakeMailServer.open().answers("RCPT", "450 4.2.0 greylisted, come again");
        var hub = TestHub.start(folder)) {
      mailServer(hub, post.port());
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(DESK, "mail");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var waiting = hub.awaitAttempts("L-1", endpoint, 1);
      assertThat(waiting.path("state").asString()).isEqualTo("pending");
      assertThat(waiting.path("attempts").path(0).path("status").asInt()).isEqualTo(450);
      assertThat(said(waiting, 0)).contains("greylisted, come again");
      assertThat(waiting.path("attempts").path(0).path("outcome").asString()).isEqualTo("refused");

      hub.clock().advance(Duration.ofSeconds(5));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(post.messages()).hasSize(1);
    }
  }

  @Test
  void a_refusal_for_good_ends_the_delivery_and_it_can_be_sent_again_by_hand() {
    try (var post = FakeMailServer.open().answers("RCPT", "550 5.1.1 no such mailbox");
        var hub = TestHub.start(folder)) {
      mailServer(hub, post.port());
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(DESK, "mail");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var dead = hub.awaitDelivery("L-1", endpoint, "dead");
      assertThat(dead.path("attempts")).hasSize(1);
      assertThat(dead.path("attempts").path(0).path("outcome").asString()).isEqualTo("rejected");
      assertThat(said(dead, 0)).contains("no such mailbox");

      var id = dead.path("id").asString();
      assertThat(hub.api().post("/deliveries/" + id + "/retry", "").status()).isEqualTo(202);
      hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(post.messages().getFirst().text()).contains("Message-ID: <" + id + "@");
    }
  }

  @Test
  void a_server_that_does_not_take_our_own_address_is_tried_again() {
    try (var post =
            FakeMailServer.open()
                .answers("MAIL", "550 5.7.1 you may not send", "554 5.7.1 nor may you");
        var hub = TestHub.start(folder)) {
      mailServer(hub, post.port());
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(DESK, "mail");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      for (int n = 1; n <= 2; n++) {
        var waiting = hub.awaitAttempts("L-1", endpoint, n);
        assertThat(waiting.path("state").asString()).as("after %s", n).isEqualTo("pending");
        assertThat(waiting.path("reason").asString()).contains("our own address", "may");
        hub.clock().advance(Duration.ofMinutes(1));
      }
      hub.awaitDelivery("L-1", endpoint, "delivered");
      // Only the last attempt sent anything.
      List<Integer> sent =
          hub.hub()
              .store()
              .read(h ->
                  h.createQuery("SELECT n FROM attempt WHERE LENGTH(sent_sha256) > 0")
                      .mapTo(Integer.class)
                      .list());
      assertThat(sent).containsExactly(3);
    }
  }

  @Test
  void a_connection_cut_before_within_or_after_the_message_is_tried_again_as_the_same_message() {
    try (var post =
            FakeMailServer.open()
                .answers("CONNECT", FakeMailServer.CUT)
                .answers("DATA", FakeMailServer.CUT)
                .answers(FakeMailServer.MESSAGE, FakeMailServer.CUT, "451 4.3.0 disk full");
        var hub = TestHub.start(folder)) {
      mailServer(hub, post.port());
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(DESK, "mail");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      for (int n = 1; n <= 4; n++) {
        var waiting = hub.awaitAttempts("L-1", endpoint, n);
        assertThat(waiting.path("state").asString()).as("after %s", n).isEqualTo("pending");
        hub.clock().advance(Duration.ofMinutes(2));
      }
      var done = hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(done.path("attempts")).hasSize(5);
      assertThat(done.path("attempts").path(3).path("status").asInt()).isEqualTo(451);
      assertThat(post.messages()).hasSize(1);
    }
  }

  @Test
  void updates_of_one_contact_wait_for_the_lead_before_them() {
    try (var post = FakeMailServer.open().answers("MAIL", "421 4.3.2 busy", "421 4.3.2 busy");
        var hub = TestHub.start(folder)) {
      mailServer(hub, post.port());
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(DESK, "mail");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitAttempts("L-1", endpoint, 1);
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(1)));
      hub.clock().advance(Duration.ofSeconds(5));
      hub.awaitAttempts("L-1", endpoint, 2);
      hub.clock().advance(Duration.ofSeconds(20));
      hub.awaitDelivery("L-2", endpoint, "delivered");
      assertThat(post.messages().get(0).text()).contains("L-1").doesNotContain("L-2");
      assertThat(post.messages().get(1).text()).contains("L-2");
    }
  }

  @Test
  void without_a_mail_server_mails_wait_until_one_is_set() {
    try (var post = FakeMailServer.open();
        var hub = TestHub.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(DESK, "mail");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var waiting = hub.awaitAttempts("L-1", endpoint, 1);
      assertThat(waiting.path("reason").asString()).contains("No mail server is set");
      mailServer(hub, post.port());
      hub.clock().advance(Duration.ofSeconds(5));
      hub.awaitDelivery("L-1", endpoint, "delivered");
    }
  }

  @Test
  void no_address_but_a_plain_one_and_no_contract_but_mail_is_taken() {
    try (var hub = TestHub.start(folder)) {
      for (var url :
          new String[] {
            "mailto:",
            "mailto:a@b@c",
            "mailto:a@example.org,b@example.org",
            "mailto:a@example.org?bcc=b@example.org",
            "mailto:a%0d%0aBcc:b@example.org",
            "mailto:a%0d%0a@c.d",
            "mailto:\"a b\"@example.org",
            "mailto:a@[127.0.0.1]",
            "MAILTO:a@example.org"
          }) {
        var body = Json.object().put("name", "x").put("url", url).put("contract", "mail");
        assertThat(hub.api().post("/endpoints", body.toString()).status()).as(url).isEqualTo(400);
      }
      var http =
          Json.object().put("name", "x").put("url", "http://127.0.0.1:1/").put("contract", "mail");
      assertThat(hub.api().post("/endpoints", http.toString()).status()).isEqualTo(400);
      var post = Json.object().put("name", "x").put("url", DESK).put("contract", "verbatim");
      assertThat(hub.api().post("/endpoints", post.toString()).status()).isEqualTo(400);
    }
  }

  @Test
  void a_trial_shows_the_mail_and_what_the_server_said() {
    try (var post = FakeMailServer.open().answers("RCPT", "550 5.1.1 no such mailbox");
        var hub = TestHub.start(folder)) {
      mailServer(hub, post.port());
      var endpoint = hub.addEndpoint(DESK, "mail");
      var shown = hub.api().post("/endpoints/" + endpoint.id() + "/test", "").json();
      assertThat(shown.path("delivered").asBoolean()).isFalse();
      assertThat(shown.path("status").asInt()).isEqualTo(550);
      assertThat(shown.path("answer_head").asString()).contains("no such mailbox");
      assertThat(shown.path("request_body").asString()).contains("lead_information_version");
      assertThat(shown.path("request_text").asString())
          .contains("Subject: ", "Reply-To: ", "sam.sample@example.com", "12 Sample Street")
          .doesNotContain("Content-Type", "=?", "<meta", "=\n", "\r");
    }
  }
}
