package dev.porchlight.net;

import dev.porchlight.sign.Pem;
import dev.porchlight.sign.Pem.UnusableException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// What TLS is like with one receiver: the certificate that it is shown, and the authorities whose
/// word counts there. As text, so that it costs nothing to compare; read when connections begin.
///
/// @param owner whose connections they are; nobody else's requests go over them
/// @param certificate PEM, with what stands between it and a root; empty to show none
/// @param key its private key, PEM; empty for none
/// @param authorities PEM; these alone are believed there; empty for those that all believe
public record ReceiverTls(String owner, String certificate, String key, String authorities) {
  /// How long a PEM text may be.
  public static final int LONGEST = 64 * 1024;

  private static final int LONGEST_CHAIN = 10;
  private static final int MOST_AUTHORITIES = 50;
  private static final int LARGEST_RSA = 8192;

  /// The key is nobody's to see.
  @Override
  public String toString() {
    return "ReceiverTls[" + owner + "]";
  }

  /// Looks at a certificate that is to be shown.
  ///
  /// @throws IllegalArgumentException with a sentence, when it can't be
  public static CertificateNote examine(String certificate, String key, Instant now) {
    var identity = identity(certificate, key);
    var note = CertificateNote.of(identity.chain());
    if (note.isOver(now)) {
      throw new IllegalArgumentException(
          "The client certificate expired at " + note.validUntil() + ".");
    }
    return note;
  }

  /// Looks at authorities that are to be believed.
  ///
  /// @throws IllegalArgumentException with a sentence, when they can't be
  public static List<CertificateNote> examine(String authorities) {
    return authorities(authorities).stream().map(a -> CertificateNote.of(List.of(a))).toList();
  }

  private record Identity(PrivateKey key, List<X509Certificate> chain) {}

  private static Identity identity(String certificate, String key) {
    if (certificate.length() > LONGEST || key.length() > LONGEST) {
      throw new IllegalArgumentException("A certificate and a key have at most 64 KiB each.");
    }
    List<X509Certificate> all;
    PrivateKey own;
    try {
      all = Pem.certificates(certificate);
    } catch (UnusableException e) {
      throw new IllegalArgumentException(said(e, "client certificate"), e);
    }
    try {
      own = Pem.key(key);
    } catch (UnusableException e) {
      throw new IllegalArgumentException(said(e, "client key"), e);
    }
    var modest =
        all.size() <= LONGEST_CHAIN
            && isModest(own)
            && all.stream().allMatch(c -> isModest(c.getPublicKey()));
    if (!modest) {
      throw new IllegalArgumentException(
          "A chain has at most 10 certificates, and an RSA key at most 8192 bits.");
    }
    return Pem.chain(own, all)
        .map(chain -> new Identity(own, chain))
        .orElseThrow(() ->
            new IllegalArgumentException("The client key does not belong to the certificate."));
  }

  /// What takes seconds to sign with would be a way to keep the hub busy.
  private static boolean isModest(Object key) {
    return !(key instanceof RSAKey rsa) || rsa.getModulus().bitLength() <= LARGEST_RSA;
  }

  private static List<X509Certificate> authorities(String pem) {
    if (pem.length() > LONGEST) {
      throw new IllegalArgumentException("The authorities have at most 64 KiB.");
    }
    try {
      var all = Pem.certificates(pem);
      if (all.size() > MOST_AUTHORITIES) {
        throw new IllegalArgumentException("There are at most 50 authorities.");
      }
      return all;
    } catch (UnusableException e) {
      throw new IllegalArgumentException(said(e, "text of authorities"), e);
    }
  }

  private static String said(UnusableException e, String what) {
    return switch (e.trouble()) {
      case UNREADABLE -> "The " + what + " is no PEM that can be read.";
      case NO_CERTIFICATE -> "The " + what + " holds no PEM certificate.";
      case BAD_CERTIFICATE -> "The " + what + " holds a certificate that can't be read.";
      case NO_KEY -> "The " + what + " holds no PEM private key.";
      case LOCKED_KEY ->
          "The " + what + " has a passphrase: give one without (`openssl pkey` takes it off).";
      case BAD_KEY -> "The " + what + " is of a kind that can't be used.";
    };
  }

  /// @param usual who is believed where no authorities are named
  SSLContext context(TrustManagerFactory usual) {
    try {
      var trust = usual;
      if (!authorities.isEmpty()) {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int n = 0;
        for (var authority : authorities(authorities)) {
          store.setCertificateEntry("authority-" + n++, authority);
        }
        trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
      }
      var context = SSLContext.getInstance("TLS");
      context.init(
          certificate.isEmpty()
              ? null
              : new KeyManager[] {new OneIdentity(identity(certificate, key))},
          trust.getTrustManagers(),
          null);
      return context;
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalArgumentException("The client certificate can't be used.", e);
    }
  }

  /// Shows its certificate to whoever asks for one of its kind, whichever authorities they name: a
  /// receiver that wants another says so itself, where silence would only look like none.
  private static final class OneIdentity extends X509ExtendedKeyManager {
    private static final String ALIAS = "porchlight";
    private final Identity identity;

    OneIdentity(Identity identity) {
      this.identity = identity;
    }

    private @Nullable String alias(String[] kinds) {
      var own = identity.chain().getFirst().getPublicKey().getAlgorithm();
      for (var kind : kinds) {
        if (kind.equals(own)) {
          return ALIAS;
        }
      }
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] kinds, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return alias(kinds);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
        String[] kinds, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return alias(kinds);
    }

    @Override
    public String[] getClientAliases(String kind, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return identity.key();
    }

    @Override
    public String @Nullable [] getServerAliases(String kind, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String kind, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }
}
