package dev.porchlight.desk.erasure;

import dev.porchlight.store.Batch;
import dev.porchlight.value.Particulars;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/// A place outside the desk that may keep something of a person. Whoever keeps such things gives
/// the hub one of these, so that an erasure reaches them in its own commit.
public interface ErasurePlace {
  /// Whose data is to go.
  ///
  /// @param company the company whose person it is
  /// @param ids of the person, their contacts, leads and receipts
  /// @param particulars what they can be recognised by
  record Subject(String company, Set<String> ids, Particulars particulars) {}

  /// Looks through what takes long, at connections of its own; [#look] goes on from there. May be
  /// called again for the same.
  default void search(Subject subject) {}

  /// Changes whenever something is added here that could be of anybody: then what [#look] found is
  /// looked for again.
  String stamp(Handle h);

  /// Finds what is to go. All that takes time is done here; what it gives is done within the unit.
  Consumer<Batch> look(Handle h, Subject subject);
}
