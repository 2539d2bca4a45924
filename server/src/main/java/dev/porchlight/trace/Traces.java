package dev.porchlight.trace;

import dev.porchlight.trace.Span.Kind;
import dev.porchlight.web.Route;
import org.jspecify.annotations.Nullable;

/// Makes spans, or nothing where nothing is exported. What is current is known to the thread that
/// serves a request, and to nobody else: whoever works on later is given the place. Safe for use by
/// many threads.
public abstract class Traces implements AutoCloseable {
  private static final ScopedValue<Here> HERE = ScopedValue.newInstance();

  /// Nothing is exported; what a sender says of its trace is passed on all the same.
  public static final Traces OFF =
      new Traces() {
        @Override
        public Span start(String name, Kind kind, @Nullable TraceContext parent) {
          return Span.nothing(parent);
        }

        @Override
        boolean areOn() {
          return false;
        }

        @Override
        public void close() {}
      };

  private record Here(Traces traces, @Nullable TraceContext context) {}

  Traces() {}

  /// As it is set up.
  ///
  /// @param version of this program
  public static Traces of(Tracing tracing, String version) {
    return tracing.endpoint() == null ? OFF : new Exported(tracing, tracing.endpoint(), version);
  }

  /// Begins something.
  ///
  /// @param parent what it is part of; null when it is part of nothing
  public abstract Span start(String name, Kind kind, @Nullable TraceContext parent);

  abstract boolean areOn();

  /// Begins a part of what this thread is doing.
  public static Span part(String name) {
    var here = HERE.isBound() ? HERE.get() : null;
    return here == null
        ? Span.nothing(null)
        : here.traces().start(name, Kind.INTERNAL, here.context());
  }

  /// Where this thread is; null when it is nowhere.
  public static @Nullable TraceContext current() {
    return HERE.isBound() ? HERE.get().context() : null;
  }

  /// A route whose requests are spans, within the trace that they name. Those that change nothing
  /// are left alone.
  public Route traced(Route route) {
    if (!route.method().equals("POST")
        && !route.method().equals("PUT")
        && !route.method().equals("PATCH")
        && !route.method().equals("DELETE")) {
      return route;
    }
    var handler = route.handler();
    return new Route(
        route.method(),
        route.template(),
        request -> {
          var parent =
              request.header(TraceContext.HEADER).flatMap(TraceContext::parse).orElse(null);
          if (!areOn()) {
            return parent == null
                ? handler.handle(request)
                : ScopedValue.where(HERE, new Here(this, parent))
                    .call(() -> handler.handle(request));
          }
          var span =
              start(route.method() + " " + route.template(), Kind.SERVER, parent)
                  .with("http.request.method", route.method())
                  .with("http.route", route.template());
          try {
            var reply =
                ScopedValue.where(HERE, new Here(this, span.context()))
                    .call(() -> handler.handle(request));
            span.with("http.response.status_code", reply.status());
            if (reply.status() >= 500) {
              span.failed();
            }
            return reply;
          } catch (Exception | Error e) {
            span.failed();
            throw e;
          } finally {
            span.end();
          }
        },
        route.refusals());
  }

  /// Sends what is still here, for a moment, and ends.
  @Override
  public abstract void close();
}
