package dev.porchlight.api;

import dev.porchlight.access.Audit;
import dev.porchlight.access.Deed;
import dev.porchlight.access.KeptAnswer;
import dev.porchlight.access.Permission;
import dev.porchlight.access.Principal;
import dev.porchlight.access.Principals;
import dev.porchlight.access.Secrets;
import dev.porchlight.access.Told;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.desk.setup.SetupException;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Handler;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One authenticated request to our own API, with what every resource needs of it.
final class Call {
  /// As at the doors of leads.
  private static final int DEEPEST = 64;

  /// Reads bodies: a member named twice is a mistake that must not pass in silence.
  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final int MAX_BODY = 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 200;

  /// What a change answers.
  record Answer(int status, ObjectNode body) {}

  private final Request request;
  private final Principal principal;
  private final Store store;
  private final Secrets secrets;
  private byte @Nullable [] bytes;
  private boolean answerKept;

  private Call(Request request, Principal principal, Store store, Secrets secrets) {
    this.request = request;
    this.principal = principal;
    this.store = store;
    this.secrets = secrets;
  }

  /// How the audit has what is done by one route.
  ///
  /// @param act the method and the route
  record Noted(String act) {
    /// What shows a person: of reads, only these are noted.
    private static final Set<String> PERSONAL =
        Set.of("leads", "contacts", "persons", "receipts", "deliveries", "events");

    private void note(Audit audit, Call call, Reply reply) {
      var request = call.request();
      var address = request.peer().getHostAddress();
      var who = call.principal().id();
      var parts = request.path().split("/", 6);
      var subject = parts.length > 4 ? parts[4] : "";
      if (act.startsWith("GET ")) {
        if (act.contains("{id}") && PERSONAL.contains(parts[3])) {
          audit.looked(who, act, subject, address);
        }
        return;
      }
      var sent = call.sent();
      var what =
          act.endsWith("/resubmit")
              ? ""
              : Told.of(sent, act.startsWith("POST "), namesPerson(sent, call.store, subject));
      audit.did(
          who,
          act + (what.isEmpty() ? "" : Deed.ARROW + what),
          subject.isEmpty() ? made(reply) : subject,
          address);
    }

    private boolean namesPerson(ObjectNode sent, Store store, String subject) {
      return act.contains("/api/v1/nodes")
          && Told.namesPerson(
              sent,
              subject.isEmpty()
                  ? ""
                  : Nodes.in(store.settings())
                      .find(subject)
                      .map(node -> node.kind().name())
                      .orElse(""));
    }

    /// The id of what was made, where nothing else is named.
    private static String made(Reply reply) {
      try {
        return reply instanceof Reply.Full full && full.status() == 201
            ? Json.mapper().readTree(full.body()).path("id").asString("")
            : "";
      } catch (JacksonException _) {
        return "";
      }
    }
  }

  /// What answers a call.
  interface Resource {
    Reply answer(Call call) throws Exception;
  }

  /// A handler that lets only those through who present a token with that permission.
  static Handler needing(
      Permission needed,
      Principals principals,
      Store store,
      Secrets secrets,
      Audit audit,
      Noted noted,
      Resource resource) {
    return request -> {
      try {
        return authenticated(needed, principals, store, secrets, audit, noted, resource, request);
      } catch (FaultException | SetupException | StoreUnavailableException e) {
        // The caller's fault or a known state of ours: an answer, not a failure for the log.
        return Problems.reply(request, e);
      }
    };
  }

  private static Reply authenticated(
      Permission needed,
      Principals principals,
      Store store,
      Secrets secrets,
      Audit audit,
      Noted noted,
      Resource resource,
      Request request)
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
    var call = new Call(request, principal, store, secrets);
    var reply = call.answer(resource);
    if (reply.status() < 400) {
      noted.note(audit, call, reply);
    }
    return reply;
  }

  /// Does what a request would do, for somebody who is known already; refused as a request is.
  static Reply inside(
      Permission needed,
      Request request,
      Principal principal,
      Store store,
      Secrets secrets,
      Resource resource)
      throws Exception {
    try {
      if (!principal.permission().includes(needed)) {
        throw new FaultException(
            Fault.NOT_ALLOWED, "This needs the scope `" + needed.word() + "`.");
      }
      return resource.answer(new Call(request, principal, store, secrets));
    } catch (FaultException | SetupException | StoreUnavailableException e) {
      return Problems.reply(request, e);
    }
  }

  /// Lets one request of a kind through at a time, so that the second of two with one
  /// `Idempotency-Key` finds the answer to the first.
  private static final ReentrantLock[] TURNS = turns();

  private static ReentrantLock[] turns() {
    var turns = new ReentrantLock[64];
    Arrays.setAll(turns, _ -> new ReentrantLock());
    return turns;
  }

  private Reply answer(Resource resource) throws Exception {
    var key = idempotencyKey();
    if (key == null) {
      return resource.answer(this);
    }
    var turn = TURNS[Math.floorMod(Objects.hash(principal.id(), key), TURNS.length)];
    turn.lock();
    try {
      var known = KeptAnswer.find(store, principal.id(), key);
      if (known.isPresent()) {
        return again(known.get());
      }
      long begun = KeptAnswer.begin(store);
      var reply = resource.answer(this);
      if (!answerKept && reply instanceof Reply.Full full) {
        keep(key, full, begun);
      }
      return reply;
    } finally {
      turn.unlock();
    }
  }

  /// The key of a request that changes something, or null.
  private @Nullable String idempotencyKey() {
    if (request.method().equals("GET") || request.method().equals("HEAD")) {
      return null;
    }
    var key = request.header("Idempotency-Key").orElse(null);
    if (key != null && !key.matches("[!-~]{1,255}")) {
      throw new FaultException(
          Fault.PARAMETER_INVALID, "An Idempotency-Key has 1 to 255 visible ASCII characters.");
    }
    return key;
  }

  private KeptAnswer answered(Batch batch, String key, int status, String sealed) {
    return new KeptAnswer(principal.id(), key, hash, status, sealed, batch.now());
  }

  /// Keeps the answer of something whose effect is on disk already.
  private void keep(String key, Reply.Full reply, long begun) throws BodyException, IOException {
    hash();
    var sealed = seal(key, new String(reply.body(), StandardCharsets.UTF_8));
    var lapsed = KeptAnswer.lapsed(store);
    store.write(
        WorkQueue.EDITS,
        batch -> {
          var answer = answered(batch, key, reply.status(), sealed);
          if (namesNobody) {
            answer.keep(batch, lapsed);
          } else {
            answer.keepSince(begun, batch, lapsed);
          }
          return true;
        });
  }

  /// Says that the answer names nobody: it is kept whoever is erased meanwhile. The record of an
  /// erasure is such an answer, and that erasure itself is one meanwhile.
  void namesNobody() {
    namesNobody = true;
  }

  private boolean namesNobody;

  private String hash = "";

  private void hash() throws BodyException, IOException {
    if (hash.isEmpty()) {
      hash =
          Tokens.hash(
              request.method()
                  + " "
                  + request.path()
                  + "\n"
                  + new String(bytes(), StandardCharsets.ISO_8859_1));
    }
  }

  private String seal(String key, String body) {
    return KeptAnswer.seal(secrets, principal.id(), key, body);
  }

  /// The same answer again, byte for byte.
  private Reply again(KeptAnswer answered) throws BodyException, IOException {
    hash();
    if (!answered.requestHash().equals(hash)) {
      throw new FaultException(
          Fault.KEY_REUSED, "Use a new key for a new request, the same key only to repeat one.");
    }
    return reply(answered.status(), answered.open(secrets));
  }

  Request request() {
    return request;
  }

  Principal principal() {
    return principal;
  }

  /// What was sent, as far as it was read; empty where that is no object of JSON.
  private ObjectNode sent() {
    try {
      return bytes != null
              && bytes.length > 0
              && STRICT.readTree(bytes) instanceof ObjectNode object
          ? object
          : Json.object();
    } catch (JacksonException _) {
      return Json.object();
    }
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
      if (request.method().equals("PATCH")) {
        throw new FaultException(
            Fault.BODY_INVALID, "The body is empty: it is a JSON object of what is to be changed.");
      }
      return new Members(Json.object());
    }
    JsonNode tree;
    try {
      tree = STRICT.readTree(StandardCharsets.UTF_8.newDecoder().decode(utf8()).toString());
    } catch (CharacterCodingException e) {
      throw new FaultException(Fault.BODY_INVALID, "The body is not UTF-8.");
    } catch (StreamConstraintsException e) {
      throw new FaultException(
          Fault.BODY_INVALID,
          "The body is nested deeper than "
              + DEEPEST
              + " levels, or holds a number or a name that is too long.");
    } catch (JacksonException e) {
      throw new FaultException(
          Fault.BODY_INVALID, "The body is not JSON, or names a member twice.");
    }
    checkTexts("", tree);
    if (!(tree instanceof ObjectNode object)) {
      throw new FaultException(Fault.BODY_INVALID, "The body is not a JSON object.");
    }
    for (var name : object.propertyNames()) {
      if (!known.contains(name)) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "There is no member `"
                + name
                + (known.isEmpty()
                    ? "` here, nor any other: the body is `{}`, or none."
                    : "` here; there are "
                        + String.join(", ", known.stream().sorted().toList())
                        + "."));
      }
    }
    return new Members(object);
  }

  /// What no text holds is refused rather than kept as something else.
  private static void checkTexts(String pointer, JsonNode node) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(e -> {
            checkText(pointer, e.getKey());
            checkTexts(pointer + "/" + e.getKey(), e.getValue());
          });
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        checkTexts(pointer + "/" + i, array.get(i));
      }
    } else if (node.isString()) {
      checkText(pointer, node.stringValue());
    }
  }

  private static void checkText(String pointer, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "The text at `"
                + (pointer.isEmpty() ? "/" : pointer)
                + "` holds "
                + (c == 0 ? "NUL" : "half of a surrogate pair")
                + ", which is no character.");
      }
    }
  }

  private ByteBuffer utf8() throws BodyException, IOException {
    return ByteBuffer.wrap(bytes());
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

  private static Reply.Full reply(int status, String body) {
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
    var key = idempotencyKey();
    if (key == null) {
      var answer = store.write(WorkQueue.EDITS, batch -> change.apply(batch));
      return reply(answer.status(), answer.body());
    }
    hash();
    var lapsed = KeptAnswer.lapsed(store);
    var answered =
        store.write(
            WorkQueue.EDITS,
            batch -> {
              var answer = change.apply(batch);
              var body = answer.body().toString();
              // Sealing a kilobyte is the one piece of cryptography done inside a unit: what is
              // answered is known only here.
              answered(batch, key, answer.status(), seal(key, body)).keep(batch, lapsed);
              return Map.entry(answer.status(), body);
            });
    answerKept = true;
    return reply(answered.getKey(), answered.getValue());
  }
}
