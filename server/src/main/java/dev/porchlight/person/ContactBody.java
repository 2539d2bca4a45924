package dev.porchlight.person;

import dev.porchlight.value.Enquirer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What is known of a contact. Leads only ever add: what stands stays as it is.
///
/// @param emails all addresses, the primary one first
/// @param phones all numbers as sent, the primary one first
/// @param tags among them the names of the sources whose leads it had
/// @param typed names of the members that a person typed; no lead touches those
public record ContactBody(
    String displayName,
    @Nullable String givenName,
    @Nullable String familyName,
    List<String> emails,
    List<String> phones,
    List<String> tags,
    Set<String> typed) {
  static final String DISPLAY_NAME = "display_name";
  static final String GIVEN_NAME = "given_name";
  static final String FAMILY_NAME = "family_name";
  static final String EMAILS = "emails";
  static final String PHONES = "phones";
  static final String TAGS = "tags";
  private static final int MOST = 50;

  public ContactBody {
    emails = List.copyOf(emails);
    phones = List.copyOf(phones);
    tags = List.copyOf(tags);
    // Sorted, so that the same contact is always the same JSON.
    typed = Collections.unmodifiableSortedSet(new TreeSet<>(typed));
  }

  /// A contact of nothing but a lead.
  static ContactBody of(Enquirer enquirer, String source) {
    return new ContactBody("", null, null, List.of(), List.of(), List.of(), Set.of())
        .plus(enquirer, source);
  }

  /// This contact with what a lead adds.
  ContactBody plus(Enquirer enquirer, String source) {
    var given = keep(GIVEN_NAME, givenName, enquirer.firstName());
    var family = keep(FAMILY_NAME, familyName, enquirer.lastName());
    var allEmails = typed.contains(EMAILS) ? emails : with(emails, enquirer.email());
    var allPhones = typed.contains(PHONES) ? phones : with(phones, enquirer.phone());
    var name = displayName;
    // A name made up from an address gives way to a real one; anything else stays.
    boolean makeshift = name.isEmpty() || emails.contains(name) || phones.contains(name);
    if (makeshift && !typed.contains(DISPLAY_NAME)) {
      name = display(enquirer, given, family, allEmails, allPhones);
    }
    var allTags = typed.contains(TAGS) ? tags : with(tags, source);
    return new ContactBody(name, given, family, allEmails, allPhones, allTags, typed);
  }

  /// This contact with what a member typed. Where names were typed and no display name ever was,
  /// that follows from the names.
  ContactBody plus(ContactEdit edit) {
    var allTyped = new TreeSet<>(typed);
    allTyped.addAll(edit.typed());
    var given = edit.typed().contains(GIVEN_NAME) ? edit.givenName() : givenName;
    var family = edit.typed().contains(FAMILY_NAME) ? edit.familyName() : familyName;
    var name = displayName;
    if (edit.displayName() != null) {
      name = edit.displayName();
    } else if (!allTyped.contains(DISPLAY_NAME)
        && (edit.typed().contains(GIVEN_NAME) || edit.typed().contains(FAMILY_NAME))
        && (given != null || family != null)) {
      name = ((given == null ? "" : given) + " " + (family == null ? "" : family)).strip();
    }
    return new ContactBody(
        name,
        given,
        family,
        edit.typed().contains(EMAILS) ? edit.emails() : emails,
        edit.typed().contains(PHONES) ? edit.phones() : phones,
        edit.typed().contains(TAGS) ? edit.tags() : tags,
        allTyped);
  }

  private @Nullable String keep(String member, @Nullable String known, @Nullable String said) {
    return known != null || typed.contains(member) ? known : said;
  }

  private static String display(
      Enquirer enquirer,
      @Nullable String given,
      @Nullable String family,
      List<String> emails,
      List<String> phones) {
    if (given != null || family != null) {
      return ((given == null ? "" : given) + " " + (family == null ? "" : family)).strip();
    }
    if (enquirer.fullName() != null) {
      return enquirer.fullName();
    }
    if (!emails.isEmpty()) {
      return emails.getFirst();
    }
    return phones.isEmpty() ? "" : phones.getFirst();
  }

  private static List<String> with(List<String> list, @Nullable String more) {
    if (more == null
        || list.size() >= MOST
        || list.stream().anyMatch(known -> known.equalsIgnoreCase(more))) {
      return list;
    }
    var longer = new ArrayList<>(list);
    longer.add(more);
    return longer;
  }
}
