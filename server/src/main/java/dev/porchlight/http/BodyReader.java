package dev.porchlight.http;

import dev.porchlight.web.BodyException;
import dev.porchlight.web.BodyException.Why;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;

/// Reads one body whole, within a size and one deadline over all of it.
///
/// The wait for more is ended by the connection's own idle time-out, which is set to what is left
/// of the deadline: a wait given up that way leaves no read pending, so that a reply can still be
/// sent. The deadline is looked at after each piece too, as a trickle never idles. Memory grows
/// with what has arrived, not with what was declared. Content codings are not undone: the bytes are
/// those sent.
final class BodyReader {
  private static final int FIRST = 8 * 1024;
  private static final long GRACE_MILLIS = 2_000;

  private final Request request;
  private final LongSupplier idleMillis;

  /// @param idleMillis what the connection's idle time-out is to be once the body is read
  BodyReader(Request request, LongSupplier idleMillis) {
    this.request = request;
    this.idleMillis = idleMillis;
  }

  byte[] read(int limit, Duration patience) throws BodyException, InterruptedIOException {
    var declared = request.getLength();
    if (declared > limit) {
      throw tooLarge(limit);
    }
    var deadline = System.nanoTime() + patience.toNanos();
    var waited = false;
    var body = new byte[0];
    var size = 0;
    try {
      while (true) {
        var chunk = request.read();
        if (chunk == null) {
          waited = true;
          await(deadline);
          continue;
        }
        if (Content.Chunk.isFailure(chunk)) {
          if (!(chunk.getFailure() instanceof TimeoutException)) {
            throw new BodyException(Why.BROKEN_OFF, "The body broke off or is malformed");
          }
          if (chunk.isLast() || left(deadline) <= 1_000_000) {
            throw tooSlow();
          }
          continue;
        }
        var more = chunk.remaining();
        if (more > limit - size) {
          chunk.release();
          throw tooLarge(limit);
        }
        if (size + more > body.length) {
          body =
              Arrays.copyOf(
                  body,
                  size == 0 && more == declared
                      ? more
                      : (int) Math.min(limit, Math.max((size + more) * 2L, FIRST)));
        }
        chunk.getByteBuffer().get(body, size, more);
        size += more;
        var last = chunk.isLast();
        chunk.release();
        if (last) {
          return size == body.length ? body : Arrays.copyOf(body, size);
        }
        if (left(deadline) <= 0) {
          throw tooSlow();
        }
      }
    } finally {
      if (waited) {
        endPoint().setIdleTimeout(idleMillis.getAsLong());
      }
    }
  }

  private void await(long deadline) throws BodyException, InterruptedIOException {
    var left = left(deadline);
    if (left <= 0) {
      throw tooSlow();
    }
    endPoint().setIdleTimeout(TimeUnit.NANOSECONDS.toMillis(left) + 1);
    var arrived = new CountDownLatch(1);
    request.demand(Invocable.from(Invocable.InvocationType.NON_BLOCKING, arrived::countDown));
    try {
      if (!arrived.await(
          TimeUnit.NANOSECONDS.toMillis(left) + GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
        throw tooSlow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var interrupted = new InterruptedIOException("Interrupted while the body was read");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private static long left(long deadline) {
    return deadline - System.nanoTime();
  }

  private EndPoint endPoint() {
    return request.getConnectionMetaData().getConnection().getEndPoint();
  }

  private static BodyException tooLarge(int limit) {
    return new BodyException(Why.TOO_LARGE, "The body is larger than %d bytes".formatted(limit));
  }

  private static BodyException tooSlow() {
    return new BodyException(Why.TOO_SLOW, "The body did not arrive in time");
  }
}
