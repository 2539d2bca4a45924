package dev.porchlight.person;

import dev.porchlight.filter.Expression;
import dev.porchlight.filter.Folding;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Lists the contacts of one owner, or of several: filtered, in order, page by page. All that SQL
/// can say exactly is left to it ([ContactQuery]); of the rest it narrows, and the evaluator
/// decides on what is left ([ContactDecisions]).
public final class Contacts {
  /// How many contacts are looked for first, of which the evaluator is given a quarter first.
  private static final int FIRST = 128;

  /// How many contacts the evaluator is asked about at most for one page.
  private static final int MOST_DECIDED = 200_000;

  /// How many owners SQL is given; of more, each contact is asked for its owner.
  static final int MOST_NAMED = 10_000;

  /// How many names that begin alike are looked at, where SQL is not given the owners.
  private static final int ALIKE = 2_000;

  /// What an order names to have the lively ones together; no attribute of a contact.
  public static final String SCORE = "Score";

  /// One contact in a list.
  ///
  /// @param modifiedAt the log's time of its last change: nothing that is committed later has an
  ///   earlier one
  public record Listed(Contact contact, Instant modifiedAt) {}

  /// One term of an order.
  ///
  /// @param attribute one that is [ContactCatalogue#isOrderable], or [#SCORE]
  public record Order(String attribute, boolean descending) {}

  /// Which part of a list.
  public sealed interface Page {
    int limit();

    /// What follows after some.
    record At(long skip, int limit) implements Page {}

    /// What follows a token, in the order in which contacts came to their owner: whatever is
    /// written meanwhile, such a walk leaves nothing out and repeats nothing.
    record After(long token, int limit) implements Page {}

    /// The page on which that contact is.
    record Holding(String id, int limit) implements Page {}
  }

  /// What is asked for.
  ///
  /// @param owners whose contacts
  /// @param connected those that a member has taken on, or those that nobody has
  /// @param tag only those with this tag; null for all
  /// @param order none for the name
  /// @param count whether to count all that match
  public record Wanted(
      Set<String> owners,
      boolean connected,
      Expression filter,
      @Nullable String tag,
      List<Order> order,
      Page page,
      boolean count) {
    public Wanted {
      owners = Set.copyOf(owners);
      order = List.copyOf(order);
      if (tag != null && owners.size() != 1) {
        throw new IllegalArgumentException("A tag is one owner's");
      }
    }
  }

  /// What was found.
  ///
  /// @param total how many match in all, when that was asked
  /// @param skipped how many stand before these
  /// @param token where a walk goes on; empty at its end, and when this is no walk
  public record Found(List<Listed> contacts, OptionalLong total, long skipped, OptionalLong token) {
    public Found {
      contacts = List.copyOf(contacts);
    }
  }

  private final Store store;
  private final int mostNamed;
  private final int mostDecided;
  private final int first;

  public Contacts(Store store) {
    this(store, MOST_NAMED, MOST_DECIDED, FIRST);
  }

  /// @param mostNamed how many owners SQL is given at most
  /// @param mostDecided how many contacts the evaluator is asked about at most
  /// @param first how many contacts are looked for first
  Contacts(Store store, int mostNamed, int mostDecided, int first) {
    this.store = store;
    this.mostNamed = mostNamed;
    this.mostDecided = mostDecided;
    this.first = first;
  }

  /// One contact of that owner, connected or not.
  public Optional<Listed> find(String owner, String id) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.CONTACT.columnList("k")
                    + ", c.modified_at FROM contact k JOIN contact_search c"
                    + " ON c.owner_id = k.owner_id AND c.owned_seq = k.owned_seq"
                    + " WHERE k.id = ? AND k.owner_id = ? AND k.deleted_at IS NULL")
            .bind(0, id)
            .bind(1, owner)
            .map((r, _) -> ContactRows.listed(r))
            .findOne());
  }

  /// Whose contact that is; nobody's when it was deleted.
  public Optional<String> findOwner(String id) {
    return store.read(h ->
        h.createQuery("SELECT owner_id FROM contact WHERE id = ? AND deleted_at IS NULL")
            .bind(0, id)
            .mapTo(String.class)
            .findOne());
  }

  /// The time, as the store has it.
  public Instant now() {
    return store.now();
  }

  /// The portal accounts of these contacts, by contact; contacts without one are left out.
  public Map<String, PortalAccount> accounts(List<Listed> of) {
    return PortalAccount.findAll(store, of.stream().map(l -> l.contact().id()).toList());
  }

  /// Whether another contact of that owner has this as its primary address.
  public boolean isShared(String owner, String email, String except) {
    return store.read(h -> Persons.findTwin(h, owner, email, null, except)).isPresent();
  }

  /// The newest comments of each of these contacts, newest first; contacts without any are left
  /// out.
  public Map<String, List<Comment>> newestComments(List<Listed> of, int most) {
    return Comment.newest(store, of.stream().map(l -> l.contact().id()).toList(), most);
  }

  /// Some contacts whose name, or family name, begins so; the name first.
  public List<Listed> beginning(Set<String> owners, String name, int limit) {
    var from = Folding.fold(ContactCatalogue.searched(name));
    if (from.isEmpty() || owners.isEmpty()) {
      return List.of();
    }
    // What follows all that begin so.
    var to = from + Character.toString(Character.MAX_CODE_POINT);
    return store.read(h -> {
      var ids = new LinkedHashSet<String>();
      for (var column : List.of("display_name", "family_name")) {
        if (ids.size() < limit) {
          ids.addAll(beginning(h, owners, column, from, to, limit));
        }
      }
      var read = ContactRows.candidates(h, List.copyOf(ids));
      return ids.stream()
          .flatMap(id -> Stream.ofNullable(read.get(id)))
          .map(ContactRows.Candidate::listed)
          .limit(limit)
          .toList();
    });
  }

  private List<String> beginning(
      Handle h, Set<String> owners, String column, String from, String to, int limit) {
    boolean named = owners.size() <= mostNamed;
    var binds = new ArrayList<Object>(named ? owners : Set.of());
    binds.addAll(List.of(from, to, (long) (named ? limit : ALIKE)));
    return ContactRows.query(
            h,
            "SELECT contact_id, owner_id FROM contact_search WHERE "
                + (named ? "owner_id IN (" + ContactRows.marks(owners.size()) + ") AND " : "")
                + "connected = 1 AND "
                + column
                + " >= ? AND "
                + column
                + " < ? LIMIT ?",
            binds)
        .map((r, _) -> new ContactRows.Place(r.getString(1), r.getString(2), 1))
        .stream()
        .filter(p -> owners.contains(p.owner()))
        .map(ContactRows.Place::id)
        .limit(limit)
        .toList();
  }

  /// The tags that an owner's contacts have, each as it was first written, by name.
  public List<String> listTags(String owner) {
    return store.read(h -> {
      var first = new LinkedHashMap<String, String>();
      h.createQuery(
              "SELECT t.tag, t.written FROM contact_tag t JOIN (SELECT tag, MIN(contact_id) AS"
                  + " first FROM contact_tag WHERE owner_id = ? GROUP BY tag) f ON f.tag = t.tag"
                  + " AND f.first = t.contact_id WHERE t.owner_id = ? ORDER BY t.tag")
          .bind(0, owner)
          .bind(1, owner)
          .map((r, _) -> Map.entry(r.getString(1), r.getString(2)))
          .forEach(e -> first.put(e.getKey(), e.getValue()));
      return List.copyOf(first.values());
    });
  }

  /// A time before which everything is committed: no later change has an earlier one.
  public Instant asOf() {
    return store.read(h ->
        h.createQuery("SELECT at FROM log ORDER BY seq DESC LIMIT 1")
            .map((r, _) -> new Row(r).time(1))
            .findOne()
            .orElse(Instant.EPOCH));
  }

  /// What is asked for, as it stands at one moment.
  ///
  /// @throws StoreUnavailableException when it takes too long, and says so
  public Found list(Wanted wanted) {
    var query = ContactQuery.of(store, wanted, wanted.owners().size() <= mostNamed);
    var scores = ContactsByScore.isAsked(wanted) ? new Activities(store).of(wanted.owners()) : null;
    return store.read(h -> {
      var decisions = new ContactDecisions(query, first, mostDecided);
      return scores != null
          ? new ContactsByScore(query, decisions, scores).found(h)
          : query.exact() ? query.found(h) : decisions.found(h);
    });
  }
}
