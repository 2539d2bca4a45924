package dev.porchlight.door.events;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.RateLimits;
import dev.porchlight.access.party.Grants;
import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.desk.events.Inboxes;
import dev.porchlight.desk.events.Postbox;
import dev.porchlight.desk.events.PublishedEvent;
import dev.porchlight.desk.events.Publishing;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.value.Json;
import dev.porchlight.value.Trail;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.BusyException;
import dev.porchlight.web.RepeatedHeaderException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Pods, below `/pods/{pod}/` and, for a party with a host name of its own, at that host.
///
/// The order of the checks is the promise: plain HTTP, key, pod, rate, content type, the event
/// itself, grants. A 201 is sent only when the event and the plan of its copies are on disk.
public final class EventsDoor {
  /// The contract's name.
  public static final String CONTRACT = "realestate-events";

  private static final Logger LOG = LoggerFactory.getLogger(EventsDoor.class);
  private static final int MAX_BODY = 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int PAGE = 50;

  /// A page ends with the item that goes beyond it, in characters.
  private static final long PAGE_LENGTH = 4L * 1024 * 1024;

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
  private static final String JSON = "application/json";
  private static final Pattern OTHER_CHARSET =
      Pattern.compile("\\s*charset\\s*=(?!\\s*\"?(utf-?8|us-ascii)\"?\\s*$).*");
  private static final Set<String> MESSAGES = Set.of(JSON, "application/ld+json");

  private final Store store;
  private final Credentials credentials;
  private final Publishing publishing;
  private final Postbox postbox;
  private final Inboxes inboxes;
  private final InboxStreams streams;
  private final RateLimits rates = new RateLimits();
  private final Refusals refusals = new Refusals();

  public EventsDoor(
      Store store,
      Credentials credentials,
      Publishing publishing,
      Postbox postbox,
      Inboxes inboxes) {
    this.store = store;
    this.credentials = credentials;
    this.publishing = publishing;
    this.postbox = postbox;
    this.inboxes = inboxes;
    this.streams = new InboxStreams(store, inboxes);
  }

  /// Whether an address that has no route is the door's all the same.
  public static boolean covers(String path) {
    return path.equals("/pods") || path.startsWith("/pods/");
  }

  /// How the door words what it refuses.
  public static Route.Refusals refusals() {
    return new Refusals();
  }

  private interface Operation {
    Reply answer(Request request, Party party) throws IOException, RefusedException;
  }

  public List<Route> routes() {
    var routes = new ArrayList<Route>();
    for (var base : new String[] {"/pods/{pod}", ""}) {
      routes.add(owned("POST", base + "/publish", this::publish));
      routes.add(owned("GET", base + "/inbox", this::inbox));
      routes.add(known("POST", base + "/inbox", this::post));
      routes.add(owned("GET", base + "/inbox/{item}", this::item));
      routes.add(owned("GET", base + "/settings/subscriptions", this::subscriptions));
      routes.add(
          new Route("GET", base + "/profile/card", r -> answered(r, () -> card(r)), refusals));
    }
    // Where the contract's own service takes replay requests, for whichever pod they name.
    routes.add(known("POST", "/api/replay", (r, sender) -> post(r, sender, sender)));
    return routes;
  }

  /// For the owner of the pod alone.
  private Route owned(String method, String template, Operation operation) {
    return new Route(
        method,
        template,
        r -> answered(r, () -> operation.answer(confidential(r), owner(r))),
        refusals);
  }

  /// For every party that says who it is, at anybody's pod.
  private Route known(String method, String template, Operation operation) {
    return new Route(
        method,
        template,
        r -> answered(r, () -> operation.answer(confidential(r), sender(r))),
        refusals);
  }

  private static Request confidential(Request request) throws RefusedException {
    if (!request.isConfidential()) {
      throw new RefusedException(403, "Plain HTTP is not taken from there; use HTTPS.");
    }
    return request;
  }

  private interface Answer {
    Reply get() throws IOException, RefusedException;
  }

  private static Reply answered(Request request, Answer answer) throws IOException {
    try {
      return answer.get();
    } catch (RefusedException e) {
      LOG.info("Refused {} for request {}: {}", e.status(), request.id(), e.reason());
      return e.reply();
    }
  }

  private Optional<Party> pod(Request request) {
    var parties = Parties.in(store.settings());
    var found =
        request.path().startsWith("/pods/")
            ? parties.findByPod(request.pathVariable("pod"))
            : Optional.ofNullable(URI.create(request.baseUrl()).getHost())
                .flatMap(parties::findByHost);
    return found.filter(Party::isLive);
  }

  private Optional<Party> caller(String key) {
    return key.isEmpty()
        ? Optional.empty()
        : credentials
            .find(Credential.Kind.PARTY, key)
            .flatMap(c -> Parties.in(store.settings()).find(c.owner()))
            .filter(Party::isLive);
  }

  private Party sender(Request request) throws RefusedException {
    return caller(request.header("x-api-key").map(String::strip).orElse(""))
        .orElseThrow(() ->
            new RefusedException(401, "The API key (x-api-key) is missing, empty or unknown."));
  }

  private Party owner(Request request) throws RefusedException {
    var caller = sender(request);
    // A pod that is not there and one that is another's look the same.
    return pod(request)
        .filter(p -> p.id().equals(caller.id()))
        .orElseThrow(() -> new RefusedException(403, "This is not the pod of that API key."));
  }

  /// Every message counts at the hub that gets it, refused ones too; what was published counts at
  /// all hubs that share the database.
  private void pace(Party sender) throws RefusedException {
    int most = sender.messages();
    int wait = rates.admit(sender.id(), most, store.now());
    if (wait == 0) {
      wait = publishing.wait(sender, most);
    }
    if (wait > 0) {
      throw new RefusedException(
          429, "More than " + most + " messages in 5 minutes; wait before the next.", wait);
    }
  }

  private Reply publish(Request request, Party publisher) throws IOException, RefusedException {
    pace(publisher);
    var body = body(request, Set.of(JSON));
    var trail = Trail.kept(request.list(Trail.HEADER).stream().toList());
    return switch (publishing.publish(publisher, body, request.baseUrl(), trail)) {
      case Publishing.Outcome.Published(var uri) ->
          reply(201, Json.object().put("id", uri)).with("Location", uri);
      case Publishing.Outcome.Invalid(var reason) -> throw new RefusedException(400, reason);
      case Publishing.Outcome.NotGranted(var reason) -> throw new RefusedException(403, reason);
      case Publishing.Outcome.Conflict(var reason) -> throw new RefusedException(409, reason);
    };
  }

  private static byte[] body(Request request, Set<String> types)
      throws IOException, RefusedException {
    var type = request.header("Content-Type").orElse("").toLowerCase(Locale.ROOT).split(";", -1);
    if (!types.contains(type[0].strip())) {
      throw new RefusedException(415, "The content type must be application/json.");
    }
    for (int i = 1; i < type.length; i++) {
      if (OTHER_CHARSET.matcher(type[i]).matches()) {
        throw new RefusedException(415, "The body must be in UTF-8.");
      }
    }
    try {
      return request.body(MAX_BODY, PATIENCE);
    } catch (BodyException e) {
      throw unfit(e);
    }
  }

  /// A message to an inbox, from whoever says who they are.
  private Reply post(Request request, Party sender) throws IOException, RefusedException {
    return post(
        request,
        sender,
        pod(request).orElseThrow(() -> new RefusedException(404, "There is no such pod.")));
  }

  private Reply post(Request request, Party sender, Party pod)
      throws IOException, RefusedException {
    pace(sender);
    return switch (postbox.post(sender, pod, body(request, MESSAGES), request.baseUrl())) {
      case Postbox.Outcome.Taken(var uri) ->
          reply(201, Json.object().put("id", uri)).with("Location", uri);
      case Postbox.Outcome.Replaying(var id) -> reply(201, Json.object().put("id", id));
      case Postbox.Outcome.Busy(var reason) -> throw new RefusedException(409, reason);
      case Postbox.Outcome.Invalid(var reason) -> throw new RefusedException(400, reason);
      case Postbox.Outcome.NotAllowed(var reason) -> throw new RefusedException(403, reason);
    };
  }

  private static RefusedException unfit(BodyException e) {
    return new RefusedException(
        e.why().status(),
        switch (e.why()) {
          case TOO_LARGE -> "The body is larger than 1 MiB.";
          case TOO_SLOW -> "The body was not here within 30 s.";
          case BROKEN_OFF -> "The body broke off.";
        });
  }

  private Reply inbox(Request request, Party party) throws RefusedException {
    if (isLive(request)) {
      return live(request, party);
    }
    var from = one(request, "from");
    var by = one(request, "by").orElse("token");
    boolean links = links(request);
    long after = 0;
    Instant since = null;
    switch (by) {
      case "token" -> after = token(from.orElse("0"));
      case "timestamp" -> since = from.isEmpty() ? null : Instant.ofEpochMilli(millis(from.get()));
      case "datetime" -> since = from.isEmpty() ? null : datetime(from.get());
      default -> throw new RefusedException(400, "`by` must be token, timestamp or datetime.");
    }
    var page =
        since == null
            ? inboxes.list(party.id(), after, PAGE)
            : inboxes.list(party.id(), since, PAGE);
    var next = page.isEmpty() ? last(party, after, since) : page.getLast().place();
    var items = new ArrayList<String>();
    long length = 0;
    for (var at : page) {
      var copy = at.copy();
      var item = links ? Optional.of(Json.write(inboxes.address(copy))) : inboxes.write(copy);
      if (item.isPresent()) {
        items.add(item.get());
        length += item.get().length();
      }
      if (length > PAGE_LENGTH) {
        next = at.place();
        break;
      }
    }
    // As they are: numbers, too, are as the publisher has written them.
    var text = "{\"next\":\"" + next + "\",\"contains\":[" + String.join(",", items) + "]}";
    return Reply.of(200, JSON, text.getBytes(StandardCharsets.UTF_8))
        .with("Cache-Control", "no-store");
  }

  private static boolean links(Request request) throws RefusedException {
    var format = one(request, "format").orElse("full");
    if (!format.equals("full") && !format.equals("links")) {
      throw new RefusedException(400, "`format` must be links or full.");
    }
    return format.equals("links");
  }

  private static boolean isLive(Request request) {
    return request
        .list("Accept")
        .map(a -> a.toLowerCase(Locale.ROOT).contains("text/event-stream"))
        .orElse(false);
  }

  /// The inbox as it fills. It goes on behind `Last-Event-ID`, else behind `from`, else with what
  /// comes from now on.
  private Reply live(Request request, Party party) throws RefusedException {
    if (!one(request, "by").orElse("token").equals("token")) {
      throw new RefusedException(400, "A live inbox goes on from a token: `by` must be token.");
    }
    boolean links = links(request);
    var last = request.header("Last-Event-ID").map(String::strip).filter(id -> !id.isEmpty());
    var from = last.isPresent() ? last : one(request, "from");
    long place = from.isPresent() ? token(from.get()) : inboxes.last(party.id());
    if (streams.isFull(party.id())) {
      throw new RefusedException(
          429, "This inbox has " + InboxStreams.MOST + " live streams at this hub already.", 15);
    }
    var key = request.header("x-api-key").map(String::strip).orElse("");
    return new Reply.Stream(
        List.of(),
        sink ->
            streams.run(
                party.id(),
                place,
                links,
                () -> caller(key).filter(p -> p.id().equals(party.id())).isPresent(),
                sink));
  }

  /// Where to poll on from, when there is nothing behind what was asked for.
  private long last(Party party, long after, @Nullable Instant since) {
    // By time there is no place yet: the whole inbox lies before it.
    return since == null ? after : inboxes.last(party.id());
  }

  private long token(String text) throws RefusedException {
    if (!text.matches("[0-9]{1,18}")) {
      throw new RefusedException(400, "`from` must be what `next` was.");
    }
    long place = Long.parseLong(text);
    if (!inboxes.reaches(place)) {
      throw new RefusedException(
          400, "`from` must be what `next` was; the hub's log does not reach so far.");
    }
    return place;
  }

  private static long millis(String text) throws RefusedException {
    if (!text.matches("[0-9]{1,15}")) {
      throw new RefusedException(400, "`from` must be a time in milliseconds since 1970.");
    }
    return Long.parseLong(text);
  }

  private static Instant datetime(String text) throws RefusedException {
    try {
      var time = Instant.parse(text);
      // Further than the store counts is no time that anybody means.
      if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
        throw new DateTimeException("out of bounds");
      }
      return time;
    } catch (DateTimeException e) {
      throw new RefusedException(400, "`from` must be a time such as 2026-01-02T03:04:05Z.");
    }
  }

  private static Optional<String> one(Request request, String name) throws RefusedException {
    var values = request.query().get(name);
    if (values != null && values.size() > 1) {
      throw new RefusedException(400, "`" + name + "` is given more than once.");
    }
    return request.queryValue(name).filter(v -> !v.isEmpty());
  }

  private Reply item(Request request, Party party) throws RefusedException {
    PublishedEvent.Copy copy =
        inboxes
            .find(party.id(), request.pathVariable("item"))
            .orElseThrow(() -> new RefusedException(404, "There is no such item."));
    var item =
        inboxes.write(copy).orElseThrow(() -> new RefusedException(404, "There is no such item."));
    return Reply.of(200, JSON, item.getBytes(StandardCharsets.UTF_8))
        .with("Cache-Control", "no-store");
  }

  private Reply subscriptions(Request request, Party party) {
    var parties = Parties.in(store.settings());
    var json = Json.object();
    json.put("@id", party.url() + "settings/subscriptions");
    json.put("version", "1");
    var items = json.putArray("items");
    for (var grant : Grants.in(store.settings()).ofOwner(party.id())) {
      var agent = parties.find(grant.party()).filter(Party::isLive);
      if (grant.isLive(store.now()) && agent.isPresent()) {
        var item = items.addObject();
        item.put("type", "Subscription");
        item.put("version", "1");
        item.put("agent", agent.get().profile());
        var subscribes = item.putArray("subscribes");
        grant.subscribes().forEach(subscribes::add);
        var publishes = item.putArray("publishes");
        grant.publishes().forEach(publishes::add);
        if (grant.filter() != null) {
          item.put("filter", grant.filter());
        }
        if (!grant.redaction().isEmpty()) {
          var redaction = item.putArray("redaction");
          grant.redaction().forEach(redaction::add);
        }
        if (grant.until() != null) {
          item.put("until", grant.until().toString());
        }
        item.put("lastModifiedDate", Long.toString(grant.createdAt().toEpochMilli()));
      }
    }
    return reply(200, json);
  }

  /// Who it is: for anybody, since identities are in every event.
  private Reply card(Request request) throws RefusedException {
    var party = pod(request).orElseThrow(() -> new RefusedException(404, "There is no such pod."));
    var json = Json.object();
    json.put("id", party.profile());
    json.put(
        "type",
        switch (party.kind()) {
          case PERSON -> "RealEstateAgent";
          case TEAM -> "RealEstateTeam";
          case OFFICE -> "RealEstateOffice";
          case COMPANY -> "RealEstateOrganization";
          case APP -> "SoftwareApplication";
        });
    json.put("name", party.name());
    json.put("inbox", party.url() + "inbox/");
    return reply(200, json);
  }

  static Reply.Full reply(int status, JsonNode json) {
    return Reply.of(status, JSON, json.toString().getBytes(StandardCharsets.UTF_8))
        .with("Cache-Control", "no-store");
  }

  static Reply.Full refused(int status, String reason) {
    return reply(status, Json.object().put("error", reason));
  }

  /// What goes wrong around the handlers, in the contract's form.
  private static final class Refusals implements Route.Refusals {
    @Override
    public Reply notFound(Request request) {
      return refused(404, "There is nothing at this address.");
    }

    @Override
    public Optional<Reply.Full> unreadable(String path, int status) {
      return Optional.of(refused(status, "The address or a header is malformed, or too long."));
    }

    @Override
    public Reply methodNotAllowed(Request request, List<String> allowed) {
      return refused(405, "Use " + String.join(" or ", allowed) + ".")
          .with("Allow", String.join(", ", allowed));
    }

    @Override
    public Reply notConfidential(Request request) {
      return refused(403, "Plain HTTP is not taken from there; use HTTPS.");
    }

    @Override
    public Reply onError(Request request, Throwable thrown) {
      return switch (thrown) {
        case StoreUnavailableException _ ->
            refused(503, "Nothing can be stored or read now; please send it again.")
                .with("Retry-After", "5");
        case BusyException _ ->
            refused(503, "Too many requests at once; please send it again.")
                .with("Retry-After", "1");
        case BodyException e -> unfit(e).reply();
        case RepeatedHeaderException e -> refused(400, String.valueOf(e.getMessage()));
        default -> refused(500, "A defect of ours; please send it again.");
      };
    }
  }
}
