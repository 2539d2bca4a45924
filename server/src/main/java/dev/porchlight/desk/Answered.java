package dev.porchlight.desk;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;

/// Leads that somebody says they have answered, as lines of the log.
public final class Answered {
  /// The kind of line; its reference is who said so.
  public static final String KIND = "lead.answered";

  private final Store store;
  private final Leads leads;

  public Answered(Store store, Leads leads) {
    this.store = store;
    this.leads = leads;
  }

  /// Marks a lead; one that is marked stays as it is.
  ///
  /// @param by the principal's id
  /// @return false when there is no such lead within that scope
  public boolean mark(Scope scope, String lead, String by) {
    if (leads.find(scope, lead).isEmpty()) {
      return false;
    }
    store.write(
        WorkQueue.EDITS,
        batch -> {
          boolean marked =
              batch
                  .sql()
                  .createQuery("SELECT 1 FROM log WHERE subject = :lead AND kind = :kind LIMIT 1")
                  .bind("lead", lead)
                  .bind("kind", KIND)
                  .mapTo(Integer.class)
                  .findOne()
                  .isPresent();
          if (!marked) {
            batch.append(KIND, lead, by);
          }
          return true;
        });
    return true;
  }
}
