package dev.porchlight.testing;

import dev.porchlight.store.WorkQueue;

/// The secrets that a hub keeps sealed, for tests that spoil them as a defect might.
public final class Sealed {
  private Sealed() {}

  /// Puts other bytes in place of an owner's one secret, which must not be in use yet.
  ///
  /// @return what was there
  public static byte[] replace(TestHub hub, String owner, byte[] sealed) {
    return hub.hub()
        .store()
        .write(
            WorkQueue.EDITS,
            batch -> {
              var was =
                  batch
                      .sql()
                      .createQuery("SELECT sealed FROM secret WHERE owner = :owner")
                      .bind("owner", owner)
                      .mapTo(byte[].class)
                      .one();
              batch
                  .sql()
                  .createUpdate("UPDATE secret SET sealed = :sealed WHERE owner = :owner")
                  .bind("sealed", sealed)
                  .bind("owner", owner)
                  .execute();
              return was;
            });
  }
}
