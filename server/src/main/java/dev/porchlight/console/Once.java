package dev.porchlight.console;

import dev.porchlight.web.Reply;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// Takes a form once. A form that is sent again as it was, by a double click or by loading the
/// answer anew, gets the first answer again for a while: what it made is there once, and a secret
/// that is shown only now is shown to whoever made it.
///
/// Only answers that are a page are kept, since one that leads on is not sent again by loading it.
/// In this process's memory; may be shared by threads.
final class Once {
  private static final int MOST = 500;
  private static final long LIFE = Duration.ofMinutes(10).toNanos();

  /// Does what the form asks for.
  @FunctionalInterface
  interface Act {
    Reply answer() throws Exception;
  }

  private record Taken(CompletableFuture<Reply> reply, long at) {}

  private final Map<String, Taken> taken = new HashMap<>();

  /// The answer to a form.
  ///
  /// @param key tells this form of this session, as it was filled, from all others
  Reply answer(String key, Act act) throws Exception {
    while (true) {
      var mine = new Taken(new CompletableFuture<>(), System.nanoTime());
      var first = first(key, mine);
      if (first == null) {
        return act(key, mine, act);
      }
      Reply kept;
      try {
        kept = first.reply().get();
      } catch (ExecutionException _) {
        continue;
      }
      if (isKept(kept)) {
        return kept;
      }
    }
  }

  private Reply act(String key, Taken mine, Act act) throws Exception {
    try {
      var reply = act.answer();
      if (!isKept(reply)) {
        forget(key, mine);
      }
      mine.reply().complete(reply);
      return reply;
    } finally {
      if (!mine.reply().isDone()) {
        forget(key, mine);
        mine.reply().completeExceptionally(new IllegalStateException("not answered"));
      }
    }
  }

  private static boolean isKept(Reply reply) {
    return reply instanceof Reply.Full full && full.status() == 200;
  }

  private synchronized @Nullable Taken first(String key, Taken mine) {
    taken.values().removeIf(t -> mine.at() - t.at() > LIFE);
    if (taken.size() >= MOST) {
      taken.entrySet().stream()
          .min((a, b) -> Long.compare(a.getValue().at() - mine.at(), b.getValue().at() - mine.at()))
          .map(Map.Entry::getKey)
          .ifPresent(taken::remove);
    }
    return taken.putIfAbsent(key, mine);
  }

  private synchronized void forget(String key, Taken mine) {
    taken.remove(key, mine);
  }
}
