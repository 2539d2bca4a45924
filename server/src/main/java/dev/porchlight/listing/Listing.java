package dev.porchlight.listing;

import dev.porchlight.store.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A property on offer. A sender names it by one of three things; each is one listing's alone
/// within an account root.
///
/// @param id 26 digits
/// @param rootId the Mls above its office
/// @param officeId the office that offers it
/// @param classifiedId its id at the portal, two digits and ten of 1-9 and A-Z without O
/// @param mlsName with `mlsId`: its number within an MLS
/// @param url where a portal shows it
public record Listing(
    String id,
    String rootId,
    String officeId,
    @Nullable String classifiedId,
    @Nullable String mlsName,
    @Nullable String mlsId,
    @Nullable String url,
    Instant createdAt,
    Instant modifiedAt) {
  /// The same with other names.
  Listing named(@Nullable String system, @Nullable String number, @Nullable String address) {
    return new Listing(
        id, rootId, officeId, classifiedId, system, number, address, createdAt, modifiedAt);
  }

  static final Table<Listing> TABLE =
      Table.<Listing>named("listing")
          .key("id", Listing::id)
          .column("root_id", Listing::rootId)
          .column("office_id", Listing::officeId)
          .column("classified_id", Listing::classifiedId)
          .column("mls_name", Listing::mlsName)
          .column("mls_id", Listing::mlsId)
          .column("url", Listing::url)
          .column("created_at", Listing::createdAt)
          .column("modified_at", Listing::modifiedAt)
          .readBy(r ->
              new Listing(
                  r.text(1),
                  r.text(2),
                  r.text(3),
                  r.textOrNull(4),
                  r.textOrNull(5),
                  r.textOrNull(6),
                  r.textOrNull(7),
                  r.time(8),
                  r.time(9)));

  public Listing {
    if ((mlsName == null) != (mlsId == null)) {
      throw new IllegalArgumentException("mls_name and mls_id go together");
    }
    if (classifiedId != null && !classifiedId.matches("[0-9]{2}[1-9A-NP-Z]{10}")) {
      throw new IllegalArgumentException(
          "a classified_id is two digits and ten of 1-9 and A-Z without O");
    }
  }
}
