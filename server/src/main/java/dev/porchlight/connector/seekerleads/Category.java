package dev.porchlight.connector.seekerleads;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The three shapes of a lead, each with the members that it declares, as dotted paths.
enum Category {
  /// About one listing.
  CLASSIFIED(
      "classifiedLead",
      "property",
      "property.classifiedId",
      "property.offererEstateId",
      "property.offererMarketingKey",
      "property.projectId",
      "property.projectOffererEstateId",
      "property.projectOffererMarketingKey"),
  /// About an agency.
  AGENCY("agencyLead", "metadata.leadType"),
  /// A search that the seeker left with the portal.
  PROPERTY_SEARCH(
      "propertysearchLead",
      "property",
      "property.estateType",
      "property.rooms",
      "property.rooms.numberOfRoomsMin",
      "property.rooms.numberOfRoomsMax",
      "property.spaces",
      "property.spaces.spaceMin",
      "property.spaces.spaceMax",
      "property.budget",
      "property.budget.amountMin",
      "property.budget.amountMax",
      "property.geo",
      "project",
      "project.commercial",
      "project.build",
      "distributionType");

  private static final List<String> COMMON =
      List.of(
          "metadata",
          "metadata.leadId",
          "metadata.processedDate",
          "metadata.portal",
          "metadata.ttl",
          "metadata.category",
          "contactRequest",
          "contactRequest.firstName",
          "contactRequest.lastName",
          // In the list of what an erasure empties, though in no schema.
          "contactRequest.name",
          "contactRequest.gender",
          "contactRequest.email",
          "contactRequest.language",
          "contactRequest.phoneNumbers",
          "contactRequest.phoneNumbers.type",
          "contactRequest.phoneNumbers.number",
          "contactRequest.phoneNumbers.verified",
          "contactRequest.message",
          "contactRequest.isOwner");
  private static final Map<Category, Set<String>> DECLARED =
      Stream.of(values())
          .collect(
              Collectors.toUnmodifiableMap(
                  c -> c,
                  c ->
                      Stream.concat(COMMON.stream(), c.own.stream())
                          .collect(Collectors.toUnmodifiableSet())));

  private final String schema;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> own;

  Category(String schema, String... own) {
    this.schema = schema;
    this.own = List.of(own);
  }

  /// The contract's name for the shape.
  String schema() {
    return schema;
  }

  boolean declares(String path) {
    var declared = DECLARED.get(this);
    return declared != null && declared.contains(path);
  }

  /// The category of that name, or null when the contract has none such.
  static @Nullable Category named(@Nullable Object name) {
    if (name instanceof String word) {
      for (var category : values()) {
        if (category.name().equals(word.strip())) {
          return category;
        }
      }
    }
    return null;
  }

  /// What a body looks like, where it doesn't say.
  static Category shaped(Map<String, Object> root) {
    if (root.containsKey("distributionType")) {
      return PROPERTY_SEARCH;
    }
    return root.get("property") instanceof Map<?, ?> ? CLASSIFIED : AGENCY;
  }
}
