package dev.porchlight.console.endpoints;

import dev.porchlight.access.Secrets;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Form;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Authorization;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Terms;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.desk.setup.SetupException;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// `/console/endpoints/new`: the form for an endpoint, and its making.
final class NewEndpoint {
  /// The members that have a field of their own to be wrong.
  private static final Set<String> FIELDS =
      Set.of("name", "contract", "url", "node", "api_key_header", "api_key");

  private final Store store;
  private final int hub;
  private final EndpointSetup setup;
  private final List<String> contracts;
  private final EndpointPage page;

  /// @param hub the hub's number
  /// @param contracts those that can be written
  /// @param page shows what was made, with its secret
  NewEndpoint(
      Store store, int hub, EndpointSetup setup, List<String> contracts, EndpointPage page) {
    this.store = store;
    this.hub = hub;
    this.setup = setup;
    this.contracts = contracts;
    this.page = page;
  }

  Reply show(Visit visit) {
    return visit.page("endpoints/new.jte", form(visit, ""));
  }

  private EndpointView.New form(Visit visit, String trouble) {
    var t = visit.texts();
    var form = visit.request().method().equals("POST") ? visit.form() : Form.empty();
    var nodes = Nodes.in(store.settings());
    return new EndpointView.New(
        form.field("name", t.of("endpoint.name"))
            .hint(t.of("endpoint.name.hint"))
            .longest(200)
            .needed(),
        form.field("contract", t.of("endpoint.contract")).or(contracts.getFirst()),
        contracts.stream().map(c -> new Choice(c, EndpointSection.label(t, c))).toList(),
        form.field("url", t.of("endpoint.url"))
            .hint(t.of("endpoint.url.hint"))
            .longest(2048)
            .needed(),
        form.field("node", t.of("endpoint.node"))
            .hint(t.of("endpoint.node.hint"))
            .or(nodes.defaultOffice().id()),
        Choice.ofNodes(
            visit, nodes, n -> n.kind() != Node.Kind.MEMBER && n.kind() != Node.Kind.TEAM),
        form.field("auth", t.of("endpoint.auth")).hint(t.of("endpoint.auth.hint")).or("none"),
        List.of(
            new Choice("none", t.of("endpoint.auth.none")),
            new Choice("api-key", t.of("endpoint.auth.key")),
            new Choice("bearer", t.of("endpoint.auth.bearer")),
            new Choice("basic", t.of("endpoint.auth.basic"))),
        form.field("api_key_header", t.of("endpoint.header")).longest(64).or("X-API-Key"),
        form.field("user", t.of("endpoint.user")).longest(1024),
        form.field("api_key", t.of("endpoint.secret"))
            .hint(t.of("endpoint.secret.hint"))
            .type("password")
            .longest(1024),
        form.has("tests"),
        form.has("channel"),
        trouble);
  }

  Reply make(Visit visit) {
    var form = visit.form();
    try {
      return makeOf(visit, form);
    } catch (SetupException e) {
      var sentence = visit.texts().english(Clean.line(e.sentence())).text();
      visit.form().refuse(e.member().isEmpty() ? "url" : e.member(), sentence);
      return visit.refused(
          "endpoints/new.jte", form(visit, FIELDS.contains(e.member()) ? "" : sentence));
    }
  }

  private Reply makeOf(Visit visit, Form form) {
    var t = visit.texts();
    var name = form.text("name");
    var way = form.text("auth");
    var secretText = form.raw("api_key");
    var user = form.text("user");
    if (name.isEmpty() || name.length() > 200 || name.chars().anyMatch(Character::isISOControl)) {
      form.refuse("name", t.of("endpoint.name.wrong"));
    }
    boolean shown = Set.of("api-key", "bearer", "basic").contains(way);
    if (shown && secretText.isEmpty()) {
      form.refuse("api_key", t.of("endpoint.secret.missing"));
    }
    if (way.equals("basic")
        && (user.isEmpty()
            || user.contains(":")
            || user.chars().anyMatch(c -> c < ' ' || c > '~'))) {
      form.refuse("user", t.of("endpoint.user.wrong"));
    }
    if (!form.isFine()) {
      return visit.refused("endpoints/new.jte", form(visit, ""));
    }
    var id = Draw.fresh(store.now(), hub).uuid("endpoint");
    var url = setup.url(form.text("url"));
    var contract = setup.contract(form.text("contract"));
    var secret = setup.secret(id, false);
    var sealed = new ArrayList<Secrets.Sealed>(List.of(secret.sealed()));
    if (shown) {
      sealed.add(
          setup.seal(
              id,
              way.equals("api-key") ? EndpointSetup.API_KEY : EndpointSetup.AUTHORIZATION,
              EndpointSetup.apiKey(secretText)));
    }
    var how =
        switch (way) {
          case "bearer" -> new Authorization(Authorization.Kind.BEARER, "", "", "");
          case "basic" -> new Authorization(Authorization.Kind.BASIC, user, "", "");
          default -> null;
        };
    var header = form.text("api_key_header");
    var endpoint =
        new Endpoint(
            id,
            name,
            form.text("node").isEmpty()
                ? EndpointSetup.home(visit.scope(), Nodes.in(store.settings()))
                : form.text("node"),
            url,
            form.has("channel"),
            contract,
            header.isEmpty() ? "X-API-Key" : header,
            Set.of(),
            Set.of(),
            form.has("tests"),
            null,
            null,
            true,
            null,
            false,
            false,
            new Terms(Set.of(), "", false, null, null, null, how, null, null, null),
            null);
    store.write(
        WorkQueue.EDITS,
        batch -> {
          setup.make(batch, visit.scope(), endpoint, sealed);
          return true;
        });
    return page.show(visit, endpoint, secret.shown(), "");
  }
}
