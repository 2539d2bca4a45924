package dev.porchlight.console;

import dev.porchlight.access.Told;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What pages do by the API, in the name of who is signed in and as far as they may: so a form
/// takes and refuses what a request does, and what it leads to is the same.
@FunctionalInterface
public interface Deeds {
  /// Asks for it.
  ///
  /// @param path below `/api/v1`, as it is documented: `/sources/{id}`
  /// @param id what stands in the place of `{id}`; empty where there is none
  Reply.Full ask(Visit visit, String method, String path, String id, ObjectNode body)
      throws Exception;

  /// The same with its answer read. What it changes is said to the audit, as it is of a request to
  /// the API: of a form, which sends all its fields, only those that are another now.
  default Done act(Visit visit, String method, String path, String id, ObjectNode body)
      throws Exception {
    boolean reads = method.equals("GET");
    boolean changes = method.equals("PATCH") || method.equals("PUT");
    var before = changes ? look(visit, path, id) : Json.object();
    var reply = ask(visit, method, path, id, body);
    var done =
        new Done(reply.status(), Json.tree(new String(reply.body(), StandardCharsets.UTF_8)));
    if (!reads && done.isFine()) {
      visit.did(
          Told.of(
              changes ? Told.changed(body, before, look(visit, path, id)) : body,
              !changes,
              path.startsWith("/nodes")
                  && Told.namesPerson(body, before.path("kind").asString(""))));
    }
    return done;
  }

  /// How something stands; empty where it is not there, or not to be seen any more.
  private JsonNode look(Visit visit, String path, String id) throws Exception {
    var reply = ask(visit, "GET", path, id, Json.object());
    return reply.status() == 200
        ? Json.tree(new String(reply.body(), StandardCharsets.UTF_8))
        : Json.object();
  }

  /// What was answered.
  record Done(int status, JsonNode body) {
    private static final Pattern MEMBER = Pattern.compile("^The member `[^`]+` ");

    public boolean isFine() {
      return status < 400;
    }

    /// Whether there is no such thing, or none that they may see.
    public boolean isMissing() {
      return status == 404;
    }

    /// Why it was refused, as it is.
    public String detail() {
      return body.path("detail").asString("");
    }

    /// Why it was refused, to stand beside a field.
    public String sentence() {
      var text = Clean.line(MEMBER.matcher(detail()).replaceFirst(""));
      return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /// A member of the answer.
    public String text(String name) {
      return body.path(name).asString("");
    }
  }
}
