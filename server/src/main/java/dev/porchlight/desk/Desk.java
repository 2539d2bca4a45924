package dev.porchlight.desk;

import dev.porchlight.account.Nodes;
import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.Reading;
import dev.porchlight.delivery.Planner;
import dev.porchlight.person.Others;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.Unit;
import dev.porchlight.store.Wanted;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.trace.Span;
import dev.porchlight.trace.TraceContext;
import dev.porchlight.trace.Traces;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Takes what came in and answers once it is on disk: its consequences worked out, or durably owed.
///
/// Reading, identity and compression happen on the caller's thread; the decision is one unit of
/// work. If reading or deciding fails by a defect of ours, or the writer is so busy that the unit
/// waited too long, the receipt alone is written, as *owed*, and the sender is answered the same.
/// May be shared by threads.
public final class Desk {
  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

  private final Store store;
  private final int hub;
  private final Function<String, Connector> connectors;
  private final Decision decision;
  private final Messages messages;
  private final Consumer<List<Planner.Claim>> lanes;
  private final Consumer<LeadRecord> created;
  private final IntConsumer plannedCount;

  /// @param hub the hub's number, 0 to 99
  /// @param identity what this hub is called on the trails of leads
  /// @param connectors gives the connector of a contract by name
  /// @param lanes takes the lanes that may be started on at once
  /// @param created hears of each new lead once it is on disk; must be quick
  /// @param plannedCount hears how many deliveries were planned, likewise
  public Desk(
      Store store,
      int hub,
      String identity,
      Function<String, Connector> connectors,
      Planner planner,
      Messages messages,
      Consumer<List<Planner.Claim>> lanes,
      Consumer<LeadRecord> created,
      IntConsumer plannedCount) {
    this.store = store;
    this.hub = hub;
    this.connectors = connectors;
    this.decision = new Decision(planner, identity);
    this.messages = messages;
    this.lanes = lanes;
    this.created = created;
    this.plannedCount = plannedCount;
  }

  /// What accompanies a body.
  ///
  /// @param headers those to keep, as JSON
  /// @param signature what checking its signature showed; empty when nothing was checked
  /// @param corrects the receipt that this body mends
  /// @param office the office where it lands, where that is not for its source to say
  public record Circumstances(
      String headers, String signature, @Nullable String corrects, @Nullable String office) {
    /// Of a body that lands where its source's bodies land.
    public Circumstances(String headers, String signature, @Nullable String corrects) {
      this(headers, signature, corrects, null);
    }
  }

  /// The channel of what comes by mail.
  public static final String MAIL = "mail";

  /// The name, among the headers kept, of the key by which a sender says that two requests are one.
  /// Only doors that promise to heed it write it; no header that comes over HTTP has this name.
  public static final String REQUEST_KEY = ":request-key";

  /// The name, among the headers kept, of the number of the last log entry that there was when a
  /// portal was asked for a body: what came in later was said later. Only who asks writes it.
  public static final String ASKED_AT = ":asked-at";

  /// The name, among the headers kept, of why a body is no more than the beginning of what came:
  /// whatever it says, it waits for a person. Only doors write it.
  public static final String CUT = ":cut";

  /// Takes an authentic body.
  ///
  /// @return the receipt as it stands on disk: done, repeat, owed or quarantined
  /// @throws dev.porchlight.store.StoreUnavailableException when nothing is on disk
  public Receipt accept(Source source, Body body, Circumstances circumstances) {
    return taken(source, body, circumstances).orElseThrow();
  }

  /// Takes a body in the place of a quarantined receipt's.
  ///
  /// @param circumstances with the receipt that it corrects
  /// @return empty when that one is no longer in quarantine: then nothing is written
  /// @throws dev.porchlight.store.StoreUnavailableException when nothing is on disk
  public Optional<Receipt> correct(Source source, Body body, Circumstances circumstances) {
    return taken(source, body, circumstances);
  }

  /// Empty for what corrects a receipt that somebody else has corrected.
  private Optional<Receipt> taken(Source source, Body body, Circumstances circumstances) {
    var draw = Draw.fresh(store.now(), hub);
    var span = Traces.part("desk").with("porchlight.contract", source.contract());
    try {
      var receipt = accept(source, body, traced(circumstances), draw, span);
      receipt.ifPresent(r -> span.with("porchlight.receipt.state", r.state().word()));
      return receipt;
    } catch (RuntimeException e) {
      span.failed();
      throw e;
    } finally {
      span.end();
    }
  }

  /// Beside the headers, in which trace this happens: what is delivered later belongs to it too.
  private static Circumstances traced(Circumstances circumstances) {
    var here = Traces.current();
    if (here == null) {
      return circumstances;
    }
    var headers = (ObjectNode) Json.tree(circumstances.headers());
    headers.put(TraceContext.HEADER, here.text());
    return new Circumstances(
        headers.toString(),
        circumstances.signature(),
        circumstances.corrects(),
        circumstances.office());
  }

  private Optional<Receipt> accept(
      Source source, Body body, Circumstances circumstances, Draw draw, Span span) {
    var receipt = receipt(source, body, circumstances, draw);
    var raw = RawBody.of(receipt.id(), body.bytes());
    Intake intake;
    try {
      var reading = read(source, body, receipt);
      intake =
          ListingPlace.noted(
              store, intake(receipt, raw, source, reading, body, false, Others.NONE));
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("Receipt {} could not be read: a defect of ours; it is owed", receipt.id(), e);
      return owe(receipt, raw, source, body, "Reading failed by a defect of ours.");
    }
    var unit = new AcceptUnit(intake, body);
    long began = System.nanoTime();
    var accepted = store.write(WorkQueue.LEADS, unit);
    span.part("commit", began, System.nanoTime(), "porchlight.body.size", body.bytes().length);
    if (unit.ended != 0) {
      span.part("plan", unit.began, unit.ended, "porchlight.deliveries", unit.planned);
    }
    return accepted;
  }

  /// A body that was read and waits for its decision in somebody else's unit.
  ///
  /// @param intake null when reading failed by a defect of ours: then it can only be owed
  public record Prepared(
      Receipt receipt,
      RawBody raw,
      Source source,
      Body body,
      @Nullable Intake intake,
      String guid) {
    /// Who asks, where a lead was read.
    public Optional<Enquirer> enquirer() {
      return intake != null && intake.content() instanceof Intake.Content.OfLead said
          ? Optional.of(said.lead().enquirer())
          : Optional.empty();
    }
  }

  /// Reads an authentic body for [#decide(Batch, Prepared)].
  public Prepared prepare(Source source, Body body, Circumstances circumstances) {
    var receipt = receipt(source, body, circumstances, Draw.fresh(store.now(), hub));
    var raw = RawBody.of(receipt.id(), body.bytes());
    try {
      var reading = read(source, body, receipt);
      var intake =
          ListingPlace.noted(
              store, intake(receipt, raw, source, reading, body, false, Others.NONE));
      return new Prepared(intake.receipt(), raw, source, body, intake, intake.guid());
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("Receipt {} could not be read: a defect of ours; it is owed", receipt.id(), e);
      return new Prepared(receipt, raw, source, body, null, guid(source, body, receipt));
    }
  }

  /// Decides on what was read.
  public Receipt decide(Batch batch, Prepared prepared) {
    return prepared.intake() == null
        ? owe(batch, prepared, "Reading failed by a defect of ours.")
        : decide(batch, prepared.intake(), prepared.body()).receipt();
  }

  /// Keeps what was read as owed.
  public Receipt owe(Batch batch, Prepared prepared, String reason) {
    return owe(batch, prepared.receipt(), prepared.raw(), prepared.guid(), reason);
  }

  /// Keeps a body whose signature was wrong; nothing comes of it.
  public Receipt refuse(Source source, Body body, Circumstances circumstances, String reason) {
    var receipt = receipt(source, body, circumstances, Draw.fresh(store.now(), hub));
    var raw = RawBody.of(receipt.id(), body.bytes());
    return store.write(
        WorkQueue.LEADS,
        batch -> {
          long seq = batch.append("receipt.refused", source.id(), receipt.id());
          var refused = receipt.became(Receipt.State.REFUSED, null, 0, receipt.guid(), reason, seq);
          batch.put(Tables.RECEIPT, refused);
          batch.put(Tables.RAW, raw);
          return refused;
        });
  }

  /// Works an owed receipt again.
  ///
  /// @return how it stands now
  /// @throws RuntimeException when the defect is still there; it stays owed
  Receipt rework(Receipt receipt, byte[] bytes) {
    var source =
        Sources.in(store.settings())
            .find(receipt.sourceId())
            .orElseThrow(
                () -> new IllegalStateException("the source of " + receipt.id() + " is gone"));
    var body = new Body(bytes, receipt.contentType(), receipt.channel());
    var reading = read(source, body, receipt);
    var raw = RawBody.of(receipt.id(), bytes);
    var intake = intake(receipt, raw, source, reading, body, true, Others.NONE);
    return store.write(WorkQueue.EDITS, batch -> decide(batch, intake, body).receipt());
  }

  /// Decides within a batch that a rebuild has open.
  public Receipt replay(
      Batch batch,
      Receipt receipt,
      byte[] bytes,
      boolean rework,
      Source source,
      Others erasedOthers) {
    var body = new Body(bytes, receipt.contentType(), receipt.channel());
    var reading = read(source, body, receipt);
    return decision
        .decide(
            batch,
            intake(
                receipt,
                RawBody.of(receipt.id(), bytes),
                source,
                reading,
                body,
                rework,
                erasedOthers))
        .receipt();
  }

  /// Decides within a batch that a rebuild has open, by what is kept of a body that was dropped.
  public Receipt replay(
      Batch batch,
      Receipt receipt,
      Reading kept,
      boolean rework,
      Source source,
      Others erasedOthers) {
    var none = new byte[0];
    var body = new Body(none, receipt.contentType(), receipt.channel());
    return decision
        .decide(
            batch,
            intake(
                receipt, RawBody.of(receipt.id(), none), source, kept, body, rework, erasedOthers))
        .receipt();
  }

  /// Whether a receipt's body can be dropped: what is kept of its lead says all that the body says
  /// to a decision.
  public boolean isKept(Receipt receipt) {
    var source = Sources.in(store.settings()).find(receipt.sourceId());
    if (source.isEmpty()) {
      return false;
    }
    var raw = store.read(h -> RawBody.ofReceipt(h, receipt.id()));
    var kept = store.read(h -> KeptReading.of(h, receipt));
    if (raw.isEmpty() || kept.isEmpty()) {
      return false;
    }
    try {
      var body = new Body(raw.get(), receipt.contentType(), receipt.channel());
      var reading = connectors.apply(source.get().contract()).read(body);
      var none = new Body(new byte[0], receipt.contentType(), receipt.channel());
      return content(receipt, source.get(), reading, body)
          .equals(content(receipt, source.get(), kept.get(), none));
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("Receipt {} could not be read again; its body is kept", receipt.id(), e);
      return false;
    }
  }

  private Intake.Content content(Receipt receipt, Source source, Reading reading, Body body) {
    return Intake.content(
        reading,
        body,
        source,
        !receipt.channel().equals(MAIL) && connectors.apply(source.contract()).timesVersions(),
        requestKey(receipt),
        askedAt(receipt));
  }

  private Intake intake(
      Receipt receipt,
      RawBody raw,
      Source source,
      Reading reading,
      Body body,
      boolean rework,
      Others erasedOthers) {
    var message =
        switch (reading) {
          case Reading.Facts f -> f.message();
          case Reading.Unreadable _ -> "";
        };
    return new Intake(
        receipt.named(message),
        raw,
        source,
        content(receipt, source, reading, body),
        rework,
        erasedOthers);
  }

  private Reading read(Source source, Body body, Receipt receipt) {
    return KeptBody.read(connectors.apply(source.contract())::read, receipt, body.bytes());
  }

  private static @Nullable String requestKey(Receipt receipt) {
    return receipt.headers().contains(REQUEST_KEY)
        ? Json.tree(receipt.headers()).path(REQUEST_KEY).asStringOpt().orElse(null)
        : null;
  }

  private static @Nullable Long askedAt(Receipt receipt) {
    return receipt.headers().contains(ASKED_AT)
        ? Json.tree(receipt.headers()).path(ASKED_AT).asLongOpt().stream()
            .boxed()
            .findAny()
            .orElse(null)
        : null;
  }

  private Receipt receipt(Source source, Body body, Circumstances circumstances, Draw draw) {
    var id = draw.uuid("receipt");
    var office = Nodes.in(store.settings()).officeOf(source.node());
    return Receipt.arrived(
        id,
        draw,
        source.id(),
        circumstances.office() != null
            ? circumstances.office()
            : office.map(n -> n.id()).orElse(source.node()),
        body.channel(),
        body.contentType(),
        circumstances.headers(),
        body.bytes().length,
        circumstances.signature(),
        circumstances.corrects());
  }

  private Optional<Receipt> owe(
      Receipt receipt, RawBody raw, Source source, Body body, String reason) {
    var guid = guid(source, body, receipt);
    return store.write(
        WorkQueue.LEADS,
        batch ->
            isTooLate(batch, receipt)
                ? Optional.empty()
                : Optional.of(owe(batch, receipt, raw, guid, reason)));
  }

  /// Whether the receipt that this one is to correct does not wait for that any more.
  private static boolean isTooLate(Batch batch, Receipt receipt) {
    if (receipt.corrects() == null) {
      return false;
    }
    var old = batch.find(Tables.RECEIPT, receipt.corrects());
    return old == null || !Aside.isMendable(batch, old);
  }

  private String guid(Source source, Body body, Receipt receipt) {
    try {
      var lead = connectors.apply(source.contract()).peekLeadId(body);
      return lead == null ? receipt.guid() : Draw.named(source.id(), lead);
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("Not even the lead's id could be read of receipt {}", receipt.id(), e);
      return receipt.guid();
    }
  }

  public static Receipt owe(Batch batch, Receipt receipt, RawBody raw, String guid, String reason) {
    long seq = batch.append("receipt.owed", receipt.sourceId(), receipt.id());
    var owed = receipt.became(Receipt.State.OWED, null, 0, guid, reason, seq);
    batch.put(Tables.RECEIPT, owed);
    batch.put(Tables.RAW, raw);
    return owed;
  }

  private Decision.Decided decide(Batch batch, Intake intake, Body body) {
    var decided = decision.decide(batch, intake);
    var lead = decided.lead();
    if (lead != null && lead.version() == 1 && decided.receipt().state() == Receipt.State.DONE) {
      batch.afterCommit(() -> created.accept(lead));
    }
    decided
        .planned()
        .ifPresent(plan -> {
          if (decided.lead() != null
              && intake.content() instanceof Intake.Content.OfLead content
              && !plan.deliveries().isEmpty()) {
            var version =
                new Messages.Version(
                    decided.lead(),
                    content.lead(),
                    decided.receipt().version(),
                    decided.receipt().at(),
                    decided.receipt().message(),
                    decided.receipt().contentType(),
                    body.bytes(),
                    Messages.trail(decided.receipt()),
                    batch.now(),
                    Messages.traceparent(decided.receipt()));
            batch.afterCommit(() -> messages.keep(version));
          }
          if (!plan.deliveries().isEmpty()) {
            batch.afterCommit(() -> plannedCount.accept(plan.deliveries().size()));
          }
          if (!plan.claims().isEmpty()) {
            batch.afterCommit(() -> lanes.accept(plan.claims()));
          }
        });
    return decided;
  }

  /// The decision about a receipt, or, where that fails, the receipt as owed.
  private final class AcceptUnit implements Unit<Optional<Receipt>> {
    private final Intake intake;
    private final Body body;
    private final List<Wanted> wanted;

    /// When it ran, and how many deliveries it planned; read after the commit.
    private long began;

    private long ended;
    private int planned;

    AcceptUnit(Intake intake, Body body) {
      this.intake = intake;
      this.body = body;
      wanted = Decision.wanted(store.settings(), intake);
    }

    @Override
    public List<Wanted> wanted() {
      return wanted;
    }

    @Override
    public Optional<Receipt> run(Batch batch) {
      began = System.nanoTime();
      if (isTooLate(batch, intake.receipt())) {
        return Optional.empty();
      }
      var pause = SourcePause.find(batch.settings(), intake.receipt().sourceId());
      if (pause.isPresent()) {
        return Optional.of(
            owe(batch, intake.receipt(), intake.raw(), intake.guid(), pause.get().reason()));
      }
      var decided = decide(batch, intake, body);
      planned = decided.planned().map(p -> p.deliveries().size()).orElse(0);
      ended = System.nanoTime();
      return Optional.of(decided.receipt());
    }

    @Override
    public int size() {
      return intake.raw().body().length + 4096;
    }

    @Override
    public Optional<Unit<Optional<Receipt>>> instead() {
      return Optional.of(batch ->
          isTooLate(batch, intake.receipt())
              ? Optional.empty()
              : Optional.of(
                  owe(
                      batch,
                      intake.receipt(),
                      intake.raw(),
                      intake.guid(),
                      "Deciding took too long or failed by a defect of ours.")));
    }
  }
}
