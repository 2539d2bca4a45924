package dev.porchlight.console.leads;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Tone;
import dev.porchlight.console.leads.Story.Item;
import dev.porchlight.console.leads.Story.Said;
import dev.porchlight.delivery.Attempt;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.Answered;
import dev.porchlight.desk.Handover;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.LeadSteps;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Pulse;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.Sources;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Property;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Puts the story of a lead together from what the capabilities keep. May be shared by threads.
public final class StoryTeller {
  private static final int MOST = 200;
  private static final int MESSAGE = 4_000;
  private static final int ANSWER = 2_000;

  private final Store store;
  private final Leads leads;
  private final Persons persons;
  private final Pulse pulse;
  private final Receipts receipts;
  private final Deliveries deliveries;
  private final ReceiptTeller receiptTeller;
  private final PersonTeller personTeller;
  private final DeliveryTeller deliveryTeller;

  public StoryTeller(
      Store store, Leads leads, Receipts receipts, Persons persons, Deliveries deliveries) {
    this.store = store;
    this.leads = leads;
    this.persons = persons;
    this.pulse = new Pulse(store);
    this.receipts = receipts;
    this.deliveries = deliveries;
    receiptTeller = new ReceiptTeller(store, receipts);
    personTeller = new PersonTeller(leads, persons);
    deliveryTeller = new DeliveryTeller(deliveries);
  }

  /// An item and its place among those of the same moment.
  private record Placed(Instant at, int rank, Item item) {}

  /// The story as it stands; empty when there is no such lead within that scope.
  Optional<Story> tell(Scope scope, String id, Texts texts) {
    return leads
        .find(scope, id)
        .map(lead ->
            tell(
                new Telling(
                    texts,
                    scope,
                    // What hangs on a lead lies in the office where it landed.
                    new Scope(false, java.util.Set.of(lead.officeId())),
                    lead,
                    store.settings(),
                    store.now(),
                    leads.listHistory(id),
                    Handover.list(store, lead),
                    LeadSteps.list(store, id))));
  }

  private Story tell(Telling known) {
    var texts = known.texts();
    var particulars = new Particulars(texts);
    var record = known.lead();
    var versions = leads.listVersions(record.id());
    var said = versions.getLast().lead();
    var newest = said.orElse(Lead.NOTHING);
    var came =
        receipts
            .list(known.scope(), new Receipts.Query(null, null, record.id(), "", MOST))
            .reversed();
    var owed =
        deliveries.list(known.scope(), new Deliveries.Query(null, record.id(), null, MOST)).stream()
            .sorted(Deliveries.Standing.told(Endpoints.in(known.settings())))
            .toList();
    var source = Sources.in(known.settings()).find(record.sourceId());

    var owner = Handover.owner(store, record, known.handovers());

    var placed = new ArrayList<Placed>();
    came.forEach(
        r -> placed.add(new Placed(r.at(), 0, receiptTeller.tell(known, r, source, versions))));
    placed.add(new Placed(record.createdAt(), 1, personTeller.tell(known, newest.enquirer())));
    if (known.steps().stream().allMatch(s -> s.answers().isEmpty())) {
      placed.add(new Placed(record.createdAt(), 2, PersonTeller.answers(known)));
    }
    known.steps().forEach(s -> placed.add(new Placed(s.at(), 4, PersonTeller.step(known, s))));
    known
        .handovers()
        .forEach(h -> placed.add(new Placed(h.at(), 5, PersonTeller.passedOn(known, h))));
    owed.forEach(s ->
        placed.add(
            new Placed(
                s.delivery().plannedAt(),
                3,
                deliveryTeller.tell(
                    texts, s, known.settings(), known.now(), known.history(), ANSWER))));
    known.history().stream()
        .filter(l -> l.kind().equals(Answered.KIND))
        .forEach(l -> placed.add(new Placed(l.at(), 4, PersonTeller.answered(known, l))));
    if (record.erasedAt() != null) {
      placed.add(new Placed(record.erasedAt(), 4, PersonTeller.erased(known, record.erasedAt())));
    }
    placed.sort(Comparator.comparing(Placed::at).thenComparing(Placed::rank));

    return new Story(
        record.id(),
        known.now().toString(),
        name(texts, record, said),
        record.test(),
        summary(texts, record, owed),
        owner(known, owner),
        times(known, newest),
        PersonTeller.why(known, owner),
        contact(known),
        particulars.who(newest.enquirer()),
        texts.of("wants." + newest.intent().word()),
        particulars.about(newest),
        Particulars.place(newest),
        particulars.figures(newest),
        Said.of(texts, Objects.requireNonNullElse(newest.message(), ""), MESSAGE),
        particulars.what(newest),
        particulars.more(newest, record),
        placed.stream().map(Placed::item).toList(),
        came.size() >= MOST || owed.size() >= MOST ? texts.of("story.cut", MOST) : "");
  }

  /// From the portal's timestamp to our 2xx; a time that was still to come is no duration.
  static String came(Texts texts, Instant arose, Instant at) {
    return arose.isAfter(at) ? texts.of("now.ahead") : texts.took(Duration.between(arose, at));
  }

  /// How soon we had it, an endpoint had taken it, and somebody did something about it.
  private List<Fact> times(Telling known, Lead newest) {
    var texts = known.texts();
    var facts = new Facts(texts);
    var at = known.lead().createdAt();
    var arose = newest.timestamp();
    if (arose != null && known.lead().version() == 1) {
      facts.add("now.came", came(texts, arose.at(), at));
    }
    pulse
        .firstDelivered(known.lead())
        .ifPresent(done ->
            facts.add(
                "now.delivered",
                texts.of("owner.acted.after", texts.took(Duration.between(at, done)))));
    pulse
        .firstAct(known.lead())
        .ifPresent(done ->
            facts.add(
                "owner.acted",
                texts.of("owner.acted.after", texts.took(Duration.between(at, done)))));
    return facts.list();
  }

  /// Who has the lead now, and whether somebody answered it.
  private List<Fact> owner(Telling known, Handover.Owner owner) {
    var texts = known.texts();
    var facts = new Facts(texts);
    facts.add("owner.now", PersonTeller.member(known, owner.member()));
    facts.add("owner.since", texts.time(owner.since(), known.now()).relative());
    known.history().stream()
        .filter(l -> l.kind().equals(Answered.KIND))
        .findFirst()
        .ifPresent(l ->
            facts.add(
                "owner.answered",
                texts.of(
                    "owner.answered.by",
                    who(known.settings(), l.ref()),
                    texts.time(l.at(), known.now()).relative())));
    return facts.list();
  }

  /// Whose contact it is, where whoever looks may see it; else empty.
  private String contact(Telling known) {
    return persons.find(known.viewer(), known.lead().contactId()).map(Contact::id).orElse("");
  }

  /// A lead in a line.
  ///
  /// @param wants what it is about, in a few words
  /// @param arose when the portal says it arose; null where it says nothing
  ///
  /// @param about the home that the lead names; null for none
  public record Gist(
      String name, String wants, @Nullable Instant arose, @Nullable Property about) {}

  /// The newest versions of some leads, each in a line, by their ids.
  public Map<String, Gist> gists(Texts texts, List<LeadRecord> records) {
    var newest = leads.getNewest(records);
    return records.stream()
        .collect(
            Collectors.toMap(
                LeadRecord::id,
                r -> gist(texts, r, Objects.requireNonNull(newest.get(r.id())).lead()),
                (one, _) -> one));
  }

  /// What a lead goes by: one that can't be read by its id.
  private static String name(Texts texts, LeadRecord record, Optional<Lead> newest) {
    return record.erasedAt() != null
        ? texts.of("who.erased")
        : newest
            .map(lead -> new Particulars(texts).name(lead.enquirer()))
            .orElseGet(() -> texts.of("who.unreadable", record.id()));
  }

  private static Gist gist(Texts texts, LeadRecord record, Optional<Lead> said) {
    var newest = said.orElse(Lead.NOTHING);
    return new Gist(
        name(texts, record, said),
        texts.of("wants." + newest.intent().word()),
        newest.timestamp() == null ? null : newest.timestamp().at(),
        record.erasedAt() == null && newest.interest() instanceof Interest.InListing(var home)
            ? home
            : null);
  }

  /// How it stands, at a glance.
  List<Badge> summary(Texts texts, LeadRecord record, List<Deliveries.Standing> owed) {
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
      case REPEAT, ASIDE, MENDED, ERASED -> Tone.PLAIN;
      case OWED -> Tone.WAITING;
      case QUARANTINED, REFUSED -> Tone.BAD;
    };
  }

  /// A principal, by name where it is a member.
  static String who(Settings settings, String principal) {
    return Clean.line(
        Nodes.in(settings)
            .find(principal.replaceFirst("^member ", ""))
            .map(Node::name)
            .orElse(principal));
  }

  /// One delivery by itself.
  Item delivery(Texts texts, Deliveries.Standing standing, Instant now) {
    return deliveryTeller.tell(
        texts,
        standing,
        store.settings(),
        now,
        leads.listHistory(standing.delivery().leadId()),
        Attempt.ANSWER_KEPT);
  }
}
