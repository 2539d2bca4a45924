package dev.porchlight.door.spark;

import dev.porchlight.account.Nodes;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Contacts;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import java.util.Optional;

/// Whose searches, carts and feeds a caller reaches: their own, and for agents those of the
/// contacts that they own.
final class Holders {
  private final Store store;
  private final Contacts contacts;

  Holders(Store store) {
    this.store = store;
    contacts = new Contacts(store);
  }

  static SparkException missing() {
    return new SparkException(SparkFault.NOT_FOUND);
  }

  /// The account whose contacts a caller has; of a consumer, the one who has them.
  String account(Caller caller) {
    return ContactResources.owner(caller, Nodes.in(store.settings()));
  }

  /// The caller's own: a consumer's is their contact.
  ///
  /// @throws SparkException 404 for a consumer without a contact
  String own(Caller caller) {
    return caller.role().isConsumer()
        ? caller
            .contact()
            .filter(c -> contacts.findOwner(c).isPresent())
            .orElseThrow(Holders::missing)
        : account(caller);
  }

  /// The contact in the path, which must be the caller's.
  ///
  /// @throws SparkException 404 when it is not
  String contact(SparkCall call) {
    return contacts
        .find(account(call.caller()), call.path("id"))
        .orElseThrow(Holders::missing)
        .contact()
        .id();
  }

  /// Whether a caller reaches what somebody holds. Sites reach what is their agent's own, and
  /// nothing that contacts hold.
  boolean reaches(Caller caller, String holder) {
    return switch (caller.role()) {
      case IDX, PUBLIC -> holder.equals(account(caller));
      case VOW, PORTAL -> caller.contact().filter(holder::equals).isPresent();
      case PRIVATE -> {
        var account = account(caller);
        yield holder.equals(account)
            || contacts.findOwner(holder).filter(account::equals).isPresent();
      }
    };
  }

  /// The same within a unit, for whoever writes.
  static boolean reaches(Batch batch, Caller caller, String account, String holder) {
    return caller.role().isConsumer()
        ? caller.contact().filter(holder::equals).isPresent() && contact(batch, holder).isPresent()
        : holder.equals(account)
            || contact(batch, holder).filter(c -> c.ownerId().equals(account)).isPresent();
  }

  private static Optional<Contact> contact(Batch batch, String id) {
    return Persons.findContact(batch, id);
  }

  /// Whether that is a contact, and not an account.
  boolean isContact(String holder) {
    return Nodes.in(store.settings()).find(holder).isEmpty();
  }

  /// Whom a holder's things are shown to belong to: the contact itself, or the account that has
  /// them in hand for it.
  String shownOwner(Caller caller, String holder, String maker) {
    if (maker.equals(holder)) {
      return holder;
    }
    return caller.role().isConsumer() ? contacts.findOwner(holder).orElse(maker) : account(caller);
  }
}
