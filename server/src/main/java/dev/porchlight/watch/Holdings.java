package dev.porchlight.watch;

import dev.porchlight.store.Batch;

/// All that a contact holds here.
public final class Holdings {
  private Holdings() {}

  /// Deletes the searches, carts, feeds and schedules of a contact and what it was told of them,
  /// and takes from it the searches that it was given.
  public static void delete(Batch batch, String contact) {
    SavedSearch.deleteAllOf(batch, contact);
    ListingCart.deleteAllOf(batch, contact);
    NewsFeed.deleteAllOf(batch, contact);
    FeedSchedule.deleteAllOf(batch, contact);
    FeedNews.deleteAllOf(batch, contact);
    FeedNotice.deleteAllOf(batch, contact);
    FeedOptOut.deleteAllOf(batch, contact);
  }
}
