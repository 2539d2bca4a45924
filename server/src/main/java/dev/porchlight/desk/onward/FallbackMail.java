package dev.porchlight.desk.onward;

import dev.porchlight.account.NodeMail;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Event;
import dev.porchlight.delivery.Planner;
import dev.porchlight.filter.Value;
import dev.porchlight.store.Batch;
import dev.porchlight.value.Draw;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Plans the mail to an office's fallback address, one for each lead or receipt that was stuck.
final class FallbackMail {
  /// Something that may be stuck, and the chance that its mail may use.
  ///
  /// @param version of the lead; 0 for a receipt
  record Stuck(
      String kind, String ref, int version, String office, Instant since, String why, Draw draw) {}

  private final Planner planner;
  private final Consumer<List<Planner.Claim>> lanes;

  /// @param lanes takes the lanes that may be started on at once
  FallbackMail(Planner planner, Consumer<List<Planner.Claim>> lanes) {
    this.planner = planner;
    this.lanes = lanes;
  }

  /// Where its mail goes; empty where its office had no fallback address when it got stuck, or its
  /// mail has gone.
  static Optional<Endpoint> address(Batch batch, Stuck stuck) {
    var settings = batch.settings();
    return NodeMail.fallbackOf(settings, stuck.office())
        .flatMap(said -> Endpoints.in(settings).fallbackAt(said.node()))
        .filter(fallback ->
            !stuck.since().isBefore(fallback.since())
                && batch.find(FallbackTables.FALLBACK, stuck.ref()) == null)
        .map(Endpoints.Fallback::endpoint);
  }

  /// @param source the id of the source that it came from
  /// @param address as [#address] gave it in the same unit
  void plan(Batch batch, Stuck stuck, String source, Endpoint address) {
    var draw = stuck.draw();
    long seq = batch.append(stuck.kind(), stuck.ref(), draw.uuid("delivery " + address.id()));
    var event =
        new Event(
            "evt_" + draw.uuid("event"),
            stuck.kind(),
            draw.at(),
            seq,
            stuck.ref(),
            stuck.version(),
            stuck.office(),
            source,
            false,
            stuck.ref(),
            "",
            _ -> Value.UNSET);
    var plan = planner.plan(batch, event, address, stuck.why(), draw);
    batch.put(
        FallbackTables.FALLBACK,
        new FallbackTables.FallbackRow(stuck.ref(), plan.deliveries().getFirst().id(), draw.at()));
    if (!plan.claims().isEmpty()) {
      batch.afterCommit(() -> lanes.accept(plan.claims()));
    }
  }
}
