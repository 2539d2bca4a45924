package dev.porchlight.door.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.desk.feed.Bounces;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is read of mails that come back.
class ReturnedMailTest {
  static String report(String status, String action) {
    return """
    From: Mail system <mailer-daemon@mx.example.net>
    To: somebody@example.org
    Subject: Undelivered mail
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="b"

    --b
    Content-Type: text/plain

    We are sorry. Action: failed. Status: 5.1.1
    --b
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.example.net

    Final-Recipient: rfc822; ana@example.org
    Action: %s
    Status: %s (as they say)
    Diagnostic-Code: smtp; 550 no such user

    --b
    Content-Type: message/rfc822

    Subject: the mail

    --b--
    """
        .formatted(action, status);
  }

  private static java.util.List<String> statuses(String mail) {
    return DeliveryReport.statuses(
        mail.replace("\n", "\r\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void only_what_is_written_for_machines_counts() {
    assertThat(statuses(report("5.1.1", "failed")))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("5.1.1");
    assertThat(statuses(report("4.4.1", "delayed"))).isEmpty();
    assertThat(statuses(report("5.1.1", "delayed"))).isEmpty();
    assertThat(statuses(report("4.4.1", "failed"))).isEmpty();
    assertThat(statuses(report("5.1.1", "failed").replace("report-type=delivery-status; ", "")))
        .isEmpty();
    assertThat(statuses("Subject: I am away\n\nAction: failed\nStatus: 5.1.1\n")).isEmpty();
    assertThat(statuses(report("5.1.1", "failed").substring(0, 300))).isEmpty();
    assertThat(statuses("")).isEmpty();
    assertThat(statuses("\u0000\u00ff--b\n\n\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "5.1.1, true",
    "5.1.10, true",
    "5.0.0, true",
    "5.2.1, true",
    "5.4.4, true",
    "5.2.2, false",
    "5.2.3, false",
    "5.3.4, false",
    "5.6.0, false",
    "5.7.1, false",
    "4.1.1, false"
  })
  void what_a_status_says_of_the_address(String status, boolean forGood) {
    assertThat(Bounces.isForGood(status)).isEqualTo(forGood);
  }
}
