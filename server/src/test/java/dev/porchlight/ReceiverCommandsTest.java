package dev.porchlight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.api.MessageSchemas;
import dev.porchlight.cli.CommandLineProgram;
import dev.porchlight.cli.Terminal;
import dev.porchlight.crash.LoadedClasses;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.receiver.Listening;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.value.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.dataformat.yaml.YAMLMapper;

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
      ran = run("trigger", "lead.created", "--to", "notaurl");
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out()).startsWith("It was not sent: ");
      ran = run("trigger", "lead.eaten", "--to", crm.url("/"));
      assertThat(ran.code()).isNotZero();
      assertThat(ran.err()).contains("There is no kind `lead.eaten`");
      ran = run("trigger", "lead.created", "--to", crm.url("/"), "--contract", "mail");
      assertThat(ran.err())
          .contains("no contract `mail`", "lead-delivery, ", "porchlight, ")
          .doesNotContain(", mail");
      assertThat(run("check", crm.url("/"), "--secret", "whsec_!").err()).isNotEmpty();
      assertThat(run("check", "ftp://example.org/").code()).isNotZero();
    }
  }

  /// What the document describes, what endpoints can ask for, and what is sent to try a receiver
  /// are the same kinds.
  @Test
  void every_kind_that_a_hub_sends_is_described_and_has_a_sample_that_fits() throws Exception {
    var document =
        new YAMLMapper().readTree(Files.readAllBytes(Path.of("../contracts/asyncapi.yaml")));
    var schemas = new MessageSchemas(document);
    var described = new TreeMap<String, String>();
    for (var message : document.path("channels").path("/").at("/subscribe/message/oneOf")) {
      var schema = schemas.payload(message);
      var type = document.path("components").path("schemas").path(schema).at("/properties/type");
      if (type.has("const")) {
        described.put(type.path("const").asString(), schema);
      }
      type.path("enum").forEach(kind -> described.put(kind.asString(), schema));
    }
    assertThat(described.keySet()).containsExactlyInAnyOrderElementsOf(EndpointSetup.EVENTS);
    var page = Files.readString(Path.of("../docs/doors/own-events.md"));
    var samples = ThisProcess.samples("porchlight");
    for (var kind : described.entrySet()) {
      assertThat(page).contains("`" + kind.getKey() + "`");
      var sample =
          Json.tree(new String(samples.write(kind.getKey(), "s", 1, 1, "x").body(), UTF_8));
      assertThat(sample.path("type").asString()).isEqualTo(kind.getKey());
      assertThat(sample.toString()).doesNotContain("\"\"");
      assertThat(schemas.problems(kind.getValue(), sample)).as(sample.toString()).isEmpty();
    }
    try (var crm = FakeCrm.open()) {
      assertThat(run("trigger", "endpoint.disabled", "--to", crm.url("/")).code()).isZero();
      assertThat(crm.requests().getLast().text()).contains("endpoint.disabled", "Sample CRM");
      // A contract that carries leads carries them here too.
      var ran = run("trigger", "lead.created", "--to", crm.url("/"), "--contract", "seeker-leads");
      assertThat(ran.code()).as(ran.err()).isZero();
      ran = run("trigger", "endpoint.failing", "--to", crm.url("/"), "--contract", "lead-delivery");
      assertThat(ran.err()).contains("carries leads only: lead.created, lead.updated");
      ran = run("trigger", "lead.eaten", "--to", crm.url("/"));
      assertThat(ran.err()).contains("There is no kind `lead.eaten`").contains(described.keySet());
    }
  }

  /// As a process of its own, as whoever types it has it.
  @Test
  @Timeout(60)
  @DisabledOnOs(OS.WINDOWS)
  void what_arrives_at_a_listening_process_is_printed_until_it_is_told_to_end(@TempDir Path folder)
      throws Exception {
    var secret = StandardWebhooks.newSecret();
    var log = folder.resolve("log");
    var command = LoadedClasses.java();
    command.addAll(
        List.of("dev.porchlight.Porchlight", "listen", "--port", "0", "--secret", secret));
    var process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    try (var out = process.inputReader(UTF_8)) {
      var greeting = out.readLine();
      assertThat(greeting)
          .as(Files.readString(log))
          .startsWith("What arrives at http://127.0.0.1:");
      var url = greeting.split(" ")[3];
      assertThat(run("trigger", "lead.created", "--to", url, "--secret", secret).code()).isZero();
      // At once, also where no terminal is at the other end.
      assertThat(out.readLine()).contains("POST /, answered with 200");
      assertThat(run("trigger", "lead.created", "--to", url).code()).isEqualTo(1);
      // As Ctrl-C does.
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      var printed = out.lines().toList();
      assertThat(printed).filteredOn(l -> l.contains("POST /, answered with 401")).hasSize(1);
      assertThat(printed)
          .contains("  The signature fits.", "  Refused: a webhook header is missing or empty.")
          .anyMatch(l -> l.contains("\"type\" : \"lead.created\""));
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(log).isEmptyFile();
    } finally {
      process.destroyForcibly();
    }
  }
}
