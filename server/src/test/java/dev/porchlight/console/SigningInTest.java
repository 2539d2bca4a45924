package dev.porchlight.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.porchlight.access.Audit;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SigningInTest {
  @TempDir Path folder;

  @Test
  void the_administrators_token_makes_the_first_one_who_then_signs_in_with_a_password() {
    try (var hub = TestHub.start(folder);
        var stranger = ConsoleGuest.at(hub)) {
      assertThat(stranger.get("/").headers().firstValue("Location")).hasValue("/console");
      var turnedAway = stranger.get("/console/leads?source=x");
      assertThat(turnedAway.statusCode()).isEqualTo(303);
      assertThat(turnedAway.headers().firstValue("Location"))
          .hasValue("/console/sign-in?next=%2Fconsole%2Fleads%3Fsource%3Dx");
      assertThat(stranger.get("/console/sign-in").body())
          .contains("Nobody can sign in here yet", "/console/first");
      var fields =
          Map.of("name", "Eve", "email", "eve@example.org", "new_password", "long enough it is");
      for (var wrong : new String[] {"", "plt_wrong"}) {
        var with = new java.util.HashMap<>(fields);
        with.put("token", wrong);
        var refused = stranger.submit("/console/first", "/console/first", with);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("not an administrator");
      }

      try (var ada = ConsoleGuest.administrator(hub)) {
        assertThat(ada.get("/console/leads").body())
            .contains(
                "Ada Example", "Administrator", "No leads yet", "href=\"/console/sources/new\"");
      }
      var page = stranger.get("/console/sign-in");
      assertThat(page.body()).doesNotContain("/console/first");
      assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'", "script-src 'self'", "style-src 'self'")
          .doesNotContain("unsafe");
      var in = stranger.signIn("ADA@example.org", ConsoleGuest.PASSWORD);
      assertThat(in.statusCode()).isEqualTo(303);
      assertThat(in.headers().firstValue("Location")).hasValue("/console");
      assertThat(in.headers().allValues("Set-Cookie"))
          .anyMatch(c ->
              c.matches(
                  "porchlight=plw_[0-9A-Za-z]{32}; Path=/; Max-Age=604800; HttpOnly;"
                      + " SameSite=Lax"));
      assertThat(stranger.get("/console/me").body()).contains("Where you are signed in");
    }
  }

  @Test
  void whoever_guesses_learns_nothing_and_waits_longer_each_time() {
    try (var hub = TestHub.start(folder);
        var _ = ConsoleGuest.administrator(hub);
        var guesser = ConsoleGuest.at(hub)) {
      var known = guesser.signIn(ConsoleGuest.EMAIL, "a wrong password");
      var unknown = guesser.signIn("nobody@example.org", "a wrong password");
      assertThat(known.statusCode()).isEqualTo(401);
      assertThat(known.body()).contains("The name or the password is wrong.");
      assertThat(unknown.statusCode()).isEqualTo(401);
      assertThat(unknown.body().replace("nobody@example.org", ConsoleGuest.EMAIL))
          .isEqualTo(known.body());

      for (var name : new String[] {ConsoleGuest.EMAIL, "nobody@example.org"}) {
        guesser.signIn(name, "a wrong password");
        guesser.signIn(name, "a wrong password");
        var wait = guesser.signIn(name, ConsoleGuest.PASSWORD);
        assertThat(wait.statusCode()).as(name).isEqualTo(429);
        assertThat(wait.headers().firstValue("Retry-After")).hasValue("1");
      }
      hub.clock().advance(Duration.ofSeconds(1));
      assertThat(guesser.signIn(ConsoleGuest.EMAIL, "wrong again").statusCode()).isEqualTo(401);
      hub.clock().advance(Duration.ofSeconds(1));
      assertThat(guesser.signIn(ConsoleGuest.EMAIL, ConsoleGuest.PASSWORD).statusCode())
          .isEqualTo(429);
      hub.clock().advance(Duration.ofSeconds(1));
      assertThat(guesser.signIn(ConsoleGuest.EMAIL, ConsoleGuest.PASSWORD).statusCode())
          .isEqualTo(303);
    }
  }

  @Test
  void a_session_ends_by_idling_by_age_by_signing_out_and_by_a_new_password() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var other = ConsoleGuest.at(hub)) {
      other.signIn(ConsoleGuest.EMAIL, ConsoleGuest.PASSWORD);
      assertThat(signedIn(ada) && signedIn(other)).isTrue();

      hub.clock().advance(Duration.ofHours(11));
      assertThat(signedIn(ada)).isTrue();
      hub.clock().advance(Duration.ofHours(2));
      assertThat(signedIn(ada)).isTrue();
      assertThat(signedIn(other)).as("idle for 13 hours").isFalse();

      other.signIn(ConsoleGuest.EMAIL, ConsoleGuest.PASSWORD);
      var theirs = Map.copyOf(other.cookies());
      assertThat(
              other
                  .submit("/console/me", "/console/sign-out", Map.of())
                  .headers()
                  .firstValue("Location"))
          .hasValue("/console/sign-in");
      assertThat(other.cookies()).doesNotContainKey("porchlight");
      other.cookies().putAll(theirs);
      assertThat(signedIn(other)).as("the cookie kept by somebody").isFalse();
      assertThat(signedIn(ada)).isTrue();

      other.signIn(ConsoleGuest.EMAIL, ConsoleGuest.PASSWORD);
      var wrong =
          ada.submit(
              "/console/me",
              "/console/me/password",
              Map.of("password", "not mine", "new_password", "short"));
      assertThat(wrong.statusCode()).isEqualTo(422);
      assertThat(wrong.body()).contains("This is not your password.", "10 to 256 characters");
      assertThat(signedIn(other)).isTrue();
      ada.submit(
          "/console/me",
          "/console/me/password",
          Map.of("password", ConsoleGuest.PASSWORD, "new_password", "another one of mine"));
      assertThat(signedIn(ada)).isTrue();
      assertThat(signedIn(other)).as("the old password's").isFalse();

      other.signIn(ConsoleGuest.EMAIL, "another one of mine");
      ada.submit("/console/me", "/console/sign-out-everywhere", Map.of());
      assertThat(signedIn(other) || signedIn(ada)).isFalse();

      ada.signIn(ConsoleGuest.EMAIL, "another one of mine");
      for (int hours = 0; hours < 7 * 24; hours += 8) {
        assertThat(signedIn(ada)).as(hours + " hours").isTrue();
        hub.clock().advance(Duration.ofHours(8));
      }
      assertThat(signedIn(ada)).as("after seven days").isFalse();
    }
  }

  @Test
  void forms_of_other_pages_do_nothing() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub)) {
      var csrf = ada.csrf("/console/me");
      var here = hub.address().toString();
      assertThat(ada.post("/console/sign-out", Map.of(), "Origin", here).statusCode())
          .isEqualTo(403);
      assertThat(ada.post("/console/sign-out", Map.of("csrf", "0".repeat(64))).statusCode())
          .isEqualTo(403);
      for (var foreign :
          new String[][] {
            {"Origin", "https://evil.example"},
            {"Origin", "null"},
            {"Origin", here + ".evil.example"},
            {"Sec-Fetch-Site", "cross-site"},
            {"Sec-Fetch-Site", "same-site"}
          }) {
        assertThat(ada.post("/console/sign-out", Map.of("csrf", csrf), foreign).statusCode())
            .as(String.join(": ", foreign))
            .isEqualTo(403);
      }
      assertThat(signedIn(ada)).isTrue();
      // Signing somebody in as somebody else is refused in the same way.
      var fields = Map.of("name", ConsoleGuest.EMAIL, "password", ConsoleGuest.PASSWORD);
      try (var victim = ConsoleGuest.at(hub)) {
        assertThat(victim.post("/console/sign-in", fields).statusCode()).isEqualTo(403);
      }
      assertThat(
              ada.post("/console/sign-out", Map.of(), "X-CSRF-Token", csrf, "Origin", here)
                  .statusCode())
          .isEqualTo(303);
      assertThat(
              ada.get("/console/leads", "HX-Request", "true").headers().firstValue("HX-Redirect"))
          .hasValue("/console/sign-in?next=%2Fconsole%2Fleads");
      // Nobody is led elsewhere after signing in.
      for (var next :
          new String[] {
            "https://evil.example", "//evil.example", "/console//evil", "/console/../x\\evil"
          }) {
        var led =
            ada.submit(
                "/console/sign-in",
                "/console/sign-in",
                Map.of(
                    "name", ConsoleGuest.EMAIL, "password", ConsoleGuest.PASSWORD, "next", next));
        assertThat(led.headers().firstValue("Location")).as(next).hasValue("/console");
        ada.submit("/console/me", "/console/sign-out", Map.of());
      }
    }
  }

  @Test
  void away_from_loopback_cookies_are_secure_and_of_this_host_alone() throws Exception {
    try (var hub = TestHub.start(folder);
        var socket = new Socket("127.0.0.1", hub.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET /console/sign-in HTTP/1.1\r\nHost: hub.example.org\r\n"
                      + "Cookie: porchlight_form="
                      + "a".repeat(32)
                      + "\r\nConnection: close\r\n\r\n")
                  .getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .containsPattern(
              "Set-Cookie: __Host-porchlight_form=[0-9A-Za-z]{32}; Path=/; Max-Age=43200;"
                  + " HttpOnly; SameSite=Lax; Secure\r\n")
          .doesNotContain("a".repeat(32));
    }
  }

  @Test
  void a_link_signs_somebody_in_once() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var guest = ConsoleGuest.at(hub)) {
      assertThat(signedIn(ada)).isTrue();
      var member =
          hub.items("/nodes").stream()
              .filter(n -> n.path("name").asString().equals("Ada Example"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .asString();
      var link =
          URI.create(
              hub.api()
                  .make("/nodes/" + member + "/sign-in-link", Json.object())
                  .path("url")
                  .asString());
      var path = link.getPath() + "?" + link.getQuery();
      // Looking at it, as a mail's preview does, does not use it up.
      assertThat(guest.get(path).body()).contains("You are Ada Example");
      assertThat(guest.get(path).statusCode()).isEqualTo(200);
      var token = Map.of("token", link.getQuery().substring("token=".length()));
      var in = guest.submit(path, "/console/enter", token);
      assertThat(in.statusCode()).isEqualTo(303);
      assertThat(signedIn(guest)).isTrue();
      try (var second = ConsoleGuest.at(hub)) {
        assertThat(second.get(path).statusCode()).isEqualTo(401);
        assertThat(second.submit("/console/sign-in", "/console/enter", token).statusCode())
            .isEqualTo(401);
        var late =
            URI.create(
                hub.api()
                    .make("/nodes/" + member + "/sign-in-link", Json.object())
                    .path("url")
                    .asString());
        hub.clock().advance(Duration.ofMinutes(16));
        assertThat(second.get(late.getPath() + "?" + late.getQuery()).statusCode()).isEqualTo(401);
      }
    }
  }

  @Test
  void it_is_written_down_who_did_what_and_who_looked_at_whom() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub)) {
      hub.addSource("portal", "connections-plus")
          .post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var lead = hub.story("L-1").path("id").asString();
      ada.get("/console/leads/" + lead);
      ada.get("/console/leads/" + lead);
      ada.submit("/console/leads/" + lead, "/console/leads/" + lead + "/answered", Map.of());
      hub.api().read("/leads/" + lead);
      // No line of the log says that it was written.
      Awaitility.await()
          .atMost(TestHub.PATIENCE)
          .untilAsserted(() ->
              assertThat(hub.items("/audit?subject=" + lead))
                  .extracting(
                      e -> e.path("principal").asString().replaceFirst(" .*", ""),
                      e -> e.path("act").asString())
                  .containsExactlyInAnyOrder(
                      tuple("member", "GET /console/leads/{id}"),
                      tuple("member", "POST /console/leads/{id}/answered"),
                      tuple("administrator", "GET /api/v1/leads/{id}")));
      assertThat(ada.get("/console/audit?subject=" + lead).body())
          .contains("Ada Example", "POST /console/leads/{id}/answered")
          .doesNotContain("Nothing here");

      hub.clock().advance(Audit.KEPT.plusDays(1));
      Awaitility.await()
          .atMost(TestHub.PATIENCE)
          .untilAsserted(() -> assertThat(hub.items("/audit?subject=" + lead)).isEmpty());
    }
  }

  private static boolean signedIn(ConsoleGuest guest) {
    return guest.get("/console/me").statusCode() == 200;
  }
}
