package dev.porchlight.access;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.value.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a member is at the console. A member without one can't sign in there.
///
/// @param member the member's id
/// @param node where: of an administrator or manager the node whose subtree they see, null for the
///   whole hub; an agent has none
public record ConsoleRole(String member, Kind kind, @Nullable String node) {
  /// The kind of setting that holds roles, by member.
  public static final String SETTING = "console-role";

  /// What somebody may do.
  public enum Kind {
    /// Everything, within the subtree.
    ADMINISTRATOR(Permission.ADMIN),
    /// See all in the subtree and work on it.
    MANAGER(Permission.WORK),
    /// See the own contacts and their leads, and work on them.
    AGENT(Permission.WORK);

    private final Permission permission;

    Kind(Permission permission) {
      this.permission = permission;
    }

    public Permission permission() {
      return permission;
    }

    /// The word in the API.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException for another word
    public static Kind of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  public ConsoleRole {
    if (kind == Kind.AGENT && node != null) {
      throw new IllegalArgumentException("an agent sees what is their own, at no node");
    }
  }

  private static boolean isThere(Settings settings, String member) {
    return Nodes.in(settings).find(member).filter(n -> !n.isEnded()).isPresent();
  }

  /// The role of a member; empty when there is none, or no such member any more.
  public static Optional<ConsoleRole> find(Settings settings, String member) {
    return settings
        .find(SETTING, member)
        .map(s -> Json.read(s.body(), ConsoleRole.class))
        .filter(_ -> isThere(settings, member));
  }

  /// All of them.
  public static List<ConsoleRole> list(Settings settings) {
    return settings.all(SETTING).stream()
        .map(s -> Json.read(s.body(), ConsoleRole.class))
        .filter(r -> isThere(settings, r.member()))
        .toList();
  }

  /// Whether somebody can sign in who may set everything up.
  public static boolean isSetUp(Settings settings) {
    return list(settings).stream().anyMatch(r -> r.kind() == Kind.ADMINISTRATOR);
  }

  /// What is wrong with it, as a sentence; empty when nothing is.
  public Optional<String> objection(Nodes nodes) {
    if (nodes.find(member).filter(n -> n.kind() == Node.Kind.MEMBER).isEmpty()) {
      return Optional.of("Only a member has a role at the console.");
    }
    if (nodes.get(member).isEnded()) {
      return Optional.of("A member who has ended has no role at the console.");
    }
    if (node != null
        && nodes
            .find(node)
            .filter(n -> n.kind() != Node.Kind.MEMBER && n.kind() != Node.Kind.TEAM)
            .isEmpty()) {
      return Optional.of("A role is held at an MLS, a company or an office.");
    }
    return Optional.empty();
  }

  /// What whoever has it may see.
  public Scope scope(Settings settings) {
    return switch (kind) {
      case ADMINISTRATOR, MANAGER -> node == null ? Scope.EVERYTHING : Scope.at(settings, node);
      case AGENT -> Scope.ownOf(settings, member);
    };
  }

  /// Whoever has it, as the one who acts.
  public Principal principal(Settings settings) {
    return new Principal("member " + member, kind.permission(), scope(settings), null);
  }

  /// Whether a scope covers all that whoever has it sees.
  public boolean isWithin(Scope scope, Settings settings) {
    return scope.everything()
        || kind == Kind.AGENT
        || node != null && scope.containsNode(Nodes.in(settings), node);
  }

  /// Whether a scope covers all that a member sees. Whoever could change the role or the password
  /// of somebody who sees more than they do, would soon see as much.
  public static boolean isWithin(Scope scope, Settings settings, String member) {
    return find(settings, member).map(r -> r.isWithin(scope, settings)).orElse(true);
  }

  /// Sets it within a unit, and ends what the member was signed in with.
  public void put(Batch batch) {
    batch.change(SETTING, member, Json.write(this));
    ConsoleSessions.endAll(batch, member);
  }

  /// Takes a member's role away within a unit, and signs them out.
  public static void remove(Batch batch, String member) {
    batch.change(SETTING, member, null);
    ConsoleSessions.endAll(batch, member);
  }
}
