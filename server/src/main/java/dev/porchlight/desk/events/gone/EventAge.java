package dev.porchlight.desk.events.gone;

import dev.porchlight.access.party.Parties;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.connector.EventContract;
import dev.porchlight.desk.events.PublishedEvent;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.ListingChange;
import dev.porchlight.watch.FeedBlock;
import dev.porchlight.watch.FeedNotice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Drops published events, their copies in inboxes, what feeds show of them and what people were
/// told of that when their time is over: in the log's order, a few at a time, behind everything
/// else that waits for the writer.
///
/// What an event said of a listing stays said. So that a rebuild still comes out equal, it is
/// folded, in the log's order, into one row for each listing, from which the events that are kept
/// go on. Of several hubs each does this; what another was quicker with is passed over.
public final class EventAge {
  private static final int STEP = 20;
  private static final int STEPS = 250;

  private final Store store;
  private final EventContract contract;
  private final IntSupplier period;
  private long reached = -1;

  /// @param period after so many days, asked anew each time, events are dropped; 0 for never
  public EventAge(Store store, EventContract contract, IntSupplier period) {
    this.store = store;
    this.contract = contract;
    this.period = period;
  }

  /// An event and what it says of a listing.
  private record Old(PublishedEvent event, @Nullable ListingChange said) {}

  /// Drops what is over, up to some thousand.
  ///
  /// @param goesOn false when it is to end soon
  public void drop(BooleanSupplier goesOn) {
    int days = period.getAsInt();
    if (days == 0) {
      return;
    }
    var limit = store.now().minus(Duration.ofDays(days));
    if (reached < 0) {
      reached =
          store.read(h ->
              h.createQuery("SELECT COALESCE(MAX(seq), 0) FROM event_gone WHERE aged = 1")
                  .mapTo(Long.class)
                  .one());
    }
    boolean more = true;
    for (int i = 0; i < STEPS && more && goesOn.getAsBoolean(); i++) {
      more = step(limit);
    }
    more = true;
    for (int i = 0; i < STEPS && more && goesOn.getAsBoolean(); i++) {
      more = FeedBlock.drop(store, limit, STEP);
    }
    more = true;
    for (int i = 0; i < STEPS && more; i++) {
      more = FeedNotice.drop(store, limit, STEP);
    }
  }

  private boolean step(Instant limit) {
    var page = store.read(h -> page(h, reached, limit));
    if (page.isEmpty()) {
      return false;
    }
    store.write(
        WorkQueue.RETENTION,
        batch -> {
          page.forEach(old -> drop(batch, old));
          return true;
        });
    reached = page.getLast().event().seq();
    return page.size() == STEP;
  }

  /// The next ones, as long as they are over: none is dropped before an earlier one.
  private List<Old> page(Handle h, long after, Instant limit) {
    var page = new ArrayList<Old>();
    var next =
        h.createQuery(
                "SELECT "
                    + PublishedEvent.TABLE.columnList()
                    + " FROM event WHERE seq > :a ORDER BY seq LIMIT "
                    + STEP)
            .bind("a", after)
            .map((r, _) -> PublishedEvent.TABLE.read(new Row(r)))
            .list();
    for (var event : next) {
      if (!event.draw().at().isBefore(limit)) {
        break;
      }
      page.add(new Old(event, said(h, event)));
    }
    return page;
  }

  private @Nullable ListingChange said(Handle h, PublishedEvent event) {
    if (event.isMessage()) {
      return null;
    }
    return h.createQuery(
            "SELECT " + PublishedEvent.RAW.columnList() + " FROM event_raw WHERE event_id = :i")
        .bind("i", event.id())
        .map((r, _) -> PublishedEvent.RAW.read(new Row(r)))
        .findOne()
        .map(raw -> contract.read(raw.bytes()))
        .map(reading -> reading instanceof EventContract.Event said ? said.listing() : null)
        .filter(ListingChange::isNamed)
        .orElse(null);
  }

  private static void drop(Batch batch, Old old) {
    var event = old.event();
    var gone = batch.find(EventRemoval.Gone.TABLE, event.id());
    if (gone != null && gone.aged()) {
      return;
    }
    var listings = new LinkedHashSet<String>();
    if (old.said() != null) {
      var said =
          new ListingEvents.Said(
              old.said(),
              event.id(),
              event.topic(),
              event.publisher(),
              event.time(),
              event.draw().at(),
              "");
      for (var root : roots(batch, event.id())) {
        ListingEvents.age(batch, root, said, event.seq()).ifPresent(listings::add);
      }
    }
    EventRemoval.remove(
        batch,
        event,
        Set.of(),
        new EventRemoval.Gone(event.id(), event.seq(), true, String.join(",", listings)),
        "retention");
  }

  /// The account roots of those whose event it is.
  private static Set<String> roots(Batch batch, String event) {
    var nodes = Nodes.in(batch.settings());
    var parties = Parties.in(batch.settings());
    var roots = new LinkedHashSet<String>();
    for (var copy : EventRemoval.copies(batch.sql(), event)) {
      if (copy.grant().isEmpty()) {
        parties
            .find(copy.receiver())
            .filter(p -> !nodes.officesWithin(p.node()).isEmpty())
            .flatMap(p -> nodes.rootOf(p.node()))
            .map(Node::id)
            .ifPresent(roots::add);
      }
    }
    return roots;
  }
}
