package dev.porchlight.ops;

import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Engine;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Receipts;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreState;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/health`, `/health/live`, `/health/ready`, `/metrics`. No personal data, so no token is asked
/// for, and so nothing is said either in the words of a database or a disk, which name hosts and
/// files: those are in the log and in what `doctor` finds.
///
/// Ready means that a lead would be taken. What is owed, quarantined, dead or unwritable is work
/// for a person, listed at `/health`, and takes no readiness away.
public final class Health {
  private static final int SHOWN = 20;
  private static final String HANGS = "the disk or the database hangs";
  private static final String REFUSES =
      "nothing can be stored for now: the disk is full or the database is away";
  private static final String HALTED =
      "the disk is in doubt; nothing is stored until the next start";

  private final Store store;
  private final Receipts receipts;
  private final Deliveries deliveries;
  private final Engine engine;
  private final PrometheusMeterRegistry meters;
  private final String version;

  public Health(
      Store store,
      Receipts receipts,
      Deliveries deliveries,
      Engine engine,
      PrometheusMeterRegistry meters,
      String version) {
    this.store = store;
    this.receipts = receipts;
    this.deliveries = deliveries;
    this.engine = engine;
    this.meters = meters;
    this.version = version;
  }

  /// @param refusals words what goes wrong
  public List<Route> routes(Route.Refusals refusals) {
    return List.of(
        new Route("GET", "/health/live", _ -> json(200, status("live")), refusals),
        new Route("GET", "/health/ready", this::ready, refusals),
        new Route("GET", "/health", this::all, refusals),
        new Route(
            "GET",
            "/metrics",
            _ ->
                Reply.of(
                    200,
                    "text/plain; version=0.0.4; charset=utf-8",
                    meters.scrape().getBytes(StandardCharsets.UTF_8)),
            refusals));
  }

  private static ObjectNode status(String status) {
    var json = Json.object();
    json.put("status", status);
    return json;
  }

  private static Reply json(int status, ObjectNode body) {
    return Reply.of(status, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Reply ready(Request request) {
    return switch (store.state()) {
      case StoreState.Accepting() ->
          store.isHanging() ? notReady(HANGS) : json(200, status("ready"));
      case StoreState.Refusing _ -> notReady(REFUSES);
      case StoreState.Halted _ -> notReady(HALTED);
    };
  }

  private static Reply notReady(String reason) {
    var json = status("not ready");
    json.put("reason", reason);
    return json(503, json);
  }

  private Reply all(Request request) {
    var json = Json.object();
    json.put("version", version);
    switch (store.state()) {
      case StoreState.Accepting() ->
          json.put("store", store.isHanging() ? "hanging: " + HANGS : "accepting");
      case StoreState.Refusing _ -> json.put("store", "refusing: " + REFUSES);
      case StoreState.Halted _ -> json.put("store", "halted: " + HALTED);
    }
    json.put("lanes_at_work", engine.running());
    try {
      var hands = json.putObject("needs_a_hand");
      count(hands, "owed", receipts.count(Receipt.State.OWED));
      count(hands, "quarantined", receipts.count(Receipt.State.QUARANTINED));
      count(hands, "dead", deliveries.counts().of(DeliveryState.State.DEAD));
      count(hands, "unwritable", deliveries.counts().of(DeliveryState.State.UNWRITABLE));
      var owed = json.putArray("owed_receipts");
      receipts
          .list(Scope.EVERYTHING, new Receipts.Query(Receipt.State.OWED, null, null, "", SHOWN))
          .forEach(r -> owed.add(r.id()));
      var unwritable = json.putArray("unwritable_deliveries");
      deliveries
          .list(
              Scope.EVERYTHING,
              new Deliveries.Query(null, null, DeliveryState.State.UNWRITABLE, SHOWN))
          .forEach(d -> unwritable.add(d.delivery().id()));
      count(json, "deliveries_pending", deliveries.counts().of(DeliveryState.State.PENDING));
    } catch (StoreUnavailableException e) {
      json.put(
          "reading",
          e.isTooLong() ? "not possible: it took too long" : "not possible: the database is away");
    }
    return json(200, json);
  }

  private static void count(ObjectNode json, String name, long count) {
    json.put(name, count);
  }
}
