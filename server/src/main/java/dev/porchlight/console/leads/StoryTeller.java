package dev.porchlight.console.leads;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Tone;
import dev.porchlight.console.leads.Story.Breach;
import dev.porchlight.console.leads.Story.Change;
import dev.porchlight.console.leads.Story.Item;
import dev.porchlight.console.leads.Story.Lost;
import dev.porchlight.console.leads.Story.Said;
import dev.porchlight.console.leads.Story.Sending;
import dev.porchlight.console.leads.Story.Try;
import dev.porchlight.delivery.Attempt;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.Answered;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Persons;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Money;
import dev.porchlight.value.Property;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Puts the story of a lead together from what the capabilities keep. May be shared by threads.
public final class StoryTeller {
  private static final int MOST = 200;
  private static final int MOST_BREACHES = 100;
  private static final int MOST_CHANGES = 100;
  private static final int MESSAGE = 4_000;
  private static final int ANSWER = 2_000;

  /// What takes longer than this between arrival and consequences was not done in one go.
  private static final Duration AT_ONCE = Duration.ofSeconds(10);

  private final Store store;
  private final Texts texts;
  private final Leads leads;
  private final Receipts receipts;
  private final Persons persons;
  private final Deliveries deliveries;

  public StoryTeller(
      Store store,
      Texts texts,
      Leads leads,
      Receipts receipts,
      Persons persons,
      Deliveries deliveries) {
    this.store = store;
    this.texts = texts;
    this.leads = leads;
    this.receipts = receipts;
    this.persons = persons;
    this.deliveries = deliveries;
  }

  /// An item and its place among those of the same moment.
  private record Placed(Instant at, int rank, Item item) {}

  /// What one telling needs all along.
  private record Known(
      Scope viewer,
      Scope scope,
      LeadRecord lead,
      Settings settings,
      Instant now,
      List<LogEntry> history) {}

  /// The story as it stands; empty when there is no such lead within that scope.
  Optional<Story> tell(Scope scope, String id) {
    return leads
        .find(scope, id)
        .map(lead ->
            tell(
                new Known(
                    scope,
                    // What hangs on a lead lies in the office where it landed.
                    new Scope(false, java.util.Set.of(lead.officeId())),
                    lead,
                    store.settings(),
                    store.now(),
                    leads.listHistory(id))));
  }

  private Story tell(Known known) {
    var record = known.lead();
    var versions = leads.listVersions(record.id());
    var newest = parse(versions.getLast());
    var came =
        receipts
            .list(known.scope(), new Receipts.Query(null, null, record.id(), "", MOST))
            .reversed();
    var owed =
        deliveries
            .list(known.scope(), new Deliveries.Query(null, record.id(), null, MOST))
            .reversed();
    var source = Sources.in(known.settings()).find(record.sourceId());

    var placed = new ArrayList<Placed>();
    came.forEach(r -> placed.add(new Placed(r.at(), 0, receipt(known, r, source, versions))));
    placed.add(new Placed(record.createdAt(), 1, person(known, newest.enquirer())));
    placed.add(new Placed(record.createdAt(), 2, answers(known)));
    owed.forEach(s ->
        placed.add(
            new Placed(
                s.delivery().plannedAt(),
                3,
                delivery(s, known.settings(), known.now(), known.history(), ANSWER))));
    known.history().stream()
        .filter(l -> l.kind().equals(Answered.KIND))
        .forEach(l -> placed.add(new Placed(l.at(), 4, answered(known, l))));
    if (record.erasedAt() != null) {
      placed.add(new Placed(record.erasedAt(), 4, erased(known, record.erasedAt())));
    }
    placed.sort(Comparator.comparing(Placed::at).thenComparing(Placed::rank));

    return new Story(
        record.id(),
        known.now().toString(),
        record.erasedAt() == null ? name(newest.enquirer()) : texts.of("who.erased"),
        record.test(),
        summary(record, owed),
        who(newest.enquirer()),
        texts.of("wants." + newest.intent().word()),
        about(newest),
        place(newest),
        figures(newest),
        said(Objects.requireNonNullElse(newest.message(), ""), MESSAGE),
        what(newest),
        more(newest, record),
        placed.stream().map(Placed::item).toList(),
        came.size() >= MOST || owed.size() >= MOST ? texts.of("story.cut", MOST) : "");
  }

  /// A lead in a line.
  ///
  /// @param wants what it is about, in a few words
  /// @param arose when the portal says it arose; null where it says nothing
  ///
  /// @param about the home that the lead names; null for none
  public record Gist(
      String name, String wants, @Nullable Instant arose, @Nullable Property about) {}

  /// The newest version of a lead in a line.
  public Gist gist(LeadRecord record) {
    var newest = parse(leads.getNewest(record));
    return new Gist(
        record.erasedAt() == null ? name(newest.enquirer()) : texts.of("who.erased"),
        texts.of("wants." + newest.intent().word()),
        newest.timestamp() == null ? null : newest.timestamp().at(),
        record.erasedAt() == null && newest.interest() instanceof Interest.InListing(var home)
            ? home
            : null);
  }

  private static Lead parse(Leads.Version version) {
    return LeadJson.parse(version.fact().getBytes(StandardCharsets.UTF_8));
  }

  private String name(Enquirer who) {
    var parts =
        Stream.of(who.firstName(), who.lastName())
            .filter(Objects::nonNull)
            .collect(Collectors.joining(" "));
    var name = parts.isBlank() ? Objects.requireNonNullElse(who.fullName(), "") : parts;
    return name.isBlank() ? texts.of("who.unnamed") : Clean.line(name);
  }

  /// How it stands, at a glance.
  List<Badge> summary(LeadRecord record, List<Deliveries.Standing> owed) {
    var badges = new ArrayList<Badge>();
    if (record.test()) {
      badges.add(new Badge(Tone.PLAIN, texts.of("badge.test")));
    }
    if (record.erasedAt() != null) {
      badges.add(new Badge(Tone.PLAIN, texts.of("badge.erased")));
    }
    if (owed.isEmpty()) {
      badges.add(new Badge(Tone.PLAIN, texts.of("badge.nowhere")));
    }
    for (var state : DeliveryState.State.values()) {
      long count = owed.stream().filter(s -> s.state().state() == state).count();
      if (count > 0) {
        badges.add(new Badge(tone(state), texts.of("badge." + state.word(), count)));
      }
    }
    if (record.version() > 1) {
      badges.add(new Badge(Tone.PLAIN, texts.of("badge.version", record.version())));
    }
    return badges;
  }

  static Tone tone(DeliveryState.State state) {
    return switch (state) {
      case DELIVERED -> Tone.GOOD;
      case PENDING -> Tone.WAITING;
      case DEAD, UNWRITABLE -> Tone.BAD;
      case DROPPED -> Tone.PLAIN;
    };
  }

  static Tone tone(Receipt.State state) {
    return switch (state) {
      case DONE -> Tone.GOOD;
      case REPEAT, MENDED, ERASED -> Tone.PLAIN;
      case OWED -> Tone.WAITING;
      case QUARANTINED, REFUSED -> Tone.BAD;
    };
  }

  private List<Fact> who(Enquirer who) {
    var facts = new ArrayList<Fact>();
    if (who.email() != null) {
      facts.add(
          new Fact(
              texts.of("who.email"),
              checked(who.email(), who.emailStatus()),
              Clean.mailto(who.email())));
    }
    if (who.phone() != null) {
      facts.add(
          new Fact(
              texts.of("who.phone"),
              checked(who.phone(), who.phoneStatus()),
              Clean.tel(who.phone())));
    }
    return facts;
  }

  private static String checked(String value, @Nullable String verdict) {
    return Clean.line(value) + (verdict == null ? "" : " (" + Clean.line(verdict) + ")");
  }

  private String about(Lead lead) {
    return switch (lead.interest()) {
      case null -> "";
      case dev.porchlight.value.Interest.InListing _ -> texts.of("what.listing");
      case dev.porchlight.value.Interest.HomeToSell _ -> texts.of("what.home");
      case dev.porchlight.value.Interest.Search _ -> texts.of("what.search");
    };
  }

  private static @Nullable Property property(Lead lead) {
    var interest = lead.interest();
    return interest == null ? null : interest.property();
  }

  private static String place(Lead lead) {
    var property = property(lead);
    var address = property == null ? null : property.address();
    if (address == null) {
      return "";
    }
    var region =
        Stream.of(address.state(), address.postalCode())
            .filter(Objects::nonNull)
            .collect(Collectors.joining(" "));
    return Clean.line(
        Stream.of(address.street(), address.city(), region.isEmpty() ? null : region)
            .filter(Objects::nonNull)
            .collect(Collectors.joining(", ")));
  }

  private List<String> figures(Lead lead) {
    var property = property(lead);
    var figures = new ArrayList<String>();
    if (property != null) {
      figure(figures, "what.price", money(property.listPrice()));
      figure(figures, "what.value", money(property.estimatedValue()));
      figure(figures, "what.beds", number(property.beds()));
      figure(figures, "what.baths", number(property.baths()));
      figure(figures, "what.area", number(property.squareFeet()));
    }
    return figures;
  }

  private void figure(List<String> figures, String key, @Nullable String value) {
    if (value != null) {
      figures.add(texts.of(key, value));
    }
  }

  private @Nullable String money(@Nullable Money money) {
    return money == null ? null : texts.money(money.amount(), money.currency());
  }

  private @Nullable String number(@Nullable BigDecimal number) {
    return number == null ? null : texts.number(number);
  }

  private List<Fact> what(Lead lead) {
    var facts = new Facts();
    var property = property(lead);
    if (property != null) {
      if (property.listingUrl() != null) {
        facts.link("what.page", property.listingUrl(), Clean.web(property.listingUrl()));
      }
      facts.add("what.mls", join(" · ", property.mlsId(), property.mlsName()));
      facts.add("what.type", property.propertyType());
      facts.add("what.status", property.listingStatus());
      facts.add("what.days", number(property.daysOnMarket()));
    }
    return facts.list;
  }

  private List<Fact> more(Lead lead, LeadRecord record) {
    var facts = new Facts();
    var time = lead.timestamp();
    if (time != null) {
      var told = texts.time(time.at(), time.at()).exact();
      facts.add("more.arose", time.zoneAssumed() ? texts.of("more.assumed", told) : told);
    }
    var agent = lead.listingAgent();
    if (agent != null) {
      facts.add(
          "more.agent",
          join(" · ", agent.name(), agent.office(), agent.broker(), agent.email(), agent.phone()));
    }
    var recipient = lead.recipient();
    if (recipient != null) {
      facts.add(
          "more.recipient", join(" · ", recipient.name(), recipient.email(), recipient.kind()));
    }
    var finance = lead.finance();
    if (finance != null) {
      facts.add("more.budget", join(" – ", money(finance.budgetMin()), money(finance.budgetMax())));
      facts.add("more.financing", finance.financingType());
      facts.add("more.approved", yesNo(finance.preApproved()));
      facts.add("more.credit", finance.creditScore());
      facts.add("more.veteran", yesNo(finance.veteran()));
    }
    var scores = lead.scores();
    if (scores != null) {
      facts.add("more.likely", yesNo(scores.likelyToTransact()));
      facts.add("more.probability", number(scores.probability()));
    }
    var origin = lead.origin();
    if (origin != null) {
      facts.add(
          "more.origin",
          join(" · ", origin.source(), origin.detail(), origin.kind(), origin.method()));
      facts.add("more.paid", origin.paidType());
    }
    lead.qualification().forEach(facts::named);
    lead.consents().forEach(c -> facts.named(c.kind(), c.token()));
    facts.add(record.derived() ? "more.derived" : "more.lead_id", record.externalId());
    lead.externalIds().forEach(facts::named);
    lead.extras().forEach(facts::named);
    facts.add("more.guid", record.guid());
    facts.add("more.id", record.id());
    return facts.list;
  }

  private @Nullable String yesNo(@Nullable Boolean value) {
    return value == null ? null : texts.of(value ? "yes" : "no");
  }

  private static @Nullable String join(String between, @Nullable String... parts) {
    var joined =
        Stream.of(parts)
            .filter(p -> p != null && !p.isEmpty())
            .collect(Collectors.joining(between));
    return joined.isEmpty() ? null : joined;
  }

  /// Facts in the order of their adding; absent ones are left out.
  private final class Facts {
    private final List<Fact> list = new ArrayList<>();

    void add(String key, @Nullable String value) {
      link(key, value, null);
    }

    void link(String key, @Nullable String value, @Nullable String href) {
      if (value != null && !value.isBlank()) {
        list.add(new Fact(texts.of(key), Clean.line(value), href));
      }
    }

    void named(String name, String value) {
      if (list.size() < MOST) {
        list.add(
            new Fact(
                Clean.line(name.startsWith("/") ? name : name.replace('_', ' ')),
                Clean.line(value),
                null));
      }
    }
  }

  private Said said(String text, int most) {
    var shown = Clean.lines(text, most);
    return new Said(
        shown,
        shown.length() < text.length() - count(text)
            ? texts.of("said.clipped", shown.length(), text.length())
            : "");
  }

  /// How many characters fall away when line ends become one character each.
  private static int count(String text) {
    int pairs = 0;
    for (int at = text.indexOf("\r\n"); at >= 0; at = text.indexOf("\r\n", at + 2)) {
      pairs++;
    }
    return pairs;
  }

  private Item receipt(
      Known known, Receipt receipt, Optional<Source> source, List<Leads.Version> versions) {
    var name = source.map(Source::name).orElseGet(() -> texts.of("source.gone"));
    var sentences = new ArrayList<String>();
    if (receipt.corrects() != null) {
      var by = Json.tree(receipt.headers()).path("resubmitted_by").asString("");
      sentences.add(
          by.isEmpty()
              ? texts.of("receipt.corrects")
              : texts.of("receipt.corrects.by", who(known.settings(), by)));
    }
    if (!receipt.reason().isEmpty()) {
      sentences.add(Clean.line(receipt.reason()));
    }
    if (receipt.erasedAt() != null) {
      sentences.add(texts.of("receipt.emptied"));
    }
    settled(known, receipt)
        .map(at -> Duration.between(receipt.at(), at))
        .filter(apart -> apart.compareTo(AT_ONCE) > 0)
        .ifPresent(apart -> sentences.add(texts.of("receipt.was_owed", texts.took(apart))));
    var breaches = receipts.listViolations(receipt.id());
    if (breaches.size() > MOST_BREACHES) {
      sentences.add(texts.of("receipt.breaches.cut", MOST_BREACHES, breaches.size()));
    }
    var changes =
        receipt.state() == Receipt.State.DONE && receipt.version() > 1
            ? changes(versions, receipt.version())
            : List.<Change>of();
    if (changes.size() > MOST_CHANGES) {
      sentences.add(texts.of("receipt.changes.cut", MOST_CHANGES, changes.size()));
    }
    var facts = new Facts();
    facts.add(
        "receipt.contract",
        join(" · ", source.map(Source::contract).orElse(null), receipt.message()));
    facts.add("receipt.channel", receipt.channel().isEmpty() ? null : "/" + receipt.channel());
    facts.add(
        "receipt.body",
        texts.of("receipt.size", receipt.size())
            + (receipt.contentType().isEmpty() ? "" : " · " + receipt.contentType()));
    facts.add("receipt.signature", receipt.signature());
    facts.add("receipt.id", receipt.id());
    return new Item(
            tone(receipt.state()),
            texts.time(receipt.at(), known.now()),
            switch (receipt.state()) {
              case DONE ->
                  receipt.version() > 1
                      ? texts.of("receipt.version", receipt.version(), name)
                      : texts.of("receipt.first", name);
              case REPEAT -> texts.of("receipt.repeat", name, receipt.version());
              case OWED -> texts.of("receipt.owed", name);
              case QUARANTINED, MENDED -> texts.of("receipt.quarantined", name);
              case REFUSED -> texts.of("receipt.refused", name);
              case ERASED -> texts.of("receipt.erased", name);
            },
            texts.of("receipt.state." + receipt.state().word()),
            sentences,
            facts.list,
            breaches.stream()
                .limit(MOST_BREACHES)
                .map(v ->
                    new Breach(
                        Clean.line(v.pointer()), Clean.line(v.rule()), Clean.line(v.action())))
                .toList(),
            changes.stream().limit(MOST_CHANGES).toList(),
            null)
        .ofReceipt(receipt.id());
  }

  /// When it was written down what became of a receipt.
  private static Optional<Instant> settled(Known known, Receipt receipt) {
    return known.history().stream()
        .filter(l -> l.seq() == receipt.settledSeq())
        .map(LogEntry::at)
        .findFirst();
  }

  private static List<Change> changes(List<Leads.Version> versions, int number) {
    var before = new TreeMap<String, String>();
    var after = new TreeMap<String, String>();
    for (var version : versions) {
      if (version.version() == number - 1) {
        flatten("", Json.tree(version.fact()), before);
      } else if (version.version() == number) {
        flatten("", Json.tree(version.fact()), after);
      }
    }
    var fields = new TreeSet<>(before.keySet());
    fields.addAll(after.keySet());
    return fields.stream()
        .filter(f -> !Objects.equals(before.get(f), after.get(f)))
        .map(f -> new Change(Clean.line(f), Clean.line(before.get(f)), Clean.line(after.get(f))))
        .toList();
  }

  private static void flatten(String path, JsonNode node, Map<String, String> into) {
    if (node.isObject()) {
      node.properties()
          .forEach(e ->
              flatten(path.isEmpty() ? e.getKey() : path + "." + e.getKey(), e.getValue(), into));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        flatten(path + "." + (i + 1), node.get(i), into);
      }
    } else {
      into.put(path, node.asString(""));
    }
  }

  private Item answered(Known known, LogEntry line) {
    return new Item(
        Tone.GOOD,
        texts.time(line.at(), known.now()),
        texts.of("answered.title", who(known.settings(), line.ref())),
        "",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        null);
  }

  /// A principal, by name where it is a member.
  static String who(Settings settings, String principal) {
    return Clean.line(
        Nodes.in(settings)
            .find(principal.replaceFirst("^member ", ""))
            .map(Node::name)
            .orElse(principal));
  }

  private Item erased(Known known, Instant at) {
    return new Item(
        Tone.PLAIN,
        texts.time(at, known.now()),
        texts.of("erased.title"),
        "",
        List.of(texts.of("erased.what")),
        List.of(),
        List.of(),
        List.of(),
        null);
  }

  private Item person(Known known, Enquirer who) {
    var lead = known.lead();
    var sentences = new ArrayList<String>();
    sentences.add(
        lead.erasedAt() == null ? Clean.line(lead.evidence()) : texts.of("person.erased"));
    var facts = new Facts();
    persons
        .find(known.scope(), lead.contactId())
        .ifPresent(contact -> contact(known, contact, who, facts));
    persons
        .listPossibleDuplicates(
            known.viewer().member() == null ? known.scope() : known.viewer(), lead.personId())
        .forEach(d -> sentences.add(texts.of("person.duplicate", Clean.line(d.evidence()))));
    return new Item(
        Tone.GOOD,
        texts.time(lead.createdAt(), known.now()),
        texts.of("person.title"),
        "",
        sentences,
        facts.list,
        List.of(),
        List.of(),
        null);
  }

  private void contact(Known known, Contact contact, Enquirer who, Facts facts) {
    var body = contact.body();
    if (!name(who).equals(body.displayName())) {
      facts.add("person.name", body.displayName());
    }
    if (body.emails().size() > 1) {
      facts.add("person.emails", String.join(", ", body.emails()));
    }
    if (body.phones().size() > 1) {
      facts.add("person.phones", String.join(", ", body.phones()));
    }
    int theirs =
        leads
            .list(
                known.scope(),
                new Leads.Query(null, null, contact.id(), null, Long.MAX_VALUE, MOST))
            .size();
    if (theirs > 1) {
      facts.add("person.leads", theirs >= MOST ? MOST + "+" : Integer.toString(theirs));
    }
    facts.add("person.contact", contact.id());
  }

  private Item answers(Known known) {
    var answers = Json.tree(known.lead().answers());
    var name =
        Nodes.in(known.settings())
            .find(answers.path("member").asString(""))
            .map(Node::name)
            .orElseGet(() -> answers.path("member_name").asString(""));
    return new Item(
        Tone.GOOD,
        texts.time(known.lead().createdAt(), known.now()),
        texts.of("answers.title", Clean.line(name)),
        "",
        List.of(Clean.line(answers.path("reason").asString(""))),
        List.of(),
        List.of(),
        List.of(),
        null);
  }

  /// One delivery by itself.
  Item delivery(Deliveries.Standing standing, Instant now) {
    return delivery(
        standing,
        store.settings(),
        now,
        leads.listHistory(standing.delivery().leadId()),
        Attempt.ANSWER_KEPT);
  }

  private Item delivery(
      Deliveries.Standing standing,
      Settings settings,
      Instant now,
      List<LogEntry> history,
      int most) {
    var delivery = standing.delivery();
    var state = standing.state();
    var endpoint = Endpoints.in(settings).find(delivery.endpointId());
    var sentences = new ArrayList<String>();
    sentences.add(Clean.line(delivery.why()));
    var ended = state.endedAt();
    if (state.state() == DeliveryState.State.DELIVERED && ended != null) {
      sentences.add(
          texts.of("delivery.took", texts.took(Duration.between(delivery.plannedAt(), ended))));
    } else if (!state.reason().isEmpty()
        && (state.state() != DeliveryState.State.PENDING || state.attempts() == 0)) {
      // The attempts say why it is still pending.
      sentences.add(Clean.line(state.reason()));
    }
    if (state.state() == DeliveryState.State.PENDING
        && endpoint.map(e -> e.disabled()).orElse(false)) {
      sentences.add(texts.of("delivery.disabled"));
    }
    history.stream()
        .filter(l -> l.kind().equals("delivery.retried") && l.ref().equals(delivery.id()))
        .forEach(l -> sentences.add(texts.of("delivery.retried", texts.time(l.at(), now).exact())));
    var facts = new Facts();
    facts.add("delivery.contract", endpoint.map(e -> e.contract()).orElse(null));
    facts.add("delivery.event", delivery.kind() + " · " + texts.of("version", delivery.version()));
    facts.add("delivery.webhook_id", delivery.eventId());
    var next = state.nextAt();
    return new Item(
            tone(state.state()),
            texts.time(delivery.plannedAt(), now),
            texts.of(
                "delivery.title",
                endpoint.map(e -> Clean.line(e.name())).orElseGet(() -> texts.of("endpoint.gone"))),
            texts.of("delivery.state." + state.state().word()),
            sentences,
            facts.list,
            List.of(),
            List.of(),
            new Sending(
                deliveries.listAttempts(delivery.id()).stream()
                    .map(a -> attempt(now, a, most))
                    .toList(),
                losses(state.losses()),
                next == null
                        || state.state() != DeliveryState.State.PENDING
                        || state.attempts() == 0
                    ? null
                    : texts.time(next, now)))
        .ofDelivery(delivery.id());
  }

  private Try attempt(Instant now, Attempt attempt, int most) {
    return new Try(
        attempt.n(),
        texts.time(attempt.at(), now),
        texts.took(attempt.duration()),
        attempt.outcome() == Attempt.Outcome.DELIVERED ? Tone.GOOD : Tone.BAD,
        switch (attempt.outcome()) {
          case DELIVERED -> texts.of("attempt.delivered", status(attempt));
          case REFUSED -> texts.of("attempt.refused", status(attempt));
          case REJECTED -> texts.of("attempt.rejected", status(attempt));
          case UNREACHABLE -> texts.of("attempt.unreachable", Clean.line(attempt.error()));
          case GUARDED -> texts.of("attempt.guarded", Clean.line(attempt.error()));
          case DEFECT -> texts.of("attempt.defect", Clean.line(attempt.error()));
        },
        texts.of("receipt.size", attempt.sentBytes()),
        attempt.digest().isEmpty() ? "" : texts.of("attempt.digest", attempt.digest()),
        said(new String(attempt.answer(), StandardCharsets.UTF_8), most),
        attempt.answer().length < Attempt.ANSWER_KEPT
            ? ""
            : texts.of("attempt.kept", Attempt.ANSWER_KEPT));
  }

  private static String status(Attempt attempt) {
    return attempt.status() == null ? "" : attempt.status().toString();
  }

  private static List<Lost> losses(String json) {
    var losses = new ArrayList<Lost>();
    for (var loss : Json.tree(json)) {
      losses.add(
          new Lost(
              Clean.line(loss.path("field").asString("")),
              Clean.line(loss.path("reason").asString(""))));
    }
    return losses;
  }
}
