package dev.porchlight.console.events;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Badge;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Form;
import dev.porchlight.console.Sheet;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Time;
import dev.porchlight.console.Tone;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.FilterException;
import dev.porchlight.listing.StandardFields;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// `/console/events/parties/{id}` and the forms of parties and grants: who publishes and receives
/// events, and what each lets another do.
final class PartyPages {
  static final String PATH = "/console/events/parties/";
  private static final String PARTY = "/parties/{id}";
  private static final Set<String> EVENT = Set.of("event.published");
  private static final int MOST_LISTED = 500;
  private static final List<Integer> OVERLAPS = List.of(24, 1, 72, 168, 0);

  private final Store store;
  private final Credentials credentials;
  private final Deeds deeds;

  PartyPages(Store store, Credentials credentials, Deeds deeds) {
    this.store = store;
    this.credentials = credentials;
    this.deeds = deeds;
  }

  record Key(String hint, Time since, @Nullable Time until) {}

  /// @param key a new one, to be shown this once; empty else
  record One(
      String path,
      String name,
      Badge state,
      boolean live,
      String key,
      List<Fact> pastes,
      List<Fact> facts,
      List<Key> keys,
      Form.Field overlap,
      List<Choice> overlaps,
      @Nullable Sheet sheet) {}

  /// @param words what a filter may name; empty where there is none
  record New(Sheet sheet, List<String> words) {}

  private Optional<Party> party(Visit visit) {
    var settings = store.settings();
    return Parties.in(settings)
        .find(visit.path("id"))
        .filter(p -> visit.scope().containsNode(Nodes.in(settings), p.node()));
  }

  Reply newParty(Visit visit) {
    return visit.page("events/party-new.jte", new New(sheet(visit, false), List.of()));
  }

  private Sheet sheet(Visit visit, boolean filled) {
    var t = visit.texts();
    var nodes = Nodes.in(store.settings());
    return new Sheet(visit, "party.set.", "party.set.hint.", filled, Json.object())
        .needed("name", 200)
        .pick(
            "kind",
            Arrays.stream(Party.Kind.values())
                .map(k -> new Choice(k.word(), t.of("party.kind." + k.word())))
                .toList(),
            "office")
        .pick(
            "node",
            nodes.all().stream()
                .filter(n -> visit.scope().containsNode(nodes, n.id()))
                .filter(n -> !nodes.officesWithin(n.id()).isEmpty())
                .limit(MOST_LISTED)
                .map(n -> new Choice(n.id(), Clean.line(n.name())))
                .toList(),
            nodes.defaultOffice().id())
        .line("host", 253)
        .pick("default_recipient", recipients(visit, t), "")
        .pick("endpoint", endpoints(visit, t), "")
        .number("rate_limit");
  }

  private Sheet changes(Visit visit, boolean filled, JsonNode known) {
    var t = visit.texts();
    return new Sheet(visit, "party.set.", "party.set.hint.", filled, known)
        .needed("name", 200)
        .pick("default_recipient", recipients(visit, t), "")
        .pick("endpoint", endpoints(visit, t), "")
        .number("rate_limit");
  }

  private List<Choice> recipients(Visit visit, Texts t) {
    var all = new ArrayList<Choice>();
    all.add(new Choice("", t.of("party.recipient.none")));
    all.addAll(choices(visit, p -> !p.isApp()));
    return all;
  }

  private List<Choice> choices(Visit visit, Predicate<Party> also) {
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    return Parties.in(settings).all().stream()
        .filter(p -> p.isLive() && also.test(p))
        .filter(p -> visit.scope().containsNode(nodes, p.node()))
        .limit(MOST_LISTED)
        .map(p -> new Choice(p.id(), Clean.line(p.name())))
        .toList();
  }

  private List<Choice> endpoints(Visit visit, Texts t) {
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    var all = new ArrayList<Choice>();
    all.add(new Choice("", t.of("party.read")));
    Endpoints.in(settings).all().stream()
        .filter(e -> e.kinds().equals(EVENT))
        .filter(e -> visit.scope().containsNode(nodes, e.node()))
        .limit(MOST_LISTED)
        .forEach(e -> all.add(new Choice(e.id(), Clean.line(e.name()))));
    return all;
  }

  Reply make(Visit visit) throws Exception {
    var sheet = sheet(visit, true);
    var done = deeds.act(visit, "POST", "/parties", "", sheet.body());
    if (!done.isFine()) {
      sheet.refuse(done);
      return visit.refused("events/party-new.jte", new New(sheet, List.of()));
    }
    return Parties.in(store.settings())
        .find(done.text("id"))
        .<Reply>map(p -> page(visit, p, done.text("api_key"), null))
        .orElseGet(visit::missing);
  }

  Reply show(Visit visit) {
    return party(visit).<Reply>map(p -> page(visit, p, "", null)).orElseGet(visit::missing);
  }

  private Reply.Full page(Visit visit, Party party, String key, @Nullable Sheet refused) {
    var t = visit.texts();
    var settings = store.settings();
    var parties = Parties.in(settings);
    var facts = new ArrayList<Fact>();
    facts.add(new Fact(t.of("party.kind"), t.of("party.kind." + party.kind().word())));
    facts.add(
        new Fact(
            t.of("party.node"),
            Clean.line(
                Nodes.in(settings).find(party.node()).map(Node::name).orElse(party.node()))));
    facts.add(new Fact(t.of("party.id"), party.id()));
    facts.add(new Fact(t.of("party.rate"), t.of("party.rate.text", party.messages())));
    if (party.defaultRecipient() != null) {
      facts.add(
          new Fact(
              t.of("party.set.default_recipient"),
              Clean.line(parties.find(party.defaultRecipient()).map(Party::name).orElse(""))));
    }
    var known = Json.object();
    known.put("name", party.name());
    known.put("default_recipient", party.defaultRecipient());
    known.put("endpoint", party.endpoint());
    known.put("rate_limit", party.rateLimit());
    var view =
        new One(
            PATH + party.id(),
            Clean.line(party.name()),
            party.isLive()
                ? new Badge(Tone.GOOD, t.of("party.live"))
                : new Badge(Tone.PLAIN, t.of("party.removed")),
            party.isLive(),
            key,
            List.of(
                new Fact(t.of("party.publish"), party.url() + "publish/"),
                new Fact(t.of("party.inbox.url"), party.url() + "inbox/"),
                new Fact(t.of("party.profile"), party.profile())),
            facts,
            credentials.list(Credential.Kind.PARTY, party.id()).stream()
                .filter(c -> c.isLive(visit.now()))
                .map(c ->
                    new Key(
                        Clean.line(Json.tree(c.body()).path("hint").asString("")),
                        visit.time(c.createdAt()),
                        c.expiresAt() == null ? null : visit.time(c.expiresAt())))
                .toList(),
            Form.empty().field("overlap", t.of("party.overlap")).or("24"),
            OVERLAPS.stream()
                .map(h -> new Choice(h.toString(), t.of("party.overlap.hours", h)))
                .toList(),
            !party.isLive() || !visit.may(dev.porchlight.access.Permission.ADMIN)
                ? null
                : refused == null ? changes(visit, false, known) : refused);
    return refused == null
        ? visit.page("events/party.jte", view)
        : visit.refused("events/party.jte", view);
  }

  Reply change(Visit visit) throws Exception {
    var party = party(visit);
    if (party.isEmpty()) {
      return visit.missing();
    }
    var sheet = changes(visit, true, Json.object());
    var done = deeds.act(visit, "PATCH", PARTY, visit.path("id"), sheet.body());
    if (done.isFine()) {
      return visit.done("/events/parties/" + visit.path("id"), "party.changed");
    }
    sheet.refuse(done);
    return page(visit, party.get(), "", sheet);
  }

  Reply rotate(Visit visit) throws Exception {
    var party = party(visit);
    if (party.isEmpty()) {
      return visit.missing();
    }
    int hours = OVERLAPS.getFirst();
    for (var overlap : OVERLAPS) {
      if (visit.form().text("overlap").equals(overlap.toString())) {
        hours = overlap;
      }
    }
    var body = Json.object().put("overlap_hours", hours);
    var done = deeds.act(visit, "POST", PARTY + "/rotate-key", visit.path("id"), body);
    return done.isFine()
        ? page(visit, party.get(), done.text("api_key"), null)
        : visit.done("/events/parties/" + visit.path("id"), "party.is-removed");
  }

  Reply remove(Visit visit) throws Exception {
    var done = deeds.act(visit, "DELETE", PARTY, visit.path("id"), Json.object());
    return done.isFine()
        ? visit.done("/events/parties/" + visit.path("id"), "party.is-removed")
        : visit.missing();
  }

  private Sheet grantSheet(Visit visit, boolean filled, Sheet.@Nullable Misread wrong) {
    return new Sheet(visit, "grant.set.", "grant.set.hint.", filled, Json.object())
        .pick("owner", choices(visit, p -> !p.isApp()), visit.query("owner").orElse(""))
        .pick("party", choices(visit, _ -> true), "")
        .list("publishes", 2)
        .list("subscribes", 2)
        .filter("filter", "fields", wrong)
        .list("redaction", 2)
        .line("until", 40);
  }

  Reply newGrant(Visit visit) {
    return visit.page(
        "events/grant-new.jte", new New(grantSheet(visit, false, null), StandardFields.names()));
  }

  Reply makeGrant(Visit visit) throws Exception {
    Sheet.Misread wrong = null;
    var typed = visit.form().text("filter");
    try {
      if (!typed.isEmpty()) {
        Filter.parse(typed, StandardFields.CATALOGUE, visit.now());
      }
    } catch (FilterException e) {
      var error = e.errors().getFirst();
      wrong = Sheet.Misread.at(typed, error.position(), error.token(), error.message());
    }
    var sheet = grantSheet(visit, true, wrong);
    var done = deeds.act(visit, "POST", "/grants", "", sheet.body());
    if (done.isFine()) {
      return visit.done("/events/parties", "grant.made");
    }
    sheet.refuse(done);
    return visit.refused("events/grant-new.jte", new New(sheet, StandardFields.names()));
  }

  Reply endGrant(Visit visit) throws Exception {
    var done = deeds.act(visit, "DELETE", "/grants/{id}", visit.path("id"), Json.object());
    return done.isFine() ? visit.done("/events/parties", "grant.ended") : visit.missing();
  }
}
