package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.BusyException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Whatever goes wrong is worded as a problem, and nothing of ours goes out with it.
final class ProblemsTest {
  private static final Request REQUEST =
      (Request)
          Proxy.newProxyInstance(
              Request.class.getClassLoader(),
              new Class<?>[] {Request.class},
              (_, method, _) -> method.getName().equals("id") ? "r-1" : null);

  private static Reply.Full of(Throwable thrown) {
    return (Reply.Full) new Problems().onError(REQUEST, thrown);
  }

  @Test
  void noRoomAndNoStoreAreForNowOnly() {
    for (var thrown : new Exception[] {new BusyException("full"), unavailable()}) {
      var reply = of(thrown);
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.headers()).extracting(Map.Entry::getKey).contains("Retry-After");
    }
  }

  private static StoreUnavailableException unavailable() {
    return new StoreUnavailableException("the disk at /var/lib is full");
  }

  @Test
  void bodiesThatCouldNotBeTakenSayWhy() {
    assertThat(of(new BodyException(BodyException.Why.TOO_LARGE, "m")).status()).isEqualTo(413);
    assertThat(of(new BodyException(BodyException.Why.TOO_SLOW, "m")).status()).isEqualTo(408);
    assertThat(of(new BodyException(BodyException.Why.BROKEN_OFF, "m")).status()).isEqualTo(400);
  }

  @Test
  void nothingInternalGoesOut() {
    for (var thrown :
        new Throwable[] {new IllegalStateException("at dev.porchlight"), unavailable()}) {
      var text = new String(of(thrown).body(), StandardCharsets.UTF_8);
      assertThat(text).doesNotContain("dev.porchlight", "/var/lib");
      assertThat(Json.tree(text).path("instance").asString())
          .isEqualTo("urn:porchlight:request:r-1");
    }
  }

  @Test
  void everyFaultHasItsWordAndStatus() {
    for (var fault : Fault.values()) {
      var problem =
          Json.tree(new String(of(new FaultException(fault, "d")).body(), StandardCharsets.UTF_8));
      assertThat(problem.path("type").asString()).matches("urn:porchlight:problem:[a-z-]+");
      assertThat(problem.path("status").asInt()).isEqualTo(fault.status()).isBetween(400, 503);
    }
  }
}
