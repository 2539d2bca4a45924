package dev.porchlight;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// What a hub is known by: the secret key that its database was set up with, and the name that it
/// and those that share its database have on the trails of leads.
final class HubIdentity {
  private HubIdentity() {}

  static @Nullable String fingerprint(Store store) {
    return store
        .settings()
        .find("hub", "secret-key")
        .map(s -> Json.tree(s.body()).path("fingerprint").asString())
        .orElse(null);
  }

  /// Notes the key with which the database is set up, if it is new.
  ///
  /// @throws IllegalStateException when another hub was first, with another key
  static void keepFingerprint(Store store, String fingerprint) {
    if (fingerprint(store) == null) {
      var body = Json.object();
      body.put("fingerprint", fingerprint);
      store.write(
          WorkQueue.EDITS,
          batch -> {
            var there = batch.settings().find("hub", "secret-key");
            // Another hub may have been first; then a different key must not pass for its own.
            if (there.isPresent()
                && !Json.tree(there.get().body())
                    .path("fingerprint")
                    .asString()
                    .equals(fingerprint)) {
              throw new IllegalStateException(
                  "Another hub has just set this database up with another secret key: give both"
                      + " the same one");
            }
            return there.isPresent()
                ? there.get()
                : batch.change("hub", "secret-key", body.toString());
          });
    }
  }

  /// What the hub, and those that share its database, is called on the trails of leads.
  static String name(Store store) {
    var first =
        Nodes.in(store.settings()).all().stream()
            .filter(n -> n.kind() == Node.Kind.MLS)
            .map(Node::id)
            .min(Comparator.naturalOrder())
            .orElse("");
    return Draw.named("hub", String.valueOf(fingerprint(store)), first);
  }
}
