package dev.porchlight.api;

import dev.porchlight.account.Nodes;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.erasure.Erasure;
import dev.porchlight.desk.erasure.Erasures;
import dev.porchlight.person.Consents;
import dev.porchlight.person.Persons;
import dev.porchlight.person.VisiblePersons;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Persons, and their erasure.
final class PersonResources {
  private static final int MOST_LEADS = 200;

  private final Store store;
  private final VisiblePersons people;
  private final Leads leads;
  private final Erasure erasure;
  private final Erasures erasures;

  PersonResources(Store store, Persons persons, Leads leads, Erasure erasure, Erasures erasures) {
    this.store = store;
    this.people = new VisiblePersons(store);
    this.leads = leads;
    this.erasure = erasure;
    this.erasures = erasures;
  }

  Reply list(Call call) {
    call.filters("email", "phone", "erased");
    var request = call.request();
    var erased =
        request
            .queryValue("erased")
            .map(t ->
                switch (t) {
                  case "true" -> true;
                  case "false" -> false;
                  default -> throw Call.invalid("erased", "true or false");
                })
            .orElse(null);
    return call.list(
        most ->
            people.list(
                call.scope(),
                new VisiblePersons.Query(
                    request.queryValue("email").orElse(null),
                    request.queryValue("phone").orElse(null),
                    erased,
                    call.idCursor(),
                    most)),
        PersonResources::view,
        VisiblePersons.Person::id);
  }

  private VisiblePersons.Person person(Call call) {
    return people
        .find(call.scope(), call.path("id"))
        .orElseThrow(() -> AccountResources.missing("person"));
  }

  /// Who it is, what hangs on them, and, once they are erased, the record of that.
  Reply get(Call call) {
    var person = person(call);
    var view = view(person);
    var list = view.putArray("leads");
    for (var contact : person.contacts()) {
      leads
          .list(
              call.scope(),
              new Leads.Query(null, null, contact.id(), null, Long.MAX_VALUE, MOST_LEADS))
          .forEach(l -> list.add(l.id()));
    }
    view.set("consents", EventViews.consents(Consents.list(store, person.id())));
    var records = view.putArray("erasures");
    erasures.listOf(person.id()).forEach(e -> records.add(view(e)));
    return Call.ok(view);
  }

  /// Erases a person in the whole company. Once only: again it answers the record of the first
  /// time.
  Reply erase(Call call) throws Exception {
    var person = person(call);
    call.members(Set.of());
    if (!call.scope().containsNode(Nodes.in(store.settings()), person.companyId())) {
      throw new FaultException(
          Fault.NOT_ALLOWED,
          "Erasing acts on the whole company: use a token of the company, or of a node above it.");
    }
    var erased =
        erasure
            .erase(person.id(), call.principal().id())
            .orElseThrow(() -> AccountResources.missing("person"));
    call.namesNobody();
    return Call.ok(view(erased));
  }

  private static ObjectNode view(VisiblePersons.Person person) {
    var json = Json.object();
    json.put("id", person.id());
    json.put("company", person.companyId());
    json.put("created_at", person.createdAt().toString());
    if (person.erasedAt() != null) {
      json.put("erased_at", person.erasedAt().toString());
    }
    var contacts = json.putArray("contacts");
    for (var contact : person.contacts()) {
      contacts
          .addObject()
          .put("id", contact.id())
          .put("office", contact.officeId())
          .put("owner", contact.ownerId())
          .put("display_name", contact.displayName());
    }
    return json;
  }

  /// The record of an erasure.
  static ObjectNode view(Erasures.Erased erased) {
    var json = Json.object();
    json.put("id", erased.id());
    json.put("kind", erased.kind());
    json.put("subject", erased.subject());
    json.put("company", erased.companyId());
    json.put("by", erased.principal());
    json.put("begun_at", erased.begunAt().toString());
    if (erased.endedAt() != null) {
      json.put("ended_at", erased.endedAt().toString());
    }
    json.set("counts", Json.tree(Json.write(erased.counts())));
    return json;
  }
}
