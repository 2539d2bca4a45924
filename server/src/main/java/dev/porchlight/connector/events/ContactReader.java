package dev.porchlight.connector.events;

import dev.porchlight.connector.json.Members;
import dev.porchlight.connector.json.Text;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Saying;
import dev.porchlight.value.Saying.Change;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads what events say of contacts.
final class ContactReader {
  /// What the actions do to a thing.
  static final Map<String, Change> CHANGES =
      Map.of(
          "add", Change.ADD,
          "create", Change.ADD,
          "update", Change.UPDATE,
          "delete", Change.DELETE);

  private static final int LONGEST_NAME = 300;
  private static final int LONGEST_DETAIL = 300;
  private static final int LONGEST_PHONE = 50;
  private static final int LONGEST_TAG = 100;
  private static final int MOST = 50;

  private final EventData event;
  private final Members data;

  ContactReader(EventData event) {
    this.event = event;
    data = event.data();
  }

  /// Null when it is about something else.
  @Nullable Saying read() {
    var change = CHANGES.get(event.action());
    if (change == null || event.action().equals("create")) {
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
          .filter(t -> Text.isLine(t, LONGEST_DETAIL))
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
    var names = Names.names(EventData.typed(object));
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
        Names.party(contact, "leadOwner", event.findings()));
  }

  private static void tag(Set<String> to, Members from, String member, String text) {
    if (to.size() >= MOST || !Text.isLine(text, LONGEST_TAG)) {
      from.note(member, "at most " + MOST + " short words", "left out");
    } else if (to.stream().noneMatch(text::equalsIgnoreCase)) {
      to.add(text);
    }
  }

  private static @Nullable String name(Members from, String member) {
    var text = from.text(member);
    if (text != null && !Text.isLine(text, LONGEST_NAME)) {
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
    if (!Text.isLine(text, LONGEST_PHONE) || to.size() >= MOST) {
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
    if (Text.isLine(text, LONGEST_DETAIL)) {
      to.put(word, text);
    } else {
      from.note(member, "a short text in one line", "left out");
    }
  }

  /// The person whom an event tells of.
  static Enquirer enquirer(Members person) {
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
}
