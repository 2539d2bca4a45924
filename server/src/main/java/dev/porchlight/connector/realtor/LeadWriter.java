package dev.porchlight.connector.realtor;

import dev.porchlight.connector.Loss;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.connector.json.Losses;
import dev.porchlight.connector.json.Text;
import dev.porchlight.value.Address;
import dev.porchlight.value.Agent;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Finance;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Money;
import dev.porchlight.value.Property;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes one lead as one message of the two contracts. One instance a message.
final class LeadWriter {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

  private final Message message;
  private final Lead lead;
  private final Shape shape;
  private final Intent intent;
  private final Losses losses = new Losses();
  private boolean enhanced;

  private LeadWriter(Message message, Shape shape, Intent intent) {
    this.message = message;
    this.lead = message.lead();
    this.shape = shape;
    this.intent = intent;
  }

  static Written connectionsPlus(Message message, WriteOptions options) {
    var intent = intent(message.lead(), options);
    var faults = faults(message.lead());
    if (intent == Intent.UNKNOWN) {
      faults.addFirst(
          "Connections Plus needs a role; the lead's intent is unknown and the endpoint assumes"
              + " none.");
    } else if (!isRole(intent)) {
      faults.addFirst(
          "Connections Plus has the roles buyer and seller; the lead's intent is "
              + intent.word()
              + ".");
    }
    return faults.isEmpty()
        ? new LeadWriter(message, intent == Intent.SELLER ? Shape.SELLER : Shape.BUYER, intent)
            .write(options)
        : new Written.CannotWrite(faults);
  }

  static Written leadDelivery(Message message, WriteOptions options, boolean standardOnly) {
    var faults = faults(message.lead());
    if (!faults.isEmpty()) {
      return new Written.CannotWrite(faults);
    }
    return standardOnly
        ? new LeadWriter(message, Shape.STANDARD, Intent.UNKNOWN).write(options)
        : new LeadWriter(message, Shape.ENHANCED, intent(message.lead(), options)).write(options);
  }

  private static Intent intent(Lead lead, WriteOptions options) {
    var assumed = options.assumedRole();
    return lead.intent() == Intent.UNKNOWN && assumed != null && isRole(assumed)
        ? assumed
        : lead.intent();
  }

  private static boolean isRole(Intent intent) {
    return intent == Intent.BUYER || intent == Intent.SELLER;
  }

  private static List<String> faults(Lead lead) {
    var faults = new ArrayList<String>();
    if (lead.erased()) {
      faults.add("The person had their data erased, and the contract has no form for that.");
      return faults;
    }
    var email = lead.enquirer().email();
    if (email == null || email.isBlank()) {
      faults.add("The contract needs the enquirer's e-mail address; the lead has none.");
    } else if (!Text.isEmail(email.strip())) {
      faults.add(
          "The contract needs the enquirer's e-mail address in the form of one; the lead's is"
              + " malformed.");
    }
    return faults;
  }

  private Written write(WriteOptions options) {
    var out = JsonNodeFactory.instance.objectNode();
    text(out, "", "lead_id", lead.leadId(), "lead_id");
    if (!out.has("lead_id")) {
      out.put("lead_id", message.derivedLeadId());
      losses.because("lead_id", "the sender gave none; the id that we derived is written");
    }
    role(out);
    contact(out.putObject("contact"));
    property(out);
    boolean plus = shape == Shape.BUYER || shape == Shape.SELLER;
    if (!plus) {
      agent(out, "", lead.listingAgent());
    }
    finance(out);
    if (plus) {
      words(out);
      scores(out);
    } else {
      scores(out);
      message(out);
      source(out);
    }
    timestamp(out);
    test(out);

    var written = shape == Shape.ENHANCED && !enhanced ? Shape.STANDARD : shape;
    var bytes = bytes(out);
    if (options.bodySignature() != null && written.declares(LeadReader.SIGNATURE)) {
      out.put(LeadReader.SIGNATURE, "");
      var signature = options.bodySignature().apply(bytes(out));
      out.put(LeadReader.SIGNATURE, signature);
      bytes = bytes(out);
    }
    return new Written.Bytes(bytes, "application/json", losses(written));
  }

  private static byte[] bytes(ObjectNode out) {
    return MAPPER.writeValueAsString(out).getBytes(StandardCharsets.UTF_8);
  }

  private void role(ObjectNode out) {
    if (!isRole(intent)) {
      if (shape.declares("role")) {
        losses.because("intent", "the contract has the roles buyer and seller alone");
      }
      return;
    }
    put(out, "", "role", intent.word());
    if (lead.intent() == intent) {
      losses.carry("intent");
    } else {
      losses.because(
          "intent",
          "the lead's intent is unknown; "
              + intent.word()
              + " is written, as the endpoint assumes");
    }
  }

  private void contact(ObjectNode out) {
    Enquirer enquirer = lead.enquirer();
    text(out, "contact.", "first_name", enquirer.firstName(), "enquirer.first_name");
    text(out, "contact.", "last_name", enquirer.lastName(), "enquirer.last_name");
    text(out, "contact.", "email", enquirer.email(), "enquirer.email");
    text(out, "contact.", "phone", enquirer.phone(), "enquirer.phone");
    losses.because(
        "enquirer.full_name",
        "the contract has first and last name only, and it is not cut in two");
    losses.because("enquirer.phones", "the contract has the first number alone, without its kind");
  }

  private void property(ObjectNode out) {
    Interest interest = lead.interest();
    var to = JsonNodeFactory.instance.objectNode();
    boolean written = false;
    if (interest instanceof Interest.Search search) {
      search(search);
    } else if (interest != null && interest.property() != null) {
      members(to, interest.property());
      written = !to.isEmpty();
      boolean sells = interest instanceof Interest.HomeToSell;
      if (written && sells == (intent == Intent.SELLER)) {
        losses.carry("interest.kind");
      } else {
        losses.because(
            "interest.kind",
            written
                ? "a home is one to sell where the role is seller, and one on offer elsewhere"
                : "nothing of the property is written");
      }
    }
    if (shape == Shape.BUYER) {
      agent(to, "property.", lead.listingAgent());
    }
    if (!to.isEmpty()) {
      out.set("property", to);
    }
  }

  /// Amounts and surfaces without currency and unit are not passed off as dollars and square feet.
  private void search(Interest.Search search) {
    losses.because("interest.kind", "the contract has no searches, only homes");
    for (var bound : List.of("min", "max")) {
      losses.because(
          "interest.budget." + bound,
          shape.declares("finance_info")
              ? "the portal does not name its currency, and the contract asks for US dollars"
              : "the contract has no member for it");
      losses.because(
          "interest.space." + bound,
          "it is what somebody searches for, in a unit that the portal does not name");
    }
  }

  private void members(ObjectNode to, Property property) {
    var path = "property.";
    var field = "interest.property.";
    var url = property.listingUrl();
    if (url != null
        && shape.declares("property.listing_url")
        && !Text.isUri(Text.clean(url).strip())) {
      losses.because(field + "listing_url", "it is no URI, which the contract asks for");
    } else {
      text(to, path, "listing_url", url, field + "listing_url");
    }
    Address address = property.address();
    if (address != null) {
      text(to, path, "address", address.street(), field + "address.street");
      text(to, path, "city", address.city(), field + "address.city");
      text(to, path, "state", address.state(), field + "address.state");
      text(to, path, "zip_code", address.postalCode(), field + "address.postal_code");
    }
    var coordinates = property.coordinates();
    if (coordinates != null) {
      var latitude = coordinates.latitude();
      var longitude = coordinates.longitude();
      if (latitude != null
          && longitude != null
          && latitude.signum() == 0
          && longitude.signum() == 0) {
        losses.because(field + "coordinates.latitude", "0/0 means none in this contract");
        losses.because(field + "coordinates.longitude", "0/0 means none in this contract");
      } else {
        number(to, path, "latitude", latitude, field + "coordinates.latitude");
        number(to, path, "longitude", longitude, field + "coordinates.longitude");
      }
    }
    text(to, path, "mls_id", property.mlsId(), field + "mls_id");
    text(to, path, "mls_name", property.mlsName(), field + "mls_name");
    text(to, path, "listing_status", property.listingStatus(), field + "listing_status");
    dollars(to, path, "list_price", property.listPrice(), field + "list_price");
    integer(to, path, "beds", property.beds(), field + "beds");
    integer(to, path, "baths", property.baths(), field + "baths");
    integer(to, path, "sqft", property.squareFeet(), field + "square_feet");
    integer(to, path, "active_days_on_market", property.daysOnMarket(), field + "days_on_market");
    text(to, path, "property_type", property.propertyType(), field + "property_type");
    dollars(to, path, "estimated_value", property.estimatedValue(), field + "estimated_value");
  }

  private void agent(ObjectNode out, String path, @Nullable Agent agent) {
    if (agent == null || !shape.declares(path + "listing_agent")) {
      return;
    }
    var to = JsonNodeFactory.instance.objectNode();
    var below = path + "listing_agent.";
    text(to, below, "name", agent.name(), "listing_agent.name");
    if (agent.email() == null || Text.isEmail(agent.email().strip())) {
      text(to, below, "email", agent.email(), "listing_agent.email");
    } else {
      losses.because("listing_agent.email", "it is no e-mail address, which the contract asks for");
    }
    text(to, below, "phone", agent.phone(), "listing_agent.phone");
    if (!to.isEmpty()) {
      out.set("listing_agent", to);
    }
  }

  private void finance(ObjectNode out) {
    Finance finance = lead.finance();
    if (finance == null || !shape.declares("finance_info")) {
      return;
    }
    var to = JsonNodeFactory.instance.objectNode();
    flag(to, "finance_info.", "pre_approved", finance.preApproved(), "finance.pre_approved");
    dollars(to, "finance_info.", "budget_min", finance.budgetMin(), "finance.budget_min");
    dollars(to, "finance_info.", "budget_max", finance.budgetMax(), "finance.budget_max");
    text(to, "finance_info.", "financing_type", finance.financingType(), "finance.financing_type");
    if (!to.isEmpty()) {
      out.set("finance_info", to);
    }
  }

  private void words(ObjectNode out) {
    source(out);
    message(out);
  }

  private void source(ObjectNode out) {
    text(out, "", "source", lead.origin() == null ? null : lead.origin().source(), "origin.source");
  }

  private void message(ObjectNode out) {
    text(out, "", "message", lead.message(), "message");
  }

  private void scores(ObjectNode out) {
    var scores = lead.scores();
    if (scores == null) {
      return;
    }
    flag(out, "", "is_likely_to_transact", scores.likelyToTransact(), "scores.likely_to_transact");
    var probability = scores.probability();
    if (probability != null
        && (probability.signum() < 0 || probability.compareTo(BigDecimal.ONE) > 0)) {
      losses.because("scores.probability", "it is not from 0 to 1");
    } else {
      number(out, "", "probability_to_transact", probability, "scores.probability");
    }
  }

  private void timestamp(ObjectNode out) {
    var moment = lead.timestamp();
    if (moment != null && !moment.at().isBefore(FIRST) && moment.at().isBefore(END)) {
      out.put("timestamp", moment.at().toString());
      losses.carry("timestamp");
      if (!moment.zoneAssumed()) {
        losses.carry("zone_assumed");
      } else {
        losses.because(
            "zone_assumed", "the time is written in UTC, as was assumed, without the doubt");
      }
      return;
    }
    out.put("timestamp", message.receivedAt().toString());
    losses.because(
        "timestamp",
        (moment == null ? "the sender gave none" : "its year has not four digits")
            + "; the time of receipt is written");
    losses.because("zone_assumed", "goes with the timestamp");
  }

  /// The contracts mark no test, but a reader tells one by its e-mail or address.
  private void test(ObjectNode out) {
    var property = out.path("property");
    boolean looksLikeTest =
        TestLeads.marked(
            new Enquirer(
                null, null, null, out.path("contact").path("email").asString(""), null, null, null),
            new Address(
                property.path("address").asString(""),
                null,
                null,
                property.path("zip_code").asString("")));
    if (looksLikeTest == lead.test()) {
      losses.carry("test");
    } else {
      losses.because(
          "test",
          lead.test()
              ? "the contract has no mark for tests"
              : "its e-mail address or property is that of the portal's test leads");
    }
  }

  private void text(
      ObjectNode to, String path, String member, @Nullable String value, String field) {
    if (value == null || !shape.declares(path + member)) {
      return;
    }
    var text = losses.text(field, value);
    if (text != null) {
      put(to, path, member, text);
    }
  }

  private void put(ObjectNode to, String path, String member, String text) {
    to.put(member, text);
    noteEnhanced(path + member);
  }

  private void flag(
      ObjectNode to, String path, String member, @Nullable Boolean value, String field) {
    if (value != null && shape.declares(path + member)) {
      to.put(member, value);
      noteEnhanced(path + member);
      losses.carry(field);
    }
  }

  private void number(
      ObjectNode to, String path, String member, @Nullable BigDecimal value, String field) {
    if (value == null || !shape.declares(path + member)) {
      return;
    }
    var number = losses.number(field, value);
    if (number != null) {
      to.put(member, number);
      noteEnhanced(path + member);
    }
  }

  private void integer(
      ObjectNode to, String path, String member, @Nullable BigDecimal value, String field) {
    if (value != null && shape.declares(path + member) && value.scale() > 0) {
      losses.because(field, "the contract asks for an integer");
    } else {
      number(to, path, member, value, field);
    }
  }

  private void dollars(
      ObjectNode to, String path, String member, @Nullable Money value, String field) {
    if (value == null) {
      return;
    }
    if (shape.declares(path + member) && !value.currency().equals("USD")) {
      losses.because(field, "the contract asks for US dollars");
    } else {
      number(to, path, member, value.amount(), field);
    }
  }

  private void noteEnhanced(String path) {
    enhanced |= Shape.isEnhancedOnly(path);
  }

  private List<Loss> losses(Shape written) {
    var tree = LeadJson.write(lead);
    if (lead.leadId() == null) {
      tree.put("lead_id", "");
    }
    if (lead.timestamp() == null) {
      tree.put("timestamp", "");
    }
    if (lead.intent() == Intent.UNKNOWN && intent == Intent.UNKNOWN) {
      tree.remove("intent");
    }
    if (lead.timestamp() != null && !lead.timestamp().zoneAssumed()) {
      tree.remove("zone_assumed");
    }
    return losses.of(
        tree,
        (written.message().startsWith("E") ? "an " : "a ")
            + written.message()
            + " has no member for it");
  }
}
