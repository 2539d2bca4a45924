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

  /// Looks a backup over and restores it into a data folder that is missing or empty.
  ///
  /// @param from the backup's folder
  /// @param keyFile where the key file belongs; null for its usual place beside the data folder
  /// @return sentences to print: what was restored, what is still to be done
  /// @throws IllegalStateException with a sentence, when it can't be restored
  List<String> restore(Path from, Path data, @Nullable Path keyFile);

  /// Moves the store in a data folder to a PostgreSQL database.
  ///
  /// @param to `jdbc:postgresql://...`
  /// @param keyFile where the key file lies; null for its usual place beside the data folder
  /// @param replaceUnfinished to delete what a move that was not finished has left there
  /// @throws IllegalStateException with a sentence, when it can't be moved
  Moved move(
      Path data,
      String to,
      @Nullable Path keyFile,
      boolean replaceUnfinished,
      MoveProgress progress);

  /// Where a receiver takes events, and how.
  ///
  /// @param contract in which events are written
  /// @param secret `whsec_…`; null to sign nothing
  /// @param apiKey their key; null for none
  record Receiver(String url, String contract, @Nullable String secret, @Nullable String apiKey) {}

  /// Tries a receiver and says what it found.
  ///
  /// @throws IllegalArgumentException with a sentence, when something named is wrong
  List<Finding> check(Receiver receiver);

  /// Sends an invented event to a receiver and prints the exchange.
  ///
  /// @return whether it was taken
  /// @throws IllegalArgumentException with a sentence, when something named is wrong
  boolean trigger(Receiver receiver, String kind, Terminal terminal);

  /// Prints what arrives at a port until the process is told to end.
  ///
  /// @param secret what requests are to be signed with; null not to look
  /// @param status what to answer
  /// @return the exit code
  int listen(int port, @Nullable String secret, int status, Terminal terminal);

  /// Is told how far a move has come.
  @FunctionalInterface
  interface MoveProgress {
    /// @param verifying copied before, and now read back
    void at(boolean verifying, String table, long rows, long of);
  }

  /// What was moved.
  ///
  /// @param toDo what is left for a person, in sentences
  record Moved(List<MovedTable> tables, List<String> toDo) {}

  /// @param sha256 over its rows, the same on both sides
  record MovedTable(String name, long rows, String sha256) {}

  /// One finding.
  ///
  /// @param level `ok`, `attention` or `fault`
  record Finding(String level, String sentence) {}
}
