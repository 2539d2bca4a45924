package dev.porchlight.desk.events;

import dev.porchlight.access.party.Grant;
import dev.porchlight.access.party.Grants;
import dev.porchlight.account.Scope;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.listing.Listing;
import dev.porchlight.listing.Listings;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// Listings that events tell by a number at their publisher, and nothing else.
public final class NumberedListings {
  private static final Topic LISTINGS = Topic.parse("realestate/listing#update").orElseThrow();
  private static final int MOST_PUBLISHERS = 500;
  private static final Picked.Look LOOK = Picked.Look.of(100);

  private NumberedListings() {}

  static Optional<String> find(
      Handle h, Settings settings, String root, String publisher, String number) {
    return Listings.findNumbered(
        h,
        root,
        publisher,
        Grants.in(settings).all().stream()
            .filter(g -> g.publishes(LISTINGS))
            .map(Grant::party)
            .distinct()
            .limit(MOST_PUBLISHERS)
            .toList(),
        number);
  }

  /// The leads that tell a listing so, newest first. Among those of its numbers they are looked for
  /// for a moment only: a page may hold less than its limit and go on all the same.
  ///
  /// @param before only those made before this place in the log
  public static Picked<LeadRecord, Long> leads(
      Store store, Leads leads, Scope scope, Listing listing, long before, int limit) {
    return leads(LOOK, store, leads, scope, listing, before, limit);
  }

  /// The same.
  ///
  /// @param look how they are looked for
  public static Picked<LeadRecord, Long> leads(
      Picked.Look look,
      Store store,
      Leads leads,
      Scope scope,
      Listing listing,
      long before,
      int limit) {
    var numbers = store.read(h -> Listings.numbers(h, listing));
    return Picked.among(
        look,
        before,
        limit,
        from -> {
          var some = leads.listNumbered(scope, listing.rootId(), numbers, from, look.atOnce());
          return new Picked.Some<>(
              telling(store, leads, some, listing),
              some.size() < look.atOnce() ? Optional.empty() : Optional.of(some.getLast().seq()));
        },
        LeadRecord::seq);
  }

  /// Those of some that tell it so.
  private static List<LeadRecord> telling(
      Store store, Leads leads, List<LeadRecord> some, Listing listing) {
    var newest = leads.getNewest(some);
    Map<String, String> numbers = new HashMap<>();
    newest.forEach((lead, version) -> number(version).ifPresent(n -> numbers.put(lead, n)));
    var telling = some.stream().filter(l -> numbers.containsKey(l.id())).toList();
    if (telling.isEmpty()) {
      return List.of();
    }
    Function<LeadRecord, String> receipt =
        l -> Objects.requireNonNull(newest.get(l.id())).receiptId();
    return store.read(h -> {
      var publishers = publishers(h, telling.stream().map(receipt).toList());
      // Many leads tell a few listings.
      Map<Telling, Optional<String>> found = new HashMap<>();
      return telling.stream()
          .filter(l -> {
            var publisher = publishers.get(receipt.apply(l));
            return publisher != null
                && found
                    .computeIfAbsent(
                        new Telling(publisher, Objects.requireNonNull(numbers.get(l.id()))),
                        t -> find(h, store.settings(), listing.rootId(), t.publisher(), t.number()))
                    .filter(listing.id()::equals)
                    .isPresent();
          })
          .toList();
    });
  }

  /// Who tells a listing, and by which number.
  private record Telling(String publisher, String number) {}

  private static Optional<String> number(Leads.Version version) {
    return version.lead().orElse(Lead.NOTHING).interest() instanceof Interest.InListing(var home)
            && home.mlsName() == null
        ? Optional.ofNullable(home.mlsId())
        : Optional.empty();
  }

  /// Who published the events that leads came by, by receipt; those that came otherwise are
  /// missing.
  private static Map<String, String> publishers(Handle h, List<String> receipts) {
    Map<String, String> events = new HashMap<>();
    h.createQuery("SELECT id, headers FROM receipt WHERE id IN (<receipts>)")
        .bindList("receipts", receipts)
        .map((r, _) -> Map.entry(r.getString(1), r.getString(2)))
        .forEach(r -> event(r.getValue()).ifPresent(e -> events.put(r.getKey(), e)));
    if (events.isEmpty()) {
      return Map.of();
    }
    Map<String, String> publishers = new HashMap<>();
    h.createQuery("SELECT id, publisher_id FROM event WHERE id IN (<events>)")
        .bindList("events", List.copyOf(Set.copyOf(events.values())))
        .map((r, _) -> Map.entry(r.getString(1), r.getString(2)))
        .forEach(e -> publishers.put(e.getKey(), e.getValue()));
    Map<String, String> found = new HashMap<>();
    events.forEach((receipt, event) -> {
      var publisher = publishers.get(event);
      if (publisher != null) {
        found.put(receipt, publisher);
      }
    });
    return found;
  }

  /// The event that a receipt is of, by its headers.
  private static Optional<String> event(String headers) {
    return headers.contains(PublishedEvent.SAID_BY)
        ? Optional.of(Json.tree(headers).path(PublishedEvent.SAID_BY).asString(""))
        : Optional.empty();
  }

  /// The listing that a lead of an event names so. Whoever asks later may find one that came later.
  ///
  /// @param receipt by which the lead came; empty where that was no event
  /// @param root the account root that the listing must be of
  public static Optional<String> ofLead(Store store, String receipt, String root, String number) {
    return store.read(h ->
        Optional.ofNullable(publishers(h, List.of(receipt)).get(receipt))
            .flatMap(publisher -> find(h, store.settings(), root, publisher, number)));
  }
}
