package dev.porchlight.testing;

import dev.porchlight.sign.Pem;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A key and its certificate, for 127.0.0.1.
public record Certificates(KeyPair keys, X509Certificate certificate) {
  private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2090-01-01T00:00:00Z");

  public static Certificates authority(String name) throws Exception {
    var keys = pair();
    return new Certificates(keys, made(name, keys, name, keys, true, UNTIL));
  }

  /// One that is signed by this authority.
  public Certificates sign(String name) throws Exception {
    return sign(name, UNTIL);
  }

  /// One that ends then.
  public Certificates sign(String name, Instant until) throws Exception {
    var own = pair();
    var issuer = certificate.getSubjectX500Principal().getName().substring("CN=".length());
    return new Certificates(own, made(name, own, issuer, keys, false, until));
  }

  private static KeyPair pair() throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static X509Certificate made(
      String name, KeyPair own, String issuer, KeyPair by, boolean authority, Instant until)
      throws Exception {
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=" + issuer),
            BigInteger.valueOf(System.nanoTime()),
            Date.from(FROM),
            Date.from(until),
            new X500Name("CN=" + name),
            own.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
  }

  public String pem() throws IOException {
    return written(certificate);
  }

  public String key() throws IOException {
    return written(new JcaPKCS8Generator(keys.getPrivate(), null));
  }

  public static String written(Object object) throws IOException {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  /// A server that shows this certificate, and takes clients whose certificate that authority
  /// signed.
  public SSLContext serverTaking(Certificates authority) throws Exception {
    var shown = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    shown.init(Pem.keyStore(keys.getPrivate(), List.of(certificate)), new char[0]);
    var believed = KeyStore.getInstance(KeyStore.getDefaultType());
    believed.load(null, null);
    believed.setCertificateEntry("clients", authority.certificate);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(believed);
    var context = SSLContext.getInstance("TLS");
    context.init(shown.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
