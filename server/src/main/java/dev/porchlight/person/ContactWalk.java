package dev.porchlight.person;

import dev.porchlight.filter.Criterion;
import dev.porchlight.filter.Evaluator;
import dev.porchlight.filter.Expression;
import dev.porchlight.filter.Operand;
import dev.porchlight.filter.Sql;
import dev.porchlight.filter.SqlWriter;
import dev.porchlight.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// Goes through the contacts of very many owners together, whom no index has in one order: the
/// newest of them, and those that meet a filter, for so long as one waits for a page.
public final class ContactWalk {
  private static final int STEP = 2_000;
  private static final int MANY = 20_000;
  private static final Duration LOOKING = Duration.ofMillis(50);

  /// How many contacts are read at once.
  private static final int READ = 128;

  /// Up to how many owners the newest contacts are looked up owner by owner; of more, contacts are
  /// walked through in the order of all.
  private static final int FEW = 200;

  /// The attributes whose single values lead to few contacts.
  private static final Set<String> SERVED =
      Set.of("PrimaryEmail", "PrimaryPhoneNumber", "FamilyName", "DisplayName");

  private final Store store;
  private final int mostNamed;
  private final int step;
  private final Duration looking;

  public ContactWalk(Store store) {
    this(store, Contacts.MOST_NAMED, STEP, LOOKING);
  }

  /// @param mostNamed how many owners SQL is given at most
  /// @param step how many names a walk looks at at once; what more have is not looked up by an
  ///   index
  /// @param looking how long a walk looks
  ContactWalk(Store store, int mostNamed, int step, Duration looking) {
    this.store = store;
    this.mostNamed = mostNamed;
    this.step = step;
    this.looking = looking;
  }

  /// The contacts that came to these owners last, newest first.
  ///
  /// @param before only those that came before that entry of the log
  public List<Contacts.Listed> newest(
      Set<String> owners, boolean connected, long before, int limit) {
    return store.read(h -> {
      var found = new ArrayList<Contacts.Listed>();
      var ids =
          owners.isEmpty()
              ? List.<String>of()
              : owners.size() <= FEW
                  ? newestOfEach(h, owners, connected, before, limit)
                  : newestOfAll(h, owners, connected, before, limit);
      var read = ContactRows.candidates(h, ids);
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
    return ContactRows.query(
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
        ContactRows.query(
                h,
                "SELECT contact_id, owner_id, connected FROM contact_search WHERE connected = ?"
                    + " AND owned_seq < ? ORDER BY owned_seq DESC",
                List.of(connected ? 1L : 0L, before))
            .setFetchSize(ContactQuery.FETCHED)
            .map((r, _) -> new ContactRows.Place(r.getString(1), r.getString(2), r.getLong(3)))
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
  public record Walked(List<Contacts.Listed> contacts, Optional<String> further) {
    public Walked {
      contacts = List.copyOf(contacts);
    }
  }

  /// Whether these owners have so many contacts that not all of them can be looked at for one page.
  public boolean areMany(Set<String> owners) {
    return owners.size() > mostNamed
        || owners.size() > 1
            && store.read(h ->
                ContactRows.query(
                            h,
                            "SELECT COUNT(*) FROM (SELECT 1 FROM contact_search WHERE owner_id IN ("
                                + ContactRows.marks(owners.size())
                                + ") LIMIT "
                                + (MANY + 1)
                                + ") some_contacts",
                            List.copyOf(owners))
                        .mapTo(Long.class)
                        .one()
                    > MANY);
  }

  /// Whether an index leads to the few that can match: one address, number or name is named, and
  /// not very many have it.
  public boolean isServed(Set<String> owners, boolean connected, Expression filter) {
    return served(filter).anyMatch(part -> !haveMany(owners, connected, part));
  }

  private static Stream<Expression> served(Expression filter) {
    return switch (filter) {
      case Expression.And(var parts) -> parts.stream().flatMap(ContactWalk::served);
      case Expression.Matches(Operand.Field(var attribute), boolean negated, var anyOf)
          when !negated
              && SERVED.contains(attribute.name())
              && anyOf.stream().allMatch(Criterion.Same.class::isInstance) ->
          Stream.of(filter);
      default -> Stream.empty();
    };
  }

  private boolean haveMany(Set<String> owners, boolean connected, Expression name) {
    var wanted =
        new Contacts.Wanted(
            owners, connected, name, null, List.of(), new Contacts.Page.At(0, step), false);
    var written =
        new SqlWriter(store.dialect(), a -> ContactCatalogue.column(a, store.now(), Set.of()))
            .write(name);
    var condition = ContactQuery.of(wanted, written, owners.size() <= mostNamed, store.now());
    return store.read(h ->
        ContactRows.query(
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
      var found = new ArrayList<Contacts.Listed>();
      while (true) {
        var fitting = step(h, connected, written, place);
        for (int from = 0; from < fitting.size(); from += READ) {
          var some =
              fitting.subList(from, Math.min(fitting.size(), from + READ)).stream()
                  .filter(p -> owners.contains(p.owner()))
                  .map(ContactRows.Place::id)
                  .toList();
          var read = ContactRows.candidates(h, some);
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

  private List<ContactRows.Place> step(Handle h, boolean connected, Sql written, Name from) {
    var binds = new ArrayList<Object>(List.of(connected ? 1L : 0L, from.name(), from.id()));
    binds.addAll(written.binds());
    return ContactRows.query(
            h,
            "SELECT c.contact_id, c.owner_id FROM (SELECT *"
                + NAMES
                + step
                + ") c WHERE "
                + written.condition()
                + " ORDER BY c.display_name, c.contact_id",
            binds)
        .map((r, _) -> new ContactRows.Place(r.getString(1), r.getString(2), 1))
        .list();
  }

  private Optional<Name> endOfStep(Handle h, boolean connected, Name from) {
    return ContactRows.query(
            h,
            "SELECT display_name, contact_id" + NAMES + "1 OFFSET " + (step - 1),
            List.of(connected ? 1L : 0L, from.name(), from.id()))
        .map((r, _) -> new Name(r.getString(1), r.getString(2)))
        .findFirst();
  }

  /// Where a contact stands in that order.
  private static Name nameOf(Handle h, String id) {
    return ContactRows.query(
            h,
            "SELECT s.display_name FROM contact k JOIN contact_search s ON s.owner_id = k.owner_id"
                + " AND s.owned_seq = k.owned_seq WHERE k.id = ?",
            List.of(id))
        .mapTo(String.class)
        .findFirst()
        .map(name -> new Name(name, id))
        .orElse(new Name("", ""));
  }
}
