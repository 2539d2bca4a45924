package dev.porchlight.desk;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.listing.ListingRecord;
import dev.porchlight.listing.Listings;
import dev.porchlight.routing.ServiceAreas;
import dev.porchlight.store.Store;
import dev.porchlight.value.Address;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Property;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Where the listing lies that a lead names without saying where. It is looked up when the lead
/// arrives and kept beside the receipt's headers, so that the lead is routed the same way whenever
/// it is decided on again, whatever became of the listing.
final class ListingPlace {
  /// The name among the headers kept; no header that comes over HTTP has it.
  private static final String HEADER = ":listing-place";

  private static final int LONGEST = 200;

  private ListingPlace() {}

  /// The intake with the place, where service areas may need it.
  static Intake noted(Store store, Intake intake) {
    if (!(intake.content() instanceof Intake.Content.OfLead content)
        || !(content.lead().interest() instanceof Interest.InListing(var property))
        || saysPlace(property.address())) {
      return intake;
    }
    var nodes = Nodes.in(store.settings());
    var office = intake.receipt().officeId();
    var company = nodes.companyOf(office).map(Node::id).orElse(office);
    var root = nodes.rootOf(office).map(Node::id).orElse("");
    if (!ServiceAreas.has(store.settings(), company)) {
      return intake;
    }
    return store
        .read(h -> find(h, root, property))
        .filter(ListingPlace::saysPlace)
        .map(place -> intake.noting(HEADER, Json.write(place)))
        .orElse(intake);
  }

  /// Where the home lies that a lead is about, as far as it decides who serves it.
  static @Nullable Address of(Lead lead, Receipt receipt) {
    var said =
        switch (lead.interest()) {
          case Interest.InListing(var property) -> property.address();
          case Interest.HomeToSell(var property) -> property.address();
          case Interest.Search _ -> null;
          case null -> null;
        };
    if (saysPlace(said) || !receipt.headers().contains(HEADER)) {
      return said;
    }
    var kept = Json.tree(receipt.headers()).path(HEADER).asString("");
    return kept.isEmpty() ? said : Json.read(kept, Address.class);
  }

  private static boolean saysPlace(@Nullable Address address) {
    return address != null && !ServiceAreas.places(address).isEmpty();
  }

  private static Optional<Address> find(Handle h, String root, Property named) {
    return Listings.findNamed(
            h,
            root,
            named.keys() == null ? null : named.keys().classifiedId(),
            named.mlsName(),
            named.mlsId(),
            named.listingUrl())
        .flatMap(id -> ListingEvents.find(h, id))
        .map(ListingPlace::address);
  }

  private static Address address(ListingRecord record) {
    var values = record.state().values();
    return new Address(
        null,
        text(values, "addressLocality"),
        text(values, "addressRegion"),
        text(values, "postalCode"));
  }

  private static @Nullable String text(Map<String, String> values, String member) {
    var json = values.get(member);
    var text = json == null ? "" : Json.tree(json).asString("");
    return text.isBlank() || text.length() > LONGEST ? null : text;
  }

  /// Headers with one more.
  static String with(String headers, String name, String value) {
    return ((ObjectNode) Json.tree(headers)).put(name, value).toString();
  }
}
