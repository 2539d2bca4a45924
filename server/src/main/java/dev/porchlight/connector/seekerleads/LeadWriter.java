package dev.porchlight.connector.seekerleads;

import dev.porchlight.connector.Message;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Losses;
import dev.porchlight.connector.json.Text;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Money;
import dev.porchlight.value.PhoneNumber;
import dev.porchlight.value.Property;
import dev.porchlight.value.Range;
import dev.porchlight.value.Role;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/// Writes one lead as the contract's lead object. One instance a message.
final class LeadWriter {
  private static final JsonMapper MAPPER = new JsonMapper();

  /// So deep may what is embedded be: with the three levels around it a reader of ours takes it.
  private static final int DEEPEST = BodyJson.DEEPEST - 3;

  private static final String NO_MEMBER = "a lead object of Seeker Leads has no member for it";

  private final Message message;
  private final Lead lead;
  private final Category category;
  private final Intent intent;
  private final Losses losses = new Losses();

  LeadWriter(Message message, WriteOptions options) {
    this.message = message;
    this.lead = message.lead();
    this.category = category(lead);
    this.intent =
        category == Category.AGENCY
                && lead.intent() == Intent.UNKNOWN
                && options.assumedRole() != null
            ? options.assumedRole()
            : lead.intent();
  }

  private static Category category(Lead lead) {
    if (lead.interest() instanceof Interest.Search) {
      return Category.PROPERTY_SEARCH;
    }
    return lead.interest() instanceof Interest.InListing && lead.intent() != Intent.SELLER
        ? Category.CLASSIFIED
        : Category.AGENCY;
  }

  Written write() {
    var out = JsonNodeFactory.instance.objectNode();
    metadata(out.putObject("metadata"));
    var contact = out.putObject("contactRequest");
    if (lead.erased()) {
      erased(contact);
    } else {
      contact(contact);
    }
    switch (lead.interest()) {
      case null -> {}
      case Interest.Search search -> search(out, search);
      case Interest.InListing(var property) -> {
        if (category == Category.CLASSIFIED) {
          losses.carry("interest.kind");
          listing(out.putObject("property"), property);
        } else {
          unlisted(property);
        }
      }
      case Interest.HomeToSell(var property) -> unlisted(property);
    }
    units();
    // Through a String: a generator of bytes throws where it meets half a surrogate pair.
    return new Written.Bytes(
        MAPPER.writeValueAsString(out).getBytes(StandardCharsets.UTF_8),
        "application/json",
        losses());
  }

  private void metadata(ObjectNode to) {
    to.put("leadId", message.id());
    if (message.id().equals(lead.leadId())) {
      losses.carry("lead_id");
    } else {
      losses.because("lead_id", "the hub's own id is written, under which the lead can be read");
    }
    var processed = Instant.ofEpochSecond(message.ingestedAt().getEpochSecond());
    to.put("processedDate", processed.getEpochSecond());
    if (lead.timestamp() != null && lead.timestamp().at().equals(processed)) {
      losses.carry("timestamp");
    } else {
      losses.because("timestamp", "the time is written at which the hub took the lead in");
    }
    losses.because("zone_assumed", "goes with the timestamp");
    portal(to);
    ttl(to);
    to.put("category", category.name());
    if (category == Category.AGENCY) {
      var wish = Codes.of(intent);
      if (wish != null) {
        to.put("leadType", wish);
      }
    }
    intent();
    if (!lead.test()) {
      losses.carry("test");
    } else {
      losses.because("test", "the contract has no mark for tests");
    }
    losses.carry("erased");
  }

  private void portal(ObjectNode to) {
    var own = lead.origin() == null ? null : lead.origin().portal();
    if (own != null && Codes.isPortal(own)) {
      to.put("portal", own);
      losses.carry("origin.portal");
      return;
    }
    if (own != null) {
      losses.because("origin.portal", "it is none of the contract's codes");
    }
    if (message.portal() != null && Codes.isPortal(message.portal())) {
      to.put("portal", message.portal());
    }
  }

  private void ttl(ObjectNode to) {
    var own = lead.deleteAfter();
    var ours = message.deleteAfter();
    var ttl = own == null || (ours != null && ours.isBefore(own)) ? ours : own;
    if (ttl == null) {
      return;
    }
    if (ttl.getEpochSecond() < Codes.START_OF_TIME || ttl.getEpochSecond() >= Codes.END_OF_TIME) {
      losses.because("delete_after", "it is beyond any time that can be meant");
      return;
    }
    to.put("ttl", ttl.getEpochSecond());
    if (own != null && Instant.ofEpochSecond(ttl.getEpochSecond()).equals(own)) {
      losses.carry("delete_after");
    } else {
      losses.because(
          "delete_after",
          ttl.equals(own) ? "written to the second" : "the hub deletes the lead before that");
    }
  }

  private void intent() {
    var told =
        switch (category) {
          case CLASSIFIED -> Intent.UNKNOWN;
          case AGENCY -> intent;
          case PROPERTY_SEARCH ->
              lead.interest() instanceof Interest.Search search
                  ? Codes.intent(search.roles())
                  : Intent.UNKNOWN;
        };
    if (told == lead.intent()) {
      losses.carry("intent");
    } else {
      losses.because(
          "intent",
          switch (category) {
            case CLASSIFIED -> "a lead about a listing does not say what the seeker wants with it";
            case AGENCY ->
                "the lead's intent is unknown; "
                    + intent.word()
                    + " is written, as the endpoint assumes";
            case PROPERTY_SEARCH -> "the roles of the search are written, and say otherwise";
          });
    }
  }

  private void erased(ObjectNode to) {
    to.putNull("firstName");
    to.putNull("lastName");
    to.putNull("gender");
    to.putNull("email");
    to.putNull("language");
    to.putArray("phoneNumbers");
    to.putNull("message");
  }

  private void contact(ObjectNode to) {
    Enquirer enquirer = lead.enquirer();
    text(to, "firstName", enquirer.firstName(), "enquirer.first_name", Codes.LONGEST_NAME);
    text(to, "lastName", enquirer.lastName(), "enquirer.last_name", Codes.LONGEST_NAME);
    losses.because(
        "enquirer.full_name",
        "the contract has first and last name only, and it is not cut in two");
    var gender = Codes.of(enquirer.gender());
    if (gender != null) {
      to.put("gender", gender);
      losses.carry("enquirer.gender");
    }
    var email = enquirer.email();
    if (email == null || Text.isPlainEmail(email.strip())) {
      text(to, "email", email, "enquirer.email", Integer.MAX_VALUE);
    } else {
      losses.because("enquirer.email", "it is no e-mail address, which the contract asks for");
    }
    language(to, enquirer.language());
    phones(to, enquirer);
    text(to, "message", lead.message(), "message", Integer.MAX_VALUE);
    if (!to.has("message")) {
      to.put("message", "");
    }
    if (enquirer.isOwner() != null) {
      to.put("isOwner", enquirer.isOwner());
      losses.carry("enquirer.is_owner");
    }
  }

  private void language(ObjectNode to, @Nullable String language) {
    if (language == null) {
      return;
    }
    var code = language.toUpperCase(java.util.Locale.ROOT);
    if (Codes.isLanguage(code)) {
      to.put("language", code);
      losses.carry("enquirer.language");
    } else {
      losses.because("enquirer.language", "it is none of the contract's languages");
    }
  }

  private void phones(ObjectNode to, Enquirer enquirer) {
    var array = to.putArray("phoneNumbers");
    var written = new ArrayList<PhoneNumber>();
    for (var phone : enquirer.everyPhone()) {
      var number = Text.clean(phone.number()).strip();
      if (number.isEmpty()) {
        continue;
      }
      var entry = array.addObject();
      var type = Codes.of(phone.kind());
      if (type != null) {
        entry.put("type", type);
      }
      entry.put("number", number);
      if (phone.verified() != null) {
        entry.put("verified", phone.verified());
      }
      written.add(new PhoneNumber(number, phone.kind(), phone.verified()));
    }
    var reason = Losses.ANOTHER_TEXT;
    if (!written.isEmpty() && written.getFirst().number().equals(enquirer.phone())) {
      losses.carry("enquirer.phone");
    } else {
      losses.because("enquirer.phone", reason);
    }
    if (written.equals(enquirer.everyPhone())) {
      losses.carry("enquirer.phones");
    } else {
      losses.because("enquirer.phones", reason);
    }
  }

  private void listing(ObjectNode to, Property property) {
    var keys = property.keys();
    if (keys != null) {
      var field = "interest.property.keys.";
      text(to, "classifiedId", keys.classifiedId(), field + "classified_id", Integer.MAX_VALUE);
      text(to, "offererEstateId", keys.estateId(), field + "estate_id", Codes.LONGEST_KEY);
      text(
          to,
          "offererMarketingKey",
          keys.marketingKey(),
          field + "marketing_key",
          Codes.LONGEST_KEY);
      text(to, "projectId", keys.projectId(), field + "project_id", Codes.LONGEST_KEY);
      text(
          to,
          "projectOffererEstateId",
          keys.projectEstateId(),
          field + "project_estate_id",
          Codes.LONGEST_KEY);
      text(
          to,
          "projectOffererMarketingKey",
          keys.projectMarketingKey(),
          field + "project_marketing_key",
          Codes.LONGEST_KEY);
    }
    property(property, "a listing is told by its keys at the portal and in the agency's software");
  }

  private void unlisted(Property property) {
    var reason = "a lead about an agency names no property";
    losses.because("interest.kind", reason);
    property(property, reason);
    var keys = property.keys();
    if (keys != null) {
      for (var key :
          List.of(
              "classified_id",
              "estate_id",
              "marketing_key",
              "project_id",
              "project_estate_id",
              "project_marketing_key")) {
        losses.because("interest.property.keys." + key, reason);
      }
    }
  }

  private void property(Property property, String reason) {
    var field = "interest.property.";
    for (var part :
        List.of(
            "address.street",
            "address.city",
            "address.state",
            "address.postal_code",
            "coordinates.latitude",
            "coordinates.longitude",
            "listing_url",
            "mls_id",
            "mls_name",
            "listing_status",
            "beds",
            "baths",
            "days_on_market",
            "property_type")) {
      losses.because(field + part, reason);
    }
    losses.because(field + "square_feet", reason + "; no area, in square feet or otherwise");
    losses.because(field + "list_price", reason + money(property.listPrice()));
    losses.because(field + "estimated_value", reason + money(property.estimatedValue()));
  }

  private static String money(@Nullable Money money) {
    return money == null ? "" : "; no amount, in " + money.currency() + " or otherwise";
  }

  /// Sums with a currency are not passed off as the contract's, which has none.
  private void units() {
    var finance = lead.finance();
    if (finance == null) {
      return;
    }
    budget("finance.budget_min", finance.budgetMin());
    budget("finance.budget_max", finance.budgetMax());
  }

  private void budget(String field, @Nullable Money money) {
    if (money != null) {
      losses.because(
          field,
          category == Category.PROPERTY_SEARCH
              ? "the contract's budget names no currency; " + money.currency() + " is not dropped"
              : "a budget stands in a search alone, and names no currency; this one is in "
                  + money.currency());
    }
  }

  private void search(ObjectNode out, Interest.Search search) {
    losses.carry("interest.kind");
    var criteria = JsonNodeFactory.instance.objectNode();
    estateTypes(criteria, search.estateTypes());
    range(criteria, "rooms", "numberOfRooms", search.rooms(), "interest.rooms");
    range(criteria, "spaces", "space", search.space(), "interest.space");
    range(criteria, "budget", "amount", search.budget(), "interest.budget");
    json(criteria, "geo", search.geo(), "interest.geo");
    if (!criteria.isEmpty()) {
      out.set("property", criteria);
    }
    var project = JsonNodeFactory.instance.objectNode();
    json(project, "commercial", search.commercialProject(), "interest.commercial_project");
    json(project, "build", search.buildProject(), "interest.build_project");
    if (!project.isEmpty()) {
      out.set("project", project);
    }
    var roles = out.putArray("distributionType");
    for (Role role : search.roles()) {
      roles.add(Codes.of(role));
    }
    losses.carry("interest.roles");
  }

  private void estateTypes(ObjectNode to, List<String> types) {
    var known = types.stream().filter(Codes::isEstateType).toList();
    if (!known.isEmpty()) {
      var array = to.putArray("estateType");
      known.forEach(array::add);
    }
    if (known.size() == types.size()) {
      losses.carry("interest.estate_types");
    } else {
      losses.because(
          "interest.estate_types", "without those that are none of the contract's words");
    }
  }

  private void range(ObjectNode out, String member, String stem, Range range, String field) {
    var to = JsonNodeFactory.instance.objectNode();
    number(to, stem + "Min", range.min(), field + ".min");
    number(to, stem + "Max", range.max(), field + ".max");
    if (!to.isEmpty()) {
      out.set(member, to);
    }
  }

  private void number(ObjectNode to, String member, @Nullable BigDecimal value, String field) {
    if (value == null) {
      return;
    }
    var number = losses.number(field, value);
    if (number != null) {
      to.put(member, number);
    }
  }

  private void json(ObjectNode to, String member, @Nullable String json, String field) {
    if (json == null) {
      return;
    }
    try {
      var value = BodyJson.parse(json.getBytes(StandardCharsets.UTF_8), new Findings());
      if (!(value instanceof Map<?, ?>) || depth(value) > DEEPEST) {
        losses.because(field, "the contract asks for a JSON object");
        return;
      }
      var text = BodyJson.text(value);
      to.putRawValue(member, new RawValue(text));
      if (text.equals(json)) {
        losses.carry(field);
      } else {
        losses.because(field, "written anew: without blanks, doubled keys and broken characters");
      }
    } catch (BodyJson.Unfit _) {
      losses.because(field, "the contract asks for a JSON object");
    }
  }

  private static int depth(Object value) {
    int below = 0;
    var children =
        switch (value) {
          case Map<?, ?> object -> object.values();
          case List<?> array -> array;
          default -> null;
        };
    if (children == null) {
      return 0;
    }
    for (var child : children) {
      below = Math.max(below, depth(child));
    }
    return below + 1;
  }

  private void text(
      ObjectNode to, String member, @Nullable String value, String field, int longest) {
    if (value == null) {
      return;
    }
    var text = Text.clean(value).strip();
    if (text.length() > longest && Codes.length(text) > longest) {
      losses.because(field, "the contract takes at most " + longest + " characters");
      return;
    }
    var carried = losses.text(field, value);
    if (carried != null) {
      to.put(member, carried);
    }
  }

  private List<dev.porchlight.connector.Loss> losses() {
    var tree = LeadJson.write(lead);
    // What the sender did not give and the body says all the same.
    if (lead.leadId() == null) {
      tree.put("lead_id", "");
    }
    if (lead.timestamp() == null) {
      tree.put("timestamp", "");
    }
    if (lead.timestamp() != null && !lead.timestamp().zoneAssumed()) {
      tree.remove("zone_assumed");
    }
    return losses.of(tree, NO_MEMBER);
  }
}
