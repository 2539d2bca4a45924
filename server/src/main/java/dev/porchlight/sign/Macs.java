package dev.porchlight.sign;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// HMAC over several pieces, so that a body is never copied just to be signed.
final class Macs {
  private Macs() {}

  /// @param name a JDK name such as `HmacSHA256`
  /// @param key not empty
  static byte[] mac(String name, byte[] key, byte[]... pieces) {
    try {
      var mac = Mac.getInstance(name);
      mac.init(new SecretKeySpec(key, name));
      for (var piece : pieces) {
        mac.update(piece);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(name + " is part of every JDK", e);
    }
  }
}
