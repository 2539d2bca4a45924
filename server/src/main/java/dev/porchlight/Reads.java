package dev.porchlight;

import dev.porchlight.delivery.Deliveries;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Messages;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.erasure.Erasures;
import dev.porchlight.desk.feed.ListingNames;
import dev.porchlight.desk.onward.Replays;
import dev.porchlight.listing.Listings;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Store;

/// What is read of the store in several places.
record Reads(
    Leads leads,
    Receipts receipts,
    Persons persons,
    Deliveries deliveries,
    Listings listings,
    ListingNames names,
    Messages messages,
    Replays replays,
    Erasures erasures) {
  static Reads of(Store store) {
    var deliveries = new Deliveries(store);
    var listings = new Listings(store);
    return new Reads(
        new Leads(store),
        new Receipts(store),
        new Persons(store),
        deliveries,
        listings,
        new ListingNames(store, listings),
        new Messages(store),
        new Replays(store, deliveries),
        new Erasures(store));
  }
}
