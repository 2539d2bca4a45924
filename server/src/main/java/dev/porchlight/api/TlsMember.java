package dev.porchlight.api;

import dev.porchlight.access.Secrets;
import dev.porchlight.delivery.ShownTls;
import dev.porchlight.net.CertificateNote;
import dev.porchlight.net.ReceiverTls;
import dev.porchlight.store.Batch;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The member `tls` of an endpoint's body: the certificate that its receiver is shown, and the
/// authorities that are believed there.
final class TlsMember {
  /// Under which ids the texts are kept with the endpoint's secrets.
  static final String IDENTITY = "tls_identity";

  static final String AUTHORITIES = "tls_authorities";

  /// What was said.
  ///
  /// @param identity the text to seal; empty to take away what is there; null to keep it
  /// @param authorities likewise
  private record Given(
      @Nullable String identity,
      @Nullable CertificateNote certificate,
      @Nullable String authorities,
      List<CertificateNote> believed) {}

  private final @Nullable Given given;

  private TlsMember(@Nullable Given given) {
    this.given = given;
  }

  /// Reads it, and looks at the certificates.
  static TlsMember read(Members body, Instant now) {
    if (!body.has("tls")) {
      return new TlsMember(null);
    }
    var object = body.object("tls");
    if (object.isEmpty()) {
      return new TlsMember(new Given("", null, "", List.of()));
    }
    var members = new Members(object.get());
    for (var name : members.object().propertyNames()) {
      if (!Set.of("certificate", "key", "authorities").contains(name)) {
        throw invalid("`tls." + name + "` is not known.");
      }
    }
    try {
      var certificate = members.text("certificate");
      var key = members.text("key");
      if (certificate.isPresent() != key.isPresent()) {
        throw invalid("A client certificate and its key go together: give both, or neither.");
      }
      var note = certificate.map(c -> ReceiverTls.examine(c, key.orElse(""), now));
      var authorities = members.text("authorities");
      return new TlsMember(
          new Given(
              certificate
                  .map(c ->
                      Json.object().put("certificate", c).put("key", key.orElse("")).toString())
                  .orElse(members.has("certificate") ? "" : null),
              note.orElse(null),
              authorities.orElse(members.has("authorities") ? "" : null),
              authorities.map(ReceiverTls::examine).orElse(List.of())));
    } catch (IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()));
    }
  }

  private static FaultException invalid(String sentence) {
    return new FaultException(Fault.BODY_INVALID, sentence);
  }

  /// Whether the client certificate is given anew, or taken away.
  boolean givesCertificate() {
    return given != null && given.identity() != null;
  }

  /// What may be shown of it from now on.
  @Nullable ShownTls over(@Nullable ShownTls known) {
    if (given == null) {
      return known;
    }
    var certificate =
        given.identity() == null && known != null ? known.certificate() : given.certificate();
    var authorities =
        given.authorities() == null && known != null ? known.authorities() : given.believed();
    return certificate == null && authorities.isEmpty()
        ? null
        : new ShownTls(certificate, authorities);
  }

  /// Seals what was given, before the unit that keeps it.
  Kept seal(Secrets secrets, String owner) {
    return new Kept(
        secrets,
        owner,
        given == null ? null : given.identity(),
        given == null ? null : given.authorities(),
        sealed(secrets, owner, IDENTITY, given == null ? null : given.identity()),
        sealed(secrets, owner, AUTHORITIES, given == null ? null : given.authorities()));
  }

  private static Optional<Secrets.Sealed> sealed(
      Secrets secrets, String owner, String id, @Nullable String text) {
    return text == null || text.isEmpty()
        ? Optional.empty()
        : Optional.of(secrets.seal(owner, id, text));
  }

  /// Sealed texts on their way to the store.
  record Kept(
      Secrets secrets,
      String owner,
      @Nullable String identity,
      @Nullable String authorities,
      Optional<Secrets.Sealed> sealedIdentity,
      Optional<Secrets.Sealed> sealedAuthorities) {
    /// Keeps them, or takes away what is there.
    void put(Batch batch) {
      put(batch, IDENTITY, identity, sealedIdentity);
      put(batch, AUTHORITIES, authorities, sealedAuthorities);
    }

    private void put(
        Batch batch, String id, @Nullable String text, Optional<Secrets.Sealed> sealed) {
      sealed.ifPresent(s -> secrets.put(batch, s, null));
      if (text != null && sealed.isEmpty()) {
        secrets.remove(batch, owner, id);
      }
    }

    @Override
    public String toString() {
      return "Kept[" + owner + "]";
    }
  }

  static void show(@Nullable ShownTls tls, Instant now, ObjectNode json) {
    if (tls == null) {
      return;
    }
    var view = json.putObject("tls");
    if (tls.certificate() != null) {
      show(tls.certificate(), now, view.putObject("certificate"));
    }
    if (!tls.authorities().isEmpty()) {
      var all = view.putArray("authorities");
      tls.authorities().forEach(a -> show(a, now, all.addObject()));
    }
  }

  private static void show(CertificateNote note, Instant now, ObjectNode json) {
    json.put("subject", note.subject());
    json.put("issuer", note.issuer());
    json.put("valid_from", note.validFrom().toString());
    json.put("valid_until", note.validUntil().toString());
    json.put("sha256", note.sha256());
    json.put("state", note.isOver(now) ? "expired" : note.endsSoon(now) ? "ends_soon" : "valid");
  }
}
