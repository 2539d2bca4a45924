package dev.porchlight;

import dev.porchlight.cli.Local;
import dev.porchlight.cli.Terminal;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.demo.Demo;
import dev.porchlight.desk.Receipts;
import dev.porchlight.net.Exchange;
import dev.porchlight.ops.Doctor;
import dev.porchlight.receiver.Inbox;
import dev.porchlight.receiver.InboxCheck;
import dev.porchlight.receiver.Listening;
import dev.porchlight.receiver.Sample;
import dev.porchlight.sign.SealException;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.backup.BackupException;
import dev.porchlight.store.backup.BackupManifest;
import dev.porchlight.store.move.Mover;
import dev.porchlight.store.sqlite.MovedMark;
import dev.porchlight.store.sqlite.SqliteBackups;
import dev.porchlight.store.sqlite.SqliteReading;
import dev.porchlight.value.Draw;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the command line does in this process: runs hubs, and reads their store when none runs.
final class ThisProcess implements Local {
  @Override
  public String version() {
    return Hub.VERSION;
  }

  /// The end comes by a signal: the hub is closed in order, and the process ends with 0, so that
  /// whoever runs it (systemd, a container) can tell an orderly end from a broken one.
  @Override
  public int serve(Map<String, String> flags, @Nullable Path file, Terminal terminal) {
    var config = HubConfig.read(flags, terminal.environment(), file);
    if (Boolean.getBoolean("porchlight.startCache")
        && !System.getProperty("java.vm.info", "").contains("sharing")) {
      terminal
          .err()
          .println(
              "porchlight: The start cache does not fit: made by another JDK, for other options of"
                  + " java, or for jars with other times of change; starting without it.");
    }
    var hub = start(config);
    hub.firstToken()
        .ifPresent(token -> {
          terminal.out().println("This is the administrator's token; it is not shown again:");
          terminal.out().println("  " + token);
        });
    hub.tlsAddress().ifPresent(a -> terminal.out().println("Porchlight speaks TLS at " + a));
    hub.smtpPort().ifPresent(p -> terminal.out().println("Porchlight takes mails at port " + p));
    terminal.out().println("Porchlight listens at " + hub.address());
    terminal.out().flush();
    return untilEnded(hub::close);
  }

  /// Waits for the signal that ends the process, and closes then.
  private static int untilEnded(Runnable close) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  int status = 1;
                  try {
                    close.run();
                    status = 0;
                  } finally {
                    System.out.flush();
                    System.err.flush();
                    // Java itself would end with 143, or 130.
                    Runtime.getRuntime().halt(status);
                  }
                },
                "shutdown"));
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  private static Hub start(HubConfig config) {
    try {
      return Hub.start(config);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(
          "There is no address `" + config.bind() + "` to listen at.", e);
    } catch (IOException e) {
      throw new IllegalStateException(
          "Porchlight can't listen at "
              + config.bind()
              + ":"
              + config.port()
              + (config.tls().isServed() ? " and " + config.tls().port() : "")
              + (config.smtpPort() == HubConfig.NO_SMTP ? "" : " and " + config.smtpPort())
              + " ("
              + reason(e)
              + "); choose another port with --port"
              + (config.tls().isServed() ? " or --tls-port" : "")
              + (config.smtpPort() == HubConfig.NO_SMTP ? "" : " or --smtp-port")
              + ", 0 picks one.",
          e);
    } catch (UncheckedIOException e) {
      throw new IllegalStateException(e.getMessage() + ": " + reason(e), e);
    } catch (SealException e) {
      throw new IllegalStateException(String.valueOf(e.getMessage()), e);
    }
  }

  private static String reason(Throwable e) {
    var deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
  }

  /// For what tells its own story; only trouble is logged beside it.
  private static void quietly() {
    if (System.getenv("PORCHLIGHT_LOG_LEVEL") == null
        && System.getProperty("PORCHLIGHT_LOG_LEVEL") == null) {
      System.setProperty("PORCHLIGHT_LOG_LEVEL", "WARN");
    }
  }

  @Override
  public int demo(boolean once, Terminal terminal) {
    quietly();
    var demo =
        Demo.start(
            (data, token) -> {
              var hub = start(HubConfig.local(data, token));
              return new Demo.Running() {
                @Override
                public URI address() {
                  return hub.address();
                }

                @Override
                public void close() {
                  hub.close();
                }
              };
            },
            terminal.out(),
            terminal.interactive());
    if (once) {
      try (demo) {
        return demo.once() ? 0 : 1;
      }
    }
    Thread.ofPlatform().name("demo").daemon().start(demo::forever);
    return untilEnded(demo::close);
  }

  @Override
  public List<String> restore(Path from, Path data, @Nullable Path keyFile) {
    var folder = data.toAbsolutePath().normalize();
    var key = keyFile == null ? HubConfig.keyFileOf(folder) : keyFile.toAbsolutePath();
    BackupManifest restored;
    try {
      restored = SqliteBackups.restore(from, folder, key);
    } catch (BackupException e) {
      throw new IllegalStateException(e.getMessage() + ".", e);
    }
    var said = new ArrayList<String>();
    said.add(
        "Restored into "
            + folder
            + ": the log up to "
            + restored.logHead()
            + ", as of "
            + restored.madeAt()
            + ".");
    if (Files.notExists(key)) {
      said.add(
          "The backup has no key file: put the hub's into "
              + key
              + " before it starts"
              + (restored.keyFingerprint() == null
                  ? "."
                  : " (fingerprint " + restored.keyFingerprint() + ")."));
    }
    return said;
  }

  @Override
  public Moved move(
      Path data,
      String to,
      @Nullable Path keyFile,
      boolean replaceUnfinished,
      MoveProgress progress) {
    quietly();
    var folder = data.toAbsolutePath().normalize();
    var key = keyFile == null ? HubConfig.keyFileOf(folder) : keyFile.toAbsolutePath();
    var tables =
        Mover.move(
                folder,
                to,
                replaceUnfinished,
                (step, table, rows, of) ->
                    progress.at(step == Mover.Step.VERIFYING, table, rows, of))
            .stream()
            .map(t -> new MovedTable(t.table(), t.rows(), t.sha256()))
            .toList();
    return new Moved(
        tables,
        List.of(
            "Start hubs with --database-url or PORCHLIGHT_DATABASE_URL (or database_url in the"
                + " configuration file).",
            Files.exists(key)
                ? "The secrets are still sealed with the key in "
                    + key
                    + ": a hub with the same `data` setting finds it there. Copy it to every other"
                    + " machine that runs a hub, and name it in secret_key_file there."
                : "The secrets are still sealed with the same key: give every hub the one that this"
                    + " store had, by secret_key_file or PORCHLIGHT_SECRET_KEY.",
            folder
                + " is marked as moved, and no hub starts on it. Delete it once you are content;"
                + " deleting "
                + folder.resolve("porchlight.moved")
                + " alone lets hubs use it again."));
  }

  @Override
  public List<Finding> examine(Path data) {
    try (var store = new EngineStore(SqliteReading.open(data, Clock.systemUTC()))) {
      var found =
          new Doctor(store, new Receipts(store), new Deliveries(store))
              .examine().stream()
                  // Whether it takes work is for a running hub to say.
                  .skip(1)
                  .map(f -> new Finding(f.level(), f.sentence()));
      return Stream.concat(
              Stream.concat(
                  Stream.of(
                      new Finding(
                          "ok",
                          "No hub answers; the store in " + data + " was read as it lies there.")),
                  MovedMark.complaint(data).map(s -> new Finding("attention", s + ".")).stream()),
              found)
          .toList();
    }
  }

  @Override
  public List<Finding> check(Receiver receiver) {
    var samples = samples(receiver.contract());
    try (var inbox = inbox(receiver)) {
      return InboxCheck.run(inbox, samples).stream()
          .map(f -> new Finding(f.level(), f.sentence()))
          .toList();
    }
  }

  @Override
  public boolean trigger(Receiver receiver, String kind, Terminal terminal) {
    var sample =
        samples(receiver.contract())
            .write(
                kind,
                "sample",
                kind.equals("lead.created") ? 1 : 2,
                1,
                "This is a test of the connection. Nobody is waiting.");
    try (var inbox = inbox(receiver)) {
      var out = terminal.out();
      var headers = inbox.headers(sample, Instant.now(), inbox.secret());
      var exchange = inbox.send(sample, headers);
      if (!(exchange instanceof Exchange.Refused)) {
        out.println("POST " + receiver.url());
        headers.forEach((name, value) ->
            out.println("  " + name + ": " + (name.equals("X-API-Key") ? "…" : value)));
        out.println("  " + new String(sample.body(), StandardCharsets.UTF_8));
      }
      return switch (exchange) {
        case Exchange.Answered a -> {
          out.println("The answer was " + a.status() + ".");
          var said = new String(a.head(), StandardCharsets.UTF_8).strip();
          if (!said.isEmpty()) {
            out.println("  " + said.replaceAll("\\p{Cntrl}", " "));
          }
          yield a.status() >= 200 && a.status() < 300;
        }
        case Exchange.Refused r -> {
          out.println("It was not sent: " + r.reason());
          yield false;
        }
        case Exchange.Failed f -> {
          out.println("There was no answer: " + f.reason());
          yield false;
        }
      };
    }
  }

  @Override
  public int listen(int port, @Nullable String secret, int status, Terminal terminal) {
    quietly();
    try {
      var listening =
          Listening.start(port, secret, status, lines -> lines.forEach(terminal.out()::println));
      terminal.out().println("What arrives at " + listening.url() + " is shown here.");
      terminal.out().flush();
      return untilEnded(listening::close);
    } catch (IOException e) {
      throw new IllegalStateException(
          "Porchlight can't listen at port " + port + " (" + reason(e) + ").", e);
    }
  }

  private static Inbox inbox(Receiver receiver) {
    return new Inbox(
        receiver.url(), receiver.secret(), receiver.apiKey(), "Porchlight/" + Hub.VERSION);
  }

  /// Invented events as a hub would write them.
  static Sample.Writer samples(String contract) {
    var connector = Contracts.ofThisRelease().get(contract);
    if (connector == null || !connector.writes() || contract.equals("mail")) {
      throw new IllegalArgumentException(
          "There is no contract `"
              + contract
              + "` for requests in this release; there are "
              + Contracts.ofThisRelease().values().stream()
                  .filter(c -> c.writes() && !c.contract().equals("mail"))
                  .map(Connector::contract)
                  .sorted()
                  .collect(Collectors.joining(", "))
              + ".");
    }
    var leads = new HashMap<String, Draw>();
    return (kind, lead, version, sequence, message) -> {
      SampleEvents.check(kind, contract);
      var now = Instant.now().truncatedTo(ChronoUnit.MICROS);
      var draw = Draw.fresh(now, 0);
      if (!SampleEvents.isOfLead(kind)) {
        return new Sample(
            "evt_" + draw.uuid("event"),
            sequence,
            SampleEvents.body(kind, now, sequence, draw),
            "application/json",
            connector.signsByDefault());
      }
      var made =
          SampleLead.message(
              now, draw, leads.computeIfAbsent(lead, _ -> draw), kind, version, sequence, message);
      return switch (connector.write(made, WriteOptions.NONE)) {
        case Written.Bytes(var body, var type, _) ->
            new Sample(made.eventId(), sequence, body, type, connector.signsByDefault());
        case Written.CannotWrite(var why) ->
            throw new IllegalArgumentException(String.join(" ", why));
      };
    };
  }
}
