package dev.porchlight.api;

import dev.porchlight.access.Principal;
import dev.porchlight.access.Secrets;
import dev.porchlight.account.Scope;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One authenticated request to our own API, with what every resource needs of it.
final class Call {
  private static final int MAX_BODY = 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 200;

  /// What a change answers.
  record Answer(int status, ObjectNode body) {}

  private final Request request;
  private final Principal principal;
  private final Store store;
  private final @Nullable RepeatKey key;
  private byte @Nullable [] bytes;

  /// @throws FaultException for an `Idempotency-Key` that can be none
  Call(Request request, Principal principal, Store store, Secrets secrets) {
    this.request = request;
    this.principal = principal;
    this.store = store;
    key = RepeatKey.of(request, principal, store, secrets);
  }

  /// What answers a call.
  interface Resource {
    Reply answer(Call call) throws Exception;
  }

  /// What a resource answers, or has answered to the same request before.
  Reply answer(Resource resource) throws Exception {
    return key == null ? resource.answer(this) : key.answer(this, resource);
  }

  /// Says that the answer names nobody: it is kept whoever is erased meanwhile. The record of an
  /// erasure is such an answer, and that erasure itself is one meanwhile.
  void namesNobody() {
    if (key != null) {
      key.namesNobody();
    }
  }

  Request request() {
    return request;
  }

  Principal principal() {
    return principal;
  }

  /// What was sent, as far as it was read; empty where that is no object of JSON.
  ObjectNode sent() {
    return bytes == null ? Json.object() : JsonBody.object(bytes);
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
    if (bytes().length > 0) {
      return JsonBody.members(bytes(), known);
    }
    if (request.method().equals("PATCH")) {
      throw new FaultException(
          Fault.BODY_INVALID, "The body is empty: it is a JSON object of what is to be changed.");
    }
    return new Members(Json.object());
  }

  /// Refuses parameters that a list does not have, and those given twice: a filter that is misspelt
  /// must not answer everything.
  void filters(String... known) {
    parameters(
        Stream.concat(Stream.of("limit", "cursor"), Stream.of(known)).toArray(String[]::new));
  }

  /// The same where these are all that there are.
  void parameters(String... known) {
    for (var parameter : request.query().entrySet()) {
      var name = parameter.getKey();
      if (!List.of(known).contains(name)) {
        throw new FaultException(
            Fault.PARAMETER_INVALID,
            "There is no parameter `"
                + name.replaceAll("[^ -~]", "?")
                + "` here; there are "
                + String.join(", ", known)
                + ".");
      }
      if (parameter.getValue().size() > 1) {
        throw new FaultException(
            Fault.PARAMETER_INVALID, "The parameter `" + name + "` is given more than once.");
      }
    }
  }

  /// How many items a list may answer with.
  int limit() {
    var text = request.queryValue("limit");
    if (text.isEmpty()) {
      return DEFAULT_LIMIT;
    }
    if (text.get().matches("[0-9]{1,3}")) {
      int limit = Integer.parseInt(text.get());
      if (limit >= 1 && limit <= MAX_LIMIT) {
        return limit;
      }
    }
    throw invalid("limit", "a number from 1 to " + MAX_LIMIT);
  }

  /// A cursor that is a place in the log; the greatest there is when none was sent.
  long seqCursor() {
    return request.queryValue("cursor").map(text -> seq("cursor", text)).orElse(Long.MAX_VALUE);
  }

  /// A place in the log, in a parameter of that name.
  static long seq(String parameter, String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw invalid(
          parameter,
          parameter.equals("cursor")
              ? "what `next_cursor` was"
              : "a whole number: what `" + parameter + "` was in the answer before, or 0");
    }
    return Long.parseLong(text);
  }

  /// A cursor that is the id of the item before; empty when none was sent.
  String idCursor() {
    return request
        .queryValue("cursor")
        .map(text -> {
          if (!text.matches("[0-9a-f-]{26,36}")) {
            throw invalid("cursor", "what `next_cursor` was");
          }
          return text;
        })
        .orElse("");
  }

  /// A list of things that are all in memory, in the order of their ids: that is the order of their
  /// making, and a cursor holds even when what it names is gone.
  <T> Reply list(
      Collection<T> all,
      Predicate<T> visible,
      Function<T, ObjectNode> view,
      Function<T, String> id) {
    var after = idCursor();
    return list(
        most ->
            all.stream()
                .filter(visible)
                .filter(item -> id.apply(item).compareTo(after) > 0)
                .sorted(Comparator.comparing(id))
                .limit(most)
                .toList(),
        view,
        id);
  }

  static FaultException invalid(String parameter, String wanted) {
    return new FaultException(
        Fault.PARAMETER_INVALID, "`" + parameter + "` must be " + wanted + ".");
  }

  /// Reads the text of a member of the body.
  static <T> T member(String name, String wanted, String text, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      throw new FaultException(
          Fault.BODY_INVALID, "The member `" + name + "` must be " + wanted + ".");
    }
  }

  static <T> T parameter(String name, String wanted, String text, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      throw invalid(name, wanted);
    }
  }

  /// A time in a parameter of that name; null when none was sent.
  @Nullable Instant time(String name) {
    return request
        .queryValue(name)
        .map(text -> parameter(name, "a time such as 2026-03-14T09:30:00Z", text, Call::instant))
        .orElse(null);
  }

  /// A time as the API takes it, of a year with four digits.
  static Instant instant(String text) {
    try {
      var time = OffsetDateTime.parse(text);
      if (time.getYear() < 0 || time.getYear() > 9999) {
        throw new IllegalArgumentException("a year out of reach: " + text);
      }
      return time.toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(e);
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

  /// A list of what is looked for for a moment: it goes on where the look ended.
  <T, P> Reply list(Picked<T, P> picked, Function<T, ObjectNode> view, Function<P, String> cursor) {
    var reply = Json.object();
    var items = reply.putArray("items");
    picked.rows().forEach(item -> items.add(view.apply(item)));
    reply.put("next_cursor", picked.next().map(cursor).orElse(null));
    return ok(reply);
  }

  static Reply.Full ok(JsonNode body) {
    return reply(200, body);
  }

  static Reply.Full reply(int status, JsonNode body) {
    return reply(status, body.toString());
  }

  static Reply.Full reply(int status, String body) {
    return Reply.of(status, "application/json", body.getBytes(StandardCharsets.UTF_8))
        .with("Cache-Control", "no-store");
  }

  /// Makes a change in one unit of work. With an `Idempotency-Key` the answer is kept in the same
  /// commit, sealed, for 24 hours, and a second request with that key gets it again and changes
  /// nothing. A refusal is not kept.
  ///
  /// What is answered of a person must be what the unit itself has read, or has compared with what
  /// was read before it, as [ContactChange] does: then nobody is in it who was erased before, and
  /// an erasure later on finds them in it. So it may be kept whoever was erased meanwhile.
  Reply change(Function<Batch, Answer> change) throws BodyException, IOException {
    if (key != null) {
      return key.change(this, change);
    }
    var answer = store.write(WorkQueue.EDITS, batch -> change.apply(batch));
    return reply(answer.status(), answer.body());
  }
}
