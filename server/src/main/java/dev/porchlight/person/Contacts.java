package dev.porchlight.person;

import dev.porchlight.filter.Criterion;
import dev.porchlight.filter.Evaluator;
import dev.porchlight.filter.Expression;
import dev.porchlight.filter.Folding;
import dev.porchlight.filter.Operand;
import dev.porchlight.filter.Sql;
import dev.porchlight.filter.SqlWriter;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/// Lists the contacts of one owner, or of several: filtered, in order, page by page. All that SQL
/// can say exactly is left to it; of the rest it narrows, and the evaluator decides on what is
/// left, row by row.
public final class Contacts {
  private static final int FETCHED = 512;

  /// How many contacts are looked for first, of which the evaluator is given a quarter first.
  private static final int FIRST = 128;

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /// How many contacts the evaluator is asked about at most for one page.
  private static final int MOST_DECIDED = 200_000;

  private static final List<Order> USUAL = List.of(new Order("DisplayName", false));

  /// Up to how many owners the newest contacts are looked up owner by owner; of more, contacts are
  /// walked through in the order of all.
  private static final int FEW = 200;

  /// The attributes whose single values lead to few contacts.
  private static final Set<String> SERVED =
      Set.of("PrimaryEmail", "PrimaryPhoneNumber", "FamilyName", "DisplayName");

  /// How many owners SQL is given; of more, each contact is asked for its owner.
  private static final int MOST_NAMED = 10_000;

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

  /// A contact that SQL could not rule out.
  ///
  /// @param rank equal where all terms before the score are
  private record Place(String id, String owner, long rank) {}

  /// A term of ORDER BY.
  private record Term(String sql, boolean descending) {
    String as(String sql) {
      return sql + (descending ? " DESC" : "");
    }
  }

  /// A contact on which the evaluator decides.
  private record Candidate(Listed listed, ContactCatalogue.Login login) {}

  /// SQL with the values of its question marks.
  private record Condition(String sql, List<Object> binds) {}

  private final Store store;
  private final int mostNamed;
  private final int mostDecided;
  private final int first;
  private final int step;
  private final Duration looking;

  public Contacts(Store store) {
    this(store, MOST_NAMED, MOST_DECIDED, FIRST);
  }

  /// @param mostNamed how many owners SQL is given at most
  /// @param mostDecided how many contacts the evaluator is asked about at most
  /// @param first how many contacts are looked for first
  Contacts(Store store, int mostNamed, int mostDecided, int first) {
    this(store, mostNamed, mostDecided, first, STEP, LOOKING);
  }

  /// @param step how many names a walk looks at at once; what more have is not looked up by an
  ///   index
  /// @param looking how long a walk looks
  Contacts(Store store, int mostNamed, int mostDecided, int first, int step, Duration looking) {
    this.step = step;
    this.looking = looking;
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
            .map((r, _) -> listed(r))
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

  private static Listed listed(ResultSet r) throws SQLException {
    return new Listed(Tables.CONTACT.read(new Row(r)), new Row(r).time(Tables.CONTACT_COLUMNS + 1));
  }

  private static ContactCatalogue.Login login(ResultSet r) throws SQLException {
    var row = new Row(r);
    return new ContactCatalogue.Login(
        row.textOrNull(Tables.CONTACT_COLUMNS + 2), row.timeOrNull(Tables.CONTACT_COLUMNS + 3));
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

  /// The contacts that came to these owners last, newest first.
  ///
  /// @param before only those that came before that entry of the log
  public List<Listed> newest(Set<String> owners, boolean connected, long before, int limit) {
    return store.read(h -> {
      var found = new ArrayList<Listed>();
      var ids =
          owners.isEmpty()
              ? List.<String>of()
              : owners.size() <= FEW
                  ? newestOfEach(h, owners, connected, before, limit)
                  : newestOfAll(h, owners, connected, before, limit);
      var read = candidates(h, ids);
      ids.forEach(id -> Optional.ofNullable(read.get(id)).ifPresent(c -> found.add(c.listed())));
      return List.copyOf(found);
    });
  }

  private static List<String> newestOfEach(
      Handle h, Set<String> owners, boolean connected, long before, int limit) {
    var one =
        "SELECT contact_id, owned_seq FROM contact_search WHERE owner_id = ? AND connected = ?"
            + " AND owned_seq < ? ORDER BY owned_seq DESC LIMIT ?";
    var parts = new ArrayList<String>();
    var binds = new ArrayList<Object>();
    for (var owner : owners) {
      parts.add("SELECT * FROM (" + one + ") o" + parts.size());
      binds.addAll(List.of(owner, connected ? 1L : 0L, before, (long) limit));
    }
    binds.add((long) limit);
    return query(
            h,
            "SELECT contact_id, owned_seq FROM ("
                + String.join(" UNION ALL ", parts)
                + ") n ORDER BY owned_seq DESC LIMIT ?",
            binds)
        .map((r, _) -> r.getString(1))
        .list();
  }

  private static List<String> newestOfAll(
      Handle h, Set<String> owners, boolean connected, long before, int limit) {
    var ids = new ArrayList<String>();
    try (var places =
        query(
                h,
                "SELECT contact_id, owner_id, connected FROM contact_search WHERE connected = ?"
                    + " AND owned_seq < ? ORDER BY owned_seq DESC",
                List.of(connected ? 1L : 0L, before))
            .setFetchSize(FETCHED)
            .map((r, _) -> new Place(r.getString(1), r.getString(2), r.getLong(3)))
            .iterator()) {
      while (ids.size() < limit && places.hasNext()) {
        var place = places.next();
        if (owners.contains(place.owner())) {
          ids.add(place.id());
        }
      }
    }
    return ids;
  }

  /// What a walk found.
  ///
  /// @param further the contact behind which it goes on; empty when all were looked at
  public record Walked(List<Listed> contacts, Optional<String> further) {
    public Walked {
      contacts = List.copyOf(contacts);
    }
  }

  private static final int STEP = 2_000;
  private static final int MANY = 20_000;
  private static final Duration LOOKING = Duration.ofMillis(50);

  /// Whether these owners have so many contacts that not all of them can be looked at for one page.
  public boolean areMany(Set<String> owners) {
    return owners.size() > mostNamed
        || owners.size() > 1
            && store.read(h ->
                query(
                            h,
                            "SELECT COUNT(*) FROM (SELECT 1 FROM contact_search WHERE owner_id IN ("
                                + marks(owners.size())
                                + ") LIMIT "
                                + (MANY + 1)
                                + ") some_contacts",
                            List.copyOf(owners))
                        .mapTo(Long.class)
                        .one()
                    > MANY);
  }

  private static String marks(int n) {
    return String.join(", ", Collections.nCopies(n, "?"));
  }

  /// Whether an index leads to the few that can match: one address, number or name is named, and
  /// not very many have it.
  public boolean isServed(Set<String> owners, boolean connected, Expression filter) {
    return served(filter).anyMatch(part -> !haveMany(owners, connected, part));
  }

  private static Stream<Expression> served(Expression filter) {
    return switch (filter) {
      case Expression.And(var parts) -> parts.stream().flatMap(Contacts::served);
      case Expression.Matches(Operand.Field(var attribute), boolean negated, var anyOf)
          when !negated
              && SERVED.contains(attribute.name())
              && anyOf.stream().allMatch(Criterion.Same.class::isInstance) ->
          Stream.of(filter);
      default -> Stream.empty();
    };
  }

  private boolean haveMany(Set<String> owners, boolean connected, Expression name) {
    var wanted = new Wanted(owners, connected, name, null, List.of(), new Page.At(0, step), false);
    var written =
        new SqlWriter(store.dialect(), a -> ContactCatalogue.column(a, store.now(), Set.of()))
            .write(name);
    var condition = condition(wanted, written, owners.size() <= mostNamed);
    return store.read(h ->
        query(
                    h,
                    "SELECT COUNT(*) FROM (SELECT 1 FROM contact_search c WHERE "
                        + condition.sql()
                        + " LIMIT "
                        + (step + 1)
                        + ") alike",
                    condition.binds())
                .mapTo(Long.class)
                .one()
            > step);
  }

  /// Those that meet a filter, in the order of their names, for so long as one waits for a page: it
  /// may hold less than its limit, nothing even, and go on all the same. For the contacts of very
  /// many owners together.
  ///
  /// @param after the contact behind which to go on; empty for the beginning
  public Walked walk(
      Set<String> owners, boolean connected, Expression filter, String after, int limit) {
    var since = PortalAccount.since(store.now());
    // As for no owners: what depends on rows beside a contact's is asked contact by contact.
    var written =
        new SqlWriter(store.dialect(), name -> ContactCatalogue.column(name, since, Set.of()))
            .write(filter);
    var evaluator = written.exact() ? null : Evaluator.of(filter);
    return store.read(h -> {
      long until = System.nanoTime() + looking.toNanos();
      var place = after.isEmpty() ? new Name("", "") : nameOf(h, after);
      var found = new ArrayList<Listed>();
      while (true) {
        var fitting = step(h, connected, written, place);
        for (int from = 0; from < fitting.size(); from += FIRST) {
          var some =
              fitting.subList(from, Math.min(fitting.size(), from + FIRST)).stream()
                  .filter(p -> owners.contains(p.owner()))
                  .map(Place::id)
                  .toList();
          var read = candidates(h, some);
          for (var id : some) {
            var one = read.get(id);
            if (one != null
                && (evaluator == null
                    || evaluator.matches(ContactCatalogue.row(one.listed(), one.login(), since)))) {
              found.add(one.listed());
              if (found.size() == limit) {
                return new Walked(found, Optional.of(id));
              }
            }
            if (System.nanoTime() > until) {
              return new Walked(found, Optional.of(id));
            }
          }
        }
        var next = endOfStep(h, connected, place);
        if (next.isEmpty()) {
          return new Walked(found, Optional.empty());
        }
        place = next.get();
        if (System.nanoTime() > until) {
          return new Walked(found, Optional.of(place.id()));
        }
      }
    });
  }

  /// A place in the order of names.
  private record Name(String name, String id) {}

  private static final String NAMES =
      " FROM contact_search WHERE connected = ? AND (display_name, contact_id) > (?, ?)"
          + " ORDER BY display_name, contact_id LIMIT ";

  private List<Place> step(Handle h, boolean connected, Sql written, Name from) {
    var binds = new ArrayList<Object>(List.of(connected ? 1L : 0L, from.name(), from.id()));
    binds.addAll(written.binds());
    return query(
            h,
            "SELECT c.contact_id, c.owner_id FROM (SELECT *"
                + NAMES
                + step
                + ") c WHERE "
                + written.condition()
                + " ORDER BY c.display_name, c.contact_id",
            binds)
        .map((r, _) -> new Place(r.getString(1), r.getString(2), 1))
        .list();
  }

  private Optional<Name> endOfStep(Handle h, boolean connected, Name from) {
    return query(
            h,
            "SELECT display_name, contact_id" + NAMES + "1 OFFSET " + (step - 1),
            List.of(connected ? 1L : 0L, from.name(), from.id()))
        .map((r, _) -> new Name(r.getString(1), r.getString(2)))
        .findFirst();
  }

  /// Where a contact stands in that order.
  private static Name nameOf(Handle h, String id) {
    return query(
            h,
            "SELECT s.display_name FROM contact k JOIN contact_search s ON s.owner_id = k.owner_id"
                + " AND s.owned_seq = k.owned_seq WHERE k.id = ?",
            List.of(id))
        .mapTo(String.class)
        .findFirst()
        .map(name -> new Name(name, id))
        .orElse(new Name("", ""));
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
      var read = candidates(h, List.copyOf(ids));
      return ids.stream()
          .flatMap(id -> Stream.ofNullable(read.get(id)))
          .map(Candidate::listed)
          .limit(limit)
          .toList();
    });
  }

  private List<String> beginning(
      Handle h, Set<String> owners, String column, String from, String to, int limit) {
    boolean named = owners.size() <= mostNamed;
    var binds = new ArrayList<Object>(named ? owners : Set.of());
    binds.addAll(List.of(from, to, (long) (named ? limit : STEP)));
    return query(
            h,
            "SELECT contact_id, owner_id FROM contact_search WHERE "
                + (named ? "owner_id IN (" + marks(owners.size()) + ") AND " : "")
                + "connected = 1 AND "
                + column
                + " >= ? AND "
                + column
                + " < ? LIMIT ?",
            binds)
        .map((r, _) -> new Place(r.getString(1), r.getString(2), 1))
        .stream()
        .filter(p -> owners.contains(p.owner()))
        .map(Place::id)
        .limit(limit)
        .toList();
  }

  /// The tags that an owner's contacts have, each as it was first written, by name.
  public List<String> listTags(String owner) {
    return store.read(h -> {
      var first = new java.util.LinkedHashMap<String, String>();
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
    var since = PortalAccount.since(store.now());
    boolean named = wanted.owners().size() <= mostNamed;
    var owners = named ? wanted.owners() : Set.<String>of();
    var written =
        new SqlWriter(store.dialect(), name -> ContactCatalogue.column(name, since, owners))
            .write(wanted.filter());
    var condition = condition(wanted, written, named);
    boolean exact = written.exact() && named;
    var scores = byScore(wanted) ? new Activities(store).of(wanted.owners()) : null;
    return store.read(h ->
        scores != null
            ? scored(h, wanted, condition, exact, scores, since)
            : exact ? exact(h, wanted, condition, since) : decided(h, wanted, condition, since));
  }

  private static Condition condition(Wanted wanted, Sql written, boolean named) {
    var sql = new StringBuilder();
    var binds = new ArrayList<Object>();
    if (named) {
      sql.append(owners(wanted)).append(" AND ");
      binds.addAll(wanted.owners());
    }
    sql.append("c.connected = ?");
    binds.add(wanted.connected() ? 1L : 0L);
    if (!written.condition().equals("1 = 1")) {
      sql.append(" AND ").append(written.condition());
      binds.addAll(written.binds());
    }
    if (wanted.tag() != null) {
      sql.append(" AND (c.contact_id IN (")
          .append(ContactCatalogue.tagged(1))
          .append(" AND t.tag = ?)) IS TRUE");
      binds.addAll(wanted.owners());
      binds.add(Folding.fold(ContactCatalogue.searched(wanted.tag())));
    }
    if (wanted.page() instanceof Page.After(long token, _)) {
      sql.append(" AND c.owned_seq > ?");
      binds.add(token);
    }
    return new Condition(sql.toString(), binds);
  }

  /// A walk over several owners' contacts goes along their common order: their names must not lead
  /// a planner away from it.
  private static String owners(Wanted wanted) {
    int n = wanted.owners().size();
    if (n == 1) {
      return "c.owner_id = ?";
    }
    return (wanted.page() instanceof Page.After ? "(c.owner_id || '')" : "c.owner_id")
        + " IN ("
        + String.join(", ", Collections.nCopies(n, "?"))
        + ")";
  }

  private static List<Term> terms(Wanted wanted, Instant since) {
    if (wanted.page() instanceof Page.After) {
      var walk = new Term("c.owned_seq", false);
      return wanted.owners().size() == 1
          ? List.of(new Term("c.owner_id", false), walk)
          : List.of(walk);
    }
    var terms = new ArrayList<Term>();
    boolean descending = false;
    var asked = wanted.order().stream().filter(o -> !o.attribute().equals(SCORE)).toList();
    for (var term : asked.isEmpty() ? USUAL : asked) {
      descending = term.descending();
      for (var sql : ContactCatalogue.order(term.attribute(), since)) {
        terms.add(new Term(sql, descending));
      }
    }
    terms.add(new Term("c.contact_id", descending));
    return terms;
  }

  private static String order(Wanted wanted, Instant since) {
    return terms(wanted, since).stream()
        .map(t -> t.as(t.sql()))
        .collect(Collectors.joining(", ", " ORDER BY ", ""));
  }

  private static Query query(Handle h, String sql, List<Object> binds) {
    var query = h.createQuery(sql);
    for (int i = 0; i < binds.size(); i++) {
      switch (binds.get(i)) {
        case String text -> query.bind(i, text);
        case Long number -> query.bind(i, number);
        case Double number -> query.bind(i, number);
        default -> query.bind(i, binds.get(i));
      }
    }
    return query;
  }

  private static Found exact(Handle h, Wanted wanted, Condition condition, Instant since) {
    var total =
        wanted.count()
            ? OptionalLong.of(
                query(
                        h,
                        "SELECT COUNT(*) FROM contact_search c WHERE " + condition.sql(),
                        condition.binds())
                    .mapTo(Long.class)
                    .one())
            : OptionalLong.empty();
    long skip =
        switch (wanted.page()) {
          case Page.At(long skipped, _) -> skipped;
          case Page.After _ -> 0;
          case Page.Holding(var id, int limit) -> pageOf(h, wanted, condition, since, id, limit);
        };
    int most = wanted.page().limit();
    // Nothing stands behind the last one: a long way there need not be gone.
    boolean none = most == 0 || total.isPresent() && skip >= total.getAsLong();
    var contacts = none ? List.<Listed>of() : page(h, wanted, condition, since, skip);
    var token =
        wanted.page() instanceof Page.After && contacts.size() == most && most > 0
            ? OptionalLong.of(contacts.getLast().contact().ownedSeq())
            : OptionalLong.empty();
    return new Found(contacts, total, skip, token);
  }

  /// Finds first which contacts are on the page, by what an index has alone if it can, and reads
  /// only those. A walk goes through the rows themselves, and has their times at once.
  private static List<Listed> page(
      Handle h, Wanted wanted, Condition condition, Instant since, long skip) {
    boolean walk = wanted.page() instanceof Page.After;
    var sql =
        new StringBuilder("SELECT ")
            .append(Tables.CONTACT.columnList("k"))
            .append(walk ? ", p.modified_at" : ", s.modified_at")
            .append(" FROM (SELECT c.contact_id")
            .append(walk ? ", c.modified_at" : "");
    var order = new ArrayList<String>();
    for (var term : terms(wanted, since)) {
      var name = "o" + order.size();
      sql.append(", ").append(term.sql()).append(" AS ").append(name);
      order.add(term.as("p." + name));
    }
    sql.append(" FROM contact_search c WHERE ")
        .append(condition.sql())
        .append(order(wanted, since))
        .append(" LIMIT ? OFFSET ?) p JOIN contact k ON k.id = p.contact_id")
        .append(
            walk
                ? ""
                : " JOIN contact_search s ON s.owner_id = k.owner_id AND s.owned_seq = k.owned_seq")
        .append(" ORDER BY ")
        .append(String.join(", ", order));
    var binds = new ArrayList<>(condition.binds());
    binds.add((long) wanted.page().limit());
    binds.add(skip);
    return query(h, sql.toString(), binds).map((r, _) -> listed(r)).list();
  }

  /// How many stand before the page that holds a contact; 0 when it is not in the list.
  private static long pageOf(
      Handle h, Wanted wanted, Condition condition, Instant since, String id, int limit) {
    if (limit == 0) {
      return 0;
    }
    try (var ids =
        query(
                h,
                "SELECT c.contact_id FROM contact_search c WHERE "
                    + condition.sql()
                    + order(wanted, since),
                condition.binds())
            .setFetchSize(FETCHED)
            .mapTo(String.class)
            .iterator()) {
      for (long before = 0; ids.hasNext(); before++) {
        if (ids.next().equals(id)) {
          return before / limit * limit;
        }
      }
      return 0;
    }
  }

  /// Reads contacts by key. The SQL differs only by powers of two, so that it is planned seldom.
  private static Map<String, Candidate> candidates(Handle h, List<String> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    int marks = Integer.highestOneBit(2 * ids.size() - 1);
    var binds = new ArrayList<Object>(ids);
    binds.addAll(Collections.nCopies(marks - ids.size(), ids.getLast()));
    var found = new HashMap<String, Candidate>();
    query(
            h,
            "SELECT "
                + Tables.CONTACT.columnList("k")
                + ", s.modified_at, a.login_name, a.signed_in_at FROM contact k JOIN contact_search"
                + " s ON s.owner_id = k.owner_id AND s.owned_seq = k.owned_seq LEFT JOIN"
                + " portal_account a ON a.contact_id = k.id WHERE k.id IN ("
                + String.join(", ", Collections.nCopies(marks, "?"))
                + ")",
            binds)
        .map((r, _) -> new Candidate(listed(r), login(r)))
        .forEach(c -> found.put(c.listed().contact().id(), c));
    return found;
  }

  /// What the evaluator may do for one list. The database ends a read that takes too long; what we
  /// do between its rows is ours to end.
  private final class Bounds {
    private final long until = System.nanoTime() + PATIENCE.toNanos();
    private int decided;

    void inTime() {
      if (System.nanoTime() - until > 0) {
        throw StoreUnavailableException.tooLong(new TimeoutException("deciding took too long"));
      }
    }

    void another() {
      inTime();
      if (++decided > mostDecided) {
        throw StoreUnavailableException.tooLong();
      }
    }
  }

  /// Which contacts SQL could not rule out, in order, by what an index has alone if it can.
  ///
  /// @param rank in SQL
  /// @param part LIMIT and OFFSET, or nothing
  private static ResultIterator<Place> places(
      Handle h, Wanted wanted, Condition condition, Instant since, String rank, String part) {
    return query(
            h,
            "SELECT c.contact_id, c.owner_id, "
                + rank
                + " FROM contact_search c WHERE "
                + condition.sql()
                + order(wanted, since)
                + part,
            condition.binds())
        .setFetchSize(FETCHED)
        .map((r, _) -> new Place(r.getString(1), r.getString(2), r.getLong(3)))
        .iterator();
  }

  private interface Taker {
    /// Whether it wants more.
    boolean take(Place place, Listed matching);
  }

  /// Reads contacts by their places, few at first and then more at a time, and has the evaluator
  /// decide.
  ///
  /// @return whether more is wanted
  private boolean decide(
      Handle h, Wanted wanted, Iterator<Place> places, Instant since, Bounds bounds, Taker taker) {
    var evaluator = Evaluator.of(wanted.filter());
    for (int most = Math.max(1, first / 4); places.hasNext(); most = Math.min(2 * most, FETCHED)) {
      var some = new ArrayList<Place>(most);
      while (some.size() < most && places.hasNext()) {
        bounds.another();
        var place = places.next();
        if (wanted.owners().contains(place.owner())) {
          some.add(place);
        }
      }
      var read = candidates(h, some.stream().map(Place::id).toList());
      for (var place : some) {
        bounds.inTime();
        var candidate = read.get(place.id());
        if (candidate != null
            && evaluator.matches(ContactCatalogue.row(candidate.listed(), candidate.login(), since))
            && !taker.take(place, candidate.listed())) {
          return false;
        }
      }
    }
    return true;
  }

  /// What a page takes of all that match, in order.
  private static final class Taking implements Taker {
    private final Wanted wanted;
    private final List<Listed> taken = new ArrayList<>();
    private long skip;
    private long matching;
    private boolean held;

    Taking(Wanted wanted) {
      this.wanted = wanted;
      skip = wanted.page() instanceof Page.At(long skipped, _) ? skipped : 0;
    }

    @Override
    public boolean take(Place place, Listed row) {
      switch (wanted.page()) {
        case Page.At(_, int limit) -> {
          if (matching >= skip && taken.size() < limit) {
            taken.add(row);
          }
        }
        case Page.After(_, int limit) -> {
          if (taken.size() < limit) {
            taken.add(row);
          }
        }
        case Page.Holding(var id, int limit) -> {
          if (!held) {
            if (limit > 0 && matching % limit == 0 && matching > 0) {
              taken.clear();
              skip = matching;
            }
            taken.add(row);
          } else if (taken.size() < limit) {
            taken.add(row);
          }
          held |= row.contact().id().equals(id);
        }
      }
      matching++;
      boolean full =
          taken.size() >= wanted.page().limit()
              && (!(wanted.page() instanceof Page.Holding) || held);
      return !full || wanted.count();
    }

    Found found() {
      var page = wanted.page();
      var token =
          page instanceof Page.After && taken.size() == page.limit() && !taken.isEmpty()
              ? OptionalLong.of(taken.getLast().contact().ownedSeq())
              : OptionalLong.empty();
      return new Found(
          taken, wanted.count() ? OptionalLong.of(matching) : OptionalLong.empty(), skip, token);
    }
  }

  /// Has the evaluator decide, in order, on what SQL could not rule out, until the page is full.
  /// Most pages are full after few: a planner that is asked for few goes along the order, and does
  /// not sort all of an owner's contacts first.
  private Found decided(Handle h, Wanted wanted, Condition condition, Instant since) {
    var bounds = new Bounds();
    var taking = new Taking(wanted);
    int looked = 0;
    if (!wanted.count()) {
      var few = new ArrayList<Place>(first);
      try (var places = places(h, wanted, condition, since, "1", " LIMIT " + first)) {
        places.forEachRemaining(few::add);
      }
      looked = few.size();
      if (!decide(h, wanted, few.iterator(), since, bounds, taking) || looked < first) {
        return taking.found();
      }
    }
    var rest = looked == 0 ? "" : " LIMIT " + (mostDecided + 1L) + " OFFSET " + looked;
    try (var places = places(h, wanted, condition, since, "1", rest)) {
      decide(h, wanted, places, since, bounds, taking);
    }
    return taking.found();
  }

  private static boolean byScore(Wanted wanted) {
    return !(wanted.page() instanceof Page.After)
        && wanted.order().stream().anyMatch(o -> o.attribute().equals(SCORE));
  }

  private record Scored(Place place, int score) {
    long rank() {
      return place.rank();
    }
  }

  /// Reads all that match, in the order that SQL knows, and sorts those by their scores that are
  /// equal so far.
  private Found scored(
      Handle h,
      Wanted wanted,
      Condition condition,
      boolean exact,
      Map<String, Activity> activity,
      Instant since) {
    int place = 0;
    while (!wanted.order().get(place).attribute().equals(SCORE)) {
      place++;
    }
    var before =
        wanted.order().subList(0, place).stream()
            .flatMap(o ->
                ContactCatalogue.order(o.attribute(), since).stream()
                    .map(sql -> new Term(sql, o.descending()).as(sql)))
            .toList();
    var rank =
        before.isEmpty() ? "1" : "DENSE_RANK() OVER (ORDER BY " + String.join(", ", before) + ")";
    var bounds = new Bounds();
    var all = new ArrayList<Scored>();
    Consumer<Place> add =
        one -> {
          var scores = activity.get(one.owner());
          all.add(new Scored(one, scores == null ? 0 : scores.score(one.id())));
        };
    try (var places = places(h, wanted, condition, since, rank, "")) {
      if (exact) {
        while (places.hasNext()) {
          bounds.another();
          add.accept(places.next());
        }
      } else {
        decide(
            h,
            wanted,
            places,
            since,
            bounds,
            (one, _) -> {
              add.accept(one);
              return true;
            });
      }
    }
    var byScore = Comparator.comparingInt(Scored::score);
    all.sort(
        Comparator.comparingLong(Scored::rank)
            .thenComparing(wanted.order().get(place).descending() ? byScore.reversed() : byScore));
    int limit = wanted.page().limit();
    long skip =
        switch (wanted.page()) {
          case Page.At(long skipped, _) -> skipped;
          case Page.After _ -> 0;
          case Page.Holding(var id, _) ->
              limit == 0
                  ? 0
                  : IntStream.range(0, all.size())
                      .filter(i -> all.get(i).place().id().equals(id))
                      .mapToLong(i -> (long) i / limit * limit)
                      .findFirst()
                      .orElse(0);
        };
    var shown = all.stream().skip(skip).limit(limit).map(s -> s.place().id()).toList();
    var read = candidates(h, shown);
    return new Found(
        shown.stream()
            .flatMap(id -> Optional.ofNullable(read.get(id)).stream())
            .map(Candidate::listed)
            .toList(),
        wanted.count() ? OptionalLong.of(all.size()) : OptionalLong.empty(),
        skip,
        OptionalLong.empty());
  }
}
