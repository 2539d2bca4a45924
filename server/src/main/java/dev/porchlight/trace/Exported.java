package dev.porchlight.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Spans that go out by OTLP over HTTP. No more of them wait than a queue holds: where whoever
/// takes them is slow or gone, spans are lost and nothing else.
final class Exported extends Traces {
  private static final int MOST_WAITING = 4096;
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  Exported(Tracing tracing, String endpoint, String version) {
    var exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(endpoint)
            .setTimeout(PATIENCE)
            .setConnectTimeout(PATIENCE)
            // What could not be sent is lost: a hub that ends does not wait for a second try.
            .setRetryPolicy(null);
    tracing.headers().forEach(exporter::addHeader);
    provider =
        SdkTracerProvider.builder()
            .setResource(
                Resource.create(
                    Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        tracing.service(),
                        AttributeKey.stringKey("service.version"),
                        version)))
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(tracing.ratio())))
            .addSpanProcessor(
                BatchSpanProcessor.builder(exporter.build())
                    .setMaxQueueSize(MOST_WAITING)
                    .setMaxExportBatchSize(MOST_WAITING / 8)
                    .setScheduleDelay(EVERY)
                    .setExporterTimeout(PATIENCE)
                    .build())
            .build();
    tracer = provider.get("dev.porchlight", version);
  }

  @Override
  boolean areOn() {
    return true;
  }

  @Override
  public Span start(String name, Span.Kind kind, @Nullable TraceContext parent) {
    return new Live(
        tracer,
        tracer
            .spanBuilder(name)
            .setSpanKind(
                switch (kind) {
                  case SERVER -> SpanKind.SERVER;
                  case INTERNAL -> SpanKind.INTERNAL;
                  case CLIENT -> SpanKind.CLIENT;
                })
            .setParent(within(parent))
            .startSpan());
  }

  private static Context within(@Nullable TraceContext parent) {
    return parent == null
        ? Context.root()
        : Context.root()
            .with(
                io.opentelemetry.api.trace.Span.wrap(
                    SpanContext.createFromRemoteParent(
                        parent.traceId(),
                        parent.spanId(),
                        parent.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
                        TraceState.getDefault())));
  }

  private record Live(Tracer tracer, io.opentelemetry.api.trace.Span span) implements Span {
    @Override
    public TraceContext context() {
      var context = span.getSpanContext();
      return new TraceContext(context.getTraceId(), context.getSpanId(), context.isSampled());
    }

    @Override
    public Span with(String key, String value) {
      span.setAttribute(key, value);
      return this;
    }

    @Override
    public Span with(String key, long value) {
      span.setAttribute(key, value);
      return this;
    }

    @Override
    public Span failed() {
      span.setStatus(StatusCode.ERROR);
      return this;
    }

    @Override
    public void end() {
      span.end();
    }

    @Override
    public void part(String name, long startNanos, long endNanos, String key, long value) {
      // Spans have the time of day; what was measured has not.
      long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
      long since = System.nanoTime();
      tracer
          .spanBuilder(name)
          .setParent(Context.root().with(span))
          .setStartTimestamp(now - (since - startNanos), TimeUnit.NANOSECONDS)
          .startSpan()
          .setAttribute(key, value)
          .end(now - (since - endNanos), TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void close() {
    provider.shutdown().join(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
