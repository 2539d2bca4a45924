package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.HexFormat;

/// The header `X-Signature` and the member `digital_signature` as we send them: lower-case hex
/// HMAC-SHA256 over the body, keyed with the text of the secret as it was shown, `whsec_` included.
public final class XSignature {
  private XSignature() {}

  /// Signs a body for receivers of real-estate events: `sha1=` and lower-case hex HMAC-SHA1.
  ///
  /// @param secretText as shown to the user; its UTF-8 bytes are the key; not empty
  public static String sha1(String secretText, byte[] body) {
    return "sha1="
        + HexFormat.of().formatHex(Macs.mac("HmacSHA1", secretText.getBytes(UTF_8), body));
  }

  /// Signs a body.
  ///
  /// @param secretText as shown to the user; its UTF-8 bytes are the key; not empty
  /// @param body exactly as it will be sent (for `digital_signature`: with that member's value
  ///   empty)
  /// @return 64 lower-case hex digits
  public static String of(String secretText, byte[] body) {
    return HexFormat.of().formatHex(Macs.mac("HmacSHA256", secretText.getBytes(UTF_8), body));
  }

  /// The same signature in base64.
  public static String base64(String secretText, byte[] body) {
    return Base64.getEncoder()
        .encodeToString(Macs.mac("HmacSHA256", secretText.getBytes(UTF_8), body));
  }

  /// Signs the time, a full stop, and the body.
  ///
  /// @return 64 lower-case hex digits
  public static String timed(String secretText, long unixSeconds, byte[] body) {
    var head = (unixSeconds + ".").getBytes(UTF_8);
    return HexFormat.of().formatHex(Macs.mac("HmacSHA256", secretText.getBytes(UTF_8), head, body));
  }
}
