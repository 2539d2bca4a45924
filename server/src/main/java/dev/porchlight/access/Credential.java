package dev.porchlight.access;

import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A key or token that we gave out (or were told) and only check: we know its hash.
///
/// @param hash hex SHA-256 of what the client sends
/// @param owner whose it is: a source's id, a token's name, a lead's id, a client's id, a party's
/// @param body JSON with what it allows; the form depends on the kind
public record Credential(
    String hash,
    String id,
    Kind kind,
    String owner,
    String body,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt) {

  /// What it opens.
  public enum Kind {
    /// A source's door.
    SOURCE,
    /// A source's address of mail: what stands before the `@`.
    MAIL,
    /// Our own API.
    TOKEN,
    /// The page of one lead.
    LINK,
    /// The console, once: its owner is the member who is let in.
    SIGN_IN,
    /// The Spark door: a key's personal access token.
    SPARK,
    /// A client's door, as it is.
    CLIENT_TOKEN,
    /// An access token for a client's door.
    CLIENT_SECRET,
    /// A pod of the real-estate events door.
    PARTY;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final Table<Credential> TABLE =
      Table.<Credential>named("credential")
          .key("hash", Credential::hash)
          .column("id", Credential::id)
          .column("kind", c -> c.kind().word())
          .column("owner", Credential::owner)
          .column("body", Credential::body)
          .column("created_at", Credential::createdAt)
          .column("expires_at", Credential::expiresAt)
          .column("revoked_at", Credential::revokedAt)
          .readBy(r ->
              new Credential(
                  r.text(1),
                  r.text(2),
                  Kind.valueOf(r.text(3).toUpperCase(Locale.ROOT)),
                  r.text(4),
                  r.text(5),
                  r.time(6),
                  r.timeOrNull(7),
                  r.timeOrNull(8)));

  /// Whether it opens anything at that time.
  public boolean isLive(Instant now) {
    return revokedAt == null && (expiresAt == null || expiresAt.isAfter(now));
  }

  Credential until(@Nullable Instant expires, @Nullable Instant revoked) {
    return new Credential(hash, id, kind, owner, body, createdAt, expires, revoked);
  }
}
