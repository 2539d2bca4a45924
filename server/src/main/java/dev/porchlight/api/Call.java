package dev.porchlight.api;

import dev.porchlight.access.Permission;
import dev.porchlight.access.Principal;
import dev.porchlight.access.Principals;
import dev.porchlight.access.Secrets;
import dev.porchlight.account.Scope;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Handler;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One authenticated request to our own API, with what every resource needs of it.
final class Call {
  private static final int MAX_BODY = 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int DEFAULT_LIMIT = 50;
  private static final Problems PROBLEMS = new Problems();
  private static final int MAX_LIMIT = 200;

  /// The answer to a request that named an Idempotency-Key.
  private record Answered(
      String principal, String name, String requestHash, int status, String body, Instant at) {
    static final Table<Answered> TABLE =
        Table.<Answered>named("idempotent")
            .key("principal", Answered::principal)
            .key("name", Answered::name)
            .column("request_hash", Answered::requestHash)
            .column("status", Answered::status)
            .column("body", Answered::body)
            .column("at", Answered::at)
            .readBy(r ->
                new Answered(r.text(1), r.text(2), r.text(3), r.integer(4), r.text(5), r.time(6)));
  }

  /// What a change answers.
  record Answer(int status, ObjectNode body) {}

  private final Request request;
  private final Principal principal;
  private final Store store;
  private final Secrets secrets;
  private byte @Nullable [] bytes;

  private Call(Request request, Principal principal, Store store, Secrets secrets) {
    this.request = request;
    this.principal = principal;
    this.store = store;
    this.secrets = secrets;
  }

  /// What answers a call.
  interface Resource {
    Reply answer(Call call) throws Exception;
  }

  /// A handler that lets only those through who present a token with that permission.
  static Handler needing(
      Permission needed, Principals principals, Store store, Secrets secrets, Resource resource) {
    return request -> {
      try {
        return answer(request, needed, principals, store, secrets, resource);
      } catch (FaultException e) {
        // The caller's fault, mostly: answered in words, and none of the log's business.
        if (e.fault().status() >= 500) {
          throw e;
        }
        return PROBLEMS.onError(request, e);
      }
    };
  }

  private static Reply answer(
      Request request,
      Permission needed,
      Principals principals,
      Store store,
      Secrets secrets,
      Resource resource)
      throws Exception {
    if (!request.isConfidential()) {
      throw new FaultException(Fault.PLAIN_HTTP, "Use HTTPS.");
    }
    var principal =
        request
            .header("Authorization")
            .filter(h -> h.regionMatches(true, 0, "Bearer ", 0, 7))
            .flatMap(h -> principals.find(h.substring(7).strip()))
            .orElseThrow(() ->
                new FaultException(
                    Fault.UNAUTHENTICATED,
                    "Send a token of this hub as `Authorization: Bearer …`."));
    if (!principal.permission().includes(needed)) {
      throw new FaultException(Fault.NOT_ALLOWED, "This needs the scope `" + needed.word() + "`.");
    }
    return resource.answer(new Call(request, principal, store, secrets));
  }

  Request request() {
    return request;
  }

  Principal principal() {
    return principal;
  }

  Scope scope() {
    return principal.scope();
  }

  String path(String name) {
    return request.pathVariable(name);
  }

  byte[] bytes() throws BodyException, IOException {
    if (bytes == null) {
      bytes = request.body(MAX_BODY, PATIENCE);
    }
    return bytes;
  }

  /// The body as a JSON object that has no other members than these.
  Members members(Set<String> known) throws BodyException, IOException {
    if (bytes().length == 0) {
      return new Members(Json.object());
    }
    JsonNode tree;
    try {
      tree = Json.mapper().readTree(bytes());
    } catch (tools.jackson.core.JacksonException e) {
      throw new FaultException(Fault.BODY_INVALID, "The body is not JSON.");
    }
    if (!(tree instanceof ObjectNode object)) {
      throw new FaultException(Fault.BODY_INVALID, "The body is not a JSON object.");
    }
    for (var name : object.propertyNames()) {
      if (!known.contains(name)) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "There is no member `"
                + name
                + "` here; there are "
                + String.join(", ", known.stream().sorted().toList())
                + ".");
      }
    }
    return new Members(object);
  }

  /// How many items a list may answer with.
  int limit() {
    var text = request.queryValue("limit");
    if (text.isEmpty()) {
      return DEFAULT_LIMIT;
    }
    try {
      int limit = Integer.parseInt(text.get());
      if (limit >= 1 && limit <= MAX_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw invalid("limit", "a number from 1 to " + MAX_LIMIT);
    }
    throw invalid("limit", "a number from 1 to " + MAX_LIMIT);
  }

  /// A cursor that is a place in the log; the greatest there is when none was sent.
  long seqCursor() {
    return request
        .queryValue("cursor")
        .map(text -> {
          try {
            return Long.parseLong(text);
          } catch (NumberFormatException e) {
            throw invalid("cursor", "what `next_cursor` was");
          }
        })
        .orElse(Long.MAX_VALUE);
  }

  static FaultException invalid(String parameter, String wanted) {
    return new FaultException(
        Fault.PARAMETER_INVALID, "`" + parameter + "` must be " + wanted + ".");
  }

  static <T> T parameter(String name, String wanted, String text, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      throw invalid(name, wanted);
    }
  }

  /// A list: asks for one more than is shown to know whether there is a next page.
  <T> Reply list(
      Function<Integer, List<T>> query, Function<T, ObjectNode> view, Function<T, String> cursor) {
    int limit = limit();
    var found = new ArrayList<>(query.apply(limit + 1));
    boolean more = found.size() > limit;
    var shown = more ? found.subList(0, limit) : found;
    var reply = Json.object();
    var items = reply.putArray("items");
    shown.forEach(item -> items.add(view.apply(item)));
    if (more) {
      reply.put("next_cursor", cursor.apply(shown.getLast()));
    } else {
      reply.putNull("next_cursor");
    }
    return ok(reply);
  }

  static Reply.Full ok(JsonNode body) {
    return reply(200, body);
  }

  static Reply.Full reply(int status, JsonNode body) {
    return Reply.of(status, "application/json", body.toString().getBytes(StandardCharsets.UTF_8))
        .with("Cache-Control", "no-store");
  }

  /// Makes a change in one unit of work. With an `Idempotency-Key` the answer is kept in the same
  /// commit, sealed, and a second request with that key gets it again and changes nothing.
  Reply change(Function<Batch, Answer> change) throws BodyException, IOException {
    var key = request.header("Idempotency-Key");
    if (key.isEmpty()) {
      var answer = store.write(WorkQueue.EDITS, batch -> change.apply(batch));
      return reply(answer.status(), answer.body());
    }
    if (key.get().isEmpty() || key.get().length() > 255) {
      throw new FaultException(
          Fault.PARAMETER_INVALID, "An Idempotency-Key has 1 to 255 characters.");
    }
    var hash =
        Tokens.hash(
            request.method()
                + " "
                + request.path()
                + "\n"
                + new String(bytes(), StandardCharsets.ISO_8859_1));
    var place = "idempotent " + principal.id() + " " + key.get();
    var answered =
        store.write(
            WorkQueue.EDITS,
            batch -> {
              var known = batch.find(Answered.TABLE, principal.id(), key.get());
              if (known != null) {
                return known;
              }
              var answer = change.apply(batch);
              // Sealing a kilobyte is the one piece of cryptography done inside a unit: what is
              // answered is known only here.
              var sealed =
                  Base64.getEncoder()
                      .encodeToString(secrets.sealFor(place, answer.body().toString()));
              var row =
                  new Answered(
                      principal.id(), key.get(), hash, answer.status(), sealed, batch.now());
              batch.put(Answered.TABLE, row);
              return row;
            });
    if (!answered.requestHash().equals(hash)) {
      throw new FaultException(
          Fault.KEY_REUSED, "Use a new key for a new request, the same key only to repeat one.");
    }
    var text = secrets.openFrom(place, Base64.getDecoder().decode(answered.body()));
    return reply(answered.status(), Json.tree(text));
  }
}
