package dev.porchlight.person;

import dev.porchlight.value.Enquirer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
  private static final int MOST = 50;

  public ContactBody {
    emails = List.copyOf(emails);
    phones = List.copyOf(phones);
    tags = List.copyOf(tags);
    typed = Set.copyOf(typed);
  }

  /// A contact of nothing but a lead.
  static ContactBody of(Enquirer enquirer, String source) {
    return new ContactBody("", null, null, List.of(), List.of(), List.of(), Set.of())
        .plus(enquirer, source);
  }

  /// This contact with what a lead adds.
  ContactBody plus(Enquirer enquirer, String source) {
    var given = keep("given_name", givenName, enquirer.firstName());
    var family = keep("family_name", familyName, enquirer.lastName());
    var allEmails = typed.contains("emails") ? emails : with(emails, enquirer.email());
    var allPhones = typed.contains("phones") ? phones : with(phones, enquirer.phone());
    var name = displayName;
    // A name made up from an address gives way to a real one; anything else stays.
    boolean makeshift = name.isEmpty() || emails.contains(name) || phones.contains(name);
    if (makeshift && !typed.contains("display_name")) {
      name = display(enquirer, given, family, allEmails, allPhones);
    }
    return new ContactBody(name, given, family, allEmails, allPhones, with(tags, source), typed);
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
