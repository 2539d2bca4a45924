package dev.porchlight.api;

import dev.porchlight.access.Answered;
import dev.porchlight.access.Secrets;
import dev.porchlight.desk.erasure.ErasurePlace;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The answers that are kept for a day for requests with an `Idempotency-Key`, and for forms: those
/// that show an erased person are emptied, with the hash of their request. The key stays used, so
/// that nothing is done twice.
final class KeptAnswers implements ErasurePlace {
  private static final Logger LOG = LoggerFactory.getLogger(KeptAnswers.class);

  private final Secrets secrets;

  KeptAnswers(Secrets secrets) {
    this.secrets = secrets;
  }

  @Override
  public String stamp(Handle h) {
    return h.createQuery("SELECT COUNT(*), COALESCE(MAX(at), 0) FROM idempotent")
        .map((r, _) -> r.getLong(1) + " " + r.getLong(2))
        .one();
  }

  @Override
  public Consumer<Batch> look(Handle h, Subject subject) {
    var theirs =
        h
            .createQuery("SELECT " + Answered.TABLE.columnList() + " FROM idempotent")
            .map((r, _) -> Answered.TABLE.read(new Row(r)))
            .list()
            .stream()
            .filter(a -> !a.isEmptied() && shows(a, subject))
            .toList();
    return batch ->
        theirs.forEach(a -> {
          if (batch.find(Answered.TABLE, a.principal(), a.name()) != null) {
            batch.put(Answered.TABLE, a.emptied());
          }
        });
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
    return subject.particulars().name(text) || subject.ids().stream().anyMatch(text::contains);
  }
}
