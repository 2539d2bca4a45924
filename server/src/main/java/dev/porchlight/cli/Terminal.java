package dev.porchlight.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where a command reads and writes.
///
/// @param interactive a person looks on: colours and live lines are welcome
/// @param environment looks a variable up
public record Terminal(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean interactive,
    Function<String, @Nullable String> environment) {

  /// This process's own.
  public static Terminal ofProcess() {
    return new Terminal(
        System.in,
        System.out,
        System.err,
        isTerminal() && System.getenv("NO_COLOR") == null,
        System::getenv);
  }

  /// A variable's value, null when it is missing or blank.
  @Nullable String variable(String name) {
    var value = environment.apply(name);
    return value == null || value.isBlank() ? null : value;
  }

  /// Since Java 22 there is a console always; whether a person sits at it is another question.
  private static boolean isTerminal() {
    @SuppressWarnings("SystemConsoleNull")
    var console = System.console();
    return console != null && console.isTerminal();
  }
}
