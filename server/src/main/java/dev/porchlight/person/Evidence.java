package dev.porchlight.person;

import dev.porchlight.value.Enquirer;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What somebody else's software says of a person who is a contact: it adds what was not known, as
/// a lead does, and what a member typed stays.
public final class Evidence {
  private static final int LONGEST_PHONE = 50;

  private Evidence() {}

  /// What it adds to a contact; empty where it says nothing new. It is a change of the contact like
  /// one that is typed, but for that nothing counts as typed by it.
  public static Optional<ContactEdit> of(Contact contact, Enquirer said) {
    var before = contact.body();
    var after = before.plus(bounded(said), null);
    var typed = new TreeSet<String>();
    if (!after.displayName().equals(before.displayName())
        && line(after.displayName(), ContactEdit.LONGEST_NAME) != null) {
      typed.add(ContactBody.DISPLAY_NAME);
    }
    if (after.givenName() != null && before.givenName() == null) {
      typed.add(ContactBody.GIVEN_NAME);
    }
    if (after.familyName() != null && before.familyName() == null) {
      typed.add(ContactBody.FAMILY_NAME);
    }
    if (!after.emails().equals(before.emails()) && holdsEmails(after.emails())) {
      typed.add(ContactBody.EMAILS);
    }
    if (!after.phones().equals(before.phones()) && holdsPhones(after.phones())) {
      typed.add(ContactBody.PHONES);
    }
    if (typed.isEmpty()) {
      return Optional.empty();
    }
    boolean named = typed.contains(ContactBody.DISPLAY_NAME);
    boolean emails = typed.contains(ContactBody.EMAILS);
    boolean phones = typed.contains(ContactBody.PHONES);
    typed.add(Card.EVIDENCE);
    return Optional.of(
        new ContactEdit(
            typed,
            named ? after.displayName() : null,
            typed.contains(ContactBody.GIVEN_NAME) ? after.givenName() : null,
            typed.contains(ContactBody.FAMILY_NAME) ? after.familyName() : null,
            emails ? after.emails() : List.of(),
            phones ? after.phones() : List.of(),
            List.of(),
            null,
            Card.EMPTY));
  }

  /// An address that reaches nobody, and what no contact can hold, is no evidence.
  private static Enquirer bounded(Enquirer said) {
    var email = said.email();
    return new Enquirer(
        line(said.firstName(), ContactEdit.LONGEST_NAME),
        line(said.lastName(), ContactEdit.LONGEST_NAME),
        line(said.fullName(), ContactEdit.LONGEST_NAME),
        email == null || Identity.email(email) == null ? null : email,
        line(said.phone(), LONGEST_PHONE),
        null,
        null);
  }

  /// Leads bring addresses that reach nobody; then the list stays as it is.
  private static boolean holdsEmails(List<String> emails) {
    return emails.stream().allMatch(e -> Identity.email(e) != null);
  }

  private static boolean holdsPhones(List<String> phones) {
    return phones.stream().allMatch(p -> line(p, LONGEST_PHONE) != null);
  }

  private static @Nullable String line(@Nullable String text, int longest) {
    return text == null
            || text.isBlank()
            || text.length() > longest
            || text.chars().anyMatch(Character::isISOControl)
        ? null
        : text;
  }
}
