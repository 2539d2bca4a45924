/// Moves a store from one engine to the other, row by row, and compares both sides.
@org.jspecify.annotations.NullMarked
package dev.porchlight.store.move;
