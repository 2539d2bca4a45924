package dev.porchlight.console.leads;

import dev.porchlight.access.Permission;
import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Section;
import dev.porchlight.console.Sentence;
import dev.porchlight.console.Time;
import dev.porchlight.console.Visit;
import dev.porchlight.desk.Aside;
import dev.porchlight.desk.KeptBody;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.Resubmission;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.erasure.Pins;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.web.Reply;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// `/console/receipts`: each request as it arrived, raw and read side by side, with every violation
/// at its place; what nobody could read is mended and taken again here.
public final class ReceiptSection implements Section {
  private static final int AT_ONCE = 50;
  private static final Logger LOG = LoggerFactory.getLogger(ReceiptSection.class);
  private static final int EDITABLE = 100_000;
  private static final String PATH = "/console/receipts";

  private final Store store;
  private final Receipts receipts;
  private final Resubmission resubmission;
  private final BiFunction<String, Body, Reading> reader;
  private final Deeds deeds;
  private final PinPart pins;

  /// @param reader reads a body by the contract of that name
  public ReceiptSection(
      Store store,
      Receipts receipts,
      Resubmission resubmission,
      BiFunction<String, Body, Reading> reader,
      Deeds deeds) {
    this.store = store;
    this.receipts = receipts;
    this.resubmission = resubmission;
    this.reader = reader;
    this.deeds = deeds;
    pins = new PinPart(store, deeds);
  }

  /// One line of the list.
  record Row(String href, Time at, String source, Badge state, String message, String reason) {}

  record Listed(List<Row> rows, Pager pager, String state, List<Choice> states) {}

  /// @param value what the form sends
  record Choice(String value, String text) {}

  /// One receipt.
  ///
  /// @param bodiless why there is no body to be seen; empty when there is
  /// @param read what the connector reads of it now; empty when it can't
  /// @param unread why it can't be read; empty when it can
  /// @param taken whether anything was taken of it; else no remedy took place
  /// @param lead the address of its lead; empty for none
  /// @param mendableHere whether it may be mended, and from a form its bytes come back as they were
  /// @param cut whether it may be mended, and no more than the beginning of its body is kept
  /// @param editable its body, where it may be mended; empty else, and where it can't be shown so
  ///   that its bytes come back as they were
  /// @param mending how it may be mended
  /// @param marks that somebody put it aside, or took it back, the oldest first
  /// @param aside the field of the form that puts it aside; null where it can't be
  /// @param reopenable whether it is aside and may be taken back
  /// @param pin whether it is kept; null of an erased one
  record One(
      String id,
      Time at,
      String source,
      Badge state,
      String reason,
      List<Fact> facts,
      List<Marked.Line> raw,
      String bodiless,
      List<Marked.Line> read,
      String unread,
      int violations,
      boolean taken,
      String lead,
      boolean mendable,
      boolean mendableHere,
      boolean cut,
      String editable,
      String mending,
      String error,
      List<Sentence> marks,
      Form.@Nullable Field aside,
      boolean reopenable,
      PinPart.@Nullable View pin) {}

  @Override
  public String name() {
    return "receipts";
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/receipts", Permission.READ, this::list);
    paths.get("/receipts/{id}", Permission.READ, this::show);
    paths.post("/receipts/{id}/resubmit", Permission.WORK, this::resubmit);
    paths.post("/receipts/{id}/aside", Permission.WORK, this::putAside);
    paths.post("/receipts/{id}/reopen", Permission.WORK, this::takeBack);
    pins.addTo(paths, Pins.Kind.RECEIPT, v -> show(v, v::refused));
  }

  private Reply list(Visit visit) {
    var state =
        visit
            .query("state")
            .flatMap(w ->
                Arrays.stream(Receipt.State.values()).filter(s -> s.word().equals(w)).findFirst())
            .orElse(null);
    var before = visit.query("before").filter(b -> b.matches("[0-9a-f-]{36}")).orElse("");
    var found =
        receipts.search(visit.scope(), new Receipts.Query(state, null, null, before, AT_ONCE));
    var shown = found.rows();
    var chosen = state == null ? "" : state.word();
    var filter = chosen.isEmpty() ? "" : "&state=" + chosen;
    var states =
        Arrays.stream(Receipt.State.values())
            .map(s -> new Choice(s.word(), visit.texts().of("receipt.state." + s.word())))
            .toList();
    return visit.page(
        "leads/receipts.jte",
        new Listed(
            shown.stream().map(r -> row(visit, r)).toList(),
            new Pager(
                before.isEmpty() ? "" : PATH + "?" + filter,
                found.next().map(p -> PATH + "?before=" + p + filter).orElse("")),
            chosen,
            states));
  }

  private Row row(Visit visit, Receipt receipt) {
    return new Row(
        PATH + "/" + receipt.id(),
        visit.time(receipt.at()),
        source(visit, receipt),
        badge(visit, receipt),
        Clean.line(receipt.message()),
        Clean.line(receipt.reason()));
  }

  private String source(Visit visit, Receipt receipt) {
    return Clean.line(
        Sources.in(store.settings())
            .find(receipt.sourceId())
            .map(Source::name)
            .orElse(visit.texts().of("source.gone")));
  }

  private static Badge badge(Visit visit, Receipt receipt) {
    return new Badge(
        StoryTeller.tone(receipt.state()),
        visit.texts().of("receipt.state." + receipt.state().word()));
  }

  private Reply show(Visit visit) {
    return show(visit, visit::page);
  }

  private Reply show(Visit visit, BiFunction<String, Object, Reply> page) {
    return receipts
        .find(visit.scope(), visit.path("id"))
        .map(r -> page.apply("leads/receipt.jte", one(visit, r, null, "")))
        .orElseGet(visit::missing);
  }

  private One one(Visit visit, Receipt receipt, @Nullable String typed, String error) {
    var raw = receipts.findRaw(receipt.id());
    var violations = receipts.listViolations(receipt.id());
    var source = Sources.in(store.settings()).find(receipt.sourceId());
    var read = new ArrayList<Marked.Line>();
    var unread = raw.isEmpty() ? visit.texts().of("receipts.gone") : "";
    if (raw.isPresent() && source.isPresent()) {
      switch (read(source.get(), receipt, raw.get())) {
        case Reading.Facts facts ->
            facts
                .facts()
                .forEach(f -> {
                  switch (f) {
                    case Lead lead ->
                        read.addAll(
                            Marked.lines(
                                LeadJson.write(lead).toString().getBytes(StandardCharsets.UTF_8),
                                List.of()));
                  }
                });
        case Reading.Unreadable no -> unread = Clean.line(no.reason());
        case null -> unread = visit.texts().of("receipts.defect");
      }
    }
    var mayWork = visit.may(Permission.WORK);
    var mendable =
        mayWork
            && (receipt.state() == Receipt.State.QUARANTINED
                || receipt.state() == Receipt.State.ASIDE
                    && Aside.was(store, receipt.id())
                        .filter(w -> w == Receipt.State.QUARANTINED)
                        .isPresent());
    var texts = visit.texts();
    var facts = new ArrayList<Fact>();
    source.ifPresent(s -> facts.add(new Fact(texts.of("receipt.contract"), s.contract())));
    if (!receipt.channel().isEmpty()) {
      facts.add(new Fact(texts.of("receipt.channel"), "/" + Clean.line(receipt.channel())));
    }
    facts.add(
        new Fact(
            texts.of("receipt.body"),
            texts.of("receipt.size", receipt.size())
                + (receipt.contentType().isEmpty()
                    ? ""
                    : " · " + Clean.line(receipt.contentType()))));
    if (!receipt.signature().isEmpty()) {
      facts.add(new Fact(texts.of("receipt.signature"), Clean.line(receipt.signature())));
    }
    facts.add(new Fact(texts.of("receipt.id"), receipt.id()));
    var bodiless =
        raw.isEmpty()
            ? texts.of("receipts.gone")
            : raw.get().length == 0 ? texts.of("receipts.empty") : "";
    var editable =
        typed != null
            ? typed
            : raw.filter(b -> b.length <= EDITABLE).flatMap(b -> exact(b)).orElse("");
    return new One(
        receipt.id(),
        visit.time(receipt.at()),
        source(visit, receipt),
        badge(visit, receipt),
        Clean.line(receipt.reason()),
        facts,
        raw.map(b -> Marked.lines(b, violations, receipt.reason())).orElse(List.of()),
        bodiless,
        read,
        unread,
        violations.size(),
        receipt.leadId() != null,
        receipt.leadId() == null ? "" : "/console/leads/" + receipt.leadId(),
        mendable,
        mendable && (!editable.isEmpty() || raw.filter(b -> b.length == 0).isPresent()),
        mendable && KeptBody.cut(receipt).isPresent(),
        mendable ? editable : "",
        texts.of(
            !editable.isEmpty()
                ? "receipts.mend.text"
                : raw.filter(b -> b.length == 0).isPresent()
                    ? "receipts.mend.empty"
                    : "receipts.mend.bytes"),
        error,
        marks(visit, receipt),
        mayWork
                && (receipt.state() == Receipt.State.QUARANTINED
                    || receipt.state() == Receipt.State.REFUSED)
            ? reason(visit)
            : null,
        mayWork && receipt.state() == Receipt.State.ASIDE,
        receipt.erasedAt() == null
            ? pins.of(visit, Pins.Kind.RECEIPT, receipt.id(), receipt.leadId())
            : null);
  }

  private static Form.Field reason(Visit visit) {
    var form = visit.request().method().equals("POST") ? visit.form() : Form.empty();
    return form.field("reason", visit.texts().of("receipts.aside.reason"))
        .longest(Aside.LONGEST_REASON)
        .needed();
  }

  private List<Sentence> marks(Visit visit, Receipt receipt) {
    return ReceiptTeller.marks(visit.texts(), store, receipt, visit.now());
  }

  private Reply putAside(Visit visit) throws Exception {
    var body = Json.object();
    if (!visit.form().text("reason").isEmpty()) {
      body.put("reason", visit.form().text("reason"));
    }
    return move(visit, "aside", body);
  }

  private Reply takeBack(Visit visit) throws Exception {
    return move(visit, "reopened", Json.object());
  }

  private Reply move(Visit visit, String key, ObjectNode body) throws Exception {
    var how = key.equals("aside") ? "/receipts/{id}/aside" : "/receipts/{id}/reopen";
    var done = deeds.act(visit, "POST", how, visit.path("id"), body);
    var receipt = receipts.find(visit.scope(), visit.path("id"));
    if (receipt.isEmpty() || done.isMissing()) {
      return visit.missing();
    }
    if (done.isFine()) {
      return visit.done("/receipts/" + receipt.get().id(), key);
    }
    var aside = receipt.get().state() != Receipt.State.ASIDE && key.equals("aside");
    if (aside && done.status() == 400) {
      visit.form().refuse("reason", visit.texts().english(done.sentence()).text());
      return visit.refused("leads/receipt.jte", one(visit, receipt.get(), null, ""));
    }
    return visit.refused(
        "leads/receipt.jte",
        one(visit, receipt.get(), null, visit.texts().of("receipts.aside.not")));
  }

  /// A body as text that can be sent back as the same bytes; empty where it can't: mended in one
  /// place it would be spoilt in others.
  private static Optional<String> exact(byte[] body) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
  }

  private @Nullable Reading read(Source source, Receipt receipt, byte[] bytes) {
    try {
      return KeptBody.read(body -> reader.apply(source.contract(), body), receipt, bytes);
    } catch (RuntimeException e) {
      LOG.error("A defect: a receipt for {} can't be read", source.name(), e);
      return null;
    }
  }

  private Reply resubmit(Visit visit) {
    var found = receipts.find(visit.scope(), visit.path("id"));
    if (found.isEmpty()) {
      return visit.missing();
    }
    // A text area sends line ends as CRLF; JSON does not mind.
    var typed = visit.form().raw("body");
    return switch (resubmission.resubmit(
        found.get(), typed.getBytes(StandardCharsets.UTF_8), visit.principal().id())) {
      case Resubmission.Outcome.Refused(var why) ->
          visit.refused("leads/receipt.jte", one(visit, found.get(), typed, why));
      case Resubmission.Outcome.Unreadable(var why) ->
          visit.refused(
              "leads/receipt.jte",
              one(
                  visit,
                  found.get(),
                  typed,
                  visit
                      .texts()
                      .of("receipts.still", visit.texts().english(Clean.line(why)).text())));
      case Resubmission.Outcome.Taken(var receipt) ->
          receipt.state() == Receipt.State.QUARANTINED
              ? visit.refused(
                  "leads/receipt.jte",
                  one(
                      visit,
                      found.get(),
                      typed,
                      visit.texts().of("receipts.still", Clean.line(receipt.reason()))))
              : visit.done("/receipts/" + receipt.id(), "resubmitted");
    };
  }
}
