package dev.porchlight.web;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Where a handler is reached, and how its door words what goes wrong around it.
///
/// @param method in capitals
/// @param template a path such as `/api/v1/leads/{id}`; a variable stands for one segment, or as
///   the last, `{tag...}`, for all that follow, with slashes, escaped ones too
/// @param refusals words refusals that arise before the handler runs or out of it, in the door's
///   form
public record Route(String method, String template, Handler handler, Refusals refusals) {

  /// A route that is served over a confidential way only: any other request is answered with
  /// [Refusals#notConfidential] before the handler sees it.
  public static Route confidential(
      String method, String template, Handler handler, Refusals refusals) {
    return new Route(
        method,
        template,
        request ->
            request.isConfidential() ? handler.handle(request) : refusals.notConfidential(request),
        refusals);
  }

  /// Words a door's refusals.
  public interface Refusals {
    /// Wrong method on a known path; `allowed` names the right ones.
    Reply methodNotAllowed(Request request, List<String> allowed);

    /// No route has this path. Asked of the fallback refusals only.
    default Reply notFound(Request request) {
      return Reply.of(
          404,
          "application/problem+json",
          "{\"status\":404,\"title\":\"Not Found\"}".getBytes(StandardCharsets.UTF_8));
    }

    /// A request that is malformed or over a limit of the server, and reaches no route. Asked of
    /// the fallback refusals only; what it is not worded for is answered with the status alone.
    ///
    /// @param path as far as it could be read
    default Optional<Reply.Full> unreadable(String path, int status) {
      return Optional.empty();
    }

    /// The handler threw: a defect of ours, no room ([BusyException]), or a body that could not be
    /// taken ([BodyException], if the handler let it through). Never shows internals.
    Reply onError(Request request, Throwable thrown);

    /// Plain HTTP from a place where it isn't allowed.
    Reply notConfidential(Request request);
  }
}
