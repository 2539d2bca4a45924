package dev.porchlight;

import dev.porchlight.access.Audit;
import dev.porchlight.access.ClientTokens;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.MailMarks;
import dev.porchlight.access.Principals;
import dev.porchlight.access.Secrets;
import dev.porchlight.account.Node;
import dev.porchlight.account.NodeMail;
import dev.porchlight.account.Nodes;
import dev.porchlight.api.Api;
import dev.porchlight.api.BackupRoutes;
import dev.porchlight.api.ContractDocuments;
import dev.porchlight.api.Problems;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Replies;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.events.LeadEvents;
import dev.porchlight.connector.events.RealEstateEvents;
import dev.porchlight.connector.mail.LeadMail;
import dev.porchlight.connector.mail.ShownMail;
import dev.porchlight.connector.own.OwnEvents;
import dev.porchlight.connector.realtor.ConnectionsPlus;
import dev.porchlight.connector.realtor.LeadDelivery;
import dev.porchlight.connector.realtor.RealtorReplies;
import dev.porchlight.connector.seekerleads.SeekerLeadReplies;
import dev.porchlight.connector.seekerleads.SeekerLeadRequests;
import dev.porchlight.connector.seekerleads.SeekerLeads;
import dev.porchlight.connector.verbatim.Verbatim;
import dev.porchlight.console.Console;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.audit.AuditSection;
import dev.porchlight.console.contacts.ContactSection;
import dev.porchlight.console.endpoints.EndpointSection;
import dev.porchlight.console.events.EventSection;
import dev.porchlight.console.leads.DeliverySection;
import dev.porchlight.console.leads.LeadPage;
import dev.porchlight.console.leads.LeadSection;
import dev.porchlight.console.leads.NowSection;
import dev.porchlight.console.leads.ReceiptSection;
import dev.porchlight.console.leads.StoryTeller;
import dev.porchlight.console.listings.ListingSection;
import dev.porchlight.console.replays.ReplaySection;
import dev.porchlight.console.search.SearchSection;
import dev.porchlight.console.settings.SettingSection;
import dev.porchlight.console.sources.SourceSection;
import dev.porchlight.delivery.AttemptAge;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointSecrets;
import dev.porchlight.delivery.EndpointTest;
import dev.porchlight.delivery.Engine;
import dev.porchlight.delivery.EventFilters;
import dev.porchlight.delivery.Planner;
import dev.porchlight.delivery.Renderer;
import dev.porchlight.delivery.Sender;
import dev.porchlight.delivery.Transport;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.LastHour;
import dev.porchlight.desk.LeadWalk;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Messages;
import dev.porchlight.desk.OwedWork;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.Resubmission;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.erasure.BodyAge;
import dev.porchlight.desk.erasure.Erasure;
import dev.porchlight.desk.erasure.Erasures;
import dev.porchlight.desk.erasure.Periods;
import dev.porchlight.desk.erasure.Retention;
import dev.porchlight.desk.events.EventAge;
import dev.porchlight.desk.events.EventErasure;
import dev.porchlight.desk.events.GrantChanges;
import dev.porchlight.desk.events.InboxReplays;
import dev.porchlight.desk.events.Inboxes;
import dev.porchlight.desk.events.Postbox;
import dev.porchlight.desk.events.Publishing;
import dev.porchlight.desk.feed.Bounces;
import dev.porchlight.desk.feed.ListingNames;
import dev.porchlight.desk.feed.Telling;
import dev.porchlight.desk.feed.Watching;
import dev.porchlight.desk.onward.Announcing;
import dev.porchlight.desk.onward.ChangeBodies;
import dev.porchlight.desk.onward.Fallback;
import dev.porchlight.desk.onward.Notices;
import dev.porchlight.desk.onward.ReplayWork;
import dev.porchlight.desk.onward.Replays;
import dev.porchlight.desk.rebuild.Rebuild;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.desk.setup.SourceSetup;
import dev.porchlight.door.PushDoor;
import dev.porchlight.door.events.EventsDoor;
import dev.porchlight.door.mail.MailDoor;
import dev.porchlight.door.mail.SmtpListener;
import dev.porchlight.door.mail.UnsubscribePage;
import dev.porchlight.door.seekerleads.SeekerLeadsApi;
import dev.porchlight.door.spark.SparkDoor;
import dev.porchlight.http.Certificate;
import dev.porchlight.http.HttpServer;
import dev.porchlight.http.Settings;
import dev.porchlight.http.Tls;
import dev.porchlight.listing.Listings;
import dev.porchlight.net.AddressGuard;
import dev.porchlight.net.MailAddress;
import dev.porchlight.net.OutgoingClient;
import dev.porchlight.net.ReceiverTls;
import dev.porchlight.ops.Doctor;
import dev.porchlight.ops.Health;
import dev.porchlight.ops.Metrics;
import dev.porchlight.person.Persons;
import dev.porchlight.poll.Poller;
import dev.porchlight.sign.KeyFile;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.store.Backups;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.postgres.PostgresEngine;
import dev.porchlight.store.sqlite.SqliteBackups;
import dev.porchlight.store.sqlite.SqliteEngine;
import dev.porchlight.trace.Traces;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running hub: the only place that knows all parts and puts them together.
public final class Hub implements AutoCloseable {
  private static final Duration LONG_AT_ONE_STEP = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(Hub.class);

  /// The release.
  public static final String VERSION = "0.1.0";

  /// A filter of 10,000 characters, escaped, still gets an answer in its door's form.
  private static final int HEADER_LIMIT = 40 * 1024;

  private final EngineStore store;
  private final Backups backups;
  private final Traces traces;
  private final OutgoingClient outgoing;
  private final Engine engine;
  private final OwedWork owedWork;
  private final LastHour lastHour;
  private final Poller poller;
  private final Retention retention;
  private final Fallback fallback;
  private final ReplayWork replayWork;
  private final Notices notices;
  private final Watching watching;
  private final Announcing announcing;
  private final Telling telling;
  private final Audit audit;
  private final List<Route> routes = new ArrayList<>();
  private final HttpServer server;
  private final @Nullable SmtpListener smtp;
  private final Rebuild rebuild;
  private final Doctor doctor;
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
            ? new SqliteBackups(sqlite, config.data(), keyFile, () -> fingerprint(store), VERSION)
            : Backups.elsewhere();
    try {
      return new Hub(config, clock, connectors.apply(contracts()), store, backups);
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /// Every contract that this release speaks; a new portal is one line here.
  static Map<String, Connector> contracts() {
    var all = new LinkedHashMap<String, Connector>();
    for (var connector :
        List.of(
            new ConnectionsPlus(),
            new LeadDelivery(),
            LeadDelivery.standard(),
            new SeekerLeads(),
            new SeekerLeadRequests(),
            new OwnEvents(),
            new LeadEvents(),
            new Verbatim(),
            new LeadMail())) {
      all.put(connector.contract(), connector);
    }
    return all;
  }

  private Hub(
      HubConfig config,
      Clock clock,
      Map<String, Connector> connectors,
      EngineStore store,
      Backups backups)
      throws IOException {
    this.store = store;
    store.prepare(EventFilters.READ);
    this.backups = backups;
    traces = Traces.of(config.tracing(), VERSION);
    int number = config.hubNumber();
    var process = "hub-" + number + "-" + Draw.fresh(store.now(), number).seed();
    var key = KeyFile.load(config.secretKey(), config.secretKeyFile(), fingerprint(store));
    key.warnings().forEach(LOG::warn);
    keepFingerprint(store, key.box().fingerprint());
    store.concern().ifPresent(LOG::warn);
    Nodes.makeDefaults(store, number);
    var metrics = new Metrics();
    var credentials = new Credentials(store);
    var principals = new Principals(store, credentials, config.adminToken());
    firstToken = principals.makeFirst(number).orElse(null);
    var secrets = new Secrets(store, key.box());

    outgoing = new OutgoingClient(new AddressGuard(config.allowNetworks()), null);
    var messages = new Messages(store);
    var listings = new Listings(store);
    var names = new ListingNames(store, listings);
    var events = new RealEstateEvents();
    var inboxes = new Inboxes(store, events);
    var marks = new MailMarks(store, secrets);
    var rendering =
        new Rendering(
            connectors,
            messages,
            names,
            new Receipts(store),
            id -> Sources.in(store.settings()).find(id).map(Source::name).orElse(""),
            delivery -> Notices.body(store, new Deliveries(store), delivery),
            new ChangeBodies(store),
            identity(store),
            inboxes,
            new FeedRendering(store, marks, this::own),
            node -> NodeMail.languageOf(store.settings(), node));
    engine =
        new Engine(
            store,
            process,
            config.lease(),
            rendering,
            new Sending(store, secrets, outgoing),
            new OAuthTokens(store, outgoing),
            endpoint -> secretsOf(secrets, endpoint),
            Map.of("User-Agent", "Porchlight/" + VERSION),
            traces,
            metrics::attempted);
    var mails = new LeadMail();
    var planner = new Planner(process, config.lease(), engine::hasRoom);
    var desk =
        new Desk(
            store,
            number,
            identity(store),
            contract -> new ByChannel(get(connectors, contract), mails),
            planner,
            messages,
            engine::offer,
            lead -> metrics.created(lead.test()),
            metrics::planned);
    var publishing = new Publishing(store, number, events, planner, desk, engine::offer);
    var grantChanges = new GrantChanges(publishing);
    var inboxReplays = new InboxReplays(store, number, inboxes, new Deliveries(store), publishing);
    var postbox = new Postbox(store, number, events, publishing, grantChanges, inboxReplays);
    rebuild = new Rebuild(store, desk, publishing, () -> emptyStore(clock));
    // Before anything plans: what it voids are the leases of a process that died, not ours.
    engine.start(store.alone());
    owedWork = new OwedWork(store, desk);
    lastHour = new LastHour(store);
    poller =
        new Poller(
            store,
            desk,
            secrets,
            outgoing,
            process,
            "Porchlight/" + VERSION,
            (contract, body) -> get(connectors, contract).peekLeadId(body),
            metrics.registry());
    audit = new Audit(store, number);
    var erasures = new Erasures(store);
    var erasure =
        new Erasure(
            store,
            number,
            contract -> new ByChannel(get(connectors, contract), mails),
            messages,
            erasures,
            List.of(Api.answers(store, secrets), new EventErasure(store)));
    store.follow(erasure::follow);
    var configured =
        new Periods(config.receiptsKeptDays(), config.attemptsKeptDays(), config.eventsKeptDays());
    var attempts = new AttemptAge(store, days(configured, Periods::attempts));
    var bodies = new BodyAge(store, desk, days(configured, Periods::receipts));
    var eventAge = new EventAge(store, events, days(configured, Periods::events));
    retention =
        new Retention(
            store,
            erasure,
            List.of(
                _ -> secrets.dropExpired(),
                bodies::drop,
                attempts::drop,
                eventAge::drop,
                _ -> audit.drop()));
    fallback = new Fallback(store, number, planner, new Deliveries(store), engine::offer);
    watching = new Watching(store);
    announcing = new Announcing(store, publishing, messages, get(connectors, EventsDoor.CONTRACT));
    telling = new Telling(store, number, planner, new Deliveries(store), engine::offer);

    var replays = new Replays(store, new Deliveries(store));
    notices = new Notices(store, number, new Deliveries(store), engine::wake);
    replayWork =
        new ReplayWork(store, replays, inboxReplays, new Deliveries(store), process, engine::wake);

    var leads = new Leads(store);
    var receipts = new Receipts(store);
    var persons = new Persons(store);
    var deliveries = new Deliveries(store);
    var tls = tls(config, clock);
    doctor = new Doctor(store, receipts, deliveries, () -> findings(tls));
    metrics.watch(store, engine);
    store.follow(metrics::happened);

    var problems = new Problems();
    var realtor = new RealtorReplies();
    Replies seeker = new SeekerLeadReplies();
    var seekers = new SeekerLeads().contract();
    routes.addAll(
        new PushDoor(
                store,
                desk,
                credentials,
                secrets,
                c -> c.equals(seekers) ? seeker : realtor,
                metrics.registry())
            .routes(channels(connectors)));
    var sourceSetup =
        new SourceSetup(
            store,
            number,
            credentials,
            secrets,
            name -> connectors.containsKey(name) && connectors.get(name).reads());
    Function<String, Optional<String>> urlObjection =
        url -> MailAddress.isMail(url) ? MailAddress.objection(url) : outgoing.objection(url);
    var endpointSetup =
        new EndpointSetup(
            store,
            number,
            secrets,
            name ->
                name.equals(EventsDoor.CONTRACT)
                    || connectors.containsKey(name) && connectors.get(name).writes(),
            name ->
                name.equals(EventsDoor.CONTRACT)
                    || connectors.containsKey(name) && connectors.get(name).signsByDefault(),
            urlObjection);
    var api =
        new Api(
            new Api.Parts(
                store,
                number,
                principals,
                audit,
                credentials,
                secrets,
                sourceSetup,
                endpointSetup,
                Map.of(SeekerLeadsApi.CONTRACT, SeekerLeadsApi.REQUESTS),
                urlObjection,
                leads,
                receipts,
                persons,
                listings,
                deliveries,
                desk,
                grantChanges,
                erasure,
                erasures,
                engine,
                replays,
                replayWork::wake,
                endpoint -> trial(endpoint, rendering, engine, secrets, store),
                (delivery, endpoint) ->
                    rendering.show(delivery, endpoint, secretsOf(secrets, endpoint.id())),
                rebuild,
                (contract, body) -> new ByChannel(get(connectors, contract), mails).read(body),
                () ->
                    examine().stream().map(f -> new Api.Finding(f.level(), f.sentence())).toList(),
                configured,
                retention::wake));
    routes.addAll(api.routes());
    Deeds deeds =
        (visit, method, path, id, body) ->
            api.act(visit.request(), visit.principal(), method, path, id, body);
    routes.addAll(
        new SeekerLeadsApi(
                new SeekerLeadsApi.Parts(
                    store,
                    number,
                    new ClientTokens(store, credentials, secrets),
                    secrets,
                    desk,
                    receipts,
                    new LeadWalk(store, messages),
                    listings,
                    deliveries,
                    engine,
                    names,
                    m -> get(connectors, SeekerLeadsApi.CONTRACT).write(m, WriteOptions.NONE),
                    outgoing::objection,
                    metrics.registry()))
            .routes());
    routes.addAll(new ContractDocuments().routes(problems));
    routes.addAll(new BackupRoutes(store, principals, secrets, audit, backups).routes());
    routes.addAll(
        new Health(store, receipts, deliveries, engine, metrics.registry(), VERSION)
            .routes(problems));
    var console = new Console(store, number, principals, credentials, secrets, audit);
    var teller = new StoryTeller(store, leads, receipts, persons, deliveries);
    console
        .with(new NowSection(store, teller, leads, deliveries, lastHour))
        .with(new LeadSection(store, number, teller, leads, persons, deliveries, replayWork::wake))
        .with(new ContactSection(store, number, leads, persons, erasure, erasures))
        .with(
            new SourceSection(
                store,
                sourceSetup,
                receipts,
                desk,
                connectors.values().stream()
                    .filter(Connector::reads)
                    .collect(Collectors.toMap(Connector::contract, Connector::channel)),
                contract -> SampleLead.asTest(get(connectors, contract), store.now(), number),
                deeds))
        .with(
            new EndpointSection(
                store,
                number,
                endpointSetup,
                leads,
                deliveries,
                replays,
                replayWork::wake,
                engine,
                endpoint -> trial(endpoint, rendering, engine, secrets, store),
                connectors.values().stream()
                    .filter(Connector::writes)
                    .map(Connector::contract)
                    .toList(),
                (delivery, endpoint) ->
                    rendering.show(
                        delivery, endpoint, new EndpointSecrets(List.of(), null, null, null)),
                deeds))
        .with(new ListingSection(store, listings, leads, teller, deeds))
        .with(new EventSection(store, credentials, deeds))
        .with(
            new ReceiptSection(
                store,
                receipts,
                new Resubmission(
                    store,
                    desk,
                    receipts,
                    (contract, body) -> new ByChannel(get(connectors, contract), mails).read(body)),
                (contract, body) -> new ByChannel(get(connectors, contract), mails).read(body),
                deeds))
        .with(
            new DeliverySection(
                store,
                teller,
                leads,
                deliveries,
                (delivery, endpoint) ->
                    rendering.show(delivery, endpoint, secretsOf(secrets, endpoint.id())),
                engine::wake))
        .with(new ReplaySection(store, number, replays, replayWork::wake))
        .with(new SettingSection(store, number, credentials, deeds, config.shown()))
        .with(new AuditSection(store, audit))
        .with(
            new SearchSection(
                store, teller, leads, receipts, deliveries, persons, listings, replays));
    routes.addAll(console.routes());
    routes.addAll(
        new LeadPage(console, store, credentials, principals, leads, receipts, persons, deliveries)
            .routes());
    routes.addAll(new EventsDoor(store, credentials, publishing, postbox, inboxes).routes());
    routes.addAll(new UnsubscribePage(store, marks).routes());
    var spark =
        new SparkDoor(
            new SparkDoor.Parts(
                store,
                number,
                credentials,
                secrets,
                config.sparkTwinsByName(),
                config.insecureDevelopment(),
                outgoing::objection));
    routes.addAll(spark.routes());
    server =
        HttpServer.start(
            Settings.listeningOn(InetAddress.getByName(config.bind()), config.port())
                .withTrustedProxies(
                    peer -> config.trustedProxies().stream().anyMatch(c -> c.contains(peer)))
                .withHeaderLimit(HEADER_LIMIT),
            routes.stream().map(traces::traced).toList(),
            new Unrouted(
                spark, SeekerLeadsApi.refusals(), EventsDoor.refusals(), console.pages(), problems),
            metrics::answered,
            tls);
    smtp =
        config.smtpPort() == HubConfig.NO_SMTP
            ? null
            : new SmtpListener(
                InetAddress.getByName(config.bind()),
                config.smtpPort(),
                new MailDoor(
                    store,
                    desk,
                    credentials,
                    marks,
                    new Bounces(store, deliveries),
                    metrics.registry()),
                () -> tls == null ? null : tls.sslContext());
  }

  private static @Nullable Tls tls(HubConfig config, Clock clock) throws IOException {
    var wanted = config.tls();
    if (wanted.certificate() != null && wanted.key() != null) {
      return Tls.of(wanted.port(), wanted.certificate(), wanted.key());
    }
    if (!wanted.selfSigned()) {
      return null;
    }
    var hosts = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
    if (!InetAddress.getByName(config.bind()).isAnyLocalAddress()) {
      hosts.add(config.bind());
    }
    var made = Certificate.selfSigned(List.copyOf(hosts), clock.instant());
    // So that a client can be told to trust it.
    Files.writeString(config.data().resolve("tls-self-signed.pem"), made.pem());
    return Tls.of(wanted.port(), made);
  }

  /// As an administrator said, else as configured.
  private IntSupplier days(Periods configured, Function<Periods, @Nullable Integer> which) {
    return () -> {
      var days = which.apply(Periods.in(store.settings()).over(configured));
      return days == null ? 0 : days;
    };
  }

  private static Connector get(Map<String, Connector> connectors, String contract) {
    var connector = connectors.get(contract);
    if (connector == null) {
      throw new IllegalStateException("this release has no contract " + contract);
    }
    return connector;
  }

  private static List<String> channels(Map<String, Connector> connectors) {
    return connectors.values().stream()
        .filter(Connector::reads)
        .map(Connector::channel)
        .filter(c -> !c.isEmpty())
        .distinct()
        .toList();
  }

  private static @Nullable String fingerprint(Store store) {
    return store
        .settings()
        .find("hub", "secret-key")
        .map(s -> Json.tree(s.body()).path("fingerprint").asString())
        .orElse(null);
  }

  /// What this hub, and those that share its database, is called on the trails of leads.
  private static String identity(Store store) {
    var first =
        Nodes.in(store.settings()).all().stream()
            .filter(n -> n.kind() == Node.Kind.MLS)
            .map(Node::id)
            .min(Comparator.naturalOrder())
            .orElse("");
    return Draw.named("hub", String.valueOf(fingerprint(store)), first);
  }

  private static void keepFingerprint(Store store, String fingerprint) {
    if (fingerprint(store) == null) {
      var body = Json.object();
      body.put("fingerprint", fingerprint);
      store.write(
          WorkQueue.EDITS,
          batch -> {
            var there = batch.settings().find("hub", "secret-key");
            // Another hub may have been first; then a different key must not pass for its own.
            if (there.isPresent()
                && !Json.tree(there.get().body())
                    .path("fingerprint")
                    .asString()
                    .equals(fingerprint)) {
              throw new IllegalStateException(
                  "Another hub has just set this database up with another secret key: give both"
                      + " the same one");
            }
            return there.isPresent()
                ? there.get()
                : batch.change("hub", "secret-key", body.toString());
          });
    }
  }

  private static EndpointSecrets secretsOf(Secrets secrets, String endpoint) {
    var owner = "endpoint " + endpoint;
    return new EndpointSecrets(
        secrets.list(owner).stream()
            .filter(s -> s.id().startsWith("signing "))
            .map(Secrets.Open::text)
            // The newest; those beyond have been replaced as many times.
            .limit(StandardWebhooks.MAX_KEYS)
            .toList(),
        secrets.find(owner, "api_key").orElse(null),
        secrets.find(owner, "authorization").orElse(null),
        tlsOf(secrets, owner));
  }

  private static @Nullable ReceiverTls tlsOf(Secrets secrets, String owner) {
    var identity = secrets.find(owner, "tls_identity").map(Json::tree);
    var authorities = secrets.find(owner, "tls_authorities");
    return identity.isEmpty() && authorities.isEmpty()
        ? null
        : new ReceiverTls(
            owner,
            identity.map(i -> i.path("certificate").asString()).orElse(""),
            identity.map(i -> i.path("key").asString()).orElse(""),
            authorities.orElse(""));
  }

  /// Sends a made-up lead to an endpoint and shows the exchange.
  private static EndpointTest.Exchange trial(
      Endpoint endpoint, Rendering rendering, Engine engine, Secrets secrets, Store store) {
    var sample = SampleLead.message(store.now(), Draw.fresh(store.now(), 0));
    var known = secretsOf(secrets, endpoint.id());
    var delivery =
        new Delivery(
            sample.eventId(),
            0,
            endpoint.id(),
            "",
            sample.eventId(),
            sample.kind(),
            sample.id(),
            1,
            "",
            store.now(),
            "");
    return switch (rendering.render(sample, delivery, endpoint, known)) {
      case Renderer.Rendered.CannotWrite(var reason) ->
          new EndpointTest.Exchange(
              endpoint.url(),
              Map.of(),
              new byte[0],
              "",
              false,
              null,
              reason,
              new byte[0],
              Duration.ZERO);
      case Renderer.Rendered.Ready ready -> {
        long began = System.nanoTime();
        var trial = engine.trial(delivery, endpoint, ready);
        var duration = Duration.ofNanos(System.nanoTime() - began);
        yield exchange(endpoint, known, ready, trial, duration);
      }
    };
  }

  private static EndpointTest.Exchange exchange(
      Endpoint endpoint,
      EndpointSecrets known,
      Renderer.Rendered.Ready ready,
      Sender.Trial trial,
      Duration duration) {
    var headers = new LinkedHashMap<>(trial.headers());
    if (known.apiKey() != null) {
      headers.put(endpoint.apiKeyHeader(), "…");
    }
    headers.replace("Authorization", "…");
    var shown = endpoint.isMail() ? ShownMail.of(ready.body()) : "";
    return switch (trial.answer()) {
      case Transport.Answer.Status(int status, byte[] head, _) ->
          new EndpointTest.Exchange(
              trial.url(),
              headers,
              ready.body(),
              shown,
              status >= 200 && status < 300,
              status,
              "",
              head,
              duration);
      case Transport.Answer.Never(int status, byte[] head) ->
          new EndpointTest.Exchange(
              trial.url(), headers, ready.body(), shown, false, status, "", head, duration);
      case Transport.Answer.Nothing(var reason, _) ->
          new EndpointTest.Exchange(
              trial.url(),
              headers,
              ready.body(),
              shown,
              false,
              null,
              reason,
              new byte[0],
              duration);
      case Transport.Answer.Forbidden(var reason) ->
          new EndpointTest.Exchange(
              trial.url(),
              headers,
              ready.body(),
              shown,
              false,
              null,
              reason,
              new byte[0],
              duration);
    };
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
    var all = new ArrayList<>(TlsFindings.of(tls, store.now()));
    var busy = watching.busyFor();
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

  /// Where it is reached as far as it knows itself.
  private URI own() {
    return server.tlsAddress().orElseGet(server::address);
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
    return rebuild.check();
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
    engine.wake();
    owedWork.wake();
    poller.wake();
    retention.wake();
    fallback.wake();
    replayWork.wake();
    notices.wake();
    watching.wake();
    telling.wake();
  }

  /// Everything it answers, for audits.
  public List<Route> routes() {
    return List.copyOf(routes);
  }

  /// Its store, for figures and for audits.
  public EngineStore store() {
    return store;
  }

  /// Stops: live streams end first, then no request is cut and no delivery is half recorded.
  @Override
  public void close() {
    server.close();
    if (smtp != null) {
      smtp.close();
    }
    poller.close();
    owedWork.close();
    lastHour.close();
    retention.close();
    fallback.close();
    replayWork.close();
    notices.close();
    watching.close();
    announcing.close();
    telling.close();
    audit.close();
    engine.close();
    traces.close();
    outgoing.close();
    store.close();
  }
}
