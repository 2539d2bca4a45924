package dev.porchlight.store;

import dev.porchlight.filter.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// An engine whose commits can be made to fail, in each of the ways that a store must tell apart.
final class FaultyEngine implements Engine {
  private static final String STATE = "TEST1";

  private final Engine engine;

  /// How the next commits fail.
  private volatile Failure fault = Failure.OURS;

  /// How many more commits fail; each takes one away.
  private final AtomicInteger times = new AtomicInteger();

  FaultyEngine(Engine engine) {
    this.engine = engine;
  }

  void fail(Failure failure, int howOften) {
    fault = failure;
    times.set(howOften);
  }

  @Override
  public Connection writer() throws SQLException {
    return engine.writer();
  }

  @Override
  public Optional<Head> begin(Connection connection) throws SQLException {
    return engine.begin(connection);
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    failIfWanted();
    engine.commit(connection);
  }

  private void failIfWanted() throws SQLException {
    if (times.getAndDecrement() > 0) {
      throw new SQLException("a fault made by a test", STATE);
    }
  }

  @Override
  public Optional<Together> together() {
    return engine.together();
  }

  @Override
  public void leaveNoTrace(Connection connection) throws SQLException {
    engine.leaveNoTrace(connection);
  }

  @Override
  public void rollback(Connection connection) {
    engine.rollback(connection);
  }

  @Override
  public void probe(Connection connection) throws SQLException {
    failIfWanted();
    engine.probe(connection);
  }

  @Override
  public Dialect dialect() {
    return engine.dialect();
  }

  @Override
  public Failure classify(SQLException failure) {
    return STATE.equals(failure.getSQLState()) ? fault : engine.classify(failure);
  }

  @Override
  public boolean alone() {
    return engine.alone();
  }

  @Override
  public <T> T read(Function<Handle, T> query) {
    return engine.read(query);
  }

  @Override
  public Instant now() {
    return engine.now();
  }

  @Override
  public void close() {
    engine.close();
  }
}
