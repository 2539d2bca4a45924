package dev.porchlight.console.listings;

import dev.porchlight.console.Deeds;
import dev.porchlight.console.Sheet;
import dev.porchlight.console.Visit;
import dev.porchlight.listing.Listing;
import dev.porchlight.listing.Listings;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// `/console/listings/{id}/names`: what senders call a listing, added and removed by hand.
final class ListingNames {
  private static final String LISTING = "/listings/{id}";
  private static final int LONGEST = 200;
  private static final int LONGEST_URL = 1024;
  private static final List<String> NAMES = List.of("classified_id", "mls_name", "mls_id", "url");

  private final Listings listings;
  private final Deeds deeds;

  ListingNames(Listings listings, Deeds deeds) {
    this.listings = listings;
    this.deeds = deeds;
  }

  record View(String path, String name, Sheet sheet) {}

  private static Sheet sheet(Visit visit, boolean filled, JsonNode known) {
    return new Sheet(visit, "listing.set.", "listing.set.hint.", filled, known)
        .line("classified_id", LONGEST)
        .line("mls_name", LONGEST)
        .line("mls_id", LONGEST)
        .line("url", LONGEST_URL);
  }

  private static View view(Listing listing, Sheet sheet) {
    return new View(ListingSection.PATH + "/" + listing.id(), ListingSection.shown(listing), sheet);
  }

  Reply show(Visit visit) throws Exception {
    var listing = listings.find(visit.scope(), visit.path("id"));
    var known = deeds.act(visit, "GET", LISTING, visit.path("id"), Json.object());
    return listing.isPresent() && known.isFine()
        ? visit.page("listings/names.jte", view(listing.get(), sheet(visit, false, known.body())))
        : visit.missing();
  }

  Reply save(Visit visit) throws Exception {
    var listing = listings.find(visit.scope(), visit.path("id"));
    if (listing.isEmpty()) {
      return visit.missing();
    }
    var sheet = sheet(visit, true, Json.object());
    var empty = NAMES.stream().filter(n -> sheet.filled(n).isEmpty()).toList();
    var body = sheet.bodyWithout(empty.toArray(String[]::new));
    var done = deeds.act(visit, "PUT", LISTING, listing.get().id(), body);
    if (done.isFine()) {
      return visit.done("/listings/" + listing.get().id(), "listing.named");
    }
    sheet.refuse(done);
    return visit.refused("listings/names.jte", view(listing.get(), sheet));
  }
}
