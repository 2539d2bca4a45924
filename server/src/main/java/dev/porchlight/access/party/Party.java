package dev.porchlight.access.party;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Principals;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Setting;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Who publishes and receives real-estate events: a person, a team, an office, a company, or an
/// app. Each has a pod, which is where it is reached, and an identity within that pod.
///
/// @param id ours
/// @param name for people
/// @param pod the pod's name, unique at the hub and never given to another: letters a-z, digits and
///   hyphens
/// @param node whose party it is: what its events say of listings is said there
/// @param url where the pod is, with a slash at its end; never changes, since identities are in it
/// @param host the pod's own host name, in lower case; null when it is reached by its path alone
/// @param defaultRecipient of an app: the party to which goes what it publishes without a recipient
/// @param endpoint where its inbox is pushed to; null when it is read only
/// @param rateLimit how many messages it may send in any five minutes; null for [#MESSAGES]
/// @param removedAt from when on it is nobody
public record Party(
    String id,
    String name,
    String pod,
    Kind kind,
    String node,
    String url,
    @Nullable String host,
    @Nullable String defaultRecipient,
    @Nullable String endpoint,
    @Nullable Integer rateLimit,
    Instant createdAt,
    @Nullable Instant removedAt) {
  /// The kind of setting that holds parties.
  public static final String SETTING = "party";

  /// What a pod's key starts with.
  public static final String KEY = "plp_";

  /// How many messages a party may send in any five minutes, unless told otherwise.
  public static final int MESSAGES = 2000;

  private static final Pattern POD = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

  /// What a party is.
  public enum Kind {
    PERSON,
    TEAM,
    OFFICE,
    COMPANY,
    /// A program: it publishes to others and follows them, and owns nothing.
    APP;

    /// The word in the API.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Party {
    if (!POD.matcher(pod).matches()) {
      throw new IllegalArgumentException(
          "a pod's name has 1 to 63 letters a-z, digits and hyphens, none of those at its ends");
    }
    if (!url.endsWith("/")) {
      throw new IllegalArgumentException("a pod's address ends with a slash");
    }
  }

  static Party of(Setting setting) {
    return Json.read(setting.body(), Party.class);
  }

  /// The name of a pod that is like a name for people; may be empty.
  public static String podLike(String name) {
    var like = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    like = like.substring(0, Math.min(like.length(), 63));
    return like.replaceAll("^-+|-+$", "");
  }

  /// The body of the setting that holds this party.
  public String body() {
    return Json.write(this);
  }

  /// Whether it is somebody.
  public boolean isLive() {
    return removedAt == null;
  }

  public boolean isApp() {
    return kind == Kind.APP;
  }

  /// Its identity.
  public String profile() {
    return url + "profile/card#me";
  }

  /// How many messages it may send in any five minutes.
  public int messages() {
    return rateLimit == null ? MESSAGES : rateLimit;
  }

  /// The same with other ways to send it what it is to get.
  public Party with(
      String nowName,
      @Nullable String nowDefaultRecipient,
      @Nullable String nowEndpoint,
      @Nullable Integer nowRateLimit) {
    return new Party(
        id,
        nowName,
        pod,
        kind,
        node,
        url,
        host,
        nowDefaultRecipient,
        nowEndpoint,
        nowRateLimit,
        createdAt,
        removedAt);
  }

  /// The same, ended.
  public Party removed(Instant at) {
    return new Party(
        id, name, pod, kind, node, url, host, defaultRecipient, null, rateLimit, createdAt, at);
  }

  /// What is kept of a pod's key: its hash, and how it begins.
  public static Credential credential(String party, String key, Draw draw) {
    var body = Json.object();
    body.put("hint", Principals.hint(key));
    return new Credential(
        Tokens.hash(key),
        draw.uuid("pod key"),
        Credential.Kind.PARTY,
        party,
        body.toString(),
        draw.at(),
        null,
        null);
  }
}
