package dev.porchlight.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.porchlight.HubConfig;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Secrets;
import dev.porchlight.connector.realtor.ConnectionsPlus;
import dev.porchlight.connector.realtor.RealtorReplies;
import dev.porchlight.delivery.Planner;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.Messages;
import dev.porchlight.net.Cidr;
import dev.porchlight.sign.SecretBox;
import dev.porchlight.testing.Answer;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeSender;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// What is turned away although its key is right.
@OnEveryDatabase
class LimitsTest {
  @Parameter Database database;
  @TempDir Path folder;

  /// A request whose body does not arrive in time.
  private record Slow(String key, AtomicReference<Duration> patience) implements Request {
    @Override
    public String method() {
      return "POST";
    }

    @Override
    public String path() {
      return "/in/portal";
    }

    @Override
    public String pathVariable(String name) {
      return "portal";
    }

    @Override
    public String rawQuery() {
      return "";
    }

    @Override
    public Map<String, List<String>> query() {
      return Map.of();
    }

    @Override
    public Optional<String> header(String name) {
      return name.equalsIgnoreCase("X-API-Key") ? Optional.of(key) : Optional.empty();
    }

    @Override
    public List<Map.Entry<String, String>> headers() {
      return List.of(Map.entry("X-API-Key", key));
    }

    @Override
    public byte[] body(int limit, Duration asked) throws BodyException {
      patience.set(asked);
      throw new BodyException(BodyException.Why.TOO_SLOW, "as the test wants it");
    }

    @Override
    public InetAddress peer() {
      return InetAddress.getLoopbackAddress();
    }

    @Override
    public boolean isConfidential() {
      return true;
    }

    @Override
    public boolean isEncrypted() {
      return true;
    }

    @Override
    public String baseUrl() {
      return "http://127.0.0.1";
    }

    @Override
    public String id() {
      return "r-1";
    }
  }

  @Test
  void a_body_slower_than_30_seconds_is_408_in_the_doors_form() throws Exception {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var store = hub.hub().store();
      var desk =
          new Desk(
              store,
              0,
              "",
              _ -> new ConnectionsPlus(),
              new Planner("nobody", Duration.ofSeconds(30)),
              new Messages(store),
              _ -> {},
              _ -> {},
              _ -> {});
      var door =
          new PushDoor(
              store,
              desk,
              new Credentials(store),
              new Secrets(store, new SecretBox(new byte[32])),
              _ -> new RealtorReplies(),
              new SimpleMeterRegistry());
      var patience = new AtomicReference<Duration>();
      var route = door.routes(List.of()).getFirst();
      var reply = (Reply.Full) route.handler().handle(new Slow(portal.key(), patience));
      assertThat(patience.get()).isEqualTo(Duration.ofSeconds(30));
      assertThat(reply.status()).isEqualTo(408);
      assertThat(Json.tree(new String(reply.body(), StandardCharsets.UTF_8)).propertyNames())
          .containsExactlyInAnyOrder(
              "communications_guid", "status_code", "message", "description");
      assertThat(hub.items("/receipts")).isEmpty();
    }
  }

  @Test
  void when_nothing_can_be_stored_the_sender_is_told_to_come_again_and_nothing_is_claimed() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1));
      var meanwhile = new ArrayList<Answer>();
      hub.crash(() -> meanwhile.add(portal.post(body)));

      var refused = meanwhile.getFirst();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Retry-After")).isPresent();
      assertThat(refused.json().propertyNames())
          .containsExactlyInAnyOrder(
              "communications_guid", "status_code", "message", "description");
      assertThat(hub.items("/receipts")).isEmpty();
      assertThat(hub.sender("portal", portal.key()).post(body).status()).isEqualTo(200);
      assertThat(hub.leads()).hasSize(1);
    }
  }

  @Test
  void plain_http_is_taken_from_loopback_and_from_trusted_proxies_only() throws Exception {
    var outside = outside();
    assumeThat(outside).as("an address that is not loopback").isPresent();
    var address = outside.orElseThrow().getHostAddress();
    for (boolean trusted : new boolean[] {false, true}) {
      var data = folder.resolve(Boolean.toString(trusted));
      try (var hub =
          database
              .in(data)
              .config(c ->
                  listening(c, address, trusted ? List.of(Cidr.parse(address + "/32")) : List.of()))
              .start()) {
        var plain =
            FakeSender.to(
                URI.create("http://" + address + ":" + hub.address().getPort()), "portal", "k");
        var body = LeadBodies.buyer("L-1", InventedPerson.of(1));
        // Past the check, the wrong key counts.
        assertThat(plain.post(body).status()).isEqualTo(trusted ? 401 : 403);
        assertThat(plain.withHeader("X-Forwarded-Proto", "https").post(body).status())
            .isEqualTo(trusted ? 401 : 403);
        var refused = plain.withHeader("X-Forwarded-Proto", "http").post(body);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().path("status_code").intValue()).isEqualTo(403);
        assertThat(hub.api().get("/leads").status()).isEqualTo(trusted ? 200 : 403);
      }
    }
  }

  private static HubConfig listening(HubConfig c, String bind, List<Cidr> trusted) {
    return c.withBind(bind).withTrustedProxies(trusted);
  }

  private static Optional<InetAddress> outside() throws java.net.SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress() && !a.isLinkLocalAddress())
        .findFirst();
  }
}
