package dev.porchlight.value;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// What a lead says about a home. Numbers are exact and kept as sent (2.5 baths stay 2.5).
///
/// @param listingUrl where the portal shows the listing
/// @param mlsId the listing's number within the MLS
/// @param listingStatus in the sender's words
/// @param squareFeet interior area in square feet
/// @param daysOnMarket days actively listed
/// @param propertyType in the sender's words
/// @param estimatedValue what the home may be worth; only sellers' leads carry it
/// @param keys the listing's keys at the portal and in the agency's software; null when there are
///   none
public record Property(
    @Nullable Address address,
    @Nullable Coordinates coordinates,
    @Nullable String listingUrl,
    @Nullable String mlsId,
    @Nullable String mlsName,
    @Nullable String listingStatus,
    @Nullable Money listPrice,
    @Nullable BigDecimal beds,
    @Nullable BigDecimal baths,
    @Nullable BigDecimal squareFeet,
    @Nullable BigDecimal daysOnMarket,
    @Nullable String propertyType,
    @Nullable Money estimatedValue,
    @Nullable ListingKeys keys) {

  /// A home about which nothing is said.
  public static final Property UNSTATED =
      new Property(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null);

  public Property {
    beds = Numbers.canonical(beds);
    baths = Numbers.canonical(baths);
    squareFeet = Numbers.canonical(squareFeet);
    daysOnMarket = Numbers.canonical(daysOnMarket);
    keys = keys == null || keys.isEmpty() ? null : keys;
  }

  /// A home whose listing has no key but its MLS's number.
  public Property(
      @Nullable Address address,
      @Nullable Coordinates coordinates,
      @Nullable String listingUrl,
      @Nullable String mlsId,
      @Nullable String mlsName,
      @Nullable String listingStatus,
      @Nullable Money listPrice,
      @Nullable BigDecimal beds,
      @Nullable BigDecimal baths,
      @Nullable BigDecimal squareFeet,
      @Nullable BigDecimal daysOnMarket,
      @Nullable String propertyType,
      @Nullable Money estimatedValue) {
    this(
        address,
        coordinates,
        listingUrl,
        mlsId,
        mlsName,
        listingStatus,
        listPrice,
        beds,
        baths,
        squareFeet,
        daysOnMarket,
        propertyType,
        estimatedValue,
        null);
  }

  /// The same, with that id of the listing at the portal.
  public Property named(String classifiedId) {
    return new Property(
        address,
        coordinates,
        listingUrl,
        mlsId,
        mlsName,
        listingStatus,
        listPrice,
        beds,
        baths,
        squareFeet,
        daysOnMarket,
        propertyType,
        estimatedValue,
        keys == null
            ? new ListingKeys(classifiedId, null, null, null, null, null)
            : new ListingKeys(
                classifiedId,
                keys.estateId(),
                keys.marketingKey(),
                keys.projectId(),
                keys.projectEstateId(),
                keys.projectMarketingKey()));
  }

  /// A listing of which nothing but its keys is stated.
  public static Property of(ListingKeys keys) {
    return new Property(
        null, null, null, null, null, null, null, null, null, null, null, null, null, keys);
  }
}
