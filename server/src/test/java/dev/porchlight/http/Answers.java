package dev.porchlight.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.porchlight.web.BodyException;
import dev.porchlight.web.BusyException;
import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import dev.porchlight.web.Route;
import java.util.List;

/// A door's words, for tests.
final class Answers {
  private Answers() {}

  static Reply.Full text(int status, String body) {
    return Reply.of(status, "text/plain", body.getBytes(UTF_8));
  }

  static final Route.Refusals REFUSALS =
      new Route.Refusals() {
        @Override
        public Reply methodNotAllowed(Request request, List<String> allowed) {
          return text(405, "not " + request.method());
        }

        @Override
        public Reply notFound(Request request) {
          return text(404, "nothing at " + request.path());
        }

        @Override
        public Reply onError(Request request, Throwable thrown) {
          return switch (thrown) {
            case BodyException e -> text(e.why().status(), e.why().name());
            case BusyException _ -> text(503, "busy");
            case LinkageError e -> throw e;
            default -> text(500, "failed " + request.id());
          };
        }

        @Override
        public Reply notConfidential(Request request) {
          return text(403, "not confidential");
        }
      };
}
