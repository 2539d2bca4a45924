package dev.porchlight.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What commands do in this process instead of over HTTP. Given in by whoever knows the hub.
public interface Local {
  /// The release.
  String version();

  /// Runs a hub until the process is told to end.
  ///
  /// @param flags settings by key, as the command line has them
  /// @param config the configuration file; null when none was named
  /// @return the exit code
  /// @throws IllegalArgumentException with a sentence, when a setting is wrong
  /// @throws IllegalStateException with a sentence, when the hub can't start
  int serve(Map<String, String> flags, @Nullable Path config, Terminal terminal);

  /// Shows a hub at work.
  ///
  /// @param once one round, then the end
  /// @return the exit code
  int demo(boolean once, Terminal terminal);

  /// Reads the store of a hub that does not run and says what the doctor finds.
  ///
  /// @throws IllegalStateException with a sentence, when it can't be read
  List<Finding> examine(Path data);

  /// One finding.
  ///
  /// @param level `ok`, `attention` or `fault`
  record Finding(String level, String sentence) {}
}
