package dev.porchlight.access.spark;

import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What accounts have granted to Spark keys by OAuth 2: a code, once, within five minutes; then
/// access tokens of a day, and one refresh token for the grant's life. All are stored as hashes.
///
/// A code that comes a second time was stolen, or the first one to bring it had stolen it: the
/// whole grant ends, and what it had given opens nothing any more. May be shared by threads.
public final class SparkGrants {
  /// How long an access token holds.
  public static final Duration ACCESS_LIFE = Duration.ofSeconds(86_400);

  /// How long a code waits for its client.
  public static final Duration CODE_LIFE = Duration.ofMinutes(5);

  /// For how long an access token is remembered as expired, not unknown.
  private static final Duration REMEMBERED = Duration.ofDays(7);

  /// For so long a refresh token holds that nobody uses.
  private static final Duration UNUSED = Duration.ofDays(365);

  private static final int STEP = 25;
  private static final int STEPS = 80;

  private static final String REVOKED = "spark-grant.revoked";
  private static final String CODE = "spc_";
  private static final String ACCESS = "spa_";
  private static final String REFRESH = "spr_";
  private static final int MOST_CACHED = 10_000;

  /// @param codeHash empty when no code was given
  /// @param refreshHash empty until the first tokens
  /// @param exchangedAt when it last gave tokens; null until the first
  /// @param scope empty when not asked for by OpenID Connect
  /// @param challenge empty when the code needs no proof
  private record Grant(
      String id,
      String keyId,
      String accountId,
      @Nullable String contactId,
      String codeHash,
      String redirectUri,
      String refreshHash,
      String scope,
      String nonce,
      String challenge,
      Instant createdAt,
      @Nullable Instant exchangedAt,
      @Nullable Instant revokedAt) {
    static final Table<Grant> TABLE =
        Table.<Grant>named("spark_grant")
            .key("id", Grant::id)
            .column("key_id", Grant::keyId)
            .column("account_id", Grant::accountId)
            .column("contact_id", Grant::contactId)
            .column("code_hash", Grant::codeHash)
            .column("redirect_uri", Grant::redirectUri)
            .column("refresh_hash", Grant::refreshHash)
            .column("scope", Grant::scope)
            .column("nonce", Grant::nonce)
            .column("challenge", Grant::challenge)
            .column("created_at", Grant::createdAt)
            .column("exchanged_at", Grant::exchangedAt)
            .column("revoked_at", Grant::revokedAt)
            .readBy(r ->
                new Grant(
                    r.text(1),
                    r.text(2),
                    r.text(3),
                    r.textOrNull(4),
                    r.text(5),
                    r.text(6),
                    r.text(7),
                    r.text(8),
                    r.text(9),
                    r.text(10),
                    r.time(11),
                    r.timeOrNull(12),
                    r.timeOrNull(13)));

    Grant exchanged(String refresh, Instant at) {
      return new Grant(
          id,
          keyId,
          accountId,
          contactId,
          codeHash,
          redirectUri,
          refresh,
          scope,
          nonce,
          challenge,
          createdAt,
          at,
          revokedAt);
    }

    Grant revoked(Instant at) {
      return new Grant(
          id,
          keyId,
          accountId,
          contactId,
          codeHash,
          redirectUri,
          refreshHash,
          scope,
          nonce,
          challenge,
          createdAt,
          exchangedAt,
          at);
    }
  }

  /// An access token: what it stands for.
  ///
  /// @param contactId of a consumer: their own contact
  public record Access(
      String hash,
      String grantId,
      String keyId,
      String accountId,
      @Nullable String contactId,
      Instant expiresAt) {
    private static final Table<Access> TABLE =
        Table.<Access>named("spark_access")
            .key("hash", Access::hash)
            .column("grant_id", Access::grantId)
            .column("key_id", Access::keyId)
            .column("account_id", Access::accountId)
            .column("contact_id", Access::contactId)
            .column("expires_at", Access::expiresAt)
            .readBy(r ->
                new Access(r.text(1), r.text(2), r.text(3), r.text(4), r.textOrNull(5), r.time(6)));
  }

  /// Who signed in, for those who asked by OpenID Connect.
  ///
  /// @param scope what was asked for, words with blanks between
  /// @param nonce as the client sent it; empty when it did not, and in what a refresh gives
  /// @param at when they signed in
  public record Identity(String accountId, String scope, String nonce, Instant at) {}

  /// Tokens as they are shown, once.
  ///
  /// @param identity whose grant it is
  public record Granted(
      String accessToken, String refreshToken, long expiresIn, Identity identity) {}

  /// What a client asks for beside a code.
  ///
  /// @param scope empty without OpenID Connect
  /// @param nonce to be repeated in the identity token; empty for none
  /// @param challenge the S256 challenge of PKCE; empty for none
  public record Wish(String scope, String nonce, String challenge) {
    public static final Wish NONE = new Wish("", "", "");
  }

  private final Store store;
  private final int hub;
  private final Map<String, Access> cache = new ConcurrentHashMap<>();

  /// How often something was revoked: what was read before that is not kept after it.
  private long revocations;

  /// @param hub the hub's number
  public SparkGrants(Store store, int hub) {
    this.store = store;
    this.hub = hub;
    store.follow(lines -> {
      for (LogEntry line : lines) {
        if (line.kind().equals(REVOKED)) {
          forget(line.subject());
        }
      }
    });
  }

  /// Notes that an account let a client act for it.
  ///
  /// @return the code for the client, to be shown once
  public String code(SparkKey key, String account, String redirectUri, Wish wish) {
    return code(key, account, null, redirectUri, wish);
  }

  /// The same for a consumer.
  ///
  /// @param contact of a consumer: their own contact
  public String code(
      SparkKey key, String account, @Nullable String contact, String redirectUri, Wish wish) {
    var code = Tokens.create(CODE);
    var grant = fresh(key, account, contact, Tokens.hash(code), redirectUri, "", wish);
    store.write(
        WorkQueue.EDITS,
        batch -> {
          batch.put(Grant.TABLE, grant);
          batch.append("spark-grant.made", grant.id(), key.id());
          // Codes that nobody came for.
          batch
              .sql()
              .createUpdate(
                  "DELETE FROM spark_grant WHERE id IN (SELECT id FROM spark_grant WHERE"
                      + " exchanged_at IS NULL AND created_at < :t LIMIT 20)")
              .bind("t", Row.micros(batch.clock().minus(REMEMBERED)))
              .execute();
          return true;
        });
    return code;
  }

  /// Gives tokens to a client whose account has just proved who it is.
  ///
  /// @param contact of a consumer: their own contact
  public Granted grant(SparkKey key, String account, @Nullable String contact) {
    var refresh = Tokens.create(REFRESH);
    var token = Tokens.create(ACCESS);
    var grant = fresh(key, account, contact, "", "", Tokens.hash(refresh), Wish.NONE);
    return store.write(
        WorkQueue.EDITS,
        batch -> {
          batch.put(Grant.TABLE, grant.exchanged(grant.refreshHash(), batch.now()));
          batch.append("spark-grant.made", grant.id(), key.id());
          signedIn(batch, contact, key.id());
          return give(batch, grant, token, refresh, "");
        });
  }

  /// Notes that a consumer came in.
  ///
  /// @param contact null when it was no consumer
  static void signedIn(Batch batch, @Nullable String contact, String key) {
    if (contact != null) {
      batch.append("consumer.signed-in", contact, key);
    }
  }

  private Grant fresh(
      SparkKey key,
      String account,
      @Nullable String contact,
      String codeHash,
      String redirectUri,
      String refreshHash,
      Wish wish) {
    var draw = Draw.fresh(store.now(), hub);
    return new Grant(
        draw.uuid("spark-grant"),
        key.id(),
        account,
        contact,
        codeHash,
        redirectUri,
        refreshHash,
        wish.scope(),
        wish.nonce(),
        wish.challenge(),
        draw.at(),
        null,
        null);
  }

  /// Tokens for a code.
  ///
  /// @param challenge what the client's proof comes to (S256); empty when it sent none
  /// @return empty when the code is not that client's, is too old, was used, was given for another
  ///   address, or needs another proof
  public Optional<Granted> exchange(
      SparkKey key, String code, String redirectUri, String challenge) {
    var found = find("code_hash", code);
    if (found.isEmpty() || !found.get().keyId().equals(key.id())) {
      return Optional.empty();
    }
    var refresh = Tokens.create(REFRESH);
    var token = Tokens.create(ACCESS);
    var refreshHash = Tokens.hash(refresh);
    return store.write(
        WorkQueue.EDITS,
        batch -> {
          var grant = batch.find(Grant.TABLE, found.get().id());
          if (grant == null || grant.revokedAt() != null) {
            return Optional.<Granted>empty();
          }
          if (grant.exchangedAt() != null) {
            revoke(batch, grant);
            return Optional.<Granted>empty();
          }
          if (!grant.redirectUri().equals(redirectUri)
              || !Tokens.sameText(grant.challenge(), challenge)
              || !batch.clock().isBefore(grant.createdAt().plus(CODE_LIFE))) {
            return Optional.<Granted>empty();
          }
          batch.put(Grant.TABLE, grant.exchanged(refreshHash, batch.now()));
          return Optional.of(give(batch, grant, token, refresh, grant.nonce()));
        });
  }

  /// A new access token for a refresh token, which stays.
  ///
  /// @return empty when that is not that client's, or its grant has ended
  public Optional<Granted> refresh(SparkKey key, String refresh) {
    var found = find("refresh_hash", refresh);
    if (found.isEmpty() || !found.get().keyId().equals(key.id())) {
      return Optional.empty();
    }
    var token = Tokens.create(ACCESS);
    return store.write(
        WorkQueue.EDITS,
        batch -> {
          var grant = batch.find(Grant.TABLE, found.get().id());
          if (grant == null || grant.revokedAt() != null) {
            return Optional.<Granted>empty();
          }
          batch.put(Grant.TABLE, grant.exchanged(grant.refreshHash(), batch.now()));
          return Optional.of(give(batch, grant, token, refresh, ""));
        });
  }

  /// Drops some grants for which nobody has come for tokens for a year: whoever signs in anew gets
  /// a new one each time, and clients forget the old ones.
  ///
  /// @param goesOn false when it is to end soon
  public static void dropUnused(Store store, BooleanSupplier goesOn) {
    var before = Row.micros(store.now().minus(UNUSED));
    for (int i = 0; i < STEPS && goesOn.getAsBoolean(); i++) {
      List<String> page =
          store.read(h ->
              h.createQuery(
                      "SELECT id FROM spark_grant WHERE exchanged_at < :t"
                          + " ORDER BY exchanged_at LIMIT "
                          + STEP)
                  .bind("t", before)
                  .mapTo(String.class)
                  .list());
      if (!page.isEmpty()) {
        store.write(
            WorkQueue.RETENTION,
            batch -> {
              for (var id : page) {
                var grant = batch.find(Grant.TABLE, id);
                // Its tokens may have been asked for since.
                if (grant != null
                    && grant.exchangedAt() != null
                    && Row.micros(grant.exchangedAt()) < before) {
                  batch.delete(Grant.TABLE, id);
                }
              }
              return true;
            });
      }
      if (page.size() < STEP) {
        return;
      }
    }
  }

  private Granted give(Batch batch, Grant grant, String token, String refresh, String nonce) {
    var access =
        new Access(
            Tokens.hash(token),
            grant.id(),
            grant.keyId(),
            grant.accountId(),
            grant.contactId(),
            batch.clock().plus(ACCESS_LIFE));
    batch.put(Access.TABLE, access);
    // Each new one takes more than one old one away, so they don't pile up.
    batch
        .sql()
        .createUpdate(
            "DELETE FROM spark_access WHERE hash IN"
                + " (SELECT hash FROM spark_access WHERE expires_at < :t LIMIT 20)")
        .bind("t", Row.micros(batch.clock().minus(REMEMBERED)))
        .execute();
    return new Granted(
        token,
        refresh,
        ACCESS_LIFE.toSeconds(),
        new Identity(grant.accountId(), grant.scope(), nonce, grant.createdAt()));
  }

  private void revoke(Batch batch, Grant grant) {
    batch.put(Grant.TABLE, grant.revoked(batch.now()));
    batch
        .sql()
        .createUpdate("DELETE FROM spark_access WHERE grant_id = :id")
        .bind("id", grant.id())
        .execute();
    batch.append(REVOKED, grant.id(), grant.keyId());
    batch.afterCommit(() -> forget(grant.id()));
  }

  /// What an access token stands for; it may have expired.
  public Optional<Access> find(String token) {
    if (!token.startsWith(ACCESS)) {
      return Optional.empty();
    }
    var hash = Tokens.hash(token);
    var known = cache.get(hash);
    if (known != null) {
      return Optional.of(known);
    }
    long before = revocations();
    var read =
        store.read(h ->
            h.createQuery(
                    "SELECT " + Access.TABLE.columnList() + " FROM spark_access WHERE hash = :hash")
                .bind("hash", hash)
                .map((r, _) -> Access.TABLE.read(new Row(r)))
                .findOne());
    read.ifPresent(access -> keep(access, before));
    return read;
  }

  /// What was asked for with the code that an access token goes back to; empty without OpenID
  /// Connect.
  public String scope(Access access) {
    return store.read(h ->
        h.createQuery("SELECT scope FROM spark_grant WHERE id = ?")
            .bind(0, access.grantId())
            .mapTo(String.class)
            .findOne()
            .orElse(""));
  }

  private synchronized long revocations() {
    return revocations;
  }

  private synchronized void keep(Access access, long before) {
    if (revocations == before) {
      if (cache.size() >= MOST_CACHED) {
        cache.clear();
      }
      cache.put(access.hash(), access);
    }
  }

  private synchronized void forget(String grant) {
    revocations++;
    cache.values().removeIf(a -> a.grantId().equals(grant));
  }

  private Optional<Grant> find(String column, String presented) {
    List<Grant> found =
        store.read(h ->
            h.createQuery(
                    "SELECT "
                        + Grant.TABLE.columnList()
                        + " FROM spark_grant WHERE "
                        + column
                        + " = :hash AND "
                        + column
                        + " <> ''")
                .bind("hash", Tokens.hash(presented))
                .map((r, _) -> Grant.TABLE.read(new Row(r)))
                .list());
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }
}
