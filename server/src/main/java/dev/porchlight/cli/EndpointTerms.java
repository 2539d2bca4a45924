package dev.porchlight.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// What can be said of an endpoint when it is made and changed later.
final class EndpointTerms {
  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "take only this kind, for example lead.created; may be repeated")
  @Nullable List<String> kinds;

  @Option(
      names = "--source",
      paramLabel = "ID",
      description = "take only what came from this source; may be repeated")
  @Nullable List<String> sources;

  @Option(
      names = "--owner",
      paramLabel = "ID",
      description = "take only what concerns this member's contacts; may be repeated")
  @Nullable List<String> owners;

  @Option(
      names = "--filter",
      paramLabel = "FILTER",
      description = "take only what this holds for, for example \"Intent Eq 'seller'\"; '' for all")
  @Nullable String filter;

  @Option(
      names = "--final-refusals",
      negatable = true,
      description = "end a delivery at once when a 4xx refuses what was sent")
  @Nullable Boolean finalRefusals;

  @Option(
      names = "--max-concurrent",
      paramLabel = "N",
      description = "at most so many requests at once, 1 to 64")
  @Nullable Integer maxConcurrent;

  @Option(
      names = "--max-per-second",
      paramLabel = "N",
      description = "at most so many requests a second, 1 to 1000")
  @Nullable Integer maxPerSecond;

  @Option(
      names = "--disabled-after-hours",
      paramLabel = "HOURS",
      description = "disable it after failing for so long; 120 unless said, 0 for never")
  @Nullable Integer disabledAfterHours;

  @Option(
      names = "--disabled",
      negatable = true,
      description = "keep what is owed to it, and attempt nothing; --no-disabled to go on")
  @Nullable Boolean disabled;

  /// Puts what was said into a request.
  void into(ObjectNode body) {
    list(body, "kinds", kinds);
    list(body, "sources", sources);
    list(body, "owners", owners);
    if (filter != null) {
      body.put("filter", filter);
    }
    flag(body, "final_refusals", finalRefusals);
    number(body, "max_concurrent", maxConcurrent);
    number(body, "max_per_second", maxPerSecond);
    number(body, "disabled_after_hours", disabledAfterHours);
    flag(body, "disabled", disabled);
  }

  private static void list(ObjectNode body, String name, @Nullable List<String> values) {
    if (values != null) {
      var list = body.putArray(name);
      values.stream().filter(v -> !v.isEmpty()).forEach(list::add);
    }
  }

  private static void flag(ObjectNode body, String name, @Nullable Boolean value) {
    if (value != null) {
      body.put(name, value);
    }
  }

  private static void number(ObjectNode body, String name, @Nullable Integer value) {
    if (value != null) {
      body.put(name, value);
    }
  }
}
