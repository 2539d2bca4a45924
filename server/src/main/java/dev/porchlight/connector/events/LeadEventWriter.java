package dev.porchlight.connector.events;

import dev.porchlight.connector.Message;
import dev.porchlight.connector.Written;
import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Losses;
import dev.porchlight.connector.json.Text;
import dev.porchlight.value.Agent;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Money;
import dev.porchlight.value.Property;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes one lead as an event of the group `realestate/lead`. One instance a message.
final class LeadEventWriter {
  private static final JsonMapper MAPPER = new JsonMapper();

  /// The key that is ours, among those by which a lead is known.
  static final String OURS = "porchlight";

  /// A name that another system gave, and that is repeated.
  private static final Pattern NAME =
      Pattern.compile("([A-Za-z][A-Za-z0-9_.-]{0,59}):(\\S|\\S.{0,148}\\S)");

  /// What the contract lets a `type` be.
  private static final Pattern TYPE = Pattern.compile("[A-Z][a-zA-Z0-9]{1,60}");

  private static final String NO_MEMBER = "a lead event has no member for it";

  private final Message message;
  private final Lead lead;
  private final Losses losses = new Losses();

  LeadEventWriter(Message message) {
    this.message = message;
    this.lead = message.lead();
  }

  Written write() {
    if (lead.erased()) {
      return new Written.CannotWrite(
          List.of("The contract has no form for a lead whose person had their data erased."));
    }
    if (!isSomebody()) {
      return new Written.CannotWrite(
          List.of("The lead names and quotes nobody, and a lead event is about a person."));
    }
    var event = JsonNodeFactory.instance.objectNode();
    var topic =
        switch (message.kind()) {
          case "lead.created" -> "lead#add";
          case "lead.assigned" -> "lead#assign";
          default -> "lead#update";
        };
    event.put("topic", "realestate/" + topic);
    event.put("time", message.at().toString());
    var data = event.putObject("data");
    data.put("type", topic.equals("lead#update") ? "UpdateAction" : topic);
    var object = data.putObject("object").put("type", "Lead");
    identifier(object.putObject("identifier"));
    person(object.putObject("object").put("type", "Contact"));
    sent(object);
    recipient(object);
    source(object);
    more(object);
    losses.carry("erased");
    // Through a String: a generator of bytes throws where it meets half a surrogate pair.
    return new Written.Bytes(
        MAPPER.writeValueAsString(event).getBytes(StandardCharsets.UTF_8),
        "application/json",
        losses());
  }

  private boolean isSomebody() {
    var e = lead.enquirer();
    for (var text :
        new String[] {e.firstName(), e.lastName(), e.fullName(), e.email(), e.phone()}) {
      if (isText(text)) {
        return true;
      }
    }
    return isText(lead.message());
  }

  private static boolean isText(@Nullable String text) {
    return text != null && !Text.clean(text).isBlank();
  }

  /// A name that the lead came with in this form is repeated, as the contract asks; else ours.
  private void identifier(ObjectNode to) {
    var id = lead.leadId();
    var name = id == null || !Text.clean(id).equals(id) ? null : NAME.matcher(id);
    if (name != null && name.matches()) {
      to.put(name.group(1), name.group(2));
      losses.carry("lead_id");
      return;
    }
    to.put(OURS, message.id());
    losses.because("lead_id", "the hub's own id is written, under which the lead can be read");
  }

  private void person(ObjectNode to) {
    Enquirer e = lead.enquirer();
    text(to, "name", e.fullName(), "enquirer.full_name");
    text(to, "givenName", e.firstName(), "enquirer.first_name");
    text(to, "familyName", e.lastName(), "enquirer.last_name");
    if (e.email() == null || Text.isEmail(Text.clean(e.email()).strip())) {
      text(to, "email", e.email(), "enquirer.email");
    } else {
      losses.because("enquirer.email", "it is no e-mail address, which the contract asks for");
    }
    text(to, "telephone", e.phone(), "enquirer.phone");
    losses.because("enquirer.phones", "the first number alone is written");
  }

  private void sent(ObjectNode to) {
    var time = lead.timestamp();
    if (time == null) {
      return;
    }
    var year = time.at().toString();
    if (year.startsWith("+") || year.startsWith("-") || year.startsWith("0000")) {
      losses.because("timestamp", "it is beyond any time that can be meant");
      losses.because("zone_assumed", "goes with the timestamp");
      return;
    }
    to.put("dateSent", time.at().toString());
    losses.carry("timestamp");
    losses.because("zone_assumed", "the time is written with its zone");
  }

  private void recipient(ObjectNode to) {
    var recipient = lead.recipient();
    if (recipient == null) {
      return;
    }
    if (recipient.id() != null && Text.isUri(recipient.id())) {
      to.put("recipient", recipient.id());
      losses.carry("recipient.id");
    } else {
      losses.because("recipient.id", "a recipient is named by a URI");
    }
  }

  /// Where the lead comes from, what was written, about which home.
  private void source(ObjectNode object) {
    var source = JsonNodeFactory.instance.objectNode();
    var origin = lead.origin();
    if (origin != null) {
      if (origin.kind() != null && TYPE.matcher(origin.kind()).matches()) {
        source.put("type", origin.kind());
        losses.carry("origin.kind");
      } else {
        losses.because("origin.kind", "it is no name of an action");
      }
      var instrument = JsonNodeFactory.instance.objectNode();
      text(instrument, "name", origin.source(), "origin.source");
      text(instrument, "url", origin.detail(), "origin.detail");
      if (!instrument.isEmpty()) {
        source.set("instrument", instrument);
      }
    }
    var words = JsonNodeFactory.instance.objectNode();
    text(words, "text", lead.message(), "message");
    if (!words.isEmpty()) {
      words.put("type", "Question");
      source.set("object", words);
    }
    about(source);
    if (!source.isEmpty()) {
      object.putArray("leadSource").add(source);
    }
  }

  private void about(ObjectNode source) {
    switch (lead.interest()) {
      case null -> agent(null);
      case Interest.InListing(var property) -> home(source, property, false);
      case Interest.HomeToSell(var property) -> home(source, property, true);
      case Interest.Search _ -> {
        losses.because("interest.kind", "a lead event describes no search");
        agent(null);
      }
    }
  }

  private void home(ObjectNode source, Property property, boolean toSell) {
    var about = JsonNodeFactory.instance.objectNode();
    about.put("type", "PropertyListing");
    if (toSell == (lead.intent() == Intent.SELLER)) {
      losses.carry("interest.kind");
    } else {
      losses.because(
          "interest.kind",
          "a home is one to sell where the intent is that, and one on offer elsewhere");
    }
    var address = property.address();
    var field = "interest.property.";
    if (address != null) {
      text(about, "streetAddress", address.street(), field + "address.street");
      text(about, "addressLocality", address.city(), field + "address.city");
      text(about, "addressRegion", address.state(), field + "address.state");
      text(about, "postalCode", address.postalCode(), field + "address.postal_code");
    }
    var place = property.coordinates();
    if (place != null) {
      number(about, "latitude", place.latitude(), field + "coordinates.latitude");
      number(about, "longitude", place.longitude(), field + "coordinates.longitude");
    }
    text(about, "url", property.listingUrl(), field + "listing_url");
    text(
        about,
        isPlain(property) ? "listingId" : "originatingSystemKey",
        property.mlsId(),
        field + "mls_id");
    text(about, "originatingSystemName", property.mlsName(), field + "mls_name");
    text(about, "listingStatus", property.listingStatus(), field + "listing_status");
    price(about, property.listPrice());
    count(about, "numberOfBedrooms", property.beds(), field + "beds");
    count(about, "numberOfBathrooms", property.baths(), field + "baths");
    if (property.squareFeet() != null) {
      var area = JsonNodeFactory.instance.objectNode();
      number(area, "value", property.squareFeet(), field + "square_feet");
      if (!area.isEmpty()) {
        area.put("type", "QuantitativeValue").put("unitCode", "FTK");
        about.set("livingArea", area);
      }
    }
    number(about, "daysOnMarket", property.daysOnMarket(), field + "days_on_market");
    text(about, "propertyType", property.propertyType(), field + "property_type");
    agent(about);
    source.set("about", about);
  }

  /// Whether a number is all that is said, and none that would be read as a system's name and the
  /// number there.
  private static boolean isPlain(Property property) {
    return property.mlsName() == null
        && (property.mlsId() == null || property.mlsId().indexOf('+') < 0);
  }

  private void price(ObjectNode about, @Nullable Money money) {
    if (money == null) {
      return;
    }
    var price = JsonNodeFactory.instance.objectNode();
    number(price, "price", money.amount(), "interest.property.list_price");
    if (!price.isEmpty()) {
      price.put("type", "PriceSpecification").put("priceCurrency", money.currency());
      about.set("listingPrice", price);
    }
  }

  /// The listing's agent, who is told beside the listing and nowhere else.
  private void agent(@Nullable ObjectNode about) {
    var agent = lead.listingAgent();
    if (agent == null) {
      return;
    }
    var field = "listing_agent.";
    if (about == null) {
      for (var part : List.of("name", "email", "phone", "mls_id", "office")) {
        losses.because(field + part, "an agent is told beside a listing");
      }
      return;
    }
    var to = JsonNodeFactory.instance.objectNode();
    text(to, "name", agent.name(), field + "name");
    text(to, "email", agent.email(), field + "email");
    text(to, "telephone", agent.phone(), field + "phone");
    var ids = JsonNodeFactory.instance.objectNode();
    text(ids, "mlsAgentId", agent.mlsId(), field + "mls_id");
    if (!ids.isEmpty()) {
      to.set("identifier", ids);
    }
    if (!to.isEmpty()) {
      to.put("type", "RealEstateAgent");
      about.set("listingAgent", to);
    }
    office(about, agent, field);
  }

  private void office(ObjectNode about, Agent agent, String field) {
    var office = JsonNodeFactory.instance.objectNode();
    text(office, "name", agent.office(), field + "office");
    if (!office.isEmpty()) {
      office.put("type", "RealEstateOffice");
      about.set("listingOffice", office);
    }
  }

  /// What the contract leaves open is used for what must not be lost: a test is none of a person's
  /// wishes.
  private void more(ObjectNode object) {
    var more = JsonNodeFactory.instance.objectNode();
    if (lead.intent() != Intent.UNKNOWN) {
      more.put("intent", lead.intent().word());
    }
    losses.carry("intent");
    if (lead.test()) {
      more.put("test", true);
    }
    losses.carry("test");
    if (!more.isEmpty()) {
      object.set("additionalProperty", more);
    }
  }

  private void count(ObjectNode to, String member, @Nullable BigDecimal value, String field) {
    if (value == null) {
      return;
    }
    if (BodyJson.number(value.toString()) == null || value.toPlainString().length() > 100) {
      losses.because(field, "it is beyond any number that can be meant");
      return;
    }
    to.put(member, value.toPlainString());
    losses.carry(field);
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

  private void text(ObjectNode to, String member, @Nullable String value, String field) {
    if (value == null) {
      return;
    }
    var text = losses.text(field, value);
    if (text != null) {
      to.put(member, text);
    }
  }

  private List<dev.porchlight.connector.Loss> losses() {
    var tree = LeadJson.write(lead);
    // What the sender did not give and the body says all the same.
    if (lead.leadId() == null) {
      tree.put("lead_id", "");
    }
    if (lead.timestamp() == null || !lead.timestamp().zoneAssumed()) {
      tree.remove("zone_assumed");
    }
    return losses.of(tree, NO_MEMBER);
  }
}
