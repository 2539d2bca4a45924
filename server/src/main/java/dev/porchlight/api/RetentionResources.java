package dev.porchlight.api;

import dev.porchlight.desk.erasure.Periods;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// For how long the hub keeps what it need not keep for ever.
final class RetentionResources {
  private static final String RECEIPTS = "receipts_kept_days";
  private static final String ATTEMPTS = "attempts_kept_days";
  private static final String EVENTS = "events_kept_days";

  private final Store store;
  private final Periods configured;
  private final Runnable changed;

  /// @param configured what the hub was started with
  /// @param changed is told of another period
  RetentionResources(Store store, Periods configured, Runnable changed) {
    this.store = store;
    this.configured = configured;
    this.changed = changed;
  }

  private static void needEverything(Call call) {
    if (!call.scope().everything()) {
      throw new FaultException(Fault.NOT_ALLOWED, "This token does not see everything.");
    }
  }

  Reply get(Call call) {
    needEverything(call);
    return Call.ok(view(Periods.in(store.settings())));
  }

  /// Changes what is named; null is as configured.
  Reply change(Call call) throws Exception {
    needEverything(call);
    var body = call.members(Set.of(RECEIPTS, ATTEMPTS, EVENTS));
    var receipts = days(body, RECEIPTS);
    var attempts = days(body, ATTEMPTS);
    var events = days(body, EVENTS);
    var reply =
        call.change(batch -> {
          var known = Periods.in(batch.settings());
          var now =
              new Periods(
                  body.has(RECEIPTS) ? receipts : known.receipts(),
                  body.has(ATTEMPTS) ? attempts : known.attempts(),
                  body.has(EVENTS) ? events : known.events());
          if (!now.equals(known)) {
            now.put(batch);
          }
          return new Call.Answer(200, view(now));
        });
    changed.run();
    return reply;
  }

  private static @Nullable Integer days(Members body, String name) {
    return body.number(name, 0, Periods.LONGEST).orElse(null);
  }

  private ObjectNode view(Periods set) {
    var json = Json.object();
    put(json, set.over(configured));
    put(json.putObject("configured"), configured);
    var names = json.putArray("set");
    if (set.receipts() != null) {
      names.add(RECEIPTS);
    }
    if (set.attempts() != null) {
      names.add(ATTEMPTS);
    }
    if (set.events() != null) {
      names.add(EVENTS);
    }
    return json;
  }

  private static void put(ObjectNode json, Periods all) {
    json.put(RECEIPTS, Objects.requireNonNullElse(all.receipts(), 0));
    json.put(ATTEMPTS, Objects.requireNonNullElse(all.attempts(), 0));
    json.put(EVENTS, Objects.requireNonNullElse(all.events(), 0));
  }
}
