package dev.porchlight.door.spark;

import dev.porchlight.access.Secrets;
import dev.porchlight.access.spark.SparkRole;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointHealth;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Terms;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.desk.setup.SetupException;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/developers/newsfeeds/webhooks`: where an account has events of feeds sent to. Each is an
/// endpoint of the hub, with an id as this contract has them.
final class WebhookResources {
  private static final Set<SparkRole> READERS = Set.of(SparkRole.PUBLIC, SparkRole.PRIVATE);
  private static final String PATH = "/developers/newsfeeds/webhooks";
  private static final int LONGEST_URI = 2000;
  private static final int MOST = 25;

  private final Store store;
  private final int hub;
  private final Secrets secrets;
  private final Holders holders;
  private final Function<String, Optional<String>> objection;
  private final Resource.Doorkeeper doorkeeper;

  /// @param objection why a URL may not be sent to
  WebhookResources(
      Store store,
      int hub,
      Secrets secrets,
      Function<String, Optional<String>> objection,
      Resource.Doorkeeper doorkeeper) {
    this.store = store;
    this.hub = hub;
    this.secrets = secrets;
    holders = new Holders(store);
    this.objection = objection;
    this.doorkeeper = doorkeeper;
  }

  List<Resource> resources() {
    return List.of(
        Resource.of(PATH, doorkeeper)
            .on("GET", READERS, this::list)
            .on("POST", Roles.AGENTS, this::create),
        Resource.of(PATH + "/{id}", doorkeeper)
            .on("GET", READERS, this::get)
            .on("PUT", Roles.AGENTS, this::update)
            .on("DELETE", Roles.AGENTS, this::delete));
  }

  private static String uri(String id) {
    return "/v1" + PATH + "/" + id;
  }

  /// Whether an endpoint is a webhook that an account has made here.
  private static boolean isOf(Endpoint endpoint, Nodes nodes, String account) {
    return endpoint.id().matches("[0-9]{26}")
        && endpoint.node().equals(home(nodes, account))
        && endpoint.terms().owners().equals(owners(nodes, account));
  }

  /// The node whose events an account may have: a member has those of its own contacts there.
  private static String home(Nodes nodes, String account) {
    return isMember(nodes, account)
        ? nodes.officeOf(account).map(Node::id).orElse(account)
        : account;
  }

  private static Set<String> owners(Nodes nodes, String account) {
    return isMember(nodes, account) ? Set.of(account) : Set.of();
  }

  private static boolean isMember(Nodes nodes, String account) {
    return nodes.find(account).filter(n -> n.kind() == Node.Kind.MEMBER).isPresent();
  }

  private static List<Endpoint> all(Settings settings, String account) {
    var nodes = Nodes.in(settings);
    return Endpoints.in(settings).all().stream()
        .filter(e -> isOf(e, nodes, account))
        .sorted(Comparator.comparing(Endpoint::id))
        .toList();
  }

  private static ObjectNode view(Settings settings, Endpoint endpoint) {
    var view = Json.object();
    view.put("ResourceUri", uri(endpoint.id()));
    view.put("Id", endpoint.id());
    view.put("Uri", endpoint.url());
    view.put("Active", !endpoint.disabled());
    settings
        .find(Endpoint.SETTING, endpoint.id())
        .ifPresent(s -> view.put("ModificationTimestamp", ContactView.time(s.at())));
    return view;
  }

  private Reply.Full list(SparkCall call) throws BodyException, IOException {
    var settings = store.settings();
    var found = all(settings, holders.account(call.caller()));
    return Envelope.reply(
        200,
        WatchBodies.page(
            call,
            store,
            "Webhooks",
            (skip, limit) -> found.stream().skip(skip).limit(limit).toList(),
            found::size,
            (some, _) -> some.stream().map(e -> view(settings, e)).toList()));
  }

  private Reply.Full get(SparkCall call) {
    var settings = store.settings();
    return all(settings, holders.account(call.caller())).stream()
        .filter(e -> e.id().equals(call.path("id")))
        .findFirst()
        .map(e -> Envelope.ok(List.of(view(settings, e))))
        .orElseThrow(Holders::missing);
  }

  private @Nullable String address(ObjectNode item) {
    var address = AccountResources.text(item, "Uri", LONGEST_URI, false);
    if (address != null) {
      objection
          .apply(address)
          .ifPresent(_ -> {
            throw AccountResources.wrong("Uri", "can't be sent to");
          });
    }
    return address;
  }

  private static ObjectNode item(SparkCall call) throws BodyException, IOException {
    var items = WatchBodies.items(call.needBody(), "Webhooks");
    if (items.size() > 1) {
      throw AccountResources.wrong("Webhooks", "is a list of one item");
    }
    return items.getFirst();
  }

  private Reply.Full create(SparkCall call) throws BodyException, IOException {
    var item = item(call);
    var address = address(item);
    if (address == null) {
      throw SparkException.attribute(SparkFault.MISSING, "Uri", "Uri is required and missing.");
    }
    boolean active = WatchBodies.flag(item, "Active").orElse(true);
    var account = holders.account(call.caller());
    var draw = Draw.fresh(store.now(), hub);
    var id = draw.digits();
    var secret = StandardWebhooks.newSecret();
    var sealed = secrets.seal("endpoint " + id, "signing " + draw.uuid("secret"), secret);
    WatchBodies.write(
        store,
        call.bytes().length,
        batch -> {
          if (all(batch.settings(), account).size() >= MOST) {
            return WatchBodies.Outcome.refused(
                new SparkException(SparkFault.INVALID, "There are " + MOST + " webhooks already."));
          }
          var nodes = Nodes.in(batch.settings());
          batch.change(
              Endpoint.SETTING,
              id,
              new Endpoint(
                      id,
                      "Feeds of " + nodes.get(account).name(),
                      home(nodes, account),
                      address,
                      false,
                      "porchlight",
                      "X-API-Key",
                      Set.of(Endpoints.LISTINGS),
                      Set.of(),
                      false,
                      null,
                      null,
                      false,
                      null,
                      false,
                      !active,
                      Terms.ofOwners(owners(nodes, account)),
                      null)
                  .body());
          secrets.put(batch, sealed, null);
          return WatchBodies.Outcome.of(true);
        });
    var made = Json.object().put("Id", id).put("ResourceUri", uri(id)).put("Secret", secret);
    return Envelope.reply(201, Envelope.results(List.of(made)));
  }

  private Reply.Full update(SparkCall call) throws BodyException, IOException {
    var item = item(call);
    var address = address(item);
    var active = WatchBodies.flag(item, "Active");
    if (address == null && active.isEmpty()) {
      throw new SparkException(SparkFault.MISSING, "Uri or Active is to be said.");
    }
    try {
      change(
          call,
          (batch, known) -> {
            var changed =
                known.at(
                    address == null ? known.url() : address,
                    active.map(a -> !a).orElse(known.disabled()));
            EndpointSetup.checkElsewhere(batch, known, changed, Set.of());
            batch.change(Endpoint.SETTING, known.id(), changed.body());
            EndpointHealth.forgive(batch, known.id());
          });
    } catch (SetupException e) {
      throw new SparkException(SparkFault.INVALID, e.sentence());
    }
    return Envelope.done();
  }

  private Reply.Full delete(SparkCall call) {
    change(
        call,
        (batch, known) -> {
          batch.change(Endpoint.SETTING, known.id(), null);
          EndpointHealth.forget(batch, known.id());
          secrets.removeAll(batch, "endpoint " + known.id());
        });
    return Envelope.done();
  }

  private void change(SparkCall call, java.util.function.BiConsumer<Batch, Endpoint> change) {
    var account = holders.account(call.caller());
    var id = call.path("id");
    WatchBodies.write(
        store,
        1024,
        batch -> {
          var known =
              all(batch.settings(), account).stream().filter(e -> e.id().equals(id)).findFirst();
          if (known.isEmpty()) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          change.accept(batch, known.get());
          return WatchBodies.Outcome.of(true);
        });
  }
}
