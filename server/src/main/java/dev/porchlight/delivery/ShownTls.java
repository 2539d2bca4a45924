package dev.porchlight.delivery;

import dev.porchlight.net.CertificateNote;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What may be shown of an endpoint's own TLS; the texts themselves are kept sealed, elsewhere.
///
/// @param certificate the one that the receiver is shown; null for none
/// @param authorities those that are believed there and nowhere else; empty for the usual
public record ShownTls(@Nullable CertificateNote certificate, List<CertificateNote> authorities) {
  public ShownTls {
    authorities = List.copyOf(Objects.requireNonNullElse(authorities, List.of()));
  }
}
