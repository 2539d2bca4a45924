package dev.porchlight.api;

import dev.porchlight.desk.setup.SetupException;
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

/// Words whatever goes wrong as a problem document (RFC 9457).
public final class Problems implements Route.Refusals {
  @Override
  public Reply methodNotAllowed(Request request, List<String> allowed) {
    return problem(request, Fault.METHOD_NOT_ALLOWED, "Use " + String.join(" or ", allowed) + ".")
        .with("Allow", String.join(", ", allowed));
  }

  @Override
  public Reply notFound(Request request) {
    return problem(request, Fault.NOT_FOUND, "No such address.");
  }

  @Override
  public Reply notConfidential(Request request) {
    return problem(request, Fault.PLAIN_HTTP, "Use HTTPS.");
  }

  @Override
  public Reply onError(Request request, Throwable thrown) {
    return reply(request, thrown);
  }

  static Reply.Full reply(Request request, Throwable thrown) {
    return switch (thrown) {
      case FaultException e -> {
        var reply = problem(request, e.fault(), e.detail());
        yield e.fault() == Fault.UNAUTHENTICATED ? reply.with("WWW-Authenticate", "Bearer") : reply;
      }
      case SetupException e ->
          problem(
              request,
              switch (e.why()) {
                case INVALID -> Fault.BODY_INVALID;
                case NAME_TAKEN -> Fault.NAME_TAKEN;
                case KEY_TAKEN -> Fault.KEY_TAKEN;
              },
              e.sentence());
      case BodyException e ->
          problem(
              request,
              switch (e.why()) {
                case TOO_LARGE -> Fault.BODY_TOO_LARGE;
                case TOO_SLOW -> Fault.BODY_TOO_SLOW;
                case BROKEN_OFF -> Fault.BODY_INVALID;
              },
              String.valueOf(e.getMessage()));
      case RepeatedHeaderException e ->
          problem(request, Fault.PARAMETER_INVALID, String.valueOf(e.getMessage()));
      case BusyException _ ->
          problem(request, Fault.BUSY, "Please try again.").with("Retry-After", "1");
      case StoreUnavailableException _ ->
          problem(request, Fault.STORE_UNAVAILABLE, "Please try again.").with("Retry-After", "5");
      default -> problem(request, Fault.UNEXPECTED, "Quote this request: " + request.id());
    };
  }

  static Reply.Full problem(Request request, Fault fault, String detail) {
    var json = Json.object();
    json.put("type", "urn:porchlight:problem:" + fault.word());
    json.put("title", fault.title());
    json.put("status", fault.status());
    json.put("detail", detail);
    json.put("instance", "urn:porchlight:request:" + request.id());
    return Reply.of(
        fault.status(),
        "application/problem+json",
        json.toString().getBytes(StandardCharsets.UTF_8));
  }
}
