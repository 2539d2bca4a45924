package dev.porchlight.desk.events;

import dev.porchlight.access.party.Parties;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.LeadSteps;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.Tables;
import dev.porchlight.person.Contact;
import dev.porchlight.person.ContactEdit;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.Evidence;
import dev.porchlight.person.Identity;
import dev.porchlight.person.Persons;
import dev.porchlight.routing.Answerer;
import dev.porchlight.routing.Routing;
import dev.porchlight.store.Batch;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import dev.porchlight.value.Saying;
import dev.porchlight.value.Saying.Step;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Does what events say of leads: new ones, and changed ones, go through the desk; a step of a lead
/// that is known is kept with it, and may change who answers.
final class LeadSayings {
  private static final String OURS = "porchlight:";

  private final Desk desk;

  LeadSayings(Desk desk) {
    this.desk = desk;
  }

  /// Does it.
  ///
  /// @param owing it is kept as owed, since deciding on it failed or took too long
  void apply(Occasion here, Saying.OfLead said, Desk.Prepared prepared, boolean owing) {
    var known = known(here.batch(), here.place().company(), said.names());
    boolean content = said.told() && (said.step() == Step.ADD || said.step() == Step.UPDATE);
    // The desk knows it again by the first name that it came under, and by no other.
    boolean again =
        content
            && known
                .filter(l -> l.sourceId().equals(prepared.source().id()))
                .filter(l -> l.externalId().equals(said.names().getFirst()))
                .isPresent();
    if (known.isPresent() && !again) {
      step(here, said, known.get());
      if (content && said.step() == Step.UPDATE) {
        prepared.enquirer().ifPresent(who -> learn(here, known.get(), who));
      }
      return;
    }
    var source = prepared.source();
    if (Sources.in(here.batch().settings()).find(source.id()).isEmpty()) {
      here.batch().change(Source.SETTING, source.id(), source.body());
    }
    var receipt =
        owing
            ? desk.owe(
                here.batch(), prepared, "Deciding took too long or failed by a defect of ours.")
            : desk.decide(here.batch(), prepared);
    if (known.isEmpty()
        && said.step() != Step.ADD
        && said.step() != Step.UPDATE
        && receipt.leadId() != null) {
      // What was first heard of as it changed hands.
      Optional.ofNullable(here.batch().find(Tables.LEAD, receipt.leadId()))
          .ifPresent(lead -> step(here, said, lead));
    }
  }

  /// The lead that goes by one of these names in that company.
  private static Optional<LeadRecord> known(Batch batch, String company, List<String> names) {
    var nodes = Nodes.in(batch.settings());
    for (var name : names) {
      var found =
          name.startsWith(OURS)
              ? Optional.ofNullable(batch.find(Tables.LEAD, name.substring(OURS.length())))
              : Optional.<LeadRecord>empty();
      if (found.isEmpty()) {
        found =
            batch
                .sql()
                .createQuery("SELECT id FROM lead WHERE external_id = :n ORDER BY seq")
                .bind("n", name)
                .mapTo(String.class)
                .list()
                .stream()
                .map(id -> batch.find(Tables.LEAD, id))
                .filter(Objects::nonNull)
                .filter(l -> isOf(nodes, company, l))
                .findFirst();
      }
      if (found.filter(l -> isOf(nodes, company, l)).isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static boolean isOf(Nodes nodes, String company, LeadRecord lead) {
    return lead.erasedAt() == null
        && nodes.find(lead.officeId()).isPresent()
        && nodes.companyOf(lead.officeId()).map(Node::id).orElse(lead.officeId()).equals(company);
  }

  private static void step(Occasion here, Saying.OfLead said, LeadRecord lead) {
    var answers = answerer(here, said, lead).filter(a -> !answers(lead, a));
    LeadSteps.keep(
        here.batch(),
        new LeadSteps.LeadStep(
            lead.id(),
            0,
            said.step().word(),
            here.event().time(),
            here.event().id(),
            here.event().uri(),
            here.publisher().id(),
            text(said.agent()),
            text(said.recipient()),
            text(said.participant()),
            text(said.reason()),
            text(said.comment()),
            answers.map(Json::write).orElse("")));
    if (answers.isPresent()) {
      Persons.findContact(here.batch(), lead.contactId())
          .ifPresent(c -> give(here, c, answers.get().member()));
    }
  }

  /// What somebody else than the sender of a lead says of its person: the lead stays what its
  /// sender said, the contact learns it.
  private static void learn(Occasion here, LeadRecord lead, Enquirer who) {
    Persons.findContact(here.batch(), lead.contactId())
        .filter(c -> !Persons.isErased(here.batch(), c.personId()))
        .ifPresent(c ->
            Evidence.of(c, who)
                .ifPresent(e ->
                    ContactEdits.edit(here.batch(), c, e, here.principal(), here.batch().now())));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static boolean answers(LeadRecord lead, Answerer answerer) {
    return Json.tree(lead.answers()).path("member").asString("").equals(answerer.member());
  }

  /// Who answers after a step; empty where that is left as it is.
  private static Optional<Answerer> answerer(Occasion here, Saying.OfLead said, LeadRecord lead) {
    var nodes = here.nodes();
    var desk = Routing.decide(nodes, nodes.get(lead.officeId()));
    return switch (said.step()) {
      case ADD, ACCEPT, UPDATE -> Optional.empty();
      case ASSIGN ->
          member(here, lead, said.recipient())
              .map(a -> because(a, "The lead was assigned to them by an event."));
      case REJECT ->
          member(here, lead, said.agent())
              .filter(a -> answers(lead, a))
              .map(a -> because(desk, a.memberName() + " rejected the lead by an event."));
      case RETRACT ->
          Optional.of(
              because(
                  member(here, lead, said.recipient()).orElse(desk),
                  "The lead was taken back by an event."));
    };
  }

  private static Answerer because(Answerer answerer, String reason) {
    return new Answerer(answerer.member(), answerer.memberName(), reason);
  }

  /// Who answers for a party, where that is one of the lead's company.
  private static Optional<Answerer> member(Occasion here, LeadRecord lead, @Nullable String uri) {
    var nodes = here.nodes();
    if (uri == null) {
      return Optional.empty();
    }
    return Parties.in(here.batch().settings())
        .findByUri(uri, here.event().base())
        .filter(p -> p.isLive() && !p.isApp())
        .flatMap(p -> Place.of(nodes, List.of(p)).stream().findFirst())
        .filter(p -> isOf(nodes, p.company(), lead))
        .map(p -> Routing.decide(nodes, p.landing()));
  }

  /// The contact goes with the lead.
  private static void give(Occasion here, Contact contact, String member) {
    if (contact.ownerId().equals(member) || Persons.isErased(here.batch(), contact.personId())) {
      return;
    }
    if (ContactEdits.mayOwn(here.nodes(), member, contact.officeId())) {
      ContactEdits.edit(here.batch(), contact, owned(member), here.principal(), here.batch().now());
    } else {
      ContactEdits.transfer(
          here.batch(),
          contact,
          new ContactEdits.Transfer(here.draw(), member, new Identity(null, null, "")),
          here.principal(),
          here.batch().now());
    }
  }

  private static ContactEdit owned(String member) {
    return new ContactEdit(
        Set.of(), null, null, null, List.of(), List.of(), List.of(), member, null);
  }
}
