package dev.porchlight.store;

import dev.porchlight.filter.Dialect;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// Another store, for tests that watch or disturb some of what it does.
public abstract class ForwardingStore implements Store {
  private final Store store;

  protected ForwardingStore(Store store) {
    this.store = store;
  }

  @Override
  public <T> T write(WorkQueue queue, Unit<T> unit) {
    return store.write(queue, unit);
  }

  @Override
  public <T> T read(Function<Handle, T> query) {
    return store.read(query);
  }

  @Override
  public Dialect dialect() {
    return store.dialect();
  }

  @Override
  public Settings settings() {
    return store.settings();
  }

  @Override
  public Instant now() {
    return store.now();
  }

  @Override
  public AutoCloseable follow(Consumer<List<LogEntry>> listener) {
    return store.follow(listener);
  }

  @Override
  public boolean alone() {
    return store.alone();
  }

  @Override
  public StoreState state() {
    return store.state();
  }

  @Override
  public boolean isHanging() {
    return store.isHanging();
  }

  @Override
  public void close() {
    store.close();
  }
}
