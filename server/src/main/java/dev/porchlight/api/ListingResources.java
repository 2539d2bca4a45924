package dev.porchlight.api;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.listing.Listing;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.listing.Listings;
import dev.porchlight.listing.StandardFields;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.watch.ListingCart;
import dev.porchlight.web.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Listings: what senders call a property, and the office that offers it.
final class ListingResources {
  private static final Set<String> MEMBERS =
      Set.of("node", "classified_id", "mls_name", "mls_id", "url");
  private static final int LONGEST = 200;
  private static final int LONGEST_SHOWN = 4096;
  private static final int SHOWN = 50;
  private static final int LONGEST_URL = 1024;

  private final Store store;
  private final int hub;
  private final Listings listings;
  private final Deliveries deliveries;

  ListingResources(Store store, int hub, Listings listings, Deliveries deliveries) {
    this.deliveries = deliveries;
    this.store = store;
    this.hub = hub;
    this.listings = listings;
  }

  Reply list(Call call) {
    call.filters("classified_id");
    return call.list(
        most ->
            listings.list(
                call.scope(),
                call.request().queryValue("classified_id").orElse(null),
                call.idCursor(),
                most),
        ListingResources::view,
        Listing::id);
  }

  private Listing listing(Call call) {
    return listings
        .find(call.scope(), call.path("id"))
        .orElseThrow(() -> AccountResources.missing("listing"));
  }

  Reply get(Call call) {
    var listing = listing(call);
    var json = view(listing);
    store
        .read(h -> ListingEvents.find(h, listing.id()))
        .ifPresent(record -> {
          json.put("deleted", record.state().isDeleted());
          json.put("version", record.version());
          json.put("updated_at", record.updatedAt().toString());
          var members = json.putObject("members");
          var values = record.state().values();
          values.forEach((name, text) -> members.set(name, Json.tree(text)));
          json.set("standard_fields", StandardFields.json(values));
          var versions = json.putArray("versions");
          store
              .read(h -> ListingEvents.versions(h, listing.id(), SHOWN))
              .forEach(v -> {
                var one = versions.addObject();
                one.put("version", v.version());
                one.put("event", v.event());
                one.put("topic", v.topic());
                one.put("at", v.at().toString());
                one.set("changes", shortened(Json.tree(v.changes())));
              });
        });
    new LeftOutMember(store, deliveries).show(call, listing.id(), json);
    return Call.ok(json);
  }

  /// Long values are not repeated.
  private static JsonNode shortened(JsonNode changes) {
    for (var change : changes) {
      for (var side : List.of("from", "to")) {
        if (change instanceof ObjectNode one
            && one.has(side)
            && one.get(side).toString().length() > LONGEST_SHOWN) {
          one.remove(side);
        }
      }
    }
    return changes;
  }

  Reply make(Call call) throws Exception {
    var body = call.members(MEMBERS);
    var said = said(body);
    var id = Draw.fresh(store.now(), hub).digits();
    return call.change(batch -> {
      var office = office(call, batch, body.text("node"), null);
      return new Call.Answer(201, set(batch, said.at(id, office, batch.now(), batch.now())));
    });
  }

  /// Puts other names in place of all it had.
  Reply replace(Call call) throws Exception {
    var known = listing(call);
    var body = call.members(MEMBERS);
    var said = said(body);
    return call.change(batch -> {
      var there = current(call, batch, known);
      var office = office(call, batch, body.text("node"), there.officeId());
      return new Call.Answer(
          200, set(batch, said.at(there.id(), office, there.createdAt(), batch.now())));
    });
  }

  Reply remove(Call call) throws Exception {
    var known = listing(call);
    return call.change(batch -> {
      var there = current(call, batch, known);
      Listings.remove(batch, there);
      return new Call.Answer(200, view(there));
    });
  }

  private static Listing current(Call call, Batch batch, Listing known) {
    var there = Listings.find(batch, known.id());
    if (there == null || !call.scope().contains(there.officeId())) {
      throw AccountResources.missing("listing");
    }
    return there;
  }

  private static ObjectNode set(Batch batch, Listing listing) {
    var taken = Listings.put(batch, listing);
    if (taken.isPresent()) {
      throw new FaultException(
          Fault.NAME_TAKEN, "Another listing has this `" + taken.get() + "` already.");
    }
    // Somebody may have kept it by its number before anybody told of it.
    if (listing.mlsId() != null) {
      ListingCart.arrived(batch, listing.rootId(), listing.mlsId(), listing.id());
    }
    return view(listing);
  }

  /// What a body calls a listing.
  private record Said(
      @Nullable String classifiedId,
      @Nullable String mlsName,
      @Nullable String mlsId,
      @Nullable String url) {
    Listing at(String id, Place place, Instant created, Instant modified) {
      return new Listing(
          id, place.root(), place.office(), classifiedId, mlsName, mlsId, url, created, modified);
    }
  }

  private record Place(String root, String office) {}

  private static Said said(Members body) {
    var said =
        new Said(
            body.line("classified_id", LONGEST).orElse(null),
            body.line("mls_name", LONGEST).orElse(null),
            body.line("mls_id", LONGEST).orElse(null),
            body.line("url", LONGEST_URL).orElse(null));
    if (said.classifiedId() == null && said.mlsId() == null && said.url() == null) {
      throw new FaultException(
          Fault.BODY_INVALID,
          "The listing can't be so: a listing has a classified_id, an mls_id with its mls_name, or"
              + " a url.");
    }
    if (said.url() != null && !said.url().matches("https?://[!-~]+")) {
      throw new FaultException(
          Fault.BODY_INVALID, "The member `url` must be an http address in ASCII characters.");
    }
    try {
      var nowhere = new Place("", "");
      said.at("", nowhere, Instant.EPOCH, Instant.EPOCH);
    } catch (IllegalArgumentException e) {
      throw new FaultException(
          Fault.BODY_INVALID, "The listing can't be so: " + e.getMessage() + ".");
    }
    return said;
  }

  private static Place office(
      Call call, Batch batch, Optional<String> wanted, @Nullable String before) {
    var nodes = Nodes.in(batch.settings());
    var id = wanted.orElse(before == null ? nodes.defaultOffice().id() : before);
    var office =
        nodes
            .find(id)
            .filter(n -> n.kind() == Node.Kind.OFFICE && call.scope().contains(n.id()))
            .orElseThrow(() ->
                new FaultException(
                    Fault.BODY_INVALID, "`node` must be an office that this token sees."));
    var root =
        nodes.all().stream()
            .filter(n -> n.kind() == Node.Kind.MLS && nodes.isWithin(office.id(), n.id()))
            .findFirst()
            .map(Node::id)
            .orElse("");
    return new Place(root, office.id());
  }

  private static ObjectNode view(Listing listing) {
    var json = Json.object();
    json.put("id", listing.id());
    json.put("node", listing.officeId());
    put(json, "classified_id", listing.classifiedId());
    put(json, "mls_name", listing.mlsName());
    put(json, "mls_id", listing.mlsId());
    put(json, "url", listing.url());
    json.put("created_at", listing.createdAt().toString());
    json.put("modified_at", listing.modifiedAt().toString());
    return json;
  }

  private static void put(ObjectNode json, String name, @Nullable String value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}
