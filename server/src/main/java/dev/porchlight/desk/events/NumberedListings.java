package dev.porchlight.desk.events;

import dev.porchlight.access.Grant;
import dev.porchlight.access.Grants;
import dev.porchlight.account.Scope;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.listing.Listing;
import dev.porchlight.listing.Listings;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Json;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Listings that events tell by a number at their publisher, and nothing else.
public final class NumberedListings {
  private static final Topic LISTINGS = Topic.parse("realestate/listing#update").orElseThrow();
  private static final int MOST_PUBLISHERS = 500;
  private static final int AT_ONCE = 50;
  private static final int MOST_LOOKED_AT = 500;

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

  /// The leads that tell a listing so, newest first, among those of its numbers that came last.
  ///
  /// @param before only those made before this place in the log
  public static List<LeadRecord> leads(
      Store store, Leads leads, Scope scope, Listing listing, long before, int limit) {
    var numbers = store.read(h -> Listings.numbers(h, listing));
    var found = new ArrayList<LeadRecord>();
    long from = before;
    for (int looked = 0; looked < MOST_LOOKED_AT; looked += AT_ONCE) {
      var some = leads.listNumbered(scope, listing.rootId(), numbers, from, AT_ONCE);
      for (var lead : some) {
        if (found.size() < limit && tells(store, leads, lead, listing)) {
          found.add(lead);
        }
      }
      if (some.size() < AT_ONCE || found.size() == limit) {
        return found;
      }
      from = some.getLast().seq();
    }
    return found;
  }

  private static boolean tells(Store store, Leads leads, LeadRecord lead, Listing listing) {
    var newest = leads.getNewest(lead);
    return LeadJson.parse(newest.fact().getBytes(StandardCharsets.UTF_8)).interest()
            instanceof Interest.InListing(var home)
        && home.mlsName() == null
        && home.mlsId() != null
        && ofLead(store, newest.receiptId(), listing.rootId(), home.mlsId())
            .filter(listing.id()::equals)
            .isPresent();
  }

  /// The listing that a lead of an event names so. Whoever asks later may find one that came later.
  ///
  /// @param receipt by which the lead came; empty where that was no event
  /// @param root the account root that the listing must be of
  public static Optional<String> ofLead(Store store, String receipt, String root, String number) {
    return store.read(h ->
        h.createQuery("SELECT headers FROM receipt WHERE id = :r")
            .bind("r", receipt)
            .mapTo(String.class)
            .findOne()
            .filter(headers -> headers.contains(PublishedEvent.SAID_BY))
            .map(headers -> Json.tree(headers).path(PublishedEvent.SAID_BY).asString(""))
            .flatMap(event ->
                h.createQuery("SELECT publisher_id FROM event WHERE id = :e")
                    .bind("e", event)
                    .mapTo(String.class)
                    .findOne())
            .flatMap(publisher -> find(h, store.settings(), root, publisher, number)));
  }
}
