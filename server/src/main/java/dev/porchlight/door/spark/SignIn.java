package dev.porchlight.door.spark;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.RateLimits;
import dev.porchlight.access.Secrets;
import dev.porchlight.access.spark.SparkGrants;
import dev.porchlight.access.spark.SparkKey;
import dev.porchlight.access.spark.SparkKeys;
import dev.porchlight.access.spark.SparkSessions;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.person.PortalAccount;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells who asks: by a bearer token (`Bearer` and `OAuth` are one), or by a session's token and a
/// signature. Missing, unknown and expired sessions are 1020, as that is what makes clients sign
/// in; a wrong signature or an unknown bearer token is 1000.
///
/// What stands in clear text is refused where it would show a bearer token or open a session,
/// loopback included, unless the hub is told that it serves development.
final class SignIn implements Resource.Doorkeeper {
  private static final Logger LOG = LoggerFactory.getLogger(SignIn.class);

  private final Store store;
  private final Credentials credentials;
  private final Secrets secrets;
  private final SparkSessions sessions;
  private final SparkGrants grants;
  private final RateLimits rates = new RateLimits();
  private final boolean insecure;

  /// @param insecure whether plain HTTP is taken everywhere
  SignIn(
      Store store,
      Credentials credentials,
      Secrets secrets,
      SparkSessions sessions,
      SparkGrants grants,
      boolean insecure) {
    this.store = store;
    this.credentials = credentials;
    this.secrets = secrets;
    this.sessions = sessions;
    this.grants = grants;
    this.insecure = insecure;
  }

  /// Where one signs in and out.
  List<Resource> resources() {
    return List.of(
        Resource.open("/session").on("POST", this::start),
        Resource.of("/session/{token}", this).on("DELETE", Roles.ALL, this::end));
  }

  /// A key, and whom it stands for in this request unless `ApiUser` says otherwise.
  private record Presented(
      SparkKey key, SparkKey.Way way, String account, @Nullable String contact) {
    static Presented itself(SparkKey key, SparkKey.Way way) {
      return new Presented(key, way, key.member(), key.contact());
    }
  }

  @Override
  public Caller admit(SparkCall call) throws BodyException, IOException {
    var bearer = bearer(call.request());
    var presented = bearer.isPresent() ? byToken(call, bearer.get()) : bySession(call);
    return admit(call, presented);
  }

  private Caller admit(SparkCall call, Presented presented) throws BodyException, IOException {
    var key = presented.key();
    check(key, presented.way(), call.request());
    count(key);
    var nodes = Nodes.in(store.settings());
    var asked = call.parameter("ApiUser").map(String::strip).filter(u -> !u.isEmpty());
    var id = asked.orElse(presented.account());
    var account = nodes.find(id).filter(n -> n.kind() != Node.Kind.TEAM && !n.isEnded());
    if (account.isEmpty() || !mayActFor(presented, id, nodes)) {
      throw new SparkException(SparkFault.USER_NOT_PERMITTED);
    }
    if (presented.contact() != null) {
      seeConsumer(presented.contact(), presented.way());
    }
    LOG.debug(
        "Request {} of {} by {} (chain {})",
        call.request().id(),
        key.name(),
        call.request()
            .header("X-SparkApi-User-Agent")
            .or(() -> call.request().header("User-Agent"))
            .orElse("an unnamed client"),
        call.request().header("X-Request-Id-Chain").orElse("-"));
    return new Caller(
        key,
        account.get(),
        Optional.ofNullable(presented.contact()),
        Scope.at(store.settings(), id));
  }

  /// A consumer whose account is switched off or gone comes in no more, whatever token they hold.
  /// Notes the hour of their request.
  private void seeConsumer(String contact, SparkKey.Way way) {
    var account = PortalAccount.find(store, contact);
    if (account.filter(PortalAccount::enabled).isEmpty()
        && (account.isPresent() || way == SparkKey.Way.OAUTH2)) {
      throw new SparkException(
          SparkFault.USER_NOT_PERMITTED, "The consumer's portal account is switched off or gone.");
    }
    var now = store.now();
    if (account.filter(a -> !PortalAccount.hour(now).equals(a.activeAt())).isPresent()) {
      try {
        store.write(
            WorkQueue.EDITS,
            batch -> {
              PortalAccount.find(batch, contact).ifPresent(a -> a.active(now).touch(batch));
              return true;
            });
      } catch (StoreUnavailableException e) {
        LOG.warn("The hour of a consumer's request could not be noted", e);
      }
    }
  }

  private static boolean mayActFor(Presented presented, String id, Nodes nodes) {
    if (id.equals(presented.account())) {
      return true;
    }
    var within = presented.key().actsWithin();
    // A token that one account has granted stands for that account alone.
    return presented.way() != SparkKey.Way.OAUTH2 && within != null && nodes.isWithin(id, within);
  }

  private Presented byToken(SparkCall call, String token) {
    needTls(call.request());
    var keys = SparkKeys.in(store.settings());
    var personal =
        credentials
            .find(Credential.Kind.SPARK, token)
            .flatMap(c -> keys.findByOwner(c.owner()))
            .map(key -> Presented.itself(key, SparkKey.Way.TOKEN));
    return personal
        .or(() -> byGrant(keys, token))
        .orElseThrow(() -> new SparkException(SparkFault.KEY_WRONG, "There is no such token."));
  }

  private Optional<Presented> byGrant(SparkKeys keys, String token) {
    return grants
        .find(token)
        .flatMap(access -> {
          if (!store.now().isBefore(access.expiresAt())) {
            throw new SparkException(SparkFault.SESSION_EXPIRED, "The token has expired.");
          }
          return keys.find(access.keyId())
              .map(key ->
                  new Presented(key, SparkKey.Way.OAUTH2, access.accountId(), access.contactId()));
        });
  }

  private Presented bySession(SparkCall call) throws BodyException, IOException {
    var token =
        call.parameter("AuthToken")
            .orElseThrow(() -> new SparkException(SparkFault.SESSION_EXPIRED, "Sign in first."));
    var key =
        sessions
            .find(token)
            .flatMap(id -> SparkKeys.in(store.settings()).find(id))
            .orElseThrow(() -> new SparkException(SparkFault.SESSION_EXPIRED));
    var signature = call.parameter("ApiSig").orElse("");
    refuseDisabled(key);
    if (!isSigned(call, key, signature)) {
      throw new SparkException(SparkFault.KEY_WRONG, "The signature ApiSig is wrong.");
    }
    sessions.used(token);
    return Presented.itself(key, SparkKey.Way.SESSION);
  }

  private boolean isSigned(SparkCall call, SparkKey key, String signature)
      throws BodyException, IOException {
    var secret = secret(key);
    var path = call.request().path();
    var hasBody = !call.request().method().equals("GET") && !call.request().method().equals("HEAD");
    var body = hasBody ? call.bytes() : new byte[0];
    if (Signature.isRequest(secret, key.apiKey(), path, call.query(), body, signature)) {
      return true;
    }
    if (!call.isOverridden()) {
      return false;
    }
    // A request that stands for another may be signed as that one: its form among the parameters.
    var all = new ArrayList<>(call.query());
    all.addAll(call.form());
    return Signature.isRequest(secret, key.apiKey(), path, all, new byte[0], signature);
  }

  private String secret(SparkKey key) {
    return secrets
        .find(key.owner(), SparkKey.SECRET)
        .orElseThrow(() -> new SparkException(SparkFault.KEY_UNFINISHED));
  }

  /// Whether a key that proved itself may be used in this way, from there.
  private static void check(SparkKey key, SparkKey.Way way, Request request) {
    refuseDisabled(key);
    if (!key.allows(way)) {
      throw new SparkException(SparkFault.WAY_NOT_ALLOWED);
    }
    if (!key.allowsFrom(request.peer())
        || !key.allowsAgent(
            request.header("X-SparkApi-User-Agent"), request.header("User-Agent"))) {
      throw new SparkException(SparkFault.KEY_RESTRICTED);
    }
  }

  /// Before a signature is looked at: the secret of a disabled key is gone.
  private static void refuseDisabled(SparkKey key) {
    if (key.isRevoked()) {
      throw new SparkException(SparkFault.KEY_DISABLED);
    }
  }

  private void count(SparkKey key) {
    int wait = rates.admit(key.id(), key.rate(), store.now());
    if (wait > 0) {
      throw new SparkException(
              SparkFault.RATE_LIMIT, "Over the limit of " + key.rate() + " requests in 5 minutes.")
          .header("Retry-After", Integer.toString(wait));
    }
  }

  void needTls(Request request) {
    if (!insecure && !request.isEncrypted()) {
      throw new SparkException(SparkFault.TLS_REQUIRED);
    }
  }

  static Optional<String> bearer(Request request) {
    return request
        .header("Authorization")
        .map(String::strip)
        .flatMap(h -> {
          for (var scheme : List.of("Bearer ", "OAuth ")) {
            if (h.regionMatches(true, 0, scheme, 0, scheme.length())) {
              return Optional.of(h.substring(scheme.length()).strip());
            }
          }
          return Optional.empty();
        });
  }

  private Reply.Full start(SparkCall call) throws BodyException, IOException {
    needTls(call.request());
    var apiKey =
        call.parameter("ApiKey")
            .orElseThrow(() -> new SparkException(SparkFault.KEY_WRONG, "ApiKey is missing."));
    var signature = call.parameter("ApiSig").orElse("");
    var key = SparkKeys.in(store.settings()).findByApiKey(apiKey);
    key.ifPresent(SignIn::refuseDisabled);
    if (key.isEmpty() || !Signature.isSession(secret(key.get()), apiKey, signature)) {
      throw new SparkException(SparkFault.KEY_WRONG, "The ApiKey or the ApiSig is wrong.");
    }
    check(key.get(), SparkKey.Way.SESSION, call.request());
    if (Nodes.in(store.settings()).find(key.get().member()).filter(n -> !n.isEnded()).isEmpty()) {
      throw new SparkException(SparkFault.USER_NOT_PERMITTED);
    }
    count(key.get());
    var session = sessions.start(key.get());
    var result = Json.object();
    result.put("AuthToken", session.token());
    // To the second, as clients that read it know no fractions.
    result.put("Expires", session.expiresAt().truncatedTo(ChronoUnit.SECONDS).toString());
    result.putArray("Roles").add(key.get().role().word());
    return Envelope.ok(List.of(result));
  }

  private Reply.Full end(SparkCall call) {
    if (!sessions.end(call.caller().key().id(), call.path("token"))) {
      throw new SparkException(SparkFault.NOT_FOUND);
    }
    return Envelope.done();
  }
}
