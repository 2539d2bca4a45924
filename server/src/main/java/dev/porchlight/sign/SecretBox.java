package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Seals secrets that we must use again (AES-256-GCM). A sealed text is bound to the place it is
/// stored in, so that one row's secret can't be moved to another. Safe for use by many threads.
///
/// The layout: one version byte (1), 12 random bytes of nonce, the ciphertext, 16 bytes of tag.
public final class SecretBox {
  /// The length of a key in bytes.
  public static final int KEY_BYTES = 32;

  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;

  private final SecretKeySpec key;
  private final String fingerprint;

  /// @param key 32 bytes
  /// @throws IllegalArgumentException for any other length
  public SecretBox(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "The key must have " + KEY_BYTES + " bytes, not " + key.length);
    }
    this.key = new SecretKeySpec(key, "AES");
    this.fingerprint =
        HexFormat.of()
            .formatHex(
                Arrays.copyOf(
                    Macs.mac("HmacSHA256", key, "porchlight key fingerprint".getBytes(UTF_8)), 8));
  }

  /// 16 hex digits that tell keys apart and tell nothing about them. A store keeps the one of its
  /// key and hands it to [KeyFile#load] at the next start.
  public String fingerprint() {
    return fingerprint;
  }

  /// Seals a secret.
  ///
  /// @param place where it will be stored, for example `endpoint:ID`; needed again to open it
  public byte[] seal(byte[] secret, String place) {
    var nonce = Secure.bytes(NONCE_BYTES);
    try {
      var cipher = cipher(Cipher.ENCRYPT_MODE, nonce, 0, place);
      var sealed = ByteBuffer.allocate(1 + NONCE_BYTES + secret.length + TAG_BYTES);
      sealed.put(VERSION).put(nonce).put(cipher.doFinal(secret));
      return sealed.array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  /// Seals a text as its UTF-8 bytes.
  public byte[] sealText(String secret, String place) {
    return seal(secret.getBytes(UTF_8), place);
  }

  /// Opens what [#seal] made at the same place with the same key.
  ///
  /// @throws SealException when the key or the place differs, or a bit was changed
  public byte[] open(byte[] sealed, String place) {
    if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES) {
      throw new SealException("The stored secret of " + place + " is cut off.", null);
    }
    if (sealed[0] != VERSION) {
      throw new SealException(
          "The stored secret of "
              + place
              + " was sealed by another version of Porchlight (layout "
              + sealed[0]
              + "), which this one can't open.",
          null);
    }
    try {
      var cipher = cipher(Cipher.DECRYPT_MODE, sealed, 1, place);
      return cipher.doFinal(sealed, 1 + NONCE_BYTES, sealed.length - 1 - NONCE_BYTES);
    } catch (AEADBadTagException e) {
      throw new SealException(
          "The stored secret of "
              + place
              + " can't be opened: it was sealed with another key, or it was altered.",
          e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  /// Opens a sealed text.
  public String openText(byte[] sealed, String place) {
    return new String(open(sealed, place), UTF_8);
  }

  private Cipher cipher(int mode, byte[] nonce, int offset, String place)
      throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce, offset, NONCE_BYTES));
    cipher.updateAAD(place.getBytes(UTF_8));
    return cipher;
  }

  @Override
  public String toString() {
    return "SecretBox[" + fingerprint + "]";
  }
}
