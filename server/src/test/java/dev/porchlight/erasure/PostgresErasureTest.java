package dev.porchlight.erasure;

import dev.porchlight.HubConfig;
import dev.porchlight.store.postgres.TestPostgres;

/// On PostgreSQL.
final class PostgresErasureTest extends ErasureContract {
  private final String url = TestPostgres.newDatabase();

  @Override
  HubConfig on(HubConfig config) {
    return config.withDatabase(url, 1);
  }
}
