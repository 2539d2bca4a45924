package dev.porchlight.door.spark;

import dev.porchlight.access.Credentials;
import dev.porchlight.access.Secrets;
import dev.porchlight.access.SparkSessions;
import dev.porchlight.store.Store;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.util.ArrayList;
import java.util.List;

/// `/v1`: the door for clients of the Spark contacts interface.
public final class SparkDoor {
  /// What the door works with.
  ///
  /// @param insecure whether bearer tokens and sessions are taken over plain HTTP: for development
  public record Parts(
      Store store, int hub, Credentials credentials, Secrets secrets, boolean insecure) {}

  private final List<Resource> resources = new ArrayList<>();
  private final Resource unknown;

  public SparkDoor(Parts parts) {
    var signIn =
        new SignIn(
            parts.store(),
            parts.credentials(),
            parts.secrets(),
            new SparkSessions(parts.store()),
            parts.insecure());
    unknown = Resource.unknown(signIn);
    resources.addAll(signIn.resources());
  }

  /// All that it answers.
  public List<Route> routes() {
    return resources.stream().flatMap(r -> r.routes().stream()).toList();
  }

  /// Whether an address that has no route is the door's all the same.
  public static boolean covers(String path) {
    return path.equals("/v1") || path.startsWith("/v1/");
  }

  /// What is answered where there is no route.
  public Reply notFound(Request request) {
    return unknown.answer(request);
  }
}
