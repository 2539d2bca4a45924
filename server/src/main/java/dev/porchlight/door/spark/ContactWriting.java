package dev.porchlight.door.spark;

import dev.porchlight.door.spark.ContactAttributes.Attribute;
import dev.porchlight.door.spark.ContactAttributes.Writable;
import dev.porchlight.person.Card;
import dev.porchlight.person.Contact;
import dev.porchlight.person.ContactDetail;
import dev.porchlight.person.ContactEdit;
import dev.porchlight.person.Identity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the attributes of a contact that somebody writes. All that is wrong with them is named at
/// once; attributes that nobody described are kept aside.
final class ContactWriting {
  /// Who writes, and what.
  enum Kind {
    CREATE,
    UPDATE,
    BY_THE_CONSUMER
  }

  /// What was written.
  ///
  /// @param announced whether the current user is to be told
  /// @param unconnected whether the contact is to stay what it can't become again
  record Written(ContactEdit edit, boolean announced, boolean unconnected) {}

  private static final int MOST_EMAILS = 49;
  private static final int MOST_TAGS = 50;
  private static final int MOST_ASIDE = 100;
  private static final int LARGEST_ASIDE = 64 * 1024;

  /// Nothing of what goes around an address (`<a@b.org>`, `mailto:`), and a domain of labels.
  private static final Pattern EMAIL =
      Pattern.compile(
          "(?:\"[^\"\\\\]++\"|[^\"<>()\\[\\]:\\\\@]++)"
              + "@(?!-)[^\"<>()\\[\\]:\\\\@.]++(?<!-)(?:\\.(?!-)[^\"<>()\\[\\]:\\\\@.]++(?<!-))++");

  private static final Map<String, ContactDetail> DETAILS =
      Arrays.stream(ContactDetail.values())
          .collect(Collectors.toUnmodifiableMap(ContactDetail::attribute, Function.identity()));

  private record Problem(SparkFault fault, String attribute, String message) {}

  private final Kind kind;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> typed = new TreeSet<>();
  private final Map<String, String> details = new TreeMap<>();
  private final Map<String, String> aside = new TreeMap<>();
  private @Nullable String displayName;
  private @Nullable String givenName;
  private @Nullable String familyName;
  private @Nullable String primaryEmail;
  private @Nullable String primaryPhone;
  private @Nullable String note;
  private List<String> secondaryEmails = List.of();
  private List<String> notificationEmails = List.of();
  private List<String> tags = List.of();
  private boolean reverseProspecting;
  private boolean announced;
  private boolean unconnected;
  private int asideSize;

  private ContactWriting(Kind kind) {
    this.kind = kind;
  }

  /// Reads what `D` holds: the attributes themselves, or a list `Contacts` with one contact.
  ///
  /// @throws SparkException 1050 when something required is missing, 1053 for all else, with each
  ///   attribute in `Errors`
  static Written read(ObjectNode d, Kind kind) {
    var writing = new ContactWriting(kind);
    var contact = contact(d);
    if (contact.isEmpty() && kind != Kind.CREATE) {
      throw new SparkException(SparkFault.MISSING, "Nothing is to be changed.");
    }
    if (contact != d && d.has(ContactAttributes.NOTIFY)) {
      writing.attribute(ContactAttributes.NOTIFY, d.get(ContactAttributes.NOTIFY));
    }
    contact.properties().forEach(p -> writing.attribute(p.getKey(), p.getValue()));
    return writing.written();
  }

  /// The one contact in a body.
  static ObjectNode contact(ObjectNode d) {
    return switch (d.get("Contacts")) {
      case null -> d;
      case ObjectNode one -> one;
      case ArrayNode list -> {
        if (list.isEmpty()) {
          throw new SparkException(SparkFault.MISSING, "`Contacts` holds no contact.");
        }
        if (list.size() > 1) {
          throw new SparkException(
              SparkFault.INVALID, "`Contacts` holds more than one contact; send one at a time.");
        }
        if (!(list.get(0) instanceof ObjectNode one)) {
          throw new SparkException(SparkFault.INVALID, "A contact is a JSON object.");
        }
        yield one;
      }
      default -> throw new SparkException(SparkFault.INVALID, "`Contacts` is a list.");
    };
  }

  private Written written() {
    if (kind == Kind.CREATE) {
      for (var attribute : ContactAttributes.list()) {
        boolean said =
            attribute.name().equals(ContactAttributes.DISPLAY_NAME)
                ? displayName != null
                : primaryEmail != null;
        if (attribute.required()
            && !said
            && problems.stream().noneMatch(p -> p.attribute().equals(attribute.name()))) {
          missing(attribute.name());
        }
      }
      if (!Set.copyOf(folded(secondaryEmails)).containsAll(folded(notificationEmails))) {
        wrong(ContactAttributes.NOTIFICATION_EMAILS, "names one that is not in SecondaryEmails");
      }
    }
    if (!problems.isEmpty()) {
      throw refusal();
    }
    if (kind == Kind.BY_THE_CONSUMER) {
      typed.add(Card.UNPROVEN);
    }
    var card =
        new Card(
            primaryEmail,
            secondaryEmails,
            notificationEmails,
            primaryPhone,
            details,
            note,
            reverseProspecting,
            aside,
            List.of());
    return new Written(
        new ContactEdit(
            typed, displayName, givenName, familyName, List.of(), List.of(), tags, null, card),
        announced,
        unconnected);
  }

  /// Whether so much can be kept aside of one contact.
  static boolean fitsAside(Map<String, String> aside) {
    return aside.size() <= MOST_ASIDE
        && aside.entrySet().stream()
                .mapToInt(e -> e.getKey().length() + e.getValue().length())
                .sum()
            <= LARGEST_ASIDE;
  }

  static List<String> folded(List<String> emails) {
    return emails.stream().map(e -> e.toLowerCase(java.util.Locale.ROOT)).toList();
  }

  private SparkException refusal() {
    var first =
        problems.stream()
            .filter(p -> p.fault() == SparkFault.MISSING)
            .findFirst()
            .orElse(problems.getFirst());
    var refusal = new SparkException(first.fault(), first.message());
    for (var problem : problems) {
      refusal =
          refusal.with(
              "Errors", SparkException.invalidAttribute(problem.attribute(), problem.message()));
    }
    return refusal;
  }

  private void missing(String attribute) {
    problems.add(
        new Problem(SparkFault.MISSING, attribute, attribute + " is required and missing."));
  }

  private void wrong(String attribute, String why) {
    problems.add(new Problem(SparkFault.INVALID, attribute, attribute + " " + why + "."));
  }

  private void attribute(String name, JsonNode value) {
    var known = ContactAttributes.find(name);
    if (known.isEmpty()) {
      keep(name, value);
      return;
    }
    var attribute = known.get();
    boolean allowed =
        switch (attribute.writable()) {
          case ALL -> true;
          case NOT_CONSUMERS -> kind != Kind.BY_THE_CONSUMER;
          case ON_POST -> kind == Kind.CREATE;
          case NO -> false;
        };
    if (!allowed || attribute.form() == ContactAttributes.Form.OWNER) {
      wrong(
          name,
          attribute.form() == ContactAttributes.Form.OWNER && kind == Kind.UPDATE
              ? "is written alone, to transfer the contact"
              : attribute.writable() == Writable.NO ? "can only be read" : "can't be written here");
      return;
    }
    switch (attribute.form()) {
      case TEXT, LINES -> text(attribute, value);
      case EMAIL -> email(attribute, value);
      case EMAILS -> emails(attribute, value);
      case TAGS -> tags(attribute, value);
      case STATUS -> status(attribute, value);
      case SETTINGS -> settings(attribute, value);
      case FLAG -> announced |= flag(attribute.name(), value);
      case OWNER -> throw new IllegalStateException("refused above");
    }
  }

  private void keep(String name, JsonNode value) {
    var text = value.toString();
    asideSize += name.length() + text.length();
    if (aside.size() >= MOST_ASIDE || asideSize > LARGEST_ASIDE || name.length() > 200) {
      if (problems.stream().noneMatch(p -> p.message().endsWith("can be kept aside."))) {
        wrong(name, "is unknown, and no more of that can be kept aside");
      }
      return;
    }
    typed.add(Card.ASIDE);
    aside.put(name, text);
  }

  /// A text without what no text has; null when it clears the attribute or is wrong.
  private @Nullable String checked(Attribute attribute, JsonNode value) {
    if (value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      wrong(attribute.name(), "is a string");
      return null;
    }
    var text = value.stringValue();
    if (text.codePointCount(0, text.length()) > attribute.max()) {
      wrong(attribute.name(), "has at most " + attribute.max() + " characters");
      return null;
    }
    boolean lines = attribute.form() == ContactAttributes.Form.LINES;
    if (!isPlain(text, lines)) {
      wrong(attribute.name(), "has a control character or half a character in it");
      return null;
    }
    return text.isBlank() ? null : lines ? text : text.strip();
  }

  static boolean isPlain(String text, boolean lines) {
    return text.codePoints()
        .noneMatch(c ->
            Character.isISOControl(c) && !(lines && (c == '\n' || c == '\r' || c == '\t'))
                || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private void text(Attribute attribute, JsonNode value) {
    int before = problems.size();
    var text = checked(attribute, value);
    if (problems.size() > before) {
      return;
    }
    switch (attribute.name()) {
      case ContactAttributes.DISPLAY_NAME -> {
        if (text == null) {
          missing(attribute.name());
          return;
        }
        displayName = text;
        typed.add("display_name");
      }
      case ContactAttributes.GIVEN_NAME -> {
        givenName = text;
        typed.add("given_name");
      }
      case ContactAttributes.FAMILY_NAME -> {
        familyName = text;
        typed.add("family_name");
      }
      case ContactAttributes.PRIMARY_PHONE -> {
        primaryPhone = text;
        typed.add(Card.PRIMARY_PHONE);
      }
      case ContactAttributes.NOTE -> {
        note = text;
        typed.add(Card.NOTE);
      }
      default -> {
        var detail = DETAILS.get(attribute.name());
        if (detail == null) {
          throw new IllegalStateException("nothing holds " + attribute.name());
        }
        typed.add(detail.word());
        if (text != null) {
          details.put(detail.word(), text);
        }
      }
    }
  }

  /// Whether somebody may have typed that as an address. Leads are taken with less.
  private static boolean isEmail(String text) {
    return Identity.isEmail(text) && EMAIL.matcher(text).matches();
  }

  private void email(Attribute attribute, JsonNode value) {
    int before = problems.size();
    var text = checked(attribute, value);
    if (problems.size() > before) {
      return;
    }
    if (text == null) {
      missing(attribute.name());
    } else if (!isEmail(text)) {
      wrong(attribute.name(), "is no e-mail address");
    } else {
      primaryEmail = text;
      typed.add(Card.PRIMARY_EMAIL);
    }
  }

  /// The texts of a list, none twice; the first spelling stays.
  private List<String> texts(Attribute attribute, JsonNode value, int most) {
    if (value.isNull()) {
      return List.of();
    }
    if (!(value instanceof ArrayNode list)) {
      wrong(attribute.name(), "is a list of strings");
      return List.of();
    }
    if (list.size() > most) {
      wrong(attribute.name(), "has at most " + most + " entries");
      return List.of();
    }
    var texts = new ArrayList<String>();
    var seen = new TreeSet<String>();
    for (var element : list) {
      int before = problems.size();
      var text = element.isNull() ? "" : checked(attribute, element);
      if (problems.size() > before) {
        return List.of();
      }
      if (text == null || text.isEmpty()) {
        wrong(attribute.name(), "has an empty entry");
        return List.of();
      }
      if (seen.add(dev.porchlight.filter.Folding.fold(text))) {
        texts.add(text);
      }
    }
    return texts;
  }

  private void emails(Attribute attribute, JsonNode value) {
    int before = problems.size();
    var emails = texts(attribute, value, MOST_EMAILS);
    if (problems.size() > before) {
      return;
    }
    if (!emails.stream().allMatch(ContactWriting::isEmail)) {
      wrong(attribute.name(), "has an entry that is no e-mail address");
    } else if (attribute.name().equals(ContactAttributes.SECONDARY_EMAILS)) {
      secondaryEmails = emails;
      typed.add(Card.SECONDARY_EMAILS);
    } else {
      notificationEmails = emails;
      typed.add(Card.NOTIFICATION_EMAILS);
    }
  }

  private void tags(Attribute attribute, JsonNode value) {
    int before = problems.size();
    var all = texts(attribute, value, MOST_TAGS);
    if (problems.size() == before) {
      tags = all;
      typed.add("tags");
    }
  }

  private void status(Attribute attribute, JsonNode value) {
    var word = value.isString() ? value.stringValue() : "";
    switch (word) {
      case Contact.CONNECTED -> typed.add(Card.CONNECTED);
      case Contact.UNCONNECTED -> {
        if (kind == Kind.CREATE) {
          wrong(attribute.name(), "of a contact that somebody makes is Connected");
        } else {
          unconnected = true;
        }
      }
      default -> wrong(attribute.name(), "is Connected or Unconnected");
    }
  }

  private void settings(Attribute attribute, JsonNode value) {
    if (value.isNull()) {
      // As with any other attribute: back to what it is by default.
      reverseProspecting = false;
      typed.add(Card.REVERSE_PROSPECTING);
      return;
    }
    if (!(value instanceof ObjectNode settings)) {
      wrong(attribute.name(), "is an object");
      return;
    }
    var flag = settings.get("ReverseProspecting");
    if (flag != null) {
      reverseProspecting = flag(attribute.name() + ".ReverseProspecting", flag);
      typed.add(Card.REVERSE_PROSPECTING);
    }
    settings.properties().stream()
        .filter(p -> !p.getKey().equals("ReverseProspecting"))
        .forEach(p -> keep("Settings." + p.getKey(), p.getValue()));
  }

  private boolean flag(String name, JsonNode value) {
    if (value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      wrong(name, "is true or false");
      return false;
    }
    return value.booleanValue();
  }
}
