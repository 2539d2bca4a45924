package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Passwords that people choose, kept as Argon2id hashes (19 MiB, two passes). Hashing takes some
/// hundredths of a second and that much memory on purpose; at most two run at once, so strangers
/// who try cannot take the machine. Safe for use by many threads.
public final class Passwords {
  /// Characters that a password has at least.
  public static final int SHORTEST = 10;

  /// Characters that it has at most.
  public static final int LONGEST = 256;

  private static final int MEMORY = 19 * 1024;
  private static final int PASSES = 2;
  private static final int BYTES = 32;
  private static final Semaphore ROOM = new Semaphore(2, true);
  private static final Pattern STORED =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=1\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  /// What a wrong name is compared with, so that it takes as long as a wrong password.
  private static final String NOBODYS = hash("a password that nobody has");

  private Passwords() {}

  /// Whether somebody may choose that password: long enough, not too long, not of blanks alone.
  public static boolean mayBe(String password) {
    int length = password.codePointCount(0, password.length());
    return length >= SHORTEST && length <= LONGEST && !password.isBlank();
  }

  /// What to store: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`.
  public static String hash(String password) {
    var salt = Secure.bytes(16);
    var hash = argon2(password, salt, MEMORY, PASSES, BYTES);
    var encoder = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s"
        .formatted(MEMORY, PASSES, encoder.encodeToString(salt), encoder.encodeToString(hash));
  }

  /// Whether a password is the one that was hashed.
  ///
  /// @param stored what [#hash] gave
  /// @throws IllegalArgumentException when it is nothing like that
  public static boolean matches(String password, String stored) {
    var parts = STORED.matcher(stored);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not the hash of a password");
    }
    var salt = Base64.getDecoder().decode(parts.group(3));
    var expected = Base64.getDecoder().decode(parts.group(4));
    var found =
        argon2(
            password,
            salt,
            Integer.parseInt(parts.group(1)),
            Integer.parseInt(parts.group(2)),
            expected.length);
    return MessageDigest.isEqual(expected, found);
  }

  /// Takes as long as a comparison, for a name that nobody has.
  ///
  /// @return false
  public static boolean matchesNobody(String password) {
    return matches(password, NOBODYS) && password.isEmpty();
  }

  private static byte[] argon2(String password, byte[] salt, int memory, int passes, int bytes) {
    // The same text typed on another keyboard is the same password.
    var text = Normalizer.normalize(password, Normalizer.Form.NFC).getBytes(UTF_8);
    var generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memory)
            .withIterations(passes)
            .withParallelism(1)
            .withSalt(salt)
            .build());
    var out = new byte[bytes];
    ROOM.acquireUninterruptibly();
    try {
      generator.generateBytes(text, out);
    } finally {
      ROOM.release();
    }
    return out;
  }
}
