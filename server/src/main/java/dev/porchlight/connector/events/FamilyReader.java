package dev.porchlight.connector.events;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.json.BodyJson;
import dev.porchlight.connector.json.BodyJson.Null;
import dev.porchlight.connector.json.BodyJson.Num;
import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Members;
import dev.porchlight.connector.json.Text;
import dev.porchlight.connector.json.Times;
import dev.porchlight.value.Address;
import dev.porchlight.value.Agent;
import dev.porchlight.value.Coordinates;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Moment;
import dev.porchlight.value.Money;
import dev.porchlight.value.Origin;
import dev.porchlight.value.Property;
import dev.porchlight.value.Recipient;
import dev.porchlight.value.Saying;
import dev.porchlight.value.Saying.Change;
import dev.porchlight.value.Saying.Step;
import dev.porchlight.value.Topic;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads what events say of people: leads, contacts, what visitors of websites do, consents,
/// service areas. Tolerantly: the topic decides, and what breaks the contract's table is noted.
final class FamilyReader {
  /// What a website's act is called in the leads that it makes.
  static final Map<String, String> ACTS =
      Map.of(
          "askquestion", "AskAction",
          "listinginquiry", "ListingInquiryAction",
          "requestshowing", "RequestShowingAction",
          "requestappointment", "RequestAppointmentAction",
          "register", "RegisterAction",
          "listingoffer", "ListingOffer");

  private static final Map<String, Step> STEPS =
      Map.of(
          "add", Step.ADD,
          "assign", Step.ASSIGN,
          "accept", Step.ACCEPT,
          "reject", Step.REJECT,
          "retract", Step.RETRACT,
          "update", Step.UPDATE);
  private static final Map<String, Change> CHANGES =
      Map.of(
          "add", Change.ADD,
          "create", Change.ADD,
          "update", Change.UPDATE,
          "delete", Change.DELETE);

  private static final int LONGEST_NAME = 300;
  private static final int LONGEST_DETAIL = 300;
  private static final int LONGEST_PHONE = 50;
  private static final int LONGEST_TAG = 100;
  private static final int LONGEST_KEY = 150;
  private static final int LONGEST_TEXT = 10_000;
  private static final int LONGEST_SEARCH_NAME = 75;
  private static final int LONGEST_DESCRIPTION = 1000;
  private static final int MOST = 50;
  private static final int MOST_NAMES = 10;

  private final Topic topic;
  private final Findings findings;
  private final Members data;

  private FamilyReader(Topic topic, Map<String, Object> data, Findings findings) {
    this.topic = topic;
    this.findings = findings;
    this.data = members(data, "/data", findings);
  }

  private static Members members(Map<String, Object> map, String pointer, Findings findings) {
    return new Members(map, pointer, "", _ -> true, findings);
  }

  private String group() {
    return topic.group();
  }

  private String action() {
    return Objects.requireNonNullElse(topic.action(), "");
  }

  /// Whether events of that topic tell of a lead.
  static boolean isLead(Topic topic) {
    var action = Objects.requireNonNullElse(topic.action(), "");
    return topic.group().equals("realestate/lead") && STEPS.containsKey(action)
        || topic.group().equals("realestate/website") && ACTS.containsKey(action);
  }

  /// A body as a lead.
  static Reading lead(Body body) {
    var findings = new Findings();
    Map<String, Object> root;
    try {
      if (!(BodyJson.parse(body.bytes(), findings) instanceof Map<?, ?> object)) {
        return unreadable("The body is not a JSON object.", findings);
      }
      root = typed(object);
    } catch (BodyJson.Unfit e) {
      return new Reading.Unreadable(e.reason(), e.isTooDeep(), findings.violations());
    }
    var topic = root.get("topic") instanceof String text ? Topic.parse(text.strip()) : null;
    if (topic == null || topic.isEmpty()) {
      return unreadable("The event has no topic.", findings);
    }
    if (!isLead(topic.get())) {
      return unreadable(
          "Events of the topic " + topic.get().text() + " tell of no lead.", findings);
    }
    if (!(root.get("data") instanceof Map<?, ?> data)) {
      return unreadable("The event has no `data`, which is an object.", findings);
    }
    var lead = new FamilyReader(topic.get(), typed(data), findings).lead(root);
    if (!lead.enquirer().isSomebody() && lead.message() == null) {
      return unreadable(
          "Nothing in the event names or reaches a person, or was written by one, and no lead of"
              + " that name is known.",
          findings);
    }
    return new Reading.Facts(
        topic.get().text(),
        List.of(lead),
        findings.violations(),
        // What makes the event another copy of itself stands around the data.
        BodyJson.fingerprint(typed(data), ""));
  }

  private static Reading unreadable(String reason, Findings findings) {
    return new Reading.Unreadable(reason, false, findings.violations());
  }

  @SuppressWarnings("unchecked") // BodyJson makes no others
  private static Map<String, Object> typed(Map<?, ?> object) {
    return (Map<String, Object>) object;
  }

  /// What an event says of people; null when it is about something else, or its data says nothing.
  static @Nullable Saying read(Topic topic, Map<String, Object> root, Findings findings) {
    if (!(root.get("data") instanceof Map<?, ?> data)) {
      return null;
    }
    return new FamilyReader(topic, typed(data), findings).saying(root);
  }

  private @Nullable Saying saying(Map<String, Object> root) {
    return switch (group()) {
      case "realestate/lead" -> step(root);
      case "realestate/contact" -> contact();
      case "realestate/website" -> act(root);
      case "realestate/marketingpreferences" -> consent();
      case "realestate/servicearea" -> area();
      default -> null;
    };
  }

  // ------------------------------------------------------------------------------------ leads

  private @Nullable Saying step(Map<String, Object> root) {
    var step = STEPS.get(action());
    if (step == null) {
      return null;
    }
    if (!(data.raw("object") instanceof Map<?, ?>)) {
      data.note("object", "the object of a lead event is the lead", "read without it");
    }
    var lead = lead(root);
    var names = new LinkedHashSet<String>();
    if (data.raw("object") instanceof Map<?, ?> object) {
      names.addAll(names(typed(object)));
    }
    return new Saying.OfLead(
        step,
        List.copyOf(names),
        lead.enquirer().isSomebody() || lead.message() != null,
        party(data.raw("agent")),
        party(data.raw("recipient")),
        party(data.raw("participant")),
        cut(plain(data.raw("reason"))),
        cut(plain(data.raw("comment"))));
  }

  private Lead lead(Map<String, Object> root) {
    return group().equals("realestate/lead") ? ofLead() : ofAct(root);
  }

  private Lead ofLead() {
    var object = data.object("object");
    data.pass("type");
    object.pass("type");
    var ids = identifiers(object);
    var person = object.object("object");
    var enquirer = enquirer(person);
    person.keepRest();
    var sent = time(object, "dateSent");
    var more = object.object("additionalProperty");
    var intent = intent(more.text("intent"));
    var test = more.flag("test");
    more.keepRest();
    var sources = object.objects("leadSource");
    var source = sources.isEmpty() ? null : sources.getFirst();
    String message = null;
    Interest interest = null;
    Agent listingAgent = null;
    Origin origin = null;
    if (source != null) {
      message = question(source);
      var about = source.object("about");
      if (!about.isEmpty()) {
        listingAgent = agent(about);
        interest = interest(property(about), intent);
        about.keepRest();
      }
      origin = origin(source, source.text("type"));
      source.keepRest();
      for (int i = 1; i < sources.size(); i++) {
        sources.get(i).refuseWhole("one source of a lead is read");
      }
    }
    var recipient = object.raw("recipient") instanceof String uri && !uri.isBlank() ? uri : null;
    if (recipient != null) {
      object.pass("recipient");
    }
    object.keepRest();
    data.keepRest();
    return build(
            enquirer,
            ids,
            sent,
            intent,
            interest,
            listingAgent,
            origin,
            message,
            recipient(recipient))
        .test(Boolean.TRUE.equals(test))
        .build();
  }

  private static @Nullable Recipient recipient(@Nullable String uri) {
    return uri == null ? null : new Recipient(uri.strip(), null, null, null);
  }

  private Lead.Builder build(
      Enquirer enquirer,
      Map<String, String> ids,
      @Nullable Moment sent,
      Intent intent,
      @Nullable Interest interest,
      @Nullable Agent listingAgent,
      @Nullable Origin origin,
      @Nullable String message,
      @Nullable Recipient recipient) {
    var others = new TreeMap<>(ids);
    String id = null;
    if (!ids.isEmpty()) {
      var first = ids.keySet().iterator().next();
      id = first + ":" + ids.get(first);
      others.remove(first);
    }
    return new Lead.Builder(enquirer)
        .leadId(id)
        .externalIds(others)
        .timestamp(sent)
        .intent(intent)
        .interest(interest)
        .listingAgent(listingAgent)
        .origin(origin)
        .message(message)
        .recipient(recipient)
        .extras(findings.extras());
  }

  /// What a visitor of a website did, as a lead.
  private Lead ofAct(Map<String, Object> root) {
    var visitor = visitor();
    var more = new Members(Map.of(), "", "", _ -> true, findings);
    for (var name : List.of("additionalProperty", "additionalProperties")) {
      if (visitor.raw(name) instanceof Map<?, ?>) {
        more = visitor.object(name);
      }
    }
    var enquirer = enquirer(visitor);
    var qualification = new TreeMap<String, String>();
    put(qualification, "working_with_agent", more.word("workingWithAgent"));
    put(qualification, "preferred_contact_method", more.word("redPreferredContactMethod"));
    put(qualification, "preferred_time", more.word("redPreferredTime"));
    enquirer = speaking(enquirer, more);
    more.keepRest();
    visitor.keepRest();
    var message = question(data);
    if (message == null) {
      message = data.text("description");
    }
    Interest interest = null;
    Agent listingAgent = null;
    for (var name : List.of("about", "propertyListing")) {
      if (interest == null && data.raw(name) instanceof Map<?, ?>) {
        var about = data.object(name);
        listingAgent = agent(about);
        interest = interest(property(about), Intent.UNKNOWN);
        about.keepRest();
      }
    }
    if (data.raw("offerPrice") instanceof Map<?, ?>) {
      var offer = data.object("offerPrice");
      offer.pass("type");
      var amount = offer.number("price");
      var currency = offer.text("priceCurrency");
      if (amount != null) {
        put(
            qualification,
            "offer_price",
            amount.toPlainString() + (currency == null ? "" : " " + currency));
      }
      offer.keepRest();
    }
    var origin = origin(data, ACTS.get(action()));
    data.pass("type");
    var ids = new LinkedHashMap<String, String>();
    var own = plain(data.raw("identifier"));
    if (own == null) {
      own = plain(root.get("identifier"));
    } else {
      data.pass("identifier");
    }
    var recipient = owner();
    var sent = root.get("time") instanceof String text ? Times.parse(text.strip()) : null;
    data.keepRest();
    return build(
            enquirer,
            ids,
            sent == null ? null : sent.moment(),
            switch (action()) {
              case "askquestion" -> Intent.QUESTION;
              case "listingoffer" -> Intent.BUYER;
              default -> Intent.UNKNOWN;
            },
            interest,
            listingAgent,
            origin,
            message,
            recipient)
        .leadId(own)
        .qualification(qualification)
        .build();
  }

  private @Nullable Recipient owner() {
    for (var name : List.of("leadOwner", "leadowner")) {
      if (data.raw(name) instanceof Map<?, ?>) {
        var owner = data.object(name);
        var id = owner.text("id");
        var called = owner.text("name");
        var kind = owner.text("type");
        owner.keepRest();
        if (id != null || called != null) {
          return new Recipient(id, called, null, kind);
        }
      }
    }
    return null;
  }

  private static void put(TreeMap<String, String> to, String name, @Nullable String value) {
    if (value != null) {
      to.put(name, value);
    }
  }

  /// The consumer of a website's event; what is null there is absent.
  private Members visitor() {
    if (!(data.raw("agent") instanceof Map<?, ?> agent)) {
      if (data.raw("agent") != null) {
        data.refuse("agent", "the agent of a website's event is the visitor");
      }
      data.pass("agent");
      return members(Map.of(), "/data/agent", findings);
    }
    data.pass("agent");
    var said = new LinkedHashMap<String, Object>();
    typed(agent)
        .forEach((name, value) -> {
          if (value != Null.NULL) {
            said.put(name, value);
          }
        });
    return members(said, "/data/agent", findings);
  }

  private static Enquirer speaking(Enquirer e, Members more) {
    var language = more.text("preferredLanguage");
    if (language == null) {
      return e;
    }
    var code =
        language.length() > 2 && language.charAt(2) == '-' ? language.substring(0, 2) : language;
    if (!Enquirer.isLanguage(code)) {
      more.refuse("preferredLanguage", "a language code of two letters");
      return e;
    }
    return new Enquirer(
        e.firstName(),
        e.lastName(),
        e.fullName(),
        e.email(),
        e.phone(),
        e.emailStatus(),
        e.phoneStatus(),
        e.phones(),
        e.gender(),
        code,
        e.isOwner());
  }

  private static Enquirer enquirer(Members person) {
    person.pass("type");
    var email = person.text("email");
    if (email != null && !Text.isEmail(email)) {
      person.note("email", "an e-mail address", "taken as sent");
    }
    var phone = person.text("telephone");
    var points = new ArrayList<Members>();
    if (person.raw("contactPoint") instanceof Map<?, ?>) {
      points.add(person.object("contactPoint"));
    } else if (person.raw("contactPoint") instanceof List<?>) {
      points.addAll(person.objects("contactPoint"));
    }
    for (var point : points) {
      if (email == null) {
        email = point.text("email");
      }
      if (phone == null) {
        phone = point.text("telephone");
      }
      point.pass("type");
      point.pass("name");
      point.pass("kind");
      point.keepRest();
    }
    return new Enquirer(
        person.text("givenName"),
        person.text("familyName"),
        person.text("name"),
        email,
        phone,
        null,
        null);
  }

  /// The text of the question that is an action's object.
  private static @Nullable String question(Members action) {
    if (!(action.raw("object") instanceof Map<?, ?>)) {
      var text = action.raw("object") instanceof String ? action.text("object") : null;
      return text;
    }
    var question = action.object("object");
    question.pass("type");
    // What people write often ends in a line break; that is no fault.
    String text = null;
    if (question.raw("text") instanceof String words) {
      question.pass("text");
      text = words.isBlank() ? null : words.strip();
    }
    question.keepRest();
    return text;
  }

  private static @Nullable Origin origin(Members action, @Nullable String kind) {
    String source = null;
    String detail = null;
    if (action.raw("instrument") instanceof Map<?, ?>) {
      var instrument = action.object("instrument");
      source = instrument.text("name");
      detail = instrument.text("url");
      instrument.pass("type");
      instrument.keepRest();
    }
    return source == null && detail == null && kind == null
        ? null
        : new Origin(source, detail, kind, null, null);
  }

  private static Interest interest(Property property, Intent intent) {
    return intent == Intent.SELLER
        ? new Interest.HomeToSell(property)
        : new Interest.InListing(property);
  }

  private Intent intent(@Nullable String word) {
    var intent = word == null ? null : Intent.of(word);
    if (word != null && intent == null) {
      findings.violation(
          "/data/object/additionalProperty/intent", "a word that this release knows", "left out");
    }
    return intent == null ? Intent.UNKNOWN : intent;
  }

  private static @Nullable Agent agent(Members about) {
    String name = null;
    String email = null;
    String phone = null;
    String number = null;
    String office = null;
    if (about.raw("listingAgent") instanceof Map<?, ?>) {
      var agent = about.object("listingAgent");
      agent.pass("type");
      name = agent.text("name");
      email = agent.text("email");
      phone = agent.text("telephone");
      if (agent.raw("identifier") instanceof Map<?, ?>) {
        var ids = agent.object("identifier");
        number = ids.text("mlsAgentId");
        ids.keepRest();
      }
      agent.keepRest();
    }
    if (about.raw("listingOffice") instanceof Map<?, ?>) {
      var of = about.object("listingOffice");
      of.pass("type");
      office = of.text("name");
      of.keepRest();
    }
    var agent = new Agent(name, email, phone, number, office, null);
    return agent.equals(new Agent(null, null, null, null, null, null)) ? null : agent;
  }

  /// A listing as consumers' events refer to it.
  private static Property property(Members about) {
    about.pass("type");
    var address =
        new Address(
            about.text("streetAddress"),
            about.text("addressLocality"),
            about.text("addressRegion"),
            about.text("postalCode"));
    var latitude = about.number("latitude");
    var longitude = about.number("longitude");
    var system = about.text("originatingSystemName");
    var number = about.text("originatingSystemKey");
    if (number == null) {
      number = about.text("listingId");
      // As the contract's own listings are called: the system, and the number there.
      int plus = number == null ? -1 : number.indexOf('+');
      if (number != null
          && plus > 0
          && plus < number.length() - 1
          && (system == null || system.equals(number.substring(0, plus)))) {
        system = number.substring(0, plus);
        number = number.substring(plus + 1);
      }
    } else if (number.equals(plain(about.raw("listingId")))) {
      about.pass("listingId");
    }
    return new Property(
        address.equals(new Address(null, null, null, null)) ? null : address,
        latitude == null && longitude == null ? null : new Coordinates(latitude, longitude),
        about.text("url"),
        number,
        system,
        about.text("listingStatus"),
        price(about),
        count(about, "numberOfBedrooms"),
        count(about, "numberOfBathrooms"),
        area(about),
        about.number("daysOnMarket"),
        about.text("propertyType"),
        null);
  }

  /// A number that the contract writes as text.
  private static @Nullable BigDecimal count(Members about, String member) {
    if (!(about.raw(member) instanceof String text) || text.isBlank()) {
      return about.raw(member) instanceof Num ? about.number(member) : null;
    }
    about.pass(member);
    var number = BodyJson.number(text.strip());
    if (number == null) {
      about.refuse(member, "a number");
    }
    return number;
  }

  private static @Nullable Money price(Members about) {
    if (!(about.raw("listingPrice") instanceof Map<?, ?>)) {
      if (about.raw("listingPrice") != null) {
        about.refuse("listingPrice", "a price with its currency");
        about.pass("listingPrice");
      }
      return null;
    }
    var price = about.object("listingPrice");
    price.pass("type");
    var currency = price.text("priceCurrency");
    if (currency == null || !currency.matches("[A-Z]{3}")) {
      price.keepRest();
      return null;
    }
    var amount = price.number("price");
    price.keepRest();
    return amount == null ? null : new Money(amount, currency);
  }

  private static @Nullable BigDecimal area(Members about) {
    if (!(about.raw("livingArea") instanceof Map<?, ?> area)) {
      return null;
    }
    var unit = area.get("unitCode");
    if (!"FTK".equals(unit) && !"SqFt".equals(unit)) {
      return null;
    }
    var living = about.object("livingArea");
    living.pass("type");
    living.pass("unitCode");
    living.pass("unitText");
    var value = living.number("value");
    living.keepRest();
    return value;
  }

  private static @Nullable Moment time(Members object, String name) {
    var text = object.text(name);
    if (text == null) {
      return null;
    }
    var time = Times.parse(text);
    if (time == null) {
      object.refuse(name, "a time is RFC 3339 text");
      return null;
    }
    if (!time.byContract()) {
      object.note(
          name,
          "a time is RFC 3339 text with a zone",
          time.moment().zoneAssumed() ? "read as UTC" : "read as " + time.moment().at());
    }
    return time.moment();
  }

  // ------------------------------------------------------------------------------------ names

  /// The keys that the systems give which made a thing.
  private static LinkedHashMap<String, String> identifiers(Members object) {
    var ids = new LinkedHashMap<String, String>();
    if (object.raw("identifier") instanceof Map<?, ?> map) {
      object.pass("identifier");
      if (map.isEmpty()) {
        object.note("identifier", "one key, named after the system that gave it", "read as none");
      }
      map.forEach((name, value) -> {
        var text = plain(value);
        var key = String.valueOf(name);
        if (text != null
            && text.length() <= LONGEST_KEY
            && !key.isBlank()
            && key.length() <= 60
            && ids.size() < MOST_NAMES) {
          ids.put(key, text);
        } else {
          object.note(
              "identifier",
              "keys are short texts, named after the systems that gave them",
              "left out");
        }
      });
    } else if (object.raw("identifier") != null && !object.isNull("identifier")) {
      object.refuse("identifier", "one key, named after the system that gave it");
      object.pass("identifier");
    }
    return ids;
  }

  /// All names that a thing goes by: its own keys first, then those that others have for it.
  private List<String> names(Map<String, Object> object) {
    var names = new LinkedHashSet<String>();
    identifiers(members(object, "", new Findings())).forEach((k, v) -> names.add(k + ":" + v));
    switch (object.get("sameAs")) {
      case Map<?, ?> map ->
          map.forEach((k, v) -> {
            var text = plain(v);
            if (text != null && text.length() <= LONGEST_KEY && names.size() < MOST_NAMES) {
              names.add(k + ":" + text);
            }
          });
      case String text when text.indexOf(':') > 0 && text.length() <= 2 * LONGEST_KEY ->
          names.add(text.strip());
      case null, default -> {}
    }
    return List.copyOf(names);
  }

  private static @Nullable String plain(@Nullable Object value) {
    return switch (value) {
      case String text when !text.isBlank() -> text.strip();
      case Num number -> {
        var exact = number.value();
        yield exact == null ? number.text() : exact.stripTrailingZeros().toPlainString();
      }
      case null, default -> null;
    };
  }

  /// The party that a text or an object names.
  private static @Nullable String party(@Nullable Object value) {
    return switch (value) {
      case String text when !text.isBlank() -> text.strip();
      case Map<?, ?> object ->
          plain(object.get("id") == null ? object.get("@id") : object.get("id"));
      case null, default -> null;
    };
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null || text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
  }

  // --------------------------------------------------------------------------------- contacts

  private @Nullable Saying contact() {
    var change = CHANGES.get(action());
    if (change == null || action().equals("create")) {
      return null;
    }
    if (!(data.raw("object") instanceof Map<?, ?> object)) {
      data.note("object", "the object of a contact's event is the contact", "carried unread");
      return null;
    }
    var contact = data.object("object");
    var emails = new ArrayList<String>();
    var phones = new ArrayList<String>();
    email(emails, contact, "email");
    phone(phones, contact, "telephone");
    if (contact.raw("contactPoint") instanceof List<?>) {
      for (var point : contact.objects("contactPoint")) {
        email(emails, point, "email");
        phone(phones, point, "telephone");
      }
    }
    var details = new TreeMap<String, String>();
    detail(details, "middle_name", contact, "additionalName");
    detail(details, "salutation", contact, "honorificPrefix");
    detail(details, "fax_phone_number", contact, "faxNumber");
    detail(details, "organization", contact, "worksFor");
    detail(details, "birthday", contact, "birthDate");
    if (contact.raw("jobTitle") instanceof List<?>) {
      contact.texts("jobTitle").values().stream()
          .findFirst()
          .filter(t -> isLine(t, LONGEST_DETAIL))
          .ifPresent(t -> details.put("position", t));
    } else {
      detail(details, "position", contact, "jobTitle");
    }
    if (contact.raw("address") instanceof List<?>) {
      var places = contact.objects("address");
      if (!places.isEmpty()) {
        var home = places.getFirst();
        detail(details, "home_street_address", home, "streetAddress");
        detail(details, "home_locality", home, "addressLocality");
        detail(details, "home_region", home, "addressRegion");
        detail(details, "home_postal_code", home, "postalCode");
      }
    }
    var tags = new LinkedHashSet<String>();
    if (contact.raw("keywords") instanceof List<?>) {
      contact.texts("keywords").values().forEach(t -> tag(tags, contact, "keywords", t));
    }
    if (contact.raw("contactGroup") instanceof List<?>) {
      contact
          .objects("contactGroup")
          .forEach(g -> {
            var name = g.text("name");
            if (name != null) {
              tag(tags, g, "name", name);
            }
          });
    }
    var names = names(typed(object));
    if (names.isEmpty() && change != Change.ADD) {
      contact.note(
          "identifier",
          "a contact is known by its identifier or sameAs",
          change == Change.DELETE ? "nobody is deleted" : "sought by its address");
    }
    return new Saying.OfContact(
        change,
        names,
        new Enquirer(
            name(contact, "givenName"),
            name(contact, "familyName"),
            name(contact, "name"),
            emails.isEmpty() ? null : emails.getFirst(),
            phones.isEmpty() ? null : phones.getFirst(),
            null,
            null),
        emails,
        phones,
        List.copyOf(tags),
        details,
        contact.raw("leadOwner") == null ? null : party(contact.raw("leadOwner")));
  }

  private static void tag(Set<String> to, Members from, String member, String text) {
    if (to.size() >= MOST || !isLine(text, LONGEST_TAG)) {
      from.note(member, "at most " + MOST + " short words", "left out");
    } else if (to.stream().noneMatch(text::equalsIgnoreCase)) {
      to.add(text);
    }
  }

  private static boolean isLine(String text, int longest) {
    return !text.isBlank()
        && text.codePointCount(0, text.length()) <= longest
        && text.chars().noneMatch(Character::isISOControl);
  }

  private static @Nullable String name(Members from, String member) {
    var text = from.text(member);
    if (text != null && !isLine(text, LONGEST_NAME)) {
      from.note(
          member, "a name has at most " + LONGEST_NAME + " characters in one line", "left out");
      return null;
    }
    return text;
  }

  private static void email(List<String> to, Members from, String member) {
    var text = from.text(member);
    if (text == null) {
      return;
    }
    if (!Text.isEmail(text) || to.size() >= MOST) {
      from.note(member, "an e-mail address", "left out");
    } else if (to.stream().noneMatch(text::equalsIgnoreCase)) {
      to.add(text);
    }
  }

  private static void phone(List<String> to, Members from, String member) {
    var text = from.text(member);
    if (text == null) {
      return;
    }
    if (!isLine(text, LONGEST_PHONE) || to.size() >= MOST) {
      from.note(member, "a phone number has at most " + LONGEST_PHONE + " characters", "left out");
    } else if (to.stream().noneMatch(text::equalsIgnoreCase)) {
      to.add(text);
    }
  }

  private static void detail(TreeMap<String, String> to, String word, Members from, String member) {
    var text = from.text(member);
    if (text == null) {
      return;
    }
    if (isLine(text, LONGEST_DETAIL)) {
      to.put(word, text);
    } else {
      from.note(member, "a short text in one line", "left out");
    }
  }

  // --------------------------------------------------------------------- visitors of websites

  private @Nullable Saying act(Map<String, Object> root) {
    if (ACTS.containsKey(action())) {
      var lead = lead(root);
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
    return switch (action()) {
      case "saveproperty" -> {
        var about = data.object("object");
        var listing = property(about);
        if (listing.mlsId() == null && listing.listingUrl() == null) {
          about.note("", "a listing that is named", "carried, but not saved");
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
    var visitor = enquirer(visitor());
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
      search.note("", "something that a filter can ask", "carried, but not saved");
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
    if (text != null && isLine(text, 200)) {
      to.add(field + " Eq " + quoted(text));
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

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
            .map(FamilyReader::quoted)
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
            .map(FamilyReader::quoted)
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

  // --------------------------------------------------------------------- consent, service areas

  private @Nullable Saying consent() {
    boolean given = action().toLowerCase(Locale.ROOT).equals("subscribe");
    if (!given && !action().toLowerCase(Locale.ROOT).equals("unsubscribe")) {
      return null;
    }
    var consumer = visitor();
    var said = time(consumer, "subscriptionChangeDateTime");
    if (said == null && data.raw("endTime") instanceof String) {
      said = time(data, "endTime");
    }
    var who = enquirer(consumer);
    var names =
        data.raw("agent") instanceof Map<?, ?> agent ? names(typed(agent)) : List.<String>of();
    if (who.email() == null && who.phone() == null) {
      findings.violation(
          "/data/agent",
          "the consumer is told by e-mail or telephone",
          names.isEmpty() ? "nobody's consent is changed" : "sought by their identifier");
    }
    var providers = new LinkedHashSet<String>();
    var participants =
        data.raw("participant") instanceof List<?> list
            ? list
            : data.raw("participant") instanceof Map<?, ?> one ? List.of(one) : List.of();
    for (var one : participants) {
      var party = party(one);
      if (party != null && providers.size() < MOST) {
        providers.add(party);
      }
    }
    return new Saying.OfConsent(
        who, names, given, List.copyOf(providers), said == null ? null : said.at());
  }

  private @Nullable Saying area() {
    var change = CHANGES.get(action());
    if (change == null || action().equals("add")) {
      return null;
    }
    var area = data.object("object");
    var names = new LinkedHashSet<String>();
    if (data.raw("object") instanceof Map<?, ?> object) {
      names.addAll(names(typed(object)));
    }
    if (names.isEmpty() && data.raw("identifier") instanceof Map<?, ?> map) {
      var text = new LinkedHashMap<String, Object>();
      text.put("identifier", map);
      names.addAll(names(text));
    }
    if (names.isEmpty()) {
      area.note("identifier", "a service area is known by its identifier", "carried unread");
      return null;
    }
    var kind = area.text("kind");
    if (kind != null && !kind.equals("City") && !kind.equals("PostalCode")) {
      area.note("kind", "City or PostalCode", "taken as sent");
    }
    var more = area.object("additionalProperty");
    var raw = data.raw("object");
    return new Saying.OfServiceArea(
        change,
        List.copyOf(names),
        kind,
        area.text("addressLocality"),
        area.text("addressRegion"),
        area.text("addressCountry"),
        area.text("postalCode"),
        party(area.raw("provider")),
        whole(more, "weight"),
        whole(more, "sortOrder"),
        more.flag("sentToConsumerSite"),
        raw == null ? "{}" : BodyJson.text(raw));
  }

  private static @Nullable Integer whole(Members from, String member) {
    var number = from.integer(member);
    if (number == null) {
      return null;
    }
    if (number.signum() < 0 || number.compareTo(BigDecimal.valueOf(1_000_000)) > 0) {
      from.note(member, "a number from 0 to 1,000,000", "left out");
      return null;
    }
    return number.intValue();
  }
}
