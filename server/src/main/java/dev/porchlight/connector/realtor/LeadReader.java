package dev.porchlight.connector.realtor;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Members;
import dev.porchlight.connector.json.Text;
import dev.porchlight.connector.json.Times;
import dev.porchlight.value.Address;
import dev.porchlight.value.Agent;
import dev.porchlight.value.Coordinates;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Finance;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Moment;
import dev.porchlight.value.Origin;
import dev.porchlight.value.Property;
import dev.porchlight.value.Scores;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the bodies of both contracts: whatever names or reaches a person becomes a lead, and each
/// place where the contract is broken a violation. One instance a body.
final class LeadReader {
  static final String SIGNATURE = "digital_signature";

  private static final List<String> ENHANCED_KEYS =
      List.of(
          "role",
          "listing_agent",
          "finance_info",
          "is_likely_to_transact",
          "probability_to_transact",
          SIGNATURE);

  private final Findings findings;
  private final Shape shape;
  private final Members root;

  private LeadReader(Findings findings, Shape shape, Map<String, Object> root) {
    this.findings = findings;
    this.shape = shape;
    this.root = new Members(root, "", "", shape::declares, findings);
  }

  /// Reads a body that came under the contract with that channel.
  static Reading read(Body body, boolean connectionsPlus, String channel) {
    var findings = new Findings();
    if (!body.channel().isEmpty() && !body.channel().equals(channel)) {
      findings.violation(
          "",
          "a body of this source's contract comes to its channel /" + channel,
          "it came to /" + body.channel() + " and is read by the source's contract");
    }
    Map<String, Object> root;
    try {
      if (!(BodyJson.parse(body, findings) instanceof Map<?, ?> object)) {
        return new Reading.Unreadable(
            "The body is not a JSON object.", false, findings.violations());
      }
      @SuppressWarnings("unchecked") // BodyJson makes no others
      var members = (Map<String, Object>) object;
      root = members;
    } catch (BodyJson.Unfit e) {
      return new Reading.Unreadable(e.reason(), e.isTooDeep(), findings.violations());
    }
    String message;
    Lead lead;
    if (root.get("Lead") instanceof Map<?, ?>) {
      message = "Native";
      lead = new NativeReader(root, findings).lead();
    } else {
      var shape = connectionsPlus ? connectionsPlus(root) : leadDelivery(root);
      message = shape.message();
      lead = new LeadReader(findings, shape, root).lead();
    }
    if (!lead.enquirer().isSomebody()) {
      return new Reading.Unreadable(
          "Nothing in the body names or reaches a person.", false, findings.violations());
    }
    return new Reading.Facts(
        message, List.of(lead), findings.violations(), BodyJson.fingerprint(root, SIGNATURE));
  }

  private static Shape connectionsPlus(Map<String, Object> root) {
    return switch (intent(root.get("role"))) {
      case BUYER -> Shape.BUYER;
      case SELLER -> Shape.SELLER;
      case RENT, MANAGE, QUESTION, UNKNOWN -> Shape.UNCLEAR;
    };
  }

  private static Shape leadDelivery(Map<String, Object> root) {
    if (ENHANCED_KEYS.stream().anyMatch(root::containsKey)) {
      return Shape.ENHANCED;
    }
    return root.get("property") instanceof Map<?, ?> property
            && property.keySet().stream().anyMatch(key -> Shape.isEnhancedOnly("property." + key))
        ? Shape.ENHANCED
        : Shape.STANDARD;
  }

  private static Intent intent(@Nullable Object role) {
    return role instanceof String word
        ? switch (word.strip().toLowerCase(Locale.ROOT)) {
          case "buyer" -> Intent.BUYER;
          case "seller" -> Intent.SELLER;
          default -> Intent.UNKNOWN;
        }
        : Intent.UNKNOWN;
  }

  private Lead lead() {
    var intent = role();
    var enquirer = enquirer();
    var leadId = root.text("lead_id");
    if (leadId == null) {
      root.note("lead_id", "required", "the lead is known by an id of ours");
    }
    var timestamp = timestamp();
    var property = root.object("property");
    var agent = agent(property);
    var home = property(property);
    var finance = finance(root.object("finance_info"));
    var likely = root.flag("is_likely_to_transact");
    var probability = probability(root, "probability_to_transact");
    var source = root.text("source");
    var message = root.text("message");
    root.pass(SIGNATURE);
    property.keepRest();
    root.keepRest();
    var address = home == null ? null : home.address();
    return new Lead.Builder(enquirer)
        .leadId(leadId)
        .timestamp(timestamp)
        .intent(intent)
        .interest(interest(intent, home))
        .finance(finance)
        .scores(likely == null && probability == null ? null : new Scores(likely, probability))
        .listingAgent(agent)
        .origin(source == null ? null : new Origin(source, null, null, null, null))
        .message(message)
        .test(TestLeads.marked(enquirer, address))
        .extras(findings.extras())
        .build();
  }

  private Intent role() {
    var word = root.text("role");
    if (word == null) {
      if (shape == Shape.UNCLEAR) {
        root.note("role", "required", "the intent is left unknown");
      }
      return Intent.UNKNOWN;
    }
    var intent = intent(word);
    if (intent == Intent.UNKNOWN) {
      root.refuse("role", "buyer or seller");
    } else if (!intent.word().equals(word)) {
      root.note("role", "buyer or seller, in small letters", "read as " + intent.word());
    }
    return intent;
  }

  private Enquirer enquirer() {
    if (!root.has("contact")) {
      root.note("contact", "required", "none");
    }
    var contact = root.object("contact");
    var firstName = contact.text("first_name");
    var lastName = contact.text("last_name");
    var email = email(contact, "email");
    var phone = contact.text("phone");
    if (email == null && root.has("contact")) {
      contact.note(
          "email",
          "required",
          phone != null
              ? "read with its phone"
              : firstName != null || lastName != null
                  ? "read by its name"
                  : "nothing names the person");
    }
    contact.keepRest();
    return new Enquirer(firstName, lastName, null, email, phone, null, null);
  }

  private @Nullable Moment timestamp() {
    var text = root.text("timestamp");
    if (text == null) {
      root.note("timestamp", "required", "the time of receipt stands in where a time is needed");
      return null;
    }
    return moment(root, "timestamp", text);
  }

  static @Nullable Moment moment(Members members, String key, String text) {
    var time = Times.parse(text);
    if (time == null) {
      members.refuse(key, "an ISO 8601 date and time");
      return null;
    }
    if (time.moment().zoneAssumed()) {
      members.note(key, "an ISO 8601 date and time with its zone", "UTC is assumed");
    } else if (!time.byContract()) {
      members.note(key, "an ISO 8601 date and time as RFC 3339 writes it", "understood");
    }
    return time.moment();
  }

  static @Nullable String email(Members members, String key) {
    var email = members.text(key);
    if (email != null && !Text.isEmail(email)) {
      members.note(key, "an e-mail address", "kept as sent");
    }
    return email;
  }

  static @Nullable BigDecimal probability(Members members, String key) {
    var probability = members.number(key);
    if (probability != null
        && (probability.signum() < 0 || probability.compareTo(BigDecimal.ONE) > 0)) {
      members.refuse(key, "from 0 to 1");
      return null;
    }
    return probability;
  }

  /// The listing agent from the place that this contract names, or from the other contract's. Where
  /// both name one, the one beside the property counts.
  private @Nullable Agent agent(Members property) {
    if (shape == Shape.SELLER) {
      return null;
    }
    var beside = agentAt(root, "");
    if (beside != null) {
      if (property.has("listing_agent")) {
        property.note(
            "listing_agent",
            "one listing agent",
            "the one beside the property is taken, this kept as an extra");
        property.keep("listing_agent");
      }
      return beside;
    }
    return agentAt(property, "property.");
  }

  private @Nullable Agent agentAt(Members where, String path) {
    if (!where.has("listing_agent")) {
      return null;
    }
    if (!shape.declares(path + "listing_agent")) {
      // The other contract's place: read as that contract would, unless there is nothing in it.
      var foreign = where.foreign("listing_agent");
      if (foreign == null) {
        return null;
      }
      var agent = agentIn(foreign);
      if (agent != null) {
        where.pass("listing_agent");
        where.note(
            "listing_agent",
            path.isEmpty()
                ? "the listing agent stands in property"
                : "the listing agent stands beside property",
            "taken from here");
        foreign.keepRest();
      }
      return agent;
    }
    var members = where.object("listing_agent");
    var agent = agentIn(members);
    members.keepRest();
    return agent;
  }

  private static @Nullable Agent agentIn(Members members) {
    var name = members.text("name");
    var email = email(members, "email");
    var phone = members.text("phone");
    return name == null && email == null && phone == null
        ? null
        : new Agent(name, email, phone, null, null, null);
  }

  private static @Nullable Property property(Members p) {
    var url = p.text("listing_url");
    if (url != null && !Text.isUri(url)) {
      p.note("listing_url", "an absolute URI", "kept as sent");
    }
    return orNothing(
        new Property(
            address(p.text("address"), p.text("city"), p.text("state"), p.zip("zip_code")),
            coordinates(p, "latitude", "longitude"),
            url,
            p.text("mls_id"),
            p.text("mls_name"),
            p.text("listing_status"),
            p.dollars("list_price"),
            p.integer("beds"),
            p.integer("baths"),
            p.integer("sqft"),
            p.integer("active_days_on_market"),
            p.text("property_type"),
            p.dollars("estimated_value")));
  }

  static @Nullable Property orNothing(Property property) {
    return property.equals(Property.UNSTATED) ? null : property;
  }

  static @Nullable Address address(
      @Nullable String street,
      @Nullable String city,
      @Nullable String state,
      @Nullable String postalCode) {
    return street == null && city == null && state == null && postalCode == null
        ? null
        : new Address(street, city, state, postalCode);
  }

  static @Nullable Coordinates coordinates(Members p, String latitudeKey, String longitudeKey) {
    var latitude = p.number(latitudeKey);
    var longitude = p.number(longitudeKey);
    if (latitude != null
        && longitude != null
        && latitude.signum() == 0
        && longitude.signum() == 0) {
      p.wink(latitudeKey, "coordinates of the property", "0/0 is taken as absent");
      return null;
    }
    return latitude == null && longitude == null ? null : new Coordinates(latitude, longitude);
  }

  static @Nullable Interest interest(Intent intent, @Nullable Property property) {
    if (property == null) {
      return null;
    }
    return intent == Intent.SELLER
        ? new Interest.HomeToSell(property)
        : new Interest.InListing(property);
  }

  private static @Nullable Finance finance(Members f) {
    var preApproved = f.flag("pre_approved");
    var budgetMin = f.dollars("budget_min");
    var budgetMax = f.dollars("budget_max");
    var type = f.text("financing_type");
    f.keepRest();
    return preApproved == null && budgetMin == null && budgetMax == null && type == null
        ? null
        : new Finance(preApproved, budgetMin, budgetMax, type, null, null);
  }
}
