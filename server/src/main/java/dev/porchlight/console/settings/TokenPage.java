package dev.porchlight.console.settings;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Permission;
import dev.porchlight.access.Principals;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Form;
import dev.porchlight.console.Time;
import dev.porchlight.console.Tone;
import dev.porchlight.console.Visit;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.Comparator;
import java.util.List;

/// `/console/settings/tokens`: who may use the API, and for what.
final class TokenPage {
  private static final int MOST_LISTED = 500;
  private static final List<Permission> GIVEN =
      List.of(Permission.READ, Permission.WORK, Permission.ADMIN);

  private final Store store;
  private final int hub;
  private final Credentials credentials;

  TokenPage(Store store, int hub, Credentials credentials) {
    this.store = store;
    this.hub = hub;
    this.credentials = credentials;
  }

  record Row(
      String endPath,
      String name,
      String hint,
      String may,
      String node,
      Time since,
      Badge state,
      boolean live) {}

  /// @param token the new one, to be shown this once; empty else
  record View(
      List<Row> rows,
      String token,
      Form.Field name,
      Form.Field scope,
      List<Choice> scopes,
      Form.Field node,
      List<Choice> nodes) {}

  Reply list(Visit visit) {
    return visit.page("settings/tokens.jte", view(visit, Form.empty(), ""));
  }

  private View view(Visit visit, Form form, String token) {
    var t = visit.texts();
    var nodes = Nodes.in(store.settings());
    return new View(
        credentials.list(Credential.Kind.TOKEN).stream()
            .filter(c -> Principals.isWithin(visit.scope(), nodes, c))
            .sorted(
                Comparator.comparing((Credential c) -> !c.isLive(visit.now()))
                    .thenComparing(Credential::createdAt, Comparator.reverseOrder()))
            .limit(MOST_LISTED)
            .map(c -> row(visit, nodes, c))
            .toList(),
        token,
        form.field("name", t.of("token.name")).hint(t.of("token.name.hint")).longest(200).needed(),
        form.field("scope", t.of("token.may")).or(Permission.READ.word()),
        GIVEN.stream().map(p -> new Choice(p.word(), t.of("token.may." + p.word()))).toList(),
        form.field("node", t.of("token.node")),
        SettingSection.places(visit, nodes, n -> true, t.of("node.at.all")));
  }

  private static Row row(Visit visit, Nodes nodes, Credential token) {
    var t = visit.texts();
    var grant = Json.read(token.body(), Principals.Grant.class);
    boolean live = token.isLive(visit.now());
    return new Row(
        SettingSection.PATH + "/tokens/" + token.id() + "/end",
        Clean.line(token.owner()),
        grant.hint(),
        t.of("token.may." + grant.permission().word()),
        grant.node() == null
            ? t.of("node.at.all")
            : Clean.line(nodes.find(grant.node()).map(Node::name).orElse("")),
        visit.time(token.createdAt()),
        live
            ? new Badge(Tone.GOOD, t.of("token.live"))
            : new Badge(Tone.PLAIN, t.of("token.ended")),
        live);
  }

  Reply make(Visit visit) {
    var t = visit.texts();
    var form = visit.form();
    var name = form.text("name");
    if (name.isEmpty() || name.length() > 200 || name.chars().anyMatch(Character::isISOControl)) {
      form.refuse("name", t.of("node.name.wrong"));
    }
    var permission =
        GIVEN.stream()
            .filter(p -> p.word().equals(form.text("scope")))
            .findFirst()
            .orElse(Permission.READ);
    if (!permission.word().equals(form.text("scope"))) {
      form.refuse("scope", t.of("token.may.wrong"));
    }
    var node = form.text("node").isEmpty() ? null : form.text("node");
    if (form.isFine()) {
      var token = Tokens.create(Tokens.TOKEN);
      var credential =
          Principals.token(token, name, permission, node, null, Draw.fresh(store.now(), hub));
      boolean made =
          store.write(
              WorkQueue.EDITS,
              batch -> {
                var nodes = Nodes.in(batch.settings());
                return (node == null || nodes.find(node).isPresent())
                    && Principals.isWithin(visit.scope(), nodes, credential)
                    && credentials.add(batch, credential);
              });
      if (made) {
        return visit.page("settings/tokens.jte", view(visit, Form.empty(), token));
      }
      form.refuse("node", t.of("token.node.wrong"));
    }
    return visit.refused("settings/tokens.jte", view(visit, form, ""));
  }

  Reply end(Visit visit) {
    var nodes = Nodes.in(store.settings());
    var known =
        credentials
            .findById(visit.path("id"))
            .filter(c -> c.kind() == Credential.Kind.TOKEN)
            .filter(c -> Principals.isWithin(visit.scope(), nodes, c));
    if (known.isEmpty()) {
      return visit.missing();
    }
    store.write(
        WorkQueue.EDITS,
        batch -> {
          var now = credentials.findById(known.get().id()).orElse(known.get());
          if (now.revokedAt() == null) {
            credentials.end(batch, now, null);
          }
          return true;
        });
    return visit.done("/settings/tokens", "token.ended");
  }
}
