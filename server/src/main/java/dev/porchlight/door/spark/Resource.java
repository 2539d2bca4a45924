package dev.porchlight.door.spark;

import dev.porchlight.access.spark.SparkRole;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.BusyException;
import dev.porchlight.web.RepeatedHeaderException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One resource of the door: a template, and what each method answers to whom.
///
/// The order of the checks is the promise: who asks (401, 403), whether this resource is for them
/// (403 / 1500), whether the method is (405), and only then the body. Whatever happens, the reply
/// is in the envelope; methods that the router does not know come here as well.
final class Resource implements Route.Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Resource.class);

  /// Answers a call; refuses by throwing a [SparkException].
  @FunctionalInterface
  interface Answerer {
    Reply.Full answer(SparkCall call) throws Exception;
  }

  /// Tells who asks.
  @FunctionalInterface
  interface Doorkeeper {
    /// @throws SparkException when nobody who may come in
    Caller admit(SparkCall call) throws Exception;
  }

  private record Method(Set<SparkRole> roles, Answerer answerer) {}

  private final String template;
  private final Doorkeeper doorkeeper;
  private final boolean open;
  private final Map<String, Method> methods = new TreeMap<>();

  private Resource(String template, Doorkeeper doorkeeper, boolean open) {
    this.template = template;
    this.doorkeeper = doorkeeper;
    this.open = open;
  }

  /// A resource for those whom the doorkeeper admits.
  ///
  /// @param template after `/v1`, for example `/contacts/{id}`
  static Resource of(String template, Doorkeeper doorkeeper) {
    return new Resource(template, doorkeeper, false);
  }

  /// A resource for everybody: where one signs in.
  static Resource open(String template) {
    return new Resource(
        template,
        _ -> {
          throw new IllegalStateException("nobody asks");
        },
        true);
  }

  /// What stands for all that there is not: whoever asks has to be known first here too.
  static Resource unknown(Doorkeeper doorkeeper) {
    return new Resource("", doorkeeper, false);
  }

  /// What a method answers to callers in these roles.
  Resource on(String method, Set<SparkRole> roles, Answerer answerer) {
    if (methods.put(method, new Method(Set.copyOf(roles), answerer)) != null) {
      throw new IllegalArgumentException("Two answers to " + method + " " + template);
    }
    return this;
  }

  /// What a method of an open resource answers.
  Resource on(String method, Answerer answerer) {
    return on(method, Set.of(), answerer);
  }

  /// Its routes. `POST` is always among them, as it may stand for another method.
  List<Route> routes() {
    var routed = new TreeSet<>(methods.keySet());
    routed.add("POST");
    return routed.stream().map(m -> new Route(m, "/v1" + template, this::answer, this)).toList();
  }

  /// The methods that callers in that role may use, as in `Allow`.
  private String allowed(SparkRole role) {
    var words = new ArrayList<String>();
    methods.forEach((word, method) -> {
      if (method.roles().contains(role)) {
        words.add(word);
      }
    });
    return String.join(", ", words);
  }

  Reply.Full answer(Request request) {
    var call = new SparkCall(request);
    Reply.Full reply;
    try {
      reply = answer(call);
    } catch (Throwable thrown) {
      if (thrown instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      reply = refusal(request, thrown);
    }
    return Compression.of(reply, request);
  }

  private Reply.Full answer(SparkCall call) throws Exception {
    if (!open) {
      call.identified(doorkeeper.admit(call));
    }
    var name = call.method().equals("HEAD") ? "GET" : call.method();
    var method = methods.get(name);
    if (open) {
      if (method == null) {
        throw new SparkException(SparkFault.METHOD_NOT_ALLOWED)
            .header("Allow", String.join(", ", methods.keySet()));
      }
      return method.answerer().answer(call);
    }
    if (methods.isEmpty()) {
      throw new SparkException(SparkFault.NOT_FOUND);
    }
    var role = call.caller().role();
    if (methods.values().stream().noneMatch(m -> m.roles().contains(role))) {
      throw new SparkException(SparkFault.NOT_FOR_CALLER);
    }
    if (method == null) {
      throw new SparkException(SparkFault.METHOD_NOT_ALLOWED)
          .header("Allow", String.join(", ", methods.keySet()));
    }
    if (!method.roles().contains(role)) {
      var allowed = allowed(role);
      throw new SparkException(
              allowed.equals("GET") ? SparkFault.READ_ONLY : SparkFault.METHOD_NOT_FOR_CALLER)
          .header("Allow", allowed);
    }
    return method.answerer().answer(call);
  }

  /// In the envelope, whatever it is. What is not the caller's fault is logged, never shown.
  static Reply.Full refusal(Request request, Throwable thrown) {
    return switch (thrown) {
      case SparkException e -> e.reply();
      case BodyException e ->
          switch (e.why()) {
            case TOO_LARGE -> new SparkException(SparkFault.BODY_TOO_LARGE).reply();
            case TOO_SLOW -> new SparkException(SparkFault.BODY_TOO_SLOW).reply();
            case BROKEN_OFF ->
                new SparkException(SparkFault.BODY_INVALID, "The body broke off.").reply();
          };
      case RepeatedHeaderException e ->
          new SparkException(SparkFault.INVALID, String.valueOf(e.getMessage())).reply();
      case BusyException _ ->
          new SparkException(SparkFault.UNAVAILABLE, "Too many requests at once; try again.")
              .header("Retry-After", "1")
              .reply();
      case StoreUnavailableException e ->
          e.isTooLong()
              ? new SparkException(SparkFault.TOO_LONG).reply()
              : new SparkException(SparkFault.UNAVAILABLE).header("Retry-After", "5").reply();
      default -> {
        LOG.error("Request {} failed", request.id(), thrown);
        yield new SparkException(
                SparkFault.UNEXPECTED,
                SparkFault.UNEXPECTED.message() + " Quote this request: " + request.id())
            .reply();
      }
    };
  }

  @Override
  public Reply methodNotAllowed(Request request, List<String> allowed) {
    return answer(request);
  }

  @Override
  public Reply onError(Request request, Throwable thrown) {
    return refusal(request, thrown);
  }

  @Override
  public Reply notConfidential(Request request) {
    return new SparkException(SparkFault.TLS_REQUIRED).reply();
  }
}
