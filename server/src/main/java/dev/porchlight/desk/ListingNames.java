package dev.porchlight.desk;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.Message;
import dev.porchlight.listing.Listings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Property;
import java.util.Optional;

/// Adds the portal's id of a listing to leads whose sender named it in another way, for a contract
/// that knows listings by that id alone. Looked up whenever a lead is written and kept nowhere, so
/// a listing that is made known later counts as well.
public final class ListingNames {
  private final Store store;
  private final Listings listings;

  public ListingNames(Store store, Listings listings) {
    this.store = store;
    this.listings = listings;
  }

  /// The same message, with the portal's id of its listing where that is known among the listings
  /// of the account root in which the lead landed.
  public Message complete(Message message) {
    if (!(message.lead().interest() instanceof Interest.InListing(var property))
        || property.keys() != null && property.keys().classifiedId() != null
        || property.mlsId() == null && property.listingUrl() == null) {
      return message;
    }
    return find(message.id(), property)
        .map(id ->
            message.with(
                message.lead().with(b -> b.interest(new Interest.InListing(property.named(id))))))
        .orElse(message);
  }

  private Optional<String> find(String lead, Property property) {
    var office =
        store.read(h ->
            h.createQuery("SELECT office_id FROM lead WHERE id = :id")
                .bind("id", lead)
                .mapTo(String.class)
                .findOne());
    return office.flatMap(o ->
        listings.findClassifiedId(
            Nodes.in(store.settings()).rootOf(o).map(Node::id).orElse(""),
            property.mlsName(),
            property.mlsId(),
            property.listingUrl()));
  }
}
