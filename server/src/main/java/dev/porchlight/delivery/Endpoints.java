package dev.porchlight.delivery;

import dev.porchlight.account.Node;
import dev.porchlight.account.NodeMail;
import dev.porchlight.account.Nodes;
import dev.porchlight.net.MailAddress;
import dev.porchlight.net.MailServer;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// The endpoints at one place in the log: those that were made, and those of mail that follow from
/// other settings. Immutable.
public final class Endpoints {
  /// The kind of event that somebody is told of listings.
  public static final String LISTINGS = "feed.notified";

  private static final Function<Settings, Endpoints> VIEW = Endpoints::new;

  /// What people are also told by mail.
  private static final Set<String> COPIED = Set.of("lead-delivery", "lead-delivery-standard");

  private final Map<String, Endpoint> byId = new LinkedHashMap<>();
  private final Map<String, Endpoint> copies = new LinkedHashMap<>();
  private final Map<String, Fallback> fallbacks = new HashMap<>();
  private final Map<String, Endpoint> listingMails = new HashMap<>();

  /// Where that goes which is stuck at a node.
  ///
  /// @param since what came before is none of its business
  public record Fallback(Endpoint endpoint, Instant since) {}

  private final Nodes nodes;

  /// By an office; filled as offices are asked for.
  private final Map<String, List<Endpoint>> covering = new ConcurrentHashMap<>();

  private Endpoints(Settings settings) {
    nodes = Nodes.in(settings);
    settings.all(Endpoint.SETTING).forEach(s -> byId.put(s.id(), Endpoint.of(s)));
    for (var endpoint : List.copyOf(byId.values())) {
      if (COPIED.contains(endpoint.contract()) && endpoint.subscription() == null) {
        NodeMail.copiesOf(settings, endpoint.node())
            .ifPresent(address -> {
              var copy = copyOf(endpoint, address);
              copies.put(copy.id(), copy);
            });
      }
    }
    for (var setting : settings.all(NodeMail.SETTING)) {
      var address = NodeMail.of(settings, setting.id()).fallback();
      if (address != null) {
        fallbacks.put(setting.id(), new Fallback(fallback(setting.id(), address), setting.at()));
      }
    }
    if (MailServer.in(settings).isPresent()) {
      nodes.all().stream()
          .filter(n -> n.kind() == Node.Kind.MLS)
          .forEach(n -> listingMails.put(n.id(), listingMail(n.id())));
    }
    byId.putAll(copies);
    listingMails.values().forEach(e -> byId.put(e.id(), e));
    fallbacks.values().forEach(f -> byId.put(f.endpoint().id(), f.endpoint()));
  }

  /// The copy goes on while the endpoint is disabled: that is what it is for.
  private static Endpoint copyOf(Endpoint e, String address) {
    return mail(
        Draw.named("mail copy", e.id()),
        "Mail copy of " + e.name(),
        e.node(),
        address,
        e.kinds(),
        e.sources(),
        e.tests(),
        Terms.choosing(e.terms()));
  }

  private static Endpoint fallback(String node, String address) {
    return mail(
        Draw.named("mail fallback", node),
        "Fallback mail",
        node,
        address,
        Set.of(
            Planner.UNDELIVERED,
            Planner.UNREAD,
            "endpoint.failing",
            "endpoint.disabled",
            "endpoint.recovered"),
        Set.of(),
        false,
        Terms.USUAL);
  }

  /// Mail to people about listings: each message says itself where it goes.
  private static Endpoint listingMail(String root) {
    return mail(
        Draw.named("mail about listings", root),
        "Mail about listings",
        root,
        "",
        Set.of(LISTINGS),
        Set.of(),
        false,
        Terms.USUAL);
  }

  /// One that a mail can be tried with; nobody finds it.
  public static Endpoint mailTo(String id, String node, String address) {
    return mail(id, "Trial", node, address, Set.of(), Set.of(), true, Terms.USUAL);
  }

  private static Endpoint mail(
      String id,
      String name,
      String node,
      String address,
      Set<String> kinds,
      Set<String> sources,
      boolean tests,
      Terms terms) {
    return new Endpoint(
        id,
        name,
        node,
        MailAddress.url(address),
        false,
        "mail",
        "X-API-Key",
        kinds,
        sources,
        tests,
        null,
        null,
        false,
        null,
        false,
        false,
        terms,
        null);
  }

  public static Endpoints in(Settings settings) {
    return settings.view(VIEW);
  }

  /// Those within whose reach is what happens at an office, in the order of their making.
  List<Endpoint> covering(String office) {
    return covering.computeIfAbsent(
        office, o -> byId.values().stream().filter(e -> e.covers(nodes, o)).toList());
  }

  public Optional<Endpoint> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// An endpoint as it was last, though it be gone; empty where there never was one.
  public static Optional<Endpoint> findPast(Store store, String id) {
    return store.read(h ->
        h.createQuery(
                "SELECT body FROM setting WHERE kind = :k AND id = :i AND body IS NOT NULL"
                    + " ORDER BY seq DESC LIMIT 1")
            .bind("k", Endpoint.SETTING)
            .bind("i", id)
            .map((r, _) -> Json.read(r.getString(1), Endpoint.class))
            .findOne());
  }

  public Collection<Endpoint> all() {
    return byId.values();
  }

  /// Whether it follows from another setting, and is not to be changed itself.
  public boolean isDerived(String id) {
    return isCopy(id)
        || isFallback(id)
        || listingMails.values().stream().anyMatch(e -> e.id().equals(id));
  }

  /// Whether it is where that goes which is stuck.
  public boolean isFallback(String id) {
    return fallbacks.values().stream().anyMatch(f -> f.endpoint().id().equals(id));
  }

  boolean isCopy(String id) {
    return copies.containsKey(id);
  }

  /// Where that goes which is stuck and belongs to a node or to what is below it.
  ///
  /// @param node the one whose setting says so
  public Optional<Fallback> fallbackAt(String node) {
    return Optional.ofNullable(fallbacks.get(node));
  }

  /// By which mail about listings goes to people within an account root; empty while there is no
  /// mail server.
  public Optional<Endpoint> listingMailOf(String root) {
    return Optional.ofNullable(listingMails.get(root));
  }

  /// Whether there is any fallback.
  public boolean hasFallback() {
    return !fallbacks.isEmpty();
  }
}
