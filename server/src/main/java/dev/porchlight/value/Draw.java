package dev.porchlight.value;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/// The time and the chance that one unit of work may use, drawn before it runs and kept beside its
/// receipt: running the unit again gives the same ids. All ids are functions of the draw and a name
/// that says what the id is for.
///
/// @param at microseconds precision
/// @param seed 16 random bytes in hex
/// @param counter hub number (two digits) and counter (four digits), 0 to 999999
public record Draw(Instant at, String seed, int counter) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AtomicInteger COUNTER = new AtomicInteger(RANDOM.nextInt(10_000));
  private static final long LAST_MILLI = 0xffff_ffff_ffffL;
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);

  public Draw {
    if (seed.length() != 32 || counter < 0 || counter > 999_999) {
      throw new IllegalArgumentException("not a draw: " + seed + ", " + counter);
    }
    at = at.truncatedTo(ChronoUnit.MICROS);
  }

  /// A fresh draw.
  ///
  /// @param hub the number of this hub, 0 to 99
  public static Draw fresh(Instant now, int hub) {
    var bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return new Draw(
        now, hex(bytes), hub * 10_000 + Math.floorMod(COUNTER.getAndIncrement(), 10_000));
  }

  /// The least that [#uuid] gives for any draw of that time or later.
  public static String leastUuid(Instant at) {
    // An id has room for the years up to 10889; there are later times, and earlier ones.
    long milli =
        Math.clamp(at.getEpochSecond(), -1, LAST_MILLI / 1000 + 1) * 1000
            + at.getNano() / 1_000_000;
    var hex = "%012x".formatted(Math.clamp(milli, 0, LAST_MILLI));
    return hex.substring(0, 8) + "-" + hex.substring(8) + "-7000-8000-000000000000";
  }

  /// A UUIDv7 with the draw's time.
  public String uuid(String purpose) {
    var hash = sha256((seed + purpose).getBytes(StandardCharsets.UTF_8));
    var buffer = ByteBuffer.wrap(hash);
    long high = (at.toEpochMilli() << 16) | 0x7000L | (buffer.getLong() & 0x0fffL);
    long low = (buffer.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }

  /// A 26-digit id as Spark has them: the time to the microsecond, then hub number and counter. One
  /// per draw and resource type.
  public String digits() {
    return SECONDS.format(at) + "%06d%06d".formatted(at.getNano() / 1000, counter);
  }

  /// What the digits of all that is drawn before that time are less than.
  public static String digitsAt(Instant time) {
    return SECONDS.format(time) + "%06d".formatted(time.getNano() / 1000);
  }

  /// The name-based UUID (version 5 form, over SHA-256) of some texts; the same for the same texts.
  public static String named(String... texts) {
    var digest = Sha256.digest();
    for (var text : texts) {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
      digest.update(bytes);
    }
    var buffer = ByteBuffer.wrap(digest.digest());
    long high = (buffer.getLong() & 0xffff_ffff_ffff_0fffL) | 0x5000L;
    long low = (buffer.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }

  private static byte[] sha256(byte[] bytes) {
    return Sha256.digest().digest(bytes);
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }
}
