package dev.porchlight.desk.erasure;

import dev.porchlight.desk.erasure.ErasurePlace.Subject;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/// How far a place was looked through for each of the last few subjects, and what was found: an
/// erasure that has to look again goes on from there. May be shared by threads.
///
/// @param <K> by what is found there is known
public final class Searches<K> {
  private static final int KEPT = 16;

  /// How a place is looked through, page by page.
  ///
  /// @param <K> by what is found there is known
  @FunctionalInterface
  public interface Pages<K> {
    /// Begins where the last look ended.
    ///
    /// @return what looks through one page and says whether there may be more
    Predicate<Handle> from(Subject subject, Found<K> found);
  }

  /// What was found for whom, and how far. Only for whoever looks.
  ///
  /// @param <K> by what is found there is known
  public static final class Found<K> {
    private long reached = Long.MIN_VALUE;
    private final Set<K> theirs = new HashSet<>();

    private Found() {}

    /// How far all was looked through.
    public long reached() {
      return reached;
    }

    /// Notes how far that is.
    public void reached(long place) {
      reached = place;
    }

    public boolean has(K key) {
      return theirs.contains(key);
    }

    public void add(K key) {
      theirs.add(key);
    }
  }

  private final Pages<K> pages;
  private final Map<Subject, Found<K>> bySubject =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Subject, Found<K>> eldest) {
          return size() > KEPT;
        }
      };

  public Searches(Pages<K> pages) {
    this.pages = pages;
  }

  /// Looks through all, each page in a read of its own: [ErasurePlace#search].
  public void search(Store store, Subject subject) {
    var found = of(subject);
    synchronized (found) {
      var page = pages.from(subject, found);
      boolean more = true;
      while (more) {
        more = store.read(page::test);
      }
    }
  }

  /// Looks through what is left, and gives all that was found.
  public Set<K> look(Handle h, Subject subject) {
    var found = of(subject);
    synchronized (found) {
      var page = pages.from(subject, found);
      boolean more = true;
      while (more) {
        more = page.test(h);
      }
      return Set.copyOf(found.theirs);
    }
  }

  /// Sees to it that nothing of a subject is known here any more once this unit is on disk: what
  /// they are recognised by does not stay in memory either.
  public void forget(Batch batch, Subject subject) {
    batch.afterCommit(() -> forget(subject));
  }

  private synchronized Found<K> of(Subject subject) {
    return bySubject.computeIfAbsent(subject, _ -> new Found<>());
  }

  private synchronized void forget(Subject subject) {
    bySubject.remove(subject);
  }
}
