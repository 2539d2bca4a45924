package dev.porchlight.desk.feed;

import dev.porchlight.account.NodeMail;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Event;
import dev.porchlight.delivery.Planner;
import dev.porchlight.filter.Value;
import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.LogPlace;
import dev.porchlight.store.log.LogWalk;
import dev.porchlight.store.log.StandingWork;
import dev.porchlight.value.Draw;
import dev.porchlight.watch.FeedBlock;
import dev.porchlight.watch.FeedNews;
import dev.porchlight.watch.FeedNotice;
import dev.porchlight.watch.FeedSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the holders of feeds what has happened, when their schedules say so: by mail where there
/// is a mail server and the holder has an address for it, and by events to the endpoints that ask
/// for them.
///
/// It follows the log for those who are told at once, and looks at the clock for the others. What
/// is told is written down as one notice with its deliveries, together with how far the holder
/// knows, in a unit that does nothing where another hub was quicker: so each event is told once,
/// whatever ends in between. The delivery engine does the rest.
public final class Telling implements AutoCloseable {
  /// The kind of event that somebody was told.
  public static final String KIND = Endpoints.LISTINGS;

  /// The line of the log that a delivery of a notice was planned.
  public static final String PLANNED = "feed-notice.planned";

  private static final Logger LOG = LoggerFactory.getLogger(Telling.class);
  private static final LogPlace PLACE = new LogPlace("told");
  private static final int PAGE = 1000;
  private static final int AT_ONCE = 2000;
  private static final int PORTION = 20;

  /// How many portions of holders one unit looks at.
  private static final int AT_ONE_TIME = 2;

  private final Store store;
  private final int hub;
  private final Planner planner;
  private final Bounces bounces;
  private final Consumer<List<Planner.Claim>> lanes;
  private final LogWalk walk;
  private final StandingWork work;

  /// Starts.
  ///
  /// @param lanes takes the lanes that may be started on at once
  public Telling(
      Store store,
      int hub,
      Planner planner,
      Deliveries deliveries,
      Consumer<List<Planner.Claim>> lanes) {
    this.store = store;
    this.hub = hub;
    this.planner = planner;
    this.lanes = lanes;
    bounces = new Bounces(store, deliveries);
    walk = new LogWalk(store, LOG, PLACE, PAGE, AT_ONE_TIME);
    work = StandingWork.inSteps("telling", LOG, () -> follow() | tell());
    work.start(store, Telling::isOfInterest);
  }

  private static boolean isOfInterest(String kind) {
    return switch (kind) {
      case FeedNews.MATCHED, FeedNews.APPROVED, "delivery.dead", "feed-schedule.set" -> true;
      default -> false;
    };
  }

  /// Looks again now.
  public void wake() {
    work.wake();
  }

  /// Goes one page of the log on; whether there may be more.
  private boolean follow() {
    return walk.goOn(line -> isOfInterest(line.kind()) ? work(line) : List.of());
  }

  private List<Consumer<Batch>> work(LogEntry line) {
    return line.kind().equals("delivery.dead")
        ? bounces.dead(line.ref()).stream().toList()
        : store.read(h -> FeedNews.follow(h, line));
  }

  /// Tells those who are due; whether there may be more.
  private boolean tell() {
    var due = store.read(h -> FeedSchedule.listDue(h, store.now(), AT_ONCE));
    if (due.isEmpty()) {
      return false;
    }
    // What was approved before the hour came is told at that hour.
    while (!work.isClosing() && follow()) {
      // There is more.
    }
    long upto = store.read(FeedBlock.MATCHED::in);
    var news = FeedNews.since(store, due, upto);
    for (int i = 0; i < due.size() && !work.isClosing(); i += PORTION) {
      var some = due.subList(i, Math.min(i + PORTION, due.size()));
      var draws = some.stream().map(_ -> Draw.fresh(store.now(), hub)).toList();
      store.write(
          WorkQueue.EVENTS,
          batch -> {
            for (int n = 0; n < some.size(); n++) {
              var schedule = some.get(n);
              var its =
                  news.getOrDefault(schedule.holderId(), new FeedNews.News(List.of(), List.of()));
              tell(batch, schedule, its, upto, draws.get(n));
            }
            return true;
          });
    }
    return due.size() == AT_ONCE;
  }

  private void tell(Batch batch, FeedSchedule schedule, FeedNews.News news, long upto, Draw draw) {
    var holder = schedule.holderId();
    if (!FeedSchedule.find(batch, holder).filter(schedule::equals).isPresent()) {
      // Another hub was quicker, or somebody has changed it: then it is due or not as it is now.
      return;
    }
    var addressees = FeedAddressees.find(batch, holder);
    if (addressees.isEmpty()) {
      schedule.told(batch, upto, false, null);
      return;
    }
    FeedNews.settle(batch, holder, news.owed());
    boolean something =
        !news.items().isEmpty() && plan(batch, addressees.get(), news.items(), draw);
    var now = batch.clock();
    if (schedule.instant()) {
      boolean more = FeedBlock.MATCHED.in(batch) != upto;
      var again = something ? now.plus(FeedSchedule.APART) : now;
      schedule.told(batch, upto, something, more ? again : null);
    } else {
      var zone = NodeMail.zoneOf(batch.settings(), addressees.get().owner());
      schedule.told(batch, upto, something, schedule.next(now, zone).orElse(null));
    }
  }

  /// Writes down a notice and to whom it goes; false when that is nobody.
  private boolean plan(
      Batch batch, FeedAddressees addressees, List<FeedNotice.Item> items, Draw draw) {
    var endpoints = Endpoints.in(batch.settings());
    var mail = endpoints.listingMailOf(addressees.root());
    var addresses = mail.isPresent() ? addressees.addresses() : List.<String>of();
    var id = draw.digits();
    var asking =
        endpoints.all().stream()
            .filter(e -> !endpoints.isDerived(e.id()) && e.names(KIND))
            .filter(e -> Planner.wants(batch.settings(), e, event(id, 0, 0, addressees, draw)))
            .toList();
    if (addresses.isEmpty() && asking.isEmpty()) {
      return false;
    }
    new FeedNotice(id, addressees.holder(), batch.now(), items, addresses).put(batch);
    var claims = new ArrayList<Planner.Claim>();
    for (int n = 1; n <= addresses.size(); n++) {
      plan(batch, id, n, addressees, mail.orElseThrow(), draw, claims);
    }
    asking.forEach(endpoint -> plan(batch, id, 0, addressees, endpoint, draw, claims));
    if (!claims.isEmpty()) {
      batch.afterCommit(() -> lanes.accept(claims));
    }
    return true;
  }

  /// @param address the number of the address, from 1; 0 for an event
  private void plan(
      Batch batch,
      String notice,
      int address,
      FeedAddressees addressees,
      Endpoint endpoint,
      Draw draw,
      List<Planner.Claim> claims) {
    var id = draw.uuid("delivery " + endpoint.id() + " " + address);
    long seq = batch.append(PLANNED, notice, id);
    var event = event(notice, seq, address, addressees, draw);
    var why =
        address == 0
            ? "It asks for what holders of feeds are told."
            : "The schedule of the feeds says that their holder is told now.";
    claims.addAll(planner.plan(batch, event, endpoint, why, id).claims());
  }

  private static Event event(
      String notice, long seq, int address, FeedAddressees addressees, Draw draw) {
    return new Event(
        "evt_" + draw.uuid("event"),
        KIND,
        draw.at(),
        seq,
        notice,
        address,
        addressees.office(),
        "",
        false,
        "feeds " + addressees.holder() + (address == 0 ? "" : " " + address),
        addressees.owner(),
        field ->
            switch (field) {
              case "Kind" -> Value.text(KIND);
              case "OfficeId" -> Value.text(addressees.office());
              case "OwnerId" -> Value.text(addressees.owner());
              default -> Value.UNSET;
            });
  }

  /// Returns when nothing is being planned any more.
  @Override
  public void close() {
    work.close();
  }
}
