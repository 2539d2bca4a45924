package dev.porchlight.sign;

import java.io.IOException;
import java.io.Serial;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;

/// Reads certificates and private keys as certificate authorities hand them out.
public final class Pem {
  private static final char[] NO_PASSWORD = {};

  /// What is wrong with a text.
  public enum Trouble {
    /// It is no PEM, or holds some that can't be read.
    UNREADABLE,
    NO_CERTIFICATE,
    /// It holds a certificate that can't be read.
    BAD_CERTIFICATE,
    NO_KEY,
    /// Its key has a passphrase.
    LOCKED_KEY,
    /// Its key is of a kind that can't be used.
    BAD_KEY
  }

  /// A text that can't be used.
  public static final class UnusableException extends Exception {
    @Serial private static final long serialVersionUID = 1;
    private final Trouble trouble;

    UnusableException(Trouble trouble, @Nullable Throwable cause) {
      super(trouble.name(), cause);
      this.trouble = trouble;
    }

    public Trouble trouble() {
      return trouble;
    }
  }

  private Pem() {}

  /// The certificates of a text, at least one, in its order.
  public static List<X509Certificate> certificates(String text) throws UnusableException {
    var found = new ArrayList<X509Certificate>();
    for (var object : objects(text)) {
      if (object instanceof X509CertificateHolder holder) {
        try {
          found.add(new JcaX509CertificateConverter().getCertificate(holder));
        } catch (CertificateException | RuntimeException e) {
          throw new UnusableException(Trouble.BAD_CERTIFICATE, e);
        }
      }
    }
    if (found.isEmpty()) {
      throw new UnusableException(Trouble.NO_CERTIFICATE, null);
    }
    return found;
  }

  /// The private key of a text: PKCS #8, PKCS #1 or SEC 1, without a passphrase.
  public static PrivateKey key(String text) throws UnusableException {
    try {
      for (var object : objects(text)) {
        switch (object) {
          case PrivateKeyInfo info -> {
            return new JcaPEMKeyConverter().getPrivateKey(info);
          }
          case PEMKeyPair pair -> {
            return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
          }
          case PEMEncryptedKeyPair _, PKCS8EncryptedPrivateKeyInfo _ ->
              throw new UnusableException(Trouble.LOCKED_KEY, null);
          default -> {
            // Parameters of a curve, or a certificate in the same file.
          }
        }
      }
    } catch (PEMException | RuntimeException e) {
      throw new UnusableException(Trouble.BAD_KEY, e);
    }
    throw new UnusableException(Trouble.NO_KEY, null);
  }

  /// The public key of a text: itself, or that of a certificate.
  public static PublicKey publicKey(String text) throws UnusableException {
    for (var object : objects(text)) {
      try {
        switch (object) {
          case SubjectPublicKeyInfo info -> {
            return new JcaPEMKeyConverter().getPublicKey(info);
          }
          case X509CertificateHolder holder -> {
            return new JcaX509CertificateConverter().getCertificate(holder).getPublicKey();
          }
          default -> {
            // Parameters of a curve.
          }
        }
      } catch (PEMException | CertificateException | RuntimeException e) {
        throw new UnusableException(Trouble.BAD_KEY, e);
      }
    }
    throw new UnusableException(Trouble.NO_KEY, null);
  }

  private static List<Object> objects(String text) throws UnusableException {
    var found = new ArrayList<Object>();
    try (var parser = new PEMParser(new StringReader(text))) {
      for (var object = next(parser); object != null; object = next(parser)) {
        found.add(object);
      }
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // The last from what is nested without end.
      throw new UnusableException(Trouble.UNREADABLE, e);
    }
    return found;
  }

  private static @Nullable Object next(PEMParser parser) throws IOException {
    return parser.readObject();
  }

  /// The certificate that a key belongs to, then each before the one that signed it, whatever order
  /// they have; what is not of this chain is left out. Empty when the key belongs to none.
  public static Optional<List<X509Certificate>> chain(PrivateKey key, List<X509Certificate> all) {
    return all.stream()
        .filter(c -> fits(key, c.getPublicKey()))
        .findFirst()
        .map(own -> ordered(own, all));
  }

  private static List<X509Certificate> ordered(X509Certificate own, List<X509Certificate> all) {
    var ordered = new ArrayList<X509Certificate>();
    ordered.add(own);
    for (var last = own; ; last = ordered.getLast()) {
      var issuer = last.getIssuerX500Principal();
      var next =
          all.stream()
              .filter(c -> c.getSubjectX500Principal().equals(issuer) && !ordered.contains(c))
              .findFirst();
      if (next.isEmpty()) {
        return List.copyOf(ordered);
      }
      ordered.add(next.get());
    }
  }

  /// Whether a signature of one is verified by the other.
  private static boolean fits(PrivateKey key, PublicKey publicKey) {
    var algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
          default -> "";
        };
    try {
      var text = "porchlight".getBytes(StandardCharsets.US_ASCII);
      var signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(text);
      var signature = signer.sign();
      var verifier = Signature.getInstance(algorithm);
      verifier.initVerify(publicKey);
      verifier.update(text);
      return verifier.verify(signature);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  /// A key store in memory that holds a key and its chain, without a password.
  public static KeyStore keyStore(PrivateKey key, List<X509Certificate> chain) {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, NO_PASSWORD);
      store.setKeyEntry(
          "porchlight", key, NO_PASSWORD, chain.toArray(java.security.cert.Certificate[]::new));
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("The TLS key can't be used", e);
    }
  }
}
