package dev.porchlight.console.leads;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Sentence;
import dev.porchlight.console.Tone;
import dev.porchlight.console.leads.Story.Item;
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
