package dev.porchlight.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.porchlight.HubConfig;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to a lead is told as spans, where somebody wants them.
class TracesTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SENDER = "00-" + TRACE + "-00f067aa0ba902b7-01";

  @TempDir Path folder;

  private static List<OtlpSpans.Sent> spans(FakeCrm collector) {
    return collector.requests().stream().flatMap(r -> OtlpSpans.read(r.body()).stream()).toList();
  }

  private static Map<String, OtlpSpans.Sent> byName(List<OtlpSpans.Sent> spans) {
    return spans.stream().collect(Collectors.toMap(OtlpSpans.Sent::name, s -> s, (a, _) -> a));
  }

  private static OtlpSpans.Sent get(Map<String, OtlpSpans.Sent> spans, String name) {
    return Objects.requireNonNull(spans.get(name), name);
  }

  @Test
  void a_lead_is_one_trace_from_the_request_to_each_attempt_and_names_nobody() {
    try (var collector = FakeCrm.open()) {
      var tracing =
          Tracing.read(
              null,
              Map.of(
                      "OTEL_EXPORTER_OTLP_ENDPOINT",
                      collector.url("/"),
                      "OTEL_EXPORTER_OTLP_HEADERS",
                      "x-tenant=harbor%20one")
                  ::get);
      var ada = InventedPerson.of(1);
      try (var hub = TestHub.in(folder).config(c -> c.withTracing(tracing)).start();
          var crm = FakeCrm.open(hub.clock())) {
        var portal = hub.addSource("portal", "connections-plus");
        var endpoint = hub.addEndpoint(crm.url("/crm?key=s3cret"), "porchlight");
        crm.answers(503);
        assertThat(
                portal
                    .sender()
                    .withHeader("traceparent", SENDER)
                    .post(LeadBodies.buyer("L-1", ada))
                    .status())
            .isLessThan(300);
        hub.awaitAttempts("L-1", endpoint, 1);
        hub.clock().advance(Duration.ofMinutes(1));
        hub.awaitDelivery("L-1", endpoint, "delivered");
        // One that begins here, and gets a trace of its own.
        portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
        hub.awaitDelivery("L-2", endpoint, "delivered");
        collector.awaitUntil(
            "all of both traces",
            _ -> spans(collector).stream().filter(s -> s.name().equals("attempt")).count() == 3);
        assertThat(collector.requests())
            .allMatch(r -> r.path().equals("/v1/traces"))
            .allMatch(r -> r.header("x-tenant").equals("harbor one"));

        var mine = spans(collector).stream().filter(s -> s.trace().equals(TRACE)).toList();
        var one = byName(mine);
        assertThat(one.keySet())
            .containsExactlyInAnyOrder("POST /in/{source}", "desk", "commit", "plan", "attempt");
        var request = get(one, "POST /in/{source}");
        assertThat(request.parent()).isEqualTo("00f067aa0ba902b7");
        assertThat(request.attributes())
            .containsEntry("http.route", "/in/{source}")
            .containsEntry("service.name", "porchlight");
        assertThat(get(one, "desk").parent()).isEqualTo(request.id());
        assertThat(get(one, "commit").parent()).isEqualTo(get(one, "desk").id());
        assertThat(get(one, "plan").parent()).isEqualTo(get(one, "desk").id());
        assertThat(get(one, "plan").attributes()).containsEntry("porchlight.deliveries", "1");
        assertThat(get(one, "plan").start())
            .isBetween(
                get(one, "commit").start() - 2_000_000, get(one, "commit").end() + 2_000_000);
        var attempts = mine.stream().filter(s -> s.name().equals("attempt")).toList();
        assertThat(attempts).allMatch(a -> a.parent().equals(request.id())).hasSize(2);
        assertThat(attempts.get(0).failed()).isTrue();
        assertThat(attempts.get(0).attributes())
            .containsEntry("http.response.status_code", "503")
            .containsEntry("porchlight.outcome", "refused")
            .containsEntry("porchlight.endpoint", endpoint.id());
        assertThat(attempts.get(1).failed()).isFalse();
        // The receiver is given the attempt as its parent.
        assertThat(crm.requests())
            .extracting(r -> r.header("traceparent"))
            .startsWith(
                "00-" + TRACE + "-" + attempts.get(0).id() + "-01",
                "00-" + TRACE + "-" + attempts.get(1).id() + "-01");
        var other = crm.requests().getLast().header("traceparent");
        assertThat(other).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01").doesNotContain(TRACE);
        assertThat(spans(collector))
            .filteredOn(s -> s.trace().equals(other.substring(3, 35)))
            .extracting(OtlpSpans.Sent::name)
            .contains("POST /in/{source}", "attempt");
        assertThat(spans(collector).toString())
            .doesNotContain(ada.email())
            .doesNotContain(ada.lastName())
            .doesNotContain("s3cret");
      }
    }
  }

  @Test
  void without_an_exporter_the_senders_trace_is_passed_on_as_it_came_and_nothing_else() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal
          .sender()
          .withHeader("traceparent", SENDER)
          .post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      portal
          .sender()
          .withHeader("traceparent", "00-" + "0".repeat(32) + "-00f067aa0ba902b7-01")
          .post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.awaitDelivery("L-2", endpoint, "delivered");
      portal.post(LeadBodies.buyer("L-3", InventedPerson.of(3)));
      hub.awaitDelivery("L-3", endpoint, "delivered");
      assertThat(crm.requests())
          .extracting(r -> r.header("traceparent"))
          .containsExactly(SENDER, "", "");
      // As long after as may be: it is kept with the receipt.
      hub.restart();
      var delivery = hub.deliveries("L-1", endpoint).getFirst().path("id").asString();
      hub.api().post("/deliveries/" + delivery + "/retry", "");
      assertThat(crm.await(4).getLast().header("traceparent")).isEqualTo(SENDER);
    }
  }

  @Test
  void a_collector_that_is_gone_costs_spans_and_nothing_else() {
    String gone;
    try (var collector = FakeCrm.open()) {
      gone = collector.url("");
    }
    var tracing = Tracing.read(gone, _ -> null);
    try (var traces = Traces.of(tracing, "1")) {
      for (int i = 0; i < 20_000; i++) {
        traces.start("attempt", Span.Kind.CLIENT, null).end();
      }
    }
  }

  @Test
  void what_is_no_traceparent_is_passed_over_and_settings_are_read_in_order() {
    assertThat(TraceContext.parse(SENDER)).get().extracting(TraceContext::text).isEqualTo(SENDER);
    assertThat(TraceContext.parse("01-" + SENDER.substring(3) + "-more")).isPresent();
    for (var wrong :
        List.of(
            "",
            "00",
            SENDER + "-more",
            "ff" + SENDER.substring(2),
            SENDER.replace('a', 'A'),
            SENDER.replace("00f067aa0ba902b7", "0".repeat(16)),
            "00-" + "x".repeat(10_000))) {
      assertThat(TraceContext.parse(wrong)).as(wrong).isEmpty();
    }

    assertThat(Tracing.read(null, _ -> null)).isEqualTo(Tracing.NONE);
    assertThat(Tracing.read("http://a:4318/", _ -> null).endpoint())
        .isEqualTo("http://a:4318/v1/traces");
    var both =
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT", "http://b:4318",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c:4318/x",
            "OTEL_SERVICE_NAME", "hub one",
            "OTEL_TRACES_SAMPLER_ARG", "0.25");
    assertThat(Tracing.read(null, both::get))
        .isEqualTo(new Tracing("http://c:4318/x", Map.of(), "hub one", 0.25));
    assertThat(Tracing.read("http://a:4318", both::get).endpoint())
        .isEqualTo("http://a:4318/v1/traces");
    assertThat(Tracing.read("http://a:4318", Map.of("OTEL_SDK_DISABLED", "true")::get))
        .isEqualTo(Tracing.NONE);
    assertThat(
            HubConfig.read(Map.of("otlp_endpoint", "https://a"), _ -> null, null)
                .tracing()
                .endpoint())
        .isEqualTo("https://a/v1/traces");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tracing.read("ftp://a", _ -> null))
        .withMessageContaining("otlp_endpoint");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tracing.read("http://a", Map.of("OTEL_TRACES_SAMPLER_ARG", "2")::get))
        .withMessageContaining("from 0 to 1");
  }
}
