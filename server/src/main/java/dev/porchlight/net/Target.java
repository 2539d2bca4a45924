package dev.porchlight.net;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where a request goes, read strictly from a URL: what different readers could take for different
/// hosts is refused, so that nobody behind us can understand another host than the guard did.
///
/// @param secure true for `https`
/// @param host lower case, without a dot at its end; an IPv6 address without brackets
/// @param literal the address, when the host is one
/// @param uri the URL rebuilt from these parts
record Target(boolean secure, String host, @Nullable InetAddress literal, URI uri) {
  private static final int MAX_LENGTH = 2048;
  private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern NUMBER = Pattern.compile("\\d+|0x[0-9a-f]*");

  /// Thrown for a URL that can't be used; the message is a sentence for whoever wrote it.
  static final class UnusableException extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;

    UnusableException(String message) {
      super(message);
    }
  }

  static Target parse(String url) throws UnusableException {
    if (url.length() > MAX_LENGTH) {
      throw new UnusableException("The URL is longer than " + MAX_LENGTH + " characters.");
    }
    if (!url.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new UnusableException(
          "The URL holds blanks or characters outside ASCII; a host outside ASCII is written as"
              + " xn--...");
    }
    if (url.indexOf('\\') >= 0) {
      throw new UnusableException("The URL holds a backslash.");
    }
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new UnusableException("This is not a URL: " + e.getReason() + ".");
    }
    var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw new UnusableException(
          "The URL must start with https://, or with http:// for a network that the hub allows.");
    }
    var authority = uri.getRawAuthority();
    if (authority == null || authority.isEmpty()) {
      throw new UnusableException("The URL names no host.");
    }
    if (authority.indexOf('@') >= 0) {
      throw new UnusableException("The URL holds a user name; use a header for credentials.");
    }
    if (authority.indexOf('%') >= 0) {
      throw new UnusableException("The host is escaped or has a zone.");
    }
    if (uri.getRawFragment() != null) {
      throw new UnusableException("The URL has a fragment (#), which is never sent.");
    }
    boolean bracketed = authority.startsWith("[");
    int hostEnd = bracketed ? authority.indexOf(']') + 1 : authority.indexOf(':');
    if (hostEnd < 0) {
      hostEnd = authority.length();
    }
    if (bracketed && hostEnd == 0) {
      throw new UnusableException("The host's bracket is not closed.");
    }
    int port = port(authority.substring(hostEnd));
    var name = authority.substring(0, hostEnd).toLowerCase(Locale.ROOT);

    InetAddress literal;
    String host;
    if (bracketed) {
      host = name.substring(1, name.length() - 1);
      literal =
          Cidr.literal(host)
              .filter(_ -> host.indexOf(':') >= 0)
              .orElseThrow(() -> new UnusableException("The host is not an IPv6 address."));
    } else {
      host = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
      literal = addressOrName(host).orElse(null);
    }
    return new Target(
        scheme.equals("https"), host, literal, rebuild(scheme, bracketed, host, port, uri));
  }

  private static int port(String text) throws UnusableException {
    if (text.isEmpty()) {
      return -1;
    }
    if (!text.matches(":\\d{1,5}")) {
      throw new UnusableException("The port is not a number.");
    }
    int port = Integer.parseInt(text.substring(1));
    if (port < 1 || port > 65535) {
      throw new UnusableException("The port is not within 1 to 65535.");
    }
    return port;
  }

  /// The address when the host is one in the usual form, empty when it is a name. What some readers
  /// take for an address (its last label is a number) and others don't is neither.
  private static Optional<InetAddress> addressOrName(String host) throws UnusableException {
    var literal = Cidr.literal(host);
    if (literal.isPresent()) {
      return literal;
    }
    if (host.isEmpty() || host.length() > 253) {
      throw new UnusableException("The host is empty or too long.");
    }
    var labels = host.split("\\.", -1);
    for (var label : labels) {
      if (!LABEL.matcher(label).matches()) {
        throw new UnusableException("The host is not a name of letters, digits, hyphens and dots.");
      }
    }
    if (NUMBER.matcher(labels[labels.length - 1]).matches()) {
      throw new UnusableException("The host is an address in an unusual form.");
    }
    return Optional.empty();
  }

  private static URI rebuild(String scheme, boolean bracketed, String host, int port, URI from)
      throws UnusableException {
    var text = new StringBuilder(scheme).append("://");
    text.append(bracketed ? "[" + host + "]" : host);
    if (port > 0) {
      text.append(':').append(port);
    }
    var path = from.getRawPath();
    text.append(path == null || path.isEmpty() ? "/" : path);
    if (from.getRawQuery() != null) {
      text.append('?').append(from.getRawQuery());
    }
    try {
      return new URI(text.toString());
    } catch (URISyntaxException e) {
      throw new UnusableException("This is not a URL: " + e.getReason() + ".");
    }
  }
}
