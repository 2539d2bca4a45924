/// Backups of a running hub: making them, and what they say of themselves.
@org.jspecify.annotations.NullMarked
package dev.porchlight.store.backup;
