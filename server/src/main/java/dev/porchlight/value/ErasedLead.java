package dev.porchlight.value;

import java.util.ArrayList;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is left of a lead once its person is erased: which listing, when, what for, through whom. A
/// member that is not named here goes, so that one that is added to leads is personal until
/// somebody says otherwise.
public final class ErasedLead {
  private static final Set<String> KEPT =
      Set.of(
          "lead_id",
          "timestamp",
          "zone_assumed",
          "intent",
          "interest",
          "listing_agent",
          "origin",
          "recipient",
          "test",
          "delete_after",
          "erased");

  private ErasedLead() {}

  /// @param fact the lead, in the form of [LeadJson]
  /// @return the same form, without what is personal
  public static String of(String fact, Particulars person) {
    // Of one that can't be read nothing can be kept.
    var lead = LeadJson.write(LeadJson.find(fact).orElse(Lead.NOTHING).withoutPerson());
    lead.retain(KEPT);
    sweep(lead, person::name);
    if (lead.path("origin") instanceof ObjectNode origin) {
      sweep(origin, person::touch);
    }
    lead.putObject("enquirer");
    return Json.write(lead);
  }

  /// Takes every text away that has something of the person in it.
  private static void sweep(JsonNode json, Predicate<String> personal) {
    switch (json) {
      case ObjectNode object -> {
        for (var name : new ArrayList<>(object.propertyNames())) {
          var value = object.path(name);
          if (value.isString() && personal.test(value.stringValue())) {
            object.remove(name);
          } else {
            sweep(value, personal);
          }
        }
      }
      case ArrayNode array -> {
        for (int i = array.size() - 1; i >= 0; i--) {
          if (array.get(i).isString() && personal.test(array.get(i).stringValue())) {
            array.remove(i);
          } else {
            sweep(array.get(i), personal);
          }
        }
      }
      default -> {
        // Numbers and words have been seen.
      }
    }
  }
}
