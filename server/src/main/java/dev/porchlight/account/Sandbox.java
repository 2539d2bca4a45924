package dev.porchlight.account;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.value.Json;
import java.util.Optional;

/// The account root where trying out happens: an Mls of its own, with a company and an office. No
/// person and no lead of it meets those of any other root. It is made when it is first needed.
///
/// @param mls its root
/// @param office where its leads land when nothing says otherwise
public record Sandbox(String mls, String office) {
  private static final String SETTING = "sandbox";
  private static final String ROOT = "root";

  /// The sandbox, when there is one.
  public static Optional<Sandbox> find(Settings settings) {
    return settings.find(SETTING, ROOT).map(s -> Json.read(s.body(), Sandbox.class));
  }

  /// Whether a node lies in the sandbox.
  public static boolean contains(Settings settings, String node) {
    return find(settings).filter(s -> Nodes.in(settings).isWithin(node, s.mls())).isPresent();
  }

  /// New ids for a sandbox, drawn before the unit that may make it.
  public record Ids(String mls, String company, String office, String desk) {}

  /// The sandbox, made within a unit where there is none.
  public static Sandbox ensure(Batch batch, Ids ids) {
    var there = find(batch.settings());
    if (there.isPresent()) {
      return there.get();
    }
    Nodes.put(batch, new Node(ids.mls(), Node.Kind.MLS, null, "Sandbox", null, null));
    Nodes.put(
        batch,
        new Node(ids.company(), Node.Kind.COMPANY, ids.mls(), "Sandbox company", null, null));
    Nodes.put(
        batch,
        new Node(
            ids.office(), Node.Kind.OFFICE, ids.company(), "Sandbox office", null, ids.desk()));
    Nodes.put(
        batch,
        new Node(ids.desk(), Node.Kind.MEMBER, ids.office(), "Sandbox front desk", null, null));
    var sandbox = new Sandbox(ids.mls(), ids.office());
    batch.change(SETTING, ROOT, Json.write(sandbox));
    return sandbox;
  }
}
