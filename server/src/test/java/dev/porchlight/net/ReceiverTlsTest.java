package dev.porchlight.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.porchlight.testing.Certificates;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;

/// PEM from strangers.
class ReceiverTlsTest {
  private static final Instant NOW = Instant.parse("2026-03-14T09:30:00Z");

  private static void refused(String certificate, String key, String words) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReceiverTls.examine(certificate, key, NOW))
        .withMessageContaining(words);
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
        + "\n-----END "
        + what
        + "-----\n";
  }

  @Test
  void hostile_texts_are_refused_in_a_sentence() throws Exception {
    var authority = Certificates.authority("Clients");
    var own = authority.sign("own");
    assertThat(ReceiverTls.examine(own.pem() + authority.pem(), own.key(), NOW).subject())
        .isEqualTo("CN=own");
    assertThat(new ReceiverTls("a", own.pem(), own.key(), "").toString())
        .isEqualTo("ReceiverTls[a]");

    var locked =
        Certificates.written(
            new JcaPKCS8Generator(
                own.keys().getPrivate(),
                new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                    .setProvider(new BouncyCastleProvider())
                    .setPassword("a passphrase".toCharArray())
                    .build()));
    refused(own.pem(), locked, "has a passphrase");

    // Nested without end, both ways of writing a length.
    var endless = new byte[30_000];
    for (int i = 0; i < endless.length; i += 2) {
      endless[i] = 0x30;
      endless[i + 1] = (byte) 0x80;
    }
    var rubbish = new byte[500];
    Arrays.fill(rubbish, (byte) 0x30);
    for (var bytes : new byte[][] {endless, rubbish, new byte[0]}) {
      for (var what : new String[] {"CERTIFICATE", "PRIVATE KEY", "EC PRIVATE KEY"}) {
        refused(pem(what, bytes), own.key(), "client certificate");
        refused(own.pem(), pem(what, bytes), "client key");
      }
    }
    refused("-----BEGIN CERTIFICATE-----\nAA", own.key(), "can be read");
    refused("x".repeat(ReceiverTls.LONGEST + 1), own.key(), "64 KiB");
    refused(own.pem() + authority.pem().repeat(10), own.key(), "at most 10");

    // A key that would take seconds to sign with.
    var huge = new BigInteger(20_000, new SecureRandom()).setBit(19_999).setBit(0);
    var large = new RSAPrivateKey(huge, BigInteger.valueOf(3), huge, huge, huge, huge, huge, huge);
    refused(
        own.pem(), Certificates.written(new PemObject("RSA PRIVATE KEY", large.getEncoded())), "");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReceiverTls.examine(authority.pem().repeat(51)))
        .withMessageContaining("at most 50");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReceiverTls.examine(own.key()))
        .withMessageContaining("no PEM certificate");
  }
}
