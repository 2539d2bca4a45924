package dev.porchlight.connector.seekerleads;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Members;
import dev.porchlight.connector.json.Text;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Gender;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.ListingKeys;
import dev.porchlight.value.Moment;
import dev.porchlight.value.Origin;
import dev.porchlight.value.PhoneNumber;
import dev.porchlight.value.Property;
import dev.porchlight.value.Range;
import dev.porchlight.value.Role;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a lead object tolerantly: each place where the contract is broken is a violation, what no
/// field fits is kept. One instance a body.
final class LeadReader {
  private static final BigDecimal FIRST_SECOND = new BigDecimal(Codes.START_OF_TIME);
  private static final BigDecimal LATEST_SECOND = new BigDecimal(Codes.END_OF_TIME);
  private static final BigDecimal LATEST_MILLISECOND = new BigDecimal(Codes.END_OF_TIME * 1000);

  private final Findings findings;
  private final Category category;
  private final Members root;

  private LeadReader(Findings findings, Category category, Map<String, Object> root) {
    this.findings = findings;
    this.category = category;
    this.root = new Members(root, "", "", category::declares, findings);
  }

  static Reading read(Body body) {
    var findings = new Findings();
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
    if (!root.containsKey("contactRequest") && isBareId(root)) {
      return new Reading.Unreadable(
          "The body names a lead and says nothing of it; it has to be read by its id.",
          false,
          findings.violations());
    }
    var named =
        root.get("metadata") instanceof Map<?, ?> metadata
            ? Category.named(metadata.get("category"))
            : null;
    var category = named == null ? Category.shaped(root) : named;
    var lead = new LeadReader(findings, category, root).lead(named != null);
    if (!lead.enquirer().isSomebody()
        && lead.message() == null
        && !lead.erased()
        && !isByContract(root)) {
      return new Reading.Unreadable(
          "Nothing in the body names or reaches a person, or was written by one.",
          false,
          findings.violations());
    }
    return new Reading.Facts(
        category.schema(), List.of(lead), findings.violations(), BodyJson.fingerprint(root, ""));
  }

  /// Of the person the contract asks for nothing but a message, which may be empty: a lead with an
  /// id of which no more is known is one all the same.
  private static boolean isByContract(Map<String, Object> root) {
    return root.get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("leadId") instanceof String id
        && !id.isBlank()
        && root.get("contactRequest") instanceof Map<?, ?> contact
        && contact.get("message") instanceof String;
  }

  private static boolean isBareId(Map<String, Object> root) {
    return root.containsKey("leadId")
        || (root.get("metadata") instanceof Map<?, ?> metadata && metadata.containsKey("leadId"));
  }

  private Lead lead(boolean named) {
    if (!root.has("metadata")) {
      root.note("metadata", "required", "none");
    }
    var metadata = root.object("metadata");
    var leadId = metadata.text("leadId");
    if (leadId == null) {
      metadata.note("leadId", "required", "the lead is known by an id of ours");
    }
    var processed = seconds(metadata, "processedDate");
    if (processed == null && !metadata.has("processedDate")) {
      metadata.note(
          "processedDate", "required", "the time of receipt stands in where a time is needed");
    }
    var portal = metadata.text("portal");
    if (portal != null && !Codes.isPortal(portal)) {
      metadata.note("portal", "one of the contract's codes", "taken as sent");
    }
    var deleteAfter = seconds(metadata, "ttl");
    category(metadata, named);
    var wish = wish(metadata);
    metadata.keepRest();

    if (!root.has("contactRequest")) {
      root.note("contactRequest", "required", "none");
    }
    var contact = root.object("contactRequest");
    boolean erased = isErased(contact);
    var enquirer = erased ? Enquirer.NOBODY : enquirer(contact);
    var message = erased ? null : message(contact);
    if (!erased) {
      contact.keepRest();
    }

    var interest = interest();
    root.keepRest();
    return new Lead.Builder(enquirer)
        .leadId(leadId)
        .timestamp(processed == null ? null : new Moment(processed, false))
        .intent(interest instanceof Interest.Search search ? Codes.intent(search.roles()) : wish)
        .interest(interest)
        .origin(portal == null ? null : new Origin(null, null, null, null, null, portal))
        .message(message)
        .deleteAfter(deleteAfter)
        .erased(erased)
        .extras(findings.extras())
        .build();
  }

  private void category(Members metadata, boolean named) {
    if (named) {
      metadata.pass("category");
    } else if (metadata.has("category")) {
      metadata.note(
          "category", "CLASSIFIED, AGENCY or PROPERTY_SEARCH", "told by its shape: " + category);
      metadata.keep("category");
    } else {
      metadata.note("category", "required", "told by its shape: " + category);
    }
  }

  private Intent wish(Members metadata) {
    var word = metadata.text("leadType");
    if (word == null) {
      return Intent.UNKNOWN;
    }
    var wish = Codes.wish(code(metadata, "leadType", word));
    if (wish == null) {
      metadata.refuse("leadType", "SELL, BUY, RENT, MANAGE or ASK_A_QUESTION");
      return Intent.UNKNOWN;
    }
    return wish;
  }

  /// The documented mark of an erasure: no name, no message, no number, each of them said to be
  /// null; and no address.
  private static boolean isErased(Members contact) {
    return contact.isNull("message")
        && isNothing(contact, "firstName")
        && isNothing(contact, "lastName")
        && isNothing(contact, "name")
        && isNothing(contact, "email")
        && (isNothing(contact, "phoneNumbers")
            || (contact.raw("phoneNumbers") instanceof List<?> list && list.isEmpty()));
  }

  private static boolean isNothing(Members contact, String key) {
    return !contact.has(key) || contact.isNull(key);
  }

  private @Nullable String message(Members contact) {
    if (!contact.has("message")) {
      if (root.has("contactRequest")) {
        contact.note("message", "required", "none");
      }
      return null;
    }
    if (contact.raw("message") instanceof String text && text.isBlank()) {
      contact.pass("message");
      return null;
    }
    return nullable(contact, "message");
  }

  private Enquirer enquirer(Members contact) {
    var firstName = name(contact, "firstName");
    var lastName = name(contact, "lastName");
    var fullName = nullable(contact, "name");
    var gender = gender(contact);
    var email = nullable(contact, "email");
    if (email != null && !Text.isEmail(email)) {
      contact.note("email", "an e-mail address", "kept as sent");
    }
    var language = language(contact);
    var phones = phones(contact);
    return new Enquirer(
        firstName,
        lastName,
        fullName,
        email,
        null,
        null,
        null,
        phones,
        gender,
        language,
        contact.flag("isOwner"));
  }

  private static @Nullable String name(Members contact, String key) {
    var name = nullable(contact, key);
    if (name != null && Codes.length(name) > Codes.LONGEST_NAME) {
      contact.note(key, "at most 100 characters", "kept as sent");
    }
    return name;
  }

  private static @Nullable Gender gender(Members contact) {
    var word = nullable(contact, "gender");
    if (word == null) {
      return null;
    }
    var gender = Codes.gender(code(contact, "gender", word));
    if (gender == null) {
      contact.refuse("gender", "MALE, FEMALE, OTHER or PREFER_NOT_TO_DISCLOSE");
    }
    return gender;
  }

  private static @Nullable String language(Members contact) {
    var word = nullable(contact, "language");
    if (word == null) {
      return null;
    }
    if (!Enquirer.isLanguage(word)) {
      contact.refuse("language", "a language by its two letters");
      return null;
    }
    if (!Codes.isLanguage(word)) {
      contact.note("language", "one of the contract's codes", "taken as sent");
    }
    return word;
  }

  private static List<PhoneNumber> phones(Members contact) {
    if (contact.isNull("phoneNumbers")) {
      contact.note("phoneNumbers", "an array", "null is taken as empty");
      contact.pass("phoneNumbers");
      return List.of();
    }
    var phones = new ArrayList<PhoneNumber>();
    for (var entry : contact.objects("phoneNumbers")) {
      var number = nullable(entry, "number");
      if (number == null) {
        entry.refuseWhole("an entry with a number");
        continue;
      }
      var type = nullable(entry, "type");
      var kind = type == null ? null : Codes.phone(code(entry, "type", type));
      if (type != null && kind == null) {
        entry.refuse("type", "MOBILE or LANDLINE");
      }
      phones.add(new PhoneNumber(number, kind, entry.flag("verified")));
      entry.keepRest();
    }
    return phones;
  }

  private @Nullable Interest interest() {
    return switch (category) {
      case AGENCY -> null;
      case CLASSIFIED -> {
        if (!root.has("property")) {
          root.note("property", "required", "a listing that is not named");
        }
        var property = root.object("property");
        var keys =
            new ListingKeys(
                property.text("classifiedId"),
                key(property, "offererEstateId"),
                key(property, "offererMarketingKey"),
                key(property, "projectId"),
                key(property, "projectOffererEstateId"),
                key(property, "projectOffererMarketingKey"));
        property.keepRest();
        yield new Interest.InListing(Property.of(keys));
      }
      case PROPERTY_SEARCH -> search();
    };
  }

  private static @Nullable String key(Members property, String key) {
    var text = property.text(key);
    if (text != null && Codes.length(text) > Codes.LONGEST_KEY) {
      property.note(key, "at most 512 characters", "kept as sent");
    }
    return text;
  }

  private Interest.Search search() {
    var criteria = root.object("property");
    var types = criteria.texts("estateType");
    types.forEach((at, type) -> {
      if (!Codes.isEstateType(type)) {
        findings.violation(
            criteria.pointer("estateType") + "/" + at,
            "one of the contract's words",
            "taken as sent");
      }
    });
    var rooms = range(criteria, "rooms", "numberOfRoomsMin", "numberOfRoomsMax");
    var space = range(criteria, "spaces", "spaceMin", "spaceMax");
    var budget = range(criteria, "budget", "amountMin", "amountMax");
    var geo = json(criteria, "geo");
    criteria.keepRest();

    if (!root.has("distributionType")) {
      root.note("distributionType", "required", "none");
    }
    var roles = new ArrayList<Role>();
    root.texts("distributionType")
        .forEach((at, word) -> {
          var role = Codes.role(word);
          if (role == null) {
            root.refuseItem("distributionType", at, word, "BUYER, SELLER, LANDLORD or TENANT");
          } else {
            roles.add(role);
          }
        });
    var project = root.object("project");
    var commercial = json(project, "commercial");
    var build = json(project, "build");
    project.keepRest();
    return new Interest.Search(
        List.copyOf(types.values()), rooms, space, budget, geo, roles, commercial, build);
  }

  private static Range range(Members criteria, String key, String min, String max) {
    var bounds = criteria.object(key);
    var range = new Range(bounds.number(min), bounds.number(max));
    bounds.keepRest();
    return range;
  }

  /// An object with content of its own, kept as it is.
  private static @Nullable String json(Members members, String key) {
    if (members.raw(key) instanceof Map<?, ?> object) {
      members.pass(key);
      return BodyJson.text(object);
    }
    members.object(key);
    return null;
  }

  private static @Nullable Instant seconds(Members members, String key) {
    var number = members.number(key);
    if (number == null) {
      return null;
    }
    if (number.stripTrailingZeros().scale() > 0
        || number.compareTo(FIRST_SECOND) < 0
        || number.compareTo(LATEST_MILLISECOND) >= 0) {
      members.refuse(key, "a time in Unix seconds");
      return null;
    }
    if (number.compareTo(LATEST_SECOND) >= 0) {
      members.note(key, "a time in Unix seconds", "read as milliseconds");
      return Instant.ofEpochMilli(number.longValueExact());
    }
    return Instant.ofEpochSecond(number.longValueExact());
  }

  /// A member that may be null without breaking the contract.
  private static @Nullable String nullable(Members members, String key) {
    if (members.isNull(key)) {
      members.pass(key);
      return null;
    }
    return members.text(key);
  }

  /// A word of one of the contract's lists, in the contract's capitals.
  private static String code(Members members, String key, String word) {
    var code = word.toUpperCase(Locale.ROOT);
    if (!code.equals(word)) {
      members.note(key, "a word in capitals", "read as " + code);
    }
    return code;
  }
}
