package dev.porchlight.door.spark;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.watch.ListingCart;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/listingcarts`: listings that accounts and contacts put together. A contact's carts are the
/// contact's and their agent's alike; two of them, for what they like and what they don't, come to
/// be when they are first asked for, and stay.
final class CartResources {
  private static final int LONGEST_NAME = 75;
  private static final int LONGEST_ID = 75;
  private static final int MOST_ASKED = 100;
  private static final Pattern LISTING_ID = Pattern.compile("[^\\s,/]+");
  private static final Map<String, ListingCart.Type> PORTAL =
      Map.of(
          "favorites", ListingCart.Type.FAVORITES,
          "rejects", ListingCart.Type.REJECTS);

  private final Store store;
  private final int hub;
  private final Holders holders;
  private final Resource.Doorkeeper doorkeeper;

  CartResources(Store store, int hub, Resource.Doorkeeper doorkeeper) {
    this.store = store;
    this.hub = hub;
    holders = new Holders(store);
    this.doorkeeper = doorkeeper;
  }

  List<Resource> resources() {
    var users = SavedSearchResources.WRITERS;
    return List.of(
        Resource.of("/listingcarts", doorkeeper)
            .on("GET", users, c -> list(c, own(c)))
            .on("POST", users, c -> create(c, own(c))),
        Resource.of("/my/listingcarts", doorkeeper).on("GET", users, c -> list(c, own(c))),
        Resource.of("/listingcarts/for/{listings}", doorkeeper)
            .on("GET", users, c -> holding(c, own(c))),
        Resource.of("/listingcarts/portal", doorkeeper).on("GET", users, c -> portal(c, own(c))),
        Resource.of("/listingcarts/portal/{type}", doorkeeper)
            .on("GET", Roles.CONSUMERS, c -> portalCart(c, own(c), (_, cart) -> Optional.of(cart)))
            .on("POST", Roles.CONSUMERS, c -> addToPortal(c, own(c)))
            .on("DELETE", Roles.CONSUMERS, c -> removeFromPortal(c, own(c))),
        Resource.of("/listingcarts/{id}", doorkeeper)
            .on("GET", users, this::get)
            .on("PUT", users, this::update)
            .on("POST", users, this::add)
            .on("DELETE", users, this::delete),
        Resource.of("/listingcarts/{id}/listings/{listing}", doorkeeper)
            .on("DELETE", users, this::remove),
        Resource.of("/contacts/{id}/listingcarts", doorkeeper)
            .on("GET", Roles.AGENTS, c -> list(c, holders.contact(c)))
            .on("POST", Roles.AGENTS, c -> create(c, holders.contact(c))),
        Resource.of("/contacts/{id}/listingcarts/portal", doorkeeper)
            .on("GET", Roles.AGENTS, c -> portal(c, holders.contact(c))),
        Resource.of("/contacts/{id}/listingcarts/portal/{type}", doorkeeper)
            .on(
                "GET",
                Roles.AGENTS,
                c -> portalCart(c, holders.contact(c), (_, cart) -> Optional.of(cart)))
            .on("POST", Roles.AGENTS, c -> addToPortal(c, holders.contact(c)))
            .on("DELETE", Roles.AGENTS, c -> removeFromPortal(c, holders.contact(c))));
  }

  private String own(SparkCall call) {
    return holders.own(call.caller());
  }

  private static String uri(String id) {
    return "/v1/listingcarts/" + id;
  }

  private List<ObjectNode> views(Caller caller, List<ListingCart> carts, Set<String> expand) {
    var listings =
        expand.contains("ListingIds")
            ? ListingCart.listings(store, carts)
            : Map.<String, List<String>>of();
    var views = new ArrayList<ObjectNode>();
    for (var cart : carts) {
      var view = Json.object();
      view.put("ResourceUri", uri(cart.id()));
      view.put("Id", cart.id());
      view.put("OwnerId", holders.shownOwner(caller, cart.holderId(), cart.makerId()));
      view.put("Name", cart.name());
      view.put("ListingCount", cart.listings());
      // Clients take it that what has another type than `Custom` can't be deleted, and what has
      // none
      // is an agent's own.
      if (holders.isContact(cart.holderId())) {
        view.put("PortalCartType", cart.type().word());
      }
      view.put("CreatedTimestamp", ContactView.time(cart.createdAt()));
      view.put("ModificationTimestamp", ContactView.time(cart.modifiedAt()));
      if (expand.contains("ListingIds")) {
        var list = view.putArray("ListingIds");
        listings.getOrDefault(cart.id(), List.of()).forEach(list::add);
      }
      views.add(view);
    }
    return views;
  }

  private Reply.Full answer(SparkCall call, ListingCart cart) throws BodyException, IOException {
    return Envelope.ok(views(call.caller(), List.of(cart), ListParameters.names(call, "_expand")));
  }

  /// Among a contact's are always those of the portal: clients look for them there.
  private Reply.Full list(SparkCall call, String holder) throws BodyException, IOException {
    ensurePortalCarts(call.caller(), holder);
    return Envelope.reply(
        200,
        WatchBodies.page(
            call,
            store,
            "Listing carts",
            (skip, limit) -> ListingCart.list(store, holder, skip, limit),
            () -> ListingCart.count(store, holder),
            (found, asked) -> views(call.caller(), found, asked.expand())));
  }

  private void ensurePortalCarts(Caller caller, String holder) {
    if (holders.isContact(holder) && ListingCart.countOfPortal(store, holder) < PORTAL.size()) {
      for (var type : List.of(ListingCart.Type.FAVORITES, ListingCart.Type.REJECTS)) {
        portalCart(caller, holder, type, (_, cart) -> Optional.of(cart));
      }
    }
  }

  private Reply.Full holding(SparkCall call, String holder) throws BodyException, IOException {
    var wanted = ids("ListingIds", Arrays.asList(call.path("listings").split(",")), MOST_ASKED);
    var found = ListingCart.listHolding(store, holder, wanted);
    return Envelope.reply(
        200,
        WatchBodies.page(
            call,
            store,
            "Listing carts",
            (skip, limit) -> found.stream().skip(skip).limit(limit).toList(),
            found::size,
            (page, asked) -> views(call.caller(), page, asked.expand())));
  }

  /// An agent by themselves has no portal carts.
  private Reply.Full portal(SparkCall call, String holder) throws BodyException, IOException {
    if (!holders.isContact(holder)) {
      return Envelope.ok(List.of());
    }
    var carts = new ArrayList<ListingCart>();
    for (var type : List.of(ListingCart.Type.FAVORITES, ListingCart.Type.REJECTS)) {
      carts.add(portalCart(call.caller(), holder, type, (_, cart) -> Optional.of(cart)));
    }
    return Envelope.ok(views(call.caller(), carts, ListParameters.names(call, "_expand")));
  }

  private static List<String> ids(String attribute, List<String> said, int most) {
    var ids = said.stream().map(String::strip).filter(i -> !i.isEmpty()).distinct().toList();
    if (ids.size() > most) {
      throw AccountResources.wrong(attribute, "names at most " + most + " listings");
    }
    for (var id : ids) {
      if (id.length() > LONGEST_ID
          || !LISTING_ID.matcher(id).matches()
          || !ContactWriting.isPlain(id, false)) {
        throw AccountResources.wrong(
            attribute,
            "has ids of 1 to " + LONGEST_ID + " characters without blanks, commas and slashes");
      }
    }
    return ids;
  }

  /// The listings in a body; empty where nothing is said.
  private static Optional<List<String>> listings(ObjectNode d) {
    return WatchBodies.texts(d, "ListingIds", ListingCart.MOST_LISTINGS, LONGEST_ID)
        .map(said -> ids("ListingIds", said, ListingCart.MOST_LISTINGS));
  }

  private static List<String> needListings(ObjectNode d) {
    return listings(d)
        .filter(l -> !l.isEmpty())
        .orElseThrow(() ->
            SparkException.attribute(
                SparkFault.MISSING, "ListingIds", "ListingIds is required and missing."));
  }

  private static SparkException tooMany() {
    return SparkException.attribute(
        SparkFault.INVALID,
        "ListingIds",
        "A cart holds at most " + ListingCart.MOST_LISTINGS + " listings.");
  }

  private static SparkException taken() {
    return SparkException.attribute(
        SparkFault.CONFLICT, "Name", "There is a cart with this Name already.");
  }

  private Reply.Full create(SparkCall call, String holder) throws BodyException, IOException {
    var caller = call.caller();
    var account = holders.account(caller);
    var maker = caller.role().isConsumer() ? holder : account;
    var carts = new ArrayList<ListingCart>();
    var contents = new ArrayList<List<String>>();
    for (var item : WatchBodies.items(call.needBody(), "ListingCarts")) {
      var name = AccountResources.text(item, "Name", LONGEST_NAME, false);
      if (name == null) {
        throw SparkException.attribute(SparkFault.MISSING, "Name", "Name is required and missing.");
      }
      carts.add(
          ListingCart.of(
              Draw.fresh(store.now(), hub), holder, maker, name.strip(), ListingCart.Type.CUSTOM));
      contents.add(listings(item).orElse(List.of()));
    }
    WatchBodies.write(
        store,
        call.bytes().length,
        batch -> {
          if (!Holders.reaches(batch, caller, account, holder)) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          if (ListingCart.count(batch, holder) + carts.size() > ListingCart.MOST) {
            return WatchBodies.Outcome.refused(
                new SparkException(
                    SparkFault.INVALID, "There are " + ListingCart.MOST + " carts already."));
          }
          var names = new ArrayList<String>();
          for (var cart : carts) {
            if (ListingCart.isTaken(batch, holder, cart.name(), "")
                || names.stream().anyMatch(cart.name()::equalsIgnoreCase)) {
              return WatchBodies.Outcome.refused(taken());
            }
            names.add(cart.name());
          }
          for (int i = 0; i < carts.size(); i++) {
            carts.get(i).put(batch, true);
            // At most as many as fit, as the body was checked.
            carts.get(i).add(batch, contents.get(i));
          }
          return WatchBodies.Outcome.of(true);
        });
    return Envelope.reply(
        201,
        Envelope.results(
            carts.stream()
                .map(c -> Json.object().put("Id", c.id()).put("ResourceUri", uri(c.id())))
                .toList()));
  }

  private Reply.Full get(SparkCall call) throws BodyException, IOException {
    var cart =
        ListingCart.find(store, call.path("id"))
            .filter(c -> holders.reaches(call.caller(), c.holderId()))
            .orElseThrow(Holders::missing);
    return answer(call, cart);
  }

  /// What a change makes of a cart, or the refusal.
  @FunctionalInterface
  private interface Change {
    WatchBodies.Outcome<ListingCart> of(Batch batch, ListingCart cart);
  }

  private ListingCart change(SparkCall call, int size, Change change) {
    var caller = call.caller();
    var account = holders.account(caller);
    var id = call.path("id");
    return WatchBodies.write(
        store,
        size,
        batch -> {
          var cart =
              ListingCart.find(batch, id)
                  .filter(c -> Holders.reaches(batch, caller, account, c.holderId()));
          return cart.isEmpty()
              ? WatchBodies.Outcome.refused(Holders.missing())
              : change.of(batch, cart.get());
        });
  }

  private Reply.Full update(SparkCall call) throws BodyException, IOException {
    var items = WatchBodies.items(call.needBody(), "ListingCarts");
    if (items.size() > 1) {
      throw AccountResources.wrong("ListingCarts", "is a list of one item");
    }
    var item = items.getFirst();
    var name = AccountResources.text(item, "Name", LONGEST_NAME, false);
    var listings = listings(item);
    if (item.has("Name") ? name == null : listings.isEmpty()) {
      throw SparkException.attribute(
          SparkFault.MISSING, "Name", "A Name or ListingIds must be there.");
    }
    change(
        call,
        call.bytes().length,
        (batch, cart) -> {
          var changed = cart;
          if (name != null && !name.strip().equals(cart.name())) {
            var objection = renaming(batch, cart, name.strip());
            if (objection != null) {
              return WatchBodies.Outcome.refused(objection);
            }
            changed = cart.named(name.strip(), batch.now());
            changed.put(batch, false);
          }
          if (listings.isPresent()) {
            // At most as many as fit, as the body was checked.
            changed = changed.emptied(batch).add(batch, listings.get()).orElse(changed);
            changed.put(batch, false);
          }
          return WatchBodies.Outcome.of(changed);
        });
    return Envelope.done();
  }

  private static @Nullable SparkException renaming(Batch batch, ListingCart cart, String name) {
    if (cart.type() != ListingCart.Type.CUSTOM) {
      return SparkException.attribute(
          SparkFault.INVALID, "Name", "A cart of the portal keeps its Name.");
    }
    return ListingCart.isTaken(batch, cart.holderId(), name, cart.id()) ? taken() : null;
  }

  private static WatchBodies.Outcome<ListingCart> added(
      Batch batch, ListingCart cart, List<String> listings) {
    return cart.add(batch, listings)
        .map(c -> WatchBodies.Outcome.of(c))
        .orElseGet(() -> WatchBodies.Outcome.refused(tooMany()));
  }

  private Reply.Full add(SparkCall call) throws BodyException, IOException {
    var listings = needListings(call.needBody());
    return answer(
        call, change(call, call.bytes().length, (batch, cart) -> added(batch, cart, listings)));
  }

  private Reply.Full remove(SparkCall call) throws BodyException, IOException {
    var listing = call.path("listing");
    return answer(
        call,
        change(
            call,
            1024,
            (batch, cart) ->
                cart.holds(batch, listing)
                    ? WatchBodies.Outcome.of(cart.remove(batch, List.of(listing)))
                    : WatchBodies.Outcome.refused(Holders.missing())));
  }

  private Reply.Full delete(SparkCall call) {
    change(
        call,
        1024,
        (batch, cart) -> {
          if (cart.type() != ListingCart.Type.CUSTOM) {
            return WatchBodies.Outcome.refused(
                new SparkException(
                        SparkFault.METHOD_NOT_FOR_CALLER, "A cart of the portal can't be deleted.")
                    .header("Allow", "GET, POST, PUT"));
          }
          cart.delete(batch);
          return WatchBodies.Outcome.of(cart);
        });
    return Envelope.done();
  }

  private ListingCart.Type type(SparkCall call) {
    var type = PORTAL.get(call.path("type"));
    if (type == null) {
      throw Holders.missing();
    }
    return type;
  }

  /// A contact's cart of that type, made where it is not there yet, and what is done with it; empty
  /// when too much would be in it.
  private ListingCart portalCart(
      Caller caller,
      String holder,
      ListingCart.Type type,
      BiFunction<Batch, ListingCart, Optional<ListingCart>> act) {
    var account = holders.account(caller);
    var fresh = ListingCart.of(Draw.fresh(store.now(), hub), holder, holder, type.word(), type);
    return WatchBodies.write(
        store,
        1024,
        batch -> {
          if (!Holders.reaches(batch, caller, account, holder)) {
            return WatchBodies.Outcome.refused(Holders.missing());
          }
          var known = ListingCart.find(batch, holder, type);
          if (known.isEmpty()) {
            fresh.put(batch, true);
          }
          return act.apply(batch, known.orElse(fresh))
              .map(c -> WatchBodies.Outcome.of(c))
              .orElseGet(() -> WatchBodies.Outcome.refused(tooMany()));
        });
  }

  private Reply.Full portalCart(
      SparkCall call, String holder, BiFunction<Batch, ListingCart, Optional<ListingCart>> act)
      throws BodyException, IOException {
    return answer(call, portalCart(call.caller(), holder, type(call), act));
  }

  private Reply.Full addToPortal(SparkCall call, String holder) throws BodyException, IOException {
    type(call);
    var listings = needListings(call.needBody());
    return portalCart(call, holder, (batch, cart) -> cart.add(batch, listings));
  }

  private Reply.Full removeFromPortal(SparkCall call, String holder)
      throws BodyException, IOException {
    type(call);
    var said = call.parameter("ListingIds").orElse("");
    var listings = ids("ListingIds", Arrays.asList(said.split(",")), MOST_ASKED);
    if (listings.isEmpty()) {
      throw SparkException.attribute(
          SparkFault.MISSING, "ListingIds", "The parameter ListingIds is required and missing.");
    }
    return portalCart(call, holder, (batch, cart) -> Optional.of(cart.remove(batch, listings)));
  }
}
