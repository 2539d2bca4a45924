package dev.porchlight.access;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.sign.Passwords;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The passwords by which members prove who they are, where a page asks them. Set by an
/// administrator; a member's name is the id or the e-mail address. May be shared by threads.
public final class MemberPasswords {
  private record Known(String memberId, String hash, Instant at) {
    static final Table<Known> TABLE =
        Table.<Known>named("member_password")
            .key("member_id", Known::memberId)
            .column("hash", Known::hash)
            .column("at", Known::at)
            .readBy(r -> new Known(r.text(1), r.text(2), r.time(3)));
  }

  private static final int MOST_OF_ONE_ADDRESS = 10;

  private final Store store;

  public MemberPasswords(Store store) {
    this.store = store;
  }

  /// Sets a member's password within a unit; whoever was signed in at the console by the old one is
  /// so no longer.
  ///
  /// @param hash of [Passwords#hash], made outside the unit
  public static void set(Batch batch, String member, String hash) {
    batch.find(Known.TABLE, member);
    batch.put(Known.TABLE, new Known(member, hash, batch.now()));
    batch.append("member.password-set", member, "");
    ConsoleSessions.endAll(batch, member);
  }

  /// Takes a member's password away within a unit, and signs them out.
  public static void remove(Batch batch, String member) {
    if (batch.find(Known.TABLE, member) != null) {
      batch.delete(Known.TABLE, member);
    }
    ConsoleSessions.endAll(batch, member);
  }

  /// Whether the address of a node is the one by which somebody else signs in, or will: who has it
  /// must be given neither a password nor a role, or of two with one name the right one could not
  /// come in.
  public static boolean isTaken(Batch batch, Node node) {
    return isTaken(batch, node.id(), node.email());
  }

  /// The same of an address that the node is to have.
  public static boolean isTaken(Batch batch, String node, @Nullable String email) {
    return email != null
        && Nodes.in(batch.settings()).all().stream()
            .filter(n -> email.equalsIgnoreCase(n.email()) && !n.id().equals(node))
            .anyMatch(n -> canSignIn(batch, n.id()));
  }

  /// Whether a member has a password or a role.
  public static boolean canSignIn(Batch batch, String member) {
    return ConsoleRole.find(batch.settings(), member).isPresent()
        || batch.find(Known.TABLE, member) != null;
  }

  /// The member who has that name and that password. Takes as long for a name that nobody has.
  public Optional<Node> find(String name, String password) {
    if (password.length() > Passwords.LONGEST) {
      return Optional.empty();
    }
    var nodes = Nodes.in(store.settings());
    var known = named(nodes, name.strip());
    if (known.isEmpty()) {
      Passwords.matchesNobody(password);
      return Optional.empty();
    }
    // An address is one member's who signs in; where it came to be two's, the password tells.
    var fitting =
        known.stream()
            .filter(k -> Passwords.matches(password, k.hash()))
            .flatMap(k -> nodes.find(k.memberId()).stream())
            .filter(n -> !n.isEnded())
            .toList();
    return fitting.size() == 1 ? Optional.of(fitting.getFirst()) : Optional.empty();
  }

  private List<Known> named(Nodes nodes, String name) {
    var byId = nodes.find(name);
    if (byId.isPresent()) {
      return read(List.of(byId.get().id()));
    }
    var ids =
        nodes.all().stream().filter(n -> name.equalsIgnoreCase(n.email())).map(Node::id).toList();
    return ids.isEmpty() ? List.of() : read(ids);
  }

  private List<Known> read(List<String> members) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Known.TABLE.columnList()
                    + " FROM member_password WHERE member_id IN (<members>)"
                    + " ORDER BY at LIMIT :most")
            .bindList("members", members)
            .bind("most", MOST_OF_ONE_ADDRESS)
            .map((r, _) -> Known.TABLE.read(new Row(r)))
            .list());
  }
}
