package dev.porchlight.person;

import dev.porchlight.filter.Folding;
import dev.porchlight.filter.Sql;
import dev.porchlight.filter.SqlWriter;
import dev.porchlight.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;

/// What is asked of a list of contacts, in SQL.
///
/// @param since from when on a portal account counts as active
/// @param exact whether it selects exactly what is asked for; else the evaluator decides on what is
///   left
/// @param sql a condition, with the values of its question marks
record ContactQuery(
    Contacts.Wanted wanted, Instant since, boolean exact, String sql, List<Object> binds) {
  static final int FETCHED = 512;

  private static final List<Contacts.Order> USUAL =
      List.of(new Contacts.Order("DisplayName", false));

  /// A term of ORDER BY.
  private record Term(String sql, boolean descending) {
    String as(String sql) {
      return sql + (descending ? " DESC" : "");
    }
  }

  /// @param named whether SQL is given the owners
  static ContactQuery of(Store store, Contacts.Wanted wanted, boolean named) {
    var since = PortalAccount.since(store.now());
    var owners = named ? wanted.owners() : Set.<String>of();
    var written =
        new SqlWriter(store.dialect(), name -> ContactCatalogue.column(name, since, owners))
            .write(wanted.filter());
    return of(wanted, written, named, since);
  }

  static ContactQuery of(Contacts.Wanted wanted, Sql written, boolean named, Instant since) {
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
    if (wanted.page() instanceof Contacts.Page.After(long token, _)) {
      sql.append(" AND c.owned_seq > ?");
      binds.add(token);
    }
    return new ContactQuery(
        wanted, since, written.exact() && named, sql.toString(), List.copyOf(binds));
  }

  /// A walk over several owners' contacts goes along their common order: their names must not lead
  /// a planner away from it.
  private static String owners(Contacts.Wanted wanted) {
    int n = wanted.owners().size();
    if (n == 1) {
      return "c.owner_id = ?";
    }
    return (wanted.page() instanceof Contacts.Page.After ? "(c.owner_id || '')" : "c.owner_id")
        + " IN ("
        + String.join(", ", Collections.nCopies(n, "?"))
        + ")";
  }

  private List<Term> terms() {
    if (wanted.page() instanceof Contacts.Page.After) {
      var walk = new Term("c.owned_seq", false);
      return wanted.owners().size() == 1
          ? List.of(new Term("c.owner_id", false), walk)
          : List.of(walk);
    }
    var terms = new ArrayList<Term>();
    boolean descending = false;
    var asked = wanted.order().stream().filter(o -> !o.attribute().equals(Contacts.SCORE)).toList();
    for (var term : asked.isEmpty() ? USUAL : asked) {
      descending = term.descending();
      for (var sql : ContactCatalogue.order(term.attribute(), since)) {
        terms.add(new Term(sql, descending));
      }
    }
    terms.add(new Term("c.contact_id", descending));
    return terms;
  }

  private String order() {
    return terms().stream()
        .map(t -> t.as(t.sql()))
        .collect(Collectors.joining(", ", " ORDER BY ", ""));
  }

  /// The same of an order that was named, without what makes it unambiguous.
  List<String> orderOf(List<Contacts.Order> order) {
    return order.stream()
        .flatMap(o ->
            ContactCatalogue.order(o.attribute(), since).stream()
                .map(sql -> new Term(sql, o.descending()).as(sql)))
        .toList();
  }

  /// What SQL alone finds.
  Contacts.Found found(Handle h) {
    var total =
        wanted.count()
            ? OptionalLong.of(
                ContactRows.query(h, "SELECT COUNT(*) FROM contact_search c WHERE " + sql, binds)
                    .mapTo(Long.class)
                    .one())
            : OptionalLong.empty();
    long skip =
        switch (wanted.page()) {
          case Contacts.Page.At(long skipped, _) -> skipped;
          case Contacts.Page.After _ -> 0;
          case Contacts.Page.Holding(var id, int limit) -> pageOf(h, id, limit);
        };
    int most = wanted.page().limit();
    // Nothing stands behind the last one: a long way there need not be gone.
    boolean none = most == 0 || total.isPresent() && skip >= total.getAsLong();
    var contacts = none ? List.<Contacts.Listed>of() : page(h, skip);
    var token =
        wanted.page() instanceof Contacts.Page.After && contacts.size() == most && most > 0
            ? OptionalLong.of(contacts.getLast().contact().ownedSeq())
            : OptionalLong.empty();
    return new Contacts.Found(contacts, total, skip, token);
  }

  /// Finds first which contacts are on the page, by what an index has alone if it can, and reads
  /// only those. A walk goes through the rows themselves, and has their times at once.
  private List<Contacts.Listed> page(Handle h, long skip) {
    boolean walk = wanted.page() instanceof Contacts.Page.After;
    var page =
        new StringBuilder("SELECT ")
            .append(Tables.CONTACT.columnList("k"))
            .append(walk ? ", p.modified_at" : ", s.modified_at")
            .append(" FROM (SELECT c.contact_id")
            .append(walk ? ", c.modified_at" : "");
    var order = new ArrayList<String>();
    for (var term : terms()) {
      var name = "o" + order.size();
      page.append(", ").append(term.sql()).append(" AS ").append(name);
      order.add(term.as("p." + name));
    }
    page.append(" FROM contact_search c WHERE ")
        .append(sql)
        .append(order())
        .append(" LIMIT ? OFFSET ?) p JOIN contact k ON k.id = p.contact_id")
        .append(
            walk
                ? ""
                : " JOIN contact_search s ON s.owner_id = k.owner_id AND s.owned_seq = k.owned_seq")
        .append(" ORDER BY ")
        .append(String.join(", ", order));
    var values = new ArrayList<>(binds);
    values.add((long) wanted.page().limit());
    values.add(skip);
    return ContactRows.query(h, page.toString(), values)
        .map((r, _) -> ContactRows.listed(r))
        .list();
  }

  /// How many stand before the page that holds a contact; 0 when it is not in the list.
  private long pageOf(Handle h, String id, int limit) {
    if (limit == 0) {
      return 0;
    }
    try (var ids =
        ContactRows.query(
                h, "SELECT c.contact_id FROM contact_search c WHERE " + sql + order(), binds)
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

  /// Which contacts SQL could not rule out, in order, by what an index has alone if it can.
  ///
  /// @param rank in SQL
  /// @param part LIMIT and OFFSET, or nothing
  ResultIterator<ContactRows.Place> places(Handle h, String rank, String part) {
    return ContactRows.query(
            h,
            "SELECT c.contact_id, c.owner_id, "
                + rank
                + " FROM contact_search c WHERE "
                + sql
                + order()
                + part,
            binds)
        .setFetchSize(FETCHED)
        .map((r, _) -> new ContactRows.Place(r.getString(1), r.getString(2), r.getLong(3)))
        .iterator();
  }
}
