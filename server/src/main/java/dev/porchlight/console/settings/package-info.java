/// Nodes, members with their roles, and tokens at the console.
@org.jspecify.annotations.NullMarked
package dev.porchlight.console.settings;
