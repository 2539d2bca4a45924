package dev.porchlight.http;

import dev.porchlight.sign.Pem;
import dev.porchlight.sign.Pem.UnusableException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// What the server shows over TLS: a key and the chain of certificates for it, its own first.
public record Certificate(PrivateKey key, List<X509Certificate> chain) {
  private static final Duration TRIAL = Duration.ofDays(90);

  public Certificate {
    chain = List.copyOf(chain);
  }

  /// Reads PEM files as certificate authorities hand them out.
  ///
  /// @param certificate the server's own certificate and those between it and a root
  /// @param key its private key: PKCS #8, PKCS #1 or SEC 1, without a passphrase
  /// @throws IllegalStateException with a sentence for the user
  public static Certificate read(Path certificate, Path key) {
    var shown = text(certificate, "certificate");
    var kept = text(key, "key");
    List<X509Certificate> chain;
    try {
      chain = Pem.certificates(shown);
    } catch (UnusableException e) {
      throw new IllegalStateException(said(e, certificate), e);
    }
    PrivateKey privateKey;
    try {
      privateKey = Pem.key(kept);
    } catch (UnusableException e) {
      throw new IllegalStateException(said(e, key), e);
    }
    return Pem.chain(privateKey, chain)
        .map(own -> new Certificate(privateKey, own))
        .orElseThrow(() ->
            new IllegalStateException(
                "The key in " + key + " does not belong to a certificate in " + certificate));
  }

  private static String said(UnusableException e, Path file) {
    return switch (e.trouble()) {
      case UNREADABLE -> file + " holds PEM that can't be read";
      case NO_CERTIFICATE -> "There is no PEM certificate in " + file;
      case BAD_CERTIFICATE -> file + " holds a certificate that can't be read";
      case NO_KEY -> "There is no PEM private key in " + file;
      case LOCKED_KEY -> "The key in " + file + " has a passphrase: give one without";
      case BAD_KEY -> file + " holds a key of a kind that can't be used";
    };
  }

  private static String text(Path file, String what) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new IllegalStateException("There is no TLS " + what + " file " + file, e);
    } catch (IOException e) {
      throw new IllegalStateException("The TLS " + what + " file " + file + " can't be read", e);
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
    return Pem.keyStore(key, chain);
  }
}
