package dev.porchlight.cli;

import dev.porchlight.value.Json;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// What those need who receive events. No hub is asked.
final class ReceiverCommands {
  private static final int LEVEL_WIDTH = 11;

  private ReceiverCommands() {}

  /// How a receiver is called.
  static final class Terms {
    @Option(
        names = "--contract",
        paramLabel = "CONTRACT",
        description = "in which events are written; porchlight")
    @Nullable String contract;

    @Option(names = "--secret", paramLabel = "SECRET", description = "whsec_...; signs nothing")
    @Nullable String secret;

    @Option(names = "--their-key", paramLabel = "KEY", description = "their API key; none")
    @Nullable String theirKey;

    Local.Receiver at(String url) {
      return new Local.Receiver(url, contract == null ? "porchlight" : contract, secret, theirKey);
    }
  }

  /// `porchlight check`.
  @Command(
      name = "check",
      description = {
        "Tries a receiver of events: signatures, repeats, order, large bodies, many at once.",
        "Asks no hub. The leads are invented and marked as tests."
      })
  static final class Check implements Callable<Integer> {
    @ParentCommand @Nullable RootCommand root;
    @Mixin @Nullable Terms terms;

    @Parameters(paramLabel = "URL", description = "where it takes events")
    String url = "";

    @Override
    public Integer call() {
      var parent = needed(root);
      var findings = parent.local.check(needed(terms).at(url));
      print(parent, findings);
      return findings.stream().anyMatch(f -> f.level().equals("fault"))
          ? CommandLineProgram.FAILED
          : CommandLineProgram.OK;
    }
  }

  private static void print(RootCommand root, List<Local.Finding> findings) {
    if (root.json) {
      var view = Json.object();
      var list = view.putArray("findings");
      findings.forEach(f -> list.addObject().put("level", f.level()).put("sentence", f.sentence()));
      root.terminal.out().println(view.toPrettyString());
    } else {
      findings.forEach(f ->
          root.terminal.out().println(Text.pad(f.level(), LEVEL_WIDTH) + Text.clean(f.sentence())));
    }
  }

  /// `porchlight trigger`.
  @Command(
      name = "trigger",
      description = "Sends an invented event to a receiver and shows the exchange. Asks no hub.")
  static final class Trigger implements Callable<Integer> {
    @ParentCommand @Nullable RootCommand root;
    @Mixin @Nullable Terms terms;

    @Parameters(
        paramLabel = "KIND",
        description = "lead.created, or any other that a hub sends; a wrong one lists them")
    String kind = "";

    @Option(names = "--to", required = true, paramLabel = "URL", description = "where to")
    String url = "";

    @Override
    public Integer call() {
      var parent = needed(root);
      return parent.local.trigger(needed(terms).at(url), kind, parent.terminal)
          ? CommandLineProgram.OK
          : CommandLineProgram.FAILED;
    }
  }

  /// `porchlight listen`.
  @Command(
      name = "listen",
      description = "Shows what arrives at a port of this machine, until it is told to end.")
  static final class Listen implements Callable<Integer> {
    @ParentCommand @Nullable RootCommand root;

    @Option(names = "--port", paramLabel = "PORT", description = "0 picks one; 9000")
    int port = 9000;

    @Option(
        names = "--secret",
        paramLabel = "SECRET",
        description = "whsec_...: refuse what it does not sign; take everything")
    @Nullable String secret;

    @Option(names = "--status", paramLabel = "STATUS", description = "what to answer; 200")
    int status = 200;

    @Override
    public Integer call() {
      var parent = needed(root);
      return parent.local.listen(port, secret, status, parent.terminal);
    }
  }

  private static <T> T needed(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("a command without its parent");
    }
    return value;
  }
}
