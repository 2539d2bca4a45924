package dev.porchlight.delivery;

/// Gets access tokens by OAuth 2 client credentials, and keeps them until they end.
public interface AccessTokens {
  /// What came of it.
  sealed interface Got {
    /// A token.
    record Token(String text) implements Got {}

    /// None, for that reason.
    record None(String reason) implements Got {}
  }

  /// A token in force; asked for once, however many want it at the same time.
  ///
  /// @param secret the client's
  Got get(Authorization how, String secret);

  /// A token that was refused: the next one is a new one.
  void drop(Authorization how, String token);
}
