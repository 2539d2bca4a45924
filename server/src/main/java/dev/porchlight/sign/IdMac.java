package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/// Ids that go out into the world and come back, with a proof that we gave them out: for links and
/// for return addresses, where letters may lose their case and nothing long fits.
public final class IdMac {
  /// 80 bits: nobody finds one by trying, as each try is a request.
  private static final int DIGITS = 20;

  private IdMac() {}

  /// An id with its proof behind it: 20 hex digits.
  ///
  /// @param purpose what it is for; it is worth nothing for another
  public static String sign(byte[] key, String purpose, String id) {
    return id + proof(key, purpose, id);
  }

  /// The id, when the proof is right.
  public static Optional<String> open(byte[] key, String purpose, String signed) {
    if (signed.length() <= DIGITS) {
      return Optional.empty();
    }
    var id = signed.substring(0, signed.length() - DIGITS);
    return MessageDigest.isEqual(
            proof(key, purpose, id).getBytes(UTF_8), signed.substring(id.length()).getBytes(UTF_8))
        ? Optional.of(id)
        : Optional.empty();
  }

  private static String proof(byte[] key, String purpose, String id) {
    var mac = Macs.mac("HmacSHA256", key, purpose.getBytes(UTF_8), new byte[1], id.getBytes(UTF_8));
    return HexFormat.of().formatHex(mac, 0, DIGITS / 2);
  }
}
