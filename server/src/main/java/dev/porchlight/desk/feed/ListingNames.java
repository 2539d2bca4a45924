package dev.porchlight.desk.feed;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.Message;
import dev.porchlight.listing.Listings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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

  /// A message, and the office in which its lead landed.
  public record Landed(Message message, String officeId) {}

  /// The same message, with the portal's id of its listing where that is known among the listings
  /// of the account root in which the lead landed.
  public Message complete(Message message) {
    if (property(message).isEmpty()) {
      return message;
    }
    return store
        .read(h ->
            h.createQuery("SELECT office_id FROM lead WHERE id = :id")
                .bind("id", message.id())
                .mapTo(String.class)
                .findOne())
        .map(office -> complete(List.of(new Landed(message, office))).getFirst())
        .orElse(message);
  }

  /// The same for many, looked up together.
  public List<Message> complete(List<Landed> landed) {
    var nodes = Nodes.in(store.settings());
    var namings = new HashMap<Integer, Listings.Naming>();
    for (int i = 0; i < landed.size(); i++) {
      var one = landed.get(i);
      int place = i;
      property(one.message())
          .ifPresent(p ->
              namings.put(
                  place,
                  new Listings.Naming(
                      nodes.rootOf(one.officeId()).map(Node::id).orElse(""),
                      p.mlsName(),
                      p.mlsId(),
                      p.listingUrl())));
    }
    var ids = listings.findClassifiedIds(namings.values());
    var completed = new ArrayList<Message>();
    for (int i = 0; i < landed.size(); i++) {
      var message = landed.get(i).message();
      var naming = namings.get(i);
      var id = naming == null ? null : ids.get(naming);
      completed.add(id == null ? message : named(message, id));
    }
    return completed;
  }

  /// The home that a message is about, if it is named, and not as the contract wants it.
  private static Optional<Property> property(Message message) {
    return message.lead().interest() instanceof Interest.InListing(var property)
            && (property.keys() == null || property.keys().classifiedId() == null)
            && (property.mlsId() != null || property.listingUrl() != null)
        ? Optional.of(property)
        : Optional.empty();
  }

  private static Message named(Message message, String id) {
    return message.lead().interest() instanceof Interest.InListing(var property)
        ? message.with(
            message.lead().with(b -> b.interest(new Interest.InListing(property.named(id)))))
        : message;
  }
}
