package dev.porchlight.door.spark;

import dev.porchlight.account.Nodes;
import dev.porchlight.person.Contacts;
import dev.porchlight.person.ListingViews;
import dev.porchlight.store.Store;
import dev.porchlight.value.Address;
import dev.porchlight.value.Json;
import dev.porchlight.value.Property;
import dev.porchlight.watch.FeedNotice;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/contacts/<Id>/activity`: what a contact did, counted. The hub writes contacts no e-mail and
/// shares no listings with them, so those counts are 0; how lively they are is the expansion
/// `Activity` of a contact.
final class ActivityResources {
  private static final String EXPANSION = "ContactActivity";

  private final Store store;
  private final Contacts contacts;
  private final ListingViews viewed;
  private final Resource.Doorkeeper doorkeeper;

  ActivityResources(Store store, Resource.Doorkeeper doorkeeper) {
    this.store = store;
    contacts = new Contacts(store);
    viewed = new ListingViews(store);
    this.doorkeeper = doorkeeper;
  }

  List<Resource> resources() {
    return List.of(
        Resource.of("/contacts/{id}/activity", doorkeeper).on("GET", Roles.AGENTS, this::counts),
        Resource.of("/contacts/{id}/activity/listings/viewed", doorkeeper)
            .on("GET", Roles.AGENTS, c -> list(c, viewed.list(contact(c)))),
        Resource.of("/contacts/{id}/activity/listings/shared", doorkeeper)
            .on(
                "GET",
                Roles.AGENTS,
                c -> {
                  contact(c);
                  return list(c, List.of());
                }));
  }

  /// The contact that is asked about, which must be one of the caller's.
  private String contact(SparkCall call) {
    return contacts
        .find(ContactResources.owner(call.caller(), Nodes.in(store.settings())), call.path("id"))
        .orElseThrow(() -> new SparkException(SparkFault.NOT_FOUND))
        .contact()
        .id();
  }

  private Reply.Full counts(SparkCall call) {
    var contact = contact(call);
    return Envelope.ok(
        List.of(
            Json.object()
                .put("ManualEmailsOpened", 0)
                .put("ManualEmailsSent", 0)
                .put("SubscriptionEmailsOpened", 0)
                .put("SubscriptionEmailsSent", FeedNotice.countMails(store, contact))
                .put("ListingsViewed", viewed.list(contact).size())
                .put("ListingsShared", 0)));
  }

  private Reply.Full list(SparkCall call, List<ListingViews.View> views)
      throws BodyException, IOException {
    var asked =
        ListParameters.of(
            call, ListParameters.LARGEST_LIMIT, _ -> Optional.empty(), _ -> false, store.now());
    int skip = asked.skipped("Listings");
    boolean alone = asked.pagination() == ListParameters.Pagination.COUNT_ALONE;
    boolean expanded = asked.expand().contains(EXPANSION);
    var d =
        Envelope.results(
            views.stream()
                .skip(skip)
                .limit(alone ? 0 : asked.limit())
                .map(v -> view(asked, v, expanded))
                .toList());
    if (asked.pagination() != ListParameters.Pagination.NONE) {
      d.set("Pagination", asked.pagination(views.size(), skip));
    }
    return Envelope.reply(200, d);
  }

  /// A listing as far as leads describe it: what was not said is left out.
  private static ObjectNode view(ListParameters asked, ListingViews.View view, boolean expanded) {
    var listing = Json.object();
    if (view.id() != null) {
      listing.put("Id", view.id()).put("ResourceUri", "/v1/listings/" + view.id());
    }
    listing.set("StandardFields", fields(view.property()));
    asked.selected(listing);
    if (expanded) {
      listing
          .putObject(EXPANSION)
          .put("Views", view.times())
          .put("FirstTimestamp", ContactView.time(view.firstAt()))
          .put("LastTimestamp", ContactView.time(view.lastAt()));
    }
    return listing;
  }

  private static ObjectNode fields(Property property) {
    var fields = Json.object();
    put(fields, "ListingId", property.mlsId());
    put(fields, "MlsName", property.mlsName());
    put(fields, "ListingUrl", property.listingUrl());
    put(fields, "MlsStatus", property.listingStatus());
    put(fields, "PropertyType", property.propertyType());
    if (property.listPrice() != null) {
      fields.put("ListPrice", property.listPrice().amount());
    }
    if (property.beds() != null) {
      fields.put("BedsTotal", property.beds());
    }
    if (property.baths() != null) {
      fields.put("BathsTotal", property.baths());
    }
    if (property.address() != null) {
      put(fields, property.address());
    }
    return fields;
  }

  private static void put(ObjectNode fields, Address address) {
    put(fields, "UnparsedAddress", line(address));
    put(fields, "City", address.city());
    put(fields, "StateOrProvince", address.state());
    put(fields, "PostalCode", address.postalCode());
  }

  private static @Nullable String line(Address address) {
    var line =
        Stream.of(address.street(), address.city(), address.state(), address.postalCode())
            .filter(Objects::nonNull)
            .collect(Collectors.joining(", "));
    return line.isEmpty() ? null : line;
  }

  private static void put(ObjectNode fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, value);
    }
  }
}
