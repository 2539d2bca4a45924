package dev.porchlight.door.spark;

import dev.porchlight.access.spark.SparkKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells whose name and password these are, for the clients that ask for them.
@FunctionalInterface
interface Logins {
  /// Who proved it.
  ///
  /// @param account the member, or the agent whose consumer it is
  /// @param contact of a consumer: their own contact
  record Person(String account, @Nullable String contact) {}

  Optional<Person> find(SparkKey key, String name, String password);
}
