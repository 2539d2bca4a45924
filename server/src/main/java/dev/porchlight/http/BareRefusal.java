package dev.porchlight.http;

import dev.porchlight.web.Reply;
import dev.porchlight.web.Route;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Answers what no handler sees (malformed requests, headers that are too large) with the status
/// alone, or as the fallback words it, with the status that it words it with.
final class BareRefusal implements Request.Handler {
  private final Route.Refusals fallback;

  BareRefusal(Route.Refusals fallback) {
    this.fallback = fallback;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    var status = response.getStatus() == 0 ? 500 : response.getStatus();
    var headers = response.getHeaders();
    headers.add(Dispatcher.NO_SNIFF);
    headers.add(Dispatcher.NO_STORE);
    var worded = fallback.unreadable(ServedRequest.pathOf(request), status);
    worded.ifPresent(w -> {
      response.setStatus(w.status());
      w.headers().forEach(h -> headers.put(h.getKey(), h.getValue()));
    });
    headers.put(
        HttpHeader.CONTENT_TYPE,
        worded.map(Reply.Full::contentType).orElse("application/problem+json"));
    var body = worded.map(Reply.Full::body).orElseGet(() -> body(status));
    headers.put(HttpHeader.CONTENT_LENGTH, body.length);
    if (status == HttpStatus.BAD_REQUEST_400) {
      // Where one request ends and the next begins can't be told.
      headers.put(HttpHeader.CONNECTION, "close");
    }
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }

  static byte[] body(int status) {
    var title = HttpStatus.getMessage(status);
    return "{\"status\":%d,\"title\":\"%s\"}"
        .formatted(status, title)
        .getBytes(StandardCharsets.UTF_8);
  }
}
