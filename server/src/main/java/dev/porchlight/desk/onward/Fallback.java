package dev.porchlight.desk.onward;

import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Planner;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.log.LogPlace;
import dev.porchlight.store.log.LogWalk;
import dev.porchlight.store.log.StandingWork;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends to an office's fallback address what has been stuck for a minute: leads that nobody has
/// taken, some of those that one endpoint has not taken while others have ([StuckLeads]), and
/// receipts that are quarantined or owed ([StuckReceipts]). The customer can't wait for an
/// engineer; and who gets a mail for each lead for hours reads none ([Sparing]).
///
/// How far each look went is written in the unit that plans the mails ([FallbackMail]), which does
/// nothing where another hub was quicker; and a lead or a receipt that went once does not go again.
public final class Fallback implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Fallback.class);

  /// How long something may be stuck.
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final LogPlace GIVEN_UP = new LogPlace("fallback");
  private static final int LINES = 1000;
  private static final int STEPS = 20;

  private final Store store;
  private final StuckLeads leads;
  private final StuckReceipts receipts;
  private final LogWalk givenUp;
  private final StandingWork work;

  /// Starts.
  ///
  /// @param lanes takes the lanes that may be started on at once
  public Fallback(
      Store store,
      int hub,
      Planner planner,
      Deliveries deliveries,
      Consumer<List<Planner.Claim>> lanes) {
    this.store = store;
    var mail = new FallbackMail(planner, lanes);
    leads = new StuckLeads(store, hub, deliveries, mail);
    receipts = new StuckReceipts(store, hub, mail);
    givenUp = new LogWalk(store, LOG, GIVEN_UP, LINES, STEPS);
    work = StandingWork.inSteps("fallback", LOG, this::look);
    work.start();
  }

  /// Looks again now.
  public void wake() {
    work.wake();
  }

  private boolean look() {
    return Endpoints.in(store.settings()).hasFallback()
        && (receipts.goBack()
            | givenUp.goOn(leads::givenUp)
            | leads.lookAtSpared()
            | leads.look()
            | receipts.look());
  }

  /// Looks again at a receipt that was put aside and is taken back: its mail, where putting it
  /// aside kept that from being sent, is owed again, and so is one that was not planned meanwhile.
  public static void takenBack(Batch batch, String receipt) {
    StuckReceipts.takenBack(batch, receipt);
  }

  /// Returns when nothing is being planned any more.
  @Override
  public void close() {
    work.close();
  }
}
