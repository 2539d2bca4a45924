package dev.porchlight.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Whose certificates are believed: the JVM's authorities, and those of an extra PEM file.
final class Trust {
  private Trust() {}

  /// A context that shows nothing of its own.
  ///
  /// @throws IllegalArgumentException when the PEM holds no certificate
  static SSLContext context(byte @Nullable [] extraPem) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers(extraPem).getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK speaks TLS", e);
    }
  }

  /// @throws IllegalArgumentException when the PEM holds no certificate
  static TrustManagerFactory managers(byte @Nullable [] extraPem) {
    try {
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init((KeyStore) null);
      if (extraPem != null) {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int n = 0;
        for (var manager : trust.getTrustManagers()) {
          if (manager instanceof X509TrustManager x509) {
            for (var authority : x509.getAcceptedIssuers()) {
              store.setCertificateEntry("jvm-" + n++, authority);
            }
          }
        }
        int own = 0;
        var factory = CertificateFactory.getInstance("X.509");
        for (var extra : factory.generateCertificates(new ByteArrayInputStream(extraPem))) {
          store.setCertificateEntry("extra-" + own++, extra);
        }
        if (own == 0) {
          throw new IllegalArgumentException("The file of extra certificates holds none.");
        }
        trust.init(store);
      }
      return trust;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException(
          "The extra certificates can't be read: " + e.getMessage(), e);
    }
  }
}
