package dev.porchlight.net;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/// What may be shown of a certificate.
///
/// @param validUntil of a chain: when the first of it ends
/// @param sha256 of the certificate itself, in hex, as other programs show it
public record CertificateNote(
    String subject, String issuer, Instant validFrom, Instant validUntil, String sha256) {
  private static final Duration SOON = Duration.ofDays(30);

  /// Of a chain, its own certificate first.
  static CertificateNote of(List<X509Certificate> chain) {
    var own = chain.getFirst();
    try {
      return new CertificateNote(
          own.getSubjectX500Principal().getName(),
          own.getIssuerX500Principal().getName(),
          own.getNotBefore().toInstant(),
          chain.stream()
              .map(c -> c.getNotAfter().toInstant())
              .min(Instant::compareTo)
              .orElseThrow(),
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(own.getEncoded())));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }

  public boolean isOver(Instant now) {
    return !validUntil.isAfter(now);
  }

  /// Whether it is time to get another: it ends within 30 days.
  public boolean endsSoon(Instant now) {
    return validUntil.minus(SOON).isBefore(now);
  }
}
