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

  /// Puts what was said into a request.
  void into(ObjectNode body) {
    list(body, "kinds", kinds);
    list(body, "sources", sources);
    list(body, "owners", owners);
    if (filter != null) {
      body.put("filter", filter);
    }
  }

  private static void list(ObjectNode body, String name, @Nullable List<String> values) {
    if (values != null) {
      var list = body.putArray(name);
      values.stream().filter(v -> !v.isEmpty()).forEach(list::add);
    }
  }
}
