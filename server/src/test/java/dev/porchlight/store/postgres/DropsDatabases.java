package dev.porchlight.store.postgres;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Drops a test class's databases when the class is through: hundreds of them would fill a small
/// disk, and take long to delete at the end of a run.
public final class DropsDatabases implements AfterAllCallback {
  private static final ConcurrentMap<String, String> MADE_BY = new ConcurrentHashMap<>();

  /// Remembers which test class asks for a database; one that is asked for by another thread than a
  /// test's stays until the run ends.
  static void made(String database) {
    testClass().ifPresent(test -> MADE_BY.put(database, test));
  }

  private static Optional<String> testClass() {
    return StackWalker.getInstance()
        .walk(frames ->
            frames
                .map(frame -> frame.getClassName().replaceFirst("\\$.*", ""))
                .filter(name -> name.endsWith("Test"))
                .findFirst());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    var test = context.getRequiredTestClass();
    if (test.getEnclosingClass() != null) {
      return;
    }
    for (var made : MADE_BY.entrySet()) {
      if (made.getValue().equals(test.getName())) {
        MADE_BY.remove(made.getKey());
        TestPostgres.drop(made.getKey());
      }
    }
  }
}
