package dev.porchlight.http;

import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;

/// What the server shows over TLS: a key and the chain of certificates for it, its own first.
public record Certificate(PrivateKey key, List<X509Certificate> chain) {
  private static final Duration TRIAL = Duration.ofDays(90);
  private static final char[] NO_PASSWORD = {};

  public Certificate {
    chain = List.copyOf(chain);
  }

  /// Reads PEM files as certificate authorities hand them out.
  ///
  /// @param certificate the server's own certificate and those between it and a root
  /// @param key its private key: PKCS #8, PKCS #1 or SEC 1, without a passphrase
  /// @throws IllegalStateException with a sentence for the user
  public static Certificate read(Path certificate, Path key) {
    var chain = certificates(certificate);
    var privateKey = key(key);
    var own =
        chain.stream()
            .filter(c -> fits(privateKey, c.getPublicKey()))
            .findFirst()
            .orElseThrow(() ->
                new IllegalStateException(
                    "The key in " + key + " does not belong to a certificate in " + certificate));
    return new Certificate(privateKey, ordered(own, chain));
  }

  /// Each certificate before the one that signed it, whatever order the file has; what is not of
  /// this chain is left out.
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
        return ordered;
      }
      ordered.add(next.get());
    }
  }

  private static List<X509Certificate> certificates(Path file) {
    var found = new ArrayList<X509Certificate>();
    for (var object : objects(file, "certificate")) {
      if (object instanceof X509CertificateHolder holder) {
        try {
          found.add(new JcaX509CertificateConverter().getCertificate(holder));
        } catch (CertificateException e) {
          throw new IllegalStateException(file + " holds a certificate that can't be read", e);
        }
      }
    }
    if (found.isEmpty()) {
      throw new IllegalStateException("There is no PEM certificate in " + file);
    }
    return found;
  }

  private static PrivateKey key(Path file) {
    try {
      for (var object : objects(file, "key")) {
        switch (object) {
          case PrivateKeyInfo info -> {
            return new JcaPEMKeyConverter().getPrivateKey(info);
          }
          case PEMKeyPair pair -> {
            return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
          }
          case PEMEncryptedKeyPair _, PKCS8EncryptedPrivateKeyInfo _ ->
              throw new IllegalStateException(
                  "The key in " + file + " has a passphrase: give one without");
          default -> {
            // Parameters of a curve, or a certificate in the same file.
          }
        }
      }
    } catch (PEMException e) {
      throw new IllegalStateException(file + " holds a key of a kind that can't be used", e);
    }
    throw new IllegalStateException("There is no PEM private key in " + file);
  }

  private static List<Object> objects(Path file, String what) {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new IllegalStateException("There is no TLS " + what + " file " + file, e);
    } catch (IOException e) {
      throw new IllegalStateException("The TLS " + what + " file " + file + " can't be read", e);
    }
    var found = new ArrayList<Object>();
    try (var parser = new PEMParser(new StringReader(text))) {
      for (var object = next(parser); object != null; object = next(parser)) {
        found.add(object);
      }
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException(file + " holds PEM that can't be read", e);
    }
    return found;
  }

  private static @Nullable Object next(PEMParser parser) throws IOException {
    return parser.readObject();
  }

  /// Whether a signature of one is verified by the other.
  private static boolean fits(PrivateKey key, PublicKey publicKey) {
    var algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
          default -> throw new IllegalStateException("A TLS key is RSA, EC or EdDSA");
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

  /// Makes a key and a certificate for these names, for trials: 90 days, signed by itself.
  ///
  /// @param hosts names and addresses
  public static Certificate selfSigned(List<String> hosts, Instant now) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      var pair = generator.generateKeyPair();
      var name = new X500Name("CN=Porchlight trial");
      var names =
          hosts.stream()
              .map(h ->
                  new GeneralName(
                      h.matches("[0-9.]+|.*:.*") ? GeneralName.iPAddress : GeneralName.dNSName, h))
              .toArray(GeneralName[]::new);
      var builder =
          new JcaX509v3CertificateBuilder(
                  name,
                  new BigInteger(120, new SecureRandom()).setBit(119),
                  Date.from(now.minus(Duration.ofHours(1))),
                  Date.from(now.plus(TRIAL)),
                  name,
                  pair.getPublic())
              .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
              // Its own authority, so that clients can be told to trust it.
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      var holder =
          builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
      return new Certificate(
          pair.getPrivate(), List.of(new JcaX509CertificateConverter().getCertificate(holder)));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("A certificate for trials can't be made", e);
    }
  }

  /// Until when it is valid: the first to end of the chain.
  public Instant validUntil() {
    return chain.stream()
        .map(c -> c.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /// From when it is valid.
  public Instant validFrom() {
    return chain.getFirst().getNotBefore().toInstant();
  }

  /// Whom its own certificate names.
  public String subject() {
    return chain.getFirst().getSubjectX500Principal().getName();
  }

  /// Its own certificate as PEM.
  public String pem() {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'})
              .encodeToString(chain.getFirst().getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("A certificate that was read can be written", e);
    }
  }

  KeyStore keyStore() {
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
