package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.porchlight.value.Sha256;
import java.security.MessageDigest;

/// Keys and tokens that we give out and later only check: made at random, stored as hashes. A plain
/// SHA-256 is enough for what has 190 random bits; a password would need more.
public final class Tokens {
  /// What a sender's API key starts with.
  public static final String API_KEY = "plk_";

  /// What a token for our own API starts with.
  public static final String TOKEN = "plt_";

  /// What a client's opaque token starts with.
  public static final String CLIENT_TOKEN = "plc_";

  /// What a client's secret starts with.
  public static final String CLIENT_SECRET = "pls_";

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int LENGTH = 32;

  private Tokens() {}

  /// Makes a new key: the prefix and 32 random characters of `[0-9A-Za-z]`, 190 bits.
  ///
  /// @param prefix tells people and scanners what it is, for example [#TOKEN]
  public static String create(String prefix) {
    var text = new StringBuilder(prefix);
    for (int i = 0; i < LENGTH; i++) {
      text.append(ALPHABET.charAt(Secure.RANDOM.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  /// Random bytes for a key that is no text.
  public static byte[] random(int count) {
    return Secure.bytes(count);
  }

  /// What to store of a key: 64 lower-case hex digits of the SHA-256 of its UTF-8 bytes.
  public static String hash(String key) {
    return Sha256.hex(key.getBytes(UTF_8));
  }

  /// True when the presented key has that hash. Takes the same time wherever they differ.
  ///
  /// @param storedHash what [#hash] gave
  public static boolean matches(String presented, String storedHash) {
    return MessageDigest.isEqual(hash(presented).getBytes(UTF_8), storedHash.getBytes(UTF_8));
  }

  /// True when two texts are equal; takes the same time wherever they differ, and tells nothing of
  /// their length. For keys that come from the environment and are never stored.
  public static boolean sameText(String presented, String expected) {
    return matches(presented, hash(expected));
  }
}
