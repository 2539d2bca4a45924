package dev.porchlight.console.sources;

import dev.porchlight.access.Clients;
import dev.porchlight.access.ConsoleRole;
import dev.porchlight.access.Permission;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.Body;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Pager;
import dev.porchlight.console.Pulse;
import dev.porchlight.console.Section;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Tone;
import dev.porchlight.console.Visit;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.MailChannel;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.SourcePause;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.poll.Polling;
import dev.porchlight.desk.setup.SetupException;
import dev.porchlight.desk.setup.SourceSetup;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// `/console/sources`: who sends to us, a form for a new one that says what to paste where, and the
/// page of each.
public final class SourceSection implements Section {
  static final String PATH = "/console/sources/";
  private static final String LIST = "/console/sources";
  private static final int AT_ONCE = 50;

  private static final int LOOKED_AT = 20;
  private static final int SHOWN = 20;
  private static final List<Integer> OVERLAPS = List.of(24, 1, 72, 168, 0);

  private final Store store;
  private final SourceSetup setup;
  private final Receipts receipts;
  private final Desk desk;
  private final List<String> contracts;
  private final Map<String, String> channels;
  private final Function<String, Optional<Body>> sample;
  private final SignaturePages signatures;
  private final Deeds deeds;
  private final SourceChange changes;

  /// @param channels the contracts that can be received, each with its channel, which may be empty
  /// @param sample a test lead as a sender of that contract would write it; empty where that can't
  ///   be marked as a test
  public SourceSection(
      Store store,
      SourceSetup setup,
      Receipts receipts,
      Desk desk,
      Map<String, String> channels,
      Function<String, Optional<Body>> sample,
      Deeds deeds) {
    this.deeds = deeds;
    changes = new SourceChange(store, deeds);
    this.store = store;
    this.setup = setup;
    this.receipts = receipts;
    this.desk = desk;
    this.channels = Map.copyOf(channels);
    this.contracts = channels.keySet().stream().sorted(SourceSection::usualFirst).toList();
    this.sample = sample;
    signatures = new SignaturePages(setup, receipts);
  }

  private static int usualFirst(String one, String other) {
    var usual = List.of("connections-plus", "lead-delivery", "seeker-leads", "porchlight", "mail");
    Function<String, Integer> place = c -> usual.contains(c) ? usual.indexOf(c) : usual.size();
    return Comparator.comparing(place).thenComparing(Comparator.naturalOrder()).compare(one, other);
  }

  @Override
  public String name() {
    return "sources";
  }

  @Override
  public boolean isFor(ConsoleRole.Kind role) {
    return role != ConsoleRole.Kind.AGENT;
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/sources", Permission.READ, this::list);
    paths.get("/sources/new", Permission.ADMIN, v -> v.page("sources/new.jte", form(v, "")));
    paths.post("/sources/new", Permission.ADMIN, this::make);
    paths.get("/sources/{id}", Permission.READ, v -> on(v, s -> show(v, s, "")));
    paths.post("/sources/{id}/key", Permission.ADMIN, v -> on(v, s -> rotate(v, s)));
    paths.post("/sources/{id}/pause", Permission.ADMIN, v -> act(v, "pause", "source.paused"));
    paths.post("/sources/{id}/resume", Permission.ADMIN, v -> act(v, "resume", "source.resumed"));
    paths.get("/sources/{id}/change", Permission.ADMIN, changes::show);
    paths.post("/sources/{id}/change", Permission.ADMIN, changes::save);
    paths.post("/sources/{id}/mail", Permission.ADMIN, this::openMail);
    paths.post("/sources/{id}/no-mail", Permission.ADMIN, this::closeMail);
    paths.post("/sources/{id}/test", Permission.ADMIN, v -> on(v, s -> test(v, s)));
    paths.get("/sources/{id}/signature", Permission.ADMIN, v -> on(v, s -> signatures.show(v, s)));
    paths.post("/sources/{id}/signature", Permission.ADMIN, v -> on(v, s -> signatures.look(v, s)));
  }

  @FunctionalInterface
  private interface Answer {
    Reply of(Source source);
  }

  private Reply on(Visit visit, Answer answer) {
    var settings = store.settings();
    return Sources.in(settings)
        .find(visit.path("id"))
        .filter(s -> visit.scope().containsNode(Nodes.in(settings), s.node()))
        .map(answer::of)
        .orElseGet(visit::missing);
  }

  private Reply act(Visit visit, String what, String key) throws Exception {
    var done = deeds.act(visit, "POST", "/sources/{id}/" + what, visit.path("id"), Json.object());
    if (done.isFine()) {
      return visit.done("/sources/" + visit.path("id"), key);
    }
    return done.isMissing() ? visit.missing() : visit.notAllowed();
  }

  /// Shows the new address of mail this once.
  private Reply openMail(Visit visit) throws Exception {
    var done =
        deeds.act(visit, "POST", "/sources/{id}/mail-address", visit.path("id"), Json.object());
    return done.isFine()
        ? on(visit, s -> show(visit, s, "", done.text("local_part")))
        : visit.missing();
  }

  private Reply closeMail(Visit visit) throws Exception {
    var done =
        deeds.act(visit, "DELETE", "/sources/{id}/mail-address", visit.path("id"), Json.object());
    return done.isFine()
        ? visit.done("/sources/" + visit.path("id"), "source.mail.closed")
        : visit.missing();
  }

  private Reply list(Visit visit) {
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    int skip =
        visit.query("skip").filter(n -> n.matches("[0-9]{1,8}")).map(Integer::parseInt).orElse(0);
    var seen =
        Sources.in(settings).all().stream()
            .filter(s -> visit.scope().containsNode(nodes, s.node()))
            .skip(skip)
            .limit(AT_ONCE + 1)
            .toList();
    return visit.page(
        "sources/list.jte",
        new SourceView.Listed(
            seen.stream().limit(AT_ONCE).map(s -> line(visit, nodes, s)).toList(),
            new Pager(
                skip == 0 ? "" : LIST,
                seen.size() > AT_ONCE ? LIST + "?skip=" + (skip + AT_ONCE) : ""),
            visit.may(Permission.ADMIN)));
  }

  private SourceView.Line line(Visit visit, Nodes nodes, Source source) {
    var newest = newest(visit, source, "", LOOKED_AT).rows();
    return new SourceView.Line(
        PATH + source.id(),
        Clean.line(source.name()),
        source.contract(),
        Clean.line(nodes.find(source.node()).map(Node::name).orElse("")),
        standing(visit.texts(), source, newest),
        newest.isEmpty() ? null : visit.time(newest.getFirst().at()));
  }

  /// @param before only those whose id is less; empty for the newest
  private Picked<Receipt, String> newest(Visit visit, Source source, String before, int most) {
    return receipts.search(
        visit.scope(), new Receipts.Query(null, source.id(), null, before, most));
  }

  /// How the newest requests ended, at a glance.
  private List<Badge> standing(Texts t, Source source, List<Receipt> newest) {
    var badges = new ArrayList<Badge>();
    SourcePause.find(store.settings(), source.id())
        .ifPresent(p ->
            badges.add(
                p.resuming()
                    ? new Badge(Tone.WAITING, t.of("source.pause.resuming"))
                    : new Badge(Tone.BAD, t.of("source.pause.paused"))));
    if (newest.isEmpty()) {
      badges.add(new Badge(Tone.WAITING, t.of("source.quiet")));
    }
    for (var state : Receipt.State.values()) {
      long n = newest.stream().filter(r -> r.state() == state).count();
      if (n > 0) {
        badges.add(new Badge(tone(state), n + " " + state(t, state)));
      }
    }
    return badges;
  }

  private static String state(Texts t, Receipt.State state) {
    return t.of("receipt.state." + state.word());
  }

  private static Tone tone(Receipt.State state) {
    return switch (state) {
      case DONE -> Tone.GOOD;
      case REPEAT, ASIDE, MENDED, ERASED -> Tone.PLAIN;
      case OWED -> Tone.WAITING;
      case QUARANTINED, REFUSED -> Tone.BAD;
    };
  }

  private SourceView.New form(Visit visit, String trouble) {
    var t = visit.texts();
    var form = visit.request().method().equals("POST") ? visit.form() : Form.empty();
    var nodes = Nodes.in(store.settings());
    return new SourceView.New(
        form.field("name", t.of("source.name")).hint(t.of("source.name.hint")).longest(64).needed(),
        form.field("contract", t.of("source.who")).or(contracts.getFirst()),
        contracts.stream().map(c -> new Choice(c, label(t, c))).toList(),
        contracts.stream().map(c -> new SourceView.Guide(label(t, c), guide(t, c))).toList(),
        form.field("node", t.of("source.node"))
            .hint(t.of("source.node.hint"))
            .or(nodes.defaultOffice().id()),
        Choice.ofNodes(visit, nodes, n -> n.kind() == Node.Kind.OFFICE),
        form.field("region", t.of("source.region"))
            .hint(t.of("source.region.hint"))
            .longest(2)
            .or(SourceSetup.REGION),
        form.field("api_key", t.of("source.key.field")).hint(t.of("source.key.hint")).longest(256),
        trouble);
  }

  private static String label(Texts t, String contract) {
    var key = "contract." + contract;
    return t.has(key) ? t.of(key) : contract;
  }

  private static String guide(Texts t, String contract) {
    var key = "guide." + contract;
    return t.has(key) ? t.of(key) : t.of("guide.other");
  }

  private Reply make(Visit visit) {
    var form = visit.form();
    try {
      var key = form.text("api_key");
      var prepared =
          setup.prepare(
              new SourceSetup.Wanted(
                  form.text("name"),
                  form.text("contract"),
                  form.text("node").isEmpty() ? null : form.text("node"),
                  form.text("region"),
                  null,
                  null,
                  null,
                  key.isEmpty() ? null : key));
      var source = store.write(WorkQueue.EDITS, batch -> setup.put(batch, visit.scope(), prepared));
      return show(visit, source, prepared.key().text());
    } catch (SetupException e) {
      return refused(visit, e);
    }
  }

  private Reply refused(Visit visit, SetupException e) {
    var field =
        e.member().isEmpty() && e.sentence().contains("region")
            ? "region"
            : e.member().isEmpty() ? "name" : e.member();
    var sentence = sentence(visit, e);
    visit.form().refuse(field, sentence);
    boolean shown = Set.of("name", "contract", "node", "region", "api_key").contains(field);
    return visit.refused("sources/new.jte", form(visit, shown ? "" : sentence));
  }

  private static String sentence(Visit visit, SetupException e) {
    var text = Clean.line(e.sentence());
    return text.isEmpty()
        ? text
        : visit.texts().english(Character.toUpperCase(text.charAt(0)) + text.substring(1)).text();
  }

  /// The name of a member who did something; of others, what they are called.
  private String who(String principal) {
    return Clean.line(
        Nodes.in(store.settings())
            .find(principal.replaceFirst("^member ", ""))
            .map(Node::name)
            .orElse(principal));
  }

  private Reply rotate(Visit visit, Source source) {
    var asked = visit.form().text("overlap");
    var hours =
        asked.isEmpty()
            ? Optional.of(OVERLAPS.getFirst())
            : OVERLAPS.stream().filter(o -> o.toString().equals(asked)).findFirst();
    if (hours.isEmpty()) {
      visit.form().refuse("overlap", visit.texts().of("overlap.wrong"));
      return show(visit, source, "");
    }
    var overlap = Duration.ofHours(hours.get());
    var key = setup.key(source.id(), null);
    store.write(
        WorkQueue.EDITS,
        batch -> {
          setup.rotate(batch, key, overlap);
          return true;
        });
    return show(visit, source, key.text());
  }

  /// Takes a test lead as if it had come through the door, so that its whole way can be seen.
  private Reply test(Visit visit, Source source) {
    var body = sample.apply(source.contract());
    if (body.isEmpty()) {
      return visit.missing();
    }
    var note = Json.object().put("tested_by", visit.principal().id());
    var receipt =
        desk.accept(source, body.get(), new Desk.Circumstances(note.toString(), "", null));
    return switch (receipt.state()) {
      case DONE, REPEAT -> visit.done("/sources/" + source.id(), "source.tested");
      default -> visit.done("/sources/" + source.id(), "source.tested.held");
    };
  }

  private Reply show(Visit visit, Source source, String key) {
    return show(visit, source, key, "");
  }

  private Reply show(Visit visit, Source source, String key, String mailbox) {
    var t = visit.texts();
    var pause = SourcePause.find(store.settings(), source.id());
    var newest = newest(visit, source, "", LOOKED_AT).rows();
    var before = visit.query("before").filter(b -> b.matches("[0-9a-f-]{36}")).orElse("");
    var came = newest(visit, source, before, SHOWN);
    var nodes = Nodes.in(store.settings());
    var form = visit.request().method().equals("POST") ? visit.form() : Form.empty();
    var facts = new ArrayList<Fact>();
    facts.add(new Fact(t.of("source.contract"), label(t, source.contract())));
    facts.add(
        new Fact(
            t.of("source.node"), Clean.line(nodes.find(source.node()).map(Node::name).orElse(""))));
    facts.add(new Fact(t.of("source.region"), source.region()));
    if (source.portal() != null) {
      facts.add(new Fact(t.of("source.portal"), source.portal()));
    }
    if (source.retention() != null) {
      facts.add(new Fact(t.of("source.retention"), source.retention()));
    }
    Polling.find(store.settings(), source.id())
        .ifPresent(p ->
            facts.add(
                new Fact(
                    t.of("source.polled"),
                    t.of("source.polled.text", Clean.line(p.url()), p.intervalSeconds()))));
    return visit.shown(
        "sources/one.jte",
        new SourceView(
            PATH + source.id(),
            Clean.line(source.name()),
            source.contract(),
            standing(t, source, newest),
            key,
            pastes(visit, source, key),
            guide(t, source.contract()),
            facts,
            setup.listKeys(source.id()).stream()
                .map(k ->
                    new SourceView.Key(
                        Json.tree(k.body()).path("hint").asString(""),
                        visit.time(k.createdAt()),
                        k.expiresAt() == null ? null : visit.time(k.expiresAt())))
                .toList(),
            signature(t, source),
            Pulse.of(
                t,
                visit.now(),
                receipts.countByHour(visit.scope(), source.id(), visit.now()).stream()
                    .map(h ->
                        new Pulse.Mark(
                            visit.now().minus(Duration.ofHours(h.ago())),
                            tone(h.state()),
                            h.count()))
                    .toList()),
            came.rows().stream().map(r -> came(visit, source, r)).toList(),
            new Pager(
                before.isEmpty() ? "" : PATH + source.id() + "#came",
                came.next().map(n -> PATH + source.id() + "?before=" + n + "#came").orElse("")),
            form.field("overlap", t.of("source.overlap")).or("24"),
            OVERLAPS.stream()
                .map(h -> new Choice(h.toString(), t.of("source.overlap.hours", h)))
                .toList(),
            sample.apply(source.contract()).isPresent(),
            pause
                .map(p ->
                    t.of(
                        p.resuming() ? "source.pause.going" : "source.pause.since",
                        visit.time(p.since()).relative(),
                        who(p.by())))
                .orElse(""),
            pause.isPresent() && !pause.get().resuming(),
            Clients.in(store.settings()).find(source.id()).isEmpty(),
            MailChannel.isOpen(store.settings(), source.id()),
            mailbox,
            visit.may(Permission.ADMIN)));
  }

  private List<SourceView.Paste> pastes(Visit visit, Source source, String key) {
    var t = visit.texts();
    var all = new ArrayList<SourceView.Paste>();
    var channel = channels.getOrDefault(source.contract(), "");
    all.add(
        new SourceView.Paste(
            t.of("source.url"),
            visit.request().baseUrl()
                + "/in/"
                + source.name()
                + (channel.isEmpty() ? "" : "/" + channel)));
    all.add(new SourceView.Paste(t.of("source.header"), "X-API-Key"));
    if (!key.isEmpty()) {
      all.add(new SourceView.Paste(t.of("source.key"), key));
    }
    return all;
  }

  private static String signature(Texts t, Source source) {
    if (source.signature() == null) {
      return t.of("source.unsigned");
    }
    var where =
        source
            .signature()
            .path("header")
            .asString(source.signature().path("body_field").asString(""));
    return t.of(
        "source.signed",
        Clean.line(where),
        source.signature().path("algorithm").asString(""),
        t.of("source.policy." + source.signature().path("policy").asString("off")));
  }

  private static SourceView.Came came(Visit visit, Source source, Receipt receipt) {
    return new SourceView.Came(
        visit.time(receipt.at()),
        new Badge(tone(receipt.state()), state(visit.texts(), receipt.state())),
        Clean.line(receipt.message()),
        Clean.line(receipt.reason()),
        Clean.line(receipt.signature()),
        receipt.leadId() == null
            ? "/console/receipts/" + receipt.id()
            : "/console/leads/" + receipt.leadId(),
        source.signature() == null || receipt.erasedAt() != null || !visit.may(Permission.ADMIN)
            ? null
            : PATH + source.id() + "/signature?receipt=" + receipt.id());
  }
}
