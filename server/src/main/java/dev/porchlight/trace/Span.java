package dev.porchlight.trace;

import org.jspecify.annotations.Nullable;

/// One thing that happens, from its start to its end. Where nothing is exported it is nothing, and
/// stands at the place of its parent.
public interface Span {
  /// What it is to its neighbours.
  enum Kind {
    SERVER,
    INTERNAL,
    CLIENT
  }

  /// Where it stands; null when there is no trace at all.
  @Nullable TraceContext context();

  /// Notes something of it. Never anything that a person is known by.
  Span with(String key, String value);

  /// Notes a number.
  Span with(String key, long value);

  /// It did not go well.
  Span failed();

  /// It is over.
  void end();

  /// A part of it that is over already.
  ///
  /// @param startNanos by [System#nanoTime]
  /// @param endNanos likewise
  void part(String name, long startNanos, long endNanos, String key, long value);

  /// One that is nothing.
  static Span nothing(@Nullable TraceContext parent) {
    return parent == null ? Nothing.WITHOUT : new Nothing(parent);
  }

  /// Where nothing is exported.
  record Nothing(@Nullable TraceContext context) implements Span {
    private static final Nothing WITHOUT = new Nothing(null);

    @Override
    public Span with(String key, String value) {
      return this;
    }

    @Override
    public Span with(String key, long value) {
      return this;
    }

    @Override
    public Span failed() {
      return this;
    }

    @Override
    public void end() {}

    @Override
    public void part(String name, long startNanos, long endNanos, String key, long value) {}
  }
}
