package dev.porchlight.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

/// Makes connections that do two things which Jetty's own don't.
///
/// They know of a target which can't be read (`/v1/contacts/tags/100%`) how it began: Jetty alone
/// forgets it, and nobody could tell in which door's form to refuse it.
///
/// And each is read by one thread at a time. Jetty refuses a malformed request on a second thread,
/// which goes on to read the connection while the first may still be at it; the first gives their
/// buffer back, and what the second then reads lands in the buffer of somebody else's connection
/// (`docs/decisions/0031-one-reader-per-connection.md`).
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
    private final AtomicInteger readsDue = new AtomicInteger();

    Known(HttpConfiguration wire, Connector connector, EndPoint endPoint) {
      super(wire, connector, endPoint);
    }

    /// A thread that comes while another reads leaves its turn to that one.
    @Override
    public void onFillable() {
      if (readsDue.getAndIncrement() == 0) {
        do {
          super.onFillable();
        } while (readsDue.decrementAndGet() > 0);
      }
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
