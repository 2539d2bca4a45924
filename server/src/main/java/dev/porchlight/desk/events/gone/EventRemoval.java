package dev.porchlight.desk.events.gone;

import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.delivery.Erased;
import dev.porchlight.desk.events.PublishedEvent;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/// Takes events away: all copies and the body, or the copies that some owners brought. That there
/// was one, of which topic, when and by whom, stays, with the plan of its pushes and how they
/// ended.
public final class EventRemoval {
  /// An event of which something is gone.
  ///
  /// @param aged its time was over, and what it said of listings stands in what is kept of these
  /// @param listings those, with commas between
  public record Gone(String event, long seq, boolean aged, String listings) {
    public static final Table<Gone> TABLE =
        Table.<Gone>named("event_gone")
            .key("event_id", Gone::event)
            .column("seq", Gone::seq)
            .column("aged", Gone::aged)
            .column("listings", Gone::listings)
            .readBy(r -> new Gone(r.text(1), r.number(2), r.flag(3), r.text(4)));
  }

  private EventRemoval() {}

  static List<PublishedEvent.Copy> copies(Handle h, String event) {
    return h.createQuery(
            "SELECT "
                + PublishedEvent.Copy.TABLE.columnList()
                + " FROM event_copy WHERE event_id = :e ORDER BY receiver_id")
        .bind("e", event)
        .map((r, _) -> PublishedEvent.Copy.TABLE.read(new Row(r)))
        .list();
  }

  /// Removes the copies that certain parties brought; with the last one the body goes.
  ///
  /// @param agents the ids of those parties; empty for all
  /// @param ref why, for the log
  static void remove(Batch batch, PublishedEvent event, Set<String> agents, Gone gone, String ref) {
    var left = new ArrayList<PublishedEvent.Copy>();
    for (var copy : copies(batch.sql(), event.id())) {
      if (agents.isEmpty() || agents.contains(copy.agent())) {
        batch.delete(PublishedEvent.Copy.TABLE, copy.receiver(), copy.seq());
      } else {
        left.add(copy);
      }
    }
    batch.find(Gone.TABLE, event.id());
    batch.put(Gone.TABLE, gone);
    if (left.isEmpty()) {
      batch.sql().execute("DELETE FROM event_again WHERE event_id = ?", event.id());
      batch.delete(PublishedEvent.RAW, event.id());
      batch.find(PublishedEvent.TABLE, event.id());
      batch.put(PublishedEvent.TABLE, event.emptied());
    }
    batch.append("event.erased", event.id(), ref);
    var parties = Parties.in(batch.settings());
    var spared = new HashSet<String>();
    left.forEach(c -> parties.find(c.receiver()).map(Party::endpoint).ifPresent(spared::add));
    Erased.eraseEvent(batch, event.seq(), event.id(), spared, gone.aged());
    batch.leaveNoTrace();
  }
}
