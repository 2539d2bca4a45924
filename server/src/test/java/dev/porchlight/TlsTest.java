package dev.porchlight;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.porchlight.http.Certificate;
import dev.porchlight.testing.SettableClock;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS of a hub, over real connections.
class TlsTest {
  @TempDir Path folder;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static String pem(PrivateKey key) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  private static Certificate fresh() {
    return Certificate.selfSigned(List.of("localhost", "127.0.0.1"), Instant.now());
  }

  private TestHub hub(TlsConfig tls) {
    return TestHub.in(folder.resolve("hub"))
        // What it shows is looked at by a client that goes by the system's clock.
        .clock(SettableClock.at(Instant.now().toString()))
        .config(c -> c.withTls(tls).withInsecureDevelopment(false))
        .start();
  }

  private TlsConfig files(Certificate certificate) throws IOException {
    return new TlsConfig(
        file("cert.pem", certificate.pem()), file("key.pem", pem(certificate.key())), false, 0);
  }

  private static SSLContext trusting(X509Certificate certificate) {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("it", certificate);
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A connection on which several requests are sent, one after the other.
  private static final class Connection implements AutoCloseable {
    private final SSLSocket socket;
    private final BufferedReader in;

    Connection(TestHub hub, X509Certificate trusted) throws IOException {
      socket =
          (SSLSocket)
              trusting(trusted)
                  .getSocketFactory()
                  .createSocket("127.0.0.1", hub.hub().tlsAddress().orElseThrow().getPort());
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(10_000);
      socket.startHandshake();
      in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    }

    /// The status and the body.
    String ask(String method, String path, Map<String, String> headers) throws IOException {
      var request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
      headers.forEach((n, v) -> request.append(n).append(": ").append(v).append("\r\n"));
      request.append("Content-Length: 0\r\n\r\n");
      socket.getOutputStream().write(request.toString().getBytes(US_ASCII));
      socket.getOutputStream().flush();
      var status = in.readLine();
      int length = 0;
      for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(line.substring(15).strip());
        }
      }
      var body = new char[length];
      for (int at = 0; at < length; ) {
        at += in.read(body, at, length - at);
      }
      return status + "\n" + new String(body);
    }

    X509Certificate shown() throws SSLException {
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }

    String protocol() {
      return socket.getSession().getProtocol();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void the_hub_speaks_tls_beside_plain_http() throws Exception {
    var certificate = fresh();
    try (var hub = hub(files(certificate))) {
      var key =
          hub.api().make("/spark-keys", Json.object().put("name", "k")).path("token").asString();
      var bearer = Map.of("Authorization", "Bearer " + key);
      try (var connection = new Connection(hub, certificate.chain().getFirst())) {
        assertThat(connection.protocol()).isEqualTo("TLSv1.3");
        assertThat(connection.ask("GET", "/health/live", Map.of())).startsWith("HTTP/1.1 200");
        // What is refused in clear is taken here, several times on one connection.
        for (int i = 0; i < 3; i++) {
          assertThat(connection.ask("GET", "/v1/nothing", bearer))
              .startsWith("HTTP/1.1 404")
              .contains("{\"D\":");
        }
        assertThat(connection.ask("POST", "/v1/session?ApiKey=x&ApiSig=y", Map.of()))
            .contains("1000");
      }
      var client = java.net.http.HttpClient.newHttpClient();
      var plain =
          client.send(
              java.net.http.HttpRequest.newBuilder(hub.address().resolve("/v1/nothing"))
                  .header("Authorization", "Bearer " + key)
                  .build(),
              java.net.http.HttpResponse.BodyHandlers.ofString());
      assertThat(plain.statusCode()).isEqualTo(403);
      assertThat(plain.body()).contains("1030");
      assertThat(hub.hub().examine())
          .anyMatch(f -> f.level().equals("ok") && f.sentence().contains("TLS certificate"));
    }
  }

  @Test
  void new_files_are_shown_and_open_connections_go_on() throws Exception {
    var first = fresh();
    var second = fresh();
    try (var hub = hub(files(first));
        var open = new Connection(hub, first.chain().getFirst())) {
      assertThat(open.ask("GET", "/health/live", Map.of())).startsWith("HTTP/1.1 200");
      // One file after the other: what does not fit together is not shown, and said.
      replace("cert.pem", second.pem());
      await()
          .until(() ->
              hub.hub().examine().stream()
                  .anyMatch(f ->
                      f.level().equals("attention") && f.sentence().contains("does not belong")));
      try (var meanwhile = new Connection(hub, first.chain().getFirst())) {
        assertThat(meanwhile.shown()).isEqualTo(first.chain().getFirst());
      }
      replace("key.pem", pem(second.key()));
      await()
          .ignoreExceptions()
          .until(() -> {
            try (var later = new Connection(hub, second.chain().getFirst())) {
              return later.shown().equals(second.chain().getFirst());
            }
          });
      assertThat(open.ask("GET", "/health/live", Map.of())).startsWith("HTTP/1.1 200");
      assertThat(hub.hub().examine()).noneMatch(f -> f.sentence().contains("does not belong"));
    }
  }

  /// As renewing programs do it: whole, by a rename.
  private void replace(String name, String content) throws IOException {
    var fresh = file(name + ".new", content);
    Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void a_certificate_for_trials_is_made_and_can_be_trusted() throws Exception {
    try (var hub = hub(new TlsConfig(null, null, true, 0))) {
      var file = folder.resolve("hub/data/tls-self-signed.pem");
      X509Certificate made;
      try (var in = Files.newInputStream(file)) {
        made =
            (X509Certificate)
                java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in);
      }
      var now = hub.clock().instant();
      assertThat(made.getNotBefore().toInstant()).isBefore(now);
      assertThat(made.getNotAfter().toInstant())
          .isBetween(now.plus(Duration.ofDays(90)).minusSeconds(2), now.plus(Duration.ofDays(90)));
      try (var connection = new Connection(hub, made)) {
        assertThat(connection.ask("GET", "/health/live", Map.of())).startsWith("HTTP/1.1 200");
      }
      assertThat(made.getSubjectAlternativeNames().toString()).contains("localhost", "127.0.0.1");
      assertThat(Files.readString(file)).doesNotContain("PRIVATE");
    }
  }

  @Test
  void an_expired_certificate_is_shown_all_the_same_and_the_doctor_says_so() throws Exception {
    var old =
        Certificate.selfSigned(List.of("127.0.0.1"), Instant.now().minus(Duration.ofDays(100)));
    try (var hub = hub(files(old))) {
      assertThat(hub.hub().examine())
          .anyMatch(f -> f.level().equals("fault") && f.sentence().contains("expired at"));
      // For clients that trust it as it stands.
      try (var connection = new Connection(hub, old.chain().getFirst())) {
        assertThat(connection.shown()).isEqualTo(old.chain().getFirst());
        assertThat(connection.ask("GET", "/health/live", Map.of())).startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void files_that_do_not_fit_stop_the_start_with_a_sentence() throws Exception {
    var certificate = fresh();
    var cert = file("cert.pem", certificate.pem());
    var key = file("key.pem", pem(certificate.key()));
    var others = file("others.pem", pem(fresh().key()));
    var empty = file("empty.pem", "");
    var broken =
        file("broken.pem", "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n");
    var locked =
        file(
            "locked.pem",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                + "MAswCQYFKw4DAgYEAAQA\n"
                + "-----END ENCRYPTED PRIVATE KEY-----\n");
    refused(folder.resolve("none.pem"), key, "There is no TLS certificate file");
    refused(cert, folder.resolve("none.pem"), "There is no TLS key file");
    refused(cert, others, "does not belong to a certificate in");
    refused(empty, key, "There is no PEM certificate in");
    refused(key, key, "There is no PEM certificate in");
    refused(cert, empty, "There is no PEM private key in");
    refused(cert, cert, "There is no PEM private key in");
    refused(broken, key, "PEM that can't be read");
    assertThatThrownBy(() -> Certificate.read(cert, locked))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("locked.pem");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TlsConfig(cert, null, false, 0))
        .withMessageContaining("go together");
    assertThatIllegalArgumentException().isThrownBy(() -> new TlsConfig(cert, key, true, 0));
  }

  @Test
  void each_setting_has_its_key_and_its_default() {
    var usual = HubConfig.read(Map.of(), _ -> null, null);
    assertThat(usual.tls()).isEqualTo(TlsConfig.NONE);
    assertThat(usual.tls().port()).isEqualTo(8443);
    assertThat(usual.insecureDevelopment()).isFalse();
    var flags =
        Map.of(
            "tls_cert", "/a/cert.pem",
            "tls_key", "/a/key.pem",
            "tls_port", "443",
            "insecure_development", "true");
    var set = HubConfig.read(flags, _ -> null, null);
    assertThat(set.tls())
        .isEqualTo(new TlsConfig(Path.of("/a/cert.pem"), Path.of("/a/key.pem"), false, 443));
    assertThat(set.insecureDevelopment()).isTrue();
    var environment = Map.of("PORCHLIGHT_TLS_SELF_SIGNED", "yes", "PORCHLIGHT_TLS_PORT", "0");
    assertThat(HubConfig.read(Map.of(), environment::get, null).tls())
        .isEqualTo(new TlsConfig(null, null, true, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HubConfig.read(Map.of("tls_self_signed", "maybe"), _ -> null, null))
        .withMessageContaining("tls_self_signed must be true or false");
  }

  private void refused(Path cert, Path key, String sentence) {
    assertThatThrownBy(() -> hub(new TlsConfig(cert, key, false, 0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void keys_of_the_usual_kinds_are_told_apart(String kind) throws Exception {
    var one = KeyPairGenerator.getInstance(kind).generateKeyPair();
    var key = file("key.pem", pem(one.getPrivate()));
    var cert = file("cert.pem", fresh().pem());
    // A key of that kind is read, and seen not to belong.
    assertThatThrownBy(() -> Certificate.read(cert, key))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not belong");
  }

  /// A key as a program writes it that wants a passphrase, or none.
  private static String written(PrivateKey key, String form) throws Exception {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      switch (form) {
        // PKCS #1 for RSA, SEC 1 for EC, which names its curve within, as OpenSSL has it.
        case "traditional" -> {
          if (key instanceof ECPrivateKey ec) {
            var sec1 =
                new org.bouncycastle.asn1.sec.ECPrivateKey(
                    256, ec.getS(), SECObjectIdentifiers.secp256r1);
            writer.writeObject(new PemObject("EC PRIVATE KEY", sec1.getEncoded()));
          } else {
            writer.writeObject(key);
          }
        }
        case "PKCS #8" -> writer.writeObject(new JcaPKCS8Generator(key, null));
        case "traditional, locked" ->
            writer.writeObject(
                key,
                new JcePEMEncryptorBuilder("AES-256-CBC")
                    .setProvider(new BouncyCastleProvider())
                    .build("a passphrase".toCharArray()));
        case "PKCS #8, locked" ->
            writer.writeObject(
                new JcaPKCS8Generator(
                    key,
                    new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                        .setProvider(new BouncyCastleProvider())
                        .setPassword("a passphrase".toCharArray())
                        .build()));
        default -> throw new IllegalArgumentException(form);
      }
    }
    return text.toString();
  }

  /// A certificate for a key, signed by another.
  private static X509Certificate signed(
      String name, PublicKey key, String issuer, PrivateKey by, boolean authority)
      throws Exception {
    var now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=" + issuer),
            BigInteger.valueOf(System.nanoTime()),
            Date.from(now.minusSeconds(3600)),
            Date.from(now.plus(Duration.ofDays(30))),
            new X500Name("CN=" + name),
            key);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
    var algorithm = by.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(by)));
  }

  private static String pem(X509Certificate... certificates) throws Exception {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      for (var certificate : certificates) {
        writer.writeObject(certificate);
      }
    }
    return text.toString();
  }

  private static KeyPair pair(String kind) throws Exception {
    var generator = KeyPairGenerator.getInstance(kind);
    generator.initialize(kind.equals("RSA") ? 2048 : 256);
    return generator.generateKeyPair();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void a_key_is_read_in_each_form_and_refused_when_it_is_locked(String kind) throws Exception {
    var own = pair(kind);
    var cert = file("cert.pem", pem(signed("Own", own.getPublic(), "Own", own.getPrivate(), true)));
    for (var form : List.of("traditional", "PKCS #8")) {
      var text = written(own.getPrivate(), form);
      assertThat(text)
          .startsWith(
              form.equals("PKCS #8")
                  ? "-----BEGIN PRIVATE KEY-----"
                  : "-----BEGIN " + kind + " PRIVATE KEY-----");
      // Read, it has signed what the certificate verifies.
      assertThat(Certificate.read(cert, file("key.pem", text)).chain()).as(form).hasSize(1);
      // As `openssl ecparam -genkey` writes it, and with the certificate in the same file.
      var more = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
      var both = file("both.pem", more + Files.readString(cert) + text);
      assertThat(Certificate.read(both, both).chain()).as(form).hasSize(1);
    }
    for (var form : List.of("traditional, locked", "PKCS #8, locked")) {
      var locked = file("locked.pem", written(own.getPrivate(), form));
      refused(cert, locked, "has a passphrase: give one without");
    }
  }

  @Test
  void a_chain_is_shown_from_its_own_certificate_up_whatever_order_the_file_has() throws Exception {
    var root = pair("EC");
    var between = pair("RSA");
    var own = pair("EC");
    var roots = signed("Root", root.getPublic(), "Root", root.getPrivate(), true);
    var betweens = signed("Between", between.getPublic(), "Root", root.getPrivate(), true);
    var owns = signed("Own", own.getPublic(), "Between", between.getPrivate(), false);
    var stranger = fresh().chain().getFirst();
    var key = file("key.pem", pem(own.getPrivate()));
    for (var order :
        List.of(
            List.of(owns, betweens, roots),
            List.of(roots, betweens, owns),
            List.of(betweens, stranger, roots, owns))) {
      var cert = file("cert.pem", pem(order.toArray(X509Certificate[]::new)));
      assertThat(Certificate.read(cert, key).chain()).containsExactly(owns, betweens, roots);
    }
    // A client that trusts the root alone comes through.
    try (var hub = hub(new TlsConfig(folder.resolve("cert.pem"), key, false, 0));
        var connection = new Connection(hub, roots)) {
      assertThat(connection.ask("GET", "/health/live", Map.of())).startsWith("HTTP/1.1 200");
      assertThat(connection.shown()).isEqualTo(owns);
    }
  }

  @Test
  void a_file_that_is_half_written_changes_nothing_and_the_doctor_names_it() throws Exception {
    var first = fresh();
    var second = fresh();
    try (var hub = hub(files(first))) {
      // Written in place, and seen in the middle of it.
      var whole = second.pem();
      file("cert.pem", whole.substring(0, whole.length() / 2));
      await()
          .until(() ->
              hub.hub().examine().stream()
                  .anyMatch(
                      f -> f.level().equals("attention") && f.sentence().contains("cert.pem")));
      try (var connection = new Connection(hub, first.chain().getFirst())) {
        assertThat(connection.shown()).isEqualTo(first.chain().getFirst());
      }
      file("key.pem", pem(second.key()));
      file("cert.pem", whole);
      await()
          .ignoreExceptions()
          .until(() -> {
            try (var later = new Connection(hub, second.chain().getFirst())) {
              return later.shown().equals(second.chain().getFirst());
            }
          });
      assertThat(hub.hub().examine()).noneMatch(f -> f.sentence().contains("cert.pem"));
    }
  }
}
