package dev.porchlight.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A portal of the Seeker Leads contract on loopback, for whoever reads from one: `POST
/// /oauth/token` and `GET /seeker-leads/v1/leads`, as strict as the contract allows, with faults on
/// demand. Safe for use by many threads.
public final class FakePortal implements AutoCloseable {
  /// Who may have tokens.
  public static final String CLIENT_ID = "a-client";

  /// And by what.
  public static final String CLIENT_SECRET = "the-secret-of-the-client";

  /// How long its tokens hold.
  public static final Duration LIFE = Duration.ofHours(24);

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long WEEK = 7 * 24 * 60 * 60;

  /// One request for leads or for a token.
  ///
  /// @param nanos when it came, of [System#nanoTime]
  /// @param query empty for a token
  /// @param status what it was answered; 0 for no whole answer
  public record Asked(String path, Map<String, String> query, long nanos, int status) {}

  /// What to do in place of a right answer to the next request for leads.
  public sealed interface Fault {
    /// Answer so.
    record Status(int status, Map<String, String> headers, String body) implements Fault {
      public Status {
        headers = Map.copyOf(headers);
      }
    }

    /// Cut the connection before the answer.
    record Cut() implements Fault {}

    /// Cut it in the middle of the right answer.
    record CutInside() implements Fault {}

    /// Answer 200 with the first half of the right answer as if it were whole.
    record Half() implements Fault {}

    /// Answer rightly once the latch is open.
    record Held(CountDownLatch latch) implements Fault {}

    /// Give what is the right answer now once the latch is open.
    record Slow(CountDownLatch latch) implements Fault {}
  }

  private record Item(long ingested, String id, String json) {}

  private record Answered(int status, Map<String, String> headers, String body) {}

  private final HttpServer server;
  private final Clock clock;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Item> items = new ArrayList<>();
  private final Map<String, Instant> tokens = new HashMap<>();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final List<Asked> asked = new ArrayList<>();
  private boolean down;
  private int longestPage = 100;
  private int given;

  private FakePortal(HttpServer server, Clock clock) {
    this.server = server;
    this.clock = clock;
  }

  /// Opens one.
  ///
  /// @param clock for the life of its tokens
  public static FakePortal open(Clock clock) {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      var portal = new FakePortal(server, clock);
      server.createContext("/", portal::answer);
      server.setExecutor(portal.workers);
      server.start();
      return portal;
    } catch (IOException e) {
      throw new UncheckedIOException("no port for a portal", e);
    }
  }

  /// The base of its API.
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/seeker-leads/v1";
  }

  /// Where its tokens are had.
  public String tokenUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/oauth/token";
  }

  /// The member `poll` of a source that reads from it.
  public ObjectNode poll() {
    return Json.object()
        .put("url", url())
        .put("token_url", tokenUrl())
        .put("client_id", CLIENT_ID)
        .put("client_secret", CLIENT_SECRET);
  }

  /// Takes a lead in, or a later reading of one, which stands in its place.
  ///
  /// @param json as it stands among the items
  public synchronized void holds(Instant ingested, String id, String json) {
    var item = new Item(ingested.getEpochSecond(), id, json);
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).id().equals(id)) {
        items.set(i, item);
        return;
      }
    }
    items.add(item);
  }

  /// Does these in place of the next right answers, one each.
  public synchronized void faults(Fault... next) {
    faults.addAll(Arrays.asList(next));
  }

  /// Gives no more leads at once than that, whatever it is asked for.
  public synchronized void givesAtMost(int leads) {
    longestPage = leads;
  }

  /// Cuts every connection, or ends that.
  public synchronized void isDown(boolean isDown) {
    down = isDown;
  }

  /// Forgets all tokens that it gave.
  public synchronized void forgetTokens() {
    tokens.clear();
  }

  /// What it was asked so far.
  public synchronized List<Asked> asked() {
    return List.copyOf(asked);
  }

  /// The requests for leads so far.
  public List<Asked> pages() {
    return asked().stream().filter(a -> a.path().endsWith("/leads")).toList();
  }

  /// The requests for tokens so far.
  public List<Asked> tokenRequests() {
    return asked().stream().filter(a -> a.path().endsWith("/token")).toList();
  }

  /// Waits until what it was asked fits.
  ///
  /// @throws AssertionError when it does not within half a minute
  public synchronized List<Asked> awaitUntil(String what, Predicate<List<Asked>> fits) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!fits.test(asked)) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError("waited in vain for " + what + "; it was asked " + asked);
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for " + what, e);
      }
    }
    return List.copyOf(asked);
  }

  private synchronized void note(String path, Map<String, String> query, long nanos, int status) {
    asked.add(new Asked(path, query, nanos, status));
    notifyAll();
  }

  private synchronized @Nullable Fault fault() {
    return down ? new Fault.Cut() : faults.poll();
  }

  private void answer(HttpExchange exchange) throws IOException {
    long nanos = System.nanoTime();
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      var body = exchange.getRequestBody().readAllBytes();
      var query = query(exchange.getRequestURI().getRawQuery());
      boolean token = path.equals("/oauth/token");
      var fault = token && !isDown() ? null : fault();
      if (fault instanceof Fault.Held(var latch)) {
        note(path, query, nanos, 0);
        await(latch);
      }
      if (fault instanceof Fault.Cut) {
        note(path, query, nanos, 0);
        throw new IOException("cut off, as told");
      }
      var right =
          fault instanceof Fault.Status(int status, var headers, var text)
              ? new Answered(status, headers, text)
              : token ? token(exchange, body) : leads(exchange, path, query);
      if (fault instanceof Fault.Slow(var latch)) {
        note(path, query, nanos, right.status());
        await(latch);
      }
      var bytes = right.body().getBytes(StandardCharsets.UTF_8);
      int half = bytes.length / 2;
      right.headers().forEach(exchange.getResponseHeaders()::set);
      if (!(fault instanceof Fault.Held || fault instanceof Fault.Slow)) {
        note(path, query, nanos, fault instanceof Fault.CutInside ? 0 : right.status());
      }
      int whole = fault instanceof Fault.Half ? half : bytes.length;
      exchange.sendResponseHeaders(right.status(), whole == 0 ? -1 : whole);
      if (whole > 0) {
        exchange.getResponseBody().write(bytes, 0, fault instanceof Fault.CutInside ? half : whole);
        exchange.getResponseBody().flush();
      }
      if (fault instanceof Fault.CutInside) {
        throw new IOException("cut off, as told");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void await(CountDownLatch latch) throws InterruptedException {
    while (closed.getCount() > 0 && !latch.await(50, TimeUnit.MILLISECONDS)) {
      // until either is open
    }
  }

  private synchronized boolean isDown() {
    return down;
  }

  private static Map<String, String> query(@Nullable String raw) {
    var query = new HashMap<String, String>();
    if (raw != null) {
      for (var pair : raw.split("&", -1)) {
        int at = pair.indexOf('=');
        query.put(
            pair.substring(0, at),
            URLDecoder.decode(pair.substring(at + 1), StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  private synchronized Answered token(HttpExchange exchange, byte[] body) {
    var json = Json.tree(new String(body, StandardCharsets.UTF_8));
    boolean right =
        exchange.getRequestMethod().equals("POST")
            && json.path("client_id").asString("").equals(CLIENT_ID)
            && json.path("client_secret").asString("").equals(CLIENT_SECRET)
            && json.path("grant_type").asString("").equals("client_credentials")
            && json.path("audience").asString("").equals(url());
    if (!right) {
      return problem(
          401, "Unauthorized", "Unknown client " + json.path("client_secret").asString(""));
    }
    var token = "token-" + ++given;
    tokens.put(token, clock.instant().plus(LIFE));
    return new Answered(
        200,
        Map.of("Content-Type", "application/json"),
        Json.object()
            .put("access_token", token)
            .put("expires_in", LIFE.toSeconds())
            .put("token_type", "Bearer")
            .toString());
  }

  private synchronized Answered leads(
      HttpExchange exchange, String path, Map<String, String> query) {
    var agent = exchange.getRequestHeaders().getFirst("User-Agent");
    if (!path.equals("/seeker-leads/v1/leads") || agent == null || agent.isBlank()) {
      return problem(403, "Forbidden", "No such call");
    }
    var bearer = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
    var until = bearer.filter(b -> b.startsWith("Bearer ")).map(b -> tokens.get(b.substring(7)));
    if (until.isEmpty() || !until.get().isAfter(clock.instant())) {
      return problem(401, "Unauthorized", "The token is not valid");
    }
    long min = Long.parseLong(query.getOrDefault("minDate", "-1"));
    long max = Long.parseLong(query.getOrDefault("maxDate", "-2"));
    int limit = Integer.parseInt(query.getOrDefault("limit", "100"));
    if (min < 0 || max < min || max - min > WEEK || limit < 1 || limit > 100) {
      return problem(400, "Bad Request", "The window is not one");
    }
    var start = query.get("start");
    int from = 0;
    if (start != null) {
      while (from < items.size() && !items.get(from).id().equals(start)) {
        from++;
      }
      if (from++ == items.size()) {
        return problem(400, "Bad Request", "There is no lead to start after");
      }
    }
    var page =
        items.subList(from, items.size()).stream()
            .filter(i -> i.ingested() >= min && i.ingested() <= max)
            .limit(Math.min(limit, longestPage))
            .map(Item::json)
            .toList();
    return new Answered(
        200,
        Map.of("Content-Type", "application/json"),
        "{\"metadata\": {\"a\": [\"items\", 1]}, \"links\": {}, \"items\": ["
            + String.join(",\n", page)
            + "]}");
  }

  private static Answered problem(int status, String title, String detail) {
    return new Answered(
        status,
        Map.of("Content-Type", "application/problem+json"),
        Json.object()
            .put("type", "about:blank")
            .put("title", title)
            .put("detail", detail)
            .put("instance", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
            .put("status", status)
            .toString());
  }

  /// Stops listening and lets go of what is held.
  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    workers.shutdownNow();
  }
}
