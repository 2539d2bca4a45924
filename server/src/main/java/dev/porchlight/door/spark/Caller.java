package dev.porchlight.door.spark;

import dev.porchlight.access.spark.SparkKey;
import dev.porchlight.access.spark.SparkRole;
import dev.porchlight.account.Node;
import dev.porchlight.account.Scope;
import java.util.Optional;

/// Who asks.
///
/// @param key which client it is
/// @param account for whom it acts: a member, an office, a company or an MLS
/// @param contact of a consumer: the id of their own contact, which `/my/contact` is
/// @param scope the offices of that account: its own, or those below it
record Caller(SparkKey key, Node account, Optional<String> contact, Scope scope) {
  SparkRole role() {
    return key.role();
  }

  /// Names them in the log.
  String id() {
    return "spark-key " + key.id() + " for " + contact.orElse(account.id());
  }

  /// The most items on a page: 1,000 for keys that replicate.
  int largestPage(int usual) {
    return key.replication() ? 1000 : usual;
  }
}
