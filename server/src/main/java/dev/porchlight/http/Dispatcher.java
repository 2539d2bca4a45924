package dev.porchlight.http;

import dev.porchlight.web.BodyException;
import dev.porchlight.web.BusyException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes each request from the server library to its route and the reply back.
final class Dispatcher extends Handler.Abstract {
  static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  static final HttpField NO_SNIFF = new PreEncodedHttpField("X-Content-Type-Options", "nosniff");
  static final HttpField NO_STORE = new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");
  private static final HttpField CLOSE = new PreEncodedHttpField(HttpHeader.CONNECTION, "close");
  private static final HttpField EVENT_STREAM =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/event-stream");
  private static final HttpField UNBUFFERED = new PreEncodedHttpField("X-Accel-Buffering", "no");

  /// A refused sender may go on sending this long, so that it comes to read the reply.
  private static final long LINGER_SECONDS = 5;

  private final Settings settings;
  private final Router router;
  private final Route.Refusals fallback;
  private final HttpServer.Observer observer;
  private final String boundHost;
  private final Semaphore requests;
  private final Semaphore streams;
  private final Set<LiveStream> live = ConcurrentHashMap.newKeySet();
  private final String idPrefix = HexFormat.of().toHexDigits(new SecureRandom().nextInt()) + "-";
  private final AtomicLong ids = new AtomicLong();
  private volatile boolean stopping;

  Dispatcher(
      Settings settings,
      Router router,
      Route.Refusals fallback,
      HttpServer.Observer observer,
      String boundHost) {
    this.settings = settings;
    this.router = router;
    this.fallback = fallback;
    this.observer = observer;
    this.boundHost = boundHost;
    this.requests = new Semaphore(settings.maxRequests());
    this.streams = new Semaphore(settings.maxStreams());
  }

  @Override
  public boolean handle(Request raw, Response response, Callback callback) {
    var begun = System.nanoTime();
    var match = router.find(raw.getMethod(), ServedRequest.pathOf(raw));
    var route =
        switch (match) {
          case Router.Match.Found(var found, _) -> found;
          case Router.Match.OtherMethods _, Router.Match.Nothing _ -> null;
        };
    var variables =
        match instanceof Router.Match.Found(_, var found) ? found : Map.<String, String>of();
    var id = idPrefix + Long.toHexString(ids.incrementAndGet());
    var socket = socketPeer(raw);
    var endPoint = raw.getConnectionMetaData().getConnection().getEndPoint();
    var request =
        new ServedRequest(
            raw,
            id,
            variables,
            () ->
                Origin.of(
                    socket,
                    raw.isSecure(),
                    raw.getHeaders(),
                    settings.trustedProxies(),
                    boundHost + ":" + Request.getLocalPort(raw)),
            new BodyReader(raw, this::idleMillis));
    var status = 500;
    try {
      var reply = answer(match, request);
      status = reply.status();
      switch (reply) {
        case Reply.Full full -> send(full, request, response);
        case Reply.Parted parted -> send(parted, request, response);
        case Reply.Stream stream -> {
          // Only a found route's handler makes streams, or its refusals: either way they are the
          // door's.
          var refusals = route == null ? fallback : route.refusals();
          status = stream(stream, refusals, request, response);
        }
      }
      callback.succeeded();
    } catch (IOException | RuntimeException | Error e) {
      if (!(e instanceof IOException)) {
        LOG.error("The reply to request {} could not be sent", id, e);
      } else {
        LOG.debug("The reader of request {} is gone", id, e);
      }
      callback.failed(e);
    }
    if (request.isBodyRefused()) {
      var _ =
          getServer().getScheduler().schedule(endPoint::close, LINGER_SECONDS, TimeUnit.SECONDS);
    }
    observer.answered(
        request.method(), route == null ? "" : route.template(), status, System.nanoTime() - begun);
    return true;
  }

  private Reply answer(Router.Match match, ServedRequest request) {
    return switch (match) {
      case Router.Match.Found(var route, _) -> answer(route, request);
      case Router.Match.OtherMethods(var route, var allowed) -> {
        var reply =
            worded(
                route.refusals(),
                request,
                () -> route.refusals().methodNotAllowed(request, allowed));
        yield reply instanceof Reply.Full full && full.status() == 405
            ? withDefault(full, "Allow", String.join(", ", allowed))
            : reply;
      }
      case Router.Match.Nothing() -> worded(fallback, request, () -> fallback.notFound(request));
    };
  }

  private Reply answer(Route route, ServedRequest request) {
    if (!requests.tryAcquire()) {
      return busy(route.refusals(), request, "Too many requests at once");
    }
    try {
      return Objects.requireNonNull(route.handler().handle(request), "A handler gave no reply");
    } catch (Throwable thrown) {
      return refusal(route.refusals(), request, thrown);
    } finally {
      requests.release();
    }
  }

  private Reply busy(Route.Refusals refusals, ServedRequest request, String why) {
    var reply = refusal(refusals, request, new BusyException(why));
    return reply instanceof Reply.Full full && full.status() == 503
        ? withDefault(full, "Retry-After", "1")
        : reply;
  }

  private static Reply worded(
      Route.Refusals refusals, ServedRequest request, Supplier<Reply> words) {
    try {
      return words.get();
    } catch (Throwable thrown) {
      return refusal(refusals, request, thrown);
    }
  }

  private static Reply refusal(Route.Refusals refusals, ServedRequest request, Throwable thrown) {
    if (thrown instanceof InterruptedException) {
      var _ = Thread.interrupted();
    }
    Reply reply;
    try {
      reply = Objects.requireNonNull(refusals.onError(request, thrown), "No words for a failure");
    } catch (Throwable worse) {
      LOG.error("Request {} failed", request.id(), thrown);
      LOG.error("Request {} failed, and so did the words for it", request.id(), worse);
      return Reply.of(500, "application/problem+json", BareRefusal.body(500));
    }
    switch (thrown) {
      case BodyException e -> LOG.debug("Request {}: {}", request.id(), e.why(), e);
      case BusyException e -> LOG.debug("Request {} was turned away", request.id(), e);
      // What is the caller's fault is told to the caller.
      case Throwable e when reply.status() < 500 ->
          LOG.debug("Request {} was answered {}", request.id(), reply.status(), e);
      default -> LOG.error("Request {} failed", request.id(), thrown);
    }
    return reply;
  }

  private static Reply.Full withDefault(Reply.Full reply, String name, String value) {
    return reply.headers().stream().anyMatch(h -> h.getKey().equalsIgnoreCase(name))
        ? reply
        : reply.with(name, value);
  }

  private void send(Reply.Full reply, ServedRequest request, Response response) throws IOException {
    headers(reply, request, response);
    var headers = response.getHeaders();
    var bodiless = reply.status() == 204 || reply.status() == 304;
    if (!bodiless) {
      if (!reply.contentType().isEmpty()) {
        headers.put(HttpHeader.CONTENT_TYPE, reply.contentType());
      }
      headers.put(HttpHeader.CONTENT_LENGTH, reply.body().length);
    }
    if (request.isBodyLeft() || stopping) {
      headers.put(CLOSE);
    }
    var noBody = bodiless || request.method().equals("HEAD");
    Content.Sink.write(response, true, ByteBuffer.wrap(noBody ? new byte[0] : reply.body()));
  }

  private void send(Reply.Parted reply, ServedRequest request, Response response)
      throws IOException {
    headers(reply, request, response);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.contentType());
    if (request.isBodyLeft() || stopping) {
      response.getHeaders().put(CLOSE);
    }
    if (!request.method().equals("HEAD")) {
      // Not to be closed when a part fails: the reply is broken off then, and looks it.
      reply.parts().write(Content.Sink.asOutputStream(response));
    }
    Content.Sink.write(response, true, ByteBuffer.allocate(0));
  }

  /// Runs a stream to its end; gives the status sent.
  private int stream(
      Reply.Stream reply, Route.Refusals refusals, ServedRequest request, Response response)
      throws IOException {
    if (stopping || !streams.tryAcquire()) {
      var full =
          busy(refusals, request, "Too many live streams at once") instanceof Reply.Full words
              ? words
              : Reply.of(503, "application/problem+json", BareRefusal.body(503));
      send(full, request, response);
      return full.status();
    }
    var stream = new LiveStream(response);
    live.add(stream);
    try {
      headers(reply, request, response);
      response.getHeaders().put(EVENT_STREAM).put(UNBUFFERED);
      if (request.method().equals("HEAD")) {
        Content.Sink.write(response, true, ByteBuffer.allocate(0));
        return 200;
      }
      stream.begin();
      if (!stopping) {
        run(reply, stream, request);
      }
      Content.Sink.write(response, true, ByteBuffer.allocate(0));
      return 200;
    } finally {
      stream.left();
      live.remove(stream);
      streams.release();
      synchronized (live) {
        live.notifyAll();
      }
    }
  }

  private static void run(Reply.Stream reply, LiveStream stream, ServedRequest request)
      throws IOException {
    try {
      reply.events().run(stream);
    } catch (InterruptedException e) {
      LOG.debug("The stream {} was ended", request.id(), e);
    } catch (IOException e) {
      if (stream.isOpen()) {
        LOG.error("The stream {} failed", request.id(), e);
      }
    } catch (RuntimeException e) {
      LOG.error("The stream {} failed", request.id(), e);
    } finally {
      stream.left();
    }
  }

  private static void headers(Reply reply, ServedRequest request, Response response) {
    response.setStatus(reply.status());
    var headers = response.getHeaders();
    headers.put(NO_SNIFF);
    headers.put(NO_STORE);
    headers.put("X-Request-Id", request.id());
    for (var header : reply.headers()) {
      if (header.getKey().equalsIgnoreCase("Cache-Control")) {
        headers.put(header.getKey(), header.getValue());
      } else {
        headers.add(header.getKey(), header.getValue());
      }
    }
  }

  /// Ends the live streams, takes no new ones, and waits until they have left, for a while.
  void endStreams() {
    stopping = true;
    var deadline = System.nanoTime() + settings.stopTimeout().toNanos();
    live.forEach(LiveStream::end);
    try {
      synchronized (live) {
        while (!live.isEmpty()) {
          var left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
          if (left <= 0) {
            return;
          }
          live.wait(left);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private long idleMillis() {
    return stopping ? HttpServer.STOPPING_IDLE_MILLIS : settings.idleTimeout().toMillis();
  }

  private static InetAddress socketPeer(Request request) {
    return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress a
            && a.getAddress() != null
        ? a.getAddress()
        : InetAddress.ofLiteral("0.0.0.0");
  }
}
