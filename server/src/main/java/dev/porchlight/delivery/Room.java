package dev.porchlight.delivery;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How many requests one endpoint has from this hub at once, which is how many lanes have a seat;
/// lanes that wait for one, and the pace of requests. What waits holds a lease; more than a
/// thousand are given back instead. A lane whose last delivery was taken leaves its seat before
/// that is written down: what is counted is what the receiver has to do.
///
/// The room shrinks to half when the endpoint says that it is too much, or does not answer, and
/// grows by one for each roomful that is taken, up to what the endpoint allows. Safe for use by
/// many threads.
final class Room {
  /// What an endpoint has that says nothing of it.
  static final int USUAL = 64;

  private static final int WAITING = 1000;

  /// With fewer than this waiting, more is looked for; where lanes are short, with fewer than are
  /// worked off while one looks, so that nobody waits for the look.
  private static final int FEW = 64;

  private static final int MOST_FEW = 384;
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(100);

  /// Attempts that were under way together say the same thing once.
  private static final long ONE_WORD = TimeUnit.MILLISECONDS.toNanos(500);

  enum Entry {
    AT_ONCE,
    LATER,
    NO_ROOM
  }

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private int used;

  /// Lanes that have left their seats and are not written down yet.
  private int unwritten;

  private int most = USUAL;
  private double limit = USUAL;
  private int perSecond;
  private long shrunkAt;
  private long nextSlot;
  private int few = FEW;
  private boolean dryTold;

  /// How many were begun since that moment.
  private int begun;

  private long since;

  /// What the endpoint allows.
  ///
  /// @param lanes at once
  /// @param requests a second; 0 for any number
  synchronized void allow(int lanes, int requests) {
    // More lanes than requests a second would only wait for one another.
    int now = requests == 0 ? lanes : Math.min(lanes, requests);
    if (now != most) {
      limit = limit == most ? now : Math.min(limit, now);
      most = now;
    }
    perSecond = requests;
  }

  synchronized Entry enter(Waiting claim) {
    if (used < limit()) {
      used++;
      begun++;
      return Entry.AT_ONCE;
    }
    if (waiting.size() < WAITING) {
      waiting.add(claim);
      return Entry.LATER;
    }
    return Entry.NO_ROOM;
  }

  private int limit() {
    return Math.max(1, (int) limit);
  }

  /// Who goes on in the seat of one that is through.
  synchronized @Nullable Waiting next() {
    var next = used > limit() ? null : waiting.poll();
    if (next == null) {
      used--;
    } else {
      begun++;
    }
    return next;
  }

  /// Gives a seat back whose lane has nothing more to send but is not written down yet; not when as
  /// many as are allowed at once are not, so that little is sent twice when this hub dies.
  synchronized boolean leave() {
    if (unwritten >= limit()) {
      return false;
    }
    unwritten++;
    used--;
    return true;
  }

  /// One whose seat was left is through.
  synchronized void written() {
    unwritten--;
  }

  /// One that waits and for which there is room beside those at work.
  synchronized @Nullable Waiting another() {
    if (used >= limit() || waiting.isEmpty()) {
      return null;
    }
    used++;
    begun++;
    return waiting.poll();
  }

  /// It is too much for the endpoint.
  ///
  /// @param now of [System#nanoTime]
  synchronized void shrink(long now) {
    if (shrunkAt == 0 || now - shrunkAt > ONE_WORD) {
      limit = Math.max(1, limit / 2);
      shrunkAt = now;
    }
  }

  /// It took one more.
  synchronized void grow() {
    limit = Math.min(most, limit + 1 / Math.max(1, limit));
  }

  /// For how long the next request has to wait, in nanoseconds; its place is taken then.
  ///
  /// @param now of [System#nanoTime]
  synchronized long reserve(long now) {
    if (perSecond == 0) {
      return 0;
    }
    long at = nextSlot == 0 || nextSlot - now < 0 ? now : nextSlot;
    nextSlot = at + TimeUnit.SECONDS.toNanos(1) / perSecond;
    return at - now;
  }

  /// How many more lanes to look for.
  ///
  /// @param now of [System#nanoTime]
  synchronized int free(long now) {
    long past = now - since;
    if (past >= LOOK / 4) {
      few = (int) Math.clamp(begun * LOOK / past, FEW, MOST_FEW);
      begun = 0;
      since = now;
    }
    return waiting.size() < few ? Math.max(0, limit() - used) + few - waiting.size() : 0;
  }

  /// Told once, when less than half of what a look for work brings is left.
  synchronized boolean runsDry() {
    boolean dry = waiting.size() <= few / 2;
    boolean told = dry && !dryTold;
    dryTold = dry;
    return told;
  }

  /// Takes one back that was let in and could not be begun.
  synchronized void back(Waiting first) {
    used--;
    waiting.addFirst(first);
  }

  /// Those that wait; nobody does any more.
  synchronized List<Waiting> clear() {
    var all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  synchronized boolean isRoomy() {
    return waiting.size() < WAITING / 2;
  }

  /// How many seats there are, as it stands.
  synchronized int width() {
    return limit();
  }
}
