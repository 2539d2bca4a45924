package dev.porchlight.store.postgres;

import dev.porchlight.store.Engine;
import dev.porchlight.store.StoreContractTest;
import java.time.Clock;

class PostgresStoreTest extends StoreContractTest {
  private static final String DATABASE = TestPostgres.newDatabase();
  private final String url = TestPostgres.emptied(DATABASE);

  @Override
  protected Engine open(Clock clock) {
    return PostgresEngine.open(url, clock);
  }
}
