package dev.porchlight.sign;

/// What a signature profile makes of a request.
public sealed interface Verdict {
  /// The signature fits.
  ///
  /// @param keyIndex which of the profile's keys fitted, from 0
  record Verified(int keyIndex) implements Verdict {}

  /// There is no signature where the profile looks for one.
  record Absent() implements Verdict {}

  /// There is one, and it does not hold.
  record Wrong(Reason reason) implements Verdict {}

  /// Why a signature does not hold.
  enum Reason {
    /// Several headers, or several members, carry a signature.
    AMBIGUOUS("there is more than one signature"),
    /// Longer than 4 KiB or more than 20 entries.
    TOO_LONG("the signature is too long"),
    /// Wrong prefix, wrong encoding or wrong length.
    MALFORMED("the signature has not the form that the profile asks for"),
    /// The body is not a JSON object in UTF-8, or the member is not a string.
    BODY_UNREADABLE("the body does not carry the signature as a text in a JSON object"),
    /// A header that is part of what is signed is missing or came twice.
    HEADER_MISSING("a header that is signed is missing or came more than once"),
    /// The timestamp is not a whole number.
    TIMESTAMP_MALFORMED("the timestamp is not a whole number"),
    /// The timestamp is too far from our clock.
    TIMESTAMP_OUTSIDE("the timestamp is too far from our clock"),
    /// No key gives this signature.
    MISMATCH("no key gives this signature");

    private final String sentence;

    Reason(String sentence) {
      this.sentence = sentence;
    }

    /// In words, for logs and stories.
    public String sentence() {
      return sentence;
    }
  }
}
