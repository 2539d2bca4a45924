package dev.porchlight.http;

import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

/// Makes connections that know of a target which can't be read (`/v1/contacts/tags/100%`) how it
/// began: Jetty alone forgets it, and nobody could tell in which door's form to refuse it.
final class Connections extends HttpConnectionFactory {
  private static final Pattern BEGIN = Pattern.compile("/[A-Za-z0-9/_-]*");

  Connections(HttpConfiguration wire) {
    super(wire);
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return configure(new Known(getHttpConfiguration(), connector, endPoint), connector, endPoint);
  }

  private static final class Known extends HttpConnection {
    private @Nullable String unread;

    Known(HttpConfiguration wire, Connector connector, EndPoint endPoint) {
      super(wire, connector, endPoint);
    }

    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String target, HttpVersion version) {
      var begun = unread;
      unread = null;
      if (begun != null && target.equals("/badMessage")) {
        return super.newHttpStream(method, begun, version);
      }
      try {
        return super.newHttpStream(method, target, version);
      } catch (RuntimeException e) {
        var begin = BEGIN.matcher(target);
        unread = begin.lookingAt() ? begin.group() : null;
        throw e;
      }
    }
  }
}
