package dev.porchlight.connector.realtor;

import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Members;
import dev.porchlight.value.Agent;
import dev.porchlight.value.ConsentToken;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Finance;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Origin;
import dev.porchlight.value.Property;
import dev.porchlight.value.Recipient;
import dev.porchlight.value.Scores;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the envelope that the portal itself was seen to send: one top-level member `Lead`. Its
/// blocks stand beside `lead_info` or, in older bodies, inside it; where both are there, the one
/// beside counts and the other is kept as an extra. No contract describes it, so only what cannot
/// be used is a violation.
final class NativeReader {
  private final Findings findings;
  private final Members root;
  private final Members envelope;
  private final Members info;

  NativeReader(Map<String, Object> root, Findings findings) {
    this.findings = findings;
    this.root = new Members(root, "", "", null, findings);
    this.envelope = this.root.object("Lead");
    this.info = envelope.object("lead_info");
  }

  Lead lead() {
    root.pass(LeadReader.SIGNATURE);
    var consumer = block("lead_consumer_info");
    var home = block("lead_property_info");
    var listing = block("listing_customer_info");
    var customer = block("rdc_customer_info");
    var form = block("lead_form_info");

    var externalIds = new TreeMap<String, String>();
    var qualification = new TreeMap<String, String>();
    var leadId = info.text("lead_guid");
    if (leadId == null) {
      info.note("lead_guid", "an id of the lead", "the lead is known by an id of ours");
    }
    put(externalIds, info, "inquiry_guid");
    put(externalIds, info, "communication_guid");
    put(externalIds, info, "partner_customer_id");
    put(externalIds, home, "rdc_property_id");
    put(externalIds, home, "rdc_listing_id");
    put(externalIds, form, "external_lead_id");

    var time = info.text("lead_date_time");
    if (time == null) {
      info.note("lead_date_time", "a time", "the time of receipt stands in where a time is needed");
    }
    var timestamp = time == null ? null : LeadReader.moment(info, "lead_date_time", time);

    var enquirer =
        new Enquirer(
            consumer.text("first_name"),
            consumer.text("last_name"),
            consumer.text("full_name"),
            LeadReader.email(consumer, "email"),
            consumer.text("phone"),
            consumer.text("email_verification_status"),
            consumer.text("phone_verification_status"));
    var message = consumer.text("message");
    var intent = intent(consumer);
    var likely = consumer.flag("is_likely_to_transact");
    var probability = LeadReader.probability(consumer, "probability_to_transact");
    var creditScore = consumer.text("credit_score");
    var veteran = consumer.flag("is_veteran");
    // A plain yes or no here: whether they spoke of financing at all.
    put(qualification, consumer, "finance_info");
    put(qualification, consumer, "move_in_date");
    put(qualification, consumer, "timeframe");
    put(qualification, form, "form_name");
    put(qualification, form, "page_name");
    put(qualification, form, "tour_type");
    var consent = consumer.text("jornaya_tcpa_id");

    var property = property(home);
    var agent = agent(listing);
    var recipient =
        new Recipient(
            customer.text("recipient_customer_id"),
            customer.text("recipient_customer_name"),
            customer.text("recipient_customer_email"),
            customer.text("recipient_customer_type"));
    var origin =
        new Origin(
            info.text("lead_source"),
            info.text("lead_sub_source"),
            info.text("lead_type"),
            info.text("lead_method"),
            info.text("paid_type"));
    var address = property == null ? null : property.address();
    boolean test =
        Boolean.TRUE.equals(info.flag("test"))
            || "test".equalsIgnoreCase(origin.paidType())
            || TestLeads.markedNative(enquirer, address);

    for (var members : List.of(consumer, home, listing, customer, form, info, envelope, root)) {
      members.keepRest();
    }
    return new Lead.Builder(enquirer)
        .leadId(leadId)
        .externalIds(externalIds)
        .timestamp(timestamp)
        .intent(intent)
        .interest(LeadReader.interest(intent, property))
        .finance(
            creditScore == null && veteran == null
                ? null
                : new Finance(null, null, null, null, creditScore, veteran))
        .scores(likely == null && probability == null ? null : new Scores(likely, probability))
        .listingAgent(agent)
        .origin(origin.equals(new Origin(null, null, null, null, null)) ? null : origin)
        .message(message)
        .consents(consent == null ? List.of() : List.of(new ConsentToken("jornaya_tcpa", consent)))
        .recipient(recipient.equals(new Recipient(null, null, null, null)) ? null : recipient)
        .qualification(qualification)
        .test(test)
        .extras(findings.extras())
        .build();
  }

  /// A block from beside `lead_info`, or else from inside it.
  private Members block(String name) {
    var beside = envelope.object(name);
    if (!beside.isEmpty()) {
      info.keep(name);
      return beside;
    }
    return info.object(name);
  }

  private static Intent intent(Members consumer) {
    var role = consumer.text("role");
    return switch (role == null ? "" : role.toLowerCase(Locale.ROOT)) {
      case "buyer" -> Intent.BUYER;
      case "seller" -> Intent.SELLER;
      case "" -> Intent.UNKNOWN;
      default -> {
        consumer.refuse("role", "buyer or seller");
        yield Intent.UNKNOWN;
      }
    };
  }

  private static @Nullable Property property(Members p) {
    // The first that says something; the other, where there is one, stays an extra.
    var status = p.text("listing_status");
    if (status == null) {
      status = p.text("property_status");
    }
    return LeadReader.orNothing(
        new Property(
            LeadReader.address(
                p.text("property_street_address"),
                p.text("property_city"),
                p.text("property_state_code"),
                p.zip("property_zip")),
            LeadReader.coordinates(p, "property_latitude", "property_longitude"),
            p.text("rdc_property_url"),
            p.text("mls_id"),
            p.text("mls_name"),
            status,
            p.dollars("property_price"),
            p.number("property_beds"),
            p.number("property_baths"),
            null,
            p.number("days_on_market"),
            p.text("property_type"),
            null));
  }

  private static @Nullable Agent agent(Members a) {
    var agent =
        new Agent(
            a.text("listing_agent_name"),
            LeadReader.email(a, "listing_agent_email"),
            a.text("listing_agent_phone"),
            a.text("listing_agent_mls_id"),
            a.text("listing_office_name"),
            a.text("listing_broker_name"));
    return agent.equals(new Agent(null, null, null, null, null, null)) ? null : agent;
  }

  private static void put(Map<String, String> words, Members members, String key) {
    // These are words of ours for a lead: true and 7 are words here, and no fault.
    var word = members.word(key);
    if (word != null) {
      words.put(key, word);
    }
  }
}
