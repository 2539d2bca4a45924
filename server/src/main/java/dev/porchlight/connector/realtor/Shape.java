package dev.porchlight.connector.realtor;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The messages of the two contracts, each with the members it declares, as dotted paths.
enum Shape {
  BUYER("BuyerLead", Declared.BUYER),
  SELLER("SellerLead", Declared.SELLER),
  /// A Connections Plus body whose role tells neither: what either message declares is read.
  UNCLEAR("Unknown", Declared.EITHER),
  STANDARD("StandardLead", Declared.STANDARD),
  ENHANCED("EnhancedLead", Declared.ENHANCED);

  private final String message;

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.copyOf
  private final Set<String> declared;

  Shape(String message, Set<String> declared) {
    this.message = message;
    this.declared = declared;
  }

  /// The contract's name for the message.
  String message() {
    return message;
  }

  boolean declares(String path) {
    return declared.contains(path);
  }

  /// True for what an EnhancedLead has and a StandardLead has not.
  static boolean isEnhancedOnly(String path) {
    return ENHANCED.declares(path) && !STANDARD.declares(path);
  }

  private static final class Declared {
    private static final List<String> COMMON =
        List.of(
            "lead_id",
            "contact",
            "contact.first_name",
            "contact.last_name",
            "contact.email",
            "contact.phone",
            "property",
            "property.address",
            "property.city",
            "property.state",
            "property.zip_code",
            "source",
            "message",
            "timestamp");
    private static final List<String> LISTED =
        List.of("property.list_price", "property.beds", "property.baths");
    private static final List<String> DETAIL =
        List.of(
            "property.listing_url",
            "property.latitude",
            "property.longitude",
            "property.mls_id",
            "property.mls_name",
            "property.listing_status",
            "property.sqft",
            "property.active_days_on_market",
            "finance_info",
            "finance_info.pre_approved",
            "finance_info.budget_min",
            "finance_info.budget_max",
            "is_likely_to_transact",
            "probability_to_transact",
            "role",
            "digital_signature");
    static final Set<String> STANDARD = union(COMMON, LISTED);
    static final Set<String> ENHANCED =
        union(
            COMMON,
            LISTED,
            DETAIL,
            List.of(
                "listing_agent",
                "listing_agent.name",
                "listing_agent.email",
                "listing_agent.phone"));
    static final Set<String> BUYER =
        union(
            COMMON,
            LISTED,
            DETAIL,
            List.of(
                "finance_info.financing_type",
                "property.listing_agent",
                "property.listing_agent.name",
                "property.listing_agent.email",
                "property.listing_agent.phone"));
    static final Set<String> SELLER =
        union(
            COMMON,
            List.of(
                "role", "digital_signature", "property.property_type", "property.estimated_value"));
    static final Set<String> EITHER = union(List.copyOf(BUYER), List.copyOf(SELLER));

    @SafeVarargs
    private static Set<String> union(List<String>... parts) {
      var all = new HashSet<String>();
      for (var part : parts) {
        all.addAll(part);
      }
      return Set.copyOf(all);
    }
  }
}
