package dev.porchlight.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Somebody who is signed in at the console, over one connection.
final class ConsoleVisitor implements AutoCloseable {
  private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([0-9a-f]{64})\"");

  private final URI hub;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, String> cookies = new LinkedHashMap<>();

  private ConsoleVisitor(URI hub) {
    this.hub = hub;
  }

  static ConsoleVisitor signedIn(URI hub, String name, String password)
      throws IOException, InterruptedException {
    var visitor = new ConsoleVisitor(hub);
    visitor.submit("/console/sign-in", Map.of("name", name, "password", password));
    return visitor;
  }

  private void submit(String page, Map<String, String> fields)
      throws IOException, InterruptedException {
    var form = CSRF.matcher(get(page));
    if (!form.find()) {
      throw new IllegalStateException("no form on " + page);
    }
    var all = new LinkedHashMap<>(fields);
    all.put("csrf", form.group(1));
    var body =
        all.entrySet().stream()
            .map(f -> f.getKey() + "=" + URLEncoder.encode(f.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    var answer =
        http.send(
            request(page)
                .header("Origin", hub.toString())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 303) {
      throw new IllegalStateException(page + " was answered " + answer.statusCode());
    }
    keep(answer);
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(hub.resolve(path));
    if (!cookies.isEmpty()) {
      request.header(
          "Cookie",
          cookies.entrySet().stream()
              .map(c -> c.getKey() + "=" + c.getValue())
              .collect(Collectors.joining("; ")));
    }
    return request;
  }

  private void keep(HttpResponse<?> answer) {
    for (var cookie : answer.headers().allValues("Set-Cookie")) {
      var pair = cookie.substring(0, cookie.indexOf(';'));
      cookies.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }
  }

  String get(String path) throws IOException, InterruptedException {
    var answer = http.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
    keep(answer);
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(path + " was answered " + answer.statusCode());
    }
    return answer.body();
  }

  /// What a page is told while it is open.
  ///
  /// @param text one message of the stream
  record Told(String text, long nanos) {}

  /// Listens to what a page is told, until it is closed.
  BlockingQueue<Told> listen(String path) throws IOException, InterruptedException {
    var told = new LinkedBlockingQueue<Told>();
    var answer =
        http.send(
            request(path).header("Accept", "text/event-stream").GET().build(),
            HttpResponse.BodyHandlers.ofInputStream());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(path + " was answered " + answer.statusCode());
    }
    Thread.ofVirtual()
        .start(() -> {
          var reader =
              new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
          var message = new StringBuilder();
          try (reader) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
              if (line.isEmpty()) {
                told.add(new Told(message.toString(), System.nanoTime()));
                message.setLength(0);
              } else {
                message.append(line).append('\n');
              }
            }
          } catch (IOException e) {
            // The run is over.
            told.add(new Told("", System.nanoTime()));
          }
        });
    return told;
  }

  /// When a text was among what a page was told; nothing that came before counts.
  static long await(BlockingQueue<Told> told, String text) throws InterruptedException {
    while (true) {
      var one = told.poll(30, TimeUnit.SECONDS);
      if (one == null) {
        throw new IllegalStateException("the page was never told of " + text);
      }
      if (one.text().contains(text)) {
        return one.nanos();
      }
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
