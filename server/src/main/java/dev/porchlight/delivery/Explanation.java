package dev.porchlight.delivery;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Why a delivery stands as it does, in sentences: because of which rule it was planned, what it
/// waits for and until when, who refused it with which words.
///
/// @param endedBy whose doing it is that it ended undelivered; empty when it did not
public record Explanation(List<String> sentences, Optional<By> endedBy) {
  private static final String GONE = "Its endpoint was removed: it will be dropped.";
  private static final int WORDS_SHOWN = 300;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /// Who ended a delivery that did not arrive.
  public enum By {
    /// They refused it, or did not answer.
    RECEIVER,
    /// A defect of ours.
    HUB,
    /// A rule: of the format, of the address guard, of the endpoint, of erasure.
    RULE;

    /// The word in the API.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Explanation {
    sentences = List.copyOf(sentences);
  }

  /// A function of values.
  ///
  /// @param ahead the delivery of the same order key that it may wait behind
  /// @param lane of that key; empty where nothing waits there
  static Explanation of(
      Deliveries.Standing standing,
      List<Attempt> attempts,
      Optional<Endpoint> endpoint,
      Optional<EndpointHealth> health,
      Optional<Deliveries.Standing> ahead,
      Optional<Lane> lane,
      Instant now) {
    var delivery = standing.delivery();
    var state = standing.state();
    var all = new ArrayList<String>();
    all.add("It was planned at " + TIME.format(delivery.plannedAt()) + ". " + delivery.why());
    if (attempts.size() < state.attempts()) {
      all.add(
          state.attempts()
              + (state.attempts() == 1 ? " attempt was" : " attempts were")
              + " made; those that are not listed were kept for their time only.");
    }
    if (!attempts.isEmpty()) {
      all.add(told(attempts.getLast()));
    }
    switch (state.state()) {
      case PENDING ->
          all.addAll(
              waits(
                  state,
                  endpoint,
                  health,
                  ahead,
                  ahead.filter(a -> a.delivery().leadId().equals(delivery.leadId())).isPresent(),
                  lane.filter(l -> !l.isFree(now)).isPresent(),
                  now));
      case DELIVERED -> {
        if (attempts.isEmpty()) {
          all.add("It was delivered.");
        }
      }
      case DEAD ->
          all.add(
              endpoint.isEmpty()
                  ? GONE
                  : lastWas(attempts, Attempt.Outcome.REJECTED)
                      ? "That ended it: at this endpoint such an answer is final. `delivery retry`"
                          + " tries all the same."
                      : "All waits are used up. `delivery retry` starts anew.");
      case UNWRITABLE ->
          all.add(
              endpoint.isEmpty()
                  ? GONE
                  : "It can't be written in the endpoint's format: "
                      + state.reason()
                      + " `delivery retry` tries again once something was changed.");
      case DROPPED -> all.add("It was dropped: " + state.reason());
    }
    return new Explanation(all, endedBy(state.state(), attempts));
  }

  private static boolean lastWas(List<Attempt> attempts, Attempt.Outcome outcome) {
    return !attempts.isEmpty() && attempts.getLast().outcome() == outcome;
  }

  private static Optional<By> endedBy(DeliveryState.State state, List<Attempt> attempts) {
    return switch (state) {
      case PENDING, DELIVERED -> Optional.empty();
      case DEAD ->
          Optional.of(
              lastWas(attempts, Attempt.Outcome.DEFECT)
                  ? By.HUB
                  : lastWas(attempts, Attempt.Outcome.GUARDED) ? By.RULE : By.RECEIVER);
      case UNWRITABLE, DROPPED -> Optional.of(By.RULE);
    };
  }

  /// @param sameSubject whether what is ahead tells an older state of the same
  /// @param working whether somebody is at work in its lane
  private static List<String> waits(
      DeliveryState state,
      Optional<Endpoint> endpoint,
      Optional<EndpointHealth> health,
      Optional<Deliveries.Standing> ahead,
      boolean sameSubject,
      boolean working,
      Instant now) {
    var all = new ArrayList<String>();
    if (endpoint.isEmpty()) {
      return List.of(GONE);
    }
    if (endpoint.get().disabled()) {
      all.add(disabled(health));
      return all;
    }
    var next = state.nextAt();
    if (health.isPresent() && health.get().isShut()) {
      var until = health.get().shutUntil();
      // Nothing is tried before that.
      next = next != null && until != null && until.isAfter(next) ? until : next;
      all.add(
          "The endpoint is left alone"
              + (until == null || until.isBefore(now)
                  ? ", and tried with one delivery at a time: "
                  : " until " + TIME.format(until) + ": ")
              + since(health.get())
              + "."
              + health
                  .get()
                  .disabledAt(endpoint.get())
                  .map(end ->
                      " Unless it takes one, it is disabled at "
                          + TIME.format(end)
                          + " at the earliest.")
                  .orElse(""));
    }
    if (ahead.isPresent()
        && !(sameSubject
            && endpoint.get().terms().order(ahead.get().delivery().orderKey()) == Order.NEWEST)
        && !state.passed()) {
      all.addAll(behind(ahead.get(), endpoint.get().terms(), working, now));
    }
    if (next != null && next.isAfter(now)) {
      all.add("It is tried again at " + TIME.format(next) + ".");
    } else if (all.isEmpty()) {
      all.add(working ? "It is being attempted now, or will be in a moment." : "It is due now.");
    }
    return all;
  }

  /// What a delivery waits for whose endpoint is disabled.
  public static String disabled(Optional<EndpointHealth> health) {
    return "The endpoint is disabled"
        + health.map(h -> " (" + since(h) + ")").orElse("")
        + ". The delivery is kept, and goes out when the endpoint is enabled.";
  }

  /// What is ahead, until when it is waited for, and what keeps it.
  private static List<String> behind(
      Deliveries.Standing head, Terms terms, boolean working, Instant now) {
    var delivery = head.delivery();
    var state = head.state();
    var all = new ArrayList<String>();
    all.add(
        "It waits behind delivery "
            + delivery.id()
            + (delivery.orderKey().startsWith(Terms.LISTING)
                ? " of the same listing"
                : " of the same contact")
            + ", so that they arrive in order: until that one is delivered or given up"
            + (terms.order(delivery.orderKey()) == Order.BLOCK
                ? "."
                : ", or would have to wait for more than an hour."));
    var next = state.nextAt();
    boolean later = next != null && next.isAfter(now);
    if (state.attempts() == 0 && !later && working) {
      all.add("That one is being attempted for the first time, or will be in a moment.");
      return all;
    }
    all.add(
        (state.attempts() == 0
                ? "That one was not tried yet"
                : "That one was tried "
                    + (state.attempts() == 1 ? "once" : state.attempts() + " times"))
            + (later
                ? "; it is tried again at " + TIME.format(next) + "."
                : working
                    ? "; it is being attempted again, or will be in a moment."
                    : "; it is due now."));
    if (state.attempts() > 0 && !state.reason().isEmpty()) {
      all.add("The last time so: " + ended(state.reason()));
    }
    return all;
  }

  private static String since(EndpointHealth health) {
    return "it has failed since "
        + TIME.format(health.failingSince())
        + ", the last time so: "
        + (health.reason().endsWith(".")
            ? health.reason().substring(0, health.reason().length() - 1)
            : health.reason());
  }

  private static String told(Attempt a) {
    var head = "Attempt " + a.n() + " at " + TIME.format(a.at()) + " ";
    var words = words(a);
    return switch (a.outcome()) {
      case DELIVERED -> head + "was taken with status " + a.status() + ".";
      case REFUSED, REJECTED ->
          head
              + "was refused with status "
              + a.status()
              + (words.isEmpty() ? ", without a word." : ", in these words: “" + words + "”");
      case UNREACHABLE -> head + "had no answer: " + ended(a.error());
      case GUARDED -> head + "was not sent, by the rules for addresses: " + ended(a.error());
      case DEFECT -> head + "failed by a defect of ours: " + ended(a.error());
    };
  }

  private static String ended(String sentence) {
    return sentence.endsWith(".") ? sentence : sentence + ".";
  }

  /// What they said, on one line.
  public static String words(Attempt a) {
    var text =
        new String(a.answer(), StandardCharsets.UTF_8)
            .codePoints()
            .map(c -> Character.isISOControl(c) || Character.isWhitespace(c) ? ' ' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
            .strip();
    return text.length() > WORDS_SHOWN ? text.substring(0, WORDS_SHOWN) + "…" : text;
  }
}
