package dev.porchlight.person;

import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Property;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which listings a contact has looked at, as far as the hub knows: those that its leads and
/// messages are about. May be shared by threads.
public final class ListingViews {
  /// So many of the newest leads, and of the newest messages, are looked at.
  public static final int MOST = 1000;

  /// A listing that was asked about.
  ///
  /// @param id as a message named it; null when none did
  /// @param property as the newest lead described it; nothing is stated when only messages named it
  /// @param times how often it was asked about
  public record View(
      @Nullable String id, Property property, int times, Instant firstAt, Instant lastAt) {
    private View and(View later) {
      return new View(
          id == null ? later.id() : id,
          later.property().equals(Property.UNSTATED) ? property : later.property(),
          times + later.times(),
          firstAt,
          later.lastAt());
    }

    /// What makes two of them one: the MLS's number, else the portal's id, else the address of the
    /// page, else the postal one; null when nothing says which listing it is.
    private @Nullable String key() {
      var keys = property.keys();
      if (property.mlsId() != null) {
        return "mls " + property.mlsId() + " " + property.mlsName();
      }
      if (keys != null && keys.classifiedId() != null) {
        return "portal " + keys.classifiedId();
      }
      if (property.listingUrl() != null) {
        return "url " + property.listingUrl();
      }
      if (property.address() != null && property.address().street() != null) {
        return "address " + property.address().toString().toLowerCase(Locale.ROOT);
      }
      return id == null ? null : "id " + id;
    }
  }

  private final Store store;

  public ListingViews(Store store) {
    this.store = store;
  }

  /// A contact's, the newest first.
  public List<View> list(String contact) {
    var views = new ArrayList<View>();
    store.read(h -> {
      h.createQuery(
              "SELECT v.fact, d.created_at FROM lead d JOIN lead_version v ON v.lead_id = d.id"
                  + " AND v.version = d.version WHERE d.contact_id = ? AND d.test = 0"
                  + " ORDER BY d.seq DESC LIMIT ?")
          .bind(0, contact)
          .bind(1, MOST)
          .map((r, _) -> {
            var at = new Row(r).time(2);
            return LeadJson.find(r.getString(1)).orElse(Lead.NOTHING).interest()
                    instanceof Interest.InListing(var property)
                ? new View(null, property, 1, at, at)
                : null;
          })
          .forEach(v -> {
            if (v != null) {
              views.add(v);
            }
          });
      h.createQuery(
              "SELECT listing_id, created_at FROM member_message WHERE sender_id = ?"
                  + " AND listing_id IS NOT NULL ORDER BY id DESC LIMIT ?")
          .bind(0, contact)
          .bind(1, MOST)
          .map((r, _) -> {
            var at = new Row(r).time(2);
            return new View(r.getString(1), Property.UNSTATED, 1, at, at);
          })
          .forEach(views::add);
      return true;
    });
    var byKey = new LinkedHashMap<String, View>();
    views.stream()
        .sorted(Comparator.comparing(View::lastAt))
        .forEach(v -> {
          var key = v.key();
          if (key != null) {
            byKey.merge(key, v, View::and);
          }
        });
    return byKey.values().stream().sorted(Comparator.comparing(View::lastAt).reversed()).toList();
  }
}
