package dev.porchlight.connector.seekerleads;

import dev.porchlight.connector.Replies;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.nio.charset.StandardCharsets;

/// What a webhook of this contract is answered: the contract asks for a quick 2xx and says nothing
/// of its body, so it has the form of the answer to a submission; refusals are the contract's
/// problems.
public final class SeekerLeadReplies implements Replies {
  @Override
  public Reply.Full accepted(String guid) {
    var json = Json.object();
    json.put("title", "Lead received");
    json.put("requestId", guid);
    return Reply.of(200, "application/json", json.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Reply.Full refused(int status, String guid, String description) {
    var json = Json.object();
    json.put("type", "about:blank");
    json.put("title", title(status));
    json.put("detail", description);
    json.put("instance", "urn:uuid:" + guid);
    json.put("status", status);
    return Reply.of(
        status, "application/problem+json", json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String title(int status) {
    return switch (status) {
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 408 -> "Request Timeout";
      case 409 -> "Conflict";
      case 413 -> "Content Too Large";
      case 503 -> "Service Unavailable";
      default -> status >= 500 ? "Internal Server Error" : "Bad Request";
    };
  }
}
