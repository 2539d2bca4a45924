/// Loads and the ceilings beside them. Everything is measured in one run, in turns.
@org.jspecify.annotations.NullMarked
package dev.porchlight.bench;
