package dev.porchlight.web;

import java.util.List;

/// Where a handler is reached, and how its door words what goes wrong around it.
///
/// @param method in capitals
/// @param template a path such as `/api/v1/leads/{id}`; a variable stands for one segment
/// @param refusals words refusals that arise before the handler runs or out of it, in the door's form
public record Route(String method, String template, Handler handler, Refusals refusals) {

  /// Words a door's refusals.
  public interface Refusals {
    /// Wrong method on a known path; `allowed` names the right ones.
    Reply methodNotAllowed(Request request, List<String> allowed);

    /// No route has that path.
    Reply notFound(Request request);

    /// The handler threw: a defect of ours, or no room. Never shows internals.
    Reply onError(Request request, Throwable thrown);

    /// Plain HTTP from a place where it isn't allowed.
    Reply notConfidential(Request request);
  }
}
