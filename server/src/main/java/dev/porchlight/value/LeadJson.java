package dev.porchlight.value;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The one published JSON form of a [Lead], used by our events, the API and the store. Names are
/// snake_case and listed here by hand: they are a promise to others and do not follow a renamed
/// field. What is absent is left out; `intent` and `test` are always there, `zone_assumed` whenever
/// `timestamp` is, `erased` only when true. Times are ISO 8601 in UTC; money is `{"amount": 450000,
/// "currency": "USD"}`; `extras` holds JSON text as strings. Reading what was written gives an
/// equal lead.
///
/// Safe for use by many threads.
public final class LeadJson {
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
    if (!lead.enquirer().phones().isEmpty()) {
      var phones = enquirer.putArray("phones");
      for (var phone : lead.enquirer().phones()) {
        var one = phones.addObject().put("number", phone.number());
        text(one, "kind", phone.kind() == null ? null : phone.kind().word());
        flag(one, "verified", phone.verified());
      }
    }
    text(
        enquirer,
        "gender",
        lead.enquirer().gender() == null ? null : lead.enquirer().gender().word());
    text(enquirer, "language", lead.enquirer().language());
    flag(enquirer, "is_owner", lead.enquirer().isOwner());
    switch (lead.interest()) {
      case null -> {}
      case Interest.InListing(var property) ->
          property(
              out.putObject("interest").put("kind", "in_listing").putObject("property"), property);
      case Interest.HomeToSell(var property) ->
          property(
              out.putObject("interest").put("kind", "home_to_sell").putObject("property"),
              property);
      case Interest.Search search ->
          search(out.putObject("interest").put("kind", "search"), search);
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
      text(origin, "portal", lead.origin().portal());
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
    text(out, "delete_after", lead.deleteAfter() == null ? null : lead.deleteAfter().toString());
    if (lead.erased()) {
      out.put("erased", true);
    }
    words(out, "extras", lead.extras());
    return out;
  }

  /// The lead as UTF-8 text, for keeping.
  public static byte[] bytes(Lead lead) {
    return Json.write(write(lead)).getBytes(StandardCharsets.UTF_8);
  }

  /// Reads what [#bytes] wrote.
  ///
  /// @throws IllegalArgumentException when it is JSON, but not a lead
  /// @throws tools.jackson.core.JacksonException when it is not JSON
  public static Lead parse(byte[] json) {
    return read(Json.mapper().readTree(json));
  }

  /// What is kept of a lead; nothing where that can't be read, by a defect of ours or of the disk.
  /// For whoever shows or sends many, of which the others must not suffer.
  public static Optional<Lead> find(String kept) {
    try {
      return Optional.of(parse(kept.getBytes(StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException | JacksonException _) {
      return Optional.empty();
    }
  }

  /// Reads what [#write] wrote; members that it does not know are passed over. A tree that was
  /// parsed from text keeps numbers exact only when parsed with `USE_BIG_DECIMAL_FOR_FLOATS`, as
  /// [#parse] and [Json] do.
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
                text(o, "paid_type"),
                text(o, "portal"))
            : null,
        text(in, "message"),
        consents(in),
        in.get("recipient") instanceof ObjectNode r
            ? new Recipient(text(r, "id"), text(r, "name"), text(r, "email"), text(r, "kind"))
            : null,
        words(in, "qualification"),
        Boolean.TRUE.equals(flag(in, "test")),
        instant(in, "delete_after"),
        Boolean.TRUE.equals(flag(in, "erased")),
        words(in, "extras"));
  }

  private static void search(ObjectNode out, Interest.Search search) {
    list(out, "estate_types", search.estateTypes());
    range(out, "rooms", search.rooms());
    range(out, "space", search.space());
    range(out, "budget", search.budget());
    text(out, "geo", search.geo());
    list(out, "roles", search.roles().stream().map(Role::word).toList());
    text(out, "commercial_project", search.commercialProject());
    text(out, "build_project", search.buildProject());
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
    var keys = property.keys();
    if (keys != null) {
      var to = out.putObject("keys");
      text(to, "classified_id", keys.classifiedId());
      text(to, "estate_id", keys.estateId());
      text(to, "marketing_key", keys.marketingKey());
      text(to, "project_id", keys.projectId());
      text(to, "project_estate_id", keys.projectEstateId());
      text(to, "project_marketing_key", keys.projectMarketingKey());
    }
  }

  private static Interest interest(ObjectNode in) {
    return switch (text(in, "kind")) {
      case "in_listing" -> new Interest.InListing(property(in));
      case "home_to_sell" -> new Interest.HomeToSell(property(in));
      case "search" ->
          new Interest.Search(
              list(in, "estate_types"),
              range(in, "rooms"),
              range(in, "space"),
              range(in, "budget"),
              text(in, "geo"),
              list(in, "roles").stream().map(LeadJson::role).toList(),
              text(in, "commercial_project"),
              text(in, "build_project"));
      case null, default -> throw wrong("interest.kind", "in_listing, home_to_sell or search");
    };
  }

  private static Property property(ObjectNode in) {
    var p = in.get("property");
    if (!(p instanceof ObjectNode)) {
      throw wrong("interest.property", "an object");
    }
    return new Property(
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
        money(p, "estimated_value"),
        p.get("keys") instanceof ObjectNode k
            ? new ListingKeys(
                text(k, "classified_id"),
                text(k, "estate_id"),
                text(k, "marketing_key"),
                text(k, "project_id"),
                text(k, "project_estate_id"),
                text(k, "project_marketing_key"))
            : null);
  }

  private static Enquirer enquirer(ObjectNode in) {
    var gender = text(in, "gender");
    var language = text(in, "language");
    if (language != null && !Enquirer.isLanguage(language)) {
      throw wrong("enquirer.language", "two letters");
    }
    return new Enquirer(
        text(in, "first_name"),
        text(in, "last_name"),
        text(in, "full_name"),
        text(in, "email"),
        text(in, "phone"),
        text(in, "email_status"),
        text(in, "phone_status"),
        phones(in),
        gender == null
            ? null
            : known(Gender.of(gender), "enquirer.gender", "female, male, other or undisclosed"),
        language,
        flag(in, "is_owner"));
  }

  private static List<PhoneNumber> phones(ObjectNode in) {
    var list = new ArrayList<PhoneNumber>();
    var array = in.get("phones");
    if (array != null) {
      for (var phone : array) {
        var number = text(phone, "number");
        if (number == null) {
          throw wrong("enquirer.phones", "a list of {number, kind, verified}");
        }
        var kind = text(phone, "kind");
        list.add(
            new PhoneNumber(
                number,
                kind == null
                    ? null
                    : known(
                        PhoneNumber.Kind.of(kind), "enquirer.phones.kind", "mobile or landline"),
                flag(phone, "verified")));
      }
    }
    return list;
  }

  private static Role role(String word) {
    return known(Role.of(word), "interest.roles", "buyer, seller, landlord or tenant");
  }

  private static <T> T known(@Nullable T value, String name, String expected) {
    if (value == null) {
      throw wrong(name, expected);
    }
    return value;
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

  private static @Nullable Instant instant(JsonNode in, String name) {
    var at = text(in, name);
    try {
      return at == null ? null : Instant.parse(at);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(name + ": an ISO 8601 time in UTC is expected", e);
    }
  }

  private static Intent intent(JsonNode in) {
    var word = text(in, "intent");
    return word == null
        ? Intent.UNKNOWN
        : known(Intent.of(word), "intent", "buyer, seller, rent, manage, question or unknown");
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

  private static void list(ObjectNode out, String name, List<String> texts) {
    if (!texts.isEmpty()) {
      var array = out.putArray(name);
      texts.forEach(array::add);
    }
  }

  private static List<String> list(JsonNode in, String name) {
    var list = new ArrayList<String>();
    var array = in.get(name);
    if (array != null) {
      for (var item : array) {
        if (!item.isString()) {
          throw wrong(name, "a list of strings");
        }
        list.add(item.stringValue());
      }
    }
    return list;
  }

  private static void range(ObjectNode out, String name, Range range) {
    if (!range.isOpen()) {
      var to = out.putObject(name);
      number(to, "min", range.min());
      number(to, "max", range.max());
    }
  }

  private static Range range(JsonNode in, String name) {
    return in.get(name) instanceof ObjectNode range
        ? new Range(number(range, "min"), number(range, "max"))
        : Range.OPEN;
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
