package dev.porchlight.value;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The one published JSON form of a [Lead], used by our events, the API and the store. Names are
/// snake_case and listed here by hand: they are a promise to others and do not follow a renamed
/// field. What is absent is left out; `intent` and `test` are always there, `zone_assumed` whenever
/// `timestamp` is. Times are ISO 8601 in UTC; money is `{"amount": 450000, "currency": "USD"}`;
/// `extras` holds JSON text as strings. Reading what was written gives an equal lead.
///
/// Safe for use by many threads.
public final class LeadJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private LeadJson() {}

  /// The lead as a tree; the caller's own.
  public static ObjectNode write(Lead lead) {
    var out = JsonNodeFactory.instance.objectNode();
    text(out, "lead_id", lead.leadId());
    words(out, "external_ids", lead.externalIds());
    if (lead.timestamp() instanceof Moment(var at, var zoneAssumed)) {
      out.put("timestamp", at.toString());
      out.put("zone_assumed", zoneAssumed);
    }
    out.put("intent", lead.intent().word());
    var enquirer = out.putObject("enquirer");
    text(enquirer, "first_name", lead.enquirer().firstName());
    text(enquirer, "last_name", lead.enquirer().lastName());
    text(enquirer, "full_name", lead.enquirer().fullName());
    text(enquirer, "email", lead.enquirer().email());
    text(enquirer, "phone", lead.enquirer().phone());
    text(enquirer, "email_status", lead.enquirer().emailStatus());
    text(enquirer, "phone_status", lead.enquirer().phoneStatus());
    if (lead.interest() != null) {
      var interest = out.putObject("interest");
      interest.put("kind", kind(lead.interest()));
      property(interest.putObject("property"), lead.interest().property());
    }
    if (lead.finance() != null) {
      var finance = out.putObject("finance");
      flag(finance, "pre_approved", lead.finance().preApproved());
      money(finance, "budget_min", lead.finance().budgetMin());
      money(finance, "budget_max", lead.finance().budgetMax());
      text(finance, "financing_type", lead.finance().financingType());
      text(finance, "credit_score", lead.finance().creditScore());
      flag(finance, "veteran", lead.finance().veteran());
    }
    if (lead.scores() != null) {
      var scores = out.putObject("scores");
      flag(scores, "likely_to_transact", lead.scores().likelyToTransact());
      number(scores, "probability", lead.scores().probability());
    }
    if (lead.listingAgent() != null) {
      var agent = out.putObject("listing_agent");
      text(agent, "name", lead.listingAgent().name());
      text(agent, "email", lead.listingAgent().email());
      text(agent, "phone", lead.listingAgent().phone());
      text(agent, "mls_id", lead.listingAgent().mlsId());
      text(agent, "office", lead.listingAgent().office());
      text(agent, "broker", lead.listingAgent().broker());
    }
    if (lead.origin() != null) {
      var origin = out.putObject("origin");
      text(origin, "source", lead.origin().source());
      text(origin, "detail", lead.origin().detail());
      text(origin, "kind", lead.origin().kind());
      text(origin, "method", lead.origin().method());
      text(origin, "paid_type", lead.origin().paidType());
    }
    text(out, "message", lead.message());
    if (!lead.consents().isEmpty()) {
      var consents = out.putArray("consents");
      for (var consent : lead.consents()) {
        consents.addObject().put("kind", consent.kind()).put("token", consent.token());
      }
    }
    if (lead.recipient() != null) {
      var recipient = out.putObject("recipient");
      text(recipient, "id", lead.recipient().id());
      text(recipient, "name", lead.recipient().name());
      text(recipient, "email", lead.recipient().email());
      text(recipient, "kind", lead.recipient().kind());
    }
    words(out, "qualification", lead.qualification());
    out.put("test", lead.test());
    words(out, "extras", lead.extras());
    return out;
  }

  /// The lead as UTF-8 text, for keeping.
  public static byte[] bytes(Lead lead) {
    return MAPPER.writeValueAsString(write(lead)).getBytes(StandardCharsets.UTF_8);
  }

  /// Reads what [#bytes] wrote.
  ///
  /// @throws IllegalArgumentException when it is JSON, but not a lead
  /// @throws tools.jackson.core.JacksonException when it is not JSON
  public static Lead parse(byte[] json) {
    return read(MAPPER.readTree(json));
  }

  /// Reads what [#write] wrote; members that it does not know are passed over. A tree that was
  /// parsed from text keeps numbers exact only when parsed with `USE_BIG_DECIMAL_FOR_FLOATS`, as
  /// [#parse] does.
  ///
  /// @throws IllegalArgumentException when a member has the wrong type or form
  public static Lead read(JsonNode node) {
    var in = node;
    if (!in.isObject()) {
      throw new IllegalArgumentException("a lead is a JSON object");
    }
    return new Lead(
        text(in, "lead_id"),
        words(in, "external_ids"),
        moment(in),
        intent(in),
        in.get("enquirer") instanceof ObjectNode enquirer ? enquirer(enquirer) : Enquirer.NOBODY,
        in.get("interest") instanceof ObjectNode interest ? interest(interest) : null,
        in.get("finance") instanceof ObjectNode f
            ? new Finance(
                flag(f, "pre_approved"),
                money(f, "budget_min"),
                money(f, "budget_max"),
                text(f, "financing_type"),
                text(f, "credit_score"),
                flag(f, "veteran"))
            : null,
        in.get("scores") instanceof ObjectNode s
            ? new Scores(flag(s, "likely_to_transact"), number(s, "probability"))
            : null,
        in.get("listing_agent") instanceof ObjectNode a
            ? new Agent(
                text(a, "name"),
                text(a, "email"),
                text(a, "phone"),
                text(a, "mls_id"),
                text(a, "office"),
                text(a, "broker"))
            : null,
        in.get("origin") instanceof ObjectNode o
            ? new Origin(
                text(o, "source"),
                text(o, "detail"),
                text(o, "kind"),
                text(o, "method"),
                text(o, "paid_type"))
            : null,
        text(in, "message"),
        consents(in),
        in.get("recipient") instanceof ObjectNode r
            ? new Recipient(text(r, "id"), text(r, "name"), text(r, "email"), text(r, "kind"))
            : null,
        words(in, "qualification"),
        Boolean.TRUE.equals(flag(in, "test")),
        words(in, "extras"));
  }

  private static String kind(Interest interest) {
    return switch (interest) {
      case Interest.InListing _ -> "in_listing";
      case Interest.HomeToSell _ -> "home_to_sell";
    };
  }

  private static void property(ObjectNode out, Property property) {
    if (property.address() != null) {
      var address = out.putObject("address");
      text(address, "street", property.address().street());
      text(address, "city", property.address().city());
      text(address, "state", property.address().state());
      text(address, "postal_code", property.address().postalCode());
    }
    if (property.coordinates() != null) {
      var coordinates = out.putObject("coordinates");
      number(coordinates, "latitude", property.coordinates().latitude());
      number(coordinates, "longitude", property.coordinates().longitude());
    }
    text(out, "listing_url", property.listingUrl());
    text(out, "mls_id", property.mlsId());
    text(out, "mls_name", property.mlsName());
    text(out, "listing_status", property.listingStatus());
    money(out, "list_price", property.listPrice());
    number(out, "beds", property.beds());
    number(out, "baths", property.baths());
    number(out, "square_feet", property.squareFeet());
    number(out, "days_on_market", property.daysOnMarket());
    text(out, "property_type", property.propertyType());
    money(out, "estimated_value", property.estimatedValue());
  }

  private static Interest interest(ObjectNode in) {
    var p = in.get("property");
    if (!(p instanceof ObjectNode)) {
      throw wrong("interest.property", "an object");
    }
    var property =
        new Property(
            p.get("address") instanceof ObjectNode a
                ? new Address(
                    text(a, "street"), text(a, "city"), text(a, "state"), text(a, "postal_code"))
                : null,
            p.get("coordinates") instanceof ObjectNode c
                ? new Coordinates(number(c, "latitude"), number(c, "longitude"))
                : null,
            text(p, "listing_url"),
            text(p, "mls_id"),
            text(p, "mls_name"),
            text(p, "listing_status"),
            money(p, "list_price"),
            number(p, "beds"),
            number(p, "baths"),
            number(p, "square_feet"),
            number(p, "days_on_market"),
            text(p, "property_type"),
            money(p, "estimated_value"));
    return switch (text(in, "kind")) {
      case "in_listing" -> new Interest.InListing(property);
      case "home_to_sell" -> new Interest.HomeToSell(property);
      case null, default -> throw wrong("interest.kind", "in_listing or home_to_sell");
    };
  }

  private static Enquirer enquirer(ObjectNode in) {
    return new Enquirer(
        text(in, "first_name"),
        text(in, "last_name"),
        text(in, "full_name"),
        text(in, "email"),
        text(in, "phone"),
        text(in, "email_status"),
        text(in, "phone_status"));
  }

  private static @Nullable Moment moment(JsonNode in) {
    var at = text(in, "timestamp");
    try {
      return at == null
          ? null
          : new Moment(Instant.parse(at), Boolean.TRUE.equals(flag(in, "zone_assumed")));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("timestamp: an ISO 8601 time in UTC is expected", e);
    }
  }

  private static Intent intent(JsonNode in) {
    return switch (text(in, "intent")) {
      case "buyer" -> Intent.BUYER;
      case "seller" -> Intent.SELLER;
      case "unknown" -> Intent.UNKNOWN;
      case null -> Intent.UNKNOWN;
      default -> throw wrong("intent", "buyer, seller or unknown");
    };
  }

  private static List<ConsentToken> consents(JsonNode in) {
    var list = new ArrayList<ConsentToken>();
    var array = in.get("consents");
    if (array != null) {
      for (var consent : array) {
        var kind = text(consent, "kind");
        var token = text(consent, "token");
        if (kind == null || token == null) {
          throw wrong("consents", "a list of {kind, token}");
        }
        list.add(new ConsentToken(kind, token));
      }
    }
    return list;
  }

  private static void text(ObjectNode out, String name, @Nullable String value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  private static void flag(ObjectNode out, String name, @Nullable Boolean value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  private static void number(ObjectNode out, String name, @Nullable BigDecimal value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  private static void money(ObjectNode out, String name, @Nullable Money value) {
    if (value != null) {
      out.putObject(name).put("amount", value.amount()).put("currency", value.currency());
    }
  }

  private static void words(ObjectNode out, String name, SortedMap<String, String> words) {
    if (!words.isEmpty()) {
      var object = out.putObject(name);
      words.forEach(object::put);
    }
  }

  private static @Nullable String text(JsonNode in, String name) {
    var value = in.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw wrong(name, "a string");
    }
    return value.stringValue();
  }

  private static @Nullable Boolean flag(JsonNode in, String name) {
    var value = in.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isBoolean()) {
      throw wrong(name, "true or false");
    }
    return value.booleanValue();
  }

  private static @Nullable BigDecimal number(JsonNode in, String name) {
    var value = in.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isNumber()) {
      throw wrong(name, "a number");
    }
    return value.decimalValue();
  }

  private static @Nullable Money money(JsonNode in, String name) {
    if (!(in.get(name) instanceof ObjectNode value)) {
      return null;
    }
    var amount = number(value, "amount");
    var currency = text(value, "currency");
    if (amount == null || currency == null) {
      throw wrong(name, "amount and currency");
    }
    return new Money(amount, currency);
  }

  private static SortedMap<String, String> words(JsonNode in, String name) {
    var words = new TreeMap<String, String>();
    if (in.get(name) instanceof ObjectNode object) {
      for (var entry : object.properties()) {
        if (!entry.getValue().isString()) {
          throw wrong(name + "." + entry.getKey(), "a string");
        }
        words.put(entry.getKey(), entry.getValue().stringValue());
      }
    }
    return words;
  }

  private static IllegalArgumentException wrong(String name, String expected) {
    return new IllegalArgumentException(name + ": expected " + expected);
  }
}
