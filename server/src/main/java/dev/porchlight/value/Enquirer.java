package dev.porchlight.value;

import org.jspecify.annotations.Nullable;

/// The person behind one lead, as that lead states them. Who this is among the people we know is
/// the business of the person package.
///
/// @param fullName only when the sender gave the name in one piece
/// @param email as sent, even when malformed (then a violation stands beside it)
/// @param phone as sent
/// @param emailStatus the sender's own verdict on the address, for example `valid`
/// @param phoneStatus the sender's own verdict on the number
public record Enquirer(
    @Nullable String firstName,
    @Nullable String lastName,
    @Nullable String fullName,
    @Nullable String email,
    @Nullable String phone,
    @Nullable String emailStatus,
    @Nullable String phoneStatus) {

  public static final Enquirer NOBODY = new Enquirer(null, null, null, null, null, null, null);

  /// True when there is anything that names or reaches a person.
  public boolean isSomebody() {
    return firstName != null
        || lastName != null
        || fullName != null
        || email != null
        || phone != null;
  }
}
