package dev.porchlight.console;

import dev.porchlight.account.Nodes;
import dev.porchlight.person.Contact;
import dev.porchlight.person.ContactEdit;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.util.List;
import java.util.Set;

/// Passes a contact on to another member: by one rule, from whichever page.
public enum PassingOn {
  DONE,

  /// There is no such contact any more, or none that they may see.
  MISSING,

  /// Who was named is no member of the contact's office.
  REFUSED;

  /// Passes it on as it stands by then.
  public static PassingOn to(Store store, Visit visit, Contact contact, String owner) {
    var edit =
        new ContactEdit(Set.of(), null, null, null, List.of(), List.of(), List.of(), owner, null);
    return store.write(
        WorkQueue.EDITS,
        batch -> {
          var now =
              Persons.findContact(batch, contact.id())
                  .filter(c -> visit.scope().containsContact(c.officeId(), c.ownerId()))
                  .filter(c -> !Persons.isErased(batch, c.personId()));
          if (now.isEmpty()) {
            return MISSING;
          }
          if (!ContactEdits.mayOwn(Nodes.in(batch.settings()), owner, now.get().officeId())) {
            return REFUSED;
          }
          ContactEdits.edit(batch, now.get(), edit, visit.principal().id(), batch.now());
          return DONE;
        });
  }
}
