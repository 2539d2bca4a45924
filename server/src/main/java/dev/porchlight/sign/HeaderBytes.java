package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/// Header values as bytes. Servers read headers as ISO-8859-1 (or UTF-8 that came out as other
/// characters); what fits one byte a character is given back as it was on the wire.
final class HeaderBytes {
  private HeaderBytes() {}

  static byte[] of(String value) {
    return value.chars().allMatch(c -> c < 256)
        ? value.getBytes(ISO_8859_1)
        : value.getBytes(UTF_8);
  }
}
