/// The hub itself: configuration, the only place that wires, and the main program.
@org.jspecify.annotations.NullMarked
package dev.porchlight;
