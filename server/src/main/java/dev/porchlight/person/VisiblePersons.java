package dev.porchlight.person;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Persons, for those who may see one of their contacts.
public final class VisiblePersons {
  /// A person.
  ///
  /// @param contacts those that the scope may see
  /// @param erasedAt when all that was known of them was erased; null while they are known
  public record Person(
      String id,
      String companyId,
      Instant createdAt,
      @Nullable Instant erasedAt,
      List<Known> contacts) {}

  /// A person's contact, in short.
  public record Known(String id, String officeId, String ownerId, String displayName) {}

  /// What to list: newest first, by id.
  ///
  /// @param email only who has this address
  /// @param phone only who gave this number, with its country
  /// @param erased only those who are erased, or only the others; null for all
  /// @param before only those whose id is less; empty for all
  public record Query(
      @Nullable String email,
      @Nullable String phone,
      @Nullable Boolean erased,
      String before,
      int limit) {}

  private final Store store;

  public VisiblePersons(Store store) {
    this.store = store;
  }

  /// The person with that id, when the scope may see a contact of theirs.
  public Optional<Person> find(Scope scope, String id) {
    return store.read(h -> read(h, scope, List.of(id)).stream().findFirst());
  }

  /// Those that fit.
  public List<Person> list(Scope scope, Query query) {
    return store.read(h -> {
      if (query.email() != null || query.phone() != null) {
        var ids = new TreeSet<>(keyed(h, query)).descendingSet();
        return read(h, scope, List.copyOf(ids)).stream()
            .filter(p -> query.before().isEmpty() || p.id().compareTo(query.before()) < 0)
            .filter(p -> query.erased() == null || query.erased() == (p.erasedAt() != null))
            .limit(query.limit())
            .toList();
      }
      var ids =
          h.createQuery(
                  "SELECT p.id FROM person p WHERE "
                      + (query.before().isEmpty() ? "1 = 1" : "p.id < :b")
                      + (query.erased() == null
                          ? ""
                          : query.erased()
                              ? " AND p.erased_at IS NOT NULL"
                              : " AND p.erased_at IS NULL")
                      + " AND EXISTS (SELECT 1 FROM contact c WHERE c.person_id = p.id AND "
                      + scope.sqlOfOwner("c.office_id", "c.owner_id")
                      + ") ORDER BY p.id DESC LIMIT :n")
              .bind("n", query.limit());
      if (!query.before().isEmpty()) {
        ids.bind("b", query.before());
      }
      return read(h, scope, ids.mapTo(String.class).list());
    });
  }

  /// Who is known by the address, and by the number where both are named.
  private Set<String> keyed(Handle h, Query query) {
    var found = new HashSet<String>();
    for (var company : companies()) {
      Set<String> byEmail = query.email() == null ? null : byEmail(h, company, query.email());
      Set<String> byPhone = query.phone() == null ? null : byPhone(h, company, query.phone());
      if (byEmail != null && byPhone != null) {
        byEmail.retainAll(byPhone);
      }
      found.addAll(byEmail != null ? byEmail : byPhone != null ? byPhone : Set.of());
    }
    return found;
  }

  private List<String> companies() {
    return Nodes.in(store.settings()).all().stream()
        .filter(n -> n.kind() == Node.Kind.COMPANY || n.kind() == Node.Kind.OFFICE)
        .map(Node::id)
        .toList();
  }

  private static Set<String> byEmail(Handle h, String company, String address) {
    var email = Identity.email(address.strip());
    return email == null
        ? new HashSet<>()
        : new HashSet<>(
            h.createQuery("SELECT person_id FROM person_email WHERE company_id = :c AND email = :e")
                .bind("c", company)
                .bind("e", email)
                .mapTo(String.class)
                .list());
  }

  private static Set<String> byPhone(Handle h, String company, String number) {
    var phone = Identity.phone(number, "ZZ");
    var found = new HashSet<String>();
    if (phone != null) {
      h.createQuery("SELECT persons FROM person_phone WHERE company_id = :c AND phone = :p")
          .bind("c", company)
          .bind("p", phone)
          .mapTo(String.class)
          .forEach(persons ->
              Json.read(persons, Tables.Sharers.class).list().forEach(s -> found.add(s.person())));
    }
    return found;
  }

  private static List<Person> read(Handle h, Scope scope, List<String> ids) {
    return ids.stream().map(id -> read(h, scope, id)).flatMap(Optional::stream).toList();
  }

  private static Optional<Person> read(Handle h, Scope scope, String id) {
    var contacts =
        h.createQuery(
                "SELECT k.id, k.office_id, k.owner_id, k.body FROM contact k"
                    + " WHERE k.person_id = :p AND "
                    + scope.sqlOfOwner("k.office_id", "k.owner_id")
                    + " ORDER BY k.id")
            .bind("p", id)
            .map((r, _) ->
                new Known(
                    r.getString(1),
                    r.getString(2),
                    r.getString(3),
                    ContactBody.find(r.getString(4)).orElse(ContactBody.UNREADABLE).displayName()))
            .list();
    if (contacts.isEmpty()) {
      return Optional.empty();
    }
    return h.createQuery("SELECT company_id, created_at, erased_at FROM person WHERE id = :p")
        .bind("p", id)
        .map((r, _) -> {
          var row = new Row(r);
          return new Person(id, row.text(1), row.time(2), row.timeOrNull(3), contacts);
        })
        .findOne();
  }
}
