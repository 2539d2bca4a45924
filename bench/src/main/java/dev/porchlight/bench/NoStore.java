package dev.porchlight.bench;

import dev.porchlight.filter.Dialect;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreState;
import dev.porchlight.store.Unit;
import dev.porchlight.store.WorkQueue;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// A store that keeps nothing: units run on the caller's thread over no rows, and no writer, no
/// queue and no disk is involved. Settings and reads are those of a real store.
final class NoStore implements Store {
  private final Store real;

  NoStore(Store real) {
    this.real = real;
  }

  @Override
  public <T> T write(WorkQueue queue, Unit<T> unit) {
    return unit.run(new EmptyBatch(real.settings(), real.now()));
  }

  @Override
  public <T> T read(Function<Handle, T> query) {
    return real.read(query);
  }

  @Override
  public Dialect dialect() {
    return real.dialect();
  }

  @Override
  public Settings settings() {
    return real.settings();
  }

  @Override
  public Instant now() {
    return real.now();
  }

  @Override
  public AutoCloseable follow(Consumer<List<LogEntry>> listener) {
    return () -> {};
  }

  @Override
  public boolean alone() {
    return real.alone();
  }

  @Override
  public boolean isHanging() {
    return false;
  }

  @Override
  public StoreState state() {
    return real.state();
  }

  @Override
  public void close() {}
}
