package dev.porchlight.connector.events;

import dev.porchlight.connector.json.Findings;
import dev.porchlight.connector.json.Members;
import dev.porchlight.connector.json.Times;
import dev.porchlight.value.Agent;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Moment;
import dev.porchlight.value.Origin;
import dev.porchlight.value.Recipient;
import dev.porchlight.value.Saying;
import dev.porchlight.value.Saying.Step;
import dev.porchlight.value.Topic;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads leads out of events that tell of them, and out of what visitors of websites do.
final class LeadReader {
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

  private static final int LONGEST_TEXT = 10_000;

  private final EventData event;
  private final Members data;
  private final Findings findings;

  LeadReader(EventData event) {
    this.event = event;
    data = event.data();
    findings = event.findings();
  }

  /// Whether events of that topic tell of a lead.
  static boolean isLead(Topic topic) {
    var action = Objects.requireNonNullElse(topic.action(), "");
    return topic.group().equals("realestate/lead") && STEPS.containsKey(action)
        || topic.group().equals("realestate/website") && ACTS.containsKey(action);
  }

  /// A step of a lead; null when it is about something else.
  @Nullable Saying readStep() {
    var step = STEPS.get(event.action());
    if (step == null) {
      return null;
    }
    if (!(data.raw("object") instanceof Map<?, ?>)) {
      data.note("object", "the object of a lead event is the lead", "read without it");
    }
    var lead = lead();
    var names = new LinkedHashSet<String>();
    if (data.raw("object") instanceof Map<?, ?> object) {
      names.addAll(Names.names(EventData.typed(object)));
    }
    return new Saying.OfLead(
        step,
        List.copyOf(names),
        lead.enquirer().isSomebody() || lead.message() != null,
        Names.party(data.raw("agent")),
        Names.party(data, "recipient", findings),
        Names.party(data, "participant", findings),
        cut(Names.plain(data.raw("reason"))),
        cut(Names.plain(data.raw("comment"))));
  }

  /// The lead that the event tells of.
  Lead lead() {
    return event.group().equals("realestate/lead") ? ofLead() : ofAct();
  }

  private Lead ofLead() {
    var object = data.object("object");
    data.pass("type");
    object.pass("type");
    var ids = Names.identifiers(object);
    var person = object.object("object");
    var enquirer = ContactReader.enquirer(person);
    person.keepRest();
    var sent = EventData.time(object, "dateSent");
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
        listingAgent = ListingReference.agent(about);
        interest = ListingReference.interest(ListingReference.property(about), intent);
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
  private Lead ofAct() {
    var visitor = event.visitor();
    var more = new Members(Map.of(), "", "", _ -> true, findings);
    for (var name : List.of("additionalProperty", "additionalProperties")) {
      if (visitor.raw(name) instanceof Map<?, ?>) {
        more = visitor.object(name);
      }
    }
    var enquirer = ContactReader.enquirer(visitor);
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
        listingAgent = ListingReference.agent(about);
        interest = ListingReference.interest(ListingReference.property(about), Intent.UNKNOWN);
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
    var origin = origin(data, ACTS.get(event.action()));
    data.pass("type");
    var ids = new LinkedHashMap<String, String>();
    var own = Names.plain(data.raw("identifier"));
    if (own == null) {
      own = Names.plain(event.root().get("identifier"));
    } else {
      data.pass("identifier");
    }
    var recipient = owner();
    var sent = event.root().get("time") instanceof String text ? Times.parse(text.strip()) : null;
    data.keepRest();
    return build(
            enquirer,
            ids,
            sent == null ? null : sent.moment(),
            switch (event.action()) {
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

  private Intent intent(@Nullable String word) {
    var intent = word == null ? null : Intent.of(word);
    if (word != null && intent == null) {
      findings.violation(
          "/data/object/additionalProperty/intent", "a word that this release knows", "left out");
    }
    return intent == null ? Intent.UNKNOWN : intent;
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null || text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
  }
}
