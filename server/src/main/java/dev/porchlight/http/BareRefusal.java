package dev.porchlight.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Answers what no handler sees (malformed requests, headers that are too large) with the status
/// alone.
final class BareRefusal implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    var status = response.getStatus() == 0 ? 500 : response.getStatus();
    var headers = response.getHeaders();
    headers.add(Dispatcher.NO_SNIFF);
    headers.add(Dispatcher.NO_STORE);
    headers.put(HttpHeader.CONTENT_TYPE, "application/problem+json");
    var body = body(status);
    headers.put(HttpHeader.CONTENT_LENGTH, body.length);
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
