package dev.porchlight.poll;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// What may stand between a hub and the portal that it asks: passes requests on and answers back,
/// with `Date` by the portal's clock, and does something else where it is told to.
final class FaultyLine implements AutoCloseable {
  /// One request.
  ///
  /// @param target its path and query
  record Asked(String method, String target, Map<String, String> headers, byte[] body) {
    Asked at(String other) {
      return new Asked(method, other, headers, body);
    }

    Asked by(String authorization) {
      var changed = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
      changed.putAll(headers);
      changed.put("Authorization", authorization);
      return new Asked(method, target, changed, body);
    }
  }

  /// What is done with a request for leads in place of passing it on.
  interface Fault {
    void answer(FaultyLine line, Asked asked, OutputStream out) throws IOException;

    /// An answer of the line's own.
    static Fault status(int status, String header, String body) {
      return (_, _, out) -> {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        head(out, status, bytes.length, header);
        out.write(bytes);
      };
    }

    /// The right answer, cut in its middle.
    static Fault cutInside() {
      return (line, asked, out) -> {
        var answer = line.pass(asked);
        head(out, answer.statusCode(), answer.body().length, line.date());
        out.write(answer.body(), 0, answer.body().length / 2);
      };
    }

    /// An answer of that many bytes.
    static Fault endless(long bytes) {
      return (_, _, out) -> {
        head(out, 200, bytes, "Content-Type: application/json");
        var piece = " ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
        for (long sent = 0; sent < bytes; sent += piece.length) {
          out.write(piece);
        }
      };
    }

    /// What the portal answers where the lead to go on after is none of its own.
    static Fault unknownStart() {
      return (line, asked, out) ->
          line.toPortal(asked.at(asked.target().replaceFirst("start=[^&]*", "start=nobody")), out);
    }

    /// What it answers to a token that it doesn't know.
    static Fault unknownToken() {
      return (line, asked, out) -> line.toPortal(asked.by("Bearer revoked"), out);
    }
  }

  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final ServerSocket socket;
  private final URI portal;
  private final Clock clock;
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final List<String> asked = new ArrayList<>();

  /// @param clock the portal's
  FaultyLine(URI portal, Clock clock) {
    this.portal = portal;
    this.clock = clock;
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no port for a line", e);
    }
    workers.execute(this::listen);
  }

  String url(String path) {
    return "http://127.0.0.1:" + socket.getLocalPort() + path;
  }

  /// Does these with the next requests for leads, one each.
  synchronized void faults(Fault... next) {
    faults.addAll(List.of(next));
  }

  /// Whether all faults were done.
  synchronized boolean isRight() {
    return faults.isEmpty();
  }

  /// The requests for leads so far, as path and query.
  synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  private synchronized Fault next(Asked request) {
    if (!request.target().contains("/leads?")) {
      return FaultyLine::toPortal;
    }
    asked.add(request.target());
    var fault = faults.poll();
    return fault == null ? FaultyLine::toPortal : fault;
  }

  private void listen() {
    while (true) {
      try {
        var connection = socket.accept();
        workers.execute(() -> serve(connection));
      } catch (SocketException e) {
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      var in = connection.getInputStream();
      var first = line(in).split(" ", 3);
      var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
      for (var line = line(in); !line.isEmpty(); line = line(in)) {
        int at = line.indexOf(':');
        headers.put(line.substring(0, at), line.substring(at + 1).strip());
      }
      var body = in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
      var request = new Asked(first[0], first[1], headers, body);
      next(request).answer(this, request, connection.getOutputStream());
    } catch (IOException e) {
      // Whoever asked has gone; what comes of that is the test.
    }
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("cut off");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  void toPortal(Asked request, OutputStream out) throws IOException {
    var answer = pass(request);
    head(
        out,
        answer.statusCode(),
        answer.body().length,
        "Content-Type: application/json\r\n" + date());
    out.write(answer.body());
  }

  HttpResponse<byte[]> pass(Asked request) throws IOException {
    var to =
        HttpRequest.newBuilder(portal.resolve(request.target()))
            .method(request.method(), HttpRequest.BodyPublishers.ofByteArray(request.body()));
    request
        .headers()
        .forEach((name, value) -> {
          if (!List.of("host", "connection", "content-length").contains(lower(name))
              && !List.of("upgrade", "http2-settings", "expect").contains(lower(name))) {
            to.header(name, value);
          }
        });
    try {
      return client.send(to.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the line closes", e);
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  String date() {
    return "Date: "
        + DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atOffset(ZoneOffset.UTC));
  }

  static void head(OutputStream out, int status, long length, String more) throws IOException {
    var head =
        "HTTP/1.1 "
            + status
            + " as it is\r\nConnection: close\r\nContent-Length: "
            + length
            + "\r\n"
            + (more.isEmpty() ? "" : more + "\r\n")
            + "\r\n";
    out.write(head.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    workers.shutdownNow();
    client.shutdownNow();
  }
}
