package dev.porchlight.console.settings;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Sheet;
import dev.porchlight.console.Visit;
import dev.porchlight.desk.MailChannel;
import dev.porchlight.desk.Sources;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// `/console/settings/mail`: the server that takes the hub's mail on, a mail to try it with, and
/// whether mails come in. For who sees the whole hub.
final class MailPage {
  private static final String SERVER = "/mail-server";

  private final Store store;
  private final Deeds deeds;
  private final Credentials credentials;
  private final String listening;

  /// @param configured what the hub was started with
  MailPage(Store store, Deeds deeds, Credentials credentials, Map<String, String> configured) {
    this.store = store;
    this.deeds = deeds;
    this.credentials = credentials;
    listening = configured.getOrDefault("smtp_port", "");
  }

  /// @param set whether there is a server
  /// @param to where a trial goes
  /// @param tried how it went; empty when nothing was tried
  record View(
      Sheet sheet,
      boolean set,
      Form.Field to,
      String tried,
      boolean taken,
      List<Fact> incoming,
      List<Fact> sources) {}

  Reply show(Visit visit) throws Exception {
    return visit.scope().everything()
        ? visit.page("settings/mail.jte", view(visit, false, "", false))
        : visit.notAllowed();
  }

  private Sheet sheet(Visit visit, boolean filled, JsonNode known) {
    var t = visit.texts();
    return new Sheet(visit, "mail.set.", "mail.set.hint.", filled, known)
        .needed("host", 253)
        .pick(
            "security",
            List.of(
                new Choice("starttls", t.of("mail.security.starttls")),
                new Choice("tls", t.of("mail.security.tls")),
                new Choice("none", t.of("mail.security.none"))),
            "starttls")
        .number("port")
        .needed("from", 254)
        .line("user", 254)
        .secret("password", 1024)
        .line("links", 500)
        .line("return_domain", 253)
        .area("certificate_authorities", 4);
  }

  private View view(Visit visit, boolean filled, String tried, boolean taken) throws Exception {
    var known = deeds.act(visit, "GET", SERVER, "", Json.object());
    var sheet = sheet(visit, filled, known.isFine() ? known.body() : Json.object());
    return view(visit, sheet, known.isFine(), tried, taken);
  }

  private View view(Visit visit, Sheet sheet, boolean set, String tried, boolean taken) {
    var t = visit.texts();
    var form = visit.request().method().equals("POST") ? visit.form() : Form.empty();
    var incoming = new ArrayList<Fact>();
    incoming.add(
        new Fact(
            t.of("mail.in"),
            listening.isEmpty() ? t.of("mail.in.off") : t.of("mail.in.port", listening)));
    incoming.add(new Fact(t.of("config.where"), "smtp_port, PORCHLIGHT_SMTP_PORT"));
    return new View(
        sheet,
        set,
        form.field("to", t.of("mail.test.to"))
            .type("email")
            .longest(254)
            .needed()
            .or(visit.member().email() == null ? "" : Clean.line(visit.member().email())),
        tried,
        taken,
        incoming,
        Sources.in(store.settings()).all().stream()
            .filter(s -> MailChannel.isOpen(store.settings(), s.id()))
            .map(s ->
                new Fact(
                    Clean.line(s.name()),
                    t.of(
                        "mail.in.addresses",
                        credentials.list(Credential.Kind.MAIL, s.id()).stream()
                            .filter(c -> c.isLive(visit.now()))
                            .count()),
                    "/console/sources/" + s.id()))
            .toList());
  }

  Reply save(Visit visit) throws Exception {
    var known = deeds.act(visit, "GET", SERVER, "", Json.object());
    var sheet = sheet(visit, true, Json.object());
    var done = deeds.act(visit, "PATCH", SERVER, "", sheet.body());
    if (done.isFine()) {
      return visit.done("/settings/mail", "mail.saved");
    }
    sheet.refuse(done);
    return done.status() == 403
        ? visit.notAllowed()
        : visit.refused("settings/mail.jte", view(visit, sheet, known.isFine(), "", false));
  }

  Reply off(Visit visit) throws Exception {
    var done = deeds.act(visit, "DELETE", SERVER, "", Json.object());
    return done.status() == 403 ? visit.notAllowed() : visit.done("/settings/mail", "mail.off");
  }

  Reply test(Visit visit) throws Exception {
    if (!visit.scope().everything()) {
      return visit.notAllowed();
    }
    var t = visit.texts();
    var body = Json.object().put("to", visit.form().text("to"));
    var done = deeds.act(visit, "POST", SERVER + "/test", "", body);
    if (!done.isFine()) {
      visit.form().refuse("to", done.sentence());
      return visit.refused("settings/mail.jte", view(visit, false, "", false));
    }
    boolean taken = done.body().path("delivered").asBoolean(false);
    var said = Clean.line(done.text("reason") + done.text("answer"));
    return visit.page(
        "settings/mail.jte",
        view(
            visit,
            false,
            t.of(
                taken ? "mail.test.taken" : "mail.test.refused", Clean.line(done.text("to")), said),
            taken));
  }
}
