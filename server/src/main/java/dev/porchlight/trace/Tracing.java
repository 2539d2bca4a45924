package dev.porchlight.trace;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where spans go, and how many.
///
/// @param endpoint the whole URL that takes them by OTLP over HTTP; null for nowhere
/// @param headers sent with them; may hold secrets
/// @param service what this hub is called there
/// @param ratio which part of the traces that begin here is kept, 0 to 1
public record Tracing(
    @Nullable String endpoint, Map<String, String> headers, String service, double ratio) {
  /// Nowhere.
  public static final Tracing NONE = new Tracing(null, Map.of(), "porchlight", 1);

  public Tracing {
    headers = Map.copyOf(headers);
    if (endpoint != null && !endpoint.matches("https?://[^\\s/]+(/\\S*)?")) {
      throw new IllegalArgumentException(
          "otlp_endpoint must be an http or https URL, not `" + endpoint + "`");
    }
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("OTEL_TRACES_SAMPLER_ARG must be from 0 to 1");
    }
  }

  /// Names no header's value.
  @Override
  public String toString() {
    return "Tracing[" + endpoint + ", " + service + ", " + ratio + "]";
  }

  /// Reads it: the hub's own key, else what OpenTelemetry's programs have in common.
  ///
  /// @param own the value of `otlp_endpoint`, to which `/v1/traces` is added; null for none
  /// @param environment looks a variable up
  /// @throws IllegalArgumentException with a sentence for the user
  public static Tracing read(@Nullable String own, Function<String, @Nullable String> environment) {
    boolean off =
        "true".equalsIgnoreCase(environment.apply("OTEL_SDK_DISABLED"))
            || "none".equals(environment.apply("OTEL_TRACES_EXPORTER"));
    var traces = said(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    var all = own != null ? own : said(environment, "OTEL_EXPORTER_OTLP_ENDPOINT");
    var endpoint =
        own == null && traces != null
            ? traces
            : all == null ? null : all.replaceAll("/+$", "") + "/v1/traces";
    if (off || endpoint == null) {
      return NONE;
    }
    var service = said(environment, "OTEL_SERVICE_NAME");
    return new Tracing(
        endpoint,
        headers(
            said(environment, "OTEL_EXPORTER_OTLP_HEADERS"),
            said(environment, "OTEL_EXPORTER_OTLP_TRACES_HEADERS")),
        service == null ? NONE.service() : service,
        ratio(said(environment, "OTEL_TRACES_SAMPLER_ARG")));
  }

  private static @Nullable String said(
      Function<String, @Nullable String> environment, String name) {
    var text = environment.apply(name);
    return text == null || text.isBlank() ? null : text.strip();
  }

  private static double ratio(@Nullable String text) {
    try {
      return text == null ? 1 : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("OTEL_TRACES_SAMPLER_ARG must be from 0 to 1", e);
    }
  }

  /// `name=value,name=value`, values in percent-encoding.
  private static Map<String, String> headers(@Nullable String all, @Nullable String traces) {
    var headers = new LinkedHashMap<String, String>();
    for (var text : new String[] {all == null ? "" : all, traces == null ? "" : traces}) {
      for (var pair : text.split(",", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          headers.put(
              pair.substring(0, equals).strip(),
              java.net.URLDecoder.decode(
                  pair.substring(equals + 1).strip().replace("+", "%2B"),
                  java.nio.charset.StandardCharsets.UTF_8));
        }
      }
    }
    return headers;
  }
}
