package dev.porchlight;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Whether and how a hub serves TLS.
///
/// @param certificate a PEM file with the certificate and its chain; null for none
/// @param key a PEM file with its key; null for none
/// @param selfSigned whether to make a certificate at each start, for trials
/// @param port where to listen with TLS, 0 to pick one
public record TlsConfig(
    @Nullable Path certificate, @Nullable Path key, boolean selfSigned, int port) {
  /// No TLS.
  public static final TlsConfig NONE = new TlsConfig(null, null, false, 8443);

  public TlsConfig {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "tls_cert and tls_key go together: name both files, or neither");
    }
    if (certificate != null && selfSigned) {
      throw new IllegalArgumentException(
          "tls_self_signed is for trials without files: leave it out, or tls_cert and tls_key");
    }
  }

  /// Whether TLS is served at all.
  public boolean isServed() {
    return certificate != null || selfSigned;
  }
}
