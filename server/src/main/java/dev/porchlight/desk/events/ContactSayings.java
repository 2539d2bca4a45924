package dev.porchlight.desk.events;

import dev.porchlight.access.party.Parties;
import dev.porchlight.person.Card;
import dev.porchlight.person.Contact;
import dev.porchlight.person.ContactEdit;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.Identity;
import dev.porchlight.person.Persons;
import dev.porchlight.routing.Routing;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Table;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Saying;
import dev.porchlight.value.Saying.Change;
import dev.porchlight.watch.Holdings;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Does what events say of contacts: adds, changes and deletes them.
final class ContactSayings {
  private ContactSayings() {}

  /// Entries of a list.
  private static final int MOST = 50;

  private static final int LONGEST_PHONE = 50;

  private record ContactNameRow(String companyId, String name, String contactId) {}

  private static final Table<ContactNameRow> CONTACT_NAME =
      Table.<ContactNameRow>named("contact_name")
          .key("company_id", ContactNameRow::companyId)
          .key("name", ContactNameRow::name)
          .column("contact_id", ContactNameRow::contactId)
          .readBy(r -> new ContactNameRow(r.text(1), r.text(2), r.text(3)));

  /// Does it.
  ///
  /// @param identity of the contact
  static void apply(Occasion here, Saying.OfContact said, Identity identity) {
    var named = named(here.batch(), here.place().company(), said.names());
    if (said.change() == Change.DELETE) {
      if (named.isPresent()) {
        ContactEdits.delete(here.batch(), named.get(), here.principal(), here.batch().now());
        Holdings.delete(here.batch(), named.get().id());
      } else {
        here.batch().append("contact.unknown", here.event().id(), here.publisher().id());
      }
      return;
    }
    var found = named.or(() -> met(here, identity));
    if (found.isEmpty() && !isSomebody(said) && said.details().isEmpty()) {
      here.batch().append("contact.unknown", here.event().id(), here.publisher().id());
      return;
    }
    var owner =
        said.owner() == null
            ? Optional.<String>empty()
            : Parties.in(here.batch().settings())
                .findByUri(said.owner(), here.event().base())
                .filter(p -> p.isLive() && !p.isApp())
                .flatMap(p -> Place.of(here.nodes(), List.of(p)).stream().findFirst())
                .filter(p -> p.company().equals(here.place().company()))
                .map(p -> Routing.decide(here.nodes(), p.landing()).member());
    var contact =
        found
            .map(c -> changed(here, c, said))
            .orElseGet(() -> made(here, said, owner.orElse(null), identity));
    name(here, said.names(), contact);
  }

  private static boolean isSomebody(Saying.OfContact said) {
    return said.person().isSomebody();
  }

  /// The contact that goes by one of these names in that company.
  static Optional<Contact> named(Batch batch, String company, List<String> names) {
    for (var name : names) {
      var row = batch.find(CONTACT_NAME, company, name);
      var contact =
          row == null ? Optional.<Contact>empty() : Persons.findContact(batch, row.contactId());
      if (contact.isPresent() && !Persons.isErased(batch, contact.get().personId())) {
        return contact;
      }
    }
    return Optional.empty();
  }

  /// The contact, in the recipient's office, of a person who is known already.
  private static Optional<Contact> met(Occasion here, Identity identity) {
    return Persons.findKnown(here.batch(), here.place().company(), identity)
        .flatMap(p -> Persons.findContact(here.batch(), p, here.place().office().id()));
  }

  private static void name(Occasion here, List<String> names, Contact contact) {
    boolean any = false;
    for (var name : names) {
      var row = here.batch().find(CONTACT_NAME, here.place().company(), name);
      if (row == null || !row.contactId().equals(contact.id())) {
        here.batch()
            .put(CONTACT_NAME, new ContactNameRow(here.place().company(), name, contact.id()));
        any = true;
      }
    }
    if (any) {
      here.batch().append("contact.named", contact.id(), here.event().id());
    }
  }

  private static Contact made(
      Occasion here, Saying.OfContact said, @Nullable String owner, Identity identity) {
    return ContactEdits.add(
        here.batch(),
        new ContactEdits.Making(
            here.draw(),
            owner == null ? Routing.decide(here.nodes(), here.place().landing()).member() : owner,
            true,
            edit(said, List.of(), List.of(), List.of(), true),
            identity),
        here.principal());
  }

  private static Contact changed(Occasion here, Contact contact, Saying.OfContact said) {
    var body = contact.body();
    return ContactEdits.edit(
        here.batch(),
        contact,
        edit(said, body.emails(), body.phones(), body.tags(), false),
        here.principal(),
        here.batch().now());
  }

  /// What the event says, before what was there; what it does not say stays.
  private static ContactEdit edit(
      Saying.OfContact said,
      List<String> emails,
      List<String> phones,
      List<String> tags,
      boolean fresh) {
    var typed = new LinkedHashSet<String>();
    var person = said.person();
    var shown = person.fullName();
    if (shown == null && fresh && person.firstName() == null && person.lastName() == null) {
      shown = person.email() != null ? person.email() : person.phone();
    }
    typed(typed, "display_name", shown);
    typed(typed, "given_name", person.firstName());
    typed(typed, "family_name", person.lastName());
    typed(typed, "emails", said.emails().isEmpty() ? null : "");
    typed(typed, "phones", said.phones().isEmpty() ? null : "");
    typed(typed, "tags", said.tags().isEmpty() ? null : "");
    typed.addAll(said.details().keySet());
    return new ContactEdit(
        typed,
        shown,
        person.firstName(),
        person.lastName(),
        said.emails().isEmpty()
            ? List.of()
            : joined(said.emails(), known(emails, e -> Identity.email(e) != null)),
        said.phones().isEmpty()
            ? List.of()
            : joined(said.phones(), known(phones, p -> line(p, LONGEST_PHONE) != null)),
        said.tags().isEmpty() ? List.of() : joined(said.tags(), tags),
        null,
        said.details().isEmpty()
            ? null
            : new Card(
                null,
                List.of(),
                List.of(),
                null,
                said.details(),
                null,
                false,
                Map.of(),
                List.of()));
  }

  private static void typed(Set<String> typed, String member, @Nullable String value) {
    if (value != null) {
      typed.add(member);
    }
  }

  /// What an edit can hold of what leads brought, which is kept as they sent it.
  private static List<String> known(List<String> all, Predicate<String> holds) {
    return all.stream().filter(holds).toList();
  }

  private static List<String> joined(List<String> first, List<String> others) {
    var all = new ArrayList<>(first);
    for (var other : others) {
      if (all.size() < MOST && all.stream().noneMatch(other::equalsIgnoreCase)) {
        all.add(other);
      }
    }
    return all;
  }

  /// The contact of somebody who did something, made where there is none.
  static Optional<Contact> someone(Occasion here, Enquirer who, Identity identity) {
    var known = met(here, identity);
    if (known.isPresent()) {
      return known;
    }
    if (identity.email() == null && identity.phone() == null) {
      return Optional.empty();
    }
    var said =
        new Saying.OfContact(
            Change.ADD,
            List.of(),
            new Enquirer(
                line(who.firstName(), ContactEdit.LONGEST_NAME),
                line(who.lastName(), ContactEdit.LONGEST_NAME),
                line(who.fullName(), ContactEdit.LONGEST_NAME),
                identity.email() == null ? null : who.email(),
                line(who.phone(), LONGEST_PHONE),
                null,
                null),
            identity.email() == null ? List.of() : List.of(Objects.requireNonNull(who.email())),
            line(who.phone(), LONGEST_PHONE) == null
                ? List.of()
                : List.of(Objects.requireNonNull(who.phone())),
            List.of(),
            new TreeMap<>(),
            null);
    return Optional.of(made(here, said, null, identity));
  }

  /// A text that a contact can hold; longer ones are left out.
  private static @Nullable String line(@Nullable String text, int longest) {
    return text == null
            || text.isBlank()
            || text.length() > longest
            || text.chars().anyMatch(Character::isISOControl)
        ? null
        : text;
  }
}
