package dev.porchlight.api;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointHealth;
import dev.porchlight.delivery.EventCatalogue;
import dev.porchlight.delivery.EventFilters;
import dev.porchlight.delivery.Order;
import dev.porchlight.delivery.Terms;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.filter.FilterException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The members of an endpoint's body that make its terms.
final class TermsMembers {
  static final Set<String> MEMBERS =
      Set.of(
          "owners",
          "filter",
          "final_refusals",
          "max_concurrent",
          "max_per_second",
          "disabled_after_hours",
          "authorization",
          "signature",
          "tls",
          "order");

  private static final String USUAL_ORDER = "usual";
  private static final int LONGEST_FILTER = 4000;
  private static final int MOST_CONCURRENT = 64;
  private static final int MOST_PER_SECOND = 1000;
  private static final int LONGEST_PATIENCE = 24 * 90;

  private TermsMembers() {}

  /// @param sees whether the caller may name a node
  /// @param authorization what was said of that, if anything
  /// @param tls what was said of that
  static Terms read(
      Members body,
      Terms known,
      Nodes nodes,
      Predicate<String> sees,
      Optional<AuthorizationMember.Given> authorization,
      TlsMember tls) {
    return new Terms(
        owners(body, known, nodes, sees),
        filter(body, known),
        body.flag("final_refusals").orElse(known.finalRefusals()),
        number(body, "max_concurrent", 1, MOST_CONCURRENT, known.maxConcurrent()),
        number(body, "max_per_second", 1, MOST_PER_SECOND, known.maxPerSecond()),
        number(body, "disabled_after_hours", 0, LONGEST_PATIENCE, known.disabledAfterHours()),
        authorization
            .map(AuthorizationMember.Given::how)
            .orElse(authorization.isPresent() ? null : known.authorization()),
        AuthorizationMember.signature(body, known.signature(), EndpointSetup::isUsableHeader),
        tls.over(known.tls()),
        order(body, known));
  }

  private static @Nullable Order order(Members body, Terms known) {
    return body.has("order")
        ? body.text("order")
            .filter(o -> !o.equals(USUAL_ORDER))
            .map(o ->
                Call.member(
                    "order",
                    "block, pass, newest or usual",
                    o,
                    w -> Order.valueOf(w.toUpperCase(Locale.ROOT))))
            .orElse(null)
        : known.order();
  }

  private static @Nullable Integer number(
      Members body, String name, int least, int most, @Nullable Integer known) {
    return body.has(name) ? body.number(name, least, most).orElse(null) : known;
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
    return filter(body);
  }

  /// The filter over events that the body names; empty where it names none.
  static String filter(Members body) {
    var filter = body.text("filter").orElse("");
    if (filter.length() > LONGEST_FILTER) {
      throw invalid("A filter has at most " + LONGEST_FILTER + " characters.");
    }
    try {
      EventCatalogue.read(filter);
      // Kept from now on: units read none.
      EventFilters.of(filter);
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
    json.put("final_refusals", terms.finalRefusals());
    json.put("order", terms.order() == null ? USUAL_ORDER : terms.order().word());
    put(json, "max_concurrent", terms.maxConcurrent());
    put(json, "max_per_second", terms.maxPerSecond());
    put(json, "disabled_after_hours", terms.disabledAfterHours());
    AuthorizationMember.show(terms.authorization(), terms.signature(), json);
  }

  private static void put(ObjectNode json, String name, @Nullable Integer value) {
    if (value != null) {
      json.put(name, value);
    }
  }

  /// How an endpoint fares that does not take what it is sent.
  static void show(Endpoint endpoint, @Nullable EndpointHealth health, ObjectNode json) {
    if (health == null) {
      return;
    }
    var view = json.putObject("health");
    view.put("failing_since", health.failingSince().toString());
    view.put("failures", health.failures());
    if (health.shutUntil() != null) {
      view.put("shut_until", health.shutUntil().toString());
    }
    health.disabledAt(endpoint).ifPresent(end -> view.put("disables_at", end.toString()));
    view.put("reason", health.reason());
    view.put("disabled_by_hub", health.noticed() == 100);
  }
}
