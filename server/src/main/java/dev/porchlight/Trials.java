package dev.porchlight;

import dev.porchlight.connector.mail.ShownMail;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointSecrets;
import dev.porchlight.delivery.EndpointTest;
import dev.porchlight.delivery.Engine;
import dev.porchlight.delivery.Renderer;
import dev.porchlight.delivery.Sender;
import dev.porchlight.delivery.Transport;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sends made-up leads to endpoints and shows the exchange.
final class Trials implements EndpointTest {
  private final Store store;
  private final ReceiverSecrets secrets;
  private final Rendering rendering;
  private final Engine engine;

  Trials(Store store, ReceiverSecrets secrets, Rendering rendering, Engine engine) {
    this.store = store;
    this.secrets = secrets;
    this.rendering = rendering;
    this.engine = engine;
  }

  @Override
  public EndpointTest.Exchange run(Endpoint endpoint) {
    var sample = SampleLead.message(store.now(), Draw.fresh(store.now(), 0));
    var known = secrets.of(endpoint.id());
    var delivery =
        new Delivery(
            sample.eventId(),
            0,
            endpoint.id(),
            "",
            sample.eventId(),
            sample.kind(),
            sample.id(),
            1,
            "",
            store.now(),
            "");
    return switch (rendering.render(sample, delivery, endpoint, known)) {
      case Renderer.Rendered.CannotWrite(var reason) ->
          new EndpointTest.Exchange(
              endpoint.url(),
              Map.of(),
              new byte[0],
              "",
              false,
              null,
              reason,
              new byte[0],
              Duration.ZERO);
      case Renderer.Rendered.Ready ready -> {
        long began = System.nanoTime();
        var trial = engine.trial(delivery, endpoint, ready);
        var duration = Duration.ofNanos(System.nanoTime() - began);
        yield exchange(endpoint, known, ready, trial, duration);
      }
    };
  }

  private static EndpointTest.Exchange exchange(
      Endpoint endpoint,
      EndpointSecrets known,
      Renderer.Rendered.Ready ready,
      Sender.Trial trial,
      Duration duration) {
    var headers = new LinkedHashMap<>(trial.headers());
    if (known.apiKey() != null) {
      headers.put(endpoint.apiKeyHeader(), "…");
    }
    headers.replace("Authorization", "…");
    var shown = endpoint.isMail() ? ShownMail.of(ready.body()) : "";
    var came =
        switch (trial.answer()) {
          case Transport.Answer.Status(int status, byte[] head, _) ->
              new Came(status >= 200 && status < 300, status, "", head);
          case Transport.Answer.Never(int status, byte[] head) -> new Came(false, status, "", head);
          case Transport.Answer.Nothing(var reason, _) -> Came.nothing(reason);
          case Transport.Answer.Forbidden(var reason) -> Came.nothing(reason);
        };
    return new EndpointTest.Exchange(
        trial.url(),
        headers,
        ready.body(),
        shown,
        came.delivered(),
        came.status(),
        came.error(),
        came.answer(),
        duration);
  }

  /// What came back, as an exchange has it.
  private record Came(boolean delivered, @Nullable Integer status, String error, byte[] answer) {
    static Came nothing(String reason) {
      return new Came(false, null, reason, new byte[0]);
    }
  }
}
