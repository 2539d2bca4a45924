package dev.porchlight.store.sqlite;

import dev.porchlight.store.Engine;
import dev.porchlight.store.StoreContractTest;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContractTest {
  @TempDir Path folder;

  @Override
  protected Engine open(Clock clock) {
    return SqliteEngine.open(folder, clock);
  }
}
