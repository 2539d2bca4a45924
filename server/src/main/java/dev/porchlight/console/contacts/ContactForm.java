package dev.porchlight.console.contacts;

import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Sheet;
import dev.porchlight.console.Visit;
import dev.porchlight.person.ContactBody;
import dev.porchlight.sign.Tokens;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `/console/contacts/{id}/change`: what members type into a contact, and take back.
final class ContactForm {
  private static final String CONTACT = "/contacts/{id}";
  private static final String TAKEN_BACK = "taken_back";
  private static final String SEEN = "seen";
  private static final List<String> NAMES = List.of("display_name", "given_name", "family_name");
  private static final List<String> LISTS = List.of("emails", "phones");
  private static final List<String> ADDRESS =
      List.of("home_street_address", "home_postal_code", "home_locality", "home_region");

  private final Deeds deeds;

  ContactForm(Deeds deeds) {
    this.deeds = deeds;
  }

  /// @param seen stands for how the contact was when whoever fills the form saw it
  record View(String path, String name, Sheet sheet, String seen) {}

  Reply show(Visit visit) throws Exception {
    var known = deeds.act(visit, "GET", CONTACT, visit.path("id"), Json.object());
    return known.isFine()
        ? visit.page("contacts/change.jte", view(visit, known, sheet(visit, false, known.body())))
        : visit.missing();
  }

  private static View view(Visit visit, Deeds.Done known, Sheet sheet) {
    return new View(
        ContactSection.PATH + visit.path("id"),
        Clean.line(known.text("display_name")),
        sheet,
        stamp(known.body()));
  }

  private static String stamp(JsonNode known) {
    return Tokens.hash(shown(known).toString());
  }

  /// How it stands, each field as the form shows it.
  private static ObjectNode shown(JsonNode known) {
    var shown = Json.object();
    for (var name : NAMES) {
      shown.put(name, Clean.line(known.path(name).asString("")));
    }
    for (var name : LISTS) {
      var list = shown.putArray(name);
      known.path(name).forEach(n -> list.add(Clean.line(n.asString("")).strip()));
    }
    for (var name : ADDRESS) {
      shown.put(name, Clean.line(known.path("details").path(name).asString("")));
    }
    return shown;
  }

  private static Sheet sheet(Visit visit, boolean filled, JsonNode known) {
    var t = visit.texts();
    var typed = new HashSet<String>();
    known.path("typed").forEach(n -> typed.add(n.asString("")));
    var sheet =
        new Sheet(visit, "contact.set.", "contact.set.hint.", filled, shown(known))
            .line("display_name", 300)
            .line("given_name", 300)
            .line("family_name", 300)
            .list("emails", 3)
            .list("phones", 3)
            .heading("address")
            .line("home_street_address", 300)
            .line("home_postal_code", 300)
            .line("home_locality", 300)
            .line("home_region", 300);
    var members = Stream.of(NAMES, LISTS, ADDRESS).flatMap(List::stream).toList();
    var held = ContactBody.typedAmong(Set.copyOf(members), typed);
    var back =
        members.stream()
            .filter(held::contains)
            .map(n -> new Choice(n, t.of("contact.set." + n)))
            .toList();
    return back.isEmpty() ? sheet : sheet.heading("back").ticks(TAKEN_BACK, back);
  }

  Reply save(Visit visit) throws Exception {
    var id = visit.path("id");
    var known = deeds.act(visit, "GET", CONTACT, id, Json.object());
    if (!known.isFine()) {
      return visit.missing();
    }
    var sheet = sheet(visit, true, known.body());
    var seen = visit.form().text(SEEN);
    if (!seen.isEmpty() && !seen.equals(stamp(known.body()))) {
      return changedMeanwhile(visit, known, sheet);
    }
    var body = changed(visit, sheet.body(), shown(known.body()));
    if (body.isEmpty()) {
      return visit.undone("/contacts/" + id, "contact.same");
    }
    body.set("expected", expected(known.body()));
    var done = deeds.act(visit, "PATCH", CONTACT, id, body);
    if (done.status() == 409) {
      var now = deeds.act(visit, "GET", CONTACT, id, Json.object());
      if (now.isFine() && !stamp(now.body()).equals(stamp(known.body()))) {
        return changedMeanwhile(visit, now, sheet(visit, true, now.body()));
      }
    }
    if (done.isFine()) {
      return visit.done("/contacts/" + id, "contact.changed");
    }
    if (done.isMissing()) {
      return visit.missing();
    }
    sheet.refuse(done);
    return visit.refused("contacts/change.jte", view(visit, known, sheet));
  }

  /// Whoever filled it saw something else; sent again, it is as they say.
  private static Reply changedMeanwhile(Visit visit, Deeds.Done known, Sheet sheet) {
    sheet.refuse(new Deeds.Done(409, Json.object().put("detail", meanwhile(visit, known))));
    return visit.refused("contacts/change.jte", view(visit, known, sheet));
  }

  /// What the form has of it, which is still to stand when it is changed.
  private static ObjectNode expected(JsonNode known) {
    var expected = Json.object();
    Stream.of(NAMES, LISTS).flatMap(List::stream).forEach(n -> expect(expected, known, n));
    var details = expected.putObject("details");
    ADDRESS.forEach(n -> expect(details, known.path("details"), n));
    return expected;
  }

  private static void expect(ObjectNode expected, JsonNode known, String name) {
    if (known.has(name)) {
      expected.set(name, known.path(name));
    } else {
      expected.putNull(name);
    }
  }

  private static String meanwhile(Visit visit, Deeds.Done known) {
    var now = new ArrayList<String>();
    now.add(known.text("display_name"));
    LISTS.forEach(l -> known.body().path(l).forEach(n -> now.add(n.asString(""))));
    return visit.texts().of("contact.set.meanwhile", Clean.line(String.join(", ", now)));
  }

  /// Only what was typed over: what stays as it was shown does not count as typed.
  private static ObjectNode changed(Visit visit, ObjectNode filled, ObjectNode shown) {
    var body = Json.object();
    var back = visit.form().all(TAKEN_BACK);
    for (var name : NAMES) {
      if (!back.contains(name)
          && visit.form().has(name)
          && !filled.path(name).asString("").equals(shown.path(name).asString("").strip())) {
        body.set(name, filled.path(name));
      }
    }
    for (var name : LISTS) {
      if (!back.contains(name)
          && visit.form().has(name)
          && !filled.path(name).equals(shown.path(name))) {
        body.set(name, filled.path(name));
      }
    }
    var details = Json.object();
    for (var name : ADDRESS) {
      if (!back.contains(name)
          && visit.form().has(name)
          && !filled.path(name).asString("").equals(shown.path(name).asString("").strip())) {
        details.set(name, filled.path(name));
      }
    }
    if (!details.isEmpty()) {
      body.set("details", details);
    }
    if (!back.isEmpty()) {
      var list = body.putArray(TAKEN_BACK);
      back.forEach(list::add);
    }
    return body;
  }
}
