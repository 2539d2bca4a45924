package dev.porchlight.connector.json;

import dev.porchlight.connector.Loss;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The account of one body that is written. What is written as the lead has it is marked as
/// carried; at the end each leaf of the lead's own JSON form that is not marked is a loss, so that
/// no field can be forgotten, neither by a connector nor when [dev.porchlight.value.Lead] grows. An
/// array and an amount of money are one leaf. For one thread.
public final class Losses {
  private static final Set<String> MONEY =
      Set.of(
          "interest.property.list_price",
          "interest.property.estimated_value",
          "finance.budget_min",
          "finance.budget_max");

  /// Why a text was written otherwise than the lead has it.
  public static final String ANOTHER_TEXT =
      "written without the blanks around it and characters that no body can carry";

  private final Set<String> carried = new HashSet<>();
  private final Map<String, String> reasons = new HashMap<>();

  /// The field is written as the lead has it.
  public void carry(String field) {
    carried.add(field);
  }

  /// Why the field is not written, or not as the lead has it; counts only where it is not carried.
  public void because(String field, String reason) {
    reasons.put(field, reason);
  }

  /// The text as a body can carry it, with account of it; null when nothing is left of it.
  public @Nullable String text(String field, String value) {
    var text = Text.clean(value).strip();
    if (text.isEmpty()) {
      because(field, "it is blank");
      return null;
    }
    if (text.equals(value)) {
      carry(field);
    } else {
      because(field, ANOTHER_TEXT);
    }
    return text;
  }

  /// The number where a body can carry it, with account of it; else null.
  public @Nullable BigDecimal number(String field, BigDecimal value) {
    if (BodyJson.number(value.toString()) == null) {
      because(field, "it is beyond any number that can be meant");
      return null;
    }
    carry(field);
    return value;
  }

  /// The losses of a lead.
  ///
  /// @param tree the lead as JSON, with or without what the contract means in another way
  /// @param otherwise the reason where none was given
  public List<Loss> of(ObjectNode tree, String otherwise) {
    var losses = new ArrayList<Loss>();
    leaves("", tree, otherwise, losses);
    return losses;
  }

  private void leaves(String path, ObjectNode tree, String otherwise, List<Loss> losses) {
    for (Map.Entry<String, JsonNode> entry : tree.properties()) {
      var field = path + entry.getKey();
      if (entry.getValue() instanceof ObjectNode below && !MONEY.contains(field)) {
        leaves(field + ".", below, otherwise, losses);
      } else if (!carried.contains(field)) {
        @Nullable String reason = reasons.get(field);
        losses.add(new Loss(field, reason == null ? otherwise : reason));
      }
    }
  }
}
