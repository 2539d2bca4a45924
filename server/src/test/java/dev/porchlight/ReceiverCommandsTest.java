package dev.porchlight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.cli.CommandLineProgram;
import dev.porchlight.cli.Terminal;
import dev.porchlight.receiver.Listening;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.testing.FakeCrm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What those type who receive events and run no hub.
class ReceiverCommandsTest {
  private record Ran(int code, String out, String err) {}

  private static Ran run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        CommandLineProgram.run(
            args,
            new ThisProcess(),
            new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                false,
                _ -> null));
    return new Ran(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  private static Listening listening(String secret, int status, List<String> shown)
      throws Exception {
    return Listening.start(0, secret, status, shown::addAll);
  }

  @Test
  void a_receiver_that_does_what_it_should_passes_and_shows_what_came() throws Exception {
    var secret = StandardWebhooks.newSecret();
    var shown = Collections.synchronizedList(new ArrayList<String>());
    try (var receiver = listening(secret, 200, shown)) {
      var ran = run("check", receiver.url(), "--secret", secret);
      assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
      assertThat(ran.out().lines().map(l -> l.split(" ", 2)[0])).containsOnly("ok");
      assertThat(ran.out())
          .contains(
              "An event is taken",
              "The same event once more is taken",
              "An event with a wrong signature is refused: the answer was 401",
              "An event without a signature is refused",
              "An event signed an hour ago is refused",
              "The earlier version after it is taken",
              "A message of 100,000 characters is taken",
              "Of 8 events at once all are taken");
    }
    assertThat(shown).anyMatch(l -> l.contains("POST / answered with 200") || l.contains("200"));
    assertThat(shown)
        .contains(
            "  The signature fits.",
            "  Refused: no signature fits any key.",
            "  Refused: a webhook header is missing or empty.",
            "  Refused: the timestamp is too far in the past.");
  }

  @Test
  void a_receiver_that_takes_what_anybody_signs_or_refuses_repeats_fails() {
    var secret = StandardWebhooks.newSecret();
    try (var crm = FakeCrm.open()) {
      var ran = run("check", crm.url("/"), "--secret", secret, "--contract", "connections-plus");
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out())
          .containsPattern("fault +An event with a wrong signature is taken: anybody")
          .containsPattern("fault +An event without a signature is taken")
          .containsPattern("attention +An event signed an hour ago is taken");
      var sent = crm.requests();
      assertThat(sent.get(0).header("webhook-id")).isEqualTo(sent.get(1).header("webhook-id"));
      assertThat(sent.get(0).isSignedWith(secret)).isTrue();
      assertThat(sent.get(0).header("X-Signature")).isNotEmpty();
      assertThat(sent.get(2).isSignedWith(secret)).isFalse();

      crm.answers(200, 409);
      ran = run("check", crm.url("/"), "--json");
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out())
          .contains("The same event once more is not taken: the answer was 409")
          .contains("No secret was named");

      crm.alwaysAnswers(new FakeCrm.Reaction.Status(302, Map.of("Location", "/there"), ""));
      ran = run("check", crm.url("/"));
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out().lines()).hasSize(1);
      assertThat(ran.out()).contains("302", "redirects are not followed");
    }
  }

  @Test
  void a_sample_is_sent_and_the_exchange_shown() {
    var secret = StandardWebhooks.newSecret();
    try (var crm = FakeCrm.open()) {
      crm.answers(new FakeCrm.Reaction.Status(201, Map.of(), "thanks \u001b[31m"));
      var ran =
          run(
              "trigger",
              "lead.updated",
              "--to",
              crm.url("/inbox"),
              "--secret",
              secret,
              "--their-key",
              "their-own");
      assertThat(ran.code()).isZero();
      assertThat(ran.out())
          .contains("POST " + crm.url("/inbox"), "webhook-signature: v1,", "The answer was 201.")
          .contains("thanks  [31m")
          .doesNotContain("their-own");
      var got = crm.requests().getFirst();
      assertThat(got.isSignedWith(secret)).isTrue();
      assertThat(got.header("X-API-Key")).isEqualTo("their-own");
      assertThat(got.text()).contains("lead.updated");

      crm.alwaysAnswers(500);
      assertThat(run("trigger", "lead.created", "--to", crm.url("/")).code()).isEqualTo(1);
      ran = run("trigger", "lead.eaten", "--to", crm.url("/"));
      assertThat(ran.code()).isNotZero();
      assertThat(ran.err()).contains("There is no kind `lead.eaten`");
      ran = run("trigger", "lead.created", "--to", crm.url("/"), "--contract", "mail");
      assertThat(ran.err()).contains("no contract `mail`");
      assertThat(run("check", crm.url("/"), "--secret", "whsec_!").err()).isNotEmpty();
      assertThat(run("check", "ftp://example.org/").code()).isNotZero();
    }
  }
}
