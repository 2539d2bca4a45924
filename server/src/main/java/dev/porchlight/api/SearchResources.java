package dev.porchlight.api;

import dev.porchlight.access.Audit;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.search.Search;
import dev.porchlight.person.Contact;
import dev.porchlight.store.Store;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.web.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/// Everything that somebody may see, by a name, an e-mail address, a phone number or an id.
final class SearchResources {
  private final Store store;
  private final Search search;
  private final Leads leads;
  private final Audit audit;

  SearchResources(Store store, Search search, Leads leads, Audit audit) {
    this.store = store;
    this.search = search;
    this.leads = leads;
    this.audit = audit;
  }

  Reply find(Call call) {
    call.parameters("q");
    var words = call.request().queryValue("q").map(String::strip).orElse("");
    if (words.isEmpty() || words.length() > Search.LONGEST) {
      throw Call.invalid("q", "1 to " + Search.LONGEST + " characters to look for");
    }
    var found = search.find(call.principal(), words);
    var view = Json.object();
    var items = view.putArray("items");
    found.contacts().forEach(c -> contact(items, c));
    found.contacts().forEach(c -> looked(call, "/contacts/{id}", c.id()));
    found.leads().forEach(l -> looked(call, "/leads/{id}", l.id()));
    leads(items, found.leads());
    found.receipts().forEach(r -> put(items, "receipt", r.id(), "", r.at(), r.state().word()));
    found
        .deliveries()
        .forEach(d ->
            put(
                items,
                "delivery",
                d.delivery().id(),
                "",
                d.delivery().plannedAt(),
                d.delivery().kind(),
                d.state().state().word()));
    found.replays().forEach(r -> put(items, "replay", r.id(), "", null));
    found.events().forEach(e -> put(items, "event", e.id(), "", null, e.topic()));
    found
        .listings()
        .forEach(l ->
            put(
                items,
                "listing",
                l.id(),
                "",
                null,
                l.mlsName(),
                l.mlsId(),
                l.classifiedId(),
                l.url()));
    found.sources().forEach(s -> put(items, "source", s.id(), s.name(), null, s.contract()));
    found.endpoints().forEach(e -> put(items, "endpoint", e.id(), e.name(), null, e.contract()));
    found.parties().forEach(p -> put(items, "party", p.id(), p.name(), null));
    found
        .nodes()
        .forEach(n ->
            put(
                items,
                "node",
                n.id(),
                n.name(),
                null,
                n.kind().name().toLowerCase(Locale.ROOT),
                n.email()));
    view.put("complete", !found.tooLong());
    return Call.ok(view);
  }

  /// Whom a search shows was looked at, as by a look at them alone.
  private void looked(Call call, String route, String id) {
    audit.looked(
        call.principal().id(), "GET /api/v1" + route, id, call.request().peer().getHostAddress());
  }

  private void contact(ArrayNode items, Contact contact) {
    var body = contact.body();
    put(
        items,
        "contact",
        contact.id(),
        body.displayName(),
        contact.createdAt(),
        body.primaryEmail().orElse(""),
        body.primaryPhone().orElse(""),
        Nodes.in(store.settings()).find(contact.ownerId()).map(Node::name).orElse(""));
  }

  private void leads(ArrayNode items, List<LeadRecord> found) {
    var sources = Sources.in(store.settings());
    var newest = leads.getNewest(found);
    for (var lead : found) {
      var version = newest.get(lead.id());
      if (version == null) {
        // It went while it was looked for.
        continue;
      }
      var said = version.lead();
      put(
          items,
          "lead",
          lead.id(),
          said.map(Lead::enquirer).map(SearchResources::name).orElse(""),
          lead.createdAt(),
          lead.externalId(),
          said.map(s -> s.intent().word()).orElse("can't be read"),
          sources.find(lead.sourceId()).map(Source::name).orElse(""),
          lead.erasedAt() == null ? "" : "erased");
    }
  }

  private static String name(Enquirer who) {
    var name =
        Stream.of(who.firstName(), who.lastName())
            .filter(Objects::nonNull)
            .collect(Collectors.joining(" "));
    return name.isBlank() ? Objects.requireNonNullElse(who.fullName(), "") : name;
  }

  /// @param name empty where such things have none
  /// @param about what tells it from others; parts of it may be missing
  private static void put(
      ArrayNode items,
      String kind,
      String id,
      String name,
      @Nullable Instant at,
      @Nullable String... about) {
    var item = items.addObject().put("kind", kind).put("id", id);
    if (!name.isBlank()) {
      item.put("name", name);
    }
    var list = item.putArray("about");
    Stream.of(about).filter(a -> a != null && !a.isBlank()).forEach(list::add);
    if (at != null) {
      item.put("at", at.toString());
    }
  }
}
