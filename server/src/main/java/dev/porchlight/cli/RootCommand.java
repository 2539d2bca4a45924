package dev.porchlight.cli;

import dev.porchlight.client.HubClient;
import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `porchlight` itself, and the commands that have no noun.
@Command(
    name = "porchlight",
    description = "A hub for real-estate leads: takes them in, says who answers, delivers them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      FindCommand.class,
      SourceCommand.class,
      EndpointCommand.class,
      LeadCommand.class,
      ContactCommand.class,
      PersonCommand.class,
      ReceiptCommand.class,
      DeliveryCommand.class,
      ReplayCommand.class,
      ReceiverCommands.Check.class,
      ReceiverCommands.Trigger.class,
      ReceiverCommands.Listen.class,
      NodeCommand.class,
      TokenCommand.class,
      AuditCommand.class,
      MoveCommand.class,
      SparkKeyCommand.class,
      ClientCommand.class,
      MailCommand.class,
      RetentionCommand.class,
      PartyCommand.class,
      GrantCommand.class,
      EventCommand.class,
    },
    footer = {
      "",
      "Commands speak with the hub at --url (or PORCHLIGHT_URL) and show it --token (or",
      "PORCHLIGHT_TOKEN, else PORCHLIGHT_ADMIN_TOKEN)."
    })
final class RootCommand implements Runnable {
  private static final String DEFAULT_URL = "http://127.0.0.1:8080";

  final Local local;
  final Terminal terminal;

  @Spec @Nullable CommandSpec spec;

  @Option(
      names = "--url",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      description = "where the hub is reached; " + DEFAULT_URL)
  @Nullable String url;

  @Option(
      names = "--token",
      scope = ScopeType.INHERIT,
      paramLabel = "TOKEN",
      description = "a bearer token of the hub")
  @Nullable String token;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "print JSON as the API gives it")
  boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "show this help")
  boolean help;

  RootCommand(Local local, Terminal terminal) {
    this.local = local;
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var known = spec;
    if (known != null) {
      throw new ParameterException(known.commandLine(), "Name a command.");
    }
  }

  HubClient connect() {
    var where = url != null ? url : terminal.variable("PORCHLIGHT_URL");
    var who = token != null ? token : terminal.variable("PORCHLIGHT_TOKEN");
    return new HubClient(
        where != null ? where : DEFAULT_URL,
        who != null ? who : terminal.variable("PORCHLIGHT_ADMIN_TOKEN"));
  }

  @Command(name = "serve", description = "Runs a hub until it is told to end (SIGTERM, Ctrl-C).")
  int serve(
      @Option(
              names = "--port",
              paramLabel = "PORT",
              description = "where to listen, 0 picks one; 8080")
          @Nullable String port,
      @Option(
              names = "--bind",
              paramLabel = "ADDRESS",
              description = "the address to listen at; 127.0.0.1")
          @Nullable String bind,
      @Option(names = "--data", paramLabel = "FOLDER", description = "the data folder; ./data")
          @Nullable String data,
      @Option(
              names = "--config",
              paramLabel = "FILE",
              description = "a YAML file with settings; ./porchlight.yaml where there is one")
          @Nullable Path config,
      @Option(
              names = "--trusted-proxies",
              paramLabel = "CIDR,...",
              description = "networks whose proxies may bring plain HTTP; none")
          @Nullable String trustedProxies,
      @Option(
              names = "--allow-networks",
              paramLabel = "CIDR,...",
              description = "private networks that endpoints may lie in; none")
          @Nullable String allowNetworks,
      @Option(
              names = "--tls-cert",
              paramLabel = "PEM",
              description = "a file with the certificate and its chain; read again when it changes")
          @Nullable String tlsCert,
      @Option(names = "--tls-key", paramLabel = "PEM", description = "a file with its key")
          @Nullable String tlsKey,
      @Option(
              names = "--tls-self-signed",
              description = "TLS with a certificate made at this start, for trials")
          boolean tlsSelfSigned,
      @Option(
              names = "--smtp-port",
              paramLabel = "PORT",
              description = "where to listen for mails of leads; not at all")
          @Nullable String smtpPort,
      @Option(
              names = "--tls-port",
              paramLabel = "PORT",
              description = "where to listen with TLS, 0 picks one; 8443")
          @Nullable String tlsPort,
      @Option(
              names = "--insecure-development",
              description = "take Spark sessions and bearer tokens over plain HTTP")
          boolean insecureDevelopment,
      @Option(
              names = "--database-url",
              paramLabel = "URL",
              description = {
                "jdbc:postgresql://host/database?user=...&password=... of a database that several",
                "hubs may share; a file in the data folder. PORCHLIGHT_DATABASE_URL says the same",
                "and keeps the password out of the list of processes"
              })
          @Nullable String databaseUrl,
      @Option(
              names = "--hub-number",
              paramLabel = "N",
              description = "0 to 99, one of its own for each hub on a database; 0")
          @Nullable String hubNumber) {
    var flags = new LinkedHashMap<String, String>();
    put(flags, "port", port);
    put(flags, "bind", bind);
    put(flags, "data", data);
    put(flags, "trusted_proxies", trustedProxies);
    put(flags, "allow_networks", allowNetworks);
    put(flags, "tls_cert", tlsCert);
    put(flags, "tls_key", tlsKey);
    put(flags, "tls_self_signed", tlsSelfSigned ? "true" : null);
    put(flags, "tls_port", tlsPort);
    put(flags, "smtp_port", smtpPort);
    put(flags, "insecure_development", insecureDevelopment ? "true" : null);
    put(flags, "database_url", databaseUrl);
    put(flags, "hub_number", hubNumber);
    var usual = Path.of("porchlight.yaml");
    return local.serve(
        flags, config != null ? config : Files.isRegularFile(usual) ? usual : null, terminal);
  }

  private static void put(LinkedHashMap<String, String> flags, String key, @Nullable String value) {
    if (value != null) {
      flags.put(key, value);
    }
  }

  @Command(
      name = "demo",
      description = "Shows a hub at work with invented leads, on a store of its own.")
  int demo(@Option(names = "--once", description = "one round, a summary, the end") boolean once) {
    return local.demo(once, terminal);
  }

  @Command(name = "version", description = "Says which release this is.")
  int version() {
    if (json) {
      var view = Json.object();
      view.put("version", local.version());
      view.put("java", System.getProperty("java.version"));
      terminal.out().println(view.toPrettyString());
    } else {
      terminal
          .out()
          .println(
              "Porchlight " + local.version() + " on Java " + System.getProperty("java.version"));
    }
    return CommandLineProgram.OK;
  }

  @Command(
      name = "rebuild",
      description = "Decides everything received once more, from the first receipt on.")
  int rebuild(
      @Option(
              names = "--check",
              required = true,
              description = "compare with what is stored and change nothing")
          boolean check)
      throws HubException {
    try (var hub = connect()) {
      var result = hub.post("/rebuild-check", Json.object());
      boolean equal = result.path("equal").asBoolean(false);
      if (json) {
        terminal.out().println(result.toPrettyString());
      } else if (equal) {
        terminal
            .out()
            .println(
                "The rebuild equals the store: "
                    + Text.count(result.path("decisions").asLong(0), "decision", "decisions")
                    + " run again, "
                    + Text.count(result.path("rows").asLong(0), "row", "rows")
                    + " compared.");
      } else {
        terminal
            .out()
            .println(
                "The rebuild differs from the store in "
                    + Text.count(result.path("difference_count").asLong(0), "place", "places")
                    + ":");
        result.path("differences").forEach(d -> terminal.out().println("  " + d.asString("")));
      }
      return equal ? CommandLineProgram.OK : CommandLineProgram.FAILED;
    }
  }

  @Command(
      name = "backup",
      description = {
        "Makes a backup of a running hub, in `backups` in its data folder.",
        "The hub goes on meanwhile. Copy the backup's folder to another machine afterwards."
      })
  int backup(
      @Option(
              names = "--with-key",
              description = "put the key file beside it; who has both can open the secrets")
          boolean withKey)
      throws HubException {
    var body = Json.object();
    body.put("include_key", withKey);
    try (var hub = connect()) {
      var made = hub.post("/backups", body);
      if (json) {
        terminal.out().println(made.toPrettyString());
      } else {
        terminal.out().println("The backup is whole: " + Text.at(made, "folder"));
        terminal
            .out()
            .println(
                "It holds the log up to "
                    + Text.at(made, "log_head")
                    + " and "
                    + Text.count(made.path("counts").path("lead").asLong(0), "lead", "leads")
                    + (withKey ? ", and the key file." : ". The key file is not in it."));
      }
      return CommandLineProgram.OK;
    }
  }

  @Command(
      name = "restore",
      description = "Looks a backup over and restores it into a new data folder.")
  int restore(
      @Option(
              names = "--from",
              required = true,
              paramLabel = "FOLDER",
              description = "the backup's folder")
          Path from,
      @Option(
              names = "--data",
              required = true,
              paramLabel = "FOLDER",
              description = "a data folder that is missing or empty")
          Path data,
      @Option(
              names = "--key-file",
              paramLabel = "FILE",
              description = "where the key file belongs; beside the data folder")
          @Nullable Path keyFile) {
    local.restore(from, data, keyFile).forEach(terminal.out()::println);
    return CommandLineProgram.OK;
  }

  @Command(
      name = "doctor",
      description = {
        "Looks the hub over and says what a person should see to.",
        "Where no hub answers, it reads the store in the data folder, and changes nothing there."
      })
  int doctor(
      @Option(
              names = "--data",
              paramLabel = "FOLDER",
              description = "the data folder of a hub that does not run; ./data")
          @Nullable Path data)
      throws HubException {
    List<Local.Finding> findings;
    try (var hub = connect()) {
      findings =
          hub.get("/doctor")
              .path("findings")
              .valueStream()
              .map(f ->
                  new Local.Finding(f.path("level").asString(""), f.path("sentence").asString("")))
              .toList();
    } catch (HubException e) {
      var folder = data != null ? data : Path.of("data");
      if (e.status() != 0 || data == null && !Files.isDirectory(folder)) {
        throw e;
      }
      findings = local.examine(folder);
    }
    if (json) {
      var view = Json.object();
      var list = view.putArray("findings");
      findings.forEach(f -> list.addObject().put("level", f.level()).put("sentence", f.sentence()));
      terminal.out().println(view.toPrettyString());
    } else {
      for (var finding : findings) {
        var indent = finding.sentence().startsWith("  ") ? "" : Text.pad(finding.level(), 11);
        terminal.out().println((indent.isEmpty() ? " ".repeat(11) : indent) + finding.sentence());
      }
    }
    return findings.stream().anyMatch(f -> f.level().equals("fault"))
        ? CommandLineProgram.FAILED
        : CommandLineProgram.OK;
  }
}
