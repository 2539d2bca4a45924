package dev.porchlight.door;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Secrets;
import dev.porchlight.connector.Body;
import dev.porchlight.connector.Replies;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.sign.SignatureProfile;
import dev.porchlight.sign.SignatureProfiles;
import dev.porchlight.sign.SignedRequest;
import dev.porchlight.sign.Verdict;
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
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where portals post their leads: `POST /in/{source}`, `/in/{source}/lead`,
/// `/in/{source}/lead-delivery`, and `/lead`, `/lead-delivery` where the key alone tells the
/// source.
///
/// The order of the checks is the promise: plain HTTP, key, size and time, signature, then the
/// desk. A 2xx is sent only when the receipt is on disk. Refusals have the form that the source's
/// contract expects; an unknown source and a wrong key look the same.
public final class PushDoor {
  private static final Logger LOG = LoggerFactory.getLogger(PushDoor.class);

  /// The largest body taken, in bytes.
  public static final int MAX_BODY = 1024 * 1024;

  /// How long a body may take to arrive.
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int KEPT_IF_REFUSED = 64 * 1024;
  private static final int KEPT_HEADERS = 4096;
  private static final Set<String> NEVER_KEPT =
      Set.of("x-api-key", "authorization", "proxy-authorization", "cookie", "x-realtor-api-key");

  private final Store store;
  private final Desk desk;
  private final Credentials credentials;
  private final Secrets secrets;
  private final Function<String, Replies> replies;
  private final MeterRegistry meters;
  private final Map<String, Profile> profiles = new ConcurrentHashMap<>();

  /// @param replies how receivers of a contract answer, by the contract's name; for the empty name
  ///   the form to use when no source is known
  public PushDoor(
      Store store,
      Desk desk,
      Credentials credentials,
      Secrets secrets,
      Function<String, Replies> replies,
      MeterRegistry meters) {
    this.store = store;
    this.desk = desk;
    this.credentials = credentials;
    this.secrets = secrets;
    this.replies = replies;
    this.meters = meters;
  }

  /// Its routes.
  ///
  /// @param channels the channels that contracts name, for example `lead`
  public List<Route> routes(List<String> channels) {
    var refusals = new Refusals();
    var routes = new java.util.ArrayList<Route>();
    routes.add(
        new Route(
            "POST",
            "/in/{source}",
            r -> receive(r, Optional.of(r.pathVariable("source")), ""),
            refusals));
    for (var channel : channels) {
      routes.add(
          new Route(
              "POST",
              "/in/{source}/" + channel,
              r -> receive(r, Optional.of(r.pathVariable("source")), channel),
              refusals));
      routes.add(
          new Route("POST", "/" + channel, r -> receive(r, Optional.empty(), channel), refusals));
    }
    return routes;
  }

  private Reply receive(Request request, Optional<String> name, String channel) throws IOException {
    if (!request.isConfidential()) {
      return refuse(null, request, 403, "Plain HTTP is not taken from there; use HTTPS.");
    }
    var key = request.header("X-API-Key");
    var source =
        key.flatMap(k -> credentials.find(Credential.Kind.SOURCE, k))
            .flatMap(c -> Sources.in(store.settings()).find(c.owner()))
            .filter(s -> name.isEmpty() || s.name().equals(name.get()));
    if (source.isEmpty()) {
      return refuse(null, request, 401, "The API key is missing or wrong.");
    }
    byte[] bytes;
    try {
      bytes = request.body(MAX_BODY, PATIENCE);
    } catch (BodyException e) {
      return refuse(
          source.get(),
          request,
          e.why().status(),
          switch (e.why()) {
            case TOO_LARGE -> "The body is larger than 1 MiB.";
            case TOO_SLOW -> "The body was not here within 30 s.";
            case BROKEN_OFF -> "The body broke off.";
          });
    }
    var body = new Body(bytes, request.header("Content-Type").orElse(""), channel);
    return take(source.get(), request, body);
  }

  private Reply take(Source source, Request request, Body body) {
    Checked checked;
    try {
      checked = check(source, request, body);
    } catch (StoreUnavailableException e) {
      return unavailable(source, request);
    } catch (RuntimeException e) {
      LOG.error("A signature at source {} could not be checked", source.name(), e);
      if (requires(source)) {
        return unavailable(source, request);
      }
      checked = new Checked("Checking failed by a defect of ours.", false);
    }
    if (checked.refused()) {
      return refuseSigned(source, request, body, checked.words());
    }
    Receipt receipt;
    try {
      receipt =
          desk.accept(
              source, body, new Desk.Circumstances(headers(request), checked.words(), null));
    } catch (StoreUnavailableException e) {
      LOG.warn("A lead of source {} was not taken: {}", source.name(), e.getMessage());
      return unavailable(source, request);
    }
    count(source.contract(), receipt.state().word());
    return switch (receipt.state()) {
      case DONE, REPEAT, OWED, ASIDE, MENDED, ERASED -> replies(source).accepted(receipt.guid());
      case QUARANTINED -> replies(source).refused(400, receipt.id(), receipt.reason());
      // Its hubs send in a circle; the same again would be refused again.
      case REFUSED -> replies(source).refused(409, receipt.id(), receipt.reason());
    };
  }

  /// What checking a signature showed.
  ///
  /// @param words for the receipt; empty when nothing was checked
  private record Checked(String words, boolean refused) {}

  private Checked check(Source source, Request request, Body body) {
    var profile = profile(source);
    if (profile.isEmpty() || profile.get().policy() == SignatureProfile.Policy.OFF) {
      return new Checked("", false);
    }
    var signed = signed(request, body);
    var verdict = profile.get().verify(signed, store.now());
    return new Checked(
        describe(verdict, profile.get(), signed),
        profile.get().policy() == SignatureProfile.Policy.REQUIRE
            && !(verdict instanceof Verdict.Verified));
  }

  private static boolean requires(Source source) {
    return source.signature() != null
        && source
            .signature()
            .path("policy")
            .asString("")
            .equals(SignatureProfile.Policy.REQUIRE.word());
  }

  private Reply refuseSigned(Source source, Request request, Body body, String checked) {
    var reason = "The signature is missing or wrong.";
    if (body.bytes().length > KEPT_IF_REFUSED) {
      return refuse(source, request, 401, reason);
    }
    try {
      var receipt =
          desk.refuse(
              source, body, new Desk.Circumstances(headers(request), checked, null), checked);
      count(source.contract(), receipt.state().word());
      return replies(source).refused(401, receipt.id(), reason);
    } catch (StoreUnavailableException e) {
      return unavailable(source, request);
    }
  }

  private String describe(Verdict verdict, SignatureProfile profile, SignedRequest signed) {
    return switch (verdict) {
      case Verdict.Verified(int key) ->
          profile.keys().size() > 1 ? "verified with key " + (key + 1) : "verified";
      case Verdict.Absent _ -> "there is no signature" + fitting(profile, signed);
      case Verdict.Wrong(var reason) -> reason.sentence() + fitting(profile, signed);
    };
  }

  private String fitting(SignatureProfile profile, SignedRequest signed) {
    var fitting = SignatureProfiles.fitting(profile.keys(), signed, store.now());
    return fitting.isEmpty()
        ? "; no known profile fits"
        : "; a known profile would fit: " + String.join(", ", fitting);
  }

  private static SignedRequest signed(Request request, Body body) {
    return new SignedRequest(
        request.method(),
        request.baseUrl() + request.path(),
        name ->
            request.headers().stream()
                .filter(h -> h.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .toList(),
        body.bytes());
  }

  private Optional<SignatureProfile> profile(Source source) {
    if (source.signature() == null) {
      return Optional.empty();
    }
    var text =
        secrets
            .find(source.id(), "signature")
            // Settings and secrets of one change arrive one after the other: never let it pass
            // unchecked.
            .orElseThrow(
                () -> new StoreUnavailableException("the signature's keys are not here yet"));
    var known = profiles.get(source.id());
    if (known == null || !known.text().equals(text)) {
      known = new Profile(text, SignatureProfile.fromJson(Json.tree(text)));
      profiles.put(source.id(), known);
    }
    return Optional.of(known.profile());
  }

  /// A source's profile, and the text that it was read from.
  private record Profile(String text, SignatureProfile profile) {}

  private static String headers(Request request) {
    var kept = Json.object();
    int size = 0;
    request
        .list(Trail.HEADER)
        .ifPresent(trail -> kept.put(Trail.HEADER_KEPT, Trail.kept(List.of(trail))));
    for (var header : request.headers()) {
      var name = header.getKey().toLowerCase(Locale.ROOT);
      int length = name.length() + header.getValue().length();
      if (!NEVER_KEPT.contains(name) && !kept.has(name) && size + length <= KEPT_HEADERS) {
        kept.put(name, header.getValue());
        size += length;
      }
    }
    return kept.toString();
  }

  private Reply refuse(@Nullable Source source, Request request, int status, String description) {
    var id = UUID.randomUUID().toString();
    count(source == null ? "unknown" : source.contract(), Integer.toString(status));
    LOG.info(
        "Refused {} from {} at {}: {} ({})",
        status,
        request.peer().getHostAddress(),
        source == null ? "a door" : "source " + source.name(),
        description,
        id);
    return replies(source).refused(status, id, description);
  }

  private Reply unavailable(@Nullable Source source, Request request) {
    var id = UUID.randomUUID().toString();
    count(source == null ? "unknown" : source.contract(), "503");
    LOG.info("Refused 503 for request {}: nothing can be stored ({})", request.id(), id);
    return replies(source)
        .refused(503, id, "Nothing can be stored right now; please send it again.")
        .with("Retry-After", "5");
  }

  private Replies replies(@Nullable Source source) {
    return replies.apply(source == null ? "" : source.contract());
  }

  private void count(String contract, String outcome) {
    meters.counter("porchlight.receipts", "contract", contract, "outcome", outcome).increment();
  }

  /// What goes wrong around the handlers, in the doors' form.
  private final class Refusals implements Route.Refusals {
    @Override
    public Reply methodNotAllowed(Request request, List<String> allowed) {
      var id = UUID.randomUUID().toString();
      LOG.info("Refused 405 for request {} ({})", request.id(), id);
      return replies(null)
          .refused(405, id, "Only POST is taken here.")
          .with("Allow", String.join(", ", allowed));
    }

    @Override
    public Reply notFound(Request request) {
      return replies(null).refused(404, request.id(), "There is nothing at this address.");
    }

    @Override
    public Reply onError(Request request, Throwable thrown) {
      if (thrown instanceof StoreUnavailableException) {
        return unavailable(null, request);
      }
      if (thrown instanceof RepeatedHeaderException e) {
        return refuse(null, request, 400, String.valueOf(e.getMessage()));
      }
      if (thrown instanceof BusyException) {
        return replies(null)
            .refused(503, request.id(), "Too many requests at once; please send it again.")
            .with("Retry-After", "1");
      }
      return replies(null).refused(500, request.id(), "A defect of ours; please send it again.");
    }

    @Override
    public Reply notConfidential(Request request) {
      return replies(null)
          .refused(403, request.id(), "Plain HTTP is not taken from there; use HTTPS.");
    }
  }
}
