package dev.porchlight.receiver;

import dev.porchlight.net.Exchange;
import dev.porchlight.sign.StandardWebhooks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Tries whether a receiver does what senders of webhooks rely on: takes events quickly, at once,
/// large ones, twice and out of order, and none that somebody else has signed. All leads are
/// invented, and marked as tests.
public final class InboxCheck {
  private static final Duration SLOW = Duration.ofSeconds(5);
  private static final int AT_ONCE = 8;
  private static final int LARGE = 100_000;

  /// What was found.
  ///
  /// @param level `ok`, `attention` or `fault`
  public record Finding(String level, String sentence) {}

  private final Inbox inbox;
  private final Sample.Writer samples;
  private final List<Finding> findings = new ArrayList<>();
  private Duration slowest = Duration.ZERO;
  private long sequence;

  private InboxCheck(Inbox inbox, Sample.Writer samples) {
    this.inbox = inbox;
    this.samples = samples;
  }

  /// Tries it. Takes some seconds; a receiver that hangs costs 15 s for each request.
  public static List<Finding> run(Inbox inbox, Sample.Writer samples) {
    var check = new InboxCheck(inbox, samples);
    check.run();
    return List.copyOf(check.findings);
  }

  private void run() {
    var first = sample("first", 1, "This is a test of the connection. Nobody is waiting.");
    var answer = inbox.send(first);
    if (!isTaken(answer)) {
      fault("An event is not taken: " + told(answer));
      return;
    }
    note(answer);
    ok("An event is taken: " + told(answer));
    expectTaken("The same event once more", first, "Senders repeat what they had no answer to.");
    signatures();
    var newer = sample("order", 2, "The newer state.");
    var older = samples.write("lead.created", "order", 1, newer.sequence() - 1, "The older state.");
    expectTaken("A later version of a lead, before the one it follows", newer, "");
    expectTaken(
        "The earlier version after it",
        older,
        "Say 2xx and keep the newer one: `Porchlight-Sequence` tells which that is.");
    expectTaken(
        "A message of 100,000 characters",
        sample("large", 1, "x".repeat(LARGE)),
        "Enquirers may write that much.");
    atOnce();
    if (slowest.compareTo(SLOW) > 0) {
      findings.add(
          new Finding(
              "attention",
              "The slowest answer took "
                  + millis(slowest)
                  + "; a hub waits 15 s. Answer first, work then."));
    } else {
      ok("The slowest answer took " + millis(slowest) + ".");
    }
  }

  private Sample sample(String lead, int version, String message) {
    sequence += 2;
    return samples.write(
        version == 1 ? "lead.created" : "lead.updated", lead, version, sequence, message);
  }

  private void signatures() {
    if (!inbox.signs()) {
      findings.add(
          new Finding("attention", "No secret was named, so nothing was signed: --secret whsec_…"));
      return;
    }
    var now = Instant.now();
    expectRefused("An event with a wrong signature", now, StandardWebhooks.newSecret());
    expectRefused("An event without a signature", now, null);
    var old = sample("old", 1, "Recorded long ago.");
    var answer =
        inbox.send(old, inbox.headers(old, now.minus(Duration.ofHours(1)), inbox.secret()));
    note(answer);
    if (isTaken(answer)) {
      findings.add(
          new Finding(
              "attention",
              "An event signed an hour ago is taken: whoever records one can send it again."
                  + " Compare `webhook-timestamp` with the clock."));
    } else {
      ok("An event signed an hour ago is refused: " + told(answer));
    }
  }

  private void expectRefused(String what, Instant at, @Nullable String secret) {
    var sample = sample("forged", 1, "Forged.");
    var answer = inbox.send(sample, inbox.headers(sample, at, secret));
    note(answer);
    if (isTaken(answer)) {
      fault(what + " is taken: anybody can send leads there.");
    } else if (answer instanceof Exchange.Answered a && a.status() >= 400 && a.status() < 500) {
      ok(what + " is refused: " + told(answer));
    } else {
      fault(what + " is not refused with 4xx: " + told(answer));
    }
  }

  private void expectTaken(String what, Sample sample, String advice) {
    var answer = inbox.send(sample);
    note(answer);
    if (isTaken(answer)) {
      ok(what + " is taken: " + told(answer));
    } else {
      fault(what + " is not taken: " + told(answer) + (advice.isEmpty() ? "" : " " + advice));
    }
  }

  private void atOnce() {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var sent = new ArrayList<Future<Exchange>>();
      for (int i = 0; i < AT_ONCE; i++) {
        var sample = sample("many-" + i, 1, "One of many.");
        Callable<Exchange> send = () -> inbox.send(sample);
        sent.add(threads.submit(send));
      }
      int taken = 0;
      for (var one : sent) {
        var answer = one.get();
        note(answer);
        taken += isTaken(answer) ? 1 : 0;
      }
      if (taken == AT_ONCE) {
        ok("Of " + AT_ONCE + " events at once all are taken.");
      } else {
        fault(
            "Of "
                + AT_ONCE
                + " events at once "
                + taken
                + " are taken. Set `max_concurrent` for the endpoint, or answer 429.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a sample could not be sent", e);
    }
  }

  private void ok(String sentence) {
    findings.add(new Finding("ok", sentence));
  }

  private void fault(String sentence) {
    findings.add(new Finding("fault", sentence));
  }

  private void note(Exchange answer) {
    if (answer.duration().compareTo(slowest) > 0) {
      slowest = answer.duration();
    }
  }

  private static boolean isTaken(Exchange exchange) {
    return exchange instanceof Exchange.Answered a && a.status() >= 200 && a.status() < 300;
  }

  /// What an exchange came to, in words.
  static String told(Exchange exchange) {
    return switch (exchange) {
      case Exchange.Answered a ->
          "the answer was "
              + a.status()
              + " after "
              + millis(a.duration())
              + (a.status() >= 300 && a.status() < 400 ? "; redirects are not followed." : ".");
      case Exchange.Refused r -> r.reason();
      case Exchange.Failed f -> f.reason();
    };
  }

  private static String millis(Duration duration) {
    return duration.toMillis() + " ms";
  }
}
