package dev.porchlight.value;

import org.jspecify.annotations.Nullable;

/// The keys under which a portal and the agency's software know a listing. Where it is a unit of a
/// new build, the programme that holds it has keys of its own.
///
/// @param classifiedId the portal's id of the listing
/// @param estateId its id in the software that published it
/// @param marketingKey the readable reference that the agency gave it there
/// @param projectId the portal's id of the programme
/// @param projectEstateId the programme's id in the software that published it
/// @param projectMarketingKey the readable reference of the programme
public record ListingKeys(
    @Nullable String classifiedId,
    @Nullable String estateId,
    @Nullable String marketingKey,
    @Nullable String projectId,
    @Nullable String projectEstateId,
    @Nullable String projectMarketingKey) {
  private static final ListingKeys NONE = new ListingKeys(null, null, null, null, null, null);

  /// True when there is no key at all.
  public boolean isEmpty() {
    return equals(NONE);
  }
}
