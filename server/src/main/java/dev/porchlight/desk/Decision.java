package dev.porchlight.desk;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Event;
import dev.porchlight.delivery.Planner;
import dev.porchlight.desk.Tables.DeadlineRow;
import dev.porchlight.desk.Tables.FingerprintRow;
import dev.porchlight.desk.Tables.LeadKeyRow;
import dev.porchlight.desk.Tables.LeadMailRow;
import dev.porchlight.desk.Tables.LeadVersionRow;
import dev.porchlight.desk.Tables.ViolationRow;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Identity;
import dev.porchlight.person.Others;
import dev.porchlight.person.Persons;
import dev.porchlight.routing.Answerer;
import dev.porchlight.routing.Routing;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Wanted;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Trail;
import dev.porchlight.value.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides what becomes of a receipt: which lead it is a version of, whose, who answers, and to
/// whom it is owed. A function of the intake and of the rows that the batch shows: the same
/// receipts in the same order give the same rows, which is what a rebuild relies on.
public final class Decision {
  private static final Duration KEY_LAPSES_AFTER = Duration.ofHours(24);

  /// No time that is meant is later.
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /// Within this time a portal's list may still show what a lead was before its newest version.
  private static final Duration SETTLES_WITHIN = Duration.ofMinutes(1);

  private static final String OVERTAKEN =
      "A later receipt of this lead was decided before this one, which stays with its raw body.";
  private static final String EARLIER =
      "The sender made it before the newest version of this lead; it stays with its raw body.";

  private final Planner planner;
  private final String identity;

  /// @param identity what this hub is called on the trails of leads
  Decision(Planner planner, String identity) {
    this.planner = planner;
    this.identity = identity;
  }

  /// What was decided.
  ///
  /// @param planned what was planned of it; nothing for repeats and quarantine
  record Decided(Receipt receipt, Optional<Planner.Plan> planned, @Nullable LeadRecord lead) {}

  /// What the decision looks up first, as far as the intake says.
  static List<Wanted> wanted(Settings settings, Intake intake) {
    if (!(intake.content() instanceof Intake.Content.OfLead content)) {
      return List.of();
    }
    var office = intake.receipt().officeId();
    var company = Nodes.in(settings).companyOf(office).map(Node::id).orElse(office);
    var wanted = new ArrayList<>(Persons.wanted(company, content.identity()));
    wanted.add(Wanted.of(Tables.LEAD_KEY, intake.source().id(), content.key()));
    return wanted;
  }

  Decided decide(Batch batch, Intake intake) {
    long arrival = Long.MAX_VALUE;
    if (intake.rework()) {
      var kept = batch.find(Tables.RECEIPT, intake.receipt().id());
      if (kept == null || kept.state() != Receipt.State.OWED) {
        return new Decided(kept == null ? intake.receipt() : kept, Optional.empty(), null);
      }
      arrival = kept.settledSeq();
    } else {
      batch.put(Tables.RAW, intake.raw());
    }
    var circling = circling(batch, intake.receipt());
    if (circling != null && circling.receipt().state() == Receipt.State.REFUSED) {
      return circling;
    }
    keep(batch, intake.receipt().id(), violations(intake));
    if (circling != null) {
      return circling;
    }
    return switch (intake.content()) {
      case Intake.Content.Unreadable(var reason, _) -> quarantine(batch, intake, reason);
      case Intake.Content.OfLead content ->
          lead(batch, intake, content, content.askedAt() == null ? arrival : content.askedAt());
    };
  }

  /// What becomes of a receipt that has come through other hubs, or this one, too often; null where
  /// it has not. One of this hub's own leads is a repeat of that lead.
  private @Nullable Decided circling(Batch batch, Receipt receipt) {
    var text = Messages.trail(receipt);
    if (text.isEmpty()) {
      return null;
    }
    var trail = Trail.parse(text);
    var own = trail.leadAt(identity);
    if (own.isPresent()) {
      var lead = batch.find(Tables.LEAD, own.get());
      return lead != null && lead.erasedAt() == null && isOneCompany(batch, lead, receipt)
          ? repeat(
              batch, receipt, lead, lead.version(), "It is a lead of this hub's that came back.")
          : refused(batch, receipt, "It went out from this hub and came back.");
    }
    return trail.isTooLong()
        ? refused(
            batch,
            receipt,
            "It has come through more than " + Trail.MOST_HOPS + " hubs: they send in a circle.")
        : null;
  }

  private static boolean isOneCompany(Batch batch, LeadRecord lead, Receipt receipt) {
    var nodes = Nodes.in(batch.settings());
    return nodes.companyOf(lead.officeId()).equals(nodes.companyOf(receipt.officeId()));
  }

  private static Decided refused(Batch batch, Receipt receipt, String reason) {
    long seq = batch.append("receipt.refused", receipt.sourceId(), receipt.id());
    var became = receipt.became(Receipt.State.REFUSED, null, 0, receipt.guid(), reason, seq);
    batch.put(Tables.RECEIPT, became);
    return new Decided(became, Optional.empty(), null);
  }

  private static Decided quarantine(Batch batch, Intake intake, String reason) {
    var receipt = intake.receipt();
    long seq = batch.append("receipt.quarantined", receipt.sourceId(), receipt.id());
    var became = receipt.became(Receipt.State.QUARANTINED, null, 0, receipt.guid(), reason, seq);
    batch.put(Tables.RECEIPT, became);
    return new Decided(became, Optional.empty(), null);
  }

  /// What the body breaks, and the header that tells the hubs on the way.
  private static List<Violation> violations(Intake intake) {
    var all = intake.content().violations();
    var trail = Messages.trail(intake.receipt());
    if (trail.isEmpty() || !Trail.isMalformed(trail)) {
      return all;
    }
    var more = new ArrayList<>(all);
    more.add(
        new Violation(
            "",
            Trail.HEADER + " is a list of hub/lead, two UUIDs each",
            "read as far as it names hubs"));
    return more;
  }

  private static void keep(Batch batch, String receipt, List<Violation> violations) {
    int n = 0;
    for (var v : violations) {
      batch.put(
          Tables.VIOLATION, new ViolationRow(receipt, ++n, v.pointer(), v.rule(), v.action()));
    }
  }

  /// @param asOf the log entry as of which this is the sender's word: when it was asked for; else
  ///   when it arrived, which is the last there is unless it was owed
  private Decided lead(Batch batch, Intake intake, Intake.Content.OfLead content, long asOf) {
    var receipt = intake.receipt();
    var source = Sources.in(batch.settings()).find(intake.source().id()).orElse(intake.source());
    if (!source.region().equals(intake.source().region())) {
      // Read under a region that no longer holds: owed, and read anew under the one that does.
      throw new IllegalStateException("the region of source " + source.id() + " changed meanwhile");
    }
    var key = batch.find(Tables.LEAD_KEY, source.id(), content.key());
    if (key != null
        && content.keyLapses()
        && key.at().plus(KEY_LAPSES_AFTER).isBefore(receipt.at())) {
      key = null;
    }
    boolean mail = receipt.channel().equals(Desk.MAIL);
    if (key == null) {
      var twin =
          mail || MailChannel.isOpen(batch.settings(), source.id())
              ? content.twin().find(batch, source.id(), mail, receipt.at())
              : null;
      if (twin != null) {
        return mail
            ? copy(batch, intake, content, source, twin)
            : original(batch, intake, content, source, twin, asOf);
      }
      return fresh(batch, intake, content, source, asOf);
    }
    var known = batch.find(Tables.LEAD, key.leadId());
    if (known == null) {
      throw new IllegalStateException("lead " + key.leadId() + " is not there");
    }
    var said = batch.find(Tables.FINGERPRINT, known.id(), content.fingerprint());
    if (said != null && content.askedAt() == null) {
      return repeat(batch, receipt, known, said.version(), "");
    }
    var mailed = batch.find(Tables.LEAD_MAIL, known.id());
    boolean alone = mailed != null && mailed.byMail() && mailed.otherKey().isEmpty();
    if (mail && !alone) {
      return copy(batch, intake, content, source, known);
    }
    if (!mail && alone && said == null) {
      return original(batch, intake, content, source, known, asOf);
    }
    if (content.keyOfRequest()) {
      return quarantine(batch, intake, "The Idempotency-Key was used for another request.");
    }
    var newest = batch.find(Tables.LEAD_VERSION, known.id(), known.version());
    if (newest == null) {
      throw new IllegalStateException("the newest version of " + known.id() + " is not there");
    }
    if (newest.fingerprint().equals(content.fingerprint())) {
      return repeat(batch, receipt, known, known.version(), "");
    }
    if (isOlder(content, newest)) {
      return overtaken(batch, intake, content, source, known, said != null, EARLIER);
    }
    boolean before = newest.asOf() > asOf;
    if (intake.rework()) {
      return before
          ? overtaken(batch, intake, content, source, known, said != null, OVERTAKEN)
          : version(batch, intake, content, source, known, asOf);
    }
    boolean unsettled =
        said != null && receipt.at().isBefore(known.updatedAt().plus(SETTLES_WITHIN));
    return before || unsettled
        ? overtaken(batch, intake, content, source, known, true, Receipt.IN_DOUBT)
        : version(batch, intake, content, source, known, asOf);
  }

  /// Whether the sender made this before the newest version. Who was erased there does not come
  /// back with what was said before, and is erased whatever the time says.
  private static boolean isOlder(Intake.Content.OfLead content, Tables.LeadVersionRow newest) {
    if (content.lead().erased()) {
      return false;
    }
    var at = content.saidAt();
    if (newest.emptied()) {
      return at == null || newest.saidAt() == null || !at.isAfter(newest.saidAt());
    }
    return at != null && newest.saidAt() != null && at.isBefore(newest.saidAt());
  }

  /// A mail of a lead that came over HTTP says nothing that is delivered.
  private static Decided copy(
      Batch batch, Intake intake, Intake.Content.OfLead content, Source source, LeadRecord known) {
    meet(batch, intake, content, source, known);
    join(batch, intake, content, source, known, false);
    batch.put(
        Tables.FINGERPRINT, new FingerprintRow(known.id(), content.fingerprint(), known.version()));
    return repeat(
        batch,
        intake.receipt(),
        known,
        known.version(),
        "It is the mail of a lead that came before.");
  }

  /// What comes over HTTP after its mail says more and takes its place; it was delivered as the
  /// mail had it, and is not delivered again.
  private static Decided original(
      Batch batch,
      Intake intake,
      Intake.Content.OfLead content,
      Source source,
      LeadRecord known,
      long asOf) {
    var receipt = intake.receipt();
    long settled = batch.append("receipt.done", known.id(), receipt.id());
    meet(batch, intake, content, source, known);
    var external = content.lead().leadId();
    var record = known.updated(known.version() + 1, content.lead().test(), receipt.draw().at());
    record = external == null ? record : record.named(external);
    batch.append("lead.joined", known.id(), receipt.id());
    batch.put(Tables.LEAD, record);
    join(batch, intake, content, source, known, true);
    var became = write(batch, receipt, content, record, record.version(), settled, asOf);
    return new Decided(became, Optional.empty(), record);
  }

  /// From now on the lead is known by the keys of both channels.
  private static void join(
      Batch batch,
      Intake intake,
      Intake.Content.OfLead content,
      Source source,
      LeadRecord known,
      boolean byMail) {
    if (batch.find(Tables.LEAD_KEY, source.id(), content.key()) == null) {
      batch.put(
          Tables.LEAD_KEY,
          new LeadKeyRow(source.id(), content.key(), known.id(), intake.receipt().at()));
    }
    var row = batch.find(Tables.LEAD_MAIL, known.id());
    if (row == null || row.otherKey().isEmpty()) {
      batch.put(Tables.LEAD_MAIL, new LeadMailRow(known.id(), byMail, content.key()));
    }
  }

  private static Decided repeat(
      Batch batch, Receipt receipt, LeadRecord lead, int version, String reason) {
    long seq = batch.append("receipt.repeat", lead.id(), receipt.id());
    var became = receipt.became(Receipt.State.REPEAT, lead.id(), version, lead.guid(), reason, seq);
    batch.put(Tables.RECEIPT, became);
    mend(batch, became);
    return new Decided(became, Optional.empty(), lead);
  }

  private Decided fresh(
      Batch batch, Intake intake, Intake.Content.OfLead content, Source source, long asOf) {
    var receipt = intake.receipt();
    var draw = receipt.draw();
    var nodes = Nodes.in(batch.settings());
    var landing = landing(nodes, source, receipt);
    var office = office(nodes, landing);
    var company = nodes.companyOf(office.id()).orElse(office);
    var lead = content.lead();
    var id = draw.uuid("lead");
    var external = Objects.requireNonNull(intake.externalId());
    var guid = intake.guid();
    long settled = batch.append("receipt.done", id, receipt.id());

    var found =
        Persons.findOrMake(
            batch,
            company.id(),
            content.identity(),
            null,
            draw,
            receipt.id(),
            intake.erasedOthers());
    var routed =
        isRouted(nodes, landing, source)
                && (found.made()
                    || Persons.findContact(batch, found.personId(), office.id()).isEmpty())
            ? AreaRouting.find(batch, nodes, company, ListingPlace.of(lead, receipt), draw)
                .orElse(null)
            : null;
    if (routed != null) {
      office = routed.office();
      batch.put(Tables.LEAD_ROUTED, new Tables.LeadRoutedRow(id, Json.write(routed.answers())));
    }
    var answers = routed == null ? Routing.decide(nodes, landing) : routed.answers();
    var contact = contact(batch, nodes, answers, office, source, found, lead, draw);
    long seq = batch.append("lead.created", id, receipt.id());
    var record =
        new LeadRecord(
            id,
            source.id(),
            external,
            lead.leadId() == null,
            guid,
            office.id(),
            found.personId(),
            contact.contact().id(),
            lead.test(),
            1,
            found.evidence(),
            Json.write(contact.answers()),
            draw.at(),
            draw.at(),
            seq,
            content.key(),
            null);
    batch.put(Tables.LEAD, record);
    batch.put(Tables.LEAD_KEY, new LeadKeyRow(source.id(), content.key(), id, draw.at()));
    boolean mail = receipt.channel().equals(Desk.MAIL);
    if (mail) {
      batch.put(Tables.LEAD_MAIL, new LeadMailRow(id, true, ""));
    }
    if (mail || MailChannel.isOpen(batch.settings(), source.id())) {
      content.twin().remember(batch, source.id(), record, mail);
    }
    var became = write(batch, receipt, content, record, 1, settled, asOf);
    var plan =
        plan(batch, source, record, content.lead(), "lead.created", seq, draw, contact.made());
    return new Decided(became, Optional.of(plan), record);
  }

  /// What it says of the person is added, but old content does not become the newest, and nothing
  /// is delivered.
  ///
  /// @param said this was said before, or is not to be taken for said
  private static Decided overtaken(
      Batch batch,
      Intake intake,
      Intake.Content.OfLead content,
      Source source,
      LeadRecord known,
      boolean said,
      String reason) {
    meet(batch, intake, content, source, known);
    if (!said) {
      batch.put(
          Tables.FINGERPRINT,
          new FingerprintRow(known.id(), content.fingerprint(), known.version()));
    }
    return repeat(batch, intake.receipt(), known, known.version(), reason);
  }

  /// The lead's person and contact learn what a further receipt says of them.
  private static void meet(
      Batch batch, Intake intake, Intake.Content.OfLead content, Source source, LeadRecord known) {
    var receipt = intake.receipt();
    var nodes = Nodes.in(batch.settings());
    var office = nodes.get(known.officeId());
    var company = nodes.companyOf(office.id()).orElse(office);
    Persons.findOrMake(
        batch,
        company.id(),
        content.identity(),
        known.personId(),
        receipt.draw(),
        receipt.id(),
        intake.erasedOthers());
    Persons.findContact(batch, known.personId(), office.id())
        .ifPresent(c ->
            Persons.enrich(batch, c, content.lead().enquirer(), source.name(), receipt.draw()));
  }

  /// What a receipt did to persons and contacts, done again where its lead has been erased since
  /// and its person has not.
  ///
  /// @param known the lead as it is now
  public static void remember(
      Batch batch, Receipt receipt, Enquirer enquirer, LeadRecord known, Others erasedOthers) {
    var source =
        Sources.in(batch.settings())
            .find(receipt.sourceId())
            .orElseThrow(() -> new IllegalStateException("no source " + receipt.sourceId()));
    var identity = Identity.of(enquirer, source.region());
    var nodes = Nodes.in(batch.settings());
    var draw = receipt.draw();
    boolean first = receipt.state() == Receipt.State.DONE && receipt.version() == 1;
    var landing = landing(nodes, source, receipt);
    var office = nodes.get(known.officeId());
    var company = nodes.companyOf(office.id()).orElse(office);
    Persons.findOrMake(
        batch,
        company.id(),
        identity,
        first ? null : known.personId(),
        draw,
        receipt.id(),
        erasedOthers);
    if (first) {
      // What the lead was about is gone; who answered it because of that is not.
      var routed = batch.find(Tables.LEAD_ROUTED, known.id());
      var answers =
          routed == null
              ? Routing.decide(nodes, landing)
              : Json.read(routed.answers(), Answerer.class);
      contact(
          batch,
          nodes,
          answers,
          office,
          source,
          new Persons.Found(known.personId(), false, known.evidence()),
          Lead.of(enquirer),
          draw);
    } else {
      Persons.findContact(batch, known.personId(), office.id())
          .ifPresent(c -> Persons.enrich(batch, c, enquirer, source.name(), draw));
    }
  }

  private Decided version(
      Batch batch,
      Intake intake,
      Intake.Content.OfLead content,
      Source source,
      LeadRecord known,
      long asOf) {
    var receipt = intake.receipt();
    var draw = receipt.draw();
    long settled = batch.append("receipt.done", known.id(), receipt.id());
    meet(batch, intake, content, source, known);
    var record = known.updated(known.version() + 1, content.lead().test(), draw.at());
    long seq = batch.append("lead.updated", known.id(), receipt.id());
    batch.put(Tables.LEAD, record);
    var became = write(batch, receipt, content, record, record.version(), settled, asOf);
    var plan = plan(batch, source, record, content.lead(), "lead.updated", seq, draw, false);
    return new Decided(became, Optional.of(plan), record);
  }

  private static Receipt write(
      Batch batch,
      Receipt receipt,
      Intake.Content.OfLead content,
      LeadRecord lead,
      int version,
      long settled,
      long asOf) {
    batch.put(
        Tables.LEAD_VERSION,
        new LeadVersionRow(
            lead.id(),
            version,
            receipt.id(),
            receipt.at(),
            content.fingerprint(),
            content.fact(),
            content.saidAt(),
            Math.min(asOf, settled),
            content.lead().erased()));
    batch.put(Tables.FINGERPRINT, new FingerprintRow(lead.id(), content.fingerprint(), version));
    LeadAbout.note(batch, lead, content.lead());
    deadline(batch, lead.id(), version, content.lead().deleteAfter(), receipt.at());
    var became = receipt.became(Receipt.State.DONE, lead.id(), version, lead.guid(), "", settled);
    batch.put(Tables.RECEIPT, became);
    mend(batch, became);
    return became;
  }

  /// Notes when the lead is to be erased, as its newest version says. A moment that was over when
  /// that arrived can't be meant.
  private static void deadline(
      Batch batch, String lead, int version, @Nullable Instant end, Instant arrived) {
    var known = version > 1 ? batch.find(Tables.DEADLINE, lead) : null;
    if (end != null && end.isAfter(arrived) && end.isBefore(LATEST)) {
      batch.put(Tables.DEADLINE, new DeadlineRow(lead, end));
    } else if (known != null) {
      batch.delete(Tables.DEADLINE, lead);
    }
  }

  /// The receipt that this one corrects is no longer open.
  private static void mend(Batch batch, Receipt by) {
    if (by.corrects() == null) {
      return;
    }
    var old = batch.find(Tables.RECEIPT, by.corrects());
    if (old != null && Aside.isMendable(batch, old)) {
      long seq = batch.append("receipt.mended", old.sourceId(), old.id());
      batch.put(
          Tables.RECEIPT,
          old.became(
              Receipt.State.MENDED, by.leadId(), by.version(), old.guid(), old.reason(), seq));
    }
  }

  /// Where the source's leads land, unless the receipt says another office.
  private static Node landing(Nodes nodes, Source source, Receipt receipt) {
    var usual = nodes.get(source.node());
    boolean elsewhere =
        nodes.officeOf(usual.id()).filter(o -> o.id().equals(receipt.officeId())).isEmpty();
    return elsewhere ? nodes.find(receipt.officeId()).orElse(usual) : usual;
  }

  private static Node office(Nodes nodes, Node landing) {
    return nodes
        .officeOf(landing.id())
        .orElseThrow(() -> new IllegalStateException(landing.id() + " is above offices"));
  }

  /// Whether who serves the place of a home may answer: not where the source, or the listing, says
  /// by itself where its leads go.
  private static boolean isRouted(Nodes nodes, Node landing, Source source) {
    return landing.id().equals(source.node())
        && landing.kind() != Node.Kind.MEMBER
        && nodes.officeOf(landing.id()).isPresent();
  }

  /// @param made whether the contact was made just now
  private record Placed(Contact contact, Answerer answers, boolean made) {}

  private static Placed contact(
      Batch batch,
      Nodes nodes,
      Answerer answers,
      Node office,
      Source source,
      Persons.Found person,
      Lead lead,
      Draw draw) {
    // Who is new has no contact anywhere.
    var there =
        person.made()
            ? Optional.<Contact>empty()
            : Persons.findContact(batch, person.personId(), office.id());
    if (there.isPresent()) {
      var contact = Persons.enrich(batch, there.get(), lead.enquirer(), source.name(), draw);
      var owner = nodes.find(contact.ownerId()).map(Node::name).orElse("a former member");
      return new Placed(
          contact,
          new Answerer(
              contact.ownerId(),
              owner,
              "The person is a contact of " + owner + " in this office already, who keeps it."),
          false);
    }
    return new Placed(
        Persons.makeContact(
            batch,
            person.personId(),
            office.id(),
            answers.member(),
            lead.enquirer(),
            source.name(),
            draw),
        answers,
        true);
  }

  /// @param alone whether nothing can have been planned for the lead's contact before
  private Planner.Plan plan(
      Batch batch,
      Source source,
      LeadRecord lead,
      Lead content,
      String kind,
      long seq,
      Draw draw,
      boolean alone) {
    var owner = Persons.findContact(batch, lead.contactId()).map(Contact::ownerId).orElse("");
    return planner.plan(
        batch,
        new Event(
            "evt_" + draw.uuid("event"),
            kind,
            draw.at(),
            seq,
            lead.id(),
            lead.version(),
            lead.officeId(),
            lead.sourceId(),
            lead.test(),
            lead.contactId(),
            owner,
            new EventFields(
                Nodes.in(batch.settings()), source, lead, content, kind, owner, draw.at())),
        draw,
        alone);
  }
}
