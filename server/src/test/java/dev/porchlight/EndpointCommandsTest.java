package dev.porchlight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.cli.CommandLineProgram;
import dev.porchlight.cli.Terminal;
import dev.porchlight.testing.Certificates;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeMailServer;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the command line says of receivers in trouble, and of those that want to see a certificate.
class EndpointCommandsTest {
  @TempDir Path folder;

  private record Ran(int code, String out, String err) {}

  private static Ran run(TestHub hub, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var environment =
        Map.of(
            "PORCHLIGHT_URL",
            hub.address().toString(),
            "PORCHLIGHT_ADMIN_TOKEN",
            TestHub.ADMIN_TOKEN);
    int code =
        CommandLineProgram.run(
            args,
            new ThisProcess(),
            new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                false,
                environment::get));
    return new Ran(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  @Test
  void enabling_says_what_waited_and_names_the_command_that_brings_back_what_was_given_up() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(crm.url("/crm"), "porchlight", b -> b.put("final_refusals", true));
      assertThat(hub.api().read("/endpoints/" + endpoint.id()).has("missed")).isFalse();
      var began = hub.clock().instant();
      crm.answers(422);
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitDelivery("L-1", endpoint, "dead");
      hub.clock().advance(Duration.ofMinutes(1));
      crm.answers(410);
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.awaitAttempts("L-2", endpoint, 1);
      portal.post(LeadBodies.buyer("L-3", InventedPerson.of(3)));

      var missed = hub.api().read("/endpoints/" + endpoint.id()).path("missed");
      assertThat(missed.path("since").asString()).isEqualTo(began.toString());
      assertThat(missed.path("waiting").asInt()).isEqualTo(2);
      assertThat(missed.path("given_up").asInt()).isEqualTo(1);

      assertThat(run(hub, "doctor").out()).contains("1 delivery was given up");

      var url = crm.url("/other").toString();
      assertThat(run(hub, "endpoint", "set", endpoint.id(), "--tests", "--to", url).code())
          .isZero();
      var set = hub.api().read("/endpoints/" + endpoint.id());
      assertThat(set.path("tests").asBoolean()).isTrue();
      assertThat(set.path("url").asString()).isEqualTo(url);
      assertThat(run(hub, "endpoint", "set", endpoint.id(), "--no-tests").code()).isZero();
      set = hub.api().read("/endpoints/" + endpoint.id());
      assertThat(set.path("tests").asBoolean()).isFalse();
      assertThat(run(hub, "endpoint", "set", endpoint.id(), "--bearer", "a\r\nb").err())
          .contains("no line break");

      var enabled = run(hub, "endpoint", "set", endpoint.id(), "--no-disabled");
      assertThat(enabled.code()).as(enabled.err()).isZero();
      assertThat(enabled.out()).contains("so many have waited, and go out from now on: 2.");
      assertThat(enabled.out()).contains("Given up meanwhile: 1.");
      var command = enabled.out().lines().toList().getLast().strip();
      assertThat(command).startsWith("porchlight replay start ");
      hub.clock().advance(Duration.ofMinutes(1));
      hub.awaitDelivery("L-2", endpoint, "delivered");
      hub.awaitDelivery("L-3", endpoint, "delivered");
      var replayed = run(hub, command.substring("porchlight ".length()).split(" "));
      assertThat(replayed.code()).as(replayed.err()).isZero();
      hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(hub.api().read("/endpoints/" + endpoint.id()).has("missed")).isFalse();
    }
  }

  @Test
  void a_mail_is_shown_as_it_is_read_line_by_line_and_as_it_is_sent_on_request() {
    try (var post = FakeMailServer.open();
        var hub = TestHub.start(folder)) {
      var server = Json.object().put("host", "127.0.0.1").put("port", post.port());
      server.put("security", "none").put("from", "hub@example.org");
      assertThat(hub.api().patch("/mail-server", server).status()).isEqualTo(200);
      var added = run(hub, "endpoint", "add", "desk", "--to", "mailto:desk@example.org");
      assertThat(added.out()).contains("Endpoint desk gets leads").doesNotContain("secret");
      var shown = run(hub, "endpoint", "test", "desk");
      assertThat(shown.code()).as(shown.err()).isZero();
      assertThat(shown.out().lines())
          .contains("Mail to desk@example.org", "  Name: Sam Sample", "  Beds: 3")
          .noneMatch(l -> l.contains("Content-Transfer-Encoding"));
      var raw = run(hub, "endpoint", "test", "desk", "--raw");
      assertThat(raw.out().lines()).anyMatch(l -> l.contains("Content-Transfer-Encoding"));
    }
  }

  @Test
  void certificates_come_from_files_and_are_taken_away_again() throws Exception {
    var servers = Certificates.authority("Servers");
    var clients = Certificates.authority("Clients");
    var own = clients.sign("own");
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.openDemanding(hub.clock(), servers.sign("CRM").serverTaking(clients))) {
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var cert = Files.writeString(folder.resolve("cert.pem"), own.pem()).toString();
      var key = Files.writeString(folder.resolve("key.pem"), own.key()).toString();
      var ca = Files.writeString(folder.resolve("ca.pem"), servers.pem()).toString();
      var half = run(hub, "endpoint", "set", endpoint.id(), "--client-cert", cert);
      assertThat(half.code()).isNotZero();
      assertThat(half.err()).contains("go together");
      var none = run(hub, "endpoint", "set", endpoint.id(), "--client-key", key + ".none");
      assertThat(none.err()).contains("can't be read");
      assertThat(
              run(
                      hub,
                      "endpoint",
                      "set",
                      endpoint.id(),
                      "--client-cert",
                      cert,
                      "--client-key",
                      key,
                      "--authorities",
                      ca)
                  .code())
          .isZero();
      assertThat(run(hub, "endpoint", "test", endpoint.id()).code()).isZero();
      assertThat(crm.requests().getLast().peer()).isEqualTo("CN=own");
      var taken = run(hub, "endpoint", "set", endpoint.id(), "--client-cert", "");
      assertThat(taken.code()).as(taken.err()).isZero();
      assertThat(run(hub, "endpoint", "test", endpoint.id()).code()).isNotZero();
    }
  }
}
