package dev.porchlight.person;

import dev.porchlight.value.Enquirer;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a member typed into a contact. Kept beside the log, so that a rebuild types it again.
///
/// @param typed names of the members that were typed, as the API has them: `display_name`,
///   `given_name`, `family_name`, `emails`, `phones`, `tags`; the values of all others mean nothing
/// @param displayName 1 to 300 characters
/// @param givenName null clears it; at most 300 characters
/// @param familyName null clears it; at most 300 characters
/// @param emails at most 50, each one that could reach somebody, none twice
/// @param phones at most 50, each of 1 to 50 characters, none twice
/// @param tags at most 50, each of 1 to 100 characters, none twice
/// @param owner the member who is to own it; null to leave that as it is
/// @param card what was typed beyond that; null when nothing was
public record ContactEdit(
    Set<String> typed,
    @Nullable String displayName,
    @Nullable String givenName,
    @Nullable String familyName,
    List<String> emails,
    List<String> phones,
    List<String> tags,
    @Nullable String owner,
    @Nullable Card card) {
  /// The names of all members that can be typed.
  public static final Set<String> MEMBERS =
      Set.of(
          ContactBody.DISPLAY_NAME,
          ContactBody.GIVEN_NAME,
          ContactBody.FAMILY_NAME,
          ContactBody.EMAILS,
          ContactBody.PHONES,
          ContactBody.TAGS);

  /// Characters of a name.
  public static final int LONGEST_NAME = 300;

  private static final int MOST = 50;

  /// @throws IllegalArgumentException with a sentence for whoever typed it
  public ContactEdit {
    typed = Collections.unmodifiableSortedSet(new TreeSet<>(typed));
    emails = List.copyOf(emails);
    phones = List.copyOf(phones);
    tags = List.copyOf(tags);
    for (var word : typed) {
      if (!MEMBERS.contains(word)
          && (card == null || !Card.WORDS.contains(word) && ContactDetail.of(word).isEmpty())) {
        throw new IllegalArgumentException("Not a member that can be typed: " + word);
      }
    }
    if (typed.contains(ContactBody.DISPLAY_NAME) != (displayName != null)) {
      throw new IllegalArgumentException("The display name can be changed, not taken away.");
    }
    // What leads say is as it is.
    if (!typed.contains(Card.TAKEN_BACK)) {
      check("display_name", displayName);
      check("given_name", givenName);
      check("family_name", familyName);
      check("emails", emails, 254);
      check("phones", phones, 50);
      check("tags", tags, 100);
      for (var email : emails) {
        if (Identity.email(email) == null) {
          throw new IllegalArgumentException(
              "The member `emails` has `" + email + "`, which is no e-mail address.");
        }
      }
    }
  }

  /// What a lead says of somebody.
  ///
  /// @param source the name of whose lead it is
  public record Said(Enquirer who, String source) {}

  /// What leads say of a contact whom nobody has typed anything into.
  ///
  /// @param said by each lead, the oldest first
  public static ContactBody said(List<Said> said) {
    var body =
        new ContactBody("", null, null, List.of(), List.of(), List.of(), Set.of(), Card.EMPTY);
    for (var one : said) {
      body = body.plus(one.who(), one.source());
    }
    return body;
  }

  /// Takes back what members typed: what leads say stands again, and what they say later counts.
  /// What they can't say is cleared.
  ///
  /// @param members among [#MEMBERS] and the words of [ContactDetail]
  /// @param said what leads say
  public static ContactEdit takingBack(ContactBody now, Set<String> members, ContactBody said) {
    var typed = new TreeSet<>(members);
    typed.add(Card.TAKEN_BACK);
    boolean named =
        members.contains(ContactBody.GIVEN_NAME) || members.contains(ContactBody.FAMILY_NAME);
    var name = said.displayName();
    if (members.contains(ContactBody.DISPLAY_NAME)
        || named && !now.typed().contains(ContactBody.DISPLAY_NAME)) {
      typed.add(ContactBody.DISPLAY_NAME);
      var given = members.contains(ContactBody.GIVEN_NAME) ? said.givenName() : now.givenName();
      var family = members.contains(ContactBody.FAMILY_NAME) ? said.familyName() : now.familyName();
      if (given != null || family != null) {
        name = ((given == null ? "" : given) + " " + (family == null ? "" : family)).strip();
      }
    }
    return new ContactEdit(
        typed,
        typed.contains(ContactBody.DISPLAY_NAME) ? name : null,
        said.givenName(),
        said.familyName(),
        said.emails(),
        said.phones(),
        said.tags(),
        null,
        Card.EMPTY);
  }

  private static void check(String member, @Nullable String name) {
    if (name != null
        && (name.isBlank()
            || name.codePointCount(0, name.length()) > LONGEST_NAME
            || hasControlCharacter(name))) {
      throw new IllegalArgumentException(
          "The member `"
              + member
              + "` has 1 to "
              + LONGEST_NAME
              + " characters, none a control character.");
    }
  }

  private static void check(String member, List<String> texts, int longest) {
    if (texts.size() > MOST) {
      throw new IllegalArgumentException(
          "The member `" + member + "` has at most " + MOST + " entries.");
    }
    if (texts.stream().map(t -> t.toLowerCase(java.util.Locale.ROOT)).distinct().count()
        != texts.size()) {
      throw new IllegalArgumentException("The member `" + member + "` names something twice.");
    }
    for (var text : texts) {
      if (text.isBlank() || text.length() > longest || hasControlCharacter(text)) {
        throw new IllegalArgumentException(
            "Each of `"
                + member
                + "` has 1 to "
                + longest
                + " characters, none a control character.");
      }
    }
  }

  private static boolean hasControlCharacter(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }
}
