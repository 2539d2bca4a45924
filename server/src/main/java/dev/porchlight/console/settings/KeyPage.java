package dev.porchlight.console.settings;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Principals;
import dev.porchlight.access.party.Parties;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Time;
import dev.porchlight.console.Visit;
import dev.porchlight.desk.Sources;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/console/settings/keys`: every key that opens a door now, whose it is, and where it is changed.
final class KeyPage {
  private static final int MOST_LISTED = 1000;

  private final Store store;
  private final Credentials credentials;

  KeyPage(Store store, Credentials credentials) {
    this.store = store;
    this.credentials = credentials;
  }

  /// @param href where it is changed
  record Row(
      String href, String owner, String kind, String hint, Time since, @Nullable Time until) {}

  record View(List<Row> rows) {}

  Reply list(Visit visit) {
    var t = visit.texts();
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    var sources = Sources.in(settings);
    var parties = Parties.in(settings);
    var rows = new ArrayList<Row>();
    for (var kind :
        List.of(
            Credential.Kind.SOURCE,
            Credential.Kind.MAIL,
            Credential.Kind.PARTY,
            Credential.Kind.TOKEN)) {
      credentials.list(kind).stream()
          .filter(c -> c.isLive(visit.now()))
          .sorted(Comparator.comparing(Credential::createdAt).reversed())
          .limit(MOST_LISTED)
          .forEach(c -> {
            switch (kind) {
              case SOURCE, MAIL ->
                  sources
                      .find(c.owner())
                      .filter(s -> visit.scope().containsNode(nodes, s.node()))
                      .ifPresent(s ->
                          rows.add(
                              row(
                                  visit,
                                  c,
                                  "/console/sources/" + s.id(),
                                  s.name(),
                                  t.of(
                                      kind == Credential.Kind.MAIL
                                          ? "key.kind.mail"
                                          : "key.kind.source"))));
              case PARTY ->
                  parties
                      .find(c.owner())
                      .filter(p -> visit.scope().containsNode(nodes, p.node()))
                      .ifPresent(p ->
                          rows.add(
                              row(
                                  visit,
                                  c,
                                  "/console/events/parties/" + p.id(),
                                  p.name(),
                                  t.of("key.kind.party"))));
              case TOKEN -> {
                if (Principals.isWithin(visit.scope(), nodes, c)) {
                  rows.add(
                      row(
                          visit,
                          c,
                          SettingSection.PATH + "/tokens",
                          c.owner(),
                          t.of("key.kind.token")));
                }
              }
              case LINK, SIGN_IN, SPARK, CLIENT_TOKEN, CLIENT_SECRET -> {}
            }
          });
    }
    return visit.page("settings/keys.jte", new View(rows));
  }

  private static Row row(Visit visit, Credential key, String href, String owner, String kind) {
    return new Row(
        href,
        Clean.line(owner),
        kind,
        Clean.line(Json.tree(key.body()).path("hint").asString("")),
        visit.time(key.createdAt()),
        key.expiresAt() == null ? null : visit.time(key.expiresAt()));
  }
}
