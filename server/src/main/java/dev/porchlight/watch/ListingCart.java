package dev.porchlight.watch;

import dev.porchlight.filter.Folding;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.value.Draw;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Listings that somebody put together.
///
/// @param id 26 digits
/// @param holderId the account or the contact whose cart it is
/// @param makerId the account or the contact that made it
/// @param listings how many are in it
/// @param nextN the place that the next one gets
public record ListingCart(
    String id,
    String holderId,
    String makerId,
    String name,
    Type type,
    int listings,
    long nextN,
    Instant createdAt,
    Instant modifiedAt) {
  /// How many one holder may have, besides those of the portal.
  public static final int MOST = 500;

  /// How many listings one may hold.
  public static final int MOST_LISTINGS = 1000;

  /// What a cart is for.
  public enum Type {
    /// Whatever its holder likes.
    CUSTOM("Custom"),
    /// What a contact likes; each has one.
    FAVORITES("Favorites"),
    /// What a contact does not want to see again; each has one.
    REJECTS("Rejects");

    private final String word;

    Type(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }

    static Type of(String word) {
      for (var type : values()) {
        if (type.word.equals(word)) {
          return type;
        }
      }
      throw new IllegalArgumentException("no type of cart: " + word);
    }
  }

  private static final Table<ListingCart> TABLE =
      Table.<ListingCart>named("listing_cart")
          .key("id", ListingCart::id)
          .column("holder_id", ListingCart::holderId)
          .column("maker_id", ListingCart::makerId)
          .column("name", ListingCart::name)
          .column("folded", c -> Folding.fold(c.name()))
          .column("type", c -> c.type().word())
          .column("listings", ListingCart::listings)
          .column("next_n", ListingCart::nextN)
          .column("created_at", ListingCart::createdAt)
          .column("modified_at", ListingCart::modifiedAt)
          .readBy(r ->
              new ListingCart(
                  r.text(1),
                  r.text(2),
                  r.text(3),
                  r.text(4),
                  Type.of(r.text(6)),
                  r.integer(7),
                  r.number(8),
                  r.time(9),
                  r.time(10)));

  private record Item(String cartId, String listingId, long n) {}

  private static final Table<Item> ITEM =
      Table.<Item>named("listing_cart_item")
          .key("cart_id", Item::cartId)
          .key("listing_id", Item::listingId)
          .column("n", Item::n)
          .readBy(r -> new Item(r.text(1), r.text(2), r.number(3)));

  /// A listing that nobody has spoken of yet: it goes into the cart when somebody does.
  ///
  /// @param number what its holder calls it
  private record Awaited(String rootId, String number, String cartId) {}

  private static final Table<Awaited> AWAITED =
      Table.<Awaited>named("listing_cart_awaited")
          .key("root_id", Awaited::rootId)
          .key("number", Awaited::number)
          .key("cart_id", Awaited::cartId)
          .readBy(r -> new Awaited(r.text(1), r.text(2), r.text(3)));

  /// A new, empty one.
  public static ListingCart of(Draw draw, String holder, String maker, String name, Type type) {
    return new ListingCart(draw.digits(), holder, maker, name, type, 0, 1, draw.at(), draw.at());
  }

  /// The same under another name.
  public ListingCart named(String other, Instant at) {
    return new ListingCart(id, holderId, makerId, other, type, listings, nextN, createdAt, at);
  }

  private ListingCart holding(int count, long next, Instant at) {
    return new ListingCart(id, holderId, makerId, name, type, count, next, createdAt, at);
  }

  /// Makes or changes it. One that may be there has to be found before, in the same unit.
  public void put(Batch batch, boolean made) {
    batch.put(TABLE, this);
    batch.append(made ? "cart.created" : "cart.changed", id, holderId);
  }

  /// Puts listings in; those that are there stay where they are.
  ///
  /// @return the cart as it is then; empty when that would be too many
  public Optional<ListingCart> add(Batch batch, List<String> ids) {
    int count = listings;
    long next = nextN;
    for (var listing : ids) {
      if (batch.find(ITEM, id, listing) == null) {
        batch.put(ITEM, new Item(id, listing, next++));
        count++;
      }
    }
    if (count > MOST_LISTINGS) {
      for (long n = nextN; n < next; n++) {
        batch.sql().execute("DELETE FROM listing_cart_item WHERE cart_id = ? AND n = ?", id, n);
      }
      return Optional.empty();
    }
    return Optional.of(changed(batch, count, next));
  }

  /// Keeps a place for a listing that is known by a number alone until somebody speaks of it.
  ///
  /// @param root the account root that it will be of
  /// @return false when too many are awaited
  public boolean await(Batch batch, String root, String number) {
    if (batch.find(AWAITED, root, number, id) != null) {
      return true;
    }
    int awaited =
        batch
            .sql()
            .createQuery("SELECT COUNT(*) FROM listing_cart_awaited WHERE cart_id = ?")
            .bind(0, id)
            .mapTo(Integer.class)
            .one();
    if (awaited >= MOST_LISTINGS) {
      return false;
    }
    batch.put(AWAITED, new Awaited(root, number, id));
    batch.append("cart.awaits", id, holderId);
    return true;
  }

  /// Puts a listing that has come into the carts that await one of that number.
  public static void arrived(Batch batch, String root, String number, String listing) {
    batch
        .sql()
        .createQuery(
            "SELECT cart_id FROM listing_cart_awaited WHERE root_id = ? AND number = ?"
                + " ORDER BY cart_id")
        .bind(0, root)
        .bind(1, number)
        .mapTo(String.class)
        .list()
        .forEach(cart -> {
          batch.delete(AWAITED, root, number, cart);
          find(batch, cart).ifPresent(c -> c.add(batch, List.of(listing)));
        });
  }

  private static void awaitNothing(Batch batch, String cart) {
    batch.sql().execute("DELETE FROM listing_cart_awaited WHERE cart_id = ?", cart);
  }

  /// Takes listings out; those that are not there don't matter.
  public ListingCart remove(Batch batch, List<String> ids) {
    int count = listings;
    for (var listing : ids) {
      if (batch.find(ITEM, id, listing) != null) {
        batch.delete(ITEM, id, listing);
        count--;
      }
    }
    return changed(batch, count, nextN);
  }

  private ListingCart changed(Batch batch, int count, long next) {
    if (count == listings && next == nextN) {
      return this;
    }
    var now = holding(count, next, batch.now());
    now.put(batch, false);
    return now;
  }

  /// Whether it holds a listing, within a unit.
  public boolean holds(Batch batch, String listing) {
    return batch.find(ITEM, id, listing) != null;
  }

  /// Takes all listings out.
  public ListingCart emptied(Batch batch) {
    batch.sql().execute("DELETE FROM listing_cart_item WHERE cart_id = ?", id);
    awaitNothing(batch, id);
    var now = holding(0, nextN, batch.now());
    batch.put(TABLE, now);
    return now;
  }

  /// Deletes it with what is in it.
  public void delete(Batch batch) {
    batch.sql().execute("DELETE FROM listing_cart_item WHERE cart_id = ?", id);
    awaitNothing(batch, id);
    batch.delete(TABLE, id);
    batch.append("cart.deleted", id, holderId);
  }

  static void deleteAllOf(Batch batch, String contact) {
    batch
        .sql()
        .createQuery("SELECT " + TABLE.columnList() + " FROM listing_cart WHERE holder_id = ?")
        .bind(0, contact)
        .map((r, _) -> TABLE.read(new Row(r)))
        .list()
        .forEach(c -> c.delete(batch));
  }

  /// The cart with that id, within a unit.
  public static Optional<ListingCart> find(Batch batch, String id) {
    return Optional.ofNullable(batch.find(TABLE, id));
  }

  /// The cart with that id.
  public static Optional<ListingCart> find(Store store, String id) {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM listing_cart WHERE id = ?")
            .bind(0, id)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// A contact's cart of that type, within a unit.
  public static Optional<ListingCart> find(Batch batch, String holder, Type type) {
    return batch
        .sql()
        .createQuery(
            "SELECT " + TABLE.columnList() + " FROM listing_cart WHERE holder_id = ? AND type = ?")
        .bind(0, holder)
        .bind(1, type.word())
        .map((r, _) -> TABLE.read(new Row(r)))
        .findFirst()
        .flatMap(c -> find(batch, c.id()));
  }

  /// How many a holder has besides those of the portal, within a unit.
  public static int count(Batch batch, String holder) {
    return batch
        .sql()
        .createQuery("SELECT COUNT(*) FROM listing_cart WHERE holder_id = ? AND type = 'Custom'")
        .bind(0, holder)
        .mapTo(Integer.class)
        .one();
  }

  /// Whether another cart of the holder has that name, letter case aside.
  public static boolean isTaken(Batch batch, String holder, String name, String except) {
    return batch
        .sql()
        .createQuery(
            "SELECT id FROM listing_cart WHERE holder_id = ? AND folded = ? AND id <> ? LIMIT 1")
        .bind(0, holder)
        .bind(1, Folding.fold(name))
        .bind(2, except)
        .mapTo(String.class)
        .findOne()
        .isPresent();
  }

  /// A holder's carts by name.
  public static List<ListingCart> list(Store store, String holder, int skip, int limit) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM listing_cart WHERE holder_id = ? ORDER BY folded, id LIMIT ? OFFSET ?")
            .bind(0, holder)
            .bind(1, limit)
            .bind(2, skip)
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }

  /// A holder's carts that hold any of these listings, by name.
  public static List<ListingCart> listHolding(
      Store store, String holder, Collection<String> listings) {
    if (listings.isEmpty()) {
      return List.of();
    }
    return store.read(h -> {
      var query =
          h.createQuery(
              "SELECT "
                  + TABLE.columnList("c")
                  + " FROM listing_cart c WHERE c.holder_id = ? AND EXISTS (SELECT 1 FROM"
                  + " listing_cart_item i WHERE i.cart_id = c.id AND i.listing_id IN ("
                  + String.join(", ", Collections.nCopies(listings.size(), "?"))
                  + ")) ORDER BY c.folded, c.id");
      query.bind(0, holder);
      int i = 1;
      for (var listing : listings) {
        query.bind(i++, listing);
      }
      return query.map((r, _) -> TABLE.read(new Row(r))).list();
    });
  }

  /// How many of the portal's carts a contact has.
  public static int countOfPortal(Store store, String holder) {
    return store.read(h ->
        h.createQuery("SELECT COUNT(*) FROM listing_cart WHERE holder_id = ? AND type <> 'Custom'")
            .bind(0, holder)
            .mapTo(Integer.class)
            .one());
  }

  /// How many carts a holder has.
  public static long count(Store store, String holder) {
    return store.read(h ->
        h.createQuery("SELECT COUNT(*) FROM listing_cart WHERE holder_id = ?")
            .bind(0, holder)
            .mapTo(Long.class)
            .one());
  }

  /// The listings in each of these carts, in the order in which they were put in, by cart.
  public static Map<String, List<String>> listings(Store store, Collection<ListingCart> carts) {
    var byCart = new HashMap<String, List<String>>();
    if (carts.isEmpty()) {
      return byCart;
    }
    store.read(h -> {
      var query =
          h.createQuery(
              "SELECT cart_id, listing_id FROM listing_cart_item WHERE cart_id IN ("
                  + String.join(", ", Collections.nCopies(carts.size(), "?"))
                  + ") ORDER BY cart_id, n");
      int i = 0;
      for (var cart : carts) {
        query.bind(i++, cart.id());
      }
      query
          .map((r, _) -> Map.entry(r.getString(1), r.getString(2)))
          .forEach(
              e -> byCart.computeIfAbsent(e.getKey(), _ -> new ArrayList<>()).add(e.getValue()));
      return true;
    });
    return byCart;
  }
}
