package dev.porchlight.net;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Serial;
import java.net.ConnectException;
import java.net.IDN;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.io.DetachedSocketFactory;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// Sends requests to addresses that users name. Safe for use by many threads; meant for virtual
/// ones.
///
/// What holds it together:
/// - The URL is read once, strictly ([Target]). A host that is an address is judged at once; a name
///   is looked up once for each connection, inside the library's own connect, and the library dials
///   only the addresses that were judged there. Any forbidden one among them ends it. A pooled
///   connection was judged when it was made.
/// - Each exchange runs on a virtual thread of its own, and the caller waits for it no longer than
///   the deadline. That is the only clock: whatever hangs (look-up, connect, handshake, a byte a
///   second), the caller goes on, and the exchange's socket is closed behind its back.
/// - Look-ups can't be interrupted, so they run apart, one at a time for a name, and hold no
///   connection's place.
/// - Nothing is sent twice: no retries, no redirects, no authentication, no cookies, no proxies.
public final class OutgoingClient implements AutoCloseable {
  /// The usual deadline.
  public static final Duration DEADLINE = Duration.ofSeconds(15);

  /// How much of an answer's body is read unless the caller says otherwise, in bytes.
  public static final int MAX_ANSWER = 64 * 1024;

  private static final int PER_ROUTE = 64;
  private static final int TOTAL = 512;
  private static final int TARGETS_KEPT = 1024;
  private static final int MAX_HEADERS_KEPT = 32;
  private static final int MAX_HEADER_CHARS = 1024;

  private static final ScopedValue<Attempt> ATTEMPT = ScopedValue.newInstance();

  private final AddressGuard guard;
  private final HostResolver resolver;
  private final SocketOpener opener;
  private final Map<String, CompletableFuture<List<InetAddress>>> lookups =
      new ConcurrentHashMap<>();
  private final Pools pools;

  /// What URLs say, as read before: reading one depends on nothing else.
  private final Map<String, Target> targets = new ConcurrentHashMap<>();

  /// A client over the system's look-up and plain sockets.
  ///
  /// @param extraPem certificates of further authorities, PEM; null for the JVM's alone
  /// @throws IllegalArgumentException when they can't be read
  public OutgoingClient(AddressGuard guard, byte @Nullable [] extraPem) {
    this(guard, extraPem, HostResolver.system(), SocketOpener.direct());
  }

  /// A client whose look-ups and sockets come from elsewhere: for tests that prove what is dialled.
  public OutgoingClient(
      AddressGuard guard, byte @Nullable [] extraPem, HostResolver resolver, SocketOpener opener) {
    this.guard = guard;
    this.resolver = resolver;
    this.opener = opener;
    this.pools = new Pools(Trust.managers(extraPem), this::pooled);
  }

  private CloseableHttpClient pooled(SSLContext context) {
    var connections =
        new PoolingHttpClientConnectionManager(
            new StagedConnects(
                new GuardedSockets(),
                new GuardedNames(),
                RegistryBuilder.<TlsSocketStrategy>create()
                    .register("https", new DefaultClientTlsStrategy(context))
                    .build()),
            PoolConcurrencyPolicy.STRICT,
            PoolReusePolicy.LIFO,
            TimeValue.ofMinutes(5),
            ManagedHttpClientConnectionFactory.builder()
                .http1Config(
                    Http1Config.custom().setMaxLineLength(16 * 1024).setMaxHeaderCount(200).build())
                .build());
    connections.setDefaultMaxPerRoute(PER_ROUTE);
    connections.setMaxTotal(TOTAL);
    connections.setDefaultSocketConfig(SocketConfig.custom().setTcpNoDelay(true).build());
    connections.setDefaultConnectionConfig(
        ConnectionConfig.custom()
            // Of several addresses a dead one must leave time for the next.
            .setConnectTimeout(Timeout.ofSeconds(5))
            .setValidateAfterInactivity(TimeValue.ofMilliseconds(500))
            .setIdleTimeout(Timeout.ofSeconds(30))
            .setTimeToLive(TimeValue.ofMinutes(5))
            .build());
    return HttpClients.custom()
        .setConnectionManager(connections)
        .setRoutePlanner(new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE))
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        .disableConnectionState()
        .setUserAgent("Porchlight")
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setAuthenticationEnabled(false)
                .setRedirectsEnabled(false)
                .setContentCompressionEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .setExpectContinueEnabled(false)
                .build())
        .build();
  }

  private static final String PLAIN = "Plain http is only for allowed networks; use https.";

  /// What is wrong with a URL as far as it can be told without looking a name up: for the moment
  /// when someone configures it. Empty when nothing is.
  public Optional<String> objection(String url) {
    try {
      return objection(Target.parse(url));
    } catch (Target.UnusableException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> objection(Target target) {
    if (target.literal() == null && !target.secure() && !guard.allowsAny()) {
      return Optional.of(PLAIN);
    }
    return target.literal() == null
        ? Optional.empty()
        : objection(target, List.of(target.literal()));
  }

  private Optional<String> objection(Target target, List<InetAddress> addresses) {
    for (var address : addresses) {
      var objection = guard.objection(address);
      if (objection.isPresent()) {
        return Optional.of(
            "The host "
                + target.host()
                + " is "
                + objection.get()
                + " ("
                + address.getHostAddress()
                + "), which is not dialled unless its network is allowed.");
      }
    }
    if (!target.secure() && !addresses.stream().allMatch(guard::isAllowed)) {
      return Optional.of(PLAIN);
    }
    return Optional.empty();
  }

  /// Sends a request once.
  ///
  /// @param deadline for all of it: look-up, waiting for a free connection, connect, handshake,
  ///   headers and body
  /// @throws InterruptedException when the calling thread is interrupted; the exchange is broken
  ///   off then
  public Exchange send(OutgoingRequest request, Duration deadline) throws InterruptedException {
    return send(request, deadline, MAX_ANSWER);
  }

  /// Sends a request once and reads more, or less, of the answer than usual.
  ///
  /// @param deadline for all of it, as above
  /// @param most how much of the answer's body to read, in bytes
  /// @throws InterruptedException as above
  public Exchange send(OutgoingRequest request, Duration deadline, int most)
      throws InterruptedException {
    return send(request, deadline, most, null);
  }

  /// Sends a request once to a receiver whose TLS is its own, over connections that are its own.
  ///
  /// @param deadline for all of it, as above
  /// @param tls null for what is usual
  /// @throws InterruptedException as above
  public Exchange send(OutgoingRequest request, Duration deadline, @Nullable ReceiverTls tls)
      throws InterruptedException {
    return send(request, deadline, MAX_ANSWER, tls);
  }

  private Exchange send(
      OutgoingRequest request, Duration deadline, int most, @Nullable ReceiverTls tls)
      throws InterruptedException {
    long start = System.nanoTime();
    Target target;
    try {
      target = target(request.url());
    } catch (Target.UnusableException e) {
      return new Exchange.Refused(String.valueOf(e.getMessage()), since(start));
    }
    var objection = objection(target);
    if (objection.isPresent()) {
      return new Exchange.Refused(objection.get(), since(start));
    }
    if (tls != null && !target.secure()) {
      return new Exchange.Refused(
          "The receiver has certificates of its own, which plain http does not look at.",
          since(start));
    }
    var message = message(request, target);
    var attempt = new Attempt(target, message, most, tls);
    var outcome = new CompletableFuture<Exchange>();
    var worker =
        Thread.ofVirtual()
            .name("outgoing")
            .start(() ->
                ScopedValue.where(ATTEMPT, attempt)
                    .run(() -> outcome.complete(exchange(attempt, start))));
    try {
      return outcome.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      var stage = attempt.stage;
      attempt.giveUp(worker);
      return new Exchange.Failed(
          Exchange.Kind.TIMEOUT,
          "No whole answer within " + deadline.toMillis() + " ms; it ended while " + stage + ".",
          since(start));
    } catch (InterruptedException e) {
      attempt.giveUp(worker);
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException("an exchange never throws", e);
    }
  }

  private Target target(String url) throws Target.UnusableException {
    var known = targets.get(url);
    if (known == null) {
      known = Target.parse(url);
      if (targets.size() >= TARGETS_KEPT) {
        targets.clear();
      }
      targets.put(url, known);
    }
    return known;
  }

  private static HttpUriRequestBase message(OutgoingRequest request, Target target) {
    var message = new HttpUriRequestBase(request.method(), target.uri());
    request.headers().forEach(h -> message.addHeader(h.getKey(), h.getValue()));
    if (request.method().equals("POST")) {
      message.setEntity(new ByteArrayEntity(request.body(), null));
    }
    return message;
  }

  private Exchange exchange(Attempt attempt, long start) {
    try (var pool = pools.of(attempt.tls)) {
      return exchange(attempt, pool.http(), start);
    } catch (IllegalArgumentException e) {
      return new Exchange.Refused(String.valueOf(e.getMessage()), since(start));
    } catch (RuntimeException e) {
      return failed(attempt, e, start);
    }
  }

  private static Exchange exchange(Attempt attempt, CloseableHttpClient http, long start) {
    ClassicHttpResponse answer = null;
    try {
      answer = http.executeOpen(null, attempt.message, HttpClientContext.create());
      attempt.stage = "reading the answer";
      return answered(attempt, answer, start);
    } catch (IOException | RuntimeException e) {
      return failed(attempt, e, start);
    } finally {
      Closer.closeQuietly(answer); // after a cut answer its end can only fail
    }
  }

  private static Exchange answered(Attempt attempt, ClassicHttpResponse answer, long start)
      throws IOException {
    var head = new byte[0];
    boolean cut = false;
    var entity = answer.getEntity();
    if (entity != null) {
      var content = entity.getContent();
      head = content.readNBytes(attempt.most);
      cut = head.length == attempt.most && content.read() >= 0;
      if (cut) {
        attempt.message
            .cancel(); // closes the connection; closing the answer would read it to its end
      }
    }
    var headers = new ArrayList<Map.Entry<String, String>>();
    for (var header : answer.getHeaders()) {
      if (headers.size() == MAX_HEADERS_KEPT) {
        break;
      }
      var value = header.getValue() == null ? "" : header.getValue();
      headers.add(
          Map.entry(
              header.getName(), value.substring(0, Math.min(value.length(), MAX_HEADER_CHARS))));
    }
    return new Exchange.Answered(answer.getCode(), headers, head, cut, since(start));
  }

  private static final String HINT =
      " (a receiver that wants a client certificate breaks off like this; none is set)";

  private static Exchange failed(Attempt attempt, Exception thrown, long start) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof GuardException refusal) {
        return new Exchange.Refused(String.valueOf(refusal.getMessage()), since(start));
      }
    }
    var kind =
        switch (thrown) {
          case UnknownHostException _ -> Exchange.Kind.DNS;
          case ConnectException _, NoRouteToHostException _ -> Exchange.Kind.CONNECT;
          case IOException _ when attempt.stage.equals(Attempt.HANDSHAKE) -> Exchange.Kind.TLS;
          case SocketTimeoutException _ ->
              Exchange.Kind.CONNECT; // the only time-out set on a socket
          default -> Exchange.Kind.BROKEN;
        };
    var words =
        thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
    return new Exchange.Failed(
        kind,
        "It broke while " + attempt.stage + ": " + words + (attempt.mayMiss(thrown) ? HINT : ""),
        since(start));
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /// Breaks off what is still under way.
  @Override
  public void close() {
    pools.close();
  }

  /// One exchange under way.
  private static final class Attempt {
    static final String CONNECTING = "connecting";
    static final String HANDSHAKE = "shaking hands (TLS)";
    static final String WAITING = "waiting for the answer";

    final Target target;
    final HttpUriRequestBase message;
    final int most;
    final @Nullable ReceiverTls tls;
    volatile String stage = "waiting for a connection or an answer";

    Attempt(Target target, HttpUriRequestBase message, int most, @Nullable ReceiverTls tls) {
      this.target = target;
      this.message = message;
      this.most = most;
      this.tls = tls;
    }

    /// Whether the receiver hung up at once, as one does that wants to see a certificate: it says
    /// so only after the handshake, and seldom in a way that arrives.
    boolean mayMiss(Exception thrown) {
      return target.secure()
          && (tls == null || tls.certificate().isEmpty())
          && (stage.equals(WAITING)
              || stage.equals(HANDSHAKE)
                  && String.valueOf(thrown.getMessage()).contains("fatal alert"))
          && thrown instanceof IOException
          && !(thrown instanceof SocketTimeoutException);
    }

    /// Closes the socket and wakes the worker, on another thread: nobody waits for that.
    void giveUp(Thread worker) {
      Thread.ofVirtual()
          .start(() -> {
            message.cancel();
            worker.interrupt();
          });
    }
  }

  /// The guard said no, in the one way that the library lets a look-up fail.
  private static final class GuardException extends UnknownHostException {
    @Serial private static final long serialVersionUID = 1;

    GuardException(String message) {
      super(message);
    }
  }

  /// The library asks here for the addresses to dial, at every connect.
  private final class GuardedNames implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      var attempt = ATTEMPT.get();
      var target = attempt.target;
      List<InetAddress> addresses;
      if (target.literal() != null) {
        addresses = List.of(target.literal());
      } else {
        // The library may hand over an internationalised name in letters.
        if (!IDN.toASCII(host).equalsIgnoreCase(target.host())) {
          throw new GuardException("The host " + host + " is not the one that was asked for.");
        }
        attempt.stage = "looking up the host";
        addresses = lookUp(target.host());
      }
      if (addresses.isEmpty()) {
        throw new UnknownHostException(host + " has no address");
      }
      var objection = objection(target, addresses);
      if (objection.isPresent()) {
        throw new GuardException(objection.get());
      }
      if (attempt.message.isCancelled()) {
        throw new UnknownHostException("given up");
      }
      attempt.stage = Attempt.CONNECTING;
      return addresses.toArray(InetAddress[]::new);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }

  /// Looks a name up on a thread of its own; callers who want the same name at the same time share
  /// it.
  private List<InetAddress> lookUp(String host) throws UnknownHostException {
    var mine = new CompletableFuture<List<InetAddress>>();
    var running = lookups.putIfAbsent(host, mine);
    if (running == null) {
      Thread.ofVirtual()
          .name("look-up")
          .start(() -> {
            try {
              var found = List.copyOf(resolver.resolve(host));
              lookups.remove(host, mine);
              mine.complete(found);
            } catch (Throwable t) {
              lookups.remove(host, mine);
              mine.completeExceptionally(t);
            }
          });
    }
    try {
      return (running == null ? mine : running).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnknownHostException("given up");
    } catch (ExecutionException e) {
      var cause = e.getCause();
      var failure = new UnknownHostException("The host " + host + " could not be looked up");
      failure.initCause(cause);
      throw failure;
    }
  }

  /// Notes how far a connect has come.
  private static final class StagedConnects extends DefaultHttpClientConnectionOperator {
    StagedConnects(
        DetachedSocketFactory sockets, DnsResolver names, Lookup<TlsSocketStrategy> tls) {
      super(sockets, DefaultSchemePortResolver.INSTANCE, names, tls);
    }

    @Override
    protected void onAfterSocketConnect(HttpContext context, HttpHost host) {
      ATTEMPT.get().stage = Attempt.WAITING;
    }

    @Override
    protected void onBeforeTlsHandshake(HttpContext context, HttpHost host) {
      ATTEMPT.get().stage = Attempt.HANDSHAKE;
    }

    @Override
    protected void onAfterTlsHandshake(HttpContext context, HttpHost host) {
      ATTEMPT.get().stage = Attempt.WAITING;
    }
  }

  private final class GuardedSockets implements DetachedSocketFactory {
    @Override
    public Socket create(@Nullable Proxy proxy) throws IOException {
      if (!ATTEMPT.isBound() || ATTEMPT.get().message.isCancelled()) {
        throw new InterruptedIOException("given up");
      }
      return opener.open();
    }
  }
}
