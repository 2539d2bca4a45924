package dev.porchlight.desk.events.gone;

import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.desk.RawBody;
import dev.porchlight.desk.erasure.ErasurePlace;
import dev.porchlight.desk.erasure.Searches;
import dev.porchlight.desk.events.PublishedEvent;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/// Finds a person in what was published: events that brought one of their leads, and events in
/// which their e-mail address stands, or a number that they alone are known by. Of these all copies
/// go that parties of the person's company brought, and with the last copy the body. Events about
/// listings are not looked into.
public final class EventErasure implements ErasurePlace {
  private static final int PAGE = 20;
  private static final int IDS = 200;
  private static final String PERSONAL =
      "e.topic <> '' AND substr(e.topic, 1, 19) <> 'realestate/listing#'";

  private final Store store;
  private final Searches<String> searches =
      new Searches<>((subject, found) -> h -> page(h, subject, found));

  public EventErasure(Store store) {
    this.store = store;
  }

  @Override
  public String stamp(Handle h) {
    return Long.toString(last(h));
  }

  private static long last(Handle h) {
    return h.createQuery(
            "SELECT COALESCE(MAX(e.seq), 0) FROM event e WHERE"
                + " substr(e.topic, 1, 19) <> 'realestate/listing#'")
        .mapTo(Long.class)
        .one();
  }

  @Override
  public void search(Subject subject) {
    searches.search(store, subject);
  }

  /// Looks through some; whether there are more.
  private static boolean page(Handle h, Subject subject, Searches.Found<String> found) {
    record Body(String event, long seq, RawBody raw) {}
    var bodies =
        h.createQuery(
                "SELECT e.id, e.seq, r.codec, r.body FROM event e"
                    + " JOIN event_raw r ON r.event_id = e.id WHERE e.seq > :a AND "
                    + PERSONAL
                    + " ORDER BY e.seq LIMIT "
                    + PAGE)
            .bind("a", found.reached())
            .map((r, _) ->
                new Body(
                    r.getString(1),
                    r.getLong(2),
                    new RawBody(r.getString(1), r.getInt(3), r.getBytes(4))))
            .list();
    for (var body : bodies) {
      var text = new String(body.raw().bytes(), StandardCharsets.UTF_8);
      // The hub's own events name leads by our ids.
      if (subject.particulars().reach(text) || subject.ids().stream().anyMatch(text::contains)) {
        found.add(body.event());
      }
      found.reached(body.seq());
    }
    return bodies.size() == PAGE;
  }

  @Override
  public Consumer<Batch> look(Handle h, Subject subject) {
    var ids = new HashSet<>(searches.look(h, subject));
    ids.addAll(brought(h, subject.ids()));
    var agents = agents(store.settings(), subject.company());
    var theirs = new ArrayList<PublishedEvent>();
    ids.stream().sorted().forEach(id -> theirs.addAll(event(h, id)));
    return batch -> {
      theirs.forEach(event -> erase(batch, event, agents));
      searches.forget(batch, subject);
    };
  }

  /// The events that brought something of theirs: leads, steps of leads, contacts, consents.
  private static Set<String> brought(Handle h, Set<String> ids) {
    var events = new HashSet<String>();
    var all = List.copyOf(ids);
    for (int i = 0; i < all.size(); i += IDS) {
      var some = all.subList(i, Math.min(all.size(), i + IDS));
      list(h, "SELECT headers FROM receipt WHERE id IN (<ids>)", some).stream()
          .map(headers -> Json.tree(headers).path(PublishedEvent.SAID_BY).asString(""))
          .filter(event -> !event.isEmpty())
          .forEach(events::add);
      events.addAll(list(h, "SELECT event_id FROM lead_step WHERE lead_id IN (<ids>)", some));
      events.addAll(
          list(h, "SELECT ref FROM log WHERE subject IN (<ids>) AND kind = 'contact.named'", some));
      events.addAll(list(h, "SELECT event_id FROM consent WHERE person_id IN (<ids>)", some));
    }
    return events;
  }

  private static List<String> list(Handle h, String sql, List<String> ids) {
    return h.createQuery(sql).bindList("ids", ids).mapTo(String.class).list();
  }

  private static List<PublishedEvent> event(Handle h, String id) {
    return h.createQuery(
            "SELECT " + PublishedEvent.TABLE.columnList() + " FROM event WHERE id = :i")
        .bind("i", id)
        .map((r, _) -> PublishedEvent.TABLE.read(new Row(r)))
        .list();
  }

  /// The parties whose data is a company's.
  private static Set<String> agents(Settings settings, String company) {
    var nodes = Nodes.in(settings);
    var agents = new HashSet<String>();
    for (var party : Parties.in(settings).all()) {
      if (companyOf(nodes, party).equals(company)) {
        agents.add(party.id());
      }
    }
    return agents;
  }

  private static String companyOf(Nodes nodes, Party party) {
    var office = nodes.officesWithin(party.node()).stream().sorted().findFirst();
    var place = office.orElse(party.node());
    return nodes.companyOf(place).map(Node::id).orElse(place);
  }

  private static void erase(Batch batch, PublishedEvent event, Set<String> agents) {
    boolean concerned =
        EventRemoval.copies(batch.sql(), event.id()).stream()
            .anyMatch(c -> agents.contains(c.agent()));
    if (concerned) {
      EventRemoval.remove(
          batch,
          event,
          agents,
          new EventRemoval.Gone(event.id(), event.seq(), false, ""),
          "erasure");
    }
  }
}
