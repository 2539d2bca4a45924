package dev.porchlight.desk.events;

import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.connector.InboxMessage;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.desk.Allowance;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.LogTimes;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.JsonNode;

/// Brings items of an inbox once more, as its owner asks: under the same `id` and `@id`, at the end
/// of the inbox, in live streams, and by a push of the same id.
///
/// A request becomes a job, which goes through the inbox at a pace of its own. What a step did and
/// how far it has looked is one unit, which does nothing where another hub was quicker: an item
/// comes once for each request. May be shared by threads.
public final class InboxReplays {
  /// So many items one request may reach.
  static final int MOST = 10_000;

  private static final int PER_SECOND = 100;
  private static final int PAGE = 100;
  private static final int MOST_LANES = 256;
  private static final Duration LEASE = Duration.ofSeconds(15);
  // The log's time is never before an event's, and seldom far behind it.
  private static final Duration BEHIND = Duration.ofMinutes(5);

  /// An item that came once more.
  private record Again(String receiver, long seq, String event) {
    static final Table<Again> TABLE =
        Table.<Again>named("event_again")
            .key("receiver_id", Again::receiver)
            .key("seq", Again::seq)
            .column("event_id", Again::event)
            .readBy(r -> new Again(r.text(1), r.number(2), r.text(3)));
  }

  private final Store store;
  private final int hub;
  private final Inboxes inboxes;
  private final Deliveries deliveries;
  private final Publishing publishing;
  private static final int MOST_AT_ONCE = 100;

  private final Map<String, Allowance> allowances = new HashMap<>();

  public InboxReplays(
      Store store, int hub, Inboxes inboxes, Deliveries deliveries, Publishing publishing) {
    this.store = store;
    this.hub = hub;
    this.inboxes = inboxes;
    this.deliveries = deliveries;
    this.publishing = publishing;
  }

  /// Takes a request.
  Postbox.Outcome ask(Party sender, Party pod, InboxMessage.ReplayRequest request, String base) {
    if (!sender.id().equals(pod.id()) || !isInbox(request.target(), sender, base)) {
      return new Postbox.Outcome.NotAllowed("A party replays its own inbox alone.");
    }
    var places = new TreeSet<Long>();
    for (var item : request.items()) {
      var token = item.substring(item.lastIndexOf('/') + 1);
      var copy = inboxes.find(sender.id(), token);
      if (copy.isEmpty()) {
        return new Postbox.Outcome.Invalid("There is no item " + shortened(item) + ".");
      }
      places.add(copy.get().seq());
    }
    var wanted = store.read(h -> wanted(h, request, places));
    if (places.isEmpty() && store.read(h -> reached(h, sender.id(), wanted)) > MOST) {
      return new Postbox.Outcome.Invalid(
          "More than " + MOST + " items were published in that time; ask for less of it.");
    }
    var draw = Draw.fresh(store.now(), hub);
    return store.write(WorkQueue.EDITS, batch -> start(batch, sender, wanted, draw));
  }

  private static String shortened(String text) {
    return text.length() > 100 ? text.substring(0, 100) : text;
  }

  private static boolean isInbox(String target, Party party, String base) {
    return target.equals(party.url() + "inbox/")
        || target.equals(base + "/pods/" + party.pod() + "/inbox/");
  }

  private static InboxReplay.Wanted wanted(
      Handle h, InboxMessage.ReplayRequest request, TreeSet<Long> places) {
    if (!places.isEmpty()) {
      return new InboxReplay.Wanted(
          places.first(), places.last(), "", "", Set.copyOf(places), request.filter());
    }
    var start = Optional.ofNullable(request.start()).orElse(Instant.EPOCH);
    var end = Optional.ofNullable(request.end()).orElse(Instant.EPOCH);
    return new InboxReplay.Wanted(
        LogTimes.firstAt(h, start),
        LogTimes.firstAt(h, end.plus(BEHIND)) - 1,
        start.toString(),
        end.toString(),
        Set.of(),
        request.filter());
  }

  /// How many items a time reaches, counted up to one more than may be.
  private static long reached(Handle h, String receiver, InboxReplay.Wanted wanted) {
    return h.createQuery(
            "SELECT COUNT(*) FROM (SELECT 1 FROM event_copy c JOIN event e ON e.id = c.event_id"
                + " WHERE c.receiver_id = :r AND c.seq BETWEEN :f AND :l AND e.at >= :s"
                + " AND e.at < :e LIMIT "
                + (MOST + 1)
                + ") AS reached")
        .bind("r", receiver)
        .bind("f", wanted.first())
        .bind("l", wanted.last())
        .bind("s", Row.micros(Instant.parse(wanted.start())))
        .bind("e", Row.micros(Instant.parse(wanted.end())))
        .mapTo(Long.class)
        .one();
  }

  private static Postbox.Outcome start(
      Batch batch, Party party, InboxReplay.Wanted wanted, Draw draw) {
    var running =
        batch
            .sql()
            .createQuery(
                "SELECT "
                    + InboxReplay.TABLE.columnList()
                    + " FROM inbox_replay WHERE receiver_id = :r AND ended_at IS NULL")
            .bind("r", party.id())
            .map((r, _) -> InboxReplay.TABLE.read(new Row(r)))
            .findFirst();
    if (running.isPresent()) {
      // The same once more, before it was done, is the same.
      return running.get().wanted().asks(wanted)
          ? new Postbox.Outcome.Replaying(uri(running.get().id()))
          : new Postbox.Outcome.Busy("Another replay of this inbox is under way.");
    }
    var id = draw.uuid("replay");
    batch.put(
        InboxReplay.TABLE,
        new InboxReplay(
            id,
            party.id(),
            wanted,
            InboxReplay.State.RUNNING,
            PER_SECOND,
            wanted.first() - 1,
            0,
            batch.clock(),
            null,
            null,
            null));
    batch.append("inbox.replay_started", party.id(), id);
    return new Postbox.Outcome.Replaying(uri(id));
  }

  private static String uri(String id) {
    return "urn:uuid:" + id;
  }

  /// Goes on with those that are under way; whether there are any.
  ///
  /// @param work is told that deliveries are due
  public boolean step(String process, Runnable work) {
    var running = InboxReplay.listRunning(store);
    allowances.keySet().retainAll(new HashSet<>(running.stream().map(InboxReplay::id).toList()));
    for (var job : running) {
      if (!job.isElsewhere(process, store.now())) {
        step(job, process, work);
      }
    }
    return !running.isEmpty();
  }

  private void step(InboxReplay job, String process, Runnable work) {
    int most =
        allowances
            .computeIfAbsent(job.id(), _ -> new Allowance(MOST_AT_ONCE))
            .take(job.perSecond());
    var party = Parties.in(store.settings()).find(job.receiver()).filter(Party::isLive);
    if (party.isPresent() && (most < 1 || isCongested(party.get()))) {
      return;
    }
    var looked = new long[] {job.place()};
    var chosen = party.isEmpty() ? List.<Inboxes.Item>of() : choose(job, most, looked);
    boolean over = party.isEmpty() || looked[0] >= job.wanted().last();
    var allowance = allowances.get(job.id());
    if (allowance != null) {
      allowance.took(chosen.size());
    }
    store.write(
        WorkQueue.REPLAY,
        batch -> {
          write(batch, job, chosen, looked[0], over, process);
          return true;
        });
    if (!chosen.isEmpty()) {
      work.run();
    }
  }

  private boolean isCongested(Party party) {
    return party.endpoint() != null && deliveries.counts().hasLanes(party.endpoint(), MOST_LANES);
  }

  /// The next items that are wanted.
  ///
  /// @param looked set to the place up to which it has looked
  private List<Inboxes.Item> choose(InboxReplay job, int most, long[] looked) {
    var chosen = new ArrayList<Inboxes.Item>();
    var places = job.wanted().places();
    if (!places.isEmpty()) {
      var next =
          places.stream()
              .filter(p -> p > job.place())
              .sorted()
              .limit(Math.min(most, PAGE))
              .toList();
      looked[0] = next.isEmpty() ? job.wanted().last() : next.getLast();
      inboxes.listCopies(job.receiver(), next).stream()
          .filter(item -> isWanted(job.wanted(), item))
          .forEach(chosen::add);
      return chosen;
    }
    var page = inboxes.listCopies(job.receiver(), job.place(), job.wanted().last(), PAGE);
    for (var item : page) {
      if (chosen.size() == most) {
        return chosen;
      }
      looked[0] = item.place();
      if (isWanted(job.wanted(), item)) {
        chosen.add(item);
      }
    }
    if (page.size() < PAGE) {
      looked[0] = job.wanted().last();
    }
    return chosen;
  }

  private boolean isWanted(InboxReplay.Wanted wanted, Inboxes.Item item) {
    if (!wanted.start().isEmpty()) {
      var at = inboxes.publishedAt(item.copy());
      if (at.isBefore(Instant.parse(wanted.start())) || !at.isBefore(Instant.parse(wanted.end()))) {
        return false;
      }
    }
    if (wanted.filter().isEmpty()) {
      return true;
    }
    return inboxes
        .write(item.copy())
        .map(Json::tree)
        .filter(json -> wanted.filter().entrySet().stream().allMatch(e -> meets(json, e)))
        .isPresent();
  }

  private static boolean meets(JsonNode json, Map.Entry<String, InboxMessage.Condition> condition) {
    var node = json;
    // A member may have a dot in its name, as few have.
    if (json.has(condition.getKey())) {
      node = json.path(condition.getKey());
    } else {
      for (var name : condition.getKey().split("\\.")) {
        node = node.path(name);
      }
    }
    var found = node;
    return condition.getValue().values().stream()
        .map(Json::tree)
        .anyMatch(wanted ->
            condition.getValue().contains() ? contains(found, wanted) : is(found, wanted));
  }

  private static boolean contains(JsonNode found, JsonNode wanted) {
    if (found.isArray()) {
      return found.valueStream().anyMatch(one -> is(one, wanted));
    }
    return found.isString() && found.stringValue().contains(wanted.asString(""));
  }

  private static boolean is(JsonNode found, JsonNode wanted) {
    return found.isNumber() && wanted.isNumber()
        ? found.decimalValue().compareTo(wanted.decimalValue()) == 0
        : found.equals(wanted);
  }

  private void write(
      Batch batch,
      InboxReplay job,
      List<Inboxes.Item> chosen,
      long place,
      boolean over,
      String process) {
    var now = batch.find(InboxReplay.TABLE, job.id());
    if (now == null
        || now.state() != InboxReplay.State.RUNNING
        || now.place() != job.place()
        || now.isElsewhere(process, batch.clock())) {
      return;
    }
    int replayed = 0;
    for (var item : chosen) {
      var event = batch.find(PublishedEvent.TABLE, item.copy().event());
      // Erased, or over, since it was looked at.
      if (event == null
          || batch.find(PublishedEvent.Copy.TABLE, job.receiver(), item.place()) == null) {
        continue;
      }
      long seq = batch.append("inbox.replayed", event.id(), job.id());
      batch.put(Again.TABLE, new Again(job.receiver(), seq, event.id()));
      publishing.pushes().pushAgain(batch, event, item.copy());
      replayed++;
    }
    batch.put(
        InboxReplay.TABLE,
        now.moved(place, replayed, over, process, batch.clock(), batch.clock().plus(LEASE)));
    if (over) {
      batch.append("inbox.replay_finished", now.receiver(), now.id());
    }
  }
}
