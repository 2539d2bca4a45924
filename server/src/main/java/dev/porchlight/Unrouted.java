package dev.porchlight;

import dev.porchlight.api.Problems;
import dev.porchlight.door.spark.SparkDoor;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.util.List;
import java.util.Optional;

/// What is answered at an address that has no route, in the form of the door that it is nearest to.
record Unrouted(SparkDoor spark, Problems problems) implements Route.Refusals {
  @Override
  public Reply notFound(Request request) {
    return SparkDoor.covers(request.path()) ? spark.notFound(request) : problems.notFound(request);
  }

  @Override
  public Optional<Reply.Full> unreadable(String path, int status) {
    return SparkDoor.covers(path) ? Optional.of(SparkDoor.unreadable(status)) : Optional.empty();
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
