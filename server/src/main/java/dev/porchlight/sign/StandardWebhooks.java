package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// Standard Webhooks 1.0.0: making secrets, signing and verifying. Signed are the bytes
/// `id.timestamp.body` with the body exactly as it is on the wire. `v1` is HMAC-SHA256 with a
/// shared secret (`whsec_`), `v1a` is Ed25519 with a key pair (`whsk_`, `whpk_`). All methods may
/// be called by many threads.
public final class StandardWebhooks {
  /// The header that identifies the message.
  public static final String ID = "webhook-id";

  /// The header with the time of the attempt, Unix seconds.
  public static final String TIMESTAMP = "webhook-timestamp";

  /// The header with the signatures.
  public static final String SIGNATURE = "webhook-signature";

  /// How far a timestamp may lie from our clock, on both sides, in seconds.
  public static final long TOLERANCE_SECONDS = 300;

  static final int MAX_HEADER_BYTES = 4096;
  static final int MAX_ENTRIES = 20;

  /// How many keys may sign at once.
  public static final int MAX_KEYS = 10;

  private static final int NEW_SECRET_BYTES = 32;
  private static final String SHARED = "whsec_";
  private static final String PRIVATE = "whsk_";
  private static final String PUBLIC = "whpk_";
  // What DER puts before the 32 bytes of an Ed25519 key (RFC 8410).
  private static final byte[] PRIVATE_HEAD =
      HexFormat.of().parseHex("302e020100300506032b657004220420");
  private static final byte[] PUBLIC_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

  private StandardWebhooks() {}

  /// A key as configured. None of them shows itself in `toString`.
  public sealed interface Key {
    /// A shared secret: signs and verifies `v1`.
    final class Shared implements Key {
      private final byte[] bytes;

      Shared(byte[] bytes) {
        this.bytes = bytes;
      }
    }

    /// A private key: signs `v1a`, and verifies it with its public half.
    final class Private implements Key {
      private final PrivateKey signing;
      private final PublicKey verifying;

      Private(PrivateKey signing, PublicKey verifying) {
        this.signing = signing;
        this.verifying = verifying;
      }
    }

    /// A public key: verifies `v1a`.
    final class Public implements Key {
      private final PublicKey verifying;

      Public(PublicKey verifying) {
        this.verifying = verifying;
      }
    }
  }

  /// A key with what is odd about its text.
  ///
  /// @param warnings sentences for whoever configured it; they hold no secret
  public record Parsed(Key key, List<String> warnings) {
    public Parsed {
      warnings = List.copyOf(warnings);
    }
  }

  /// Why a request was refused.
  public enum Reason {
    /// One of the three headers is missing or empty.
    HEADER_MISSING("a webhook header is missing or empty"),
    /// One of the three headers came more than once.
    HEADER_REPEATED("a webhook header came more than once"),
    /// The timestamp is not decimal digits only.
    TIMESTAMP_MALFORMED("the timestamp is not a whole number of seconds"),
    /// The timestamp is too far in the past.
    TIMESTAMP_TOO_OLD("the timestamp is too far in the past"),
    /// The timestamp is too far in the future.
    TIMESTAMP_TOO_NEW("the timestamp is too far in the future"),
    /// More than 4 KiB or 20 entries of signatures.
    TOO_MANY_SIGNATURES("the signature header is too long"),
    /// No entry is of a version that the keys can check, or none is readable.
    NO_USABLE_SIGNATURE("no signature of a usable version"),
    /// No entry fits any key.
    NO_MATCH("no signature fits any key");

    private final String sentence;

    Reason(String sentence) {
      this.sentence = sentence;
    }

    /// In words, for logs and stories.
    public String sentence() {
      return sentence;
    }
  }

  /// What came of verifying.
  public sealed interface Verification {
    /// The request is authentic.
    ///
    /// @param id the message's id, with which repeats are told
    /// @param keyIndex which of the accepted keys fitted, from 0
    record Accepted(String id, Instant timestamp, int keyIndex) implements Verification {}

    /// The request is not.
    record Refused(Reason reason) implements Verification {}
  }

  /// Makes a secret: `whsec_` and the standard base64 of 32 random bytes.
  public static String newSecret() {
    return SHARED + Base64.getEncoder().encodeToString(Secure.bytes(NEW_SECRET_BYTES));
  }

  /// A new pair for `v1a`.
  ///
  /// @param secret `whsk_…`, which signs
  /// @param shown `whpk_…`, for receivers
  public record Pair(String secret, String shown) {}

  /// Makes a key pair.
  public static Pair newPair() {
    try {
      var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      var secret = pair.getPrivate().getEncoded();
      var shown = pair.getPublic().getEncoded();
      var seed = Arrays.copyOfRange(secret, secret.length - 32, secret.length);
      var half = Arrays.copyOfRange(shown, shown.length - 32, shown.length);
      return new Pair(PRIVATE + base64(concat(seed, half)), PUBLIC + base64(half));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }

  /// Whether a text is one of a shared secret, and not of a key pair.
  public static boolean isShared(String text) {
    return !text.startsWith(PRIVATE) && !text.startsWith(PUBLIC);
  }

  /// Reads a key as people configure it: `whsec_` may be missing, padding may be missing, and a
  /// shared secret may be short; each gives a warning.
  ///
  /// @throws IllegalArgumentException for an empty text, for what is not base64, and for Ed25519
  ///   keys of a wrong length or whose halves don't belong together; the message doesn't hold the
  ///   text
  public static Parsed parseKey(String text) {
    var warnings = new ArrayList<String>();
    var stripped = text.strip();
    if (stripped.isEmpty()) {
      throw new IllegalArgumentException("The secret is empty.");
    }
    if (stripped.startsWith(PRIVATE)) {
      return new Parsed(
          privateKey(decode(stripped.substring(PRIVATE.length()), warnings)), warnings);
    }
    if (stripped.startsWith(PUBLIC)) {
      return new Parsed(
          new Key.Public(publicKey(decode(stripped.substring(PUBLIC.length()), warnings))),
          warnings);
    }
    if (stripped.startsWith(SHARED)) {
      stripped = stripped.substring(SHARED.length());
    } else {
      warnings.add("The secret does not start with whsec_; it was read as base64 all the same.");
    }
    var bytes = decode(stripped, warnings);
    if (bytes.length == 0) {
      throw new IllegalArgumentException("The secret is empty.");
    }
    if (bytes.length < 24) {
      warnings.add(
          "The secret has " + bytes.length + " bytes; the specification asks for 24 to 64.");
    } else if (bytes.length > 64) {
      warnings.add(
          "The secret has " + bytes.length + " bytes; the specification asks for 24 to 64.");
    }
    return new Parsed(new Key.Shared(bytes), warnings);
  }

  private static byte[] decode(String base64, List<String> warnings) {
    try {
      if (base64.length() % 4 != 0) {
        warnings.add("The secret's base64 lacks its padding.");
      }
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      // The decoder's own words would show part of the secret.
      throw new IllegalArgumentException("The secret is not standard base64.");
    }
  }

  private static Key.Private privateKey(byte[] bytes) {
    if (bytes.length != 64) {
      throw new IllegalArgumentException(
          "A whsk_ key must have 64 bytes (seed and public key), not " + bytes.length + ".");
    }
    try {
      var seed = Arrays.copyOf(bytes, 32);
      var signing =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new PKCS8EncodedKeySpec(concat(PRIVATE_HEAD, seed)));
      var verifying = publicKey(Arrays.copyOfRange(bytes, 32, 64));
      var probe = new byte[] {1};
      if (!ed25519Fits(verifying, ed25519(signing, probe), probe)) {
        throw new IllegalArgumentException(
            "The two halves of the whsk_ key don't belong together.");
      }
      return new Key.Private(signing, verifying);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("The whsk_ key is not an Ed25519 key.", e);
    }
  }

  /// The key behind `whpk_…`.
  static PublicKey publicKey(String shown) {
    return publicKey(Base64.getDecoder().decode(shown.substring(PUBLIC.length())));
  }

  private static PublicKey publicKey(byte[] bytes) {
    if (bytes.length != 32) {
      throw new IllegalArgumentException(
          "A whpk_ key must have 32 bytes, not " + bytes.length + ".");
    }
    try {
      return KeyFactory.getInstance("Ed25519")
          .generatePublic(new X509EncodedKeySpec(concat(PUBLIC_HEAD, bytes)));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("The whpk_ key is not an Ed25519 key.", e);
    }
  }

  /// The three headers of one attempt, in the order id, timestamp, signature.
  ///
  /// @param id 1 to 64 characters of `[A-Za-z0-9_-]`
  /// @param at the time of this attempt; its fraction of a second is dropped
  /// @param body exactly as it goes on the wire
  /// @param keys 1 to 10, the current one first; public keys can't sign
  /// @throws IllegalArgumentException when one of these is not so
  public static Map<String, String> headers(String id, Instant at, byte[] body, List<Key> keys) {
    if (!isOurId(id)) {
      throw new IllegalArgumentException("not a message id of ours: " + id);
    }
    if (keys.isEmpty() || keys.size() > MAX_KEYS) {
      throw new IllegalArgumentException("1 to 10 keys sign, not " + keys.size());
    }
    var timestamp = Long.toString(at.getEpochSecond());
    var head = (id + "." + timestamp + ".").getBytes(US_ASCII);
    var entries = new ArrayList<String>(keys.size());
    for (var key : keys) {
      entries.add(
          switch (key) {
            case Key.Shared shared ->
                "v1," + base64(Macs.mac("HmacSHA256", shared.bytes, head, body));
            case Key.Private pair -> "v1a," + base64(ed25519(pair.signing, head, body));
            case Key.Public _ -> throw new IllegalArgumentException("a public key can't sign");
          });
    }
    var headers = new LinkedHashMap<String, String>();
    headers.put(ID, id);
    headers.put(TIMESTAMP, timestamp);
    headers.put(SIGNATURE, String.join(" ", entries));
    return headers;
  }

  private static boolean isOurId(String id) {
    return !id.isEmpty()
        && id.length() <= 64
        && id.chars()
            .allMatch(c ->
                (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || c == '_'
                    || c == '-');
  }

  /// Verifies a request.
  ///
  /// @param headers gives all values of a header by its lower-case name; empty when there is none
  /// @param body exactly as received
  /// @param accepted the keys that may have signed; a shared secret never accepts `v1a`, nor the
  ///   reverse
  public static Verification verify(
      Function<String, List<String>> headers, byte[] body, List<Key> accepted, Instant now) {
    var values = new ArrayList<String>(3);
    for (var name : List.of(ID, TIMESTAMP, SIGNATURE)) {
      var all = headers.apply(name);
      if (all.size() > 1) {
        return new Verification.Refused(Reason.HEADER_REPEATED);
      }
      if (all.isEmpty() || all.getFirst().isBlank()) {
        return new Verification.Refused(Reason.HEADER_MISSING);
      }
      values.add(all.getFirst().strip());
    }
    var id = values.get(0);
    var timestamp = values.get(1);
    var signatures = values.get(2);

    var seconds = wholeSeconds(timestamp);
    if (seconds.isEmpty()) {
      return new Verification.Refused(Reason.TIMESTAMP_MALFORMED);
    }
    var late = lateness(seconds.getAsLong(), now);
    if (late.isPresent()) {
      return new Verification.Refused(late.get());
    }
    if (signatures.length() > MAX_HEADER_BYTES) {
      return new Verification.Refused(Reason.TOO_MANY_SIGNATURES);
    }
    var entries = List.of(signatures.split(" +", -1));
    if (entries.size() > MAX_ENTRIES) {
      return new Verification.Refused(Reason.TOO_MANY_SIGNATURES);
    }

    var signed = concat(HeaderBytes.of(id + "." + timestamp + "."), body);
    boolean usable = false;
    for (int k = 0; k < accepted.size(); k++) {
      var key = accepted.get(k);
      for (var entry : entries) {
        var signature = signatureFor(key, entry);
        if (signature.isEmpty()) {
          continue;
        }
        usable = true;
        if (fits(key, signature.get(), signed)) {
          return new Verification.Accepted(id, Instant.ofEpochSecond(seconds.getAsLong()), k);
        }
      }
    }
    return new Verification.Refused(usable ? Reason.NO_MATCH : Reason.NO_USABLE_SIGNATURE);
  }

  private static OptionalLong wholeSeconds(String text) {
    // 18 digits always fit; no true time needs more.
    return text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9')
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  private static Optional<Reason> lateness(long seconds, Instant now) {
    long age = now.getEpochSecond() - seconds;
    if (age > TOLERANCE_SECONDS) {
      return Optional.of(Reason.TIMESTAMP_TOO_OLD);
    }
    return age < -TOLERANCE_SECONDS ? Optional.of(Reason.TIMESTAMP_TOO_NEW) : Optional.empty();
  }

  /// The decoded signature of an entry if its version fits the key; entries that are not
  /// `version,base64` count as absent.
  private static Optional<byte[]> signatureFor(Key key, String entry) {
    var version = key instanceof Key.Shared ? "v1" : "v1a";
    int comma = entry.indexOf(',');
    if (comma < 0
        || entry.indexOf(',', comma + 1) >= 0
        || !entry.substring(0, comma).equals(version)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64.getDecoder().decode(HeaderBytes.of(entry.substring(comma + 1))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean fits(Key key, byte[] signature, byte[] signed) {
    return switch (key) {
      case Key.Shared shared ->
          MessageDigest.isEqual(Macs.mac("HmacSHA256", shared.bytes, signed), signature);
      case Key.Private pair -> ed25519Fits(pair.verifying, signature, signed);
      case Key.Public half -> ed25519Fits(half.verifying, signature, signed);
    };
  }

  private static byte[] ed25519(PrivateKey key, byte[]... pieces) {
    try {
      var signer = Signature.getInstance("Ed25519");
      signer.initSign(key);
      for (var piece : pieces) {
        signer.update(piece);
      }
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 is part of every JDK", e);
    }
  }

  private static boolean ed25519Fits(PublicKey key, byte[] signature, byte[] signed) {
    if (signature.length != 64) {
      return false;
    }
    try {
      var verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(signed);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // a signature whose point is none, or a key that is not on the curve
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    var all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
