package dev.porchlight;

import dev.porchlight.http.Tls;
import dev.porchlight.ops.Doctor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What there is to say about the certificate that the hub shows.
final class TlsFindings {
  private static final Duration SOON = Duration.ofDays(14);

  private TlsFindings() {}

  static List<Doctor.Finding> of(@Nullable Tls tls, Instant now) {
    var findings = new ArrayList<Doctor.Finding>();
    if (tls == null) {
      return findings;
    }
    var certificate = tls.certificate();
    var whose = "The TLS certificate of " + certificate.subject();
    if (!certificate.validUntil().isAfter(now)) {
      findings.add(
          new Doctor.Finding(
              "fault",
              whose
                  + " expired at "
                  + certificate.validUntil()
                  + ": clients refuse it. It is shown all the same; replace the files."));
    } else if (certificate.validFrom().isAfter(now)) {
      findings.add(
          new Doctor.Finding(
              "fault", whose + " is valid from " + certificate.validFrom() + " only."));
    } else if (certificate.validUntil().minus(SOON).isBefore(now)) {
      findings.add(
          new Doctor.Finding(
              "attention",
              whose + " expires soon, at " + certificate.validUntil() + ": replace the files."));
    } else {
      findings.add(
          new Doctor.Finding("ok", whose + " is valid until " + certificate.validUntil() + "."));
    }
    if (!tls.trouble().isEmpty()) {
      findings.add(
          new Doctor.Finding(
              "attention",
              "The TLS files have changed, but what they hold can't be shown: " + tls.trouble()));
    }
    return findings;
  }
}
