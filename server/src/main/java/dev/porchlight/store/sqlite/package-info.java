/// The store in one SQLite file in the data folder.
@org.jspecify.annotations.NullMarked
package dev.porchlight.store.sqlite;
