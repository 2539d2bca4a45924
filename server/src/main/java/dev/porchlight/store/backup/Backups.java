package dev.porchlight.store.backup;

import java.nio.file.Path;
import java.util.List;

/// Makes backups of a running hub, each in a folder of its own, and knows those made.
public interface Backups {
  /// One backup.
  ///
  /// @param name of its folder
  /// @param folder where it lies, on the hub's machine
  record Backup(String name, Path folder, BackupManifest manifest) {}

  /// Copies all that is committed now, while the hub goes on. Takes as long as reading the database
  /// twice.
  ///
  /// @param withKey to put the key file beside it; whoever has both can open the stored secrets
  /// @throws BackupException when it can't be made
  Backup make(boolean withKey);

  /// Those that are whole, newest first.
  List<Backup> list();

  /// For a database that is backed up with its own tools.
  static Backups elsewhere() {
    return new Backups() {
      @Override
      public Backup make(boolean withKey) {
        throw new BackupException("A PostgreSQL database is backed up with its own tools: pg_dump");
      }

      @Override
      public List<Backup> list() {
        return List.of();
      }
    };
  }
}
