/// Listings at the console.
@org.jspecify.annotations.NullMarked
package dev.porchlight.console.listings;
