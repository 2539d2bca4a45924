package dev.porchlight.api;

import dev.porchlight.access.Audit;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Permission;
import dev.porchlight.access.Principal;
import dev.porchlight.access.Principals;
import dev.porchlight.access.Secrets;
import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointTest;
import dev.porchlight.delivery.Engine;
import dev.porchlight.delivery.Feed;
import dev.porchlight.delivery.Renderer;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.erasure.Erasure;
import dev.porchlight.desk.erasure.ErasurePlace;
import dev.porchlight.desk.erasure.Erasures;
import dev.porchlight.desk.erasure.Periods;
import dev.porchlight.desk.erasure.Pins;
import dev.porchlight.desk.events.GrantChanges;
import dev.porchlight.desk.onward.Replays;
import dev.porchlight.desk.rebuild.Rebuild;
import dev.porchlight.desk.search.Search;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.desk.setup.SourceSetup;
import dev.porchlight.listing.Listings;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// All of `/api/v1`.
public final class Api {
  /// What the API works with.
  ///
  /// @param hub the hub's number
  /// @param reader reads a body by the contract of that name
  /// @param clientContracts the contracts whose doors take clients, each with the one that what
  ///   they put in is read by
  /// @param replayWork is told that a replay may go on
  /// @param renderer writes a delivery as it would be sent
  /// @param urlObjection why a URL can't be an endpoint's; empty when it can
  public record Parts(
      Store store,
      int hub,
      Principals principals,
      Audit audit,
      Credentials credentials,
      Secrets secrets,
      SourceSetup sourceSetup,
      EndpointSetup endpointSetup,
      Map<String, String> clientContracts,
      Function<String, Optional<String>> urlObjection,
      Leads leads,
      Receipts receipts,
      Persons persons,
      Listings listings,
      Deliveries deliveries,
      Desk desk,
      GrantChanges grantChanges,
      Erasure erasure,
      Erasures erasures,
      Engine engine,
      Replays replays,
      Runnable replayWork,
      EndpointTest endpointTest,
      BiFunction<Delivery, Endpoint, Renderer.Rendered> renderer,
      Rebuild rebuild,
      BiFunction<String, Body, Reading> reader,
      Supplier<List<Finding>> doctor,
      Periods periods,
      Runnable periodsChanged,
      Search search) {}

  /// What the doctor found.
  ///
  /// @param level `ok`, `attention` or `fault`
  public record Finding(String level, String sentence) {}

  private final Parts parts;
  private final Gate gate;
  private final Problems problems = new Problems();
  private final List<Route> routes = new ArrayList<>();
  private final Map<String, Offered> offered = new HashMap<>();

  /// What stands at one address.
  private record Offered(Permission needed, Call.Resource resource) {}

  public Api(Parts parts) {
    this.parts = parts;
    gate = new Gate(parts.principals(), parts.store(), parts.secrets(), parts.audit());
    var accounts =
        new AccountResources(
            parts.store(),
            parts.hub(),
            parts.credentials(),
            parts.secrets(),
            parts.sourceSetup(),
            new PollMember(parts.store(), parts.secrets(), parts.urlObjection()));
    var endpoints =
        new EndpointResources(
            parts.store(),
            parts.hub(),
            parts.secrets(),
            parts.endpointSetup(),
            parts.urlObjection(),
            parts.deliveries(),
            parts.leads(),
            parts.engine(),
            parts.endpointTest(),
            parts.renderer());
    var retention = new RetentionResources(parts.store(), parts.periods(), parts.periodsChanged());
    add("GET", "/retention", Permission.ADMIN, retention::get);
    add("PATCH", "/retention", Permission.ADMIN, retention::change);
    var mail =
        new MailResources(
            parts.store(), parts.hub(), parts.secrets(), parts.engine(), parts.endpointTest());
    add("POST", "/mail-server/test", Permission.ADMIN, mail::test);
    add("GET", "/mail-server", Permission.ADMIN, mail::getServer);
    add("PATCH", "/mail-server", Permission.ADMIN, mail::changeServer);
    add("DELETE", "/mail-server", Permission.ADMIN, mail::removeServer);
    add("GET", "/nodes/{id}/mail", Permission.READ, mail::getNode);
    add("PATCH", "/nodes/{id}/mail", Permission.ADMIN, mail::changeNode);
    var leads =
        new LeadResources(
            parts.store(),
            parts.hub(),
            parts.leads(),
            parts.receipts(),
            parts.persons(),
            parts.deliveries(),
            parts.desk(),
            parts.credentials(),
            parts.reader(),
            parts.erasures(),
            parts.listings());
    var persons =
        new PersonResources(
            parts.store(), parts.persons(), parts.leads(), parts.erasure(), parts.erasures());
    var clients =
        new ClientResources(
            parts.store(),
            parts.hub(),
            parts.credentials(),
            parts.secrets(),
            parts.clientContracts());
    var listings =
        new ListingResources(parts.store(), parts.hub(), parts.listings(), parts.deliveries());
    var parties =
        new PartyResources(parts.store(), parts.hub(), parts.credentials(), parts.grantChanges());
    var grants = new GrantResources(parts.store(), parts.hub(), parts.grantChanges());
    var sparkKeys =
        new SparkKeyResources(
            parts.store(), parts.hub(), parts.credentials(), parts.secrets(), parts.persons());
    add("GET", "/spark-keys", Permission.ADMIN, sparkKeys::list);
    add("POST", "/spark-keys", Permission.ADMIN, sparkKeys::make);
    add("GET", "/spark-keys/{id}", Permission.ADMIN, sparkKeys::get);
    add("PATCH", "/spark-keys/{id}", Permission.ADMIN, sparkKeys::change);
    add("DELETE", "/spark-keys/{id}", Permission.ADMIN, sparkKeys::revoke);
    add("GET", "/nodes", Permission.READ, accounts::listNodes);
    add("POST", "/nodes", Permission.ADMIN, accounts::makeNode);
    add("GET", "/nodes/{id}", Permission.READ, accounts::getNode);
    add(
        "PATCH",
        "/nodes/{id}",
        Permission.ADMIN,
        new NodeChanges(parts.store(), parts.credentials())::change);
    add("POST", "/nodes/{id}/password", Permission.ADMIN, accounts::setPassword);
    var roles = new RoleResources(parts.store(), parts.hub(), parts.credentials());
    add(
        "GET",
        "/audit",
        Permission.ADMIN,
        new AuditResources(parts.audit(), parts.credentials())::list);
    add("POST", "/nodes/{id}/sign-in-link", Permission.ADMIN, roles::link);
    add("GET", "/nodes/{id}/role", Permission.READ, roles::get);
    add("PUT", "/nodes/{id}/role", Permission.ADMIN, roles::put);
    add("DELETE", "/nodes/{id}/role", Permission.ADMIN, roles::remove);
    add("GET", "/sources", Permission.READ, accounts::listSources);
    add("POST", "/sources", Permission.ADMIN, accounts::makeSource);
    add("GET", "/sources/{id}", Permission.READ, accounts::getSource);
    add("PATCH", "/sources/{id}", Permission.ADMIN, accounts::changeSource);
    add("POST", "/sources/{id}/rotate-key", Permission.ADMIN, accounts::rotateKey);
    add("POST", "/sources/{id}/pause", Permission.ADMIN, accounts::pauseSource);
    add("POST", "/sources/{id}/resume", Permission.ADMIN, accounts::resumeSource);
    add("POST", "/sources/{id}/mail-address", Permission.ADMIN, accounts::makeMailAddress);
    add("DELETE", "/sources/{id}/mail-address", Permission.ADMIN, accounts::endMailAddresses);
    add("GET", "/tokens", Permission.ADMIN, accounts::listTokens);
    add("POST", "/tokens", Permission.ADMIN, accounts::makeToken);
    add("DELETE", "/tokens/{id}", Permission.ADMIN, accounts::endToken);
    add("GET", "/clients", Permission.ADMIN, clients::list);
    add("POST", "/clients", Permission.ADMIN, clients::make);
    add("GET", "/clients/{id}", Permission.ADMIN, clients::get);
    add("DELETE", "/clients/{id}", Permission.ADMIN, clients::revoke);
    add("POST", "/clients/{id}/rotate-secret", Permission.ADMIN, clients::rotate);
    add("GET", "/parties", Permission.READ, parties::list);
    add("POST", "/parties", Permission.ADMIN, parties::make);
    add("GET", "/parties/{id}", Permission.READ, parties::get);
    add("PATCH", "/parties/{id}", Permission.ADMIN, parties::change);
    add("DELETE", "/parties/{id}", Permission.ADMIN, parties::remove);
    add("POST", "/parties/{id}/rotate-key", Permission.ADMIN, parties::rotateKey);
    add("GET", "/grants", Permission.READ, grants::list);
    add("POST", "/grants", Permission.ADMIN, grants::make);
    add("GET", "/grants/{id}", Permission.READ, grants::get);
    add("DELETE", "/grants/{id}", Permission.ADMIN, grants::revoke);
    var events = new EventResources(parts.store());
    add("GET", "/events", Permission.READ, events::list);
    add("GET", "/events/{id}", Permission.READ, events::get);
    add("GET", "/service-areas", Permission.READ, events::listServiceAreas);
    add("GET", "/listings", Permission.READ, listings::list);
    add("POST", "/listings", Permission.WORK, listings::make);
    add("GET", "/listings/{id}", Permission.READ, listings::get);
    add("PUT", "/listings/{id}", Permission.WORK, listings::replace);
    add("DELETE", "/listings/{id}", Permission.WORK, listings::remove);
    add("GET", "/endpoints", Permission.READ, endpoints::list);
    add("POST", "/endpoints", Permission.ADMIN, endpoints::make);
    add("GET", "/endpoints/{id}", Permission.READ, endpoints::get);
    add("PATCH", "/endpoints/{id}", Permission.ADMIN, endpoints::change);
    add("DELETE", "/endpoints/{id}", Permission.ADMIN, endpoints::remove);
    add("POST", "/endpoints/{id}/rotate-secret", Permission.ADMIN, endpoints::rotateSecret);
    add("POST", "/endpoints/{id}/test", Permission.WORK, endpoints::test);
    var feeds =
        new FeedResources(
            parts.store(), parts.secrets(), new Feed(parts.store()), parts.renderer());
    add("GET", "/endpoints/{id}/feed", Permission.FEED, feeds::list);
    add("GET", "/endpoints/{id}/digests/{day}", Permission.FEED, feeds::digest);
    var replays =
        new ReplayResources(parts.store(), parts.hub(), parts.replays(), parts.replayWork());
    add("GET", "/replays", Permission.READ, replays::list);
    add("POST", "/replays", Permission.WORK, replays::make);
    add("GET", "/replays/{id}", Permission.READ, replays::get);
    add("PATCH", "/replays/{id}", Permission.WORK, replays::change);
    add("GET", "/deliveries", Permission.READ, endpoints::listDeliveries);
    add("GET", "/deliveries/{id}", Permission.READ, endpoints::getDelivery);
    add("POST", "/deliveries/{id}/retry", Permission.WORK, endpoints::retryDelivery);
    add("GET", "/leads", Permission.READ, leads::list);
    add("GET", "/leads/{id}", Permission.READ, leads::get);
    add("POST", "/leads/{id}/answered", Permission.WORK, leads::markAnswered);
    add("POST", "/leads/{id}/link", Permission.READ, leads::link);
    var pins = new PinResources(parts.store(), parts.leads(), parts.receipts(), parts.deliveries());
    for (var kind :
        Map.of(
                "/leads", Pins.Kind.LEAD,
                "/receipts", Pins.Kind.RECEIPT,
                "/deliveries", Pins.Kind.DELIVERY)
            .entrySet()) {
      var path = kind.getKey() + "/{id}";
      add("POST", path + "/pin", Permission.WORK, call -> pins.pin(call, kind.getValue()));
      add("POST", path + "/unpin", Permission.WORK, call -> pins.unpin(call, kind.getValue()));
    }
    add("GET", "/receipts", Permission.READ, leads::listReceipts);
    add("GET", "/receipts/{id}", Permission.READ, leads::getReceipt);
    add("GET", "/receipts/{id}/raw", Permission.READ, leads::getRaw);
    add("POST", "/receipts/{id}/resubmit", Permission.WORK, leads::resubmit);
    add("POST", "/receipts/{id}/aside", Permission.WORK, leads::putAside);
    add("POST", "/receipts/{id}/reopen", Permission.WORK, leads::takeBack);
    add("GET", "/contacts", Permission.READ, leads::listContacts);
    add("GET", "/contacts/{id}", Permission.READ, leads::getContact);
    add(
        "PATCH",
        "/contacts/{id}",
        Permission.WORK,
        new ContactChange(parts.store(), parts.persons(), parts.leads())::change);
    add("GET", "/contacts/{id}/notes", Permission.READ, leads::listNotes);
    add(
        "GET",
        "/search",
        Permission.READ,
        new SearchResources(parts.store(), parts.search(), parts.leads(), parts.audit())::find);
    add("GET", "/persons", Permission.READ, persons::list);
    add("GET", "/persons/{id}", Permission.READ, persons::get);
    add("POST", "/persons/{id}/erase", Permission.ADMIN, persons::erase);
    add("POST", "/rebuild-check", Permission.ADMIN, this::checkRebuild);
    add("GET", "/doctor", Permission.ADMIN, this::examine);
  }

  /// The answers kept for requests that are repeated, which may show a person.
  public static ErasurePlace answers(Store store, Secrets secrets) {
    return new KeptAnswers(store, secrets);
  }

  public List<Route> routes() {
    return routes;
  }

  /// Does what a request of somebody's would do, and answers as it would be answered: for pages
  /// that act in the name of who is signed in there. Whoever asks notes it in the audit.
  ///
  /// @param from the request that makes it
  /// @param path below `/api/v1`, as it is documented: `/sources/{id}`
  /// @param id what stands in the place of `{id}`; empty where there is none
  /// @throws IllegalArgumentException when nothing is there
  public Reply.Full act(
      Request from, Principal principal, String method, String path, String id, ObjectNode body)
      throws Exception {
    var what = offered.get(method + " " + path);
    if (what == null) {
      throw new IllegalArgumentException("the API has no " + method + " " + path);
    }
    var reply =
        gate.inside(
            what.needed(),
            new InsideRequest(from, method, "/api/v1" + path, id, body),
            principal,
            what.resource());
    if (reply instanceof Reply.Full full) {
      return full;
    }
    throw new IllegalArgumentException(method + " " + path + " has no whole answer");
  }

  private void add(String method, String path, Permission needed, Call.Resource resource) {
    offered.put(method + " " + path, new Offered(needed, resource));
    routes.add(
        new Route(
            method,
            "/api/v1" + path,
            gate.handler(needed, new Noted(method + " /api/v1" + path), resource),
            problems));
  }

  /// Runs all decisions again and compares.
  private Reply checkRebuild(Call call) {
    if (!call.scope().everything()) {
      throw new FaultException(Fault.NOT_ALLOWED, "This token does not see everything.");
    }
    var result = parts.rebuild().check();
    var view = Json.object();
    view.put("equal", result.differences().isEmpty());
    view.put("decisions", result.decisions());
    view.put("rows", result.rows());
    view.put("difference_count", result.differenceCount());
    var list = view.putArray("differences");
    result.differences().forEach(list::add);
    return Call.ok(view);
  }

  /// What the doctor finds.
  private Reply examine(Call call) {
    if (!call.scope().everything()) {
      throw new FaultException(Fault.NOT_ALLOWED, "This token does not see everything.");
    }
    var view = Json.object();
    var list = view.putArray("findings");
    for (var finding : parts.doctor().get()) {
      list.addObject().put("level", finding.level()).put("sentence", finding.sentence());
    }
    return Call.ok(view);
  }
}
