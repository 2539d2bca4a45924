package dev.porchlight.desk.onward;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.listing.Listings;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.value.LeadJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Writes events of contacts and listings as our own contract has them: `{"type", "timestamp",
/// "data"}`. They say how their subject stands when they are written, so nothing goes out late that
/// has been taken back since.
public final class ChangeBodies {
  private static final int LEADS_LOOKED_AT = 20;

  private final Store store;

  public ChangeBodies(Store store) {
    this.store = store;
  }

  /// Whether these are written here.
  public static boolean areOf(String kind) {
    return kind.startsWith("contact.") || kind.startsWith("listing.");
  }

  /// The body; empty for what was erased.
  public Optional<byte[]> write(Delivery delivery) {
    var event = Json.object();
    event.put("type", delivery.kind());
    event.put("timestamp", delivery.plannedAt().toString());
    var data = event.putObject("data");
    data.put("id", delivery.leadId());
    data.put("sequence", delivery.seq());
    var settings = store.settings();
    boolean there =
        store.read(h ->
            delivery.kind().startsWith("contact.")
                ? contact(h, settings, delivery, data)
                : listing(h, delivery, data));
    return there
        ? Optional.of(event.toString().getBytes(StandardCharsets.UTF_8))
        : Optional.empty();
  }

  private static boolean contact(Handle h, Settings settings, Delivery delivery, ObjectNode data) {
    if (delivery.kind().equals("contact.erased")) {
      data.put("erased", true);
      return true;
    }
    var found = Persons.findAny(h, delivery.leadId());
    if (found.isEmpty() || Persons.isErased(h, found.get().personId())) {
      return false;
    }
    var contact = found.get();
    if (contact.deletedAt() != null) {
      data.put("deleted", true);
      return true;
    }
    describe(settings, contact, data);
    consents(h, contact.id(), data);
    return true;
  }

  private static void describe(Settings settings, Contact contact, ObjectNode data) {
    var nodes = Nodes.in(settings);
    data.put("person_id", contact.personId());
    data.put("office", contact.officeId());
    put(data, "office_name", nodes.find(contact.officeId()).map(Node::name).orElse(null));
    data.put("owner", contact.ownerId());
    put(data, "owner_name", nodes.find(contact.ownerId()).map(Node::name).orElse(null));
    data.put("record_status", contact.recordStatus());
    var body = contact.body();
    data.put("display_name", body.displayName());
    put(data, "given_name", body.givenName());
    put(data, "family_name", body.familyName());
    var emails = data.putArray("emails");
    body.emails().forEach(emails::add);
    var phones = data.putArray("phones");
    body.phones().forEach(phones::add);
    var tags = data.putArray("tags");
    body.tags().forEach(tags::add);
    if (!body.card().details().isEmpty()) {
      var details = data.putObject("details");
      body.card().details().forEach(details::put);
    }
    data.put("created_at", contact.createdAt().toString());
    data.put("modified_at", contact.modifiedAt().toString());
  }

  /// As the newest of their leads has them that has any.
  private static void consents(Handle h, String contact, ObjectNode data) {
    h
        .createQuery(
            "SELECT v.fact FROM lead l JOIN lead_version v ON v.lead_id = l.id"
                + " AND v.version = l.version WHERE l.contact_id = :c AND l.erased_at IS NULL"
                + " ORDER BY l.seq DESC LIMIT "
                + LEADS_LOOKED_AT)
        .bind("c", contact)
        .mapTo(String.class)
        .list()
        .stream()
        .flatMap(fact -> LeadJson.find(fact).stream())
        .map(lead -> LeadJson.write(lead).path("consents"))
        .filter(consents -> !consents.isEmpty())
        .findFirst()
        .ifPresent(consents -> data.set("consents", consents));
  }

  private static boolean listing(Handle h, Delivery delivery, ObjectNode data) {
    var byHand = Listings.find(h, delivery.leadId());
    var told = ListingEvents.find(h, delivery.leadId());
    boolean deleted =
        told.map(t -> t.state().isDeleted()).orElse(byHand.isEmpty())
            || delivery.kind().equals("listing.deleted") && told.isEmpty();
    if (deleted) {
      data.put("deleted", true);
    }
    data.put("office", delivery.officeId());
    byHand.ifPresent(listing -> {
      put(data, "classified_id", listing.classifiedId());
      put(data, "mls_name", listing.mlsName());
      put(data, "mls_id", listing.mlsId());
      put(data, "url", listing.url());
    });
    told.ifPresent(t -> {
      data.put("version", t.version());
      var members = data.putObject("members");
      t.state().values().forEach((name, json) -> members.set(name, Json.tree(json)));
      data.put("created_at", t.createdAt().toString());
      data.put("modified_at", t.updatedAt().toString());
    });
    return true;
  }

  private static void put(ObjectNode data, String name, @Nullable String value) {
    if (value != null) {
      data.put(name, value);
    }
  }
}
