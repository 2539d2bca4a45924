package dev.porchlight.door.spark;

import dev.porchlight.web.Reply;
import dev.porchlight.web.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/// Packs replies for those who ask for gzip.
///
/// A packed reply tells by its length whether a text that a stranger chose also stands in it. That
/// needs a stranger who makes somebody's browser ask: here nothing is asked with cookies, so they
/// have nobody to use. What holds a secret (a session's token, a grant) is small and stays as it is
/// all the same.
final class Compression {
  private static final int WORTH_IT = 1024;

  private Compression() {}

  static Reply.Full of(Reply.Full reply, Request request) {
    if (reply.body().length < WORTH_IT) {
      return reply;
    }
    var varying = reply.with("Vary", "Accept-Encoding");
    if (!request.list("Accept-Encoding").filter(Compression::takesGzip).isPresent()) {
      return varying;
    }
    var packed = new ByteArrayOutputStream(reply.body().length / 4);
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(reply.body());
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return new Reply.Full(
            reply.status(), varying.headers(), reply.contentType(), packed.toByteArray())
        .with("Content-Encoding", "gzip");
  }

  /// Whether a list of codings has gzip, or everything, with a weight above zero.
  static boolean takesGzip(String accepted) {
    var any = false;
    for (var item : accepted.toLowerCase(Locale.ROOT).split(",")) {
      var parts = item.split(";");
      var coding = parts[0].strip();
      var refused = false;
      for (var i = 1; i < parts.length; i++) {
        refused |= parts[i].strip().matches("q\\s*=\\s*0(\\.0*)?");
      }
      if (coding.equals("gzip") || coding.equals("x-gzip")) {
        return !refused;
      }
      any |= coding.equals("*") && !refused;
    }
    return any;
  }
}
