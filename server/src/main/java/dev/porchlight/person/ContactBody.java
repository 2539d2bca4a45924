package dev.porchlight.person;

import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What is known of a contact. Leads only ever add: what stands stays as it is.
///
/// @param emails all addresses, the primary one first
/// @param phones all numbers as sent, the primary one first
/// @param tags among them the names of the sources whose leads it had
/// @param typed names of the members that a person typed; no lead touches those
/// @param card the rest of what members typed; its addresses and numbers are among the lists above
public record ContactBody(
    String displayName,
    @Nullable String givenName,
    @Nullable String familyName,
    List<String> emails,
    List<String> phones,
    List<String> tags,
    Set<String> typed,
    Card card) {
  static final String DISPLAY_NAME = "display_name";
  static final String GIVEN_NAME = "given_name";
  static final String FAMILY_NAME = "family_name";
  static final String EMAILS = "emails";
  static final String PHONES = "phones";
  static final String TAGS = "tags";

  /// What counts as a list that was typed where but a part of it was, as at the Spark door.
  private static final Map<String, Set<String>> PARTS =
      Map.of(
          EMAILS, Set.of(Card.PRIMARY_EMAIL, Card.SECONDARY_EMAILS),
          PHONES, Set.of(Card.PRIMARY_PHONE));

  /// Stands for the name of somebody of whom neither name nor address nor number is known.
  public static final String NAMELESS = "(no name)";

  /// What is left of an erased one.
  static final ContactBody NOTHING =
      new ContactBody("", null, null, List.of(), List.of(), List.of(), Set.of(), Card.EMPTY);

  /// Stands for one that can't be read, where it is only shown: who would change it reads it
  /// strictly.
  static final ContactBody UNREADABLE =
      new ContactBody(
          "(can't be read)", null, null, List.of(), List.of(), List.of(), Set.of(), Card.EMPTY);

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
    return new ContactBody("", null, null, List.of(), List.of(), List.of(), Set.of(), Card.EMPTY)
        .plus(enquirer, source);
  }

  /// A contact of nothing but what a member typed.
  static ContactBody of(ContactEdit edit) {
    return new ContactBody("", null, null, List.of(), List.of(), List.of(), Set.of(), Card.EMPTY)
        .plus(edit);
  }

  /// What is kept of one; nothing where that can't be read.
  static Optional<ContactBody> find(String kept) {
    try {
      return Optional.of(Json.read(kept, ContactBody.class));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Whether this stands for one that can't be read.
  public boolean isUnreadable() {
    return this == UNREADABLE;
  }

  /// Of these words, those of what somebody did type, or a part of it.
  public Set<String> typedAmong(Set<String> words) {
    return typedAmong(words, typed);
  }

  /// The same where only the words of what was typed are known.
  public static Set<String> typedAmong(Set<String> words, Set<String> typed) {
    return words.stream()
        .filter(w ->
            typed.contains(w) || PARTS.getOrDefault(w, Set.of()).stream().anyMatch(typed::contains))
        .collect(Collectors.toSet());
  }

  /// Whether anything in it stands because somebody typed it.
  boolean isTyped() {
    return !typed.isEmpty() || !card.isEmpty();
  }

  /// The address that is used first, if there is one.
  public Optional<String> primaryEmail() {
    return emails.stream().findFirst();
  }

  /// All addresses but the first.
  public List<String> secondaryEmails() {
    return emails.isEmpty() ? List.of() : emails.subList(1, emails.size());
  }

  /// Whether mail to an address is known not to arrive.
  public boolean isInvalid(String email) {
    return card.invalidEmails().stream().anyMatch(email::equalsIgnoreCase);
  }

  /// The number that is used first, if there is one.
  public Optional<String> primaryPhone() {
    return phones.stream().findFirst();
  }

  public Optional<String> detail(ContactDetail detail) {
    return Optional.ofNullable(card.details().get(detail.word()));
  }

  /// The name to show: the display name, or what stands for one where a contact has none.
  public String shownName() {
    return displayName.isBlank() ? NAMELESS : displayName;
  }

  /// This contact with what a lead adds.
  ///
  /// @param source null where it is no lead of theirs
  ContactBody plus(Enquirer enquirer, @Nullable String source) {
    var given = keep(GIVEN_NAME, givenName, enquirer.firstName());
    var family = keep(FAMILY_NAME, familyName, enquirer.lastName());
    boolean emailsTyped = typed.contains(EMAILS) || typed.contains(Card.SECONDARY_EMAILS);
    boolean phonesTyped =
        typed.contains(PHONES) || typed.contains(Card.PRIMARY_PHONE) && phones.isEmpty();
    var allEmails = emailsTyped ? emails : with(emails, enquirer.email());
    var allPhones = phonesTyped ? phones : with(phones, enquirer.phone());
    var name = displayName;
    // A name made up from an address gives way to a real one; anything else stays.
    boolean makeshift = name.isEmpty() || emails.contains(name) || phones.contains(name);
    if (makeshift && !typed.contains(DISPLAY_NAME)) {
      name = display(enquirer, given, family, allEmails, allPhones);
    }
    var allTags = typed.contains(TAGS) ? tags : with(tags, source);
    return new ContactBody(name, given, family, allEmails, allPhones, allTags, typed, card);
  }

  /// This contact with what a member typed. Where names were typed and no display name ever was,
  /// that follows from the names.
  ContactBody plus(ContactEdit edit) {
    var allTyped = new TreeSet<>(typed);
    boolean evidence = edit.typed().contains(Card.EVIDENCE);
    if (!evidence) {
      allTyped.addAll(edit.typed());
    }
    boolean back = edit.typed().contains(Card.TAKEN_BACK);
    if (back) {
      allTyped.removeAll(edit.typed());
      edit.typed().forEach(word -> allTyped.removeAll(PARTS.getOrDefault(word, Set.of())));
    }
    allTyped.remove(Card.CONNECTED);
    allTyped.remove(Card.ASIDE);
    allTyped.remove(Card.UNPROVEN);
    allTyped.remove(Card.INVALID_EMAILS);
    var given = edit.typed().contains(GIVEN_NAME) ? edit.givenName() : givenName;
    var family = edit.typed().contains(FAMILY_NAME) ? edit.familyName() : familyName;
    var name = displayName;
    if (edit.displayName() != null) {
      name = edit.displayName();
    } else if (!evidence
        && !back
        && !allTyped.contains(DISPLAY_NAME)
        && (edit.typed().contains(GIVEN_NAME) || edit.typed().contains(FAMILY_NAME))
        && (given != null || family != null)) {
      name = ((given == null ? "" : given) + " " + (family == null ? "" : family)).strip();
    }
    var allEmails = edit.typed().contains(EMAILS) ? edit.emails() : emails;
    var allPhones = edit.typed().contains(PHONES) ? edit.phones() : phones;
    var newCard = card;
    if (edit.card() != null) {
      allEmails = emails(allEmails, edit.typed(), edit.card());
      allPhones = phones(allPhones, edit.typed(), edit.card());
      newCard = card(edit.typed(), edit.card());
    }
    return new ContactBody(
        name,
        given,
        family,
        allEmails,
        allPhones,
        edit.typed().contains(TAGS) ? edit.tags() : tags,
        allTyped,
        trimmed(newCard, allEmails));
  }

  private static List<String> emails(List<String> known, Set<String> typed, Card said) {
    boolean primary = typed.contains(Card.PRIMARY_EMAIL) && said.primaryEmail() != null;
    var first = primary ? Optional.ofNullable(said.primaryEmail()) : known.stream().findFirst();
    var others =
        typed.contains(Card.SECONDARY_EMAILS)
            ? said.secondaryEmails()
            : known.subList(Math.min(1, known.size()), known.size());
    return joined(first, others);
  }

  private static List<String> phones(List<String> known, Set<String> typed, Card said) {
    if (!typed.contains(Card.PRIMARY_PHONE)) {
      return known;
    }
    return said.primaryPhone() == null
        ? List.of()
        : joined(
            Optional.of(said.primaryPhone()),
            known.subList(Math.min(1, known.size()), known.size()));
  }

  private static List<String> joined(Optional<String> first, List<String> others) {
    var all = new ArrayList<String>();
    first.ifPresent(all::add);
    others.stream()
        .filter(o -> all.isEmpty() || !o.equalsIgnoreCase(all.getFirst()))
        .limit(MOST)
        .forEach(all::add);
    return all;
  }

  private Card card(Set<String> typed, Card said) {
    var details = new TreeMap<>(card.details());
    for (var word : typed) {
      if (ContactDetail.of(word).isPresent()) {
        var text = said.details().get(word);
        if (text == null) {
          details.remove(word);
        } else {
          details.put(word, text);
        }
      }
    }
    var aside = new TreeMap<>(card.aside());
    if (typed.contains(Card.ASIDE)) {
      aside.putAll(said.aside());
      aside.values().removeIf("null"::equals);
    }
    return new Card(
        null,
        List.of(),
        typed.contains(Card.NOTIFICATION_EMAILS)
            ? said.notificationEmails()
            : card.notificationEmails(),
        null,
        details,
        typed.contains(Card.NOTE) ? said.note() : card.note(),
        typed.contains(Card.REVERSE_PROSPECTING)
            ? said.reverseProspecting()
            : card.reverseProspecting(),
        aside,
        typed.contains(Card.INVALID_EMAILS) ? said.invalidEmails() : card.invalidEmails());
  }

  /// An address that is no longer among the secondary ones gets no notifications either.
  private static Card trimmed(Card card, List<String> emails) {
    var secondary = emails.subList(Math.min(1, emails.size()), emails.size());
    var left =
        card.notificationEmails().stream()
            .filter(n -> secondary.stream().anyMatch(n::equalsIgnoreCase))
            .toList();
    return left.equals(card.notificationEmails())
        ? card
        : new Card(
            null,
            List.of(),
            left,
            null,
            card.details(),
            card.note(),
            card.reverseProspecting(),
            card.aside(),
            card.invalidEmails());
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
