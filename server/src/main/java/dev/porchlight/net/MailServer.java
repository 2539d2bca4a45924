package dev.porchlight.net;

import dev.porchlight.store.Settings;
import dev.porchlight.value.Json;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The server that takes the hub's mail on: what an administrator sets. Its password is kept sealed
/// elsewhere.
///
/// @param host a name or an address; it is the administrator's own and may be a private one
/// @param security how the connection is kept private
/// @param user who signs in; null for nobody
/// @param from the address that mails come from
/// @param authorities PEM certificates that are believed beside the JVM's; null for none
/// @param links where people reach the hub by the links in its mails, without a slash at the end;
///   null for the address that it listens at
/// @param returns the domain whose mail comes to the hub's own listener, so that what can't be
///   delivered comes back there; null where it comes back to `from`
public record MailServer(
    String host,
    int port,
    Security security,
    @Nullable String user,
    String from,
    @Nullable String authorities,
    @Nullable String links,
    @Nullable String returns) {
  /// The kind of setting that holds it.
  public static final String SETTING = "mail-server";

  /// The id of that setting; there is one.
  public static final String ID = "hub";

  /// Who owns its password among the secrets.
  public static final String OWNER = "mail-server";

  /// The name of that secret.
  public static final String PASSWORD = "password";

  /// How the connection is kept private.
  public enum Security {
    /// The server must offer STARTTLS.
    STARTTLS,
    /// TLS from the first byte.
    TLS,
    /// Nothing: for a server on the same machine or network.
    NONE;

    /// The word in the API.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException for another word
    public static Security of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  public MailServer {
    if (!host.matches("[A-Za-z0-9.:_-]{1,253}")) {
      throw new IllegalArgumentException("a mail server's host is a name or an address");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("a port is from 1 to 65535");
    }
    if (user != null && security == Security.NONE) {
      throw new IllegalArgumentException("a password is not sent over an open connection");
    }
    if (links != null
        && !links.matches("https?://[A-Za-z0-9.:\\[\\]_-]{1,253}(/[A-Za-z0-9._~/-]*)?")) {
      throw new IllegalArgumentException("links begin with http:// or https://, and have no query");
    }
    if (returns != null && !MailAddress.isAddress("x@" + returns)) {
      throw new IllegalArgumentException("a domain of returns is one such as returns.example.org");
    }
    if (authorities != null) {
      Trust.context(authorities.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
  }

  /// The one that is set; empty when none is.
  public static Optional<MailServer> in(Settings settings) {
    return settings.find(SETTING, ID).map(s -> Json.read(s.body(), MailServer.class));
  }

  /// The body of the setting that holds it.
  public String body() {
    return Json.write(this);
  }
}
