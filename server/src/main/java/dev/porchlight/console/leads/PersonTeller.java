package dev.porchlight.console.leads;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Sentence;
import dev.porchlight.console.Tone;
import dev.porchlight.console.leads.Story.Item;
import dev.porchlight.desk.Handover;
import dev.porchlight.desk.LeadSteps;
import dev.porchlight.desk.Leads;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Persons;
import dev.porchlight.store.LogEntry;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Tells of people: whose lead it is, who answers, who says that it is answered.
final class PersonTeller {
  private static final int MOST = 200;

  private final Leads leads;
  private final Persons persons;

  PersonTeller(Leads leads, Persons persons) {
    this.leads = leads;
    this.persons = persons;
  }

  /// Who it is, and how we know.
  Item tell(Telling known, Enquirer who) {
    var texts = known.texts();
    var lead = known.lead();
    var sentences = new ArrayList<Sentence>();
    sentences.add(
        lead.erasedAt() == null
            ? texts.english(Clean.line(lead.evidence()))
            : texts.say("person.erased"));
    var facts = new Facts(texts);
    persons
        .find(known.scope(), lead.contactId())
        .ifPresent(contact -> contact(known, contact, who, facts));
    persons
        .listPossibleDuplicates(
            known.viewer().member() == null ? known.scope() : known.viewer(), lead.personId())
        .forEach(d ->
            sentences.add(
                texts.say("person.duplicate", texts.english(Clean.line(d.evidence())).text())));
    return new Item(
        Tone.GOOD,
        texts.time(lead.createdAt(), known.now()),
        texts.of("person.title"),
        "",
        sentences,
        facts.list(),
        List.of(),
        List.of(),
        null);
  }

  private void contact(Telling known, Contact contact, Enquirer who, Facts facts) {
    var body = contact.body();
    if (!new Particulars(known.texts()).name(who).equals(body.displayName())) {
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

  /// Who answers, and why.
  static Item answers(Telling known) {
    var texts = known.texts();
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
        List.of(texts.english(Clean.line(answers.path("reason").asString("")))),
        List.of(),
        List.of(),
        List.of(),
        null);
  }

  /// A member by the name of now; by the id where nobody has that name any more.
  static String member(Telling known, String id) {
    var answers = Json.tree(known.lead().answers());
    return Clean.line(
        Nodes.in(known.settings())
            .find(id)
            .map(Node::name)
            .orElseGet(() ->
                answers.path("member").asString("").equals(id)
                    ? answers.path("member_name").asString(id)
                    : id));
  }

  /// Why somebody has the lead now.
  static Sentence why(Telling known, Handover.Owner owner) {
    var texts = known.texts();
    if (!owner.reason().isEmpty() || owner.by().isEmpty()) {
      return texts.english(Clean.line(owner.reason()));
    }
    var by = StoryTeller.who(known.settings(), owner.by());
    return owner.from().isEmpty()
        ? texts.say("owner.passed", by)
        : texts.say("owner.passed.from", by, member(known, owner.from()));
  }

  /// That somebody passed it on.
  static Item passedOn(Telling known, Handover handover) {
    var texts = known.texts();
    var by = StoryTeller.who(known.settings(), handover.by());
    return line(
        known,
        handover.at(),
        texts.of("passed.title", member(known, handover.to())),
        List.of(
            handover.from().isEmpty()
                ? texts.say("owner.passed", by)
                : texts.say("owner.passed.from", by, member(known, handover.from()))));
  }

  /// What an event said became of it.
  static Item step(Telling known, LeadSteps.LeadStep step) {
    var texts = known.texts();
    var sentences = new ArrayList<Sentence>();
    if (!step.agent().isEmpty()) {
      sentences.add(texts.say("step.agent", Clean.line(step.agent())));
    }
    if (!step.recipient().isEmpty()) {
      sentences.add(texts.say("step.recipient", Clean.line(step.recipient())));
    }
    if (!step.answers().isEmpty()) {
      var answers = Json.tree(step.answers());
      sentences.add(texts.say("answers.title", member(known, answers.path("member").asString(""))));
      sentences.add(texts.english(Clean.line(answers.path("reason").asString(""))));
    }
    for (var said : List.of(step.reason(), step.comment())) {
      if (!said.isEmpty()) {
        sentences.add(texts.say("step.said", Clean.line(said)));
      }
    }
    return line(known, step.at(), texts.of("step." + step.step()), sentences);
  }

  private static Item line(Telling known, Instant at, String title, List<Sentence> sentences) {
    return new Item(
        Tone.GOOD,
        known.texts().time(at, known.now()),
        title,
        "",
        sentences,
        List.of(),
        List.of(),
        List.of(),
        null);
  }

  /// That somebody marked it as answered.
  static Item answered(Telling known, LogEntry line) {
    var texts = known.texts();
    return new Item(
        Tone.GOOD,
        texts.time(line.at(), known.now()),
        texts.of("answered.title", StoryTeller.who(known.settings(), line.ref())),
        "",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        null);
  }

  /// That its person was erased.
  static Item erased(Telling known, Instant at) {
    var texts = known.texts();
    return new Item(
        Tone.PLAIN,
        texts.time(at, known.now()),
        texts.of("erased.title"),
        "",
        List.of(texts.say("erased.what")),
        List.of(),
        List.of(),
        List.of(),
        null);
  }
}
