package dev.porchlight.access.spark;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.porchlight.access.Secrets;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The keys that identity tokens are signed with (RS256), sealed in the store: the same at every
/// hub and after each start. May be shared by threads.
///
/// There is one key for every ninety days, named by them, made when it is first needed; of two hubs
/// that make it at once the first one's holds. The key before it stays among the published ones for
/// [#OVERLAP], far longer than any token lives, and is gone from the disk when the next one is
/// made.
public final class OpenIdKeys {
  /// How long a key signs.
  public static final Duration PERIOD = Duration.ofDays(90);

  /// For how long a key is published after it has signed for the last time.
  public static final Duration OVERLAP = Duration.ofDays(1);

  private static final String OWNER = "openid";
  private static final int BITS = 2048;

  private final Store store;
  private final Secrets secrets;

  /// What was parsed, by its text.
  private final Map<String, RSAKey> parsed = new ConcurrentHashMap<>();

  public OpenIdKeys(Store store, Secrets secrets) {
    this.store = store;
    this.secrets = secrets;
  }

  /// Signs claims with the key of the day.
  public String sign(JWTClaimsSet claims) {
    var key = current();
    var token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
    try {
      token.sign(new RSASSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("an RSA key signs", e);
    }
    return token.serialize();
  }

  /// The public keys by which tokens are verified, as JSON.
  public String published() {
    current();
    var keys = secrets.list(OWNER).stream().map(s -> parse(s.text()).toPublicJWK()).toList();
    return new JWKSet(List.copyOf(keys)).toString(true);
  }

  private static String id(Instant now) {
    return "rs256 " + now.getEpochSecond() / PERIOD.toSeconds();
  }

  private static Instant begin(Instant now) {
    long periods = now.getEpochSecond() / PERIOD.toSeconds();
    return Instant.ofEpochSecond(periods * PERIOD.toSeconds());
  }

  private synchronized RSAKey current() {
    var now = store.now();
    var id = id(now);
    var known = secrets.find(OWNER, id);
    return parse(known.isPresent() ? known.get() : make(id, now));
  }

  private String make(String id, Instant now) {
    var fresh = secrets.seal(OWNER, id, generate());
    var old =
        store.read(h ->
            h.createQuery("SELECT id FROM secret WHERE owner = ? AND id <> ?")
                .bind(0, OWNER)
                .bind(1, id)
                .mapTo(String.class)
                .list());
    var end = begin(now).plus(OVERLAP);
    store.write(
        WorkQueue.EDITS,
        batch -> {
          secrets.putFirst(batch, fresh);
          for (var other : old) {
            if (batch.clock().isBefore(end)) {
              secrets.expire(batch, OWNER, other, end);
            } else {
              secrets.remove(batch, OWNER, other);
            }
          }
          return true;
        });
    return secrets
        .find(OWNER, id)
        .orElseThrow(() -> new IllegalStateException("the key was just put"));
  }

  private static String generate() {
    try {
      return new RSAKeyGenerator(BITS)
          .keyUse(KeyUse.SIGNATURE)
          .algorithm(JWSAlgorithm.RS256)
          .keyIDFromThumbprint(true)
          .generate()
          .toJSONString();
    } catch (JOSEException e) {
      throw new IllegalStateException("RSA keys can be made", e);
    }
  }

  private RSAKey parse(String text) {
    return Optional.ofNullable(parsed.get(text))
        .orElseGet(() -> {
          try {
            var key = RSAKey.parse(text);
            if (parsed.size() > 4) {
              parsed.clear();
            }
            parsed.put(text, key);
            return key;
          } catch (ParseException e) {
            throw new IllegalStateException("a key that was written here can be read", e);
          }
        });
  }
}
