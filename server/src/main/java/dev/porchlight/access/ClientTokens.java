package dev.porchlight.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/// Who calls with a client's bearer token: an opaque one, which is looked up, or a JWT that we
/// signed (HS256), which ends after 24 hours, with the secret that it was got for, or with its
/// client, whichever comes first.
///
/// The key that signs is kept sealed in the store, so that tokens hold at all hubs and beyond a
/// restart. May be shared by threads.
public final class ClientTokens {
  /// For how long a JWT holds.
  public static final Duration LIFE = Duration.ofHours(24);

  private static final String ISSUER = "porchlight";
  private static final String KEY_OWNER = "access tokens";
  private static final String KEY_PREFIX = "signing ";
  private static final String FIRST_KEY = KEY_PREFIX + "1";
  private static final String SECRET_CLAIM = "secret";
  private static final int KEY_BYTES = 32;

  private final Store store;
  private final Credentials credentials;
  private final Secrets secrets;

  public ClientTokens(Store store, Credentials credentials, Secrets secrets) {
    this.store = store;
    this.credentials = credentials;
    this.secrets = secrets;
  }

  /// The live secret that a live client presented.
  public Optional<Credential> findSecret(String clientId, String secret) {
    return credentials
        .find(Credential.Kind.CLIENT_SECRET, secret)
        .filter(c -> c.owner().equals(clientId))
        .filter(c -> live(clientId).isPresent());
  }

  /// The live client whose secret that is.
  public Optional<Client> findClient(Credential secret) {
    return live(secret.owner());
  }

  private Optional<Client> live(String id) {
    return Clients.in(store.settings()).find(id).filter(Client::isLive);
  }

  /// A JWT for the owner of a secret.
  ///
  /// @param audience where it is to hold
  /// @throws dev.porchlight.store.StoreUnavailableException when there is no key yet and none can
  ///   be stored
  public String issue(Credential secret, String audience) {
    var key = signingKey();
    var now = store.now();
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(ISSUER)
            .subject(secret.owner())
            .audience(audience)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(LIFE)))
            .jwtID(Draw.fresh(now, 0).uuid("access token"))
            .claim(SECRET_CLAIM, secret.id())
            .build();
    var header =
        new JWSHeader.Builder(JWSAlgorithm.HS256)
            .type(JOSEObjectType.JWT)
            .keyID(key.id().substring(KEY_PREFIX.length()))
            .build();
    var token = new SignedJWT(header, claims);
    try {
      token.sign(new MACSigner(bytes(key)));
    } catch (JOSEException e) {
      throw new IllegalStateException("a token could not be signed", e);
    }
    return token.serialize();
  }

  /// The live client that presents a token which holds there.
  ///
  /// @param contract the contract whose door it calls
  /// @param sandbox whether it calls the sandbox
  /// @param audience what a JWT must name
  public Optional<Client> find(String token, String contract, boolean sandbox, String audience) {
    var client =
        token.startsWith(Tokens.CLIENT_TOKEN)
            ? credentials.find(Credential.Kind.CLIENT_TOKEN, token).flatMap(c -> live(c.owner()))
            : verify(token, audience);
    return client.filter(c -> c.contract().equals(contract) && c.sandbox() == sandbox);
  }

  private Optional<Client> verify(String token, String audience) {
    try {
      // Refuses what is not signed at all (`none`).
      var jwt = SignedJWT.parse(token);
      var key =
          secrets.list(KEY_OWNER).stream()
              .filter(s -> s.id().equals(KEY_PREFIX + jwt.getHeader().getKeyID()))
              .findFirst();
      if (key.isEmpty()
          || !JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm())
          || !jwt.verify(new MACVerifier(bytes(key.get())))) {
        return Optional.empty();
      }
      var claims = jwt.getJWTClaimsSet();
      if (!ISSUER.equals(claims.getIssuer())
          || !claims.getAudience().equals(List.of(audience))
          || !store.now().isBefore(claims.getExpirationTime().toInstant())) {
        return Optional.empty();
      }
      return credentials
          .findById(claims.getStringClaim(SECRET_CLAIM))
          .filter(c -> c.isLive(store.now()) && c.owner().equals(claims.getSubject()))
          .flatMap(c -> live(c.owner()));
    } catch (ParseException | JOSEException e) {
      return Optional.empty();
    }
  }

  private Secrets.Open signingKey() {
    var known = newest();
    if (known.isPresent()) {
      return known.get();
    }
    var bytes = Tokens.random(KEY_BYTES);
    var sealed = secrets.seal(KEY_OWNER, FIRST_KEY, Base64.getEncoder().encodeToString(bytes));
    store.write(
        WorkQueue.EDITS,
        batch -> {
          secrets.putFirst(batch, sealed);
          return true;
        });
    return newest().orElseThrow(() -> new IllegalStateException("the key that signs is not there"));
  }

  private Optional<Secrets.Open> newest() {
    return secrets.list(KEY_OWNER).stream().filter(s -> s.id().startsWith(KEY_PREFIX)).findFirst();
  }

  private static byte[] bytes(Secrets.Open key) {
    return Base64.getDecoder().decode(key.text());
  }

  /// What is kept of a client's secret or token: its hash, and how it begins.
  public static Credential credential(Credential.Kind kind, String client, String text, Draw draw) {
    var body = Json.object();
    body.put("hint", Principals.hint(text));
    return new Credential(
        Tokens.hash(text),
        draw.uuid(kind.word()),
        kind,
        client,
        body.toString(),
        draw.at(),
        null,
        null);
  }
}
