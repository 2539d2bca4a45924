package dev.porchlight.sign;

import java.security.SecureRandom;

/// The one source of randomness for keys; shared by all threads.
final class Secure {
  static final SecureRandom RANDOM = new SecureRandom();

  private Secure() {}

  static byte[] bytes(int count) {
    var bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
