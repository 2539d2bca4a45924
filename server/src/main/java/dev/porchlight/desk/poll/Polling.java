package dev.porchlight.desk.poll;

import dev.porchlight.store.Setting;
import dev.porchlight.store.Settings;
import dev.porchlight.value.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How the portal of a source is asked for what its pushes may have missed. Its secrets are kept
/// sealed, owned by the source, under the names below.
///
/// @param sourceId the source that what is read belongs to
/// @param url the base of the portal's API, without a slash at its end
/// @param tokenUrl where tokens are had by client credentials; null where a fixed token is used
/// @param audience what tokens are asked for
/// @param clientId who asks for tokens; null where a fixed token is used
/// @param intervalSeconds how long to wait after everything was read
/// @param overlapSeconds how far each window reaches back into what was read already
/// @param sinceSecond where reading began, in Unix seconds
public record Polling(
    String sourceId,
    String url,
    @Nullable String tokenUrl,
    String audience,
    @Nullable String clientId,
    int intervalSeconds,
    int overlapSeconds,
    long sinceSecond) {
  /// The kind of setting that holds these; its id is the source's.
  public static final String SETTING = "polling";

  /// The contracts whose portals can be asked.
  public static final Set<String> CONTRACTS = Set.of("seeker-leads");

  /// The secret by which tokens are had.
  public static final String CLIENT_SECRET = "poll client_secret";

  /// The fixed token.
  public static final String TOKEN = "poll token";

  /// The token that was had last, as JSON.
  public static final String ACCESS_TOKEN = "poll access_token";

  private static final Function<Settings, Map<String, Polling>> VIEW = Polling::read;

  private static Map<String, Polling> read(Settings settings) {
    var all = new LinkedHashMap<String, Polling>();
    for (var setting : settings.all(SETTING)) {
      var polling = of(setting);
      all.put(polling.sourceId(), polling);
    }
    return all;
  }

  private static Polling of(Setting setting) {
    return Json.read(setting.body(), Polling.class);
  }

  /// Those of all sources that are polled, by the source's id.
  public static Map<String, Polling> in(Settings settings) {
    return settings.view(VIEW);
  }

  /// That of one source.
  public static Optional<Polling> find(Settings settings, String source) {
    return Optional.ofNullable(in(settings).get(source));
  }

  /// The body of the setting.
  public String body() {
    return Json.write(this);
  }
}
