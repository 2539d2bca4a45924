package dev.porchlight.door.spark;

import dev.porchlight.access.spark.SparkKey;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.person.Portal;
import dev.porchlight.person.PortalAccount;
import dev.porchlight.sign.Passwords;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.util.Optional;

/// The names and passwords of portal accounts. A portal that is switched off lets nobody in; an
/// owner who has none has accounts all the same.
final class PortalLogins implements Logins {
  private final Store store;

  PortalLogins(Store store) {
    this.store = store;
  }

  @Override
  public Optional<Person> find(SparkKey key, String name, String password) {
    return owner(store, key)
        .filter(o -> Portal.find(store, o).filter(p -> !p.enabled()).isEmpty())
        .flatMap(o -> find(o, name, password));
  }

  /// Whose portal a key's consumers sign in at.
  static Optional<String> owner(Store store, SparkKey key) {
    var nodes = Nodes.in(store.settings());
    return nodes
        .find(key.member())
        .map(n -> (n.kind() == Node.Kind.OFFICE ? nodes.frontDeskOf(n) : n).id());
  }

  /// Whose name and password these are at the portal of that owner; noted as a sign-in. Takes as
  /// long for a name that nobody has.
  Optional<Person> find(String owner, String name, String password) {
    if (password.length() > Passwords.LONGEST) {
      return Optional.empty();
    }
    var account =
        PortalAccount.findByLogin(store, owner, name.strip()).filter(PortalAccount::enabled);
    var hash = account.map(PortalAccount::passwordHash);
    boolean matches =
        hash.isPresent()
            ? Passwords.matches(password, hash.get())
            : Passwords.matchesNobody(password);
    if (!matches || account.isEmpty()) {
      return Optional.empty();
    }
    var contact = account.get().contactId();
    store.write(
        WorkQueue.EDITS,
        batch -> {
          PortalAccount.find(batch, contact).ifPresent(a -> a.signedIn(batch.clock()).touch(batch));
          return true;
        });
    return Optional.of(new Person(owner, contact));
  }
}
