package dev.porchlight.desk;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Store;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds what belongs to the leads of a member with many contacts: reads what is their whole
/// office's, as rows at once, and picks out of these the member's own.
///
/// @param lead the lead that something belongs to; null for none
/// @param place of something in the order of all
record OwnLeads<T, P>(
    Store store, Picked.Look look, Function<T, @Nullable String> lead, Function<T, P> place) {

  /// @param office reads, in order, some of the office's behind a place, as many as are looked at
  ///   at once
  Picked<T, P> pick(Scope scope, P before, int limit, Function<P, List<T>> office) {
    return Picked.among(
        look,
        before,
        limit,
        behind -> {
          var some = office.apply(behind);
          return new Picked.Some<>(
              own(scope, some),
              some.size() < look.atOnce()
                  ? Optional.empty()
                  : Optional.of(place.apply(some.getLast())));
        },
        place);
  }

  private List<T> own(Scope scope, List<T> some) {
    var leads = some.stream().flatMap(s -> Stream.ofNullable(lead.apply(s))).distinct().toList();
    var own = leads.isEmpty() ? Set.<String>of() : ids(scope, leads);
    return some.stream()
        .filter(s -> {
          var id = lead.apply(s);
          return id != null && own.contains(id);
        })
        .toList();
  }

  private Set<String> ids(Scope scope, List<String> leads) {
    return store.read(h ->
        h.createQuery(
                "SELECT id FROM lead WHERE id IN (<ids>) AND "
                    + scope.sqlOfContact("office_id", "contact_id"))
            .bindList("ids", leads)
            .mapTo(String.class)
            .set());
  }
}
