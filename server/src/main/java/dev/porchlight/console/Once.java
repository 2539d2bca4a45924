package dev.porchlight.console;

import dev.porchlight.access.KeptAnswer;
import dev.porchlight.access.Secrets;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a form once. A form that is sent again as it was, by a double click or by loading the
/// answer anew, gets the first answer again for a day: what it made is there once, and a secret
/// that is shown only now is shown to whoever made it.
///
/// That a form is being taken, and then its answer, sealed, is kept in the store, beside the
/// answers to requests of the API that named a key: so it is taken once by all hubs of a database,
/// and across a restart. One that was being taken when a hub stopped is not taken again, since
/// nobody knows how far that came. Refusals are not kept. May be shared by threads.
final class Once {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final String HASH = "form";

  /// How often it is tried again to keep an answer.
  private static final int TRIES = 600;

  private static final Logger LOG = LoggerFactory.getLogger(Once.class);

  /// Does what the form asks for.
  @FunctionalInterface
  interface Act {
    Reply answer() throws Exception;
  }

  private final Store store;
  private final Secrets secrets;
  private final Duration again;

  Once(Store store, Secrets secrets) {
    this(store, secrets, Duration.ofSeconds(1));
  }

  /// @param again how long after keeping an answer failed it is tried again
  Once(Store store, Secrets secrets, Duration again) {
    this.store = store;
    this.secrets = secrets;
    this.again = again;
  }

  /// The answer to a form; empty when it was sent before, and its answer is not known or no longer
  /// kept.
  ///
  /// @param principal who sends it
  /// @param form tells this form of this session, as it was filled, from all others
  Optional<Reply> answer(String principal, String form, Act act) throws Exception {
    var name = "form " + form;
    var lapsed = KeptAnswer.lapsed(store);
    var nothing = KeptAnswer.seal(secrets, principal, name, "");
    long begun = System.nanoTime();
    while (true) {
      var known =
          store.write(
              WorkQueue.EDITS,
              batch ->
                  new KeptAnswer(principal, name, HASH, 0, nothing, batch.now())
                      .claim(batch, lapsed));
      if (known.isEmpty()) {
        return Optional.of(act(principal, name, act));
      }
      var kept = settled(known.get(), begun);
      if (kept.isPresent()) {
        return kept.get().isEmptied() || kept.get().status() == 0
            ? Optional.empty()
            : Optional.of(read(kept.get().open(secrets), kept.get().status()));
      }
    }
  }

  /// Waits while another takes it; empty when that one has refused it, so that it may be taken.
  private Optional<KeptAnswer> settled(KeptAnswer known, long begun) throws InterruptedException {
    var now = Optional.of(known);
    while (now.isPresent()
        && now.get().status() == 0
        && !now.get().isEmptied()
        && System.nanoTime() - begun < PATIENCE.toNanos()
        && now.get().at().plus(PATIENCE).isAfter(store.now())) {
      Thread.sleep(LOOK);
      now = KeptAnswer.find(store, known.principal(), known.name());
    }
    return now;
  }

  private Reply act(String principal, String name, Act act) throws Exception {
    Reply.@Nullable Full kept = null;
    try {
      var reply = act.answer();
      if (reply.status() < 400 && reply instanceof Reply.Full full) {
        kept = full;
      }
      return reply;
    } finally {
      settle(principal, name, kept);
    }
  }

  /// What was done is done: whoever sent the form gets the answer whatever becomes of keeping it.
  private void settle(String principal, String name, Reply.@Nullable Full kept) {
    try {
      keep(principal, name, kept);
    } catch (RuntimeException e) {
      LOG.warn("The answer to a form can't be kept; it is tried again", e);
      Thread.ofVirtual().name("once").start(() -> keepLater(principal, name, kept));
    }
  }

  private void keepLater(String principal, String name, Reply.@Nullable Full kept) {
    for (int n = 0; n < TRIES; n++) {
      try {
        Thread.sleep(again);
        keep(principal, name, kept);
        return;
      } catch (StoreUnavailableException e) {
        if (e.isClosed()) {
          return;
        }
      } catch (RuntimeException e) {
        LOG.error("The answer to a form can't be kept", e);
        return;
      } catch (InterruptedException _) {
        return;
      }
    }
    LOG.error("The answer to a form could not be kept");
  }

  private void keep(String principal, String name, Reply.@Nullable Full kept) {
    var sealed = kept == null ? "" : KeptAnswer.seal(secrets, principal, name, write(kept));
    store.write(
        WorkQueue.EDITS,
        batch -> {
          var claim = batch.find(KeptAnswer.TABLE, principal, name);
          // Tried again, it may be there already.
          if (claim == null || claim.status() != 0 || claim.isEmptied()) {
            return false;
          }
          if (kept == null) {
            batch.delete(KeptAnswer.TABLE, principal, name);
            return true;
          }
          var answered = new KeptAnswer(principal, name, HASH, kept.status(), sealed, batch.now());
          batch.put(
              KeptAnswer.TABLE,
              claim.isNotToBeKept() && kept.body().length > 0 ? answered.emptied() : answered);
          return true;
        });
  }

  private static String write(Reply.Full reply) {
    var json = Json.object();
    var headers = json.putArray("headers");
    reply.headers().forEach(h -> headers.addArray().add(h.getKey()).add(h.getValue()));
    json.put("type", reply.contentType());
    // Pages are texts; as such an erasure finds whom one shows.
    json.put("text", new String(reply.body(), StandardCharsets.UTF_8));
    return json.toString();
  }

  private static Reply.Full read(String kept, int status) {
    var json = Json.tree(kept);
    var headers = new ArrayList<Map.Entry<String, String>>();
    json.path("headers")
        .forEach(h -> headers.add(Map.entry(h.path(0).asString(), h.path(1).asString())));
    return new Reply.Full(
        status,
        headers,
        json.path("type").asString(),
        json.path("text").asString().getBytes(StandardCharsets.UTF_8));
  }
}
