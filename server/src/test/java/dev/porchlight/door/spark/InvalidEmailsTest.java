package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.FakeMailServer;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Addresses of contacts at which no mail arrives.
class InvalidEmailsTest {
  @TempDir Path folder;

  @Test
  void an_address_that_is_refused_or_comes_back_for_good_gets_no_more() throws Exception {
    try (var post =
            FakeMailServer.open()
                .answers(
                    "RCPT",
                    "450 4.2.1 come again",
                    "550 5.7.1 <ana@example.org>: we don't like you",
                    "550 5.1.1 <ana@example.org>: no such mailbox");
        var world = new SparkWorld(TestHub.in(folder).config(c -> c.withSmtp(0)).start())) {
      var server = Json.object().put("host", "127.0.0.1").put("security", "none");
      server.put("port", post.port()).put("from", "hub@porch.example.org");
      server.put("return_domain", "returns.example.org").put("links", "https://hub.example.org/");
      assertThat(world.hub.api().patch("/mail-server", server).status()).isEqualTo(200);
      var listings = new HarborListings(world);
      var agent = world.key("private");
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      listings.waits(agent, ana, "");

      // Greylisted, then refused by policy: neither says that the address is none.
      listings.changes("1", 1);
      await(world, "pending", 1);
      world.hub.clock().advance(Duration.ofMinutes(6));
      var refused = await(world, "dead", 1);
      assertThat(refused.path("attempts_made").intValue()).isEqualTo(2);
      world.hub.clock().advance(Duration.ofMinutes(6));
      listings.changes("2", 1);
      // It is nothing for anybody to mend.
      assertThat(await(world, "dropped", 1).path("reason").asString())
          .contains("there is no such address");
      awaitInvalid(world, agent, ana, "[\"ana@example.org\"]");
      assertThat(
              world
                  .get(
                      agent,
                      "/v1/contacts?_filter="
                          + SparkWorld.encode("InvalidEmails Eq 'ANA@example.org'"))
                  .result()
                  .path("Id")
                  .asString())
          .isEqualTo(ana);
      var spark = "/v1/contacts/" + ana;
      world.as(agent, "PUT", spark, "{\"D\":{\"InvalidEmails\":[]}}").failed(400, 1053);

      // Another address is told; that one comes back.
      world
          .as(
              agent,
              "PUT",
              spark,
              "{\"D\":{\"SecondaryEmails\":[\"two@example.org\"],"
                  + "\"AdditionalNotificationEmails\":[\"two@example.org\"]}}")
          .succeeded(200);
      world.hub.clock().advance(Duration.ofMinutes(6));
      listings.changes("3", 1);
      var mail = post.await(1).getFirst();
      assertThat(mail.recipients()).containsExactly("two@example.org");
      assertThat(mail.text())
          .contains("List-Unsubscribe: <https://hub.example.org/unsubscribe/")
          .doesNotContain("Return-Path");
      assertThat(mail.sender()).matches("r-[0-9a-f]{52}@returns.example.org");
      int port = world.hub.hub().smtpPort().orElseThrow();
      var report = report("5.1.1");
      var forged = mail.sender().replaceFirst("[0-9a-f]@", "x@").replace("x@", "0@");
      forged = forged.equals(mail.sender()) ? mail.sender().replace("0@", "1@") : forged;
      assertThat(bring(port, forged, report)).startsWith("550 5.1.1");
      assertThat(bring(port, mail.sender(), "Subject: I am away\r\n\r\nUntil Monday.\r\n"))
          .startsWith("250");
      assertThat(bring(port, mail.sender(), report("4.4.7"))).startsWith("250");
      awaitInvalid(world, agent, ana, "[\"ana@example.org\"]");
      assertThat(bring(port, mail.sender().toUpperCase(java.util.Locale.ROOT), report))
          .startsWith("250");
      awaitInvalid(world, agent, ana, "[\"ana@example.org\",\"two@example.org\"]");
      // Twice is once.
      assertThat(bring(port, mail.sender(), report)).startsWith("250");
      awaitInvalid(world, agent, ana, "[\"ana@example.org\",\"two@example.org\"]");

      // The agent takes one off, and mail goes there again.
      var own = "/contacts/" + ana;
      var body = Json.object();
      body.putArray("invalid_emails").add("two@example.org").add("other@example.org");
      assertThat(world.hub.api().patch(own, body).status()).isEqualTo(400);
      body.putArray("invalid_emails").add("two@example.org");
      assertThat(world.hub.api().patch(own, body).status()).isEqualTo(200);
      awaitInvalid(world, agent, ana, "[\"two@example.org\"]");
      world.hub.clock().advance(Duration.ofMinutes(6));
      listings.changes("4", 1);
      assertThat(post.await(2).getLast().recipients()).containsExactly("ana@example.org");

      // What waits is not sent to who wants no mail by then.
      post.answers("RCPT", "450 4.2.1 <ana@example.org>: come again");
      world.hub.clock().advance(Duration.ofMinutes(6));
      listings.changes("5", 1);
      await(world, "pending", 1);
      listings.allows("ana@example.org", false);
      world.hub.clock().advance(Duration.ofMinutes(6));
      assertThat(await(world, "unwritable", 1).path("reason").asString()).contains("wants no mail");
      listings.allows("ana@example.org", true);

      // Erased, the contact gets nothing more, and nothing of the mails says who it was.
      post.answers("RCPT", "450 4.2.1 <ana@example.org>: come again");
      world.hub.clock().advance(Duration.ofMinutes(6));
      listings.changes("6", 1);
      await(world, "pending", 1);
      var person = world.hub.api().read(own).path("person_id").asString();
      var erased = world.hub.api().post("/persons/" + person + "/erase", "");
      assertThat(erased.status()).as(erased.toString()).isEqualTo(200);
      world.hub.clock().advance(Duration.ofMinutes(6));
      listings.changes("7", 1);
      assertThat(
              world
                  .hub
                  .hub()
                  .store()
                  .<List<String>>read(h -> {
                    var left =
                        new java.util.ArrayList<>(
                            h.createQuery("SELECT addresses FROM feed_notice")
                                .mapTo(String.class)
                                .list());
                    h.createQuery("SELECT answer FROM attempt")
                        .map((r, _) -> new String(r.getBytes(1), StandardCharsets.UTF_8))
                        .forEach(left::add);
                    h.createQuery("SELECT reason FROM delivery_state")
                        .mapTo(String.class)
                        .forEach(left::add);
                    return left;
                  }))
          .noneMatch(text -> text.contains("@"));
      assertThat(world.hub.items("/deliveries?state=pending")).isEmpty();
      assertThat(post.messages()).hasSize(2);
    }
  }

  private static tools.jackson.databind.JsonNode await(SparkWorld world, String state, int count) {
    return world.hub.await(
        count + " deliveries to be " + state,
        () ->
            Optional.of(
                    world.hub.items("/deliveries?limit=50").stream()
                        .filter(d -> d.path("state").asString().equals(state))
                        .filter(d -> d.path("attempts_made").intValue() > 0)
                        .toList())
                .filter(d -> d.size() >= count)
                .map(List::getFirst));
  }

  private static void awaitInvalid(
      SparkWorld world, SparkWorld.Key agent, String contact, String wanted) {
    world.hub.await(
        "invalid addresses " + wanted,
        () ->
            Optional.of(
                    world
                        .get(agent, "/v1/contacts/" + contact + "?_select=InvalidEmails")
                        .result()
                        .path("InvalidEmails")
                        .toString())
                .filter(wanted::equals));
  }

  private static String report(String status) {
    return """
    From: Mail system <mailer-daemon@mx.example.net>
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="b"

    --b
    Content-Type: text/plain

    We are sorry.
    --b
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.example.net

    Final-Recipient: rfc822; two@elsewhere.example.net
    Action: failed
    Status: %s

    --b--
    """
        .formatted(status)
        .replace("\n", "\r\n");
  }

  /// Brings one mail as mail servers bring back what they can't deliver; gives the last reply.
  private static String bring(int port, String to, String mail) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) TestHub.PATIENCE.toMillis());
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      in.readLine();
      var reply = "";
      for (var line :
          List.of(
              "HELO mx.example.net", "MAIL FROM:<>", "RCPT TO:<" + to + ">", "DATA", mail + ".")) {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        reply = in.readLine();
        if (reply.startsWith("5")) {
          return reply;
        }
      }
      return reply;
    }
  }
}
