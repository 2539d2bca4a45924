package dev.porchlight.http;

import dev.porchlight.web.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/// A running HTTP/1.1 server. Each request has a virtual thread of its own.
///
/// Malformed requests never reach a handler: what could be read in two ways (two lengths, a length
/// beside a transfer coding, folded lines, a blank before a colon, bare line feeds) is answered 400
/// and the connection ends; so are paths that could be (escaped or bare dot segments that leave the
/// root, an empty segment). Every reply carries `X-Request-Id` and `X-Content-Type-Options:
/// nosniff`, and `Cache-Control: no-store` unless it says otherwise.
///
/// Safe for use by many threads.
public final class HttpServer implements AutoCloseable {
  /// Idle connections end this soon, in milliseconds, once the server stops.
  static final long STOPPING_IDLE_MILLIS = 300;

  private static final int SELECTORS = 2;

  private final Server server;
  private final ServerConnector connector;
  private final @Nullable ServerConnector tlsConnector;
  private final @Nullable Tls tls;
  private final Dispatcher dispatcher;
  private final String bindHost;

  /// Hears of each request that had its answer. Called on the request's thread: must be quick.
  @FunctionalInterface
  public interface Observer {
    /// @param method as sent; text from a stranger where the template is empty
    /// @param template of the route that was found, or empty
    /// @param status as answered
    /// @param nanos from the end of the headers to the end of the reply; a stream's whole life
    void answered(String method, String template, int status, long nanos);
  }

  private HttpServer(
      Server server,
      ServerConnector connector,
      @Nullable ServerConnector tlsConnector,
      @Nullable Tls tls,
      Dispatcher dispatcher,
      String bindHost) {
    this.server = server;
    this.connector = connector;
    this.tlsConnector = tlsConnector;
    this.tls = tls;
    this.dispatcher = dispatcher;
    this.bindHost = bindHost;
  }

  /// As the longer form, with nobody listening.
  public static HttpServer start(Settings settings, List<Route> routes, Route.Refusals fallback)
      throws IOException {
    return start(settings, routes, fallback, (_, _, _, _) -> {});
  }

  /// As the longer form, without TLS.
  public static HttpServer start(
      Settings settings, List<Route> routes, Route.Refusals fallback, Observer observer)
      throws IOException {
    return start(settings, routes, fallback, observer, null);
  }

  /// Starts to serve; returns once connections are accepted.
  ///
  /// @param fallback words what concerns no route: unknown paths
  /// @param tls serves the same at another port over TLS; null for plain HTTP alone. Closed with
  ///   the server
  /// @throws IllegalArgumentException for a malformed template, or two routes for one
  /// @throws IOException when the address cannot be bound
  public static HttpServer start(
      Settings settings,
      List<Route> routes,
      Route.Refusals fallback,
      Observer observer,
      @Nullable Tls tls)
      throws IOException {
    var router = new Router(routes);
    var pool = new QueuedThreadPool(16, 4);
    pool.setName("http");
    pool.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory()));
    var server = new Server(pool);
    var connector = new ServerConnector(server, 1, SELECTORS, new Connections(wire(settings)));
    listen(connector, settings, settings.port());
    server.addConnector(connector);
    var tlsConnector = tls == null ? null : tlsConnector(server, settings, tls);
    if (tlsConnector == null) {
      server.addBean(new NetworkConnectionLimit(settings.maxConnections(), connector));
    } else {
      server.addConnector(tlsConnector);
      server.addBean(
          new NetworkConnectionLimit(settings.maxConnections(), connector, tlsConnector));
    }
    server.setStopTimeout(Math.max(1, settings.stopTimeout().toMillis()));
    var host = host(settings.bind());
    var dispatcher = new Dispatcher(settings, router, fallback, observer, host);
    server.setHandler(dispatcher);
    server.setErrorHandler(new BareRefusal(fallback));
    try {
      server.start();
    } catch (Exception e) {
      stop(server);
      throw e instanceof IOException io ? io : new IOException("The server did not start", e);
    }
    if (tls != null) {
      tls.watch();
    }
    return new HttpServer(server, connector, tlsConnector, tls, dispatcher, host);
  }

  private static void listen(ServerConnector connector, Settings settings, int port) {
    connector.setHost(settings.bind().getHostAddress());
    connector.setPort(port);
    connector.setIdleTimeout(settings.idleTimeout().toMillis());
    connector.setShutdownIdleTimeout(STOPPING_IDLE_MILLIS);
    connector.setAcceptQueueSize(1024);
  }

  private static ServerConnector tlsConnector(Server server, Settings settings, Tls tls) {
    var wire = wire(settings);
    // Clients may name the server by an address, or as its certificate does not: that is for them
    // to check.
    wire.addCustomizer(new SecureRequestCustomizer(false));
    var connector =
        new ServerConnector(
            server,
            1,
            SELECTORS,
            new SslConnectionFactory(tls.context(), "http/1.1"),
            new Connections(wire));
    listen(connector, settings, tls.port());
    return connector;
  }

  private static HttpConfiguration wire(Settings settings) {
    var wire = new HttpConfiguration();
    wire.setSendServerVersion(false);
    wire.setSendXPoweredBy(false);
    wire.setRequestHeaderSize(settings.headerLimit());
    wire.setHttpCompliance(
        HttpCompliance.RFC9110.without(
            "porchlight",
            HttpCompliance.Violation.LF_HEADER_TERMINATION,
            HttpCompliance.Violation.LF_CHUNK_TERMINATION));
    // Escaped slashes and percent signs mean one thing to the router: it takes segments as they
    // were sent, and decodes each once.
    wire.setUriCompliance(
        UriCompliance.DEFAULT.with(
            "porchlight",
            UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
            UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING));
    return wire;
  }

  private static String host(InetAddress bind) {
    var shown = bind.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bind;
    return new InetSocketAddress(shown, 0).getAddress() instanceof java.net.Inet6Address six
        ? "[" + six.getHostAddress() + "]"
        : shown.getHostAddress();
  }

  /// Where the server is reached: `http://127.0.0.1:8080`. Loopback when it listens everywhere.
  public URI address() {
    return URI.create("http://" + bindHost + ":" + port());
  }

  /// Where the server is reached over TLS: `https://127.0.0.1:8443`; empty without TLS.
  public Optional<URI> tlsAddress() {
    return tlsConnector == null
        ? Optional.empty()
        : Optional.of(URI.create("https://" + bindHost + ":" + tlsConnector.getLocalPort()));
  }

  /// The port listened on.
  public int port() {
    return connector.getLocalPort();
  }

  /// Stops without cutting a request: live streams end first; then no connection is accepted, and
  /// what runs, or still arrives on an open connection, is answered with the connection's end.
  /// Returns when all is answered, or after the settings' time. May be called more than once.
  @Override
  public void close() {
    if (tls != null) {
      tls.close();
    }
    dispatcher.endStreams();
    stop(server);
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (TimeoutException _) {
      Dispatcher.LOG.warn("The HTTP server stopped while requests were still at work");
    } catch (Exception e) {
      Dispatcher.LOG.warn("The HTTP server did not stop in good order", e);
    }
  }
}
