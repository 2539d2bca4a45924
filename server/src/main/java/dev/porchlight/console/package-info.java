/// Pages for people, made on the server: useful before any script runs, live with one. Sees what
/// others keep through their public types only.
@org.jspecify.annotations.NullMarked
package dev.porchlight.console;
