package dev.porchlight.disk;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.sqlite.SqliteEngine;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A hub and its senders in a process of their own, on a disk that the test's `disk.c` plays. Takes
/// one order a line and answers each with one line.
final class DiskProgram {
  static final String TOKEN = "disk-admin-token-0001";
  static final String KEY = "disk-source-key-000000000000001";

  private final HttpClient client = HttpClient.newHttpClient();
  private final Path data;

  private DiskProgram(Path data) {
    this.data = data;
  }

  public static void main(String[] args) throws Exception {
    var program = new DiskProgram(Path.of(args[0]));
    Hub hub = null;
    var orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (var line = orders.readLine(); line != null; line = orders.readLine()) {
      var words = line.split(" ", -1);
      switch (words[0]) {
        case "disk" -> say(disk(words[1]) ? "obeyed" : "ignored");
        case "millis" -> say(Long.toString(System.currentTimeMillis()));
        case "start" -> {
          hub = Hub.start(HubConfig.local(program.data, TOKEN));
          program.prepare(hub.address());
          say("started " + hub.address());
        }
        case "promise" -> {
          // At once, before a checkpoint could come to the help of what was in doubt.
          var store = new EngineStore(SqliteEngine.open(program.data, Clock.systemUTC()));
          store.write(WorkQueue.EDITS, batch -> batch.append("test.promised", "test", ""));
          disk("picture/" + words[1]);
          say("promised");
        }
        case "load" -> {
          if (hub == null) {
            throw new IllegalStateException("load before start");
          }
          say(
              program.load(
                  hub.address(), words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3])));
        }
        case "close" -> {
          if (hub != null) {
            hub.close();
          }
          say("closed");
          System.exit(0);
        }
        default -> throw new IllegalArgumentException(line);
      }
    }
    // Whoever gave the orders is gone.
    Runtime.getRuntime().halt(1);
  }

  private static void say(String line) {
    System.out.println("> " + line);
  }

  /// Gives the disk an order; true when it is the played one.
  private static boolean disk(String order) throws IOException {
    try (var none = new FileInputStream("/disk/" + order)) {
      throw new IOException("there is a real " + none);
    } catch (FileNotFoundException e) {
      return System.getenv("DISK_SCOPE") != null;
    }
  }

  /// A source, and an endpoint whose receiver takes everything.
  private void prepare(URI hub) throws Exception {
    var receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    receiver.start();
    call(
        hub,
        "sources",
        """
        {"name": "portal", "contract": "connections-plus", "api_key": "%s"}\
        """
            .formatted(KEY));
    call(
        hub,
        "endpoints",
        """
        {"name": "crm", "contract": "porchlight", "url": "http://127.0.0.1:%d/"}\
        """
            .formatted(receiver.getAddress().getPort()));
  }

  private void call(URI hub, String what, String body) throws Exception {
    client.send(
        HttpRequest.newBuilder(hub.resolve("/api/v1/" + what))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /// Sends leads from several senders at once; each promise is told to the disk before the next
  /// lead goes.
  ///
  /// @return how many were promised, and how many answered 503 with a Retry-After, and the rest
  private String load(URI hub, String prefix, int senders, int each) throws Exception {
    var promised = new AtomicInteger();
    var unavailable = new AtomicInteger();
    var others = new AtomicInteger();
    try (var threads = Executors.newFixedThreadPool(senders)) {
      for (int s = 0; s < senders; s++) {
        int sender = s;
        threads.submit(() -> {
          for (int i = 0; i < each; i++) {
            var id = prefix + "-" + sender + "-" + i;
            var answer = client.send(lead(hub, id, i), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
              disk("ack/" + id);
              promised.incrementAndGet();
            } else if (answer.statusCode() == 503
                && answer.headers().firstValue("Retry-After").isPresent()) {
              unavailable.incrementAndGet();
            } else {
              others.incrementAndGet();
            }
          }
          return true;
        });
      }
    }
    return "loaded " + promised + " " + unavailable + " " + others;
  }

  private static HttpRequest lead(URI hub, String id, int i) {
    var body =
        """
        {"lead_id": "%s", "role": "buyer", "timestamp": "2026-11-01T10:00:00Z",
         "contact": {"first_name": "Ana", "last_name": "Lopez", "email": "p%d@example.com"},
         "message": "Is it still to be had? %s"}\
        """
            .formatted(id, i % 50, "x".repeat(i * 37 % 1500));
    return HttpRequest.newBuilder(hub.resolve("/in/portal/lead"))
        .header("X-API-Key", KEY)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }
}
