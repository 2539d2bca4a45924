package dev.porchlight.net;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Says what was wrong with TLS at a mail server, and what to do about it.
final class MailTls {
  private static final int DEEPEST = 20;

  private MailTls() {}

  /// The sentences; null when it was not TLS that failed.
  static @Nullable String objection(Throwable thrown) {
    var causes = causes(thrown);
    if (has(causes, CertificateExpiredException.class)
        || has(causes, CertificateNotYetValidException.class)) {
      return "The mail server's certificate is not believed: it is not valid at this time. Whoever"
          + " runs the server has to renew it.";
    }
    if (causes.stream().anyMatch(MailTls::isOfTheName)) {
      return "The mail server's certificate is not believed: it is not made out to the name by"
          + " which the server was called. Set `host` to a name that the certificate has.";
    }
    if (has(causes, CertPathBuilderException.class)
        || has(causes, CertPathValidatorException.class)) {
      return "The mail server's certificate is not believed: no authority that the hub knows has"
          + " signed it. If it is the right server, name its authority: `porchlight mail set"
          + " --authorities FILE` with the certificate in PEM.";
    }
    if (said(causes, "Unsupported or unrecognized SSL message")) {
      return "The mail server does not speak TLS from the first byte at this port; set `security`"
          + " to `starttls`.";
    }
    if (said(causes, "STARTTLS is required but")) {
      return "The mail server offers no STARTTLS, and without it nothing is sent; set `security` to"
          + " `tls` where it speaks TLS from the first byte, or to `none` for a server beside the"
          + " hub.";
    }
    return causes.stream()
        .filter(SSLException.class::isInstance)
        .findFirst()
        .map(e -> "TLS with the mail server failed: " + Mailer.words(e.getMessage()))
        .orElse(null);
  }

  private static boolean isOfTheName(Throwable cause) {
    var words = String.valueOf(cause.getMessage());
    return words.contains("No subject alternative")
        || words.contains("No name matching")
        || words.contains("verify identity");
  }

  private static boolean said(List<Throwable> causes, String words) {
    return causes.stream().anyMatch(c -> String.valueOf(c.getMessage()).contains(words));
  }

  private static boolean has(List<Throwable> causes, Class<? extends Throwable> type) {
    return causes.stream().anyMatch(type::isInstance);
  }

  private static List<Throwable> causes(Throwable thrown) {
    var all = new ArrayList<Throwable>();
    for (Throwable at = thrown; at != null && all.size() < DEEPEST; at = at.getCause()) {
      all.add(at);
    }
    return all;
  }
}
