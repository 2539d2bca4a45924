package dev.porchlight.console.settings;

import dev.porchlight.access.ConsoleRole;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.MemberPasswords;
import dev.porchlight.access.Permission;
import dev.porchlight.access.Principals;
import dev.porchlight.account.Node;
import dev.porchlight.account.NodeMail;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Section;
import dev.porchlight.console.Sheet;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Visit;
import dev.porchlight.sign.Passwords;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// `/console/settings`: the account tree, what members are at the console, and, beside it, tokens
/// of the API. For administrators.
public final class SettingSection implements Section {
  static final String PATH = "/console/settings";
  private static final int MOST_LISTED = 1000;

  private final Store store;
  private final int hub;
  private final Credentials credentials;
  private final TokenPage tokens;
  private final MailPage mail;
  private final HubPage hubPage;
  private final KeyPage keys;
  private final Deeds deeds;

  /// @param hub the hub's number
  /// @param configured what the hub was started with, by the keys of its configuration
  public SettingSection(
      Store store, int hub, Credentials credentials, Deeds deeds, Map<String, String> configured) {
    this.deeds = deeds;
    this.store = store;
    this.hub = hub;
    this.credentials = credentials;
    tokens = new TokenPage(store, hub, credentials);
    mail = new MailPage(store, deeds, credentials, configured);
    hubPage = new HubPage(store, deeds, configured);
    keys = new KeyPage(store, credentials);
  }

  /// A line of the tree.
  ///
  /// @param depth from 0
  record Row(int depth, String href, String name, String kind, String email, String role) {}

  record Tree(
      List<Row> rows,
      Form.Field kind,
      List<Choice> kinds,
      Form.Field name,
      Form.Field parent,
      List<Choice> parents,
      Form.Field email,
      boolean everything) {}

  /// One node.
  ///
  /// @param member whether it can have a role
  /// @param mayChange whether who looks sees all that the member sees
  /// @param link by which the member signs in once, to be shown this once; empty else
  record One(
      String path,
      String name,
      List<Fact> facts,
      boolean member,
      boolean ended,
      List<Form.Field> names,
      boolean mayEnd,
      boolean mayChange,
      boolean hasRole,
      Form.Field role,
      List<Choice> roles,
      Form.Field at,
      List<Choice> places,
      Form.Field password,
      String link,
      @Nullable Sheet mail) {}

  @Override
  public String name() {
    return "settings";
  }

  @Override
  public Permission needed() {
    return Permission.ADMIN;
  }

  @Override
  public void addTo(Paths paths) {
    paths.get(
        "/settings", Permission.ADMIN, v -> v.page("settings/tree.jte", tree(v, Form.empty())));
    paths.post("/settings/nodes", Permission.ADMIN, this::add);
    paths.get("/settings/nodes/{id}", Permission.ADMIN, v -> on(v, n -> show(v, n, "")));
    paths.post("/settings/nodes/{id}/change", Permission.ADMIN, v -> on(v, n -> rename(v, n)));
    paths.post("/settings/nodes/{id}/end", Permission.ADMIN, v -> on(v, n -> end(v, n, true)));
    paths.post("/settings/nodes/{id}/return", Permission.ADMIN, v -> on(v, n -> end(v, n, false)));
    paths.post("/settings/nodes/{id}/role", Permission.ADMIN, v -> on(v, n -> setRole(v, n)));
    paths.post("/settings/nodes/{id}/no-role", Permission.ADMIN, v -> on(v, n -> endRole(v, n)));
    paths.post("/settings/nodes/{id}/password", Permission.ADMIN, v -> on(v, n -> password(v, n)));
    paths.post("/settings/nodes/{id}/link", Permission.ADMIN, v -> on(v, n -> link(v, n)));
    paths.post("/settings/nodes/{id}/mail", Permission.ADMIN, this::saveMail);
    paths.get("/settings/mail", Permission.ADMIN, mail::show);
    paths.post("/settings/mail", Permission.ADMIN, mail::save);
    paths.post("/settings/mail/off", Permission.ADMIN, mail::off);
    paths.post("/settings/mail/test", Permission.ADMIN, mail::test);
    paths.get("/settings/hub", Permission.ADMIN, hubPage::show);
    paths.post("/settings/hub/retention", Permission.ADMIN, hubPage::save);
    paths.get("/settings/keys", Permission.ADMIN, keys::list);
    paths.get("/settings/tokens", Permission.ADMIN, tokens::list);
    paths.post("/settings/tokens", Permission.ADMIN, tokens::make);
    paths.post("/settings/tokens/{id}/end", Permission.ADMIN, tokens::end);
  }

  @FunctionalInterface
  private interface Answer {
    Reply of(Node node) throws Exception;
  }

  private Reply on(Visit visit, Answer answer) throws Exception {
    var nodes = Nodes.in(store.settings());
    var node = nodes.find(visit.path("id")).filter(n -> visit.scope().containsNode(nodes, n.id()));
    return node.isPresent() ? answer.of(node.get()) : visit.missing();
  }

  private Reply rename(Visit visit, Node node) throws Exception {
    var email = visit.form().text("email");
    if (!email.isEmpty() && !email.contains("@")) {
      visit.form().refuse("email", visit.texts().of("first.email.missing"));
      return visit.refused("settings/node.jte", one(visit, node, ""));
    }
    var body = Json.object().put("name", visit.form().text("name"));
    body.put("email", email.isEmpty() ? null : email);
    return change(visit, node, body, "node.changed");
  }

  private Reply end(Visit visit, Node node, boolean ended) throws Exception {
    return change(
        visit, node, Json.object().put("ended", ended), ended ? "node.ended" : "node.back");
  }

  private Reply change(Visit visit, Node node, ObjectNode body, String key) throws Exception {
    var done = deeds.act(visit, "PATCH", "/nodes/{id}", node.id(), body);
    if (done.isFine()) {
      return visit.done("/settings/nodes/" + node.id(), key);
    }
    if (done.status() == 403) {
      return visit.notAllowed();
    }
    if (done.isMissing()) {
      return visit.missing();
    }
    var t = visit.texts();
    if (done.status() == 409 && done.detail().contains("`email`")) {
      visit.form().refuse("email", t.of("node.email.taken"));
    } else if (done.detail().contains("`email`")) {
      visit.form().refuse("email", t.of("first.email.missing"));
    } else {
      visit.form().refuse("name", t.of("node.name.wrong"));
    }
    return visit.refused("settings/node.jte", one(visit, node, ""));
  }

  private Tree tree(Visit visit, Form form) {
    var t = visit.texts();
    var nodes = Nodes.in(store.settings());
    var rows = new ArrayList<Row>();
    nodes.all().stream()
        .filter(n -> visit.scope().containsNode(nodes, n.id()))
        .filter(n -> n.parent() == null || !visit.scope().containsNode(nodes, n.parent()))
        .forEach(n -> collect(t, nodes, n, 0, rows));
    return new Tree(
        rows,
        form.field("kind", t.of("node.kind")).or("member"),
        Arrays.stream(Node.Kind.values())
            .map(k -> word(k))
            .map(k -> new Choice(k, t.of("node.kind." + k)))
            .toList(),
        form.field("name", t.of("node.name")).longest(200).needed(),
        form.field("parent", t.of("node.parent")).or(nodes.defaultOffice().id()),
        places(visit, nodes, n -> true, t.of("node.parent.none")),
        form.field("email", t.of("node.email"))
            .type("email")
            .hint(t.of("node.email.hint"))
            .longest(254),
        visit.scope().everything());
  }

  private void collect(Texts t, Nodes nodes, Node node, int depth, List<Row> rows) {
    if (rows.size() >= MOST_LISTED) {
      return;
    }
    rows.add(
        new Row(
            Math.min(4, depth),
            PATH + "/nodes/" + node.id(),
            Clean.line(node.name()),
            t.of("node.kind." + word(node.kind())),
            Clean.line(node.email()),
            node.isEnded()
                ? t.of("node.ended.word")
                : ConsoleRole.find(store.settings(), node.id())
                    .map(r -> role(t, nodes, r))
                    .orElse("")));
    nodes.childrenOf(node.id()).stream()
        .sorted(Comparator.comparing(Node::kind).reversed().thenComparing(Node::name))
        .forEach(child -> collect(t, nodes, child, depth + 1, rows));
  }

  private static String role(Texts t, Nodes nodes, ConsoleRole role) {
    var word = t.of("role." + role.kind().word());
    return role.node() == null
        ? word
        : t.of(
            "node.role.at", word, Clean.line(nodes.find(role.node()).map(Node::name).orElse("")));
  }

  private static String word(Node.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /// Nodes at which something can be.
  ///
  /// @param none what is said of the choice of none
  static List<Choice> places(Visit visit, Nodes nodes, Predicate<Node> also, String none) {
    var places = new ArrayList<Choice>();
    if (visit.scope().everything()) {
      places.add(new Choice("", none));
    }
    nodes.all().stream()
        .filter(n -> n.kind() != Node.Kind.MEMBER && n.kind() != Node.Kind.TEAM)
        .filter(also)
        .filter(n -> visit.scope().containsNode(nodes, n.id()))
        .limit(MOST_LISTED)
        .forEach(n -> places.add(new Choice(n.id(), Clean.line(n.name()))));
    return places;
  }

  private Reply add(Visit visit) {
    var t = visit.texts();
    var form = visit.form();
    var kind =
        Arrays.stream(Node.Kind.values())
            .filter(k -> word(k).equals(form.text("kind")))
            .findFirst();
    if (kind.isEmpty()) {
      form.refuse("kind", t.of("token.may.wrong"));
    }
    var parent = form.text("parent").isEmpty() ? null : form.text("parent");
    var email = form.text("email").isEmpty() ? null : form.text("email");
    var name = form.text("name");
    if (name.isEmpty() || name.length() > 200 || name.chars().anyMatch(Character::isISOControl)) {
      form.refuse("name", t.of("node.name.wrong"));
    }
    if (email != null && (email.length() > 254 || !email.contains("@"))) {
      form.refuse("email", t.of("first.email.missing"));
    }
    var id = Draw.fresh(store.now(), hub).digits();
    var desk = Draw.fresh(store.now(), hub).digits();
    if (kind.isPresent() && form.isFine()) {
      var what = kind.get();
      boolean added =
          store.write(
              WorkQueue.EDITS,
              batch -> {
                if (!Nodes.in(batch.settings()).fits(visit.scope(), what, parent)) {
                  return false;
                }
                Nodes.add(
                    batch,
                    new Node(
                        id, what, parent, name, email, what == Node.Kind.OFFICE ? desk : null));
                return true;
              });
      if (added) {
        return visit.done("/settings/nodes/" + id, "node.added");
      }
      form.refuse("parent", t.of("node.parent.wrong"));
    }
    return visit.refused("settings/tree.jte", tree(visit, form));
  }

  private Reply show(Visit visit, Node node, String link) {
    return visit.page("settings/node.jte", one(visit, node, link));
  }

  private Sheet mail(Visit visit, Node node, boolean filled) {
    var t = visit.texts();
    var said = NodeMail.of(store.settings(), node.id());
    var known =
        Json.object()
            .put("address", said.address())
            .put("copies", said.copies() == null ? null : said.copies().toString())
            .put("fallback", said.fallback())
            .put("time_zone", said.timeZone())
            .put("language", said.language());
    return new Sheet(visit, "node.mail.", "node.mail.hint.", filled, known)
        .line("fallback", 254)
        .line("address", 254)
        .pick(
            "copies",
            List.of(
                new Choice("", t.of("node.copies.above")),
                new Choice("true", t.of("yes")),
                new Choice("false", t.of("no"))),
            "")
        .line("time_zone", 64)
        .pick(
            "language",
            List.of(
                new Choice("", t.of("node.language.above")),
                new Choice("en", t.of("node.language.en")),
                new Choice("de", t.of("node.language.de")),
                new Choice("fr", t.of("node.language.fr"))),
            "");
  }

  private Reply saveMail(Visit visit) throws Exception {
    var node = Nodes.in(store.settings()).find(visit.path("id"));
    if (node.isEmpty()) {
      return visit.missing();
    }
    var sheet = mail(visit, node.get(), true);
    var body = sheet.body();
    var copies = sheet.filled("copies");
    if (copies.equals("true") || copies.equals("false")) {
      body.put("copies", copies.equals("true"));
    }
    var done = deeds.act(visit, "PATCH", "/nodes/{id}/mail", node.get().id(), body);
    if (done.isFine()) {
      return visit.done("/settings/nodes/" + node.get().id(), "node.mail");
    }
    if (done.isMissing()) {
      return visit.missing();
    }
    sheet.refuse(done);
    return visit.refused("settings/node.jte", one(visit, node.get(), "", sheet));
  }

  private One one(Visit visit, Node node, String link) {
    return one(
        visit,
        node,
        link,
        node.kind() == Node.Kind.MEMBER || node.kind() == Node.Kind.TEAM
            ? null
            : mail(visit, node, false));
  }

  private One one(Visit visit, Node node, String link, @Nullable Sheet mailed) {
    var t = visit.texts();
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    var role = ConsoleRole.find(settings, node.id());
    var form = visit.request().method().equals("POST") ? visit.form() : Form.empty();
    var facts = new ArrayList<Fact>();
    facts.add(new Fact(t.of("node.kind"), t.of("node.kind." + word(node.kind()))));
    facts.add(new Fact(t.of("node.id"), node.id()));
    if (node.parent() != null) {
      facts.add(
          new Fact(
              t.of("node.parent"),
              Clean.line(nodes.find(node.parent()).map(Node::name).orElse(""))));
    }
    if (node.email() != null) {
      facts.add(new Fact(t.of("node.email"), Clean.line(node.email())));
    }
    if (node.isEnded()) {
      facts.add(new Fact(t.of("node.ended"), String.valueOf(node.endedAt())));
    }
    if (node.kind() == Node.Kind.MEMBER) {
      facts.add(
          new Fact(
              t.of("node.role"), role.map(r -> role(t, nodes, r)).orElse(t.of("node.role.none"))));
    }
    return new One(
        PATH + "/nodes/" + node.id(),
        Clean.line(node.name()),
        facts,
        node.kind() == Node.Kind.MEMBER,
        node.isEnded(),
        List.of(
            form.field("name", t.of("node.name")).or(Clean.line(node.name())).longest(200).needed(),
            form.field("email", t.of("node.email"))
                .or(Clean.line(node.email()))
                .type("email")
                .hint(t.of("node.email.hint"))
                .longest(254)),
        node.kind() == Node.Kind.MEMBER
            && !node.id().equals(visit.member().id())
            && nodes.officeOf(node.id()).filter(o -> node.id().equals(o.frontDesk())).isEmpty(),
        ConsoleRole.isWithin(visit.scope(), settings, node.id()),
        role.isPresent(),
        form.field("role", t.of("node.role")).or(role.map(r -> r.kind().word()).orElse("agent")),
        Arrays.stream(ConsoleRole.Kind.values())
            .map(k -> new Choice(k.word(), t.of("role." + k.word())))
            .toList(),
        form.field("at", t.of("node.at"))
            .hint(t.of("node.at.hint"))
            .or(Optional.ofNullable(role.map(ConsoleRole::node).orElse(null)).orElse("")),
        places(visit, nodes, n -> true, t.of("node.at.all")),
        form.field("password", t.of("first.password"))
            .type("password")
            .fill("new-password")
            .hint(t.of("first.password.hint", Passwords.SHORTEST))
            .longest(Passwords.LONGEST)
            .needed(),
        link,
        mailed);
  }

  @FunctionalInterface
  private interface Change {
    boolean in(Batch batch);
  }

  /// Changes something about a member, unless they see more than who asks.
  private Reply change(Visit visit, Node member, String key, Change change) {
    boolean done = write(visit, member, change);
    return done ? visit.done("/settings/nodes/" + member.id(), key) : visit.notAllowed();
  }

  private boolean write(Visit visit, Node member, Change change) {
    return store.write(
        WorkQueue.EDITS,
        batch ->
            ConsoleRole.isWithin(visit.scope(), batch.settings(), member.id()) && change.in(batch));
  }

  /// The same where it lets them sign in: by an address that is nobody else's name.
  private Reply changeEntry(Visit visit, Node member, String field, Change change) {
    var taken = new AtomicBoolean();
    boolean done =
        write(
            visit,
            member,
            batch -> {
              var now = Nodes.in(batch.settings()).get(member.id());
              taken.set(MemberPasswords.isTaken(batch, now));
              return !taken.get() && change.in(batch);
            });
    if (taken.get()) {
      visit.form().refuse(field, visit.texts().of("node.email.taken"));
      return visit.refused("settings/node.jte", one(visit, member, ""));
    }
    return done
        ? visit.done("/settings/nodes/" + member.id(), "node." + field)
        : visit.notAllowed();
  }

  private Reply setRole(Visit visit, Node member) {
    var form = visit.form();
    var kind =
        Arrays.stream(ConsoleRole.Kind.values())
            .filter(k -> k.word().equals(form.text("role")))
            .findFirst()
            .orElse(null);
    if (kind == null) {
      form.refuse("role", visit.texts().of("token.may.wrong"));
      return visit.refused("settings/node.jte", one(visit, member, ""));
    }
    var at = kind == ConsoleRole.Kind.AGENT || form.text("at").isEmpty() ? null : form.text("at");
    var role = new ConsoleRole(member.id(), kind, at);
    var objection = role.objection(Nodes.in(store.settings()));
    if (objection.isPresent()) {
      form.refuse("at", visit.texts().english(objection.get()).text());
      return visit.refused("settings/node.jte", one(visit, member, ""));
    }
    return changeEntry(
        visit,
        member,
        "role",
        batch -> {
          boolean fine =
              role.isWithin(visit.scope(), batch.settings())
                  && role.objection(Nodes.in(batch.settings())).isEmpty();
          if (fine) {
            role.put(batch);
          }
          return fine;
        });
  }

  private Reply endRole(Visit visit, Node member) {
    return change(
        visit,
        member,
        "node.no-role",
        batch -> {
          boolean there = ConsoleRole.find(batch.settings(), member.id()).isPresent();
          if (there) {
            ConsoleRole.remove(batch, member.id());
          }
          return there;
        });
  }

  private Reply password(Visit visit, Node member) {
    var password = visit.form().raw("password");
    if (!Passwords.mayBe(password)) {
      visit
          .form()
          .refuse(
              "password", visit.texts().of("sign.length", Passwords.SHORTEST, Passwords.LONGEST));
      return visit.refused("settings/node.jte", one(visit, member, ""));
    }
    if (member.kind() == Node.Kind.TEAM || member.isEnded()) {
      return visit.notAllowed();
    }
    var hash = Passwords.hash(password);
    return changeEntry(
        visit,
        member,
        "password",
        batch -> {
          MemberPasswords.set(batch, member.id(), hash);
          return true;
        });
  }

  private Reply link(Visit visit, Node member) {
    var token = Tokens.create(Principals.LINK);
    var credential = Principals.link(token, member.id(), Draw.fresh(store.now(), hub));
    boolean made =
        store.write(
            WorkQueue.EDITS,
            batch ->
                ConsoleRole.find(batch.settings(), member.id()).isPresent()
                    && ConsoleRole.isWithin(visit.scope(), batch.settings(), member.id())
                    && credentials.add(batch, credential));
    return made
        ? show(visit, member, visit.request().baseUrl() + "/console/enter?token=" + token)
        : visit.notAllowed();
  }
}
