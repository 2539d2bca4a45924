package dev.porchlight.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// For how long keys go on to open beside the one that replaces them.
final class Overlap {
  private static final int USUAL = 24;

  @Option(
      names = "--overlap-hours",
      paramLabel = "HOURS",
      description = "for how long the others still open, 0 to 168; 24")
  @Nullable Integer hours;

  void into(ObjectNode body) {
    if (hours != null) {
      body.put("overlap_hours", hours);
    }
  }

  /// When the others end.
  String sentence() {
    return hours != null && hours == 0
        ? "The others are void from now on."
        : "The others end in " + Text.count(hours == null ? USUAL : hours, "hour", "hours") + ".";
  }
}
