package dev.porchlight.desk.setup;

/// A source or an endpoint can't be made or changed as somebody asked.
public final class SetupException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// Whose fault it is.
  public enum Why {
    /// What was asked for can't be.
    INVALID,
    NAME_TAKEN,
    KEY_TAKEN
  }

  private final Why why;
  private final String member;

  /// @param member what of it is wrong, as the API names it; empty for the whole
  /// @param sentence for whoever asked
  SetupException(Why why, String member, String sentence) {
    super(sentence);
    this.why = why;
    this.member = member;
  }

  static SetupException invalid(String member, String sentence) {
    return new SetupException(Why.INVALID, member, sentence);
  }

  public Why why() {
    return why;
  }

  /// What of it is wrong, as the API names it; empty for the whole.
  public String member() {
    return member;
  }

  /// The sentence.
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
