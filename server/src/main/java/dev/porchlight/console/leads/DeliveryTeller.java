package dev.porchlight.console.leads;

import dev.porchlight.console.Clean;
import dev.porchlight.console.Sentence;
import dev.porchlight.console.Texts;
import dev.porchlight.console.Tone;
import dev.porchlight.console.leads.Story.Item;
import dev.porchlight.console.leads.Story.Lost;
import dev.porchlight.console.leads.Story.Said;
import dev.porchlight.console.leads.Story.Sending;
import dev.porchlight.console.leads.Story.Try;
import dev.porchlight.delivery.Attempt;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Settings;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Tells of a delivery: what it is, each attempt, and what the format could not carry.
final class DeliveryTeller {
  private final Deliveries deliveries;

  DeliveryTeller(Deliveries deliveries) {
    this.deliveries = deliveries;
  }

  /// @param most characters of an answer
  Item tell(
      Texts texts,
      Deliveries.Standing standing,
      Settings settings,
      Instant now,
      List<LogEntry> history,
      int most) {
    var delivery = standing.delivery();
    var state = standing.state();
    var endpoint = Endpoints.in(settings).find(delivery.endpointId());
    var sentences = new ArrayList<Sentence>();
    sentences.add(texts.english(Clean.line(delivery.why())));
    var attempts = deliveries.listAttempts(delivery.id());
    var delivered = delivered(state, attempts);
    if (delivered.isPresent()) {
      sentences.add(
          texts.say(
              "delivery.took",
              texts.took(Duration.between(delivery.plannedAt(), delivered.get()))));
    }
    if (state.state() != DeliveryState.State.DELIVERED
        && !state.reason().isEmpty()
        && (state.state() != DeliveryState.State.PENDING || state.attempts() == 0)) {
      // The attempts say why it is still pending.
      sentences.add(texts.english(Clean.line(state.reason())));
    }
    if (state.state() == DeliveryState.State.PENDING
        && endpoint.map(e -> e.disabled()).orElse(false)) {
      sentences.add(texts.say("delivery.disabled"));
    }
    history.stream()
        .filter(l -> l.kind().equals("delivery.retried") && l.ref().equals(delivery.id()))
        .forEach(
            l -> sentences.add(texts.say("delivery.retried", texts.time(l.at(), now).exact())));
    var facts = new Facts(texts);
    facts.add("delivery.contract", endpoint.map(e -> e.contract()).orElse(null));
    facts.add("delivery.event", delivery.kind() + " · " + texts.of("version", delivery.version()));
    facts.add("delivery.webhook_id", delivery.eventId());
    var next = state.nextAt();
    return new Item(
            StoryTeller.tone(state.state()),
            texts.time(delivery.plannedAt(), now),
            texts.of(
                "delivery.title",
                endpoint.map(e -> Clean.line(e.name())).orElseGet(() -> texts.of("endpoint.gone"))),
            texts.of("delivery.state." + state.state().word()),
            sentences,
            facts.list(),
            List.of(),
            List.of(),
            new Sending(
                attempts.stream().map(a -> attempt(texts, now, a, most)).toList(),
                losses(state.losses()),
                next == null
                        || state.state() != DeliveryState.State.PENDING
                        || state.attempts() == 0
                    ? null
                    : texts.time(next, now)))
        .ofDelivery(delivery.id());
  }

  /// When it was first delivered: one that is sent once more by hand was delivered before.
  private static Optional<Instant> delivered(DeliveryState state, List<Attempt> attempts) {
    var ended =
        state.state() == DeliveryState.State.DELIVERED
            ? Optional.ofNullable(state.endedAt())
            : Optional.<Instant>empty();
    return Stream.concat(
            ended.stream(),
            attempts.stream()
                .filter(a -> a.outcome() == Attempt.Outcome.DELIVERED)
                .map(a -> a.at().plus(a.duration())))
        .min(Comparator.naturalOrder());
  }

  private static Try attempt(Texts texts, Instant now, Attempt attempt, int most) {
    return new Try(
        attempt.n(),
        texts.time(attempt.at(), now),
        texts.took(attempt.duration()),
        attempt.outcome() == Attempt.Outcome.DELIVERED ? Tone.GOOD : Tone.BAD,
        switch (attempt.outcome()) {
          case DELIVERED -> texts.of("attempt.delivered", status(attempt));
          case REFUSED -> texts.of("attempt.refused", status(attempt));
          case REJECTED -> texts.of("attempt.rejected", status(attempt));
          case UNREACHABLE -> texts.of("attempt.unreachable", error(texts, attempt));
          case GUARDED -> texts.of("attempt.guarded", error(texts, attempt));
          case DEFECT -> texts.of("attempt.defect", error(texts, attempt));
        },
        texts.of("receipt.size", attempt.sentBytes()),
        attempt.digest().isEmpty() ? "" : texts.of("attempt.digest", attempt.digest()),
        Said.of(texts, new String(attempt.answer(), StandardCharsets.UTF_8), most),
        attempt.answer().length < Attempt.ANSWER_KEPT
            ? ""
            : texts.of("attempt.kept", Attempt.ANSWER_KEPT));
  }

  private static String error(Texts texts, Attempt attempt) {
    return texts.english(Clean.line(attempt.error())).text();
  }

  private static String status(Attempt attempt) {
    return attempt.status() == null ? "" : attempt.status().toString();
  }

  private static List<Lost> losses(String json) {
    var losses = new ArrayList<Lost>();
    for (var loss : Json.tree(json)) {
      losses.add(
          new Lost(
              Clean.line(loss.path("field").asString("")),
              Clean.line(loss.path("reason").asString(""))));
    }
    return losses;
  }
}
