package dev.porchlight;

import dev.porchlight.connector.Connector;
import dev.porchlight.desk.rebuild.Rebuild;
import dev.porchlight.door.events.EventsDoor;
import dev.porchlight.door.mail.SmtpListener;
import dev.porchlight.door.seekerleads.SeekerLeadsApi;
import dev.porchlight.http.HttpServer;
import dev.porchlight.http.Settings;
import dev.porchlight.http.Tls;
import dev.porchlight.ops.Doctor;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.backup.Backups;
import dev.porchlight.store.postgres.PostgresEngine;
import dev.porchlight.store.sqlite.SqliteBackups;
import dev.porchlight.store.sqlite.SqliteEngine;
import dev.porchlight.web.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A running hub: the only place that knows all parts and puts them together, each group of them in
/// a class of its own.
///
/// It starts from the ground up: the store, what delivers, what decides, what works of itself, and
/// only then the ways in. It ends the other way round.
public final class Hub implements AutoCloseable {
  private static final Duration LONG_AT_ONE_STEP = Duration.ofSeconds(10);

  /// The release.
  public static final String VERSION = "0.1.0";

  /// A filter of 10,000 characters, escaped, still gets an answer in its door's form.
  private static final int HEADER_LIMIT = 40 * 1024;

  /// Where it is reached as far as it knows itself: once it listens, which is after the first
  /// deliveries have begun.
  private final CompletableFuture<URI> own = new CompletableFuture<>();

  private final Ground ground;
  private final Backups backups;
  private final Delivering delivering;
  private final Deciding deciding;
  private final Working work;
  private final Doctor doctor;
  private final List<Route> routes = new ArrayList<>();
  private final HttpServer server;
  private final @Nullable SmtpListener smtp;
  private final @Nullable String firstToken;

  /// Starts a hub by the system's clock.
  public static Hub start(HubConfig config) throws IOException {
    return start(config, Clock.systemUTC(), UnaryOperator.identity());
  }

  /// Starts a hub.
  ///
  /// @param clock what time it is; tests pass one that they set
  /// @param connectors the connectors by contract, to add to or replace
  /// @throws IOException when the port can't be had
  /// @throws IllegalStateException with a sentence for the user, when the store can't be opened
  public static Hub start(
      HubConfig config, Clock clock, UnaryOperator<Map<String, Connector>> connectors)
      throws IOException {
    var database =
        config.databaseUrl() == null
            ? SqliteEngine.open(config.data(), clock)
            : PostgresEngine.open(config.databaseUrl(), clock).numbered(config.hubNumber());
    var store = new EngineStore(database);
    var keyFile = config.secretKey() == null ? config.secretKeyFile() : null;
    var backups =
        database instanceof SqliteEngine sqlite
            ? new SqliteBackups(
                sqlite, config.data(), keyFile, () -> HubIdentity.fingerprint(store), VERSION)
            : Backups.elsewhere();
    var started = new ArrayDeque<Runnable>(List.of(store::close));
    try {
      return new Hub(
          config,
          clock,
          new Contracts(connectors.apply(Contracts.ofThisRelease())),
          store,
          backups,
          started);
    } catch (IOException | RuntimeException e) {
      started.forEach(end -> end(end, e));
      throw e;
    }
  }

  private static void end(Runnable end, Exception because) {
    try {
      end.run();
    } catch (RuntimeException e) {
      because.addSuppressed(e);
    }
  }

  /// @param started how each part that was started is ended, the last first; for whoever calls this
  ///   in vain
  private Hub(
      HubConfig config,
      Clock clock,
      Contracts contracts,
      EngineStore store,
      Backups backups,
      Deque<Runnable> started)
      throws IOException {
    this.backups = backups;
    ground = Ground.of(config, contracts, store);
    firstToken = ground.principals().makeFirst(ground.number()).orElse(null);
    var reads = Reads.of(store);
    delivering = Delivering.of(ground, reads, own::join);
    started.push(delivering.outgoing()::close);
    started.push(ground.traces()::close);
    started.push(delivering.engine()::close);
    started.push(ground.audit()::close);
    // Before the engine, which may wait for it.
    started.push(() -> own.cancel(false));
    deciding = Deciding.of(ground, reads, delivering, () -> emptyStore(clock));
    // Before anything plans: what it voids are the leases of a process that died, not ours.
    delivering.engine().start(store.alone());
    work = new Working(ground, reads, delivering, deciding);
    started.push(work::close);
    var tls = config.tls().shown(config.bind(), config.data(), clock.instant());
    doctor = new Doctor(store, reads.receipts(), reads.deliveries(), () -> findings(tls));
    var metrics = ground.metrics();
    metrics.watch(store, delivering.engine());
    store.follow(metrics::happened);
    var doors = Doors.of(ground, reads, delivering, deciding);
    var api = OwnApi.of(ground, reads, delivering, deciding, work, backups, doctor);
    var console = ConsolePages.of(ground, reads, delivering, deciding, work, api);
    routes.addAll(doors.routes());
    routes.addAll(api.routes());
    routes.addAll(console.routes());
    server =
        HttpServer.start(
            Settings.listeningOn(InetAddress.getByName(config.bind()), config.port())
                .withTrustedProxies(
                    peer -> config.trustedProxies().stream().anyMatch(c -> c.contains(peer)))
                .withHeaderLimit(HEADER_LIMIT),
            routes.stream().map(ground.traces()::traced).toList(),
            new Unrouted(
                doors.spark(),
                SeekerLeadsApi.refusals(),
                EventsDoor.refusals(),
                console.refusals(),
                api.problems()),
            metrics::answered,
            tls);
    started.push(server::close);
    own.complete(server.tlsAddress().orElseGet(server::address));
    smtp = Doors.listenForMail(ground, reads, delivering, deciding, tls);
  }

  /// A store for a rebuild, gone when it is closed.
  private static EngineStore emptyStore(Clock clock) {
    try {
      var folder = Files.createTempDirectory("porchlight-rebuild");
      return new EngineStore(SqliteEngine.passing(folder, clock));
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder for the rebuild", e);
    }
  }

  /// What there is to say beyond the store.
  private List<Doctor.Finding> findings(@Nullable Tls tls) {
    var all = new ArrayList<>(TlsFindings.of(tls, ground.store().now()));
    var busy = work.watching().busyFor();
    if (busy.compareTo(LONG_AT_ONE_STEP) > 0) {
      all.add(
          new Doctor.Finding(
              "fault",
              "The matching of listings with saved searches has been at one place of the log for "
                  + busy.toSeconds()
                  + " s: nothing new comes into feeds."));
    }
    return all;
  }

  /// Where it is reached, for example `http://127.0.0.1:8080`.
  public URI address() {
    return server.address();
  }

  /// The port at which mails come in; empty when none do.
  public OptionalInt smtpPort() {
    return smtp == null ? OptionalInt.empty() : OptionalInt.of(smtp.port());
  }

  /// Where it is reached over TLS; empty when it serves plain HTTP alone.
  public Optional<URI> tlsAddress() {
    return server.tlsAddress();
  }

  /// The administrator's token that this start made; to be shown once.
  public Optional<String> firstToken() {
    return Optional.ofNullable(firstToken);
  }

  /// Runs all decisions again and compares.
  public Rebuild.Result checkRebuild() {
    return deciding.rebuild().check();
  }

  /// What the doctor finds.
  public List<Doctor.Finding> examine() {
    return doctor.examine();
  }

  /// Makes backups of it and lists them.
  public Backups backups() {
    return backups;
  }

  /// Looks for due deliveries and owed receipts now; for whoever sets the clock.
  public void wake() {
    delivering.engine().wake();
    work.wake();
  }

  /// Everything it answers, for audits.
  public List<Route> routes() {
    return List.copyOf(routes);
  }

  /// Its store, for figures and for audits.
  public EngineStore store() {
    return ground.store();
  }

  /// Stops: live streams end first, then no request is cut and no delivery is half recorded.
  @Override
  public void close() {
    server.close();
    if (smtp != null) {
      smtp.close();
    }
    work.close();
    ground.audit().close();
    delivering.engine().close();
    ground.traces().close();
    delivering.outgoing().close();
    ground.store().close();
  }
}
