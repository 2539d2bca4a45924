package dev.porchlight;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.porchlight.api.Problems;
import dev.porchlight.console.Console;
import dev.porchlight.door.events.EventsDoor;
import dev.porchlight.door.seekerleads.SeekerLeadsApi;
import dev.porchlight.door.spark.SparkDoor;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.util.List;
import java.util.Optional;

/// What is answered at an address that has no route, in the form of the door that it is nearest to.
record Unrouted(
    SparkDoor spark,
    Route.Refusals seekers,
    Route.Refusals events,
    Route.Refusals console,
    Problems problems)
    implements Route.Refusals {
  private static final int URI_TOO_LONG = 414;

  @Override
  public Reply notFound(Request request) {
    if (SeekerLeadsApi.covers(request.path())) {
      return seekers.notFound(request);
    }
    if (EventsDoor.covers(request.path())) {
      return events.notFound(request);
    }
    if (Console.covers(request.path())) {
      return console.notFound(request);
    }
    return SparkDoor.covers(request.path()) ? spark.notFound(request) : problems.notFound(request);
  }

  @Override
  public Optional<Reply.Full> unreadable(String path, int status) {
    if (SeekerLeadsApi.covers(path)) {
      return seekers.unreadable(path, status);
    }
    if (EventsDoor.covers(path)) {
      return events.unreadable(path, status);
    }
    if (Console.covers(path)) {
      return console.unreadable(path, status);
    }
    if (status == URI_TOO_LONG) {
      return Optional.of(tooLong());
    }
    return SparkDoor.covers(path) ? Optional.of(SparkDoor.unreadable(status)) : Optional.empty();
  }

  /// Of an address that is too long the server forgets all, so nobody knows whose it was: one
  /// answer that each door's clients can read.
  private static Reply.Full tooLong() {
    var title = "The address is too long";
    var body =
        Json.object().put("type", "about:blank").put("title", title).put("status", URI_TOO_LONG);
    body.putObject("D").put("Success", false).put("Code", URI_TOO_LONG).put("Message", title + ".");
    return Reply.of(URI_TOO_LONG, "application/json", Json.write(body).getBytes(UTF_8));
  }

  @Override
  public Reply methodNotAllowed(Request request, List<String> allowed) {
    return problems.methodNotAllowed(request, allowed);
  }

  @Override
  public Reply onError(Request request, Throwable thrown) {
    return problems.onError(request, thrown);
  }

  @Override
  public Reply notConfidential(Request request) {
    return problems.notConfidential(request);
  }
}
