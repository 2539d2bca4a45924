package dev.porchlight.api;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.EventCatalogue;
import dev.porchlight.delivery.Terms;
import dev.porchlight.filter.FilterException;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// The members of an endpoint's body that make its terms.
final class TermsMembers {
  private static final int LONGEST_FILTER = 4000;

  private TermsMembers() {}

  /// @param sees whether the caller may name a node
  static Terms read(Members body, Terms known, Nodes nodes, Predicate<String> sees) {
    return new Terms(owners(body, known, nodes, sees), filter(body, known));
  }

  private static Set<String> owners(
      Members body, Terms known, Nodes nodes, Predicate<String> sees) {
    if (!body.has("owners")) {
      return known.owners();
    }
    var owners = body.texts("owners").orElse(Set.of());
    for (var owner : owners) {
      // One that was chosen before stays, though it be gone or moved since.
      if (!known.owners().contains(owner)
          && nodes
              .find(owner)
              .filter(n -> n.kind() == Node.Kind.MEMBER && sees.test(n.id()))
              .isEmpty()) {
        throw invalid("There is no member `" + owner + "`.");
      }
    }
    return owners;
  }

  private static String filter(Members body, Terms known) {
    if (!body.has("filter")) {
      return known.filter();
    }
    var filter = body.text("filter").orElse("");
    if (filter.length() > LONGEST_FILTER) {
      throw invalid("A filter has at most " + LONGEST_FILTER + " characters.");
    }
    try {
      EventCatalogue.read(filter);
    } catch (FilterException e) {
      throw invalid(
          "The filter can't be used: "
              + e.errors().getFirst().message()
              + " (at character "
              + e.errors().getFirst().position()
              + "). Attributes are "
              + EventCatalogue.names()
              + ".");
    } catch (IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()));
    }
    return filter;
  }

  private static FaultException invalid(String sentence) {
    return new FaultException(Fault.BODY_INVALID, sentence);
  }

  static void show(Terms terms, ObjectNode json) {
    var owners = json.putArray("owners");
    terms.owners().stream().sorted().forEach(owners::add);
    if (!terms.filter().isEmpty()) {
      json.put("filter", terms.filter());
    }
  }
}
