package dev.porchlight.bench;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Setting;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Table;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// A batch over no rows, whose changes go nowhere.
final class EmptyBatch implements Batch {
  private final Settings settings;
  private final Instant now;
  private long seq;

  EmptyBatch(Settings settings, Instant now) {
    this.settings = settings;
    this.now = now;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public <R> @Nullable R find(Table<R> table, Object... key) {
    return null;
  }

  @Override
  public <R> void put(Table<R> table, R row) {}

  @Override
  public void delete(Table<?> table, Object... key) {}

  @Override
  public long append(String kind, String subject, String ref) {
    return ++seq;
  }

  @Override
  public void resumeAt(long next) {
    seq = next - 1;
  }

  @Override
  public Settings settings() {
    return settings;
  }

  @Override
  public Setting change(String kind, String id, @Nullable String body) {
    throw new UnsupportedOperationException("no settings are changed under load");
  }

  @Override
  public Handle sql() {
    throw new UnsupportedOperationException("there is no database");
  }

  @Override
  public void flush() {}

  @Override
  public void afterCommit(Runnable action) {}

  @Override
  public boolean giveBackSpace() {
    return false;
  }

  @Override
  public void leaveNoTrace() {}
}
