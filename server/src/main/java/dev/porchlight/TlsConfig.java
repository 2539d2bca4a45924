package dev.porchlight;

import dev.porchlight.http.Certificate;
import dev.porchlight.http.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
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

  /// What is shown to clients; null when no TLS is served.
  ///
  /// @param bind the address at which the hub listens
  /// @param data where a certificate that was made is left, so that a client can be told to trust
  ///   it
  /// @param now when one is made
  @Nullable Tls shown(String bind, Path data, Instant now) throws IOException {
    if (certificate != null && key != null) {
      return Tls.of(port, certificate, key);
    }
    if (!selfSigned) {
      return null;
    }
    var hosts = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
    if (!InetAddress.getByName(bind).isAnyLocalAddress()) {
      hosts.add(bind);
    }
    var made = Certificate.selfSigned(List.copyOf(hosts), now);
    Files.writeString(data.resolve("tls-self-signed.pem"), made.pem());
    return Tls.of(port, made);
  }
}
