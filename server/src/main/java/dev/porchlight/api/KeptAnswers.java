package dev.porchlight.api;

import dev.porchlight.access.KeptAnswer;
import dev.porchlight.access.Secrets;
import dev.porchlight.desk.erasure.ErasurePlace;
import dev.porchlight.desk.erasure.Searches;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

  /// No form is being taken for so long.
  private static final Duration LONGEST = Duration.ofHours(1);

  private record Key(String principal, String name) {}

  private final Store store;
  private final Secrets secrets;
  private final Searches<Key> searches =
      new Searches<>((subject, found) -> new Walk(subject, found)::page);

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

  @Override
  public void search(Subject subject) {
    searches.search(store, subject);
  }

  @Override
  public Consumer<Batch> look(Handle h, Subject subject) {
    var theirs = searches.look(h, subject);
    return batch -> {
      for (var key : theirs) {
        var answer = batch.find(KeptAnswer.TABLE, key.principal(), key.name());
        if (answer != null) {
          batch.put(KeptAnswer.TABLE, answer.emptied());
        }
      }
      for (var key : open(batch.sql(), batch.now())) {
        var claim = batch.find(KeptAnswer.TABLE, key.principal(), key.name());
        if (claim != null) {
          batch.put(KeptAnswer.TABLE, claim.notToBeKept());
        }
      }
      searches.forget(batch, subject);
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

  /// One look: through those of the last one's time again, as some may have been added, and on.
  private final class Walk {
    private final Subject subject;
    private final Searches.Found<Key> found;
    private long at;
    private Key key = new Key("", "");

    Walk(Subject subject, Searches.Found<Key> found) {
      this.subject = subject;
      this.found = found;
      at = found.reached();
    }

    /// Looks through some; whether there may be more.
    boolean page(Handle h) {
      var page =
          h.createQuery(
                  "SELECT "
                      + KeptAnswer.TABLE.columnList()
                      + " FROM idempotent WHERE at >= :a AND status <> 0 AND (at > :a"
                      + " OR principal > :p OR principal = :p AND name > :n)"
                      + " ORDER BY at, principal, name LIMIT "
                      + PAGE)
              .bind("a", at)
              .bind("p", key.principal())
              .bind("n", key.name())
              .map((r, _) -> KeptAnswer.TABLE.read(new Row(r)))
              .list();
      for (var answer : page) {
        key = new Key(answer.principal(), answer.name());
        if (!answer.isEmptied() && !found.has(key) && shows(answer, subject)) {
          found.add(key);
        }
        at = Row.micros(answer.at());
        found.reached(at);
      }
      return page.size() == PAGE;
    }
  }

  private boolean shows(KeptAnswer answer, Subject subject) {
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
  private static String plain(KeptAnswer answer, String text) {
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
