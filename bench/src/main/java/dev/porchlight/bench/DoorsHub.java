package dev.porchlight.bench;

import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A hub with a hundred offices, each with a source of its own, the [Doors], and an endpoint, so
/// that each lead is one delivery.
final class DoorsHub implements AutoCloseable {
  static final String TOKEN = "bench-admin-token";

  private final HubConfig config;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /// Ids of the offices and of their endpoints, by door.
  final List<String> offices = new ArrayList<>();

  final List<String> endpoints = new ArrayList<>();
  final List<String> sources = new ArrayList<>();
  final String company;
  private final String receiver;

  private @Nullable Hub hub;

  /// @param begun when it is first started
  DoorsHub(HubConfig config, Side side, Instant begun) throws Exception {
    this.config = config;
    receiver = side.ask("url").path("url").stringValue();
    start(Clock.fixed(begun, ZoneOffset.UTC));
    company = company();
    for (var door : Doors.all()) {
      offices.add(office("Office " + door));
      sources.add(source("bench-" + door, offices.getLast(), "bench-key-" + door));
      endpoints.add(endpoint("crm-" + door, offices.getLast(), receiver + "/crm-" + door + "/0"));
    }
  }

  /// One whose store is there already.
  ///
  /// @param kept what [#kept] said
  DoorsHub(HubConfig config, Side side, JsonNode kept, Clock clock) throws Exception {
    this.config = config;
    receiver = side.ask("url").path("url").stringValue();
    company = kept.path("company").asString();
    kept.path("offices").forEach(o -> offices.add(o.asString()));
    kept.path("sources").forEach(o -> sources.add(o.asString()));
    kept.path("endpoints").forEach(o -> endpoints.add(o.asString()));
    start(clock);
  }

  /// What a later run needs to know of it.
  ObjectNode kept() {
    var kept = Json.object().put("company", company);
    offices.forEach(kept.putArray("offices")::add);
    sources.forEach(kept.putArray("sources")::add);
    endpoints.forEach(kept.putArray("endpoints")::add);
    return kept;
  }

  private void start(Clock clock) throws IOException {
    hub = Hub.start(config, clock, UnaryOperator.identity());
  }

  private Hub hub() {
    if (hub == null) {
      throw new IllegalStateException("the hub is not running");
    }
    return hub;
  }

  /// Stops it, does that, and starts it again.
  void without(Work work) throws Exception {
    hub().close();
    hub = null;
    work.run(config);
    start(Clock.systemUTC());
  }

  interface Work {
    void run(HubConfig config) throws Exception;
  }

  /// Starts it again at another time.
  ///
  /// @param now null for the present
  void restart(@Nullable Instant now) throws IOException {
    hub().close();
    start(now == null ? Clock.systemUTC() : Clock.fixed(now, ZoneOffset.UTC));
  }

  Store store() {
    return hub().store();
  }

  URI address() {
    return hub().address();
  }

  void wake() {
    hub().wake();
  }

  /// The doors, as [Load] takes them.
  String doors() {
    return hub().address() + "/in/bench-" + Doors.MARK;
  }

  String door(String source) {
    return hub().address() + "/in/" + source;
  }

  String receiver() {
    return receiver;
  }

  static String keys() {
    return "bench-key-" + Doors.MARK;
  }

  private String company() throws IOException, InterruptedException {
    for (var node : ask("GET", "/nodes?limit=200", null).path("items")) {
      if (node.path("kind").asString().equals("company")) {
        return node.path("id").asString();
      }
    }
    throw new IllegalStateException("no company");
  }

  String office(String name) throws IOException, InterruptedException {
    return make(
        "/nodes", Json.object().put("kind", "office").put("name", name).put("parent", company));
  }

  String source(String name, String node, String key) throws IOException, InterruptedException {
    return make(
        "/sources",
        Json.object()
            .put("name", name)
            .put("contract", "connections-plus")
            .put("node", node)
            .put("api_key", key));
  }

  String endpoint(String name, String node, String url) throws IOException, InterruptedException {
    return make(
        "/endpoints",
        Json.object()
            .put("name", name)
            .put("node", node)
            .put("url", url)
            .put("contract", "porchlight"));
  }

  void disable(String endpoint, boolean disabled) throws IOException, InterruptedException {
    change("/endpoints/" + endpoint, Json.object().put("disabled", disabled));
  }

  private String make(String path, ObjectNode body) throws IOException, InterruptedException {
    return ask("POST", path, body).path("id").asString();
  }

  void change(String path, ObjectNode body) throws IOException, InterruptedException {
    ask("PATCH", path, body);
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return ask("GET", path, null);
  }

  JsonNode ask(String method, String path, @Nullable ObjectNode body)
      throws IOException, InterruptedException {
    var answer =
        http.send(
            HttpRequest.newBuilder(URI.create(hub().address() + "/api/v1" + path))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/json")
                .method(
                    method,
                    body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() / 100 != 2) {
      throw new IllegalStateException(
          method
              + " "
              + path
              + " was answered "
              + answer.statusCode()
              + " "
              + new String(answer.body(), StandardCharsets.UTF_8));
    }
    return Json.mapper().readTree(answer.body());
  }

  long count(String sql) {
    return store().read(h -> h.createQuery(sql).mapTo(Long.class).one());
  }

  /// Waits until that holds, for ten minutes at most.
  static void await(String what, BooleanSupplier done) throws InterruptedException {
    long end = System.nanoTime() + 600_000_000_000L;
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("in vain: " + what);
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    if (hub != null) {
      hub.close();
    }
    http.close();
  }
}
