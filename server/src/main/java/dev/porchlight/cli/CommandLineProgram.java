package dev.porchlight.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.porchlight.client.HubException;
import java.io.PrintWriter;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;

/// The `porchlight` command.
///
/// Exit codes: 0 done; 1 it did not work, or was not found in order; 2 the command was not
/// understood. Errors are one sentence on stderr.
public final class CommandLineProgram {
  /// It worked.
  static final int OK = 0;

  /// It did not work.
  static final int FAILED = 1;

  /// The command was not understood.
  static final int USAGE = 2;

  private CommandLineProgram() {}

  /// Runs a command.
  ///
  /// @param args as typed
  /// @return the exit code
  public static int run(String[] args, Local local, Terminal terminal) {
    // The JDK's HTTP client logs through it when asked; nobody here is interested.
    Logger.getLogger("jdk.httpclient").setLevel(Level.OFF);
    var line = new CommandLine(new RootCommand(local, terminal));
    line.setOut(new PrintWriter(terminal.out(), true, UTF_8));
    line.setErr(new PrintWriter(terminal.err(), true, UTF_8));
    line.setUsageHelpAutoWidth(terminal.interactive());
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            terminal.interactive() ? CommandLine.Help.Ansi.AUTO : CommandLine.Help.Ansi.OFF));
    line.setParameterExceptionHandler((e, _) -> misunderstood(e, terminal));
    line.setExecutionExceptionHandler((e, _, _) -> failed(e, terminal));
    return line.execute(args);
  }

  private static int misunderstood(CommandLine.ParameterException e, Terminal terminal) {
    terminal.err().println("porchlight: " + sentence(e));
    terminal
        .err()
        .println("See `" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help`.");
    return USAGE;
  }

  private static int failed(Exception e, Terminal terminal) {
    terminal.err().println("porchlight: " + sentence(e));
    switch (e) {
      case HubException _, IllegalArgumentException _, IllegalStateException _ -> {}
      default -> {
        if (terminal.variable("PORCHLIGHT_DEBUG") == null) {
          terminal.err().println("Set PORCHLIGHT_DEBUG=1 to see where.");
        }
      }
    }
    if (terminal.variable("PORCHLIGHT_DEBUG") != null) {
      e.printStackTrace(terminal.err());
    }
    return FAILED;
  }

  private static String sentence(Throwable e) {
    var text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().strip();
    return text.endsWith(".") || text.endsWith("!") ? text : text + ".";
  }
}
