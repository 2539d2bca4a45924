package dev.porchlight.testing;

import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import dev.porchlight.connector.Connector;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A whole hub on loopback, at a port of its own, with its data in a folder of the test's and a
/// clock that the test sets; each move of the clock makes the hub look for due work. On closing it
/// runs all decisions again and fails the test when they come out otherwise.
///
/// Safe for use by many threads, but for [#restart] and [#crash].
public final class TestHub implements AutoCloseable {
  /// The administrator's token.
  public static final String ADMIN_TOKEN = "a-token-for-tests";

  /// What the clock shows at first, unless told otherwise.
  public static final String START = "2026-03-14T09:30:00Z";

  /// How long a test waits for what must come.
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration LOOK = Duration.ofMillis(500);

  /// How a hub is to be set up. Immutable.
  public static final class Setup {
    private final Path folder;
    private final SettableClock clock;
    private final UnaryOperator<HubConfig> config;
    private final UnaryOperator<Map<String, Connector>> connectors;
    private final boolean checked;

    private Setup(
        Path folder,
        SettableClock clock,
        UnaryOperator<HubConfig> config,
        UnaryOperator<Map<String, Connector>> connectors,
        boolean checked) {
      this.folder = folder;
      this.clock = clock;
      this.config = config;
      this.connectors = connectors;
      this.checked = checked;
    }

    /// By another clock.
    public Setup clock(SettableClock other) {
      return new Setup(folder, other, config, connectors, checked);
    }

    /// With another configuration; port 0, the folder and the token are set already, and what
    /// earlier changes set.
    public Setup config(UnaryOperator<HubConfig> change) {
      return new Setup(folder, clock, c -> change.apply(config.apply(c)), connectors, checked);
    }

    /// With other connectors, by contract.
    public Setup connectors(UnaryOperator<Map<String, Connector>> change) {
      return new Setup(folder, clock, config, change, checked);
    }

    /// Without the rebuild on closing.
    public Setup withoutRebuildCheck() {
      return new Setup(folder, clock, config, connectors, false);
    }

    /// Starts it.
    public TestHub start() {
      return new TestHub(this);
    }
  }

  /// A source that sends to the hub.
  public record SourceAtHub(String id, String name, String key, FakeSender sender) {
    /// Posts a lead.
    public Answer post(JsonNode body) {
      return sender.post(body);
    }
  }

  /// An endpoint of the hub.
  ///
  /// @param secret what signs, `whsec_…`
  public record EndpointAtHub(String id, String secret) {}

  private final Setup setup;
  private volatile HttpClient client = FakeSender.client();
  private final AutoCloseable followingClock;
  private volatile Hub hub;
  private long commits;

  private TestHub(Setup setup) {
    this.setup = setup;
    hub = open();
    followingClock = setup.clock.follow(() -> hub.wake());
  }

  /// A setup in a folder, which may hold an earlier hub's data.
  public static Setup in(Path folder) {
    return new Setup(
        folder, SettableClock.at(START), UnaryOperator.identity(), UnaryOperator.identity(), true);
  }

  /// Starts one as it is by default.
  public static TestHub start(Path folder) {
    return in(folder).start();
  }

  private Hub open() {
    try {
      var config = setup.config.apply(HubConfig.local(setup.folder.resolve("data"), ADMIN_TOKEN));
      var opened = Hub.start(config, setup.clock, setup.connectors);
      opened.store().follow(_ -> committed());
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException("the hub does not start", e);
    }
  }

  private synchronized void committed() {
    commits++;
    notifyAll();
  }

  /// The hub itself.
  public Hub hub() {
    return hub;
  }

  /// Its clock.
  public SettableClock clock() {
    return setup.clock;
  }

  /// Where it is reached; another port after each start.
  public URI address() {
    return hub.address();
  }

  /// A client of its API with the administrator's token.
  public Api api() {
    return new Api(client, hub.address(), ADMIN_TOKEN);
  }

  /// Closes the hub and starts one on the same data. What [#api] and [#sender] gave before speaks
  /// to the hub that is gone.
  public void restart() {
    hangUp();
    hub.close();
    client = FakeSender.client();
    hub = open();
  }

  /// Lets go of the connections that were kept, once what is asked on them is answered: a hub that
  /// closes waits a moment for what may still come.
  private void hangUp() {
    client.shutdown();
  }

  /// Takes the store away from under the hub, so that nothing is recorded from then on, and starts
  /// another on the same data.
  ///
  /// @param meanwhile is done when nothing can be recorded and before the old hub ends
  public void crash(Runnable meanwhile) {
    hub.store().close();
    meanwhile.run();
    hub.close();
    hub = open();
  }

  /// Adds a source that lands in the default office.
  public SourceAtHub addSource(String name, String contract) {
    return addSource(name, contract, _ -> {});
  }

  /// Adds a source.
  ///
  /// @param more sets other members of the request
  public SourceAtHub addSource(String name, String contract, Consumer<ObjectNode> more) {
    var body = Json.object().put("name", name).put("contract", contract);
    more.accept(body);
    var made = api().make("/sources", body);
    var key = made.path("api_key").asString();
    return new SourceAtHub(made.path("id").asString(), name, key, sender(name, key));
  }

  /// A sender to a source of this hub, as it is reached now.
  public FakeSender sender(String source, String key) {
    return FakeSender.to(client, hub.address(), source, key);
  }

  /// Adds an endpoint at the default office.
  public EndpointAtHub addEndpoint(String url, String contract) {
    return addEndpoint(url, contract, _ -> {});
  }

  /// Adds an endpoint.
  ///
  /// @param more sets other members of the request
  public EndpointAtHub addEndpoint(String url, String contract, Consumer<ObjectNode> more) {
    var body =
        Json.object().put("name", "CRM for " + contract).put("url", url).put("contract", contract);
    more.accept(body);
    var made = api().make("/endpoints", body);
    return new EndpointAtHub(made.path("id").asString(), made.path("secret").asString());
  }

  /// All leads, newest first, up to 200.
  public List<JsonNode> leads() {
    return items("/leads?limit=200");
  }

  /// What a list of the API shows.
  public List<JsonNode> items(String path) {
    var all = new ArrayList<JsonNode>();
    api().read(path).path("items").forEach(all::add);
    return all;
  }

  /// The story of the one lead with that id of its sender's.
  ///
  /// @throws AssertionError when there is none, or more than one
  public JsonNode story(String leadId) {
    var found = items("/leads?lead_id=" + URLEncoder.encode(leadId, StandardCharsets.UTF_8));
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " leads have the lead_id " + leadId);
    }
    return api().read("/leads/" + found.getFirst().path("id").asString());
  }

  /// The deliveries of a lead to an endpoint, first one first, with their attempts.
  ///
  /// @param leadId the sender's
  public List<JsonNode> deliveries(String leadId, EndpointAtHub endpoint) {
    var all = new ArrayList<JsonNode>();
    story(leadId)
        .path("deliveries")
        .forEach(d -> {
          if (d.path("endpoint").asString().equals(endpoint.id())) {
            all.add(d);
          }
        });
    return all;
  }

  /// Waits until the last delivery of a lead to an endpoint stands like that, and gives it.
  ///
  /// @param state for example `delivered`
  /// @throws AssertionError when it does not within half a minute
  public JsonNode awaitDelivery(String leadId, EndpointAtHub endpoint, String state) {
    return await(
        "the delivery of " + leadId + " to be " + state,
        () -> last(leadId, endpoint).filter(d -> d.path("state").asString().equals(state)));
  }

  /// Waits until that many attempts at the last delivery of a lead to an endpoint are recorded, and
  /// gives it.
  ///
  /// @throws AssertionError when they are not within half a minute
  public JsonNode awaitAttempts(String leadId, EndpointAtHub endpoint, int attempts) {
    return await(
        attempts + " attempts at " + leadId,
        () -> last(leadId, endpoint).filter(d -> d.path("attempts_made").asInt() >= attempts));
  }

  private Optional<JsonNode> last(String leadId, EndpointAtHub endpoint) {
    var all = deliveries(leadId, endpoint);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  /// Waits until a receipt stands like that, and gives it.
  ///
  /// @throws AssertionError when it does not within half a minute
  public JsonNode awaitReceipt(String id, String state) {
    return await(
        "receipt " + id + " to be " + state,
        () ->
            Optional.of(api().read("/receipts/" + id))
                .filter(r -> r.path("state").asString().equals(state)));
  }

  /// Looks now, after each commit of the hub, and now and then for what no line of the log tells,
  /// until there is something to give.
  ///
  /// @param what to say when there is nothing within half a minute
  /// @throws AssertionError then
  public <T> T await(String what, Supplier<Optional<T>> look) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      long seen = commits();
      var found = look.get();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() >= end) {
        throw new AssertionError("waited in vain for " + what);
      }
      awaitCommitAfter(seen, Math.min(end, System.nanoTime() + LOOK.toNanos()));
    }
  }

  private synchronized long commits() {
    return commits;
  }

  private synchronized void awaitCommitAfter(long seen, long end) {
    while (commits == seen) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting", e);
      }
    }
  }

  /// Runs all decisions again.
  ///
  /// @throws AssertionError when they come out otherwise than they stand
  public void checkRebuild() {
    var result = hub.checkRebuild();
    if (result.differenceCount() > 0) {
      throw new AssertionError(
          "the rebuild differs in "
              + result.differenceCount()
              + " rows: "
              + String.join("; ", result.differences()));
    }
  }

  /// Checks the rebuild, unless told otherwise, and stops the hub. The data stays.
  @Override
  public void close() {
    try {
      if (setup.checked) {
        checkRebuild();
      }
    } finally {
      try {
        followingClock.close();
      } catch (Exception e) {
        throw new IllegalStateException("a clock that can't be let go", e);
      } finally {
        hangUp();
        hub.close();
        client.shutdownNow();
      }
    }
  }
}
