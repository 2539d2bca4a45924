package dev.porchlight.desk.events;

import dev.porchlight.access.Grant;
import dev.porchlight.access.Grants;
import dev.porchlight.listing.Listings;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.value.Topic;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Listings that events tell by a number at their publisher, and nothing else.
public final class NumberedListings {
  private static final Topic LISTINGS = Topic.parse("realestate/listing#update").orElseThrow();
  private static final int MOST_PUBLISHERS = 500;

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
