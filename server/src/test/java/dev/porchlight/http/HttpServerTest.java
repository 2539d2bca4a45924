package dev.porchlight.http;

import static dev.porchlight.http.Answers.REFUSALS;
import static dev.porchlight.http.Answers.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.porchlight.web.Handler;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests and answers as they look on the wire.
@Timeout(30)
class HttpServerTest {
  private static final int LIMIT = 1000;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> observed = new LinkedBlockingQueue<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch echoing = new CountDownLatch(1);
  private final CountDownLatch streaming = new CountDownLatch(1);
  private final CountDownLatch streamEnded = new CountDownLatch(1);
  private Duration patience = Duration.ofSeconds(10);

  @AfterEach
  void closeAll() throws Exception {
    release.countDown();
    for (var one : open.reversed()) {
      one.close();
    }
  }

  private HttpServer server() throws IOException {
    return server(s -> s);
  }

  private HttpServer server(UnaryOperator<Settings> settings) throws IOException {
    var server =
        HttpServer.start(
            settings.apply(Settings.listeningOn(InetAddress.getLoopbackAddress(), 0)),
            routes(),
            REFUSALS,
            (method, template, status, _) -> observed.add(method + " " + template + " " + status));
    open.add(server);
    return server;
  }

  private static Route route(String method, String template, Handler handler) {
    return new Route(method, template, handler, REFUSALS);
  }

  private List<Route> routes() {
    return List.of(
        route("GET", "/hello", _ -> text(200, "hello")),
        route("GET", "/hello/{name}", r -> text(200, r.pathVariable("name") + r.query())),
        route("GET", "/base", r -> text(200, r.baseUrl() + " " + r.peer().getHostAddress())),
        Route.confidential("GET", "/secret", _ -> text(200, "secret"), REFUSALS),
        route(
            "POST",
            "/echo",
            r -> {
              echoing.countDown();
              var body = new String(r.body(LIMIT, patience), UTF_8);
              seen.add(body);
              return text(200, body);
            }),
        route("POST", "/refuse", _ -> text(401, "no")),
        route(
            "GET",
            "/throws",
            _ -> {
              throw new IllegalStateException("a secret of ours");
            }),
        route(
            "GET",
            "/throws-twice",
            _ -> {
              throw new LinkageError("a secret of ours");
            }),
        route("GET", "/empty", _ -> text(204, "")),
        route(
            "GET",
            "/inject",
            _ -> text(200, "x").with("X-A", "b\r\nX-Evil: 1").with("Cache-Control", "max-age=5")),
        route(
            "GET",
            "/slow",
            _ -> {
              entered.countDown();
              release.await();
              return text(200, "slow");
            }),
        route(
            "GET",
            "/stream",
            _ ->
                new Reply.Stream(
                    List.of(Map.entry("X-Stream", "yes")),
                    sink -> {
                      sink.send("greeting", "one\ntwo\r\nthree");
                      sink.ping();
                      streaming.countDown();
                      try {
                        new CountDownLatch(1).await();
                      } finally {
                        seen.add("open " + sink.isOpen());
                        streamEnded.countDown();
                      }
                    })),
        route(
            "GET",
            "/flood",
            _ ->
                new Reply.Stream(
                    List.of(),
                    sink -> {
                      try {
                        while (sink.isOpen()) {
                          sink.send("x", "y".repeat(10_000));
                        }
                      } finally {
                        streamEnded.countDown();
                      }
                    })));
  }

  private Wire wire(HttpServer server) throws IOException {
    var wire = new Wire(server.port());
    open.add(wire);
    return wire;
  }

  @Test
  void a_reply_as_it_looks() throws Exception {
    var server = server();
    var answer = wire(server).send("GET /hello HTTP/1.1\nHost: h\n\n").answer();
    assertThat(answer.head())
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("X-Content-Type-Options: nosniff\r\n")
        .contains("Content-Type: text/plain\r\n")
        .contains("Content-Length: 5\r\n")
        .contains("Cache-Control: no-store\r\n")
        .doesNotContainIgnoringCase("server:")
        .doesNotContainIgnoringCase("jetty");
    assertThat(answer.header("X-Request-Id")).get().asString().isNotEmpty();
    assertThat(answer.body()).isEqualTo("hello");
    assertThat(server.address().toString()).isEqualTo("http://127.0.0.1:" + server.port());
    assertThat(observed.poll(5, TimeUnit.SECONDS)).isEqualTo("GET /hello 200");
  }

  @Test
  void pipelined_requests_are_answered_in_order_on_one_connection() throws Exception {
    var wire = wire(server());
    wire.send(
        """
        POST /echo HTTP/1.1
        Host: h
        Content-Length: 3

        oneGET /hello/two?a=%zz&a=b+c HTTP/1.1
        Host: h

        POST /echo HTTP/1.1
        Host: h
        Transfer-Encoding: chunked

        2
        th
        3
        ree
        0

        """);
    assertThat(wire.answer().body()).isEqualTo("one");
    // A malformed escape in a query is text.
    assertThat(wire.answer().body()).isEqualTo("two{a=[%zz, b c]}");
    assertThat(wire.answer().body()).isEqualTo("three");
  }

  @Test
  void head_has_the_headers_of_get_and_no_body() throws Exception {
    var wire = wire(server());
    wire.send("HEAD /hello HTTP/1.1\nHost: h\n\nGET /empty HTTP/1.1\nHost: h\n\n");
    assertThat(wire.answer(true).header("Content-Length")).contains("5");
    var empty = wire.answer();
    assertThat(empty.status()).isEqualTo(204);
    assertThat(empty.header("Content-Type")).isEmpty();
    assertThat(empty.header("Content-Length")).isEmpty();
    wire.send("HEAD /stream HTTP/1.1\nHost: h\n\n");
    assertThat(wire.answer(true).header("Content-Type")).contains("text/event-stream");
  }

  @Test
  void the_wrong_method_and_the_wrong_path_are_worded_by_the_doors() throws Exception {
    var wire = wire(server());
    var wrongMethod = wire.send("DELETE /hello HTTP/1.1\nHost: h\n\n").answer();
    assertThat(wrongMethod.status()).isEqualTo(405);
    assertThat(wrongMethod.header("Allow")).contains("GET, HEAD");
    assertThat(wrongMethod.body()).isEqualTo("not DELETE");
    var wrongPath = wire.send("GET /nowhere HTTP/1.1\nHost: h\n\n").answer();
    assertThat(wrongPath.status()).isEqualTo(404);
    assertThat(wrongPath.body()).isEqualTo("nothing at /nowhere");
    assertThat(observed.poll(5, TimeUnit.SECONDS)).isEqualTo("DELETE  405");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/hello/%",
        "/hello/%zz",
        "/hello/a%2Fb",
        "/hello/..%2f",
        "/hello/%2e%2e",
        "//hello",
        "/hello/..",
        "/hello/../hello",
        "/hello/..;/x",
        "/hello/%00",
        "/hello/%ff",
        "/hello/;/x",
        "/hello/%c0%af"
      })
  void a_path_that_could_mean_two_things_reaches_no_handler(String path) throws Exception {
    var answer = wire(server()).send("GET " + path + " HTTP/1.1\nHost: h\n\n").answer();
    assertThat(answer.status()).isIn(400, 404);
    assertThat(answer.head()).contains("X-Content-Type-Options: nosniff");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 3\r\nContent-Length: 4\r\n",
        "Content-Length: 3, 3\r\n",
        "Content-Length: -3\r\n",
        "Content-Length: +3\r\n",
        "Transfer-Encoding: identity, chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "X-A: b\r\n folded\r\nContent-Length: 3\r\n",
        "Content-Length : 3\r\n",
        "X-A: b\nContent-Length: 3\r\n",
        "X-A: b\rContent-Length: 3\r\n",
        "X-A: b\u0000\r\nContent-Length: 3\r\n",
        "Host: other\r\nContent-Length: 3\r\n"
      })
  void what_could_be_read_in_two_ways_is_refused_and_ends_the_connection(String headers)
      throws Exception {
    var wire = wire(server());
    wire.raw("POST /echo HTTP/1.1\r\nHost: h\r\n" + headers + "\r\nabcGET /hello HTTP/1.1\r\n\r\n");
    var answer = wire.answer();
    assertThat(answer.status()).isIn(400, 501);
    assertThat(answer.head()).contains("X-Content-Type-Options: nosniff");
    assertThat(answer.body()).startsWith("{\"status\":").doesNotContain("Exception");
    assertThat(wire.rest()).isEmpty();
    assertThat(seen).isEmpty();
  }

  @Test
  void a_body_that_says_it_is_too_large_is_refused_unread_and_never_run() throws Exception {
    var wire = wire(server());
    var inner = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
    wire.send("POST /echo HTTP/1.1\nHost: h\nContent-Length: 1001\n\n");
    var answer = wire.answer();
    wire.raw(inner.repeat(2));
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.header("Connection")).contains("close");
    assertThat(answer.body()).isEqualTo("TOO_LARGE");
    assertThat(wire.rest()).isEmpty();
  }

  @Test
  void a_chunked_body_is_cut_once_it_is_too_large() throws Exception {
    var wire = wire(server());
    wire.send("POST /echo HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n");
    wire.send("3e8\n" + "x".repeat(LIMIT) + "\n");
    wire.send("1\nx\n0\n\nGET /hello HTTP/1.1\nHost: h\n\n");
    var answer = wire.answer();
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.header("Connection")).contains("close");
    assertThat(wire.rest()).isEmpty();
  }

  @Test
  void a_body_as_large_as_allowed_is_taken() throws Exception {
    var wire = wire(server());
    var body = "x".repeat(LIMIT);
    wire.send("POST /echo HTTP/1.1\nHost: h\nContent-Length: 1000\n\n" + body.substring(0, 500));
    wire.send(body.substring(500));
    assertThat(wire.answer().body()).isEqualTo(body);
    wire.send("POST /echo HTTP/1.1\nHost: h\n\n");
    assertThat(wire.answer().body()).isEmpty();
  }

  @Test
  void a_stalled_body_is_answered_408_and_the_connection_ends() throws Exception {
    patience = Duration.ofMillis(300);
    var wire = wire(server());
    wire.send("POST /echo HTTP/1.1\nHost: h\nContent-Length: 10\n\nabc");
    var answer = wire.answer();
    assertThat(answer.status()).isEqualTo(408);
    assertThat(answer.header("Connection")).contains("close");
    assertThat(answer.body()).isEqualTo("TOO_SLOW");
    assertThat(wire.rest()).isEmpty();
  }

  @Test
  void a_trickled_body_is_cut_too() throws Exception {
    patience = Duration.ofMillis(300);
    var wire = wire(server());
    wire.send("POST /echo HTTP/1.1\nHost: h\nContent-Length: 900\n\n");
    var answered = new CountDownLatch(1);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var _ =
          executor.submit(() -> {
            while (!answered.await(20, TimeUnit.MILLISECONDS)) {
              wire.raw("x");
            }
            return null;
          });
      var begun = System.nanoTime();
      assertThat(wire.answer().status()).isEqualTo(408);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
      answered.countDown();
    }
    assertThat(seen).isEmpty();
  }

  @Test
  void a_connection_idles_as_before_after_a_body_that_took_its_time() throws Exception {
    patience = Duration.ofMillis(400);
    var wire = wire(server());
    wire.send("POST /echo HTTP/1.1\nHost: h\nContent-Length: 2\n\na");
    // Long enough that the server waits for the second piece.
    assertThat(new CountDownLatch(1).await(150, TimeUnit.MILLISECONDS)).isFalse();
    wire.send("b");
    assertThat(wire.answer().body()).isEqualTo("ab");
    assertThat(new CountDownLatch(1).await(700, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(wire.send("GET /hello HTTP/1.1\nHost: h\n\n").answer().status()).isEqualTo(200);
  }

  @Test
  void half_a_body_is_no_body() throws Exception {
    var wire = wire(server());
    wire.send("POST /echo HTTP/1.1\nHost: h\nContent-Length: 10\n\nabc").endOfInput();
    assertThat(observed.poll(10, TimeUnit.SECONDS)).isEqualTo("POST /echo 400");
    assertThat(seen).isEmpty();
  }

  @Test
  void a_malformed_chunk_is_no_body() throws Exception {
    var wire = wire(server());
    wire.send("POST /echo HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\nzz\nabc\n0\n\n");
    assertThat(observed.poll(10, TimeUnit.SECONDS)).isEqualTo("POST /echo 400");
    assertThat(seen).isEmpty();
  }

  @Test
  void half_sent_headers_time_out() throws Exception {
    var wire = wire(server(s -> s.withIdleTimeout(Duration.ofMillis(200))));
    wire.send("GET /hello HTTP/1.1\nHos");
    assertThat(wire.rest()).doesNotContain("200 OK");
  }

  @Test
  void continue_is_sent_when_the_body_is_wanted_and_not_before_a_refusal() throws Exception {
    var server = server();
    var wanted = wire(server);
    wanted.send("POST /echo HTTP/1.1\nHost: h\nContent-Length: 3\nExpect: 100-continue\n\n");
    assertThat(wanted.head()).startsWith("HTTP/1.1 100 ");
    assertThat(wanted.send("abc").answer().body()).isEqualTo("abc");

    var refused = wire(server);
    refused.send("POST /refuse HTTP/1.1\nHost: h\nContent-Length: 3\nExpect: 100-continue\n\n");
    assertThat(refused.answer().status()).isEqualTo(401);
    var large = wire(server);
    large.send("POST /echo HTTP/1.1\nHost: h\nContent-Length: 9999\nExpect: 100-continue\n\n");
    assertThat(large.answer().status()).isEqualTo(413);
    assertThat(large.rest()).isEmpty();
  }

  @Test
  void a_body_left_unread_is_not_run_as_the_next_request() throws Exception {
    var wire = wire(server());
    var inner = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
    wire.send("POST /refuse HTTP/1.1\nHost: h\nContent-Length: " + inner.length() + "\n\n");
    var answer = wire.answer();
    assertThat(answer.status()).isEqualTo(401);
    // Else a sender puts its next request on a connection that is about to end.
    assertThat(answer.header("Connection")).contains("close");
    wire.raw(inner).endOfInput();
    assertThat(wire.rest()).doesNotContain("200 OK");
  }

  @Test
  void a_refusal_keeps_the_connection_where_the_body_is_here_already() throws Exception {
    var wire = wire(server());
    wire.send("POST /refuse HTTP/1.1\nHost: h\nContent-Length: 3\n\nabc");
    var answer = wire.answer();
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("Connection")).isEmpty();
    assertThat(wire.send("GET /hello HTTP/1.1\nHost: h\n\n").answer().status()).isEqualTo(200);
  }

  @Test
  void headers_that_are_too_large_are_answered_431_and_a_line_414() throws Exception {
    var server = server();
    var headers = wire(server);
    headers.send("GET /hello HTTP/1.1\nHost: h\nX-A: " + "a".repeat(17_000) + "\n\n");
    assertThat(headers.answer().status()).isEqualTo(431);
    var line = wire(server);
    line.send("GET /" + "a".repeat(17_000) + " HTTP/1.1\nHost: h\n\n");
    assertThat(line.answer().status()).isEqualTo(414);
  }

  @Test
  void what_a_handler_throws_is_worded_and_shows_nothing() throws Exception {
    var wire = wire(server());
    var once = wire.send("GET /throws HTTP/1.1\nHost: h\n\n").answer();
    assertThat(once.status()).isEqualTo(500);
    assertThat(once.body()).isEqualTo("failed " + once.header("X-Request-Id").orElseThrow());
    var twice = wire.send("GET /throws-twice HTTP/1.1\nHost: h\n\n").answer();
    assertThat(twice.status()).isEqualTo(500);
    assertThat(twice.body()).startsWith("{\"status\":500").doesNotContain("secret");
  }

  @Test
  void a_reply_cannot_split_its_headers() throws Exception {
    var answer = wire(server()).send("GET /inject HTTP/1.1\nHost: h\n\n").answer();
    assertThat(answer.header("X-Evil")).isEmpty();
    assertThat(answer.header("Cache-Control")).contains("max-age=5");
  }

  @Test
  void a_hostile_host_is_not_repeated() throws Exception {
    var server = server();
    for (var host : List.of("evil.example/x?", "a b", "<b>", "h:99999", "")) {
      var answer = wire(server).send("GET /base HTTP/1.1\nHost: " + host + "\n\n").answer();
      if (answer.status() == 200) {
        assertThat(answer.body()).startsWith("http://127.0.0.1:" + server.port() + " ");
      } else {
        assertThat(answer.status()).isEqualTo(400);
      }
    }
    var honest = wire(server).send("GET /base HTTP/1.1\nHost: hub.example.org\n\n").answer();
    assertThat(honest.body()).isEqualTo("http://hub.example.org 127.0.0.1");
  }

  @Test
  void forwarded_headers_count_from_trusted_peers_only() throws Exception {
    var request =
        """
        GET /base HTTP/1.1
        Host: h
        X-Forwarded-For: 203.0.113.9
        X-Forwarded-Proto: http
        X-Forwarded-Host: hub.example.org

        GET /secret HTTP/1.1
        Host: h
        X-Forwarded-Proto: http

        """;
    var stranger = wire(server()).send(request);
    assertThat(stranger.answer().body()).isEqualTo("http://h 127.0.0.1");
    assertThat(stranger.answer().body()).isEqualTo("secret");
    var proxy = wire(server(s -> s.withTrustedProxies(InetAddress::isLoopbackAddress)));
    proxy.send(request);
    assertThat(proxy.answer().body()).isEqualTo("http://hub.example.org 203.0.113.9");
    var refused = proxy.answer();
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).isEqualTo("not confidential");
  }

  @Test
  void more_requests_at_once_than_allowed_are_answered_503() throws Exception {
    var server = server(s -> s.withRoom(100, 1, 1));
    var first = wire(server).send("GET /slow HTTP/1.1\nHost: h\n\n");
    entered.await();
    var second = wire(server).send("GET /hello HTTP/1.1\nHost: h\n\n").answer();
    assertThat(second.status()).isEqualTo(503);
    assertThat(second.header("Retry-After")).contains("1");
    assertThat(second.body()).isEqualTo("busy");
    release.countDown();
    assertThat(first.answer().body()).isEqualTo("slow");
  }

  @Test
  void a_stream_delivers_at_once_and_holds_no_request_s_place() throws Exception {
    var server = server(s -> s.withRoom(100, 1, 1).withIdleTimeout(Duration.ofMillis(200)));
    var stream = wire(server).send("GET /stream HTTP/1.1\nHost: h\n\n");
    var head = stream.head();
    assertThat(head)
        .contains("Content-Type: text/event-stream\r\n")
        .contains("X-Stream: yes\r\n")
        .contains("X-Accel-Buffering: no\r\n")
        .contains("Transfer-Encoding: chunked\r\n");
    assertThat(events(stream, 6))
        .containsExactly("event: greeting", "data: one", "data: two", "data: three", "", ":");
    assertThat(wire(server).send("GET /hello HTTP/1.1\nHost: h\n\n").answer().status())
        .isEqualTo(200);
    var another = wire(server).send("GET /stream HTTP/1.1\nHost: h\n\n").answer();
    assertThat(another.status()).isEqualTo(503);
    assertThat(another.header("Retry-After")).contains("1");
    // It outlives the idle time-out.
    assertThat(streamEnded.await(600, TimeUnit.MILLISECONDS)).isFalse();
    server.close();
    assertThat(seen).containsExactly("open false");
    // The chunk that ends the stream came, so nothing is missing.
    assertThat(stream.rest()).endsWith("0\r\n\r\n");
  }

  /// The first lines of a chunked stream, without the chunks' sizes and ends. The server sends the
  /// line end of a chunk together with the next one.
  private static List<String> events(Wire stream, int count) throws IOException {
    var lines = new ArrayList<String>();
    while (lines.size() < count) {
      if (!lines.isEmpty()) {
        assertThat(stream.line()).isEmpty();
      }
      var left = Integer.parseInt(stream.line(), 16);
      while (left > 0) {
        var line = stream.line();
        left -= line.length() + 1;
        lines.add(line);
      }
    }
    return lines.subList(0, count);
  }

  @Test
  void a_reader_that_takes_nothing_ends_its_stream() throws Exception {
    var server = server(s -> s.withIdleTimeout(Duration.ofMillis(200)));
    wire(server).send("GET /flood HTTP/1.1\nHost: h\n\n");
    assertThat(streamEnded.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void a_reader_that_goes_away_ends_its_stream() throws Exception {
    var wire = wire(server()).send("GET /flood HTTP/1.1\nHost: h\n\n");
    wire.head();
    wire.close();
    assertThat(streamEnded.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void a_stop_ends_streams_first_and_waits_for_what_runs() throws Exception {
    var server = server();
    var stream = wire(server).send("GET /stream HTTP/1.1\nHost: h\n\n");
    streaming.await();
    var slow = wire(server).send("GET /slow HTTP/1.1\nHost: h\n\n");
    entered.await();
    var idle = wire(server).send("GET /hello HTTP/1.1\nHost: h\n\n");
    assertThat(idle.answer().status()).isEqualTo(200);
    var half = wire(server).send("POST /echo HTTP/1.1\nHost: h\nContent-Length: 6\n\nabc");
    // What the server has not accepted yet is nobody's request: wait until this one has its thread.
    echoing.await();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var stop = executor.submit(server::close);
      assertThat(streamEnded.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(stream.rest()).endsWith("0\r\n\r\n");
      // The idle connection is ended; longer than that, and the running requests are still there.
      assertThat(idle.rest()).isEmpty();
      assertNotDone(stop, Duration.ofMillis(4 * HttpServer.STOPPING_IDLE_MILLIS));
      assertThatThrownBy(() -> new Wire(server.port())).isInstanceOf(Exception.class);
      half.send("def");
      var answer = half.answer();
      assertThat(answer.body()).isEqualTo("abcdef");
      assertThat(answer.header("Connection")).contains("close");
      release.countDown();
      assertThat(slow.answer().body()).isEqualTo("slow");
      stop.get(5, TimeUnit.SECONDS);
    }
    server.close();
  }

  private static void assertNotDone(Future<?> future, Duration within)
      throws InterruptedException, ExecutionException {
    assertThatThrownBy(() -> future.get(within.toMillis(), TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
  }

  @Test
  void a_stop_gives_up_after_its_time() throws Exception {
    var server = server(s -> s.withStopTimeout(Duration.ofMillis(300)));
    wire(server).send("GET /slow HTTP/1.1\nHost: h\n\n");
    entered.await();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      executor.submit(server::close).get(8, TimeUnit.SECONDS);
    }
    assertThat(release.getCount()).isEqualTo(1);
  }

  @Test
  void sixty_four_clients_at_once_each_get_their_own_answers() throws Exception {
    var server = server();
    var wrong = new AtomicInteger();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var clients = new ArrayList<Future<?>>();
      for (var c = 0; c < 64; c++) {
        var client = c;
        clients.add(
            executor.submit(() -> {
              try (var wire = new Wire(server.port())) {
                for (var i = 0; i < 50; i++) {
                  var body = "client %d request %d".formatted(client, i);
                  wire.send(
                      "POST /echo HTTP/1.1\nHost: h\nContent-Length: %d\n\n%s"
                          .formatted(body.length(), body));
                  if (!wire.answer().body().equals(body)) {
                    wrong.incrementAndGet();
                  }
                }
              }
              return null;
            }));
      }
      for (var client : clients) {
        client.get();
      }
    }
    assertThat(wrong).hasValue(0);
    assertThat(seen).hasSize(64 * 50);
  }

  @Test
  void an_address_that_is_taken_is_said_so() throws Exception {
    var server = server();
    assertThatThrownBy(() ->
            HttpServer.start(
                Settings.listeningOn(InetAddress.getLoopbackAddress(), server.port()),
                List.of(),
                REFUSALS))
        .isInstanceOf(IOException.class);
  }
}
