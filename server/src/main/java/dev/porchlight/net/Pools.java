package dev.porchlight.net;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/// The connections of a client: one pool for all, and one for each owner whose TLS is its own, so
/// that nobody's request goes over a connection on which another showed its certificate. A pool
/// that is not asked for any more is closed when its last exchange has ended. Safe for use by many
/// threads.
final class Pools implements AutoCloseable {
  private static final int MOST = 256;
  private static final long IDLE_NANOS = Duration.ofMinutes(5).toNanos();

  private final TrustManagerFactory usual;
  private final Function<SSLContext, CloseableHttpClient> maker;
  private final CloseableHttpClient shared;

  /// By owner, the one that was used longest ago first.
  private final Map<String, Own> own = new LinkedHashMap<>(16, 0.75f, true);

  private boolean closed;

  /// @param maker makes a client with a pool that shakes hands like that
  Pools(TrustManagerFactory usual, Function<SSLContext, CloseableHttpClient> maker) {
    this.usual = usual;
    this.maker = maker;
    this.shared = maker.apply(new ReceiverTls("", "", "", "").context(usual));
  }

  /// A pool in use.
  interface Use extends AutoCloseable {
    CloseableHttpClient http();

    @Override
    void close();
  }

  private static final class Own {
    private final ReceiverTls tls;
    private final CloseableHttpClient http;
    private int uses;
    private boolean retired;
    private long usedAt;

    Own(ReceiverTls tls, CloseableHttpClient http) {
      this.tls = tls;
      this.http = http;
    }
  }

  /// The pool to use; to be closed after the exchange.
  ///
  /// @param tls null for that of all
  /// @throws IllegalArgumentException when its certificates can't be used, in a sentence
  Use of(@Nullable ReceiverTls tls) {
    if (tls == null) {
      return new Use() {
        @Override
        public CloseableHttpClient http() {
          return shared;
        }

        @Override
        public void close() {}
      };
    }
    var pool = take(tls);
    return new Use() {
      @Override
      public CloseableHttpClient http() {
        return pool.http;
      }

      @Override
      public void close() {
        release(pool);
      }
    };
  }

  private synchronized Own take(ReceiverTls tls) {
    if (closed) {
      throw new IllegalStateException("the client is closed");
    }
    var pool = own.get(tls.owner());
    if (pool == null || !pool.tls.equals(tls)) {
      var fresh = new Own(tls, maker.apply(tls.context(usual)));
      if (pool != null) {
        retire(pool);
      }
      own.put(tls.owner(), fresh);
      pool = fresh;
    }
    pool.uses++;
    pool.usedAt = System.nanoTime();
    retireIdle();
    return pool;
  }

  private void retireIdle() {
    var all = own.values().iterator();
    while (all.hasNext()) {
      var oldest = all.next();
      boolean idle = oldest.uses == 0 && System.nanoTime() - oldest.usedAt > IDLE_NANOS;
      if (!idle && own.size() <= MOST) {
        return;
      }
      all.remove();
      retire(oldest);
    }
  }

  private static void retire(Own pool) {
    pool.retired = true;
    if (pool.uses == 0) {
      pool.http.close(CloseMode.GRACEFUL);
    }
  }

  private synchronized void release(Own pool) {
    pool.uses--;
    pool.usedAt = System.nanoTime();
    if (pool.retired && pool.uses == 0) {
      pool.http.close(CloseMode.GRACEFUL);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    shared.close(CloseMode.IMMEDIATE);
    own.values().forEach(p -> p.http.close(CloseMode.IMMEDIATE));
    own.clear();
  }
}
