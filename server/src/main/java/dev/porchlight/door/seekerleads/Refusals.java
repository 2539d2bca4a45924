package dev.porchlight.door.seekerleads;

import dev.porchlight.door.seekerleads.RefusedException.Kind;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.BusyException;
import dev.porchlight.web.RepeatedHeaderException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Words whatever goes wrong as the contract's problem: all five members, as JSON, with statuses
/// that the contract has.
final class Refusals implements Route.Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(SeekerLeadsApi.class);
  private static final Pattern TRACEPARENT =
      Pattern.compile("00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}");

  @Override
  public Reply notFound(Request request) {
    return problem(request, Kind.NOT_FOUND, "There is nothing at this address.");
  }

  /// Whatever is wrong with such a request, the contract has one status for it.
  @Override
  public Optional<Reply.Full> unreadable(String path, int status) {
    var e =
        status >= 500
            ? new RefusedException(Kind.INTERNAL, "A defect of ours; please send it again.")
            : new RefusedException(
                Kind.BAD_REQUEST,
                "The address or a header is malformed, or too long; segments of an address are"
                    + " neither empty nor have control characters.");
    return Optional.of(problem(instance(""), e));
  }

  @Override
  public Reply methodNotAllowed(Request request, List<String> allowed) {
    return problem(request, Kind.METHOD_NOT_ALLOWED, "Use " + String.join(" or ", allowed) + ".")
        .with("Allow", String.join(", ", allowed));
  }

  @Override
  public Reply notConfidential(Request request) {
    return problem(request, Kind.FORBIDDEN, "Plain HTTP is not taken from there; use HTTPS.");
  }

  @Override
  public Reply onError(Request request, Throwable thrown) {
    return switch (thrown) {
      case RefusedException e -> refused(request, e);
      case RepeatedHeaderException e ->
          problem(request, Kind.BAD_REQUEST, String.valueOf(e.getMessage()));
      case BodyException e ->
          problem(
              request,
              Kind.BAD_REQUEST,
              switch (e.why()) {
                case TOO_LARGE -> "The body is larger than 1 MiB.";
                case TOO_SLOW -> "The body was not here within 30 s.";
                case BROKEN_OFF -> "The body broke off.";
              });
      case BusyException _ ->
          problem(request, Kind.INTERNAL, "Too many requests at once; please send it again.")
              .with("Retry-After", "1");
      case StoreUnavailableException _ ->
          problem(
                  request,
                  Kind.INTERNAL,
                  "Nothing can be stored or read now; please send it again.")
              .with("Retry-After", "5");
      default -> problem(request, Kind.INTERNAL, "A defect of ours; please send it again.");
    };
  }

  Reply.Full refused(Request request, RefusedException e) {
    var reply = problem(request, e);
    return switch (e.kind()) {
      case UNAUTHORIZED -> reply.with("WWW-Authenticate", "Bearer");
      // In whole seconds, as the header has it; after 200 ms of silence it would be enough.
      case TOO_MANY_REQUESTS -> reply.with("Retry-After", "1");
      case BAD_REQUEST, FORBIDDEN, NOT_FOUND, METHOD_NOT_ALLOWED, INTERNAL -> reply;
    };
  }

  private static Reply.Full problem(Request request, Kind kind, String detail) {
    return problem(request, new RefusedException(kind, detail));
  }

  private static Reply.Full problem(Request request, RefusedException e) {
    var instance = instance(request.header("traceparent").orElse(""));
    LOG.info(
        "Refused {} for request {}: {} ({})", e.kind().status, request.id(), e.detail(), instance);
    return problem(instance, e);
  }

  private static Reply.Full problem(String instance, RefusedException e) {
    var json = Json.object();
    json.put("type", "urn:porchlight:seeker-leads:" + e.kind().word);
    json.put("title", e.kind().title);
    json.put("detail", e.detail());
    json.put("instance", instance);
    json.put("status", e.kind().status);
    if (!e.violations().isEmpty()) {
      var errors = json.putArray("errors");
      e.violations()
          .forEach(v -> errors.addObject().put("name", v.pointer()).put("reason", v.rule()));
    }
    return Reply.of(
        e.kind().status, "application/json", json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /// A W3C `traceparent`: of the caller's trace when they sent one, else of a new one.
  private static String instance(String traceparent) {
    var sent = TRACEPARENT.matcher(traceparent);
    var trace = sent.matches() ? sent.group(1) : hex();
    return "00-" + trace + "-" + hex().substring(16) + "-01";
  }

  private static String hex() {
    return UUID.randomUUID().toString().replace("-", "");
  }
}
