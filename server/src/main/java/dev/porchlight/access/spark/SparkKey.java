package dev.porchlight.access.spark;

import dev.porchlight.access.Credentials;
import dev.porchlight.access.Secrets;
import dev.porchlight.net.Cidr;
import dev.porchlight.value.Json;
import java.net.InetAddress;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A key of the Spark door: who a client is, for whom it acts, and how it is bounded. Its secret is
/// sealed elsewhere ([Secrets], under [#owner]), its personal access token only known by its hash
/// ([Credentials]).
///
/// @param id a UUID
/// @param apiKey what clients send as `ApiKey`, and as `client_id`; not a secret
/// @param member the account it acts for by itself: a member, an office, a company, an MLS
/// @param contact of a consumer's key: the contact that it acts as by itself
/// @param actsWithin the node below which `ApiUser` may name another account; null for none
/// @param ways how it may be used
/// @param redirectUris where the consent page may send people back to
/// @param replication whether pages may have up to 1,000 items
/// @param rate requests in 5 minutes
/// @param addresses networks it may be used from; empty for all
/// @param userAgents what the client's `X-SparkApi-User-Agent` or `User-Agent` may begin with;
///   empty for all
public record SparkKey(
    String id,
    String name,
    String apiKey,
    SparkRole role,
    String member,
    @Nullable String contact,
    @Nullable String actsWithin,
    Set<Way> ways,
    List<String> redirectUris,
    boolean replication,
    int rate,
    List<String> addresses,
    List<String> userAgents,
    Instant createdAt,
    @Nullable Instant revokedAt) {
  /// The kind of setting that holds keys.
  public static final String SETTING = "spark-key";

  /// The name of its secret among the owner's.
  public static final String SECRET = "api_secret";

  /// Requests in 5 minutes, unless told otherwise.
  public static final int USUAL_RATE = 1500;

  /// The same for keys that replicate.
  public static final int REPLICATION_RATE = 4000;

  /// A way of authenticating.
  public enum Way {
    /// `POST /v1/session`, then signed requests.
    SESSION,
    /// The personal access token.
    TOKEN,
    /// Tokens that the OAuth 2 grant gave.
    OAUTH2;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException for another word
    public static Way of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  public SparkKey {
    ways = ways.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(ways));
    redirectUris = List.copyOf(redirectUris);
    addresses = List.copyOf(addresses);
    userAgents = List.copyOf(userAgents);
    addresses.forEach(Cidr::parse);
    if (name.isBlank() || apiKey.isBlank() || rate < 1) {
      throw new IllegalArgumentException("a key has a name, an api_key and a rate");
    }
    if (contact != null && !role.isConsumer()) {
      throw new IllegalArgumentException("only a consumer's key acts as a contact");
    }
  }

  /// The body of the setting that holds it.
  public String body() {
    return Json.write(this);
  }

  /// Under which name its secrets and credentials are kept.
  public String owner() {
    return ownerOf(id);
  }

  static String ownerOf(String id) {
    return SETTING + " " + id;
  }

  public boolean isRevoked() {
    return revokedAt != null;
  }

  public boolean allows(Way way) {
    return ways.contains(way);
  }

  /// Whether it may be used from there.
  public boolean allowsFrom(InetAddress peer) {
    return addresses.isEmpty() || addresses.stream().anyMatch(a -> Cidr.parse(a).contains(peer));
  }

  /// Whether a program of one of these names may use it.
  public boolean allowsAgent(Optional<String> sparkAgent, Optional<String> agent) {
    return userAgents.isEmpty()
        || userAgents.stream()
            .anyMatch(a ->
                sparkAgent.filter(s -> s.startsWith(a)).isPresent()
                    || agent.filter(s -> s.startsWith(a)).isPresent());
  }

  /// The same, void from then on.
  public SparkKey revoked(Instant at) {
    return new SparkKey(
        id,
        name,
        apiKey,
        role,
        member,
        contact,
        actsWithin,
        ways,
        redirectUris,
        replication,
        rate,
        addresses,
        userAgents,
        createdAt,
        at);
  }
}
