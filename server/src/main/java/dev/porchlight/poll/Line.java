package dev.porchlight.poll;

import dev.porchlight.net.Exchange;
import dev.porchlight.net.OutgoingClient;
import dev.porchlight.net.OutgoingRequest;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The line out: one request at a time for each caller, at the [PortalSpacing] of the portal, and
/// let go of when the hub stops. Only those who wait here are ever interrupted, never one who waits
/// for the disk.
final class Line {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final OutgoingClient client;
  private final PortalSpacing spacing;
  private final Set<Thread> outside = new HashSet<>();
  private boolean closed;

  Line(OutgoingClient client, PortalSpacing spacing) {
    this.client = client;
    this.spacing = spacing;
  }

  /// Sends a request and waits for its answer.
  ///
  /// @param most how much of the answer to read, in bytes
  /// @throws PollException when none comes
  /// @throws InterruptedException when the hub stops
  Exchange.Answered call(OutgoingRequest request, int most)
      throws PollException, InterruptedException {
    enter();
    try {
      TimeUnit.NANOSECONDS.sleep(spacing.turn(portal(request.url()), System.nanoTime()));
      return switch (client.send(request, DEADLINE, most)) {
        case Exchange.Answered a -> a;
        case Exchange.Refused(var reason, _) -> throw new PollException(reason);
        case Exchange.Failed(_, var reason, _) -> throw new PollException(reason);
      };
    } finally {
      leave();
    }
  }

  private static String portal(String url) {
    try {
      return String.valueOf(URI.create(url).getAuthority());
    } catch (IllegalArgumentException e) {
      return url;
    }
  }

  private synchronized void enter() throws InterruptedException {
    if (closed) {
      throw new InterruptedException("the hub stops");
    }
    outside.add(Thread.currentThread());
  }

  private synchronized void leave() {
    outside.remove(Thread.currentThread());
    // Whoever was interrupted here goes on to the disk with a clean slate.
    boolean _ = Thread.interrupted();
  }

  /// Calls nobody any more, and lets go of those who wait.
  synchronized void close() {
    closed = true;
    outside.forEach(Thread::interrupt);
  }
}
