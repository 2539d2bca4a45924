/// Published real-estate events, and who publishes and receives them, at the console.
@org.jspecify.annotations.NullMarked
package dev.porchlight.console.events;
