package dev.porchlight.access;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.sign.Passwords;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.Optional;

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

  /// The member who has that name and that password. Takes as long for a name that nobody has.
  public Optional<Node> find(String name, String password) {
    if (password.length() > Passwords.LONGEST) {
      return Optional.empty();
    }
    var nodes = Nodes.in(store.settings());
    var member = named(nodes, name.strip());
    var known = member.flatMap(m -> read(m.id()));
    var matches =
        known.isPresent()
            ? Passwords.matches(password, known.get().hash())
            : Passwords.matchesNobody(password);
    return matches ? member : Optional.empty();
  }

  private Optional<Node> named(Nodes nodes, String name) {
    var byId = nodes.find(name);
    if (byId.isPresent()) {
      return byId;
    }
    // An office may have the address of the one member who signs in with it.
    var byEmail =
        nodes.all().stream()
            .filter(n -> name.equalsIgnoreCase(n.email()))
            .limit(MOST_OF_ONE_ADDRESS)
            .filter(n -> read(n.id()).isPresent())
            .toList();
    return byEmail.size() == 1 ? Optional.of(byEmail.getFirst()) : Optional.empty();
  }

  private Optional<Known> read(String member) {
    return store.read(h ->
        h.createQuery(
                "SELECT " + Known.TABLE.columnList() + " FROM member_password WHERE member_id = :m")
            .bind("m", member)
            .map((r, _) -> Known.TABLE.read(new Row(r)))
            .findOne());
  }
}
