/// The store on PostgreSQL, for several hubs.
@org.jspecify.annotations.NullMarked
package dev.porchlight.store.postgres;
