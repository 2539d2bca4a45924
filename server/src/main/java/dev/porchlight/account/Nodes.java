package dev.porchlight.account;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Setting;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The account tree at one place in the log. Immutable.
public final class Nodes {
  private static final Function<Settings, Nodes> VIEW = Nodes::new;

  private final Map<String, Node> byId = new LinkedHashMap<>();

  private Nodes(Settings settings) {
    for (Setting setting : settings.all(Node.SETTING)) {
      byId.put(setting.id(), Node.of(setting));
    }
  }

  public static Nodes in(Settings settings) {
    return settings.view(VIEW);
  }

  public Optional<Node> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// @throws IllegalArgumentException when there is none
  public Node get(String id) {
    return find(id).orElseThrow(() -> new IllegalArgumentException("no node " + id));
  }

  public Collection<Node> all() {
    return byId.values();
  }

  /// The office made first: where things land when nobody names another.
  public Node defaultOffice() {
    return byId.values().stream()
        .filter(n -> n.kind() == Node.Kind.OFFICE)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no office yet"));
  }

  /// The office that a node is or lies in; empty above offices.
  public Optional<Node> officeOf(String id) {
    return above(id, Node.Kind.OFFICE);
  }

  /// The company that a node is or lies in.
  public Optional<Node> companyOf(String id) {
    return above(id, Node.Kind.COMPANY);
  }

  /// The account root that a node is or lies in.
  public Optional<Node> rootOf(String id) {
    return above(id, Node.Kind.MLS);
  }

  private Optional<Node> above(String id, Node.Kind kind) {
    for (var node = byId.get(id); node != null; node = parent(node)) {
      if (node.kind() == kind) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }

  private @Nullable Node parent(Node node) {
    return node.parent() == null ? null : byId.get(node.parent());
  }

  /// Whether a node is that ancestor or lies below it.
  public boolean isWithin(String id, String ancestor) {
    for (var node = byId.get(id); node != null; node = parent(node)) {
      if (node.id().equals(ancestor)) {
        return true;
      }
    }
    return false;
  }

  /// All offices that a node is or has below it; for a member or team, the office it lies in.
  public Set<String> officesWithin(String id) {
    var own = officeOf(id);
    if (own.isPresent()) {
      return Set.of(own.get().id());
    }
    return byId.values().stream()
        .filter(n -> n.kind() == Node.Kind.OFFICE && isWithin(n.id(), id))
        .map(Node::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  public List<Node> childrenOf(String id) {
    return byId.values().stream().filter(n -> id.equals(n.parent())).toList();
  }

  /// The member who owns what an office has not assigned.
  public Node frontDeskOf(Node office) {
    if (office.frontDesk() == null) {
      throw new IllegalStateException("office " + office.id() + " has no front desk");
    }
    return get(office.frontDesk());
  }

  /// Makes the first tree, so that a small user never sees the upper levels, whole or not at all;
  /// does nothing when there is one.
  public static void makeDefaults(Store store, int hub) {
    if (!in(store.settings()).all().isEmpty()) {
      return;
    }
    var now = store.now();
    var mls = Draw.fresh(now, hub).digits();
    var company = Draw.fresh(now, hub).digits();
    var office = Draw.fresh(now, hub).digits();
    var desk = Draw.fresh(now, hub).digits();
    store.write(
        WorkQueue.EDITS,
        batch -> {
          if (!in(batch.settings()).all().isEmpty()) {
            return true;
          }
          put(batch, new Node(mls, Node.Kind.MLS, null, "Default MLS", null, null));
          put(batch, new Node(company, Node.Kind.COMPANY, mls, "Default company", null, null));
          add(batch, new Node(office, Node.Kind.OFFICE, company, "Default office", null, desk));
          return true;
        });
  }

  /// Makes an office together with its front desk.
  public static Node makeOffice(Store store, int hub, String company, String name) {
    var now = store.now();
    var office = Draw.fresh(now, hub).digits();
    var desk = Draw.fresh(now, hub).digits();
    return store.write(
        WorkQueue.EDITS,
        batch -> {
          var node = new Node(office, Node.Kind.OFFICE, company, name, null, desk);
          add(batch, node);
          return node;
        });
  }

  /// Whether a scope may put a new node of a kind below a parent.
  public boolean fits(Scope scope, Node.Kind kind, @Nullable String parent) {
    return kind == Node.Kind.MLS
        ? parent == null && scope.everything()
        : parent != null
            && find(parent)
                .filter(p -> scope.containsNode(this, p.id()) && kind.fitsBelow(p.kind()))
                .isPresent();
  }

  /// Adds a new node within a unit, and the front desk of an office.
  public static void add(Batch batch, Node node) {
    put(batch, node);
    if (node.frontDesk() != null) {
      put(batch, new Node(node.frontDesk(), Node.Kind.MEMBER, node.id(), "Front desk", null, null));
    }
  }

  /// Sets a node, new or changed.
  public static void put(Batch batch, Node node) {
    batch.change(Node.SETTING, node.id(), node.body());
  }
}
