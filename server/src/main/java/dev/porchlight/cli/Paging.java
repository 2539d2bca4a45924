package dev.porchlight.cli;

import dev.porchlight.client.HubClient;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which part of a list is asked for.
final class Paging {
  @Option(names = "--limit", paramLabel = "N", description = "at most so many; 50")
  @Nullable String limit;

  @Option(names = "--cursor", paramLabel = "CURSOR", description = "where to go on")
  @Nullable String cursor;

  /// The query for it.
  ///
  /// @param others what else is asked: names, each with its value, which may be null
  Map<String, String> query(@Nullable String... others) {
    var all = Arrays.copyOf(others, others.length + 4);
    all[others.length] = "limit";
    all[others.length + 1] = limit;
    all[others.length + 2] = "cursor";
    all[others.length + 3] = cursor;
    return HubClient.query(all);
  }
}
