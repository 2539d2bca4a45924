package dev.porchlight.desk.events;

import dev.porchlight.access.party.Party;
import dev.porchlight.account.Node;
import dev.porchlight.listing.Listing;
import dev.porchlight.listing.Listings;
import dev.porchlight.person.Identity;
import dev.porchlight.store.Batch;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Property;
import dev.porchlight.value.Saying;
import dev.porchlight.watch.ListingCart;
import dev.porchlight.watch.SavedSearch;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps what visitors of websites keep: listings, in the cart of their favorites, and searches.
final class VisitorSayings {
  private static final int LARGEST_ANNOTATIONS = 10_000;
  private static final String FAVORITES = "Favorites";

  private VisitorSayings() {}

  /// Keeps a listing.
  ///
  /// @param identity of the visitor
  static void apply(Occasion here, Saying.OfSavedListing said, Identity identity) {
    var contact = ContactSayings.someone(here, said.visitor(), identity);
    var root = here.nodes().rootOf(here.place().office().id()).map(Node::id);
    if (contact.isEmpty() || root.isEmpty()) {
      return;
    }
    var draw = here.draw();
    var number = said.listing().mlsName() == null ? said.listing().mlsId() : null;
    var listing =
        listing(here.batch(), root.get(), said.listing())
            .or(() -> numbered(here.batch(), root.get(), here.publisher(), number))
            .or(() -> listed(here.batch(), root.get(), here.place(), said.listing(), draw));
    if (listing.isEmpty() && number == null) {
      return;
    }
    var cart =
        ListingCart.find(here.batch(), contact.get().id(), ListingCart.Type.FAVORITES)
            .orElseGet(() -> {
              var made =
                  ListingCart.of(
                      draw,
                      contact.get().id(),
                      contact.get().id(),
                      FAVORITES,
                      ListingCart.Type.FAVORITES);
              made.put(here.batch(), true);
              return made;
            });
    var full =
        listing.isPresent()
            ? cart.add(here.batch(), List.of(listing.get())).isEmpty()
            : !cart.await(here.batch(), root.get(), Objects.requireNonNull(number));
    if (full) {
      here.batch().append("cart.full", cart.id(), here.event().id());
    }
  }

  private static Optional<String> listing(Batch batch, String root, Property said) {
    return Listings.findNamed(
        batch.sql(), root, null, said.mlsName(), said.mlsId(), said.listingUrl());
  }

  /// The listing that is told by its number at whoever publishes it, and nothing else.
  private static Optional<String> numbered(
      Batch batch, String root, Party publisher, @Nullable String number) {
    return number == null
        ? Optional.empty()
        : NumberedListings.find(batch.sql(), batch.settings(), root, publisher.id(), number);
  }

  /// A listing that nobody has spoken of yet, under the names by which the event tells it.
  private static Optional<String> listed(
      Batch batch, String root, Place place, Property said, Draw draw) {
    boolean numbered = said.mlsName() != null && said.mlsId() != null;
    if (!numbered && said.listingUrl() == null) {
      return Optional.empty();
    }
    var id = draw.digits();
    var taken =
        Listings.put(
            batch,
            new Listing(
                id,
                root,
                place.office().id(),
                null,
                numbered ? said.mlsName() : null,
                numbered ? said.mlsId() : null,
                said.listingUrl() != null && said.listingUrl().length() <= 1024
                    ? said.listingUrl()
                    : null,
                draw.at(),
                draw.at()));
    return taken.isEmpty() ? Optional.of(id) : Optional.empty();
  }

  /// Keeps a search.
  ///
  /// @param identity of the visitor
  /// @param usable whether its filter can be used
  static void apply(Occasion here, Saying.OfSavedSearch said, Identity identity, boolean usable) {
    var contact = ContactSayings.someone(here, said.visitor(), identity);
    // What no filter says can't be searched for.
    if (contact.isEmpty() || said.filter().isEmpty() || !usable) {
      return;
    }
    var holder = contact.get().id();
    var wanted = said.name() == null ? "Saved search" : said.name();
    // The same name again is the same search, as its visitor wants it now.
    var known = SavedSearch.findNamed(here.batch(), holder, wanted);
    if (known.isEmpty() && SavedSearch.count(here.batch(), holder) >= SavedSearch.MOST) {
      here.batch().append("search.full", holder, here.event().id());
      return;
    }
    var draw = here.draw();
    var search =
        new SavedSearch(
            known.map(SavedSearch::id).orElse(draw.digits()),
            holder,
            holder,
            wanted,
            said.description(),
            said.filter(),
            null,
            known.map(SavedSearch::tags).orElse(List.of()),
            said.criteria().length() <= LARGEST_ANNOTATIONS ? said.criteria() : null,
            0,
            known.map(SavedSearch::createdAt).orElse(draw.at()),
            draw.at());
    search.put(here.batch(), known.isEmpty());
  }
}
