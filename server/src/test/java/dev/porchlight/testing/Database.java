package dev.porchlight.testing;

import dev.porchlight.HubConfig;
import dev.porchlight.store.postgres.TestPostgres;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/// What a hub keeps its data in. Test classes that speak to hubs run [on each][OnEveryDatabase].
public enum Database {
  /// A file in the hub's folder.
  SQLITE,
  /// A new database of the run's PostgreSQL server for each hub.
  POSTGRESQL;

  /// A setup in a folder.
  public TestHub.Setup in(Path folder) {
    return TestHub.in(folder).config(config());
  }

  /// Starts a hub as it is by default.
  public TestHub start(Path folder) {
    return in(folder).start();
  }

  /// Puts a hub on it, on an empty one; always the same one.
  public UnaryOperator<HubConfig> config() {
    return switch (this) {
      case SQLITE -> UnaryOperator.identity();
      case POSTGRESQL -> {
        var url = TestPostgres.newHubDatabase();
        yield config -> config.withDatabase(url, config.hubNumber());
      }
    };
  }
}
