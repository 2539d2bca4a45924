package dev.porchlight.api;

import dev.porchlight.access.Answered;
import dev.porchlight.access.Secrets;
import dev.porchlight.desk.erasure.ErasurePlace;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The answers that are kept for a day for requests with an `Idempotency-Key`, and for forms: those
/// that show an erased person are emptied, with the hash of their request. The key stays used, so
/// that nothing is done twice. A form that is being taken meanwhile may answer with a page that was
/// made before: it is not kept.
///
/// What is added comes behind what was there, as none has an earlier time: so one look goes on
/// where the last ended. May be shared by threads.
final class KeptAnswers implements ErasurePlace {
  private static final Logger LOG = LoggerFactory.getLogger(KeptAnswers.class);

  /// Whole pages of the console are among them.
  private static final int PAGE = 20;

  private static final int KEPT = 16;

  /// No form is being taken for so long.
  private static final Duration LONGEST = Duration.ofHours(1);

  private record Key(String principal, String name) {}

  /// What was found for whom, and up to which time.
  private static final class Found {
    private long until = Long.MIN_VALUE;
    private final Set<Key> theirs = new HashSet<>();
  }

  private final Store store;
  private final Secrets secrets;
  private final Map<Subject, Found> found =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Subject, Found> eldest) {
          return size() > KEPT;
        }
      };

  KeptAnswers(Store store, Secrets secrets) {
    this.store = store;
    this.secrets = secrets;
  }

  /// How many answers have the newest time: any that is added changes this, as none that is dropped
  /// is of that time.
  @Override
  public String stamp(Handle h) {
    return h.createQuery(
            "SELECT COALESCE(MAX(at), 0), COUNT(*) FROM idempotent WHERE status <> 0 AND at ="
                + " (SELECT at FROM idempotent WHERE status <> 0 ORDER BY at DESC LIMIT 1)")
        .map((r, _) -> r.getLong(1) + " " + r.getLong(2))
        .one();
  }

  private synchronized Found known(Subject subject) {
    return found.computeIfAbsent(subject, _ -> new Found());
  }

  private synchronized void forget(Subject subject) {
    found.remove(subject);
  }

  @Override
  public void search(Subject subject) {
    var known = known(subject);
    synchronized (known) {
      var place = new Place(known.until);
      while (store.read(h -> page(h, subject, known, place))) {}
    }
  }

  @Override
  public Consumer<Batch> look(Handle h, Subject subject) {
    var known = known(subject);
    Set<Key> theirs;
    synchronized (known) {
      var place = new Place(known.until);
      while (page(h, subject, known, place)) {}
      theirs = Set.copyOf(known.theirs);
    }
    return batch -> {
      for (var key : theirs) {
        var answer = batch.find(Answered.TABLE, key.principal(), key.name());
        if (answer != null) {
          batch.put(Answered.TABLE, answer.emptied());
        }
      }
      for (var key : open(batch.sql(), batch.now())) {
        var claim = batch.find(Answered.TABLE, key.principal(), key.name());
        if (claim != null) {
          batch.put(Answered.TABLE, claim.notToBeKept());
        }
      }
      // What they are recognised by does not stay in memory either.
      batch.afterCommit(() -> forget(subject));
    };
  }

  private static List<Key> open(Handle h, Instant now) {
    return h.createQuery(
            "SELECT principal, name FROM idempotent WHERE status = 0 AND request_hash <> ''"
                + " AND at >= :t")
        .bind("t", Row.micros(now.minus(LONGEST)))
        .map((r, _) -> new Key(r.getString(1), r.getString(2)))
        .list();
  }

  /// Where one look is.
  private static final class Place {
    private long at;
    private Key key = new Key("", "");

    /// Begins with those of that time again: some may have been added.
    Place(long at) {
      this.at = at;
    }
  }

  /// Looks through some; whether there may be more.
  private boolean page(Handle h, Subject subject, Found known, Place place) {
    var page =
        h.createQuery(
                "SELECT "
                    + Answered.TABLE.columnList()
                    + " FROM idempotent WHERE at >= :a AND status <> 0 AND (at > :a"
                    + " OR principal > :p OR principal = :p AND name > :n)"
                    + " ORDER BY at, principal, name LIMIT "
                    + PAGE)
            .bind("a", place.at)
            .bind("p", place.key.principal())
            .bind("n", place.key.name())
            .map((r, _) -> Answered.TABLE.read(new Row(r)))
            .list();
    for (var answer : page) {
      var key = new Key(answer.principal(), answer.name());
      if (!answer.isEmptied() && !known.theirs.contains(key) && shows(answer, subject)) {
        known.theirs.add(key);
      }
      place.at = Row.micros(answer.at());
      place.key = key;
      known.until = place.at;
    }
    return page.size() == PAGE;
  }

  private boolean shows(Answered answer, Subject subject) {
    String text;
    try {
      text = answer.open(secrets);
    } catch (RuntimeException e) {
      // Sealed with a key that is gone: nobody can read it, and nobody will.
      LOG.warn("A kept answer can't be opened; it is emptied", e);
      return true;
    }
    return shows(text, subject) || shows(plain(answer, text), subject);
  }

  private static boolean shows(String text, Subject subject) {
    return subject.particulars().name(text) || subject.ids().stream().anyMatch(text::contains);
  }

  /// A page as it is read, where the answer to a form is one, and JSON without what is escaped in
  /// it.
  private static String plain(Answered answer, String text) {
    return (answer.isOfForm() ? Json.tree(text).path("text").asString("") : text)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("\\\"", "\"")
        .replace("\\\\", "\\")
        .replace("&amp;", "&");
  }
}
