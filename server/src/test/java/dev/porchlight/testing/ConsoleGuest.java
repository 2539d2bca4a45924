package dev.porchlight.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Somebody at the console by plain requests, with cookies and forms as a browser sends them: for
/// tests that need no browser. For one thread.
public final class ConsoleGuest implements AutoCloseable {
  /// The e-mail address and the password of the administrator that [#administrator] makes.
  public static final String EMAIL = "ada@example.org";

  public static final String PASSWORD = "four words make one";

  private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([0-9a-f]{64})\"");

  private final URI hub;
  private final HttpClient client = FakeSender.client();
  private final Map<String, String> cookies = new LinkedHashMap<>();

  private ConsoleGuest(URI hub) {
    this.hub = hub;
  }

  /// Somebody who is not signed in.
  public static ConsoleGuest at(TestHub hub) {
    return new ConsoleGuest(hub.address());
  }

  /// The first administrator, made with the token and signed in.
  public static ConsoleGuest administrator(TestHub hub) {
    var guest = at(hub);
    var made =
        guest.submit(
            "/console/first",
            "/console/first",
            Map.of(
                "token",
                TestHub.ADMIN_TOKEN,
                "name",
                "Ada Example",
                "email",
                EMAIL,
                "new_password",
                PASSWORD));
    if (made.statusCode() != 303) {
      throw new AssertionError("the console is not set up: " + made.body());
    }
    return guest;
  }

  /// Tries to sign in.
  public HttpResponse<String> signIn(String name, String password) {
    return submit(
        "/console/sign-in", "/console/sign-in", Map.of("name", name, "password", password));
  }

  /// What the guest's browser keeps.
  public Map<String, String> cookies() {
    return cookies;
  }

  /// Looks at a page.
  public HttpResponse<String> get(String path, String... headers) {
    return send(request(path, headers).GET());
  }

  /// Fills a form on a page and sends it, with the hidden field that the page has for it.
  public HttpResponse<String> submit(String page, String action, Map<String, String> fields) {
    var all = new LinkedHashMap<>(fields);
    all.put("csrf", csrf(page));
    return post(action, all, "Origin", hub.toString());
  }

  /// The hidden field of the forms on a page.
  public String csrf(String page) {
    var found = CSRF.matcher(get(page).body());
    if (!found.find()) {
      throw new AssertionError("no form on " + page);
    }
    return found.group(1);
  }

  /// Sends a form as it is.
  public HttpResponse<String> post(String action, Map<String, String> fields, String... headers) {
    var body =
        fields.entrySet().stream()
            .map(f ->
                URLEncoder.encode(f.getKey(), UTF_8) + "=" + URLEncoder.encode(f.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    return postRaw(action, body, headers);
  }

  /// Sends a form's body as it is.
  public HttpResponse<String> postRaw(String action, String body, String... headers) {
    return send(
        request(action, headers)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpRequest.Builder request(String path, String... headers) {
    var request = HttpRequest.newBuilder(hub.resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (!cookies.isEmpty()) {
      request.header(
          "Cookie",
          cookies.entrySet().stream()
              .map(c -> c.getKey() + "=" + c.getValue())
              .collect(Collectors.joining("; ")));
    }
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      var answer = client.send(request.timeout(TestHub.PATIENCE).build(), BodyHandlers.ofString());
      answer.headers().allValues("Set-Cookie").forEach(this::keep);
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }

  private void keep(String cookie) {
    var pair = cookie.substring(0, cookie.indexOf(';'));
    var name = pair.substring(0, pair.indexOf('='));
    if (cookie.contains("Max-Age=0;")) {
      cookies.remove(name);
    } else {
      cookies.put(name, pair.substring(name.length() + 1));
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
