package dev.porchlight.connector.realtor;

import dev.porchlight.connector.Replies;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.nio.charset.StandardCharsets;

/// The reply that receivers of Realtor.com leads were seen to give: 200, or a refusal, with
/// `communications_guid`, `status_code`, `message` and `description` (contract notes, chapter 5).
public final class RealtorReplies implements Replies {
  @Override
  public Reply.Full accepted(String guid) {
    return reply(200, guid, "The request has succeeded.");
  }

  @Override
  public Reply.Full refused(int status, String guid, String description) {
    return reply(status, guid, description);
  }

  private static Reply.Full reply(int status, String guid, String description) {
    var json = Json.object();
    json.put("communications_guid", guid);
    json.put("status_code", status);
    json.put("message", message(status));
    json.put("description", description);
    return Reply.of(status, "application/json", json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String message(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
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
