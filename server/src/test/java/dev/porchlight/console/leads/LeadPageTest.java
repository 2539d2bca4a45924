package dev.porchlight.console.leads;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import dev.porchlight.value.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class LeadPageTest {
  private static final String ADMIN = "admin-token";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger crmAnswers = new AtomicInteger(200);
  private Hub hub;
  private HttpServer crm;
  private String key;

  @BeforeEach
  void start() throws Exception {
    hub = Hub.start(HubConfig.local(folder.resolve("data"), ADMIN));
    crm = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    crm.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          var answer = "<b>noted</b>".getBytes(UTF_8);
          exchange.sendResponseHeaders(crmAnswers.get(), answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    crm.start();
    key =
        api("/api/v1/sources", "{\"name\":\"portal\",\"contract\":\"connections-plus\"}")
            .path("api_key")
            .asString();
  }

  @AfterEach
  void stop() {
    hub.close();
    crm.stop(0);
    client.close();
  }

  @Test
  void without_a_pass_there_is_nothing_to_see() throws Exception {
    var lead = receive(body("A-1", "Ana", "Is the garden shared?"));
    var other = receive(body("A-2", "Bo", "Another one"));
    var otherToken = tokenOf(link(other));

    for (var path :
        new String[] {
          "/leads/" + lead,
          "/leads/" + lead + "/events",
          "/leads/" + lead + "?token=pll_wrong",
          "/leads/" + lead + "?token=" + otherToken,
          "/leads/01890000-0000-7000-8000-000000000000",
        }) {
      var reply = get(path);
      assertThat(reply.statusCode()).as(path).isEqualTo(401);
      assertThat(reply.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
      assertThat(reply.headers().firstValue("Set-Cookie")).isEmpty();
      assertThat(reply.body())
          .contains("This page needs its link")
          .doesNotContain("Ana")
          .doesNotContain(lead);
    }
    assertThat(get("/leads/" + lead, "Cookie", "porchlight_lead=" + otherToken).statusCode())
        .isEqualTo(401);
    assertThat(get("/leads/" + lead, "Authorization", "Bearer plt_wrong").statusCode())
        .isEqualTo(401);
  }

  @Test
  void a_link_becomes_a_cookie_for_that_page_alone() throws Exception {
    var lead = receive(body("A-1", "Ana", "Is the garden shared?"));

    var first = get(link(lead));

    assertThat(first.statusCode()).isEqualTo(303);
    assertThat(first.headers().firstValue("Location")).hasValue("/leads/" + lead);
    assertThat(first.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
    var cookie = first.headers().firstValue("Set-Cookie").orElseThrow();
    // Plain HTTP on loopback: no Secure.
    assertThat(cookie)
        .matches(
            "porchlight_lead=pll_[0-9A-Za-z]{32}; Path=/leads/"
                + lead
                + "; Max-Age=863\\d\\d; HttpOnly; SameSite=Lax");

    var page = get("/leads/" + lead, "Cookie", "other=1; " + cookie.split(";", 2)[0]);

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().allValues("Cache-Control")).containsExactly("no-store");
    assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
    assertThat(page.headers().firstValue("Content-Security-Policy"))
        .hasValue(
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src"
                + " 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
    assertThat(page.body()).contains("Ana Lopez").doesNotContain("pll_");
    // Followed again with the cookie at hand: the token leaves the address once more.
    assertThat(
            get("/leads/" + lead + "?token=stale", "Cookie", cookie.split(";", 2)[0]).statusCode())
        .isEqualTo(303);
  }

  @Test
  void behind_another_name_than_loopback_the_cookie_is_secure() throws Exception {
    var lead = receive(body("A-1", "Ana", "Is the garden shared?"));
    var target = URI.create(link(lead));
    try (var socket = new java.net.Socket("127.0.0.1", hub.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET "
                      + target.getRawPath()
                      + "?"
                      + target.getRawQuery()
                      + " HTTP/1.1\r\nHost: hub.example.com\r\nConnection: close\r\n\r\n")
                  .getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .contains("303")
          .contains("; HttpOnly; SameSite=Lax; Secure\r\n");
    }
  }

  @Test
  void a_token_of_the_api_shows_what_it_sees() throws Exception {
    var lead = receive(body("A-1", "Ana", "Is the garden shared?"));
    var office =
        api(
            "/api/v1/nodes",
            "{\"kind\":\"office\",\"name\":\"Far\",\"parent\":\"" + company() + "\"}");
    var far =
        api(
                "/api/v1/tokens",
                "{\"name\":\"far\",\"scopes\":[\"read\"],\"node\":\""
                    + office.path("id").asString()
                    + "\"}")
            .path("token")
            .asString();

    assertThat(get("/leads/" + lead, "Authorization", "Bearer " + ADMIN).body())
        .contains("Ana Lopez");
    var foreign = get("/leads/" + lead, "Authorization", "Bearer " + far);
    assertThat(foreign.statusCode()).isEqualTo(404);
    assertThat(foreign.body()).doesNotContain("Ana");
  }

  @Test
  void the_story_tells_all_that_happened() throws Exception {
    endpoint("Team CRM", "connections-plus");
    var first = body("A-1", "Ana", "Is the garden shared?");
    var lead = receive(first);
    receive(first);
    receive(body("A-1", "Ana", "Is the cellar dry?"));

    var page = text(awaitPage(lead, html -> text(html).contains("2 delivered")));

    assertThat(page)
        .contains("Wants to buy")
        .contains("ana@example.com")
        .contains("12 Elm Street, Richmond, VA 23220")
        .contains("$449,900 3 bd 2.5 ba")
        .contains("Received from portal")
        .contains("connections-plus · BuyerLead")
        .contains("/property/baths")
        .contains("Nobody known has this e-mail address or phone number.")
        .contains("Front desk answers")
        .contains("no routing rule assigns the lead")
        .contains("To Team CRM delivered")
        .contains("The lead landed in Default office")
        .contains("Attempt 1 answered 200")
        .contains("<b>noted</b>")
        .contains("lost in this format")
        .contains("Sent again by portal: the same as version 1")
        .contains("Version 2 received from portal")
        .contains("message Is the garden shared? Is the cellar dry?");
  }

  @Test
  void deliveries_of_one_moment_stand_by_their_endpoints_names() throws Exception {
    for (var name : new String[] {"Crm D", "Crm B", "Crm E", "Crm A", "Crm C"}) {
      endpoint(name, "connections-plus");
    }
    var page = text(awaitPage(receive(body("A-1", "Ana", "Hello?")), html -> true));

    assertThat(page)
        .containsSubsequence("To Crm A", "To Crm B", "To Crm C", "To Crm D", "To Crm E");
  }

  @Test
  void a_mended_receipt_keeps_its_history() throws Exception {
    var reply = push("{\"role\":\"buyer\",\"hello\":1}");
    assertThat(reply.statusCode()).isEqualTo(400);
    var receipt =
        apiGet("/api/v1/receipts?state=quarantined").path("items").path(0).path("id").asString();
    api("/api/v1/receipts/" + receipt + "/resubmit", body("A-9", "Ana", "Mended"));
    var lead = apiGet("/api/v1/leads?limit=1").path("items").path(0).path("id").asString();

    assertThat(text(get("/leads/" + lead, "Authorization", "Bearer " + ADMIN).body()))
        .contains("Received from portal, but not readable mended")
        .contains("It mends a receipt that was quarantined; resubmitted by administrator.");
  }

  @Test
  void hostile_content_is_shown_harmless() throws Exception {
    var evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>";
    var json = Json.object();
    json.put("lead_id", evil);
    json.put("role", "buyer");
    json.put("timestamp", "2026-03-14T09:26:53Z");
    json.put("message", evil + "\u202Egnol".repeat(20_000));
    json.put(evil, evil);
    var contact = json.putObject("contact");
    contact.put("first_name", evil);
    contact.put("last_name", "\u202Emoc.live");
    contact.put("email", "a@example.com?bcc=b@example.com\"><script>alert(3)</script>");
    contact.put("phone", "javascript:alert(4)");
    var property = json.putObject("property");
    property.put("listing_url", "javascript:alert(5)");
    property.put("address", evil);

    var lead = receive(json.toString());
    var page = get("/leads/" + lead, "Authorization", "Bearer " + ADMIN).body();

    assertThat(page)
        .contains("&lt;script&gt;alert(1)")
        .doesNotContain("<script>")
        .doesNotContain("<img src=x")
        .doesNotContain("href=\"javascript")
        .doesNotContain("href=\"mailto")
        .doesNotContain("href=\"tel")
        .doesNotContain("\u202E")
        .contains("Clipped: the first 4,000 of");
    assertThat(page).hasSizeLessThan(40_000);
  }

  @Test
  void the_stream_shows_the_state_first_and_then_each_change() throws Exception {
    crmAnswers.set(503);
    endpoint("Team CRM", "porchlight");
    var lead = receive(body("A-1", "Ana", "Is the garden shared?"));
    try (var events = stream(lead)) {
      assertThat(events.next(text -> text.contains("answered 503"))).contains("Ana Lopez");
      crmAnswers.set(200);
      var delivery = apiGet("/api/v1/deliveries").path("items").path(0).path("id").asString();
      api("/api/v1/deliveries/" + delivery + "/retry", "");
      // An attempt and what follows from it may be read a moment apart; the next event has both.
      assertThat(events.next(text -> text.contains("answered 200") && text.contains("1 delivered")))
          .contains("Retried by hand");
      receive(body("A-1", "Ana", "Is the cellar dry?"));
      assertThat(events.next(text -> text.contains("Version 2 received from portal")))
          .contains("Is the cellar dry?");
    }
  }

  @Test
  void the_stream_ends_with_the_hub() throws Exception {
    var lead = receive(body("A-1", "Ana", "Is the garden shared?"));
    try (var events = stream(lead)) {
      events.next(text -> text.contains("Ana Lopez"));
      hub.close();
      assertThat(events.restLines()).isZero();
    }
  }

  @Test
  void files_of_pages_are_kept_for_good_and_hold_their_hash_in_the_name() throws Exception {
    var lead = receive(body("A-1", "Ana", "Is the garden shared?"));
    var page = get("/leads/" + lead, "Authorization", "Bearer " + ADMIN).body();
    var names =
        java.util.regex.Pattern.compile("/assets/[a-z]+-[0-9a-f]{16}\\.[a-z]+")
            .matcher(page)
            .results()
            .map(m -> m.group())
            .distinct()
            .toList();
    assertThat(names).hasSize(3);
    for (var name : names) {
      var reply = get(name);
      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(reply.headers().allValues("Cache-Control"))
          .containsExactly("public, max-age=31536000, immutable");
    }
    assertThat(get("/assets/console.css").statusCode()).isEqualTo(404);
    assertThat(page).doesNotContain("style=").doesNotContainPattern("<script(?! src=)");
  }

  // ---- how a visitor and a portal speak

  private static String body(String id, String name, String message) {
    return """
    {"lead_id": "%s", "role": "buyer", "timestamp": "2026-03-14T09:26:53Z",
     "contact": {"first_name": "%s", "last_name": "Lopez", "email": "%s@example.com"},
     "property": {"address": "12 Elm Street", "city": "Richmond", "state": "VA",
                  "zip_code": "23220", "list_price": 449900, "beds": 3, "baths": 2.5},
     "message": "%s"}
    """
        .formatted(id, name, name.toLowerCase(java.util.Locale.ROOT), message);
  }

  private void endpoint(String name, String contract) throws Exception {
    var json = Json.object();
    json.put("name", name);
    json.put("contract", contract);
    json.put("url", "http://127.0.0.1:" + crm.getAddress().getPort() + "/");
    api("/api/v1/endpoints", json.toString());
  }

  private HttpResponse<String> push(String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(hub.address().resolve("/in/portal/lead"))
            .header("X-API-Key", key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  /// Sends a lead and gives our id of the newest one.
  private String receive(String body) throws Exception {
    assertThat(push(body).statusCode()).isEqualTo(200);
    return apiGet("/api/v1/leads?limit=1").path("items").path(0).path("id").asString();
  }

  private String company() throws Exception {
    for (var node : apiGet("/api/v1/nodes").path("items")) {
      if (node.path("kind").asString().equals("company")) {
        return node.path("id").asString();
      }
    }
    throw new AssertionError("no company");
  }

  private JsonNode api(String path, String body) throws Exception {
    var reply =
        client.send(
            HttpRequest.newBuilder(hub.address().resolve(path))
                .header("Authorization", "Bearer " + ADMIN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    assertThat(reply.statusCode()).as(reply.body()).isBetween(200, 299);
    return Json.tree(reply.body());
  }

  private JsonNode apiGet(String path) throws Exception {
    return Json.tree(get(path, "Authorization", "Bearer " + ADMIN).body());
  }

  private String link(String lead) throws Exception {
    return api("/api/v1/leads/" + lead + "/link", "").path("url").asString();
  }

  private static String tokenOf(String link) {
    return link.substring(link.indexOf("token=") + 6);
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(hub.address().resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /// The page once it fits, as its stream shows it.
  private String awaitPage(String lead, Predicate<String> fits) throws Exception {
    try (var events = stream(lead)) {
      return events.next(fits);
    }
  }

  /// What a reader sees: no tags, entities as what they stand for, one blank between words.
  private static String text(String html) {
    return html.replaceAll("<[^>]*>", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
        .replaceAll("\\s+", " ");
  }

  private Events stream(String lead) throws Exception {
    var reply =
        client.send(
            HttpRequest.newBuilder(hub.address().resolve("/leads/" + lead + "/events"))
                .header("Cookie", "porchlight_lead=" + tokenOf(link(lead)))
                .build(),
            BodyHandlers.ofInputStream());
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    return new Events(reply.body());
  }

  /// Reads server-sent events.
  private static final class Events implements AutoCloseable {
    private final BufferedReader lines;

    Events(InputStream in) {
      lines = new BufferedReader(new InputStreamReader(in, UTF_8));
    }

    /// The data of the next event that fits.
    String next(Predicate<String> fits) throws IOException {
      var data = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data: ")) {
          data.append(line.substring(6)).append('\n');
        } else if (line.isEmpty()) {
          if (fits.test(data.toString())) {
            return data.toString();
          }
          data.setLength(0);
        }
      }
      throw new AssertionError("the stream has ended");
    }

    /// How many lines come until the stream ends.
    int restLines() throws IOException {
      int count = 0;
      while (lines.readLine() != null) {
        count++;
      }
      return count;
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }
}
