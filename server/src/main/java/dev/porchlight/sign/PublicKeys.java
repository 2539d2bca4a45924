package dev.porchlight.sign;

import dev.porchlight.sign.Pem.UnusableException;
import dev.porchlight.sign.SignatureProfile.Algorithm;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The public keys of senders who sign with a pair, and what those have signed. A key is read once
/// and kept by its text. Safe for use by many threads.
final class PublicKeys {
  private static final int KEPT = 1000;
  private static final int LONGEST = 16 * 1024;
  private static final int RAW_POINT = 64;
  private static final Map<String, PublicKey> READ = new ConcurrentHashMap<>();

  private PublicKeys() {}

  /// Reads a key: PEM of it or of a certificate, base64 of what PEM has within, or `whpk_…`.
  ///
  /// @throws IllegalArgumentException with a sentence when it is none, or of another kind
  static PublicKey of(Algorithm algorithm, String text) {
    var name = algorithm.word() + " " + text;
    var known = READ.get(name);
    if (known == null) {
      known = read(algorithm, text.strip());
      if (READ.size() >= KEPT) {
        READ.clear();
      }
      READ.put(name, known);
    }
    return known;
  }

  private static PublicKey read(Algorithm algorithm, String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("A signature key is too long.");
    }
    if (text.contains("PRIVATE KEY") || text.startsWith("whsk_")) {
      throw new IllegalArgumentException(
          "That is a private key: it stays with the sender, give the public one.");
    }
    PublicKey key;
    try {
      if (text.startsWith("whpk_")) {
        key = StandardWebhooks.publicKey(text);
      } else if (text.startsWith("-----BEGIN")) {
        key = Pem.publicKey(text);
      } else {
        var der = Base64.getDecoder().decode(text);
        key = KeyFactory.getInstance(family(algorithm)).generatePublic(new X509EncodedKeySpec(der));
      }
    } catch (GeneralSecurityException | UnusableException | RuntimeException e) {
      // The decoder's own words would show part of the key.
      throw new IllegalArgumentException("A signature key is no public key that can be read.");
    }
    if (!fits(algorithm, key)) {
      throw new IllegalArgumentException(
          "A signature key is not of the kind of " + algorithm.word() + ".");
    }
    return key;
  }

  private static String family(Algorithm algorithm) {
    return switch (algorithm) {
      case RSA_SHA256, RSA_PSS_SHA256 -> "RSA";
      case ECDSA_P256_SHA256 -> "EC";
      case ED25519 -> "Ed25519";
      case HMAC_SHA256, HMAC_SHA1, HMAC_SHA512 ->
          throw new IllegalArgumentException("An HMAC has no public key.");
    };
  }

  private static boolean fits(Algorithm algorithm, PublicKey key) {
    return switch (algorithm) {
      case RSA_SHA256, RSA_PSS_SHA256 ->
          key instanceof RSAPublicKey rsa
              && rsa.getModulus().bitLength() >= 2048
              && rsa.getModulus().bitLength() <= 8192
              && rsa.getPublicExponent().bitLength() <= 64;
      case ECDSA_P256_SHA256 ->
          key instanceof ECPublicKey ec
              && ec.getParams().getCurve().getField().getFieldSize() == 256;
      case ED25519 ->
          key.getAlgorithm().equals("EdDSA") && key.getEncoded().length == 44
              || key.getAlgorithm().equals("Ed25519");
      case HMAC_SHA256, HMAC_SHA1, HMAC_SHA512 -> false;
    };
  }

  /// Whether a signature is of these pieces, one after the other.
  static boolean verifies(Algorithm algorithm, PublicKey key, byte[] signature, byte[]... signed) {
    return forms(algorithm, signature).stream()
        .anyMatch(form -> verifies(form, algorithm, key, signature, signed));
  }

  /// ECDSA is written in two ways: two numbers of fixed length, or DER, which may be as long.
  private static List<String> forms(Algorithm algorithm, byte[] signature) {
    return switch (algorithm) {
      case RSA_SHA256 -> List.of("SHA256withRSA");
      case RSA_PSS_SHA256 -> List.of("RSASSA-PSS");
      case ECDSA_P256_SHA256 ->
          signature.length == RAW_POINT
              ? List.of("SHA256withECDSAinP1363Format", "SHA256withECDSA")
              : List.of("SHA256withECDSA");
      case ED25519 -> List.of("Ed25519");
      case HMAC_SHA256, HMAC_SHA1, HMAC_SHA512 -> List.of();
    };
  }

  private static boolean verifies(
      String form, Algorithm algorithm, PublicKey key, byte[] signature, byte[]... signed) {
    try {
      var verifier = Signature.getInstance(form);
      if (algorithm == Algorithm.RSA_PSS_SHA256) {
        verifier.setParameter(
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
      }
      verifier.initVerify(key);
      for (var piece : signed) {
        verifier.update(piece);
      }
      return verifier.verify(Arrays.copyOf(signature, signature.length));
    } catch (GeneralSecurityException | RuntimeException e) {
      // What is no signature at all is said so by an exception.
      return false;
    }
  }
}
