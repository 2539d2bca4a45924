package dev.porchlight.api;

import dev.porchlight.access.KeptAnswer;
import dev.porchlight.access.Principal;
import dev.porchlight.access.Secrets;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The `Idempotency-Key` of a request: what it asks for is done once. The answer is kept, sealed,
/// for 24 hours, and a second request with that key gets it again and changes nothing. A refusal is
/// not kept.
final class RepeatKey {
  /// Lets one request of a kind through at a time, so that the second of two with one
  /// `Idempotency-Key` finds the answer to the first.
  private static final ReentrantLock[] TURNS = turns();

  private static ReentrantLock[] turns() {
    var turns = new ReentrantLock[64];
    Arrays.setAll(turns, _ -> new ReentrantLock());
    return turns;
  }

  private final String key;
  private final Request request;
  private final String principal;
  private final Store store;
  private final Secrets secrets;
  private String hash = "";
  private boolean namesNobody;
  private boolean kept;

  private RepeatKey(
      String key, Request request, Principal principal, Store store, Secrets secrets) {
    this.key = key;
    this.request = request;
    this.principal = principal.id();
    this.store = store;
    this.secrets = secrets;
  }

  /// The key of a request that changes something; null where it has none.
  static @Nullable RepeatKey of(
      Request request, Principal principal, Store store, Secrets secrets) {
    if (request.method().equals("GET") || request.method().equals("HEAD")) {
      return null;
    }
    var key = request.header("Idempotency-Key").orElse(null);
    if (key == null) {
      return null;
    }
    if (!key.matches("[!-~]{1,255}")) {
      throw new FaultException(
          Fault.PARAMETER_INVALID, "An Idempotency-Key has 1 to 255 visible ASCII characters.");
    }
    return new RepeatKey(key, request, principal, store, secrets);
  }

  /// What the resource answers, or has answered.
  Reply answer(Call call, Call.Resource resource) throws Exception {
    var turn = TURNS[Math.floorMod(Objects.hash(principal, key), TURNS.length)];
    turn.lock();
    try {
      var known = KeptAnswer.find(store, principal, key);
      if (known.isPresent()) {
        return again(known.get(), call);
      }
      long begun = KeptAnswer.begin(store);
      var reply = resource.answer(call);
      if (!kept && reply instanceof Reply.Full full) {
        keep(full, begun, call);
      }
      return reply;
    } finally {
      turn.unlock();
    }
  }

  /// See [Call#namesNobody].
  void namesNobody() {
    namesNobody = true;
  }

  /// See [Call#change].
  Reply change(Call call, Function<Batch, Call.Answer> change) throws BodyException, IOException {
    hash(call);
    var lapsed = KeptAnswer.lapsed(store);
    var answered =
        store.write(
            WorkQueue.EDITS,
            batch -> {
              var answer = change.apply(batch);
              var body = answer.body().toString();
              // Sealing a kilobyte is the one piece of cryptography done inside a unit: what is
              // answered is known only here.
              answered(batch, answer.status(), seal(body)).keep(batch, lapsed);
              return Map.entry(answer.status(), body);
            });
    kept = true;
    return Call.reply(answered.getKey(), answered.getValue());
  }

  /// Keeps the answer of something whose effect is on disk already.
  private void keep(Reply.Full reply, long begun, Call call) throws BodyException, IOException {
    hash(call);
    var sealed = seal(new String(reply.body(), StandardCharsets.UTF_8));
    var lapsed = KeptAnswer.lapsed(store);
    store.write(
        WorkQueue.EDITS,
        batch -> {
          var answer = answered(batch, reply.status(), sealed);
          if (namesNobody) {
            answer.keep(batch, lapsed);
          } else {
            answer.keepSince(begun, batch, lapsed);
          }
          return true;
        });
  }

  /// The same answer again, byte for byte.
  private Reply again(KeptAnswer answered, Call call) throws BodyException, IOException {
    hash(call);
    if (!answered.requestHash().equals(hash)) {
      throw new FaultException(
          Fault.KEY_REUSED, "Use a new key for a new request, the same key only to repeat one.");
    }
    return Call.reply(answered.status(), answered.open(secrets));
  }

  private KeptAnswer answered(Batch batch, int status, String sealed) {
    return new KeptAnswer(principal, key, hash, status, sealed, batch.now());
  }

  private void hash(Call call) throws BodyException, IOException {
    if (hash.isEmpty()) {
      hash =
          Tokens.hash(
              request.method()
                  + " "
                  + request.path()
                  + "\n"
                  + new String(call.bytes(), StandardCharsets.ISO_8859_1));
    }
  }

  private String seal(String body) {
    return KeptAnswer.seal(secrets, principal, key, body);
  }
}
