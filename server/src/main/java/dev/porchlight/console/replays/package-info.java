/// Replays at the console.
@org.jspecify.annotations.NullMarked
package dev.porchlight.console.replays;
