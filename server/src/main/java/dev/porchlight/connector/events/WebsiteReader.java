package dev.porchlight.connector.events;

import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Members;
import dev.porchlight.connector.json.Text;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Saying;
import dev.porchlight.value.Saying.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads what visitors of websites do: leads, listings and searches that they save.
final class WebsiteReader {
  private static final int LONGEST_SEARCH_NAME = 75;
  private static final int LONGEST_DESCRIPTION = 1000;

  private static final Map<String, String> TYPES =
      Map.of(
          "RESI", "Residential",
          "RLSE", "Residential Lease",
          "RINC", "Residential Income",
          "LAND", "Land",
          "MOBI", "Manufactured In Park",
          "FARM", "Farm",
          "COMS", "Commercial Sale",
          "COML", "Commercial Lease",
          "BUSO", "Business Opportunity");

  private static final Map<String, String> STATUSES =
      Map.of("Active", "Active", "Pending", "Pending", "Sold", "Closed");

  private final EventData event;
  private final Members data;
  private final Findings findings;

  WebsiteReader(EventData event) {
    this.event = event;
    data = event.data();
    findings = event.findings();
  }

  /// Null when it is about something else.
  @Nullable Saying read() {
    if (LeadReader.ACTS.containsKey(event.action())) {
      var lead = new LeadReader(event).lead();
      if (lead.enquirer().email() == null && lead.enquirer().phone() == null) {
        unreachable(false);
      }
      return new Saying.OfLead(
          Step.ADD,
          List.of(),
          lead.enquirer().isSomebody() || lead.message() != null,
          null,
          null,
          null,
          null,
          null);
    }
    return switch (event.action()) {
      case "saveproperty" -> {
        var about = data.object("object");
        var listing = ListingReference.property(about);
        if (listing.mlsId() == null && listing.listingUrl() == null) {
          findings.violation("/data/object", "a listing that is named", "carried, but not saved");
        } else if (listing.mlsName() == null || listing.mlsId() == null) {
          about.note(
              "originatingSystemKey",
              "a listing is named by its system and its number there",
              "known by what else names it");
        }
        yield new Saying.OfSavedListing(reachable(true), listing);
      }
      case "propertysearchsave" -> search();
      default -> null;
    };
  }

  /// The visitor; one who can't be reached is noted.
  ///
  /// @param needed nothing is kept without an address or a number
  private Enquirer reachable(boolean needed) {
    var visitor = ContactReader.enquirer(event.visitor());
    if (visitor.email() == null && visitor.phone() == null) {
      unreachable(needed);
    }
    return visitor;
  }

  private void unreachable(boolean needed) {
    findings.violation(
        "/data/agent",
        "a visitor is told by e-mail address or telephone",
        needed ? "carried, but not saved" : "kept as a lead that nobody can answer");
  }

  private Saying search() {
    var search = data.object("object");
    var filter = new ArrayList<String>();
    range(filter, search, "price", "ListPrice", null);
    range(filter, search, "bedrooms", "BedsTotal", null);
    range(filter, search, "bathrooms", "BathsTotal", null);
    range(filter, search, "livingArea", "LivingArea", Set.of("FTK", "SqFt"));
    range(filter, search, "lotSize", "LotSizeAcres", Set.of("ACR", "AC"));
    types(filter, search);
    statuses(filter, search);
    if (search.raw("location") instanceof Map<?, ?>) {
      var place = search.object("location");
      equal(filter, "City", place, "addressLocality");
      equal(filter, "StateOrProvince", place, "addressRegion");
      equal(filter, "PostalCode", place, "postalCode");
      for (var name : List.of("type", "addressLocality", "addressRegion", "postalCode")) {
        place.pass(name);
      }
      place.keepRest();
      findings.extras().keySet().stream()
          .filter(p -> p.startsWith("/data/object/location/"))
          .forEach(
              p -> findings.violation(p, "a place in words", "not part of the search's filter"));
    }
    if (filter.isEmpty()) {
      findings.violation(
          "/data/object", "something that a filter can ask", "carried, but not saved");
    }
    var raw = data.raw("object");
    return new Saying.OfSavedSearch(
        reachable(true),
        words(search, "name", LONGEST_SEARCH_NAME),
        words(search, "description", LONGEST_DESCRIPTION),
        String.join(" And ", filter),
        raw == null ? "{}" : BodyJson.text(raw));
  }

  /// A text in one line, cut where it is too long; null is none.
  private static @Nullable String words(Members from, String member, int longest) {
    var text = from.isNull(member) ? null : from.text(member);
    if (text == null) {
      return null;
    }
    var line = text.replaceAll("\\p{Cntrl}", " ").strip();
    if (line.codePointCount(0, line.length()) > longest) {
      from.note(member, "at most " + longest + " characters", "cut");
      line = line.substring(0, line.offsetByCodePoints(0, longest));
    }
    return line.isEmpty() ? null : line;
  }

  /// What a range of the search asks of a field; bounds are `minValue` and `maxValue`, or
  /// `minPrice` and `maxPrice`; a single value is a lower bound for what is counted.
  private static void range(
      List<String> to, Members search, String member, String field, @Nullable Set<String> units) {
    if (!(search.raw(member) instanceof Map<?, ?> said) || said.isEmpty()) {
      return;
    }
    var range = search.object(member);
    if (units != null && !(said.get("unitCode") instanceof String unit && units.contains(unit))) {
      search.note(member, "a unit that the field has", "not part of the search's filter");
      return;
    }
    var min = first(range, "minValue", "minPrice", "value", "price");
    var max = first(range, "maxValue", "maxPrice");
    if (min != null) {
      to.add(field + " Ge " + decimal(min));
    }
    if (max != null) {
      to.add(field + " Le " + decimal(max));
    }
    if (min == null && max == null) {
      search.note(member, "minValue or maxValue", "not part of the search's filter");
    }
  }

  private static @Nullable BigDecimal first(Members range, String... names) {
    for (var name : names) {
      var number = range.has(name) ? range.number(name) : null;
      if (number != null) {
        return number;
      }
    }
    return null;
  }

  private static String decimal(BigDecimal number) {
    return number.stripTrailingZeros().toPlainString();
  }

  private static void equal(List<String> to, String field, Members place, String member) {
    var text = place.text(member);
    if (text != null && Text.isLine(text, 200)) {
      to.add(field + " Eq " + quoted(text));
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private static void types(List<String> to, Members search) {
    if (search.isNull("propertyType")) {
      return;
    }
    var text = search.text("propertyType");
    if (text == null) {
      return;
    }
    var known =
        words(text).stream()
            .map(TYPES::get)
            .filter(Objects::nonNull)
            .map(WebsiteReader::quoted)
            .toList();
    if (known.size() < words(text).size()) {
      search.note(
          "propertyType", "codes of the listings' table", "not part of the search's filter");
    } else {
      to.add("PropertyType Eq " + String.join(",", known));
    }
  }

  private static void statuses(List<String> to, Members search) {
    if (search.isNull("listingStatus")) {
      return;
    }
    var text = search.text("listingStatus");
    if (text == null) {
      return;
    }
    var known =
        words(text).stream()
            .map(w -> STATUSES.get(w.replaceFirst("ListingStatus$", "")))
            .filter(Objects::nonNull)
            .map(WebsiteReader::quoted)
            .toList();
    if (known.size() < words(text).size()) {
      search.note(
          "listingStatus",
          "words for states that listings have",
          "not part of the search's filter");
    } else {
      to.add("StandardStatus Eq " + String.join(",", known));
    }
  }

  private static List<String> words(String text) {
    var all = new ArrayList<String>();
    for (var word : text.split(",", 20)) {
      if (!word.isBlank()) {
        all.add(word.strip());
      }
    }
    return all;
  }
}
