package dev.porchlight.door.seekerleads;

import dev.porchlight.access.Client;
import dev.porchlight.access.ClientTokens;
import dev.porchlight.access.Secrets;
import dev.porchlight.connector.Body;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Written;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Engine;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.LeadWalk;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.feed.ListingNames;
import dev.porchlight.door.seekerleads.RefusedException.Kind;
import dev.porchlight.listing.Listing;
import dev.porchlight.listing.Listings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Handler;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// The seven operations of Seeker Leads, under `/seeker-leads/v1` and, for clients of the sandbox,
/// under `/sandbox/seeker-leads/v1`.
///
/// The order of the checks is the promise: plain HTTP, token, rate, then the request itself. A
/// client sees the leads that landed in the offices it is granted; all else is not there.
public final class SeekerLeadsApi {
  /// The contract's name.
  public static final String CONTRACT = "seeker-leads";

  /// The contract that what clients put in is read by.
  public static final String REQUESTS = "seeker-leads-request";

  static final int MAX_BODY = 1024 * 1024;
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int BURST = 10;
  private static final Duration BURST_STRETCH = Duration.ofMillis(200);
  private static final int PAGE = 100;
  private static final int KEPT_HEADER = 512;

  /// What the door works with.
  ///
  /// @param hub the hub's number
  /// @param names completes a lead by what the contract calls its listing
  /// @param writer writes a lead as the contract has it
  /// @param urlObjection why a URL can't be a subscription's; empty when it can
  public record Parts(
      Store store,
      int hub,
      ClientTokens tokens,
      Secrets secrets,
      Desk desk,
      Receipts receipts,
      LeadWalk leads,
      Listings listings,
      Deliveries deliveries,
      Engine engine,
      ListingNames names,
      Function<Message, Written> writer,
      Function<String, Optional<String>> urlObjection,
      MeterRegistry meters) {}

  private final Parts parts;
  private final Refusals refusals = new Refusals();
  private final Rate rate = new Rate(BURST, BURST_STRETCH, System::nanoTime);
  private final Subscriptions subscriptions;

  public SeekerLeadsApi(Parts parts) {
    this.parts = parts;
    subscriptions = new Subscriptions(parts);
  }

  /// Whether an address that has no route is the door's all the same.
  public static boolean covers(String path) {
    for (boolean sandbox : new boolean[] {false, true}) {
      var base = "/" + audience(sandbox);
      if (path.equals(base) || path.startsWith(base + "/")) {
        return true;
      }
    }
    return false;
  }

  /// How the door words what it refuses.
  public static Route.Refusals refusals() {
    return new Refusals();
  }

  /// What an access token for it names as its audience.
  static String audience(boolean sandbox) {
    return (sandbox ? "sandbox/" : "") + CONTRACT + "/v1";
  }

  private interface Operation {
    Reply answer(Caller caller) throws Exception;
  }

  public List<Route> routes() {
    var routes = new ArrayList<Route>();
    for (boolean sandbox : new boolean[] {false, true}) {
      var base = "/" + audience(sandbox);
      add(routes, "POST", base + "/leads", sandbox, this::put);
      add(routes, "GET", base + "/leads", sandbox, this::list);
      add(routes, "GET", base + "/leads/{leadId}", sandbox, this::get);
      var webhook = base + "/webhook/subscriptions";
      add(routes, "POST", webhook, sandbox, subscriptions::make);
      add(routes, "PUT", webhook + "/{id}", sandbox, subscriptions::change);
      add(routes, "DELETE", webhook + "/{id}", sandbox, subscriptions::remove);
      add(routes, "GET", webhook + "/{id}/audit", sandbox, subscriptions::audit);
    }
    routes.add(new TokenEndpoint(parts.tokens()).route());
    return routes;
  }

  private void add(
      List<Route> routes, String method, String template, boolean sandbox, Operation operation) {
    Handler handler =
        request -> {
          try {
            return operation.answer(caller(request, sandbox));
          } catch (RefusedException e) {
            return refusals.refused(request, e);
          }
        };
    routes.add(Route.confidential(method, template, handler, refusals));
  }

  private Caller caller(Request request, boolean sandbox) throws RefusedException {
    var header = request.header("Authorization").orElse("");
    var client =
        header.regionMatches(true, 0, "Bearer ", 0, 7)
            ? parts.tokens().find(header.substring(7).strip(), CONTRACT, sandbox, audience(sandbox))
            : Optional.<Client>empty();
    if (client.isEmpty()) {
      throw new RefusedException(
          Kind.UNAUTHORIZED, "Send a token that is valid here as `Authorization: Bearer`.");
    }
    if (!rate.begin(client.get().id())) {
      throw new RefusedException(
          Kind.TOO_MANY_REQUESTS, "At most 10 requests may begin within 200 ms.");
    }
    return new Caller(client.get(), client.get().scope(parts.store().settings()), request);
  }

  static Reply.Full json(int status, JsonNode body) {
    return Reply.of(status, "application/json", body.toString().getBytes(StandardCharsets.UTF_8))
        .with("Cache-Control", "no-store");
  }

  /// `POST /leads`.
  private Reply put(Caller caller) throws RefusedException, BodyException, IOException {
    var request = caller.request();
    var headers = Json.object();
    for (var name : List.of("user-agent", "content-type")) {
      request
          .header(name)
          .filter(v -> v.length() <= KEPT_HEADER)
          .ifPresent(v -> headers.put(name, v));
    }
    var key = request.header("Idempotency-Key");
    if (key.isPresent()) {
      if (!key.get().matches("[!-~]{1,255}")) {
        throw RefusedException.bad("An Idempotency-Key has 1 to 255 visible ASCII characters.");
      }
      headers.put(Desk.REQUEST_KEY, key.get());
    }
    var bytes = request.body(MAX_BODY, PATIENCE);
    var settings = parts.store().settings();
    var source =
        Sources.in(settings)
            .find(caller.client().id())
            .orElseThrow(() -> new IllegalStateException("a client without its source"));
    var office =
        listing(caller, bytes).map(Listing::officeId).or(() -> caller.client().home(settings));
    var receipt =
        parts
            .desk()
            .accept(
                source,
                new Body(bytes, request.header("Content-Type").orElse(""), ""),
                new Desk.Circumstances(headers.toString(), "", null, office.orElse(null)));
    parts
        .meters()
        .counter("porchlight.receipts", "contract", CONTRACT, "outcome", receipt.state().word())
        .increment();
    return switch (receipt.state()) {
      case DONE, REPEAT, OWED, ASIDE, MENDED, ERASED -> json(200, taken(receipt));
      case QUARANTINED, REFUSED ->
          throw new RefusedException(
              Kind.BAD_REQUEST, receipt.reason(), parts.receipts().listViolations(receipt.id()));
    };
  }

  private static JsonNode taken(Receipt receipt) {
    var json = Json.object();
    json.put("title", "The lead was taken.");
    json.put("requestId", receipt.guid());
    return json;
  }

  /// The listing that a body names, if the client may see its office.
  private Optional<Listing> listing(Caller caller, byte[] bytes) {
    String named;
    try {
      named = Json.mapper().readTree(bytes).path("classifiedId").asString("");
    } catch (JacksonException e) {
      // The reading that follows says what is wrong.
      return Optional.empty();
    }
    return named.isEmpty() || named.length() > 64
        ? Optional.empty()
        : parts.listings().findByClassifiedId(caller.scope(), named);
  }

  /// `GET /leads`.
  private Reply list(Caller caller) throws RefusedException {
    var request = caller.request();
    var window = Questions.window(request);
    int limit = Questions.limit(request, PAGE);
    var start = Questions.one(request, "start");
    long after = 0;
    if (start.isPresent()) {
      after =
          parts
              .leads()
              .find(caller.scope(), start.get())
              .orElseThrow(
                  () -> RefusedException.bad("`start` must be the id of a lead that you may see."))
              .lead()
              .seq();
    }
    var page = parts.leads().page(caller.scope(), window, after, limit);
    var head = Json.object();
    head.putObject("metadata").put("limit", limit).put("count", page.size());
    var links = head.putObject("links");
    links.put("self", link(request, start));
    if (page.size() == limit) {
      links.put("next", link(request, Optional.of(page.getLast().lead().id())));
    } else {
      links.putNull("next");
    }
    return new LeadPage(head, page, parts).reply();
  }

  private static String link(Request request, Optional<String> start) {
    var query = request.query();
    var link =
        new StringBuilder("/leads?minDate=")
            .append(query.getOrDefault("minDate", List.of("")).getFirst())
            .append("&maxDate=")
            .append(query.getOrDefault("maxDate", List.of("")).getFirst());
    if (query.containsKey("limit")) {
      link.append("&limit=").append(query.getOrDefault("limit", List.of("")).getFirst());
    }
    start.ifPresent(
        s -> link.append("&start=").append(URLEncoder.encode(s, StandardCharsets.UTF_8)));
    return link.toString();
  }

  /// `GET /leads/{leadId}`.
  private Reply get(Caller caller) throws RefusedException {
    var lead =
        parts
            .leads()
            .find(caller.scope(), caller.request().pathVariable("leadId"))
            .orElseThrow(() -> new RefusedException(Kind.NOT_FOUND, "There is no such lead."));
    return Reply.of(200, "application/json", LeadPage.written(parts, List.of(lead)).getFirst())
        .with("Cache-Control", "no-store");
  }
}
