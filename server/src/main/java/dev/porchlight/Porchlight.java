package dev.porchlight;

import dev.porchlight.cli.CommandLineProgram;
import dev.porchlight.cli.Terminal;

/// The main program.
public final class Porchlight {
  private Porchlight() {}

  /// @param args as typed; see `porchlight --help`
  public static void main(String[] args) {
    System.exit(CommandLineProgram.run(args, new ThisProcess(), Terminal.ofProcess()));
  }
}
