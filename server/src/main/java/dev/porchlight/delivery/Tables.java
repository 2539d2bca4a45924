package dev.porchlight.delivery;

import dev.porchlight.store.Table;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/// The tables of this package.
final class Tables {
  static final Table<Delivery> DELIVERY =
      Table.<Delivery>named("delivery")
          .key("id", Delivery::id)
          .column("seq", Delivery::seq)
          .column("endpoint_id", Delivery::endpointId)
          .column("order_key", Delivery::orderKey)
          .column("event_id", Delivery::eventId)
          .column("kind", Delivery::kind)
          .column("lead_id", Delivery::leadId)
          .column("version", Delivery::version)
          .column("office_id", Delivery::officeId)
          .column("planned_at", Delivery::plannedAt)
          .column("why", Delivery::why)
          .readBy(r ->
              new Delivery(
                  r.text(1),
                  r.number(2),
                  r.text(3),
                  r.text(4),
                  r.text(5),
                  r.text(6),
                  r.text(7),
                  r.integer(8),
                  r.text(9),
                  r.time(10),
                  r.text(11)));

  /// The ids of deliveries that were planned after their event.
  static final Table<String> LATE =
      Table.<String>named("late_delivery").key("delivery_id", id -> id).readBy(r -> r.text(1));

  static final Table<DeliveryState> STATE =
      Table.<DeliveryState>named("delivery_state")
          .key("delivery_id", DeliveryState::deliveryId)
          .column("endpoint_id", DeliveryState::endpointId)
          .column("seq", DeliveryState::seq)
          .column("state", s -> s.state().word())
          .column("attempts", DeliveryState::attempts)
          .column("tries", DeliveryState::tries)
          .column("passed", DeliveryState::passed)
          .column("next_at", DeliveryState::nextAt)
          .column("ended_at", DeliveryState::endedAt)
          .column("reason", DeliveryState::reason)
          .column("losses", DeliveryState::losses)
          .readBy(r ->
              new DeliveryState(
                  r.text(1),
                  r.text(2),
                  r.number(3),
                  DeliveryState.State.of(r.text(4)),
                  r.integer(5),
                  r.integer(6),
                  r.flag(7),
                  r.timeOrNull(8),
                  r.timeOrNull(9),
                  r.text(10),
                  r.text(11)));
  static final Table<Lane> LANE =
      Table.<Lane>named("lane")
          .key("endpoint_id", Lane::endpointId)
          .key("order_key", Lane::orderKey)
          .column("due_at", Lane::dueAt)
          .column("pending", Lane::pending)
          .column("passed", Lane::passed)
          .column("blocked", Lane::blocked)
          .column("owner", Lane::owner)
          .column("leased_until", Lane::leasedUntil)
          .column("fence", Lane::fence)
          .readBy(r ->
              new Lane(
                  r.text(1),
                  r.text(2),
                  r.time(3),
                  r.integer(4),
                  r.integer(5),
                  r.flag(6),
                  r.textOrNull(7),
                  r.timeOrNull(8),
                  r.number(9)));
  static final Table<Attempt> ATTEMPT =
      Table.<Attempt>named("attempt")
          .key("delivery_id", Attempt::deliveryId)
          .key("n", Attempt::n)
          .column("at", Attempt::at)
          .column("micros", a -> a.duration().toNanos() / 1000)
          .column("outcome", a -> a.outcome().word())
          .column("status", Attempt::status)
          .column("error", Attempt::error)
          .column("answer", Attempt::answer)
          .column("sent_bytes", Attempt::sentBytes)
          .column("sent_sha256", Attempt::sentSha256)
          .readBy(r ->
              new Attempt(
                  r.text(1),
                  r.integer(2),
                  r.time(3),
                  Duration.of(r.number(4), ChronoUnit.MICROS),
                  Attempt.Outcome.of(r.text(5)),
                  r.integerOrNull(6),
                  r.text(7),
                  r.bytes(8),
                  r.integer(9),
                  r.bytes(10)));
  static final Table<AnswerWords.Entry> ANSWER_WORD =
      Table.<AnswerWords.Entry>named("answer_word")
          .key("word", AnswerWords.Entry::word)
          .key("seq", AnswerWords.Entry::seq)
          .key("delivery_id", AnswerWords.Entry::deliveryId)
          .key("n", AnswerWords.Entry::n)
          .column("endpoint_id", AnswerWords.Entry::endpointId)
          .readBy(r ->
              new AnswerWords.Entry(r.text(1), r.number(2), r.text(3), r.integer(4), r.text(5)));
  static final Table<Notification> NOTIFICATION =
      Table.<Notification>named("notification")
          .key("endpoint_id", Notification::endpointId)
          .key("at", Notification::at)
          .key("delivery_id", Notification::deliveryId)
          .key("n", Notification::n)
          .column("lead_id", Notification::leadId)
          .column("delivered", Notification::delivered)
          .column("status", Notification::status)
          .readBy(r ->
              new Notification(
                  r.text(1),
                  r.time(2),
                  r.text(3),
                  r.integer(4),
                  r.text(5),
                  r.flag(6),
                  r.integerOrNull(7)));

  static final Table<LeftOut> LEFT_OUT =
      Table.<LeftOut>named("left_out")
          .key("seq", LeftOut::seq)
          .column("lead_id", LeftOut::leadId)
          .column("kind", LeftOut::kind)
          .column("version", LeftOut::version)
          .column("body", LeftOut::body)
          .readBy(r -> new LeftOut(r.number(1), r.text(2), r.text(3), r.integer(4), r.text(5)));

  static final Table<EndpointHealth> HEALTH =
      Table.<EndpointHealth>named("endpoint_health")
          .key("endpoint_id", EndpointHealth::endpointId)
          .column("failures", EndpointHealth::failures)
          .column("failing_since", EndpointHealth::failingSince)
          .column("failed_at", EndpointHealth::failedAt)
          .column("shut_until", EndpointHealth::shutUntil)
          .column("pauses", EndpointHealth::pauses)
          .column("probing_until", EndpointHealth::probingUntil)
          .column("noticed", EndpointHealth::noticed)
          .column("noticed_at", EndpointHealth::noticedAt)
          .column("reason", EndpointHealth::reason)
          .readBy(r ->
              new EndpointHealth(
                  r.text(1),
                  r.integer(2),
                  r.time(3),
                  r.time(4),
                  r.timeOrNull(5),
                  r.integer(6),
                  r.timeOrNull(7),
                  r.integer(8),
                  r.timeOrNull(9),
                  r.text(10)));

  static final Table<Feed.Asked> FEED_ASKED =
      Table.<Feed.Asked>named("feed_asked")
          .key("endpoint_id", Feed.Asked::endpointId)
          .column("place", Feed.Asked::place)
          .readBy(r -> new Feed.Asked(r.text(1), r.number(2)));

  private Tables() {}
}
