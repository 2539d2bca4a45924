package dev.porchlight.delivery;

import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.sign.XSignature;
import dev.porchlight.store.Store;
import dev.porchlight.trace.Span;
import dev.porchlight.trace.TraceContext;
import dev.porchlight.trace.Traces;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Sends what was written to where it is owed, once: signs it with the time and the keys of the
/// moment, and says how it ended. Safe for use by many threads.
public final class Sender {
  private static final String AUTHORIZATION = "Authorization";

  private final Store store;
  private final Transport transport;
  private final AccessTokens tokens;
  private final Map<String, String> marks;
  private final Traces traces;

  /// @param marks headers that every request carries, for example `User-Agent`
  Sender(
      Store store,
      Transport transport,
      AccessTokens tokens,
      Map<String, String> marks,
      Traces traces) {
    this.store = store;
    this.transport = transport;
    this.tokens = tokens;
    this.marks = Map.copyOf(marks);
    this.traces = traces;
  }

  /// An attempt, and what the receiver asked to wait.
  record Sent(Attempt attempt, Duration asked) {}

  /// Makes one attempt.
  ///
  /// @param lasts whether the lease outlives one more request; asked before each, since getting a
  ///   token may have taken a while
  /// @return null when it did not, so that nothing may be said of the attempt
  @Nullable Sent send(
      Open open,
      Endpoint endpoint,
      EndpointSecrets known,
      Renderer.Rendered.Ready ready,
      BooleanSupplier lasts) {
    var at = store.now();
    var headers = headers(open.delivery(), endpoint, known, ready, at);
    var span = span(open, endpoint, headers);
    long began = System.nanoTime();
    var answer = post(endpoint, known, ready, headers, lasts);
    if (answer == null) {
      span.failed();
      span.end();
      return null;
    }
    var duration = Duration.ofNanos(System.nanoTime() - began);
    int n = open.state().attempts() + 1;
    var id = open.delivery().id();
    int sent = ready.body().length;
    var digest = SentBody.sha256(ready.body());
    var attempt =
        switch (answer) {
          case Transport.Answer.Never(int status, byte[] head) ->
              new Attempt(
                  id,
                  n,
                  at,
                  duration,
                  Attempt.Outcome.REJECTED,
                  status,
                  "",
                  cut(head),
                  sent,
                  digest);
          case Transport.Answer.Status(int status, byte[] head, _) ->
              new Attempt(
                  id,
                  n,
                  at,
                  duration,
                  outcome(endpoint, status),
                  status,
                  "",
                  cut(head),
                  sent,
                  digest);
          case Transport.Answer.Nothing(var reason, boolean left) ->
              new Attempt(
                  id,
                  n,
                  at,
                  duration,
                  Attempt.Outcome.UNREACHABLE,
                  null,
                  reason,
                  new byte[0],
                  sent,
                  left ? digest : new byte[0]);
          case Transport.Answer.Forbidden(var reason) ->
              new Attempt(
                  id,
                  n,
                  at,
                  duration,
                  Attempt.Outcome.GUARDED,
                  null,
                  reason,
                  new byte[0],
                  sent,
                  new byte[0]);
        };
    var asked =
        answer instanceof Transport.Answer.Status(_, _, var header)
            ? RetryAfter.of(header, store.now()).orElse(Duration.ZERO)
            : Duration.ZERO;
    span.with("porchlight.outcome", attempt.outcome().word());
    if (attempt.status() != null) {
      span.with("http.response.status_code", attempt.status());
    }
    if (attempt.outcome() != Attempt.Outcome.DELIVERED) {
      span.failed();
    }
    span.end();
    return new Sent(attempt, asked);
  }

  /// The attempt in the trace in which its lead came in; the receiver's part follows on it.
  private Span span(Open open, Endpoint endpoint, Map<String, String> headers) {
    var parent = TraceContext.parse(headers.getOrDefault(TraceContext.HEADER, "")).orElse(null);
    var span =
        traces
            .start("attempt", Span.Kind.CLIENT, parent)
            .with("porchlight.endpoint", endpoint.id())
            .with("porchlight.contract", endpoint.contract())
            .with("porchlight.kind", open.delivery().kind())
            .with("porchlight.attempt", open.state().attempts() + 1);
    var context = span.context();
    if (context != null && !endpoint.isMail()) {
      headers.put(TraceContext.HEADER, context.text());
    }
    return span;
  }

  private static Attempt.Outcome outcome(Endpoint endpoint, int status) {
    if (status >= 200 && status < 300) {
      return Attempt.Outcome.DELIVERED;
    }
    return endpoint.terms().finalRefusals() && !endpoint.isMail() && Overload.canBeFinal(status)
        ? Attempt.Outcome.REJECTED
        : Attempt.Outcome.REFUSED;
  }

  private static byte[] cut(byte[] head) {
    return head.length > Attempt.ANSWER_KEPT ? Arrays.copyOf(head, Attempt.ANSWER_KEPT) : head;
  }

  /// The headers of one attempt, signed with the time and the keys of this moment.
  private Map<String, String> headers(
      Delivery delivery,
      Endpoint endpoint,
      EndpointSecrets known,
      Renderer.Rendered.Ready ready,
      Instant at) {
    var headers = new LinkedHashMap<>(marks);
    headers.putAll(ready.headers());
    if (endpoint.isMail()) {
      // Nothing in a mail is signed, and no key goes with it.
      return headers;
    }
    if (!ready.contentType().isEmpty()) {
      headers.put("Content-Type", ready.contentType());
    }
    if (known.apiKey() != null) {
      headers.put(endpoint.apiKeyHeader(), known.apiKey());
    }
    if (endpoint.subscription() != null) {
      if (known.apiKey() != null) {
        headers.put("X-Signature", XSignature.of(known.apiKey(), ready.body()));
      }
      return headers;
    }
    headers.putAll(
        StandardWebhooks.headers(
            delivery.eventId(),
            at,
            ready.body(),
            known.signing().stream().map(s -> StandardWebhooks.parseKey(s).key()).toList()));
    boolean xSignature =
        endpoint.bodySignatureHeader() == null
            ? ready.contractSigns()
            : endpoint.bodySignatureHeader();
    var shared = known.shared();
    if (xSignature && !shared.isEmpty() && !ready.headers().containsKey("X-Signature")) {
      headers.put("X-Signature", XSignature.of(shared.getFirst(), ready.body()));
    }
    var form = endpoint.terms().signature();
    if (form != null && !shared.isEmpty()) {
      headers.put(form.header(), form.value(shared, ready.body(), at));
    }
    headers.put("Porchlight-Sequence", Long.toString(delivery.seq()));
    return headers;
  }

  /// One exchange that is recorded nowhere.
  ///
  /// @param headers as sent
  public record Trial(String url, Map<String, String> headers, Transport.Answer answer) {}

  /// Sends a sample to an endpoint just as a delivery would be sent.
  Trial trial(
      Delivery sample, Endpoint endpoint, EndpointSecrets known, Renderer.Rendered.Ready ready) {
    var headers = headers(sample, endpoint, known, ready, store.now());
    var answer = Objects.requireNonNull(post(endpoint, known, ready, headers, () -> true));
    return new Trial(target(endpoint, ready.channel()), headers, answer);
  }

  /// Sends it, with what the receiver wants to be shown; a token that it does not take is renewed,
  /// once.
  ///
  /// @param headers to which that is added
  /// @return null when the lease did not last
  private Transport.@Nullable Answer post(
      Endpoint endpoint,
      EndpointSecrets known,
      Renderer.Rendered.Ready ready,
      Map<String, String> headers,
      BooleanSupplier lasts) {
    var how = endpoint.terms().authorization();
    var secret = known.authorization();
    if (how == null || secret == null || endpoint.isMail()) {
      return !lasts.getAsBoolean() ? null : transmit(endpoint, known, ready, headers);
    }
    return switch (how.kind()) {
      case BASIC -> {
        var both = (how.user() + ":" + secret).getBytes(StandardCharsets.UTF_8);
        headers.put(AUTHORIZATION, "Basic " + Base64.getEncoder().encodeToString(both));
        yield !lasts.getAsBoolean() ? null : transmit(endpoint, known, ready, headers);
      }
      case BEARER -> {
        headers.put(AUTHORIZATION, "Bearer " + secret);
        yield !lasts.getAsBoolean() ? null : transmit(endpoint, known, ready, headers);
      }
      case OAUTH2 -> {
        var first = withToken(endpoint, known, ready, headers, how, secret, lasts);
        if (!(first instanceof Transport.Answer.Status(int status, _, _)) || status != 401) {
          yield first;
        }
        var second = withToken(endpoint, known, ready, headers, how, secret, lasts);
        // The first of the two did go out.
        yield second instanceof Transport.Answer.Nothing(var reason, _)
            ? new Transport.Answer.Nothing(reason, true)
            : second;
      }
    };
  }

  private Transport.@Nullable Answer withToken(
      Endpoint endpoint,
      EndpointSecrets known,
      Renderer.Rendered.Ready ready,
      Map<String, String> headers,
      Authorization how,
      String secret,
      BooleanSupplier lasts) {
    return switch (tokens.get(how, secret)) {
      case AccessTokens.Got.None(var reason) -> new Transport.Answer.Nothing(reason, false);
      case AccessTokens.Got.Token(var token) -> {
        if (!lasts.getAsBoolean()) {
          yield null;
        }
        headers.put(AUTHORIZATION, "Bearer " + token);
        var answer = transmit(endpoint, known, ready, headers);
        if (answer instanceof Transport.Answer.Status(int status, _, _) && status == 401) {
          tokens.drop(how, token);
        }
        yield answer;
      }
    };
  }

  private Transport.Answer transmit(
      Endpoint endpoint,
      EndpointSecrets known,
      Renderer.Rendered.Ready ready,
      Map<String, String> headers) {
    try {
      return transport.post(target(endpoint, ready.channel()), headers, ready.body(), known.tls());
    } catch (IllegalArgumentException e) {
      return new Transport.Answer.Forbidden("The endpoint's URL can't be used: " + e.getMessage());
    }
  }

  /// Where a body goes: the URL as configured, or with the contract's channel behind its path.
  static String target(Endpoint endpoint, String channel) {
    if (!endpoint.appendChannel() || channel.isEmpty()) {
      return endpoint.url();
    }
    var url = endpoint.url();
    int query = url.indexOf('?');
    var path = query < 0 ? url : url.substring(0, query);
    var rest = query < 0 ? "" : url.substring(query);
    return (path.endsWith("/") ? path : path + "/") + channel + rest;
  }
}
