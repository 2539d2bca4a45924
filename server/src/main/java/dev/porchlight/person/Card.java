package dev.porchlight.person;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a member types into the card of a contact, beyond what [ContactEdit] has itself. Which of
/// these were typed is said there, by the words below and those of [ContactDetail].
///
/// @param primaryEmail takes the place of the first address
/// @param secondaryEmails take the place of all but the first address
/// @param notificationEmails those of the secondary ones that get notifications as well
/// @param primaryPhone takes the place of the first number; null clears all numbers
/// @param details by [ContactDetail#word]; one that was typed and is not here is cleared
/// @param note null clears it
/// @param reverseProspecting whether the contact appears in reverse-prospecting reports
/// @param aside what nobody has described, by name, as JSON; what is `null` is no longer kept
/// @param invalidEmails those to which no mail is sent, since none arrives
public record Card(
    @Nullable String primaryEmail,
    List<String> secondaryEmails,
    List<String> notificationEmails,
    @Nullable String primaryPhone,
    Map<String, String> details,
    @Nullable String note,
    boolean reverseProspecting,
    Map<String, String> aside,
    List<String> invalidEmails) {
  public static final String PRIMARY_EMAIL = "primary_email";
  public static final String SECONDARY_EMAILS = "secondary_emails";
  public static final String NOTIFICATION_EMAILS = "notification_emails";
  public static final String PRIMARY_PHONE = "primary_phone";
  public static final String NOTE = "note";
  public static final String REVERSE_PROSPECTING = "reverse_prospecting";

  public static final String INVALID_EMAILS = "invalid_emails";

  /// Among what was typed: somebody takes the contact on.
  public static final String CONNECTED = "connected";

  /// Among what was typed: things to keep aside.
  public static final String ASIDE = "aside";

  /// Among what was typed: it is what a consumer says of themselves, and proves nothing.
  public static final String UNPROVEN = "unproven";

  /// Among what was typed: it is what leads say, and no longer counts as typed.
  static final String TAKEN_BACK = "taken_back";

  /// Among what was typed: nobody typed it, but somebody else's software says it of a person who is
  /// known; so what is typed, or sent later, still counts.
  static final String EVIDENCE = "evidence";

  static final Set<String> WORDS =
      Set.of(
          PRIMARY_EMAIL,
          SECONDARY_EMAILS,
          NOTIFICATION_EMAILS,
          PRIMARY_PHONE,
          NOTE,
          REVERSE_PROSPECTING,
          INVALID_EMAILS,
          CONNECTED,
          UNPROVEN,
          TAKEN_BACK,
          EVIDENCE,
          ASIDE);

  static final Card EMPTY =
      new Card(null, List.of(), List.of(), null, Map.of(), null, false, Map.of(), List.of());

  public Card {
    secondaryEmails = List.copyOf(secondaryEmails);
    notificationEmails = List.copyOf(notificationEmails);
    // Sorted, so that the same card is always the same JSON.
    details = Collections.unmodifiableMap(new TreeMap<>(details));
    aside = Collections.unmodifiableMap(new TreeMap<>(aside));
    // Not there in what was typed before there were any.
    invalidEmails = invalidEmails == null ? List.of() : List.copyOf(invalidEmails);
  }

  /// Whether nothing stands on it that somebody typed; that mail does not arrive nobody typed.
  boolean isEmpty() {
    return EMPTY.equals(
        new Card(
            primaryEmail,
            secondaryEmails,
            notificationEmails,
            primaryPhone,
            details,
            note,
            reverseProspecting,
            aside,
            List.of()));
  }

  /// That mail to those does not arrive; all that do not, the new one among them.
  public static Card invalid(List<String> emails) {
    return new Card(null, List.of(), List.of(), null, Map.of(), null, false, Map.of(), emails);
  }
}
