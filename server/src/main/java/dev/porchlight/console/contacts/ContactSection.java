package dev.porchlight.console.contacts;

import dev.porchlight.access.Permission;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.PassingOn;
import dev.porchlight.console.Section;
import dev.porchlight.console.Visit;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.erasure.Erasure;
import dev.porchlight.desk.erasure.Erasures;
import dev.porchlight.person.Comment;
import dev.porchlight.person.Contact;
import dev.porchlight.person.ContactEdit;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.Persons;
import dev.porchlight.person.VisiblePersons;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.watch.FeedEvents;
import dev.porchlight.watch.NewsFeed;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;

/// `/console/contacts`: the list, the page of each, and the erasure of who it is.
public final class ContactSection implements Section {
  static final String PATH = "/console/contacts/";
  static final String LEAD = "/console/leads/";

  private static final int LONGEST_NOTE = 10_000;

  private final Store store;
  private final int hub;
  private final ContactList list;
  private final ContactTeller teller;
  private final Persons persons;
  private final VisiblePersons people;
  private final Erasure erasure;
  private final Erasures erasures;
  private final ContactForm form;

  /// @param hub the hub's number
  public ContactSection(
      Store store,
      int hub,
      Leads leads,
      Persons persons,
      Erasure erasure,
      Erasures erasures,
      Deeds deeds) {
    form = new ContactForm(deeds);
    this.store = store;
    this.hub = hub;
    this.persons = persons;
    this.erasure = erasure;
    this.erasures = erasures;
    list = new ContactList(store);
    teller = new ContactTeller(store, leads, persons);
    people = new VisiblePersons(store);
  }

  @Override
  public String name() {
    return "contacts";
  }

  @Override
  public List<String> scripts() {
    return List.of("contacts");
  }

  @Override
  public void addTo(Paths paths) {
    paths.get("/contacts", Permission.READ, list::answer);
    paths.get("/contacts/{id}", Permission.READ, v -> on(v, c -> show(v, c)));
    paths.get("/contacts/{id}/change", Permission.WORK, form::show);
    paths.post("/contacts/{id}/change", Permission.WORK, form::save);
    paths.post("/contacts/{id}/tags", Permission.WORK, v -> on(v, c -> addTag(v, c)));
    paths.post("/contacts/{id}/tags/remove", Permission.WORK, v -> on(v, c -> removeTag(v, c)));
    paths.post("/contacts/{id}/owner", Permission.WORK, v -> on(v, c -> setOwner(v, c)));
    paths.post("/contacts/{id}/notes", Permission.WORK, v -> on(v, c -> addNote(v, c)));
    paths.post("/contacts/{id}/notes/remove", Permission.WORK, v -> on(v, c -> removeNote(v, c)));
    paths.post("/contacts/{id}/feed", Permission.WORK, v -> on(v, c -> mark(v, c)));
    paths.get("/contacts/{id}/erase", Permission.ADMIN, v -> on(v, c -> askToErase(v, c)));
    paths.post("/contacts/{id}/erase", Permission.ADMIN, v -> on(v, c -> erase(v, c)));
    paths.get("/contacts/erased/{person}", Permission.ADMIN, this::proof);
  }

  @FunctionalInterface
  private interface Answer {
    Reply of(Contact contact);
  }

  private Reply on(Visit visit, Answer answer) {
    return persons.find(visit.scope(), visit.path("id")).map(answer::of).orElseGet(visit::missing);
  }

  private Reply show(Visit visit, Contact contact) {
    return visit.page("contacts/one.jte", teller.tell(visit, contact, Form.empty(), ""));
  }

  private Reply refused(Visit visit, Contact contact, String trouble) {
    return visit.refused("contacts/one.jte", teller.tell(visit, contact, visit.form(), trouble));
  }

  /// Changes the contact as it stands by then, unless it has come out of sight meanwhile.
  private boolean change(Visit visit, Contact contact, BiPredicate<Batch, Contact> change) {
    return store.write(
        WorkQueue.EDITS,
        batch ->
            Persons.findContact(batch, contact.id())
                .filter(c -> visit.scope().containsContact(c.officeId(), c.ownerId()))
                .filter(c -> !Persons.isErased(batch, c.personId()))
                .filter(c -> change.test(batch, c))
                .isPresent());
  }

  private static ContactEdit tags(List<String> tags) {
    return new ContactEdit(
        Set.of("tags"), null, null, null, List.of(), List.of(), tags, null, null);
  }

  private Reply addTag(Visit visit, Contact contact) {
    var form = visit.form();
    var tag = form.text("tag");
    var trouble = new AtomicReference<>("");
    boolean known =
        change(
            visit,
            contact,
            (batch, c) -> {
              var tags = new ArrayList<>(c.body().tags());
              if (tags.stream().anyMatch(tag::equalsIgnoreCase)) {
                trouble.set("contact.tag.known");
                return true;
              }
              tags.add(tag);
              try {
                ContactEdits.edit(batch, c, tags(tags), visit.principal().id(), batch.now());
              } catch (IllegalArgumentException _) {
                trouble.set("contact.tag.wrong");
              }
              return true;
            });
    var wrong = trouble.get();
    if (wrong != null && !wrong.isEmpty()) {
      form.refuse("tag", visit.texts().of(wrong));
      return refused(visit, contact, "");
    }
    return known ? visit.done("/contacts/" + contact.id(), "contact.tagged") : visit.missing();
  }

  private Reply removeTag(Visit visit, Contact contact) {
    var tag = visit.form().raw("tag");
    boolean known =
        change(
            visit,
            contact,
            (batch, c) -> {
              var tags = c.body().tags().stream().filter(t -> !t.equals(tag)).toList();
              ContactEdits.edit(batch, c, tags(tags), visit.principal().id(), batch.now());
              return true;
            });
    return known ? visit.done("/contacts/" + contact.id(), "contact.untagged") : visit.missing();
  }

  private Reply setOwner(Visit visit, Contact contact) {
    return switch (PassingOn.to(store, visit, contact, visit.form().text("owner"))) {
      case MISSING -> visit.missing();
      case REFUSED -> refused(visit, contact, visit.texts().of("contact.owner.wrong"));
      case DONE ->
          // Whoever gives away what only they could see does not see it any more.
          persons.find(visit.scope(), contact.id()).isPresent()
              ? visit.done("/contacts/" + contact.id(), "contact.owned")
              : visit.done("/contacts", "contact.owned");
    };
  }

  private Reply addNote(Visit visit, Contact contact) {
    var form = visit.form();
    var text = form.text("text").replace("\r\n", "\n");
    if (text.isEmpty() || text.length() > LONGEST_NOTE) {
      form.refuse("text", visit.texts().of("contact.note.wrong"));
      return refused(visit, contact, "");
    }
    var note = Comment.of(Draw.fresh(store.now(), hub), contact.id(), visit.member().id(), text);
    boolean known =
        change(
            visit,
            contact,
            (batch, _) -> {
              note.put(batch);
              return true;
            });
    return known ? visit.done("/contacts/" + contact.id(), "contact.noted") : visit.missing();
  }

  private Reply removeNote(Visit visit, Contact contact) {
    var id = visit.form().text("note");
    boolean known = change(visit, contact, (batch, c) -> Comment.delete(batch, c.id(), id));
    return known ? visit.done("/contacts/" + contact.id(), "contact.unnoted") : visit.missing();
  }

  /// Says of an event in a feed that it is approved, or whether it was looked at.
  private Reply mark(Visit visit, Contact contact) {
    var found = teller.findHappened(contact.id(), visit.form().text("event"));
    var what = visit.form().text("mark");
    var done =
        switch (what) {
          case "approve" -> "contact.approve";
          case "read" -> "contact.read";
          case "unread" -> "contact.unread";
          default -> "";
        };
    if (found.isEmpty() || done.isEmpty()) {
      return visit.missing();
    }
    var item = found.get();
    boolean known =
        change(
            visit,
            contact,
            (batch, _) -> {
              if (NewsFeed.find(batch, item.feed().id()).isEmpty()) {
                return false;
              }
              boolean approve = what.equals("approve");
              FeedEvents.mark(
                  batch, item.trace(), approve ? true : null, approve ? null : what.equals("read"));
              return true;
            });
    return known ? visit.done("/contacts/" + contact.id(), done) : visit.missing();
  }

  private Reply askToErase(Visit visit, Contact contact) {
    return erasing(visit, contact)
        .<Reply>map(v -> visit.page("contacts/erase.jte", v))
        .orElseGet(visit::notAllowed);
  }

  /// What is to be confirmed; empty when they may not erase this person.
  private Optional<ContactView.Erasing> erasing(Visit visit, Contact contact) {
    var nodes = Nodes.in(store.settings());
    if (!ContactTeller.mayErase(visit, nodes, contact)) {
      return Optional.empty();
    }
    var form = visit.request().method().equals("POST") ? visit.form() : Form.empty();
    var t = visit.texts();
    return people
        .find(visit.scope(), contact.personId())
        .map(p ->
            new ContactView.Erasing(
                PATH + contact.id(),
                Clean.line(contact.body().shownName()),
                p.contacts().stream()
                    .map(c ->
                        new Fact(
                            Clean.line(nodes.find(c.officeId()).map(Node::name).orElse("")),
                            Clean.line(c.displayName()),
                            PATH + c.id()))
                    .toList(),
                form.field("confirmed", t.of("erase.confirm", t.of("erase.word")))
                    .longest(30)
                    .needed()));
  }

  private Reply erase(Visit visit, Contact contact) {
    var word = visit.texts().of("erase.word");
    if (!visit.form().text("confirmed").toLowerCase(Locale.ROOT).equals(word)) {
      visit.form().refuse("confirmed", visit.texts().of("erase.wrong", word));
      return erasing(visit, contact)
          .<Reply>map(v -> visit.refused("contacts/erase.jte", v))
          .orElseGet(visit::notAllowed);
    }
    if (!ContactTeller.mayErase(visit, Nodes.in(store.settings()), contact)) {
      return visit.notAllowed();
    }
    return erasure.erase(contact.personId(), visit.principal().id()).isPresent()
        ? visit.done("/contacts/erased/" + contact.personId(), "contact.erased")
        : visit.missing();
  }

  private Reply proof(Visit visit) {
    return people
        .find(visit.scope(), visit.path("person"))
        .map(p -> erasures.listOf(p.id()))
        .filter(all -> !all.isEmpty())
        .<Reply>map(all ->
            visit.page(
                "contacts/erased.jte",
                new ContactView.Erased(all.stream().map(e -> proof(visit, e)).toList())))
        .orElseGet(visit::missing);
  }

  private ContactView.Proof proof(Visit visit, Erasures.Erased erased) {
    var t = visit.texts();
    var c = erased.counts();
    return new ContactView.Proof(
        List.of(
            new Fact(t.of("erased.id"), erased.id()),
            new Fact(t.of("erased.subject"), erased.subject()),
            new Fact(t.of("erased.by"), by(erased.principal()))),
        visit.time(erased.begunAt()),
        erased.endedAt() == null ? null : visit.time(erased.endedAt()),
        List.of(
            count(t.of("erased.leads"), c.leads()),
            count(t.of("erased.versions"), c.versions()),
            count(t.of("erased.receipts"), c.receipts()),
            count(t.of("erased.contacts"), c.contacts()),
            count(t.of("erased.edits"), c.edits()),
            count(t.of("erased.keys"), c.keys()),
            count(t.of("erased.deliveries"), c.deliveries()),
            count(t.of("erased.ended"), c.deliveriesEnded()),
            count(t.of("erased.attempts"), c.attempts())));
  }

  private String by(String principal) {
    return Nodes.in(store.settings())
        .find(principal.replaceFirst("^member ", ""))
        .map(n -> Clean.line(n.name()) + " (" + principal + ")")
        .orElse(Clean.line(principal));
  }

  private static Fact count(String label, int n) {
    return new Fact(label, Integer.toString(n));
  }
}
