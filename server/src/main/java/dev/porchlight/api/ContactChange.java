package dev.porchlight.api;

import dev.porchlight.account.Nodes;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.person.Card;
import dev.porchlight.person.Contact;
import dev.porchlight.person.ContactBody;
import dev.porchlight.person.ContactDetail;
import dev.porchlight.person.ContactEdit;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What members type into contacts, and take back.
final class ContactChange {
  private static final String DETAILS = "details";
  private static final String TAKEN_BACK = "taken_back";
  private static final String EXPECTED = "expected";
  private static final int LONGEST_DETAIL = 300;

  /// From how many leads, the newest, it is known what they said.
  private static final int MOST_SAID = 200;

  private static final int TRIES = 5;

  private static final Set<String> MEMBERS =
      Stream.concat(
              ContactEdit.MEMBERS.stream(),
              Stream.of("owner", Card.INVALID_EMAILS, DETAILS, TAKEN_BACK, EXPECTED))
          .collect(Collectors.toUnmodifiableSet());

  private final Store store;
  private final Persons persons;
  private final Leads leads;

  ContactChange(Store store, Persons persons, Leads leads) {
    this.store = store;
    this.persons = persons;
    this.leads = leads;
  }

  /// Takes what a member typed; no lead touches that any more, until it is taken back.
  Reply change(Call call) throws Exception {
    var known =
        persons
            .find(call.scope(), call.path("id"))
            .orElseThrow(() -> AccountResources.missing("contact"));
    var body = call.members(MEMBERS);
    var back = back(body);
    var edit = edit(body);
    var expected = expected(body);
    for (var word : back) {
      if (edit.typed().contains(word)) {
        throw new FaultException(
            Fault.BODY_INVALID, "The member `" + word + "` is either typed or taken back.");
      }
    }
    for (int tries = 1; ; tries++) {
      var said = back.isEmpty() ? null : said(known);
      try {
        return write(call, known.id(), expected, edit, back, said);
      } catch (OutOfDateException _) {
        if (tries == TRIES) {
          throw new FaultException(
              Fault.STATE_CONFLICT, "Leads of this contact keep changing; try again.");
        }
      }
    }
  }

  private static Reply write(
      Call call,
      String id,
      ObjectNode expected,
      ContactEdit edit,
      Set<String> back,
      @Nullable Said said)
      throws Exception {
    return call.change(batch -> {
      var now =
          Persons.findContact(batch, id).orElseThrow(() -> AccountResources.missing("contact"));
      if (Persons.isErased(batch, now.personId())) {
        throw new FaultException(Fault.STATE_CONFLICT, "The person was erased.");
      }
      if (!stands(expected, Views.contact(now))) {
        throw new FaultException(
            Fault.STATE_CONFLICT, "The contact is no longer as `" + EXPECTED + "` says.");
      }
      if (edit.owner() != null
          && !edit.owner().equals(now.ownerId())
          && !ContactEdits.mayOwn(Nodes.in(batch.settings()), edit.owner(), now.officeId())) {
        throw new FaultException(
            Fault.BODY_INVALID, "The owner must be a member of the contact's office.");
      }
      if (edit.card() != null
          && !edit.card().invalidEmails().stream().allMatch(now.body()::isInvalid)) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "Addresses can be taken from `invalid_emails`; the hub alone adds any.");
      }
      var who = call.principal().id();
      var changed = ContactEdits.edit(batch, now, edit, who, batch.now());
      var typed = changed.body().typedAmong(back);
      if (said != null && !typed.isEmpty()) {
        if (!said.leads().equals(Leads.listNewest(batch, id, MOST_SAID))) {
          throw new OutOfDateException();
        }
        changed =
            ContactEdits.edit(
                batch,
                changed,
                ContactEdit.takingBack(changed.body(), typed, said.body()),
                who,
                batch.now());
      }
      return new Call.Answer(200, Views.contact(changed));
    });
  }

  /// What the contact must be when it is changed: as whoever changes it saw it.
  private static ObjectNode expected(Members body) {
    var expected = body.object(EXPECTED).orElseGet(Json::object);
    for (var member : expected.properties()) {
      var name = member.getKey();
      boolean details = name.equals(DETAILS) && member.getValue().isObject();
      if (!details && !name.equals("owner") && !ContactEdit.MEMBERS.contains(name)) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "The member `"
                + EXPECTED
                + "` must have members of the contact as it shows them: owner, details (an"
                + " object), "
                + String.join(", ", ContactEdit.MEMBERS.stream().sorted().toList())
                + ".");
      }
    }
    return expected;
  }

  private static boolean stands(ObjectNode expected, JsonNode now) {
    return expected
        .propertyStream()
        .allMatch(p ->
            p.getKey().equals(DETAILS)
                ? p.getValue()
                    .propertyStream()
                    .allMatch(d -> isSame(d.getValue(), now.path(DETAILS).path(d.getKey())))
                : isSame(p.getValue(), now.path(p.getKey())));
  }

  private static boolean isSame(JsonNode expected, JsonNode now) {
    return expected.isNull() ? now.isMissingNode() : expected.equals(now);
  }

  private static Set<String> back(Members body) {
    var words = body.texts(TAKEN_BACK).orElse(Set.of());
    for (var word : words) {
      if (!ContactEdit.MEMBERS.contains(word) && ContactDetail.of(word).isEmpty()) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "The member `"
                + TAKEN_BACK
                + "` must be a list of what is in `typed`; of that, "
                + String.join(", ", ContactEdit.MEMBERS.stream().sorted().toList())
                + " and the names of details can be taken back.");
      }
    }
    return words;
  }

  /// What leads say of a contact.
  ///
  /// @param leads as they stood when they were read
  private record Said(List<LeadRecord> leads, ContactBody body) {}

  /// Leads have come, changed or gone since they were read: to be read anew.
  private static final class OutOfDateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OutOfDateException() {
      super("the contact's leads have changed since", null, false, false);
    }
  }

  /// What their leads say, whoever may see those: the contact has it from all of them. Of each lead
  /// its newest version counts; one that can't be read says nothing.
  private Said said(Contact contact) {
    var sources = Sources.in(store.settings());
    var all = leads.listNewest(contact.id(), MOST_SAID);
    var kept = all.stream().filter(l -> l.erasedAt() == null).toList().reversed();
    var newest = leads.getNewest(kept);
    var said = new ArrayList<ContactEdit.Said>();
    for (var lead : kept) {
      Optional.ofNullable(newest.get(lead.id()))
          .flatMap(Leads.Version::lead)
          .ifPresent(fact ->
              said.add(
                  new ContactEdit.Said(
                      fact.enquirer(),
                      sources.find(lead.sourceId()).map(Source::name).orElse(""))));
    }
    return new Said(all, ContactEdit.said(said));
  }

  private static ContactEdit edit(Members body) {
    var typed = ContactEdit.MEMBERS.stream().filter(body::has).collect(Collectors.toSet());
    boolean valid = body.has(Card.INVALID_EMAILS);
    if (valid) {
      typed.add(Card.INVALID_EMAILS);
    }
    for (var list : List.of("emails", "phones", "tags", Card.INVALID_EMAILS)) {
      if (body.has(list) && body.texts(list).isEmpty()) {
        throw new FaultException(
            Fault.BODY_INVALID, "The member `" + list + "` must be a list of strings.");
      }
    }
    if (body.has("owner") && body.text("owner").isEmpty()) {
      throw new FaultException(Fault.BODY_INVALID, "A contact always has an owner.");
    }
    var details = details(body, typed);
    try {
      return new ContactEdit(
          typed,
          body.text("display_name").orElse(null),
          body.text("given_name").orElse(null),
          body.text("family_name").orElse(null),
          stripped(body, "emails"),
          stripped(body, "phones"),
          stripped(body, "tags"),
          body.text("owner").orElse(null),
          card(valid ? stripped(body, Card.INVALID_EMAILS) : List.of(), valid, details));
    } catch (IllegalArgumentException e) {
      throw new FaultException(Fault.BODY_INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable Card card(
      List<String> invalid, boolean valid, @Nullable Map<String, String> details) {
    return !valid && details == null
        ? null
        : new Card(
            null,
            List.of(),
            List.of(),
            null,
            details == null ? Map.of() : details,
            null,
            false,
            Map.of(),
            invalid);
  }

  /// The details that are named, which count as typed; null where none is.
  private static @Nullable Map<String, String> details(Members body, Set<String> typed) {
    var object = body.object(DETAILS);
    if (object.isEmpty() || object.get().isEmpty()) {
      return null;
    }
    var details = new TreeMap<String, String>();
    var named = new Members(object.get());
    for (var word : object.get().propertyNames()) {
      if (ContactDetail.of(word).isEmpty()) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "There is no detail `"
                + word.replaceAll("[^ -~]", "?")
                + "`; there are "
                + ContactDetail.ALL.stream()
                    .map(ContactDetail::word)
                    .collect(Collectors.joining(", "))
                + ".");
      }
      typed.add(word);
      named.line(word, LONGEST_DETAIL).ifPresent(text -> details.put(word, text));
    }
    return details;
  }

  private static List<String> stripped(Members body, String name) {
    return body.texts(name).orElse(Set.of()).stream().map(String::strip).toList();
  }
}
