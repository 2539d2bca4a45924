package dev.porchlight;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaMethodReference;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.porchlight.access.Audit;
import dev.porchlight.delivery.Engine;
import dev.porchlight.door.mail.SmtpListener;
import dev.porchlight.http.HttpServer;
import dev.porchlight.net.OutgoingClient;
import dev.porchlight.store.EngineStore;
import dev.porchlight.trace.Traces;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// How a hub starts and ends, as its code says it: whoever adds a part can't forget to end it.
class HubOrderTest {
  private static JavaClass code(Class<?> of) {
    return new ClassFileImporter().importClass(of);
  }

  /// Whose method of that name a method calls, line by line.
  private static List<String> called(Class<?> in, String method, String name) {
    return code(in).getMethods().stream()
        .filter(m -> m.getName().equals(method))
        .flatMap(m -> m.getMethodCallsFromSelf().stream())
        .filter(c -> c.getName().equals(name))
        .sorted(Comparator.comparingInt(JavaMethodCall::getLineNumber))
        .map(c -> c.getTargetOwner().getName())
        .toList();
  }

  private static Stream<String> toEnd(Class<?> of) {
    return Arrays.stream(of.getDeclaredFields())
        .map(Field::getType)
        .filter(AutoCloseable.class::isAssignableFrom)
        .map(Class::getName);
  }

  @Test
  void ways_in_end_first_then_what_works_of_itself_then_what_delivers_and_the_store_last() {
    assertThat(called(Hub.class, "close", "close"))
        .containsExactlyElementsOf(
            Stream.of(
                    HttpServer.class,
                    SmtpListener.class,
                    Working.class,
                    Audit.class,
                    Engine.class,
                    Traces.class,
                    OutgoingClient.class,
                    EngineStore.class)
                .map(Class::getName)
                .toList());
  }

  @Test
  void a_start_that_fails_ends_what_was_started_in_the_same_order() {
    var constructor = code(Hub.class).getConstructors().iterator().next();
    var started =
        constructor.getMethodReferencesFromSelf().stream()
            .filter(r -> r.getName().equals("close"))
            .sorted(Comparator.comparingInt(JavaMethodReference::getLineNumber).reversed())
            .map(r -> r.getTargetOwner().getName())
            .toList();
    // The listener for mail starts last; the store was there before.
    assertThat(started)
        .isEqualTo(
            called(Hub.class, "close", "close").stream()
                .filter(c -> !c.equals(SmtpListener.class.getName()))
                .filter(c -> !c.equals(EngineStore.class.getName()))
                .toList());
  }

  @Test
  void nothing_that_can_be_ended_outlives_the_hub() {
    assertThat(called(Hub.class, "close", "close"))
        .containsAll(
            Stream.of(Hub.class, Ground.class, Reads.class, Delivering.class, Deciding.class)
                .flatMap(HubOrderTest::toEnd)
                .toList());
    assertThat(called(Working.class, "close", "close"))
        .containsExactlyInAnyOrderElementsOf(toEnd(Working.class).toList());
  }

  @Test
  void whatever_can_be_woken_is() {
    var sleepers =
        Arrays.stream(Working.class.getDeclaredFields())
            .map(Field::getType)
            .filter(t -> Arrays.stream(t.getMethods()).anyMatch(m -> m.getName().equals("wake")))
            .map(Class::getName)
            .toList();
    assertThat(sleepers).isNotEmpty();
    assertThat(called(Working.class, "wake", "wake")).containsExactlyInAnyOrderElementsOf(sleepers);
    assertThat(called(Hub.class, "wake", "wake"))
        .containsExactly(Engine.class.getName(), Working.class.getName());
  }

  @Test
  void the_engine_starts_before_anything_that_plans() {
    var constructor = code(Hub.class).getConstructors().iterator().next();
    int engine =
        constructor.getMethodCallsFromSelf().stream()
            .filter(c -> c.getName().equals("start"))
            .filter(c -> c.getTargetOwner().isEquivalentTo(Engine.class))
            .findFirst()
            .orElseThrow()
            .getLineNumber();
    int work =
        constructor.getConstructorCallsFromSelf().stream()
            .filter(c -> c.getTargetOwner().isEquivalentTo(Working.class))
            .findFirst()
            .orElseThrow()
            .getLineNumber();
    assertThat(engine).isLessThan(work);
  }
}
