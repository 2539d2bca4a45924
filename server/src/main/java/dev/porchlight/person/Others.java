package dev.porchlight.person;

import dev.porchlight.store.Batch;

/// What a decision about one person saw of others: kept beside it, so that once such another is
/// erased a rebuild still decides as was decided, although nothing tells any more whom it saw.
///
/// @param what a sum of the constants of this type
public record Others(int what) {
  /// Nothing.
  public static final Others NONE = new Others(0);

  static final int HAD_EMAIL = 1;
  static final int SHARED_PHONE = 2;
  static final int FITTED_FIRST = 4;

  /// Stands for every person who was erased.
  public static final String ERASED = "erased";

  boolean hadEmail() {
    return (what & HAD_EMAIL) != 0;
  }

  boolean sharedPhone() {
    return (what & SHARED_PHONE) != 0;
  }

  boolean fittedFirst() {
    return (what & FITTED_FIRST) != 0;
  }

  void keep(Batch batch, String ref) {
    if (what != 0) {
      add(batch, ref, ERASED, what);
    }
  }

  static void saw(Batch batch, String ref, String other, int what) {
    add(batch, ref, other, what);
  }

  static void add(Batch batch, String ref, String other, int what) {
    var known = batch.find(Tables.SEEN, ref, other);
    batch.put(
        Tables.SEEN, new Tables.SeenRow(ref, other, known == null ? what : known.what() | what));
  }
}
