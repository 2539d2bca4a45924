package dev.porchlight.door.spark;

import static dev.porchlight.access.spark.SparkRole.IDX;
import static dev.porchlight.access.spark.SparkRole.PORTAL;
import static dev.porchlight.access.spark.SparkRole.PRIVATE;
import static dev.porchlight.access.spark.SparkRole.PUBLIC;
import static dev.porchlight.access.spark.SparkRole.VOW;

import dev.porchlight.access.spark.SparkRole;
import java.util.Set;

/// The contract's sets of roles, by what their holders have in common.
final class Roles {
  static final Set<SparkRole> ALL = Set.of(SparkRole.values());
  static final Set<SparkRole> CONSUMERS = Set.of(VOW, PORTAL);

  /// Who reads an agent's contacts.
  static final Set<SparkRole> READERS = Set.of(IDX, PUBLIC, PRIVATE);

  /// Who writes them.
  static final Set<SparkRole> WRITERS = Set.of(IDX, PRIVATE);

  static final Set<SparkRole> AGENTS = Set.of(PRIVATE);

  private Roles() {}
}
